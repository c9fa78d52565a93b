/**
 * How the text is to sound: what the writer chooses, and what the model is told.
 */
import { __ } from '@wordpress/i18n';

const TONES = {
	'': { label: __( 'As it comes', 'ai-secure-proxy' ), told: '' },
	plain: { label: __( 'Plain', 'ai-secure-proxy' ), told: 'Write plainly, in short sentences and everyday words.' },
	friendly: { label: __( 'Friendly', 'ai-secure-proxy' ), told: 'Write in a warm and friendly tone.' },
	formal: { label: __( 'Formal', 'ai-secure-proxy' ), told: 'Write in a formal tone.' },
	lively: { label: __( 'Lively', 'ai-secure-proxy' ), told: 'Write in a lively tone that makes curious.' },
	expert: { label: __( 'For experts', 'ai-secure-proxy' ), told: 'Write for experts: precise, with the terms of the field.' },
};

export const toneOptions = Object.entries( TONES ).map( ( [ value, { label } ] ) => ( { value, label } ) );

/** What a model is told of a tone. */
export const toldOf = ( tone ) => TONES[ tone ]?.told ?? '';
