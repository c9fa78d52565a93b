/**
 * Several lines of text. WordPress's own control does not take an id, and the way from a flaw to its field needs one.
 */
import { BaseControl } from '@wordpress/components';
import { helpOf } from '../flaws';

/**
 * @param {Object}   props
 * @param {string}   props.id
 * @param {string}   props.label
 * @param {string}   props.text
 * @param {*}        props.help
 * @param {Object[]} props.flaws
 * @param {boolean}  props.isCode
 * @param {number}   props.most     The most lines that are shown at once.
 * @param {Function} props.onChange ( text ) => void.
 */
export function Area( { id, label, text, help, flaws, isCode, most = 8, onChange } ) {
	const said = helpOf( flaws, help );
	return (
		<BaseControl __nextHasNoMarginBottom id={ id } label={ label } help={ said } className={ isCode ? 'aisp-code' : undefined }>
			<textarea
				id={ id }
				className="components-textarea-control__input aisp-area"
				rows={ Math.min( most, Math.max( 3, text.split( '\n' ).length ) ) }
				value={ text }
				aria-describedby={ said ? `${ id }__help` : undefined }
				aria-invalid={ flaws.length > 0 }
				spellCheck={ false }
				onChange={ ( event ) => onChange( event.target.value ) }
			/>
		</BaseControl>
	);
}
