/**
 * Server-Sent Events out of a response that is still coming, as Rest\Event_Stream sends them.
 */

/**
 * @param {ReadableStream<Uint8Array>} body Of the response.
 * @yield {{name: string, data: Object}} One event; comments are left out, and so is one that breaks off.
 */
export async function* events( body ) {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let text = '';
	try {
		while ( true ) {
			const { done, value } = await reader.read();
			text += decoder.decode( value, { stream: ! done } );
			const frames = text.split( '\n\n' );
			text = frames.pop();
			for ( const frame of frames ) {
				const [ , name, data ] = /^event: (\w+)\ndata: (.*)$/.exec( frame ) ?? [];
				if ( name ) {
					yield { name, data: JSON.parse( data ) };
				}
			}
			if ( done ) {
				return;
			}
		}
	} finally {
		reader.cancel().catch( () => {} );
	}
}
