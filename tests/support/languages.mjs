// The plugin's texts, from its sources into languages/ and from there into what WordPress reads.
//
//   node languages.mjs js PHP FILE      a template of the texts of PHP, with those of src/ and of each block.json, into FILE
//   node languages.mjs build            of each .po a .mo for PHP and a .json for each script, beside it
//   node languages.mjs missing          the texts that a .po does not have, one a line; none is what is wanted

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const plugin = process.env.PLUGIN;
const languages = join( plugin, 'languages' );
const needs = createRequire( join( plugin, 'package.json' ) );
const { mo, po } = needs( 'gettext-parser' );

const files = ( folder ) => readdirSync( folder, { withFileTypes: true } ).flatMap( ( entry ) => {
	const path = join( folder, entry.name );
	return entry.isDirectory() ? files( path ) : path;
} );

const catalogues = () => readdirSync( languages ).filter( ( name ) => name.endsWith( '.po' ) );
const read = ( name ) => po.parse( readFileSync( join( languages, name ) ) );
const texts = ( catalogue ) => Object.values( catalogue.translations ).flatMap( ( context ) => Object.values( context ) ).filter( ( { msgid } ) => msgid );

/** The packages that webpack.config.js bundles, as far as screens show texts of theirs. */
const COMPONENTS = [ 'calendar', 'color-picker', 'combobox-control', 'external-link', 'form-token-field', 'modal', 'notice', 'number-control', 'search-control', 'snackbar' ];
const BUNDLED = [ 'dataviews/build-module', ...COMPONENTS.map( ( name ) => `components/build-module/${ name }` ) ].map( ( name ) => join( plugin, 'node_modules/@wordpress', name ) );

/** A template, and what scripts say besides, in the order of their files: a text that both say keeps the places of both. */
function extract( php, output ) {
	const { transformFileSync } = needs( '@babel/core' );
	// One and the same for all files: the plugin adds up what it finds for as long as its options are this object.
	const makepot = [ needs.resolve( '@wordpress/babel-plugin-makepot' ), { output } ];
	const sources = [ join( plugin, 'src' ), ...BUNDLED ].flatMap( ( folder ) => files( folder ).filter( ( name ) => /\.m?js$/.test( name ) ).sort() );
	for ( const file of sources ) {
		transformFileSync( file, {
			cwd: plugin,
			configFile: false,
			babelrc: false,
			code: false,
			presets: [ needs.resolve( '@wordpress/babel-preset-default' ) ],
			plugins: [ makepot ],
		} );
	}
	const template = po.parse( readFileSync( php ) );
	texts( po.parse( readFileSync( output ) ) ).forEach( ( entry ) => add( template, entry ) );
	for ( const file of files( join( plugin, 'src' ) ).filter( ( name ) => basename( name ) === 'block.json' ) ) {
		const { title, description, keywords = [] } = JSON.parse( readFileSync( file, 'utf8' ) );
		// In the contexts that register_block_type() looks them up in.
		const said = [ [ 'block title', title ], [ 'block description', description ], ...keywords.map( ( keyword ) => [ 'block keyword', keyword ] ) ];
		said.forEach( ( [ msgctxt, msgid ] ) => add( template, { msgctxt, msgid, msgstr: [ '' ], comments: { reference: file.slice( plugin.length + 1 ) } } ) );
	}
	writeFileSync( output, po.compile( template ) );
}

function add( template, entry ) {
	const context = template.translations[ entry.msgctxt ?? '' ] ??= {};
	const known = context[ entry.msgid ] ??= { ...entry, comments: { ...entry.comments, reference: '' } };
	known.msgid_plural ??= entry.msgid_plural;
	known.comments.reference = [ known.comments.reference, entry.comments.reference ].filter( Boolean ).join( '\n' );
}

/** The texts that a script says: those of its own folder, of what all share, and of packages that it brings along. */
function said( catalogue, script, bundles ) {
	const folders = [ `src/${ script }/`, 'src/shared/', ...( bundles ? [ 'node_modules/' ] : [] ) ];
	return texts( catalogue ).filter( ( { comments } ) => ( comments?.reference ?? '' ).split( /\s+/ ).some( ( place ) => folders.some( ( folder ) => place.startsWith( folder ) ) ) );
}

/** The form that wp.i18n.setLocaleData() takes (Jed), in the file that WordPress looks for. */
function json( catalogue, locale, path, texts ) {
	const { language, 'plural-forms': plural } = Object.fromEntries( Object.entries( catalogue.headers ).map( ( [ name, value ] ) => [ name.toLowerCase(), value ] ) );
	const messages = Object.fromEntries( texts.map( ( { msgctxt, msgid, msgstr } ) => [ msgctxt ? `${ msgctxt }\u0004${ msgid }` : msgid, msgstr ] ) );
	const file = join( languages, `ai-secure-proxy-${ locale }-${ createHash( 'md5' ).update( path ).digest( 'hex' ) }.json` );
	writeFileSync( file, JSON.stringify( { domain: 'messages', locale_data: { messages: { '': { domain: 'messages', lang: language, plural_forms: plural }, ...messages } } } ) );
}

function build() {
	for ( const name of readdirSync( languages ).filter( ( file ) => /\.(mo|json)$/.test( file ) ) ) {
		rmSync( join( languages, name ) );
	}
	process.chdir( plugin );
	const tables = Object.keys( needs( './webpack.config.js' ).find( ( { name } ) => name === 'tables' ).entry );
	const scripts = readdirSync( join( plugin, 'src' ) ).filter( ( name ) => name !== 'shared' );
	for ( const name of catalogues() ) {
		const catalogue = read( name );
		const locale = basename( name, '.po' ).replace( 'ai-secure-proxy-', '' );
		writeFileSync( join( languages, name.replace( /po$/, 'mo' ) ), mo.compile( catalogue ) );
		for ( const script of scripts ) {
			const path = files( join( plugin, 'build' ) ).map( ( file ) => file.slice( plugin.length + 1 ) ).find( ( file ) => [ `build/${ script }.js`, `build/${ script }/index.js` ].includes( file ) );
			if ( path ) {
				json( catalogue, locale, path, said( catalogue, script, tables.includes( script ) ) );
			}
		}
	}
}

function missing() {
	const wanted = texts( read( '../languages/ai-secure-proxy.pot' ) );
	for ( const name of catalogues() ) {
		const { translations } = read( name );
		for ( const { msgctxt, msgid, msgid_plural: plural } of wanted ) {
			const found = translations[ msgctxt ?? '' ]?.[ msgid ];
			const forms = plural ? 2 : 1;
			if ( ! found || found.comments?.flag?.includes( 'fuzzy' ) || found.msgstr.slice( 0, forms ).filter( Boolean ).length < forms ) {
				console.log( `${ name }: ${ msgid }` );
			}
		}
	}
}

const [ verb, ...given ] = process.argv.slice( 2 );
( { js: () => extract( ...given ), build, missing } )[ verb ]();
