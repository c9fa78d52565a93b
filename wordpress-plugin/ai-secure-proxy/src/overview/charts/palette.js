/**
 * How series are told apart: by colour, and by a pattern or a dash besides.
 */

/** Each has a contrast of 3 to white at least, and differs from its neighbour also in brightness. */
const COLOURS = [ '#1d5fa8', '#b35900', '#2f7d4f', '#8a3ea6', '#7a5c00', '#646970' ];

export const GOOD = '#2f7d4f';
export const BAD = '#b32d2e';
export const CALM = '#1d5fa8';

const DASHES = [ [], [ 6, 4 ], [ 2, 3 ] ];
const SHAPES = [ 'circle', 'rect', 'triangle' ];

const SIDE = 8;

/** What is drawn over the colour; the first is plain. */
const STROKES = [
	() => {},
	( pen ) => line( pen, [ 0, SIDE ], [ SIDE, 0 ] ),
	( pen ) => dot( pen, SIDE / 2, SIDE / 2 ),
	( pen ) => line( pen, [ 0, SIDE / 2 ], [ SIDE, SIDE / 2 ] ),
	( pen ) => line( pen, [ 0, 0 ], [ SIDE, SIDE ] ),
	( pen ) => line( pen, [ SIDE / 2, 0 ], [ SIDE / 2, SIDE ] ),
];

function line( pen, from, to ) {
	pen.beginPath();
	pen.moveTo( ...from );
	pen.lineTo( ...to );
	pen.stroke();
}

function dot( pen, x, y ) {
	pen.beginPath();
	pen.arc( x, y, 1.5, 0, 2 * Math.PI );
	pen.stroke();
}

/**
 * @param {string} colour Of the series.
 * @param {number} at     Which series it is.
 * @return {CanvasPattern|string} What its areas are filled with.
 */
function fill( colour, at ) {
	const stroke = at % STROKES.length;
	if ( ! stroke ) {
		return colour;
	}
	const tile = document.createElement( 'canvas' );
	tile.width = tile.height = SIDE;
	const pen = tile.getContext( '2d' );
	pen.fillStyle = colour;
	pen.fillRect( 0, 0, SIDE, SIDE );
	pen.strokeStyle = 'rgba(255,255,255,.55)';
	STROKES[ stroke ]( pen );
	return pen.createPattern( tile, 'repeat' );
}

/** Series as bars. */
export const bars = ( series, colours = COLOURS ) => series.map( ( { label, values }, at ) => ( { label, data: values, backgroundColor: fill( colours[ at ], at ), maxBarThickness: 24 } ) );

/** Series as lines; where nothing is known, the line goes on to what is. */
export const lines = ( series, colours = COLOURS ) =>
	series.map( ( { label, values }, at ) => ( {
		label,
		data: values,
		borderColor: colours[ at ],
		backgroundColor: colours[ at ],
		borderDash: DASHES[ at ],
		pointStyle: SHAPES[ at ],
		borderWidth: 2,
		pointRadius: 2.5,
		spanGaps: true,
	} ) );
