/**
 * What is looked at, all pages of it, as a file.
 */
import apiFetch from '@wordpress/api-fetch';
import { Button, Dropdown, MenuGroup, MenuItem } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { addQueryArgs } from '@wordpress/url';

const FORMATS = [
	[ 'csv', __( 'CSV, for spreadsheets', 'ai-secure-proxy' ) ],
	[ 'json', __( 'JSON', 'ai-secure-proxy' ) ],
	[ 'jsonl', __( 'JSON, a record a line', 'ai-secure-proxy' ) ],
];

/**
 * @param {Object}  props
 * @param {string}  props.rest     Address of the plugin's routes.
 * @param {Object}  props.filters  Parameters of the route.
 * @param {boolean} props.disabled Whether there is nothing to be had.
 */
export function Export( { rest, filters, disabled } ) {
	// A browser's download sends no header, so the nonce is in the address, as for all downloads of WordPress.
	const address = ( format ) => addQueryArgs( `${ rest }/logs/export`, { ...filters, format, _wpnonce: apiFetch.nonceMiddleware.nonce } );
	return (
		<Dropdown
			popoverProps={ { placement: 'bottom-end' } }
			renderToggle={ ( { isOpen, onToggle } ) => (
				<Button size="compact" variant="secondary" onClick={ onToggle } aria-expanded={ isOpen } disabled={ disabled } accessibleWhenDisabled>
					{ __( 'Export', 'ai-secure-proxy' ) }
				</Button>
			) }
			renderContent={ ( { onClose } ) => (
				<MenuGroup label={ __( 'Export all that is found', 'ai-secure-proxy' ) }>
					{ FORMATS.map( ( [ format, label ] ) => (
						<MenuItem key={ format } href={ address( format ) } download onClick={ onClose }>
							{ label }
						</MenuItem>
					) ) }
				</MenuGroup>
			) }
		/>
	);
}
