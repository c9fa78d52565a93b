/**
 * A card with a chart: what it comes to in a sentence, and the same as a table for who cannot see it or would rather read.
 */
import { Button, Card, CardBody, CardHeader } from '@wordpress/components';
import { useId, useMemo, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { stepsOf, timesOf } from '../series';
import { Canvas } from './canvas';
import { Table } from './table';

/**
 * @param {Object}   props
 * @param {string}   props.title
 * @param {Object}   props.metrics   As GET /metrics answers.
 * @param {string}   props.summary   A sentence or two.
 * @param {string}   props.empty     What to say where there is nothing to draw; '' where there is.
 * @param {Object[]} props.series    { label, values } of each.
 * @param {Object[]} props.datasets  Series as Chart.js takes them.
 * @param {Function} props.show      ( value ) => text.
 * @param {*}        props.choices   What of it is seen.
 * @param {*}        props.children  What stands below.
 * @param {string}   props.className
 */
export function ChartCard( { title, metrics, summary, empty = '', series, show, choices, children, className = '', ...drawn } ) {
	const [ asTable, setAsTable ] = useState( false );
	const id = useId();
	const [ labels, titles, marks ] = useMemo( () => {
		const steps = stepsOf( metrics );
		const times = timesOf( metrics );
		return [ steps.map( times.short ), steps.map( times.full ), steps.map( times.isRound ) ];
	}, [ metrics ] );
	return (
		<Card size="small" className={ `aisp-chart ${ className }` } as="section" aria-labelledby={ id }>
			<CardHeader>
				<h3 id={ id }>{ title }</h3>
				{ ! empty && (
					<Button variant="tertiary" size="small" onClick={ () => setAsTable( ! asTable ) }>
						{ asTable ? __( 'Show as chart', 'ai-secure-proxy' ) : __( 'Show as table', 'ai-secure-proxy' ) }
						<span className="screen-reader-text">: { title }</span>
					</Button>
				) }
			</CardHeader>
			<CardBody>
				{ choices && <div className="aisp-choices">{ choices }</div> }
				{ empty ? <p className="aisp-empty">{ empty }</p> : <p className="aisp-summary">{ summary }</p> }
				{ ! empty && asTable && <Table caption={ title } titles={ titles } series={ series } show={ show } /> }
				{ ! empty && ! asTable && <Canvas label={ `${ title }. ${ summary }` } labels={ labels } titles={ titles } marks={ marks } show={ show } { ...drawn } /> }
				{ ! empty && children }
			</CardBody>
		</Card>
	);
}
