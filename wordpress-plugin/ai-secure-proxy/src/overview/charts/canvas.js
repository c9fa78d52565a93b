/**
 * One chart on a canvas, by Chart.js with no more of it than is drawn here.
 */
import { isRTL } from '@wordpress/i18n';
import { useEffect, useRef } from '@wordpress/element';
import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip } from 'chart.js';

Chart.register( BarController, BarElement, CategoryScale, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip );

const INK = '#3c434a';
const RULE = '#e0e0e0';

/**
 * @param {Object}    props
 * @param {string}    props.label    What is seen, for those who do not see it.
 * @param {string}    props.type     bar or line.
 * @param {string[]}  props.labels   Of the steps, on the axis.
 * @param {string[]}  props.titles   Of the steps, in full.
 * @param {boolean[]} props.marks    Which steps may be marked on the axis.
 * @param {Object[]}  props.datasets As Chart.js takes them.
 * @param {Function}  props.show     ( value ) => text.
 * @param {boolean}   props.stacked  Whether the series stand on each other.
 * @param {number}    props.most     The end of the scale, where it is known.
 */
export function Canvas( { label, type, labels, titles, marks, datasets, show, stacked = false, most } ) {
	const place = useRef();
	const chart = useRef();

	useEffect( () => {
		const calm = window.matchMedia( '(prefers-reduced-motion: reduce)' ).matches;
		chart.current = new Chart( place.current, { type, data: { labels: [], datasets: [] }, options: { animation: calm ? false : { duration: 250 }, maintainAspectRatio: false } } );
		return () => chart.current.destroy();
	}, [ type ] );

	useEffect( () => {
		const { animation } = chart.current.options;
		chart.current.options = { animation, ...optionsOf( { titles, marks, show, stacked, most, named: datasets.length > 1, points: type === 'line' } ) };
		chart.current.data = { labels, datasets };
		chart.current.update();
	}, [ type, labels, titles, marks, datasets, show, stacked, most ] );

	return (
		<div className="aisp-canvas">
			<canvas ref={ place } role="img" aria-label={ label } />
		</div>
	);
}

function optionsOf( { titles, marks, show, stacked, most, named, points } ) {
	const rtl = isRTL();
	const font = { family: window.getComputedStyle( document.body ).fontFamily, size: 12 };
	return {
		maintainAspectRatio: false,
		color: INK,
		font,
		interaction: { mode: 'index', intersect: false },
		scales: {
			x: {
				stacked,
				reverse: rtl,
				grid: { display: false },
				border: { color: RULE },
				afterBuildTicks: ( axis ) => {
					axis.ticks = axis.ticks.filter( ( { value } ) => marks[ value ] );
				},
				ticks: { font, color: INK, maxRotation: 0, autoSkipPadding: 16 },
			},
			y: {
				stacked,
				position: rtl ? 'right' : 'left',
				beginAtZero: true,
				max: most,
				border: { display: false },
				grid: { color: RULE },
				ticks: { font, color: INK, callback: show, maxTicksLimit: 5 },
			},
		},
		plugins: {
			legend: { display: named, position: 'bottom', align: 'start', rtl, labels: { font, color: INK, boxWidth: 14, boxHeight: points ? 7 : 10, padding: 12, usePointStyle: points } },
			tooltip: {
				rtl,
				textDirection: rtl ? 'rtl' : 'ltr',
				titleFont: font,
				bodyFont: font,
				filter: ( { raw } ) => raw !== null && ( ! stacked || raw !== 0 ),
				callbacks: { title: ( items ) => titles[ items[ 0 ]?.dataIndex ], label: ( { dataset, raw } ) => ` ${ dataset.label }: ${ show( raw ) }` },
			},
		},
	};
}
