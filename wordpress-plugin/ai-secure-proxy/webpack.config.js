/**
 * Two builds into build/. The screens and the block take WordPress's own packages as they are in the site. The tables bring
 * along the @wordpress/components that @wordpress/dataviews was made for: it uses parts of it that each version has otherwise.
 */
const scripts = require( '@wordpress/scripts/config/webpack.config' );
const ExtractDependencies = require( '@wordpress/dependency-extraction-webpack-plugin' );
const { NormalModuleReplacementPlugin } = require( 'webpack' );

/** Packages that are alike enough in every WordPress that the plugin runs in; what is not here is bundled. */
const STABLE = [
	'a11y',
	'api-fetch',
	'data',
	'date',
	'deprecated',
	'dom',
	'element',
	'escape-html',
	'html-entities',
	'i18n',
	'is-shallow-equal',
	'keycodes',
	'preferences',
	'primitives',
	'url',
	'warning',
];
const REACT = {
	react: [ 'React', 'react' ],
	'react-dom': [ 'ReactDOM', 'react-dom' ],
	'react/jsx-runtime': [ 'ReactJSXRuntime', 'react-jsx-runtime' ],
};

const stable = ( request ) => STABLE.find( ( name ) => `@wordpress/${ name }` === request );
const camelCase = ( name ) => name.replace( /-(.)/g, ( match, letter ) => letter.toUpperCase() );

const entries = ( names ) => Object.fromEntries( names.map( ( name ) => [ name, `./src/${ name }/index.js` ] ) );

const build = ( name, entry, plugins ) => ( {
	...scripts,
	name,
	entry,
	plugins,
	// DataViews says of itself that no file of it does anything by being imported; its style does.
	module: { ...scripts.module, rules: [ ...scripts.module.rules, { test: /\.css$/, sideEffects: true } ] },
	// Each screen has its styles in one file: else those of packages are in one of the first screen's name.
	optimization: { ...scripts.optimization, splitChunks: false },
	// The limit is on what is sent, which is a quarter of what webpack measures; tests/e2e holds it.
	performance: { hints: false },
	output: { ...scripts.output, clean: false },
} );

const translated = new NormalModuleReplacementPlugin( /^@wordpress\/i18n$/, ( resource ) => {
	if ( resource.contextInfo.issuer.includes( '/node_modules/@wordpress/' ) ) {
		resource.request = require.resolve( './src/shared/bundled-i18n.js' );
		resource.dependencies[ 0 ].request = resource.request; // This is what externals go by.
	}
} );

const extracts = ( plugin ) => plugin instanceof ExtractDependencies;

module.exports = [
	build( 'screens', { ...entries( [ 'overview', 'playground', 'settings', 'sidebar' ] ), 'block/index': './src/block/index.js' }, scripts.plugins ),
	build( 'tables', entries( [ 'log', 'jobs', 'webhooks' ] ), [
		...scripts.plugins.filter( ( plugin ) => ! extracts( plugin ) ),
		translated,
		new ExtractDependencies( {
			useDefaults: false,
			requestToExternal: ( request ) => REACT[ request ]?.[ 0 ] ?? ( stable( request ) && [ 'wp', camelCase( stable( request ) ) ] ),
			requestToHandle: ( request ) => REACT[ request ]?.[ 1 ] ?? `wp-${ stable( request ) }`,
		} ),
	] ),
];
