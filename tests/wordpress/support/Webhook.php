<?php
/**
 * Webhooks as their senders make them: signed by the book, and not by the module.
 */

declare( strict_types=1 );

final class Webhook {

	/** What run.sh puts into the environment, by name. */
	public const SECRETS = array(
		'AISP_TEST_WEBHOOK'      => 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
		'AISP_TEST_WEBHOOK_NEXT' => 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
		'AISP_TEST_WEBHOOK_TEXT' => "It's a Secret to Everybody",
	);

	/** The sources of these tests, for the policy's `webhooks`: each scheme once, and one whose secret nobody has set. */
	public const SOURCES = array(
		'default' => array(
			'scheme'     => 'standard',
			'secret_env' => array( 'AISP_TEST_WEBHOOK', 'AISP_TEST_WEBHOOK_NEXT' ),
		),
		'stripe'  => array(
			'scheme'     => 'stripe',
			'secret_env' => 'AISP_TEST_WEBHOOK_TEXT',
		),
		'github'  => array(
			'scheme'     => 'github',
			'secret_env' => 'AISP_TEST_WEBHOOK_TEXT',
		),
		'plain_1' => array(
			'scheme'     => 'hex',
			'secret_env' => 'AISP_TEST_WEBHOOK_TEXT',
		),
		'old-key' => array(
			'scheme'     => 'standard',
			'secret_env' => 'AISP_TEST_WEBHOOK',
			'tolerance'  => 60,
		),
	);

	/** Signs the body as the scheme says. */
	public static function headers( string $scheme, string $secret, string $body, string $id, ?int $time = null ): array {
		$time ??= time();
		return match ( $scheme ) {
			'standard' => array( "webhook-id: $id", "webhook-timestamp: $time", 'webhook-signature: ' . self::standard( $secret, $body, $id, $time ) ),
			'stripe'   => array( "Stripe-Signature: t=$time,v1=" . hash_hmac( 'sha256', "$time.$body", $secret ) ),
			'github'   => array( 'X-Hub-Signature-256: sha256=' . hash_hmac( 'sha256', $body, $secret ), "X-GitHub-Delivery: $id", 'X-GitHub-Event: push' ),
			'hex'      => array( 'X-AISig: ' . hash_hmac( 'sha256', $body, $secret ) ),
		};
	}

	/** The header webhook-signature. */
	public static function standard( string $secret, string $body, string $id, int $time ): string {
		$key = base64_decode( substr( $secret, strlen( 'whsec_' ) ), true );
		return 'v1,' . base64_encode( hash_hmac( 'sha256', "$id.$time.$body", $key, true ) );
	}

	/** A delivery to the default source, for Http::send(); what is in $options replaces its own parts. */
	public static function call( string $body, ?string $id = null, array $options = array() ): array {
		$options += array(
			'secret' => self::SECRETS['AISP_TEST_WEBHOOK'],
			'scheme' => 'standard',
			'route'  => '/webhook',
			'time'   => null,
		);
		$headers  = $options['headers'] ?? self::headers( $options['scheme'], $options['secret'], $body, $id ?? self::id(), $options['time'] );
		$rest     = array( 'headers' => array( 'Expect:', ...$headers ) ) + array_intersect_key( $options, array_flip( array( 'query', 'type', 'method' ) ) );
		return array_intersect_key( $rest, array( 'method' => '' ) ) + Http::post_call( $options['route'], $body, null, $rest );
	}

	public static function send( string $body, ?string $id = null, array $options = array() ): Reply {
		return Http::send( self::call( $body, $id, $options ) );
	}

	/** An id that no event had before. */
	public static function id(): string {
		return 'msg_' . bin2hex( random_bytes( 10 ) );
	}

	/** A body that no event had before. */
	public static function body( array $fields = array() ): string {
		return json_encode(
			$fields + array(
				'type' => 'response.completed',
				'data' => array( 'id' => self::id() ),
			),
			JSON_THROW_ON_ERROR
		);
	}
}
