/**
 * Names and figures in two columns.
 *
 * @param {Object}  props
 * @param {Array[]} props.rows Pairs of name and value; those of null or undefined are left out.
 */
export function Facts( { rows } ) {
	return (
		<dl className="aisp-facts">
			{ rows
				.filter( ( [ , value ] ) => value !== null && value !== undefined )
				.map( ( [ name, value ] ) => (
					<div key={ name }>
						<dt>{ name }</dt>
						<dd className="aisp-figure">{ value }</dd>
					</div>
				) ) }
		</dl>
	);
}

/**
 * What was replaced by placeholders: "email: 2, phone: 1"; null for nothing.
 *
 * @param {Object<string, number>} found By type.
 */
export const redacted = ( found ) =>
	Object.entries( found ?? {} )
		.map( ( [ type, count ] ) => `${ type }: ${ count }` )
		.join( ', ' ) || null;
