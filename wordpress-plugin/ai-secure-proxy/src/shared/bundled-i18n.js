/**
 * The @wordpress/i18n of packages that are bundled: WordPress has translations of their texts for its own screens only, so
 * that those here come from the plugin's.
 */
import * as i18n from '@wordpress/i18n';

/* eslint-disable @wordpress/i18n-no-variables -- The texts are in the packages, where tests/support/languages.mjs finds them. */
export * from '@wordpress/i18n';
export const __ = ( text ) => i18n.__( text, 'ai-secure-proxy' );
export const _x = ( text, context ) => i18n._x( text, context, 'ai-secure-proxy' );
export const _n = ( single, plural, number ) => i18n._n( single, plural, number, 'ai-secure-proxy' );
export const _nx = ( single, plural, number, context ) => i18n._nx( single, plural, number, context, 'ai-secure-proxy' );
