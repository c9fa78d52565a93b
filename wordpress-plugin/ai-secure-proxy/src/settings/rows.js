/**
 * A list of like things, each a row of a few fields.
 */
import { Button } from '@wordpress/components';
import { useRef } from '@wordpress/element';
import { speak } from '@wordpress/a11y';
import { __ } from '@wordpress/i18n';
import { useEdit, usePlace } from './context';
import { items, moved } from './draft';
import { Handles } from './entries';
import { PlaceFlaws } from './group';

function Row( { path, title, handles, children } ) {
	const place = usePlace( path );
	return (
		<li className="aisp-row">
			<fieldset>
				<legend>{ title }</legend>
				<PlaceFlaws place={ place } />
				<div className="aisp-cells">{ children }</div>
				{ handles }
			</fieldset>
		</li>
	);
}

/**
 * @param {Object}   props
 * @param {Array}    props.path     Where the list is.
 * @param {string}   props.adds     'Add a limit'.
 * @param {Function} props.fresh    () => what a new one begins with.
 * @param {Function} props.titled   ( number ) => 'Limit 2'.
 * @param {boolean}  props.ordered  Whether the order says something.
 * @param {*}        props.empty    What to say where there is none.
 * @param {boolean}  props.required Whether the list goes with its last row.
 * @param {Function} props.children ( path ) => the fields of one.
 */
export function Rows( { path, adds, fresh, titled, ordered, empty, required, children } ) {
	const { value, set } = useEdit( path );
	const button = useRef();
	const list = items( value );
	const remove = ( index ) => {
		const left = list.filter( ( item, other ) => other !== index );
		set( left.length || ! required ? left : undefined );
		speak( __( 'Removed.', 'ai-secure-proxy' ) );
		button.current?.focus();
	};
	return (
		<>
			{ list.length === 0 && empty }
			{ list.length > 0 && (
				<ol className="aisp-rows aisp-movable">
					{ list.map( ( item, index ) => (
						<Row
							key={ index }
							path={ [ ...path, index ] }
							title={ titled( index + 1 ) }
							handles={
								<Handles
									what={ titled( index + 1 ) }
									index={ index }
									count={ list.length }
									move={ ordered ? ( by ) => set( moved( list, index, by ) ) : undefined }
									remove={ () => remove( index ) }
								/>
							}
						>
							{ children( [ ...path, index ] ) }
						</Row>
					) ) }
				</ol>
			) }
			<Button __next40pxDefaultSize ref={ button } variant="secondary" onClick={ () => set( [ ...list, fresh() ] ) }>
				{ adds }
			</Button>
		</>
	);
}
