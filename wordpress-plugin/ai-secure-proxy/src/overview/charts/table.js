/**
 * A chart as a table, the newest first; steps in which nothing was are left out.
 */
import { __ } from '@wordpress/i18n';

export function Table( { caption, titles, series, show } ) {
	const rows = titles.map( ( title, at ) => ( { title, values: series.map( ( { values } ) => values[ at ] ) } ) ).filter( ( { values } ) => values.some( Boolean ) );
	return (
		<div className="aisp-scroll" role="region" aria-label={ caption } tabIndex={ 0 /* eslint-disable-line jsx-a11y/no-noninteractive-tabindex -- What scrolls must be reached by keyboard. */ }>
			<table className="aisp-table">
				<caption className="screen-reader-text">{ caption }</caption>
				<thead>
					<tr>
						<th scope="col">{ __( 'Time', 'ai-secure-proxy' ) }</th>
						{ series.map( ( { label } ) => (
							<th scope="col" key={ label }>
								{ label }
							</th>
						) ) }
					</tr>
				</thead>
				<tbody>
					{ rows.reverse().map( ( { title, values } ) => (
						<tr key={ title }>
							<th scope="row">{ title }</th>
							{ values.map( ( value, at ) => (
								<td key={ series[ at ].label } className="aisp-figure">
									{ show( value ) }
								</td>
							) ) }
						</tr>
					) ) }
				</tbody>
			</table>
		</div>
	);
}
