// Another site, on an origin of its own, that shows the page of ours as it is: nonce, addresses and all.

import { createServer } from 'node:http';
import { publicPage } from './site.mjs';

/** Starts it: { origin, close }. */
export async function elsewhere() {
	const server = createServer( async ( request, response ) => {
		const copy = await fetch( publicPage );
		response.writeHead( 200, { 'Content-Type': 'text/html; charset=utf-8' } ).end( await copy.text() );
	} );
	await new Promise( ( resolve ) => server.listen( 0, '127.0.0.1', resolve ) );
	const close = () => new Promise( ( resolve ) => {
		server.close( resolve );
		server.closeAllConnections();
	} );
	return { origin: `http://127.0.0.1:${ server.address().port }`, close };
}
