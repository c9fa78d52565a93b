// For all of the project's JavaScript; tests/support/lint.sh runs it from the root.

import js from '@eslint/js';

const names = ( ...list ) => Object.fromEntries( list.map( ( name ) => [ name, 'readonly' ] ) );

export default [
	{ ignores: [ '**/build/**', '**/node_modules/**' ] },
	js.configs.recommended,
	{
		languageOptions: {
			ecmaVersion: 2022,
			// Node's, and what a function that is sent into a page finds there.
			globals: names( 'Buffer', 'MutationObserver', 'URL', 'btoa', 'console', 'document', 'fetch', 'globalThis', 'localStorage', 'navigator', 'process', 'sessionStorage', 'setTimeout' ),
		},
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			eqeqeq: 'error',
			'no-var': 'error',
			'prefer-const': 'error',
		},
	},
];
