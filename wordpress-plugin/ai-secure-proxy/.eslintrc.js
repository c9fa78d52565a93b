/** For the screens and the block; `npm run lint` runs it. */
module.exports = {
	root: true,
	extends: [ 'plugin:@wordpress/eslint-plugin/recommended-with-formatting' ],
	env: { browser: true },
	rules: {
		'@wordpress/i18n-text-domain': [ 'error', { allowedTextDomain: 'ai-secure-proxy' } ],
		// A component of a few props is read faster than a comment on it.
		'jsdoc/require-param': 'off',
		// WordPress's packages are externals; of the others package.json names what is imported.
		'import/no-extraneous-dependencies': 'off',
		'import/no-unresolved': 'off',
	},
};
