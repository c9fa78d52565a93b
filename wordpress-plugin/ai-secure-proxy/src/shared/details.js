/**
 * What is opened from a list: a window with facts.
 */
import { Modal, Spinner } from '@wordpress/components';
import { useEffect, useRef } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { Failure } from './screen';

/**
 * @param {Object}   props
 * @param {string}   props.title
 * @param {Function} props.close
 * @param {Object}   props.loaded   As useLoaded() gives it.
 * @param {Function} props.children Gets the data, once they are there.
 */
export function Details( { title, close, loaded, children } ) {
	const content = useRef();
	// What was pressed may be gone with what it did; the keyboard stays in the window.
	useEffect( () => {
		const { activeElement, body } = content.current.ownerDocument;
		if ( activeElement === body ) {
			content.current.focus();
		}
	} );
	return (
		<Modal title={ title } size="large" onRequestClose={ close } className="aisp-details">
			<div ref={ content } tabIndex={ -1 } className="aisp-details__content">
				<Failure error={ loaded.error } retry={ loaded.reload } />
				{ ! loaded.data && ! loaded.error && (
					<p role="status">
						<Spinner /> { __( 'Loading…', 'ai-secure-proxy' ) }
					</p>
				) }
				{ loaded.data && children( loaded.data ) }
			</div>
		</Modal>
	);
}

/**
 * @param {Object}  props
 * @param {Array[]} props.facts Names and values; what is null or undefined is left out.
 */
export const Facts = ( { facts } ) => (
	<dl className="aisp-facts">
		{ facts
			.filter( ( [ , value ] ) => value !== null && value !== undefined )
			.map( ( [ name, value ] ) => [ <dt key={ `${ name }-name` }>{ name }</dt>, <dd key={ name }>{ typeof value === 'string' ? <bdi>{ value }</bdi> : value }</dd> ] ) }
	</dl>
);

/**
 * Something as JSON, or a text as it is.
 *
 * @param {Object} props
 * @param {string} props.label What it is.
 * @param {*}      props.value
 */
export const Code = ( { label, value } ) => (
	// Scrolls, so it must be reachable by keyboard.
	// eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
	<pre className="aisp-code" dir={ typeof value === 'string' ? 'auto' : 'ltr' } role="region" aria-label={ label } tabIndex={ 0 }>
		{ typeof value === 'string' ? value : JSON.stringify( value, null, 2 ) }
	</pre>
);
