<?php
/**
 * A provider that answers later, as OpenAI's guide to background mode has it: the router of `php -S`. What it is asked lies in
 * the folder LATER_DIR, one file a response; a file of that name with `.done` behind it is its answer.
 */

declare( strict_types=1 );

header( 'Content-Type: application/json' );
$dir  = getenv( 'LATER_DIR' );
$path = parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH );

if ( 'POST' === $_SERVER['REQUEST_METHOD'] && str_ends_with( $path, '/responses' ) ) {
	$id = 'resp_' . bin2hex( random_bytes( 8 ) );
	file_put_contents( "$dir/$id", file_get_contents( 'php://input' ) );
	echo json_encode( array( 'id' => $id, 'object' => 'response', 'status' => 'queued', 'output' => array() ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
	return;
}
if ( ! preg_match( '#/responses/(resp_[0-9a-f]{16})(/cancel)?$#', $path, $found ) || ! file_exists( "$dir/$found[1]" ) ) {
	http_response_code( 404 );
	echo '{"error": {"message": "Response not found.", "type": "invalid_request_error"}}';
	return;
}
$response = array( 'id' => $found[1], 'object' => 'response', 'status' => 'in_progress', 'output' => array() ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
if ( isset( $found[2] ) ) {
	touch( "$dir/$found[1].cancelled" );
	$response['status'] = 'cancelled';
} elseif ( file_exists( "$dir/$found[1].done" ) ) {
	$response['status'] = 'completed';
	$response['output'] = array(
		array(
			'type'    => 'message',
			'role'    => 'assistant',
			'content' => array( array( 'type' => 'output_text', 'text' => file_get_contents( "$dir/$found[1].done" ) ) ), // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		),
	);
	$response['usage']  = array( 'input_tokens' => 30, 'output_tokens' => 50, 'total_tokens' => 80 ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
}
echo json_encode( $response );
