<?php
/**
 * A public page of the site under test, `/?aisp-page=1`, that asks as the plugin's readme says: with a token, for a nonce.
 */

declare( strict_types=1 );

add_action(
	'template_redirect',
	static function (): void {
		if ( ! isset( $_GET['aisp-page'] ) ) {
			return;
		}
		?>
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Ask the harbour</title>
<style>
	body { font: 16px/1.5 sans-serif; max-width: 40em; margin: 3em auto; }
	textarea { display: block; width: 100%; }
	output { display: block; margin-top: 1em; min-height: 3em; }
</style>
<h1>Ask the harbour</h1>
<form data-api="<?php echo esc_url( rest_url( 'ai-secure-proxy/v1' ) ); ?>" data-nonce="<?php echo esc_attr( wp_create_nonce( 'wp_rest' ) ); ?>">
	<label>Your question <textarea name="prompt" rows="3"></textarea></label>
	<button>Ask</button>
	<output></output>
</form>
<script>
	const form = document.querySelector( 'form' );
	async function post( route, headers, body ) {
		const response = await fetch( form.dataset.api + route, { method: 'POST', headers, body } );
		const answer = await response.json();
		return response.ok ? answer : Promise.reject( answer.message );
	}
	async function ask( prompt ) {
		const { token } = await post( '/token', { 'X-WP-Nonce': form.dataset.nonce } );
		const headers = { 'Content-Type': 'application/json', 'X-AISP-Token': token };
		return ( await post( '/infer', headers, JSON.stringify( { prompt } ) ) ).result.text;
	}
	form.addEventListener( 'submit', async ( event ) => {
		event.preventDefault();
		form.querySelector( 'output' ).textContent = await ask( form.elements.prompt.value ).catch( String );
	} );
</script>
</html>
		<?php
		exit;
	}
);
