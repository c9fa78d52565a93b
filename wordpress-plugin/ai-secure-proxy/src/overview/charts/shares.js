/**
 * What each series adds up to, with a way to the calls behind it.
 */
import { percent } from '../../shared/format';

/**
 * @param {Object}   props
 * @param {Object[]} props.series As seriesByName() gives them.
 * @param {Function} props.show   ( value ) => text.
 * @param {Function} props.href   ( name ) => address; for a series that stands for one name.
 */
export function Shares( { series, show, href } ) {
	const all = series.reduce( ( sum, one ) => sum + one.sum, 0 );
	return (
		<ul className="aisp-list">
			{ series.map( ( { name, label, sum } ) => (
				<li key={ label }>
					<span className="aisp-name">{ name === null ? label : <a href={ href( name ) }>{ label }</a> }</span>
					<span className="aisp-figure">
						{ show( sum ) } <small>{ percent( sum / all ) }</small>
					</span>
				</li>
			) ) }
		</ul>
	);
}
