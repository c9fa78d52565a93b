/**
 * The question, and how it is to be answered.
 */
import { Button, CheckboxControl, PanelBody, SelectControl, TextareaControl, TextControl } from '@wordpress/components';
import { useInstanceId } from '@wordpress/compose';
import { __, sprintf } from '@wordpress/i18n';

/**
 * @param {Object}   props
 * @param {Object}   props.form   What the fields hold.
 * @param {Function} props.change Takes the form as it is to be.
 * @param {Object}   props.flaws  What is wrong, by field.
 * @param {Object[]} props.models As GET /models answers.
 * @param {boolean}  props.busy   Whether an answer is on its way.
 * @param {Function} props.ask    Sends it.
 * @param {Function} props.stop   Ends the answer that is on its way.
 * @param {Function} props.dryRun Shows what would be sent.
 */
export function Ask( { form, change, flaws, models, busy, ask, stop, dryRun } ) {
	const field = ( name ) => ( {
		value: form[ name ],
		onChange: ( value ) => change( { ...form, [ name ]: value } ),
		__nextHasNoMarginBottom: true,
		__next40pxDefaultSize: true,
	} );
	const standard = models.find( ( model ) => model.default )?.id;
	return (
		<form
			className="aisp-form"
			onSubmit={ ( event ) => {
				event.preventDefault();
				ask();
			} }
		>
			<Flawed flaw={ flaws.prompt }>
				{ ( described ) => <TextareaControl { ...field( 'prompt' ) } { ...described } __next40pxDefaultSize={ undefined } label={ __( 'Prompt', 'ai-secure-proxy' ) } rows={ 6 } required /> }
			</Flawed>
			<Flawed flaw={ flaws.system }>
				{ ( described ) => (
					<TextareaControl { ...field( 'system' ) } { ...described } __next40pxDefaultSize={ undefined } label={ __( 'System text', 'ai-secure-proxy' ) } help={ __( 'How the model is to behave. Optional.', 'ai-secure-proxy' ) } rows={ 2 } />
				) }
			</Flawed>
			<Flawed flaw={ flaws.model }>
				{ ( described ) => (
					<SelectControl
						{ ...field( 'model' ) }
						{ ...described }
						label={ __( 'Model', 'ai-secure-proxy' ) }
						options={ [
							/* translators: %s: name of a model. */
							{ value: '', label: standard ? sprintf( __( 'Default: %s', 'ai-secure-proxy' ), standard ) : __( 'Default', 'ai-secure-proxy' ) },
							...models.map( ( { id } ) => ( { value: id, label: id } ) ),
						] }
					/>
				) }
			</Flawed>
			<PanelBody title={ __( 'More', 'ai-secure-proxy' ) } initialOpen={ Boolean( flaws.max_tokens || flaws.temperature || flaws.schema ) } className="aisp-form__more">
				<Flawed flaw={ flaws.max_tokens }>
					{ ( described ) => <TextControl { ...field( 'max_tokens' ) } { ...described } type="number" min="1" label={ __( 'Longest answer, in tokens', 'ai-secure-proxy' ) } /> }
				</Flawed>
				<Flawed flaw={ flaws.temperature }>
					{ ( described ) => <TextControl { ...field( 'temperature' ) } { ...described } type="number" min="0" max="2" step="0.1" label={ __( 'Temperature', 'ai-secure-proxy' ) } /> }
				</Flawed>
				<Flawed flaw={ flaws.schema }>
					{ ( described ) => (
						<TextareaControl
							{ ...field( 'schema' ) }
							{ ...described }
							__next40pxDefaultSize={ undefined }
							className="aisp-code"
							label={ __( 'JSON schema of the answer', 'ai-secure-proxy' ) }
							help={ __( 'The answer is then data that satisfies it.', 'ai-secure-proxy' ) }
							rows={ 4 }
							spellCheck={ false }
						/>
					) }
				</Flawed>
				<CheckboxControl
					__nextHasNoMarginBottom
					label={ __( 'Take an answer from the cache, and keep this one', 'ai-secure-proxy' ) }
					checked={ form.cache }
					onChange={ ( cache ) => change( { ...form, cache } ) }
				/>
			</PanelBody>
			<div className="aisp-form__buttons">
				{ busy ? (
					<Button __next40pxDefaultSize variant="primary" isDestructive onClick={ stop }>
						{ __( 'Stop', 'ai-secure-proxy' ) }
					</Button>
				) : (
					<Button __next40pxDefaultSize variant="primary" type="submit">
						{ __( 'Ask', 'ai-secure-proxy' ) }
					</Button>
				) }
				<Button __next40pxDefaultSize variant="secondary" onClick={ dryRun } disabled={ busy } accessibleWhenDisabled>
					{ __( 'Dry run', 'ai-secure-proxy' ) }
				</Button>
			</div>
		</form>
	);
}

/** A field, and beneath it what is wrong with it. */
function Flawed( { flaw, children } ) {
	const id = useInstanceId( Flawed, 'aisp-flaw' );
	return (
		<div>
			{ children( flaw ? { 'aria-invalid': true, 'aria-errormessage': id } : {} ) }
			{ flaw && (
				<p id={ id } className="aisp-flaw" role="alert">
					{ flaw }
				</p>
			) }
		</div>
	);
}
