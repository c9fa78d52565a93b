<?php
/**
 * Whatever strangers send: refused, and no more than that. Never a 5xx, never a word in PHP's log.
 */

declare( strict_types=1 );

final class WebhookMalformedTest extends WebhookTestCase {

	private const BODY = '{"type":"canary"}';

	public function test_nothing_malformed_comes_in_or_breaks_anything(): void {
		$calls = array( ...self::headers(), ...self::times(), ...self::lists(), ...self::others(), ...self::bodies() );
		self::assertGreaterThanOrEqual( 100, count( $calls ) );
		$wrong = array();
		foreach ( $calls as $name => $call ) {
			$reply = Http::send( $call );
			if ( ! in_array( $reply->status, array( 400, 401, 413 ), true ) || str_contains( $reply->body, 'canary' ) ) {
				$wrong[ $name ] = $reply->status . ' ' . substr( $reply->body, 0, 200 );
			}
		}
		self::assertSame( array(), $wrong );
		self::assert_nothing();
		self::assertLessThan( 20, count( Site::log() ), 'a row a minute and source' );
	}

	/** A delivery that would be good, but for this. */
	private static function but( array $changes, string $body = self::BODY, ?int $time = null, string $id = 'msg_malformed' ): array {
		$headers = array();
		foreach ( Webhook::headers( 'standard', Webhook::SECRETS['AISP_TEST_WEBHOOK'], $body, $id, $time ) as $line ) {
			list( $name, $value ) = explode( ': ', $line, 2 );
			$headers[ $name ]     = $value;
		}
		$lines = array();
		foreach ( array_replace( $headers, $changes ) as $name => $values ) {
			foreach ( (array) ( $values ?? array() ) as $value ) {
				$lines[] = '' === $value ? "$name;" : "$name: $value";
			}
		}
		return Webhook::call( $body, null, array( 'headers' => $lines ) );
	}

	private static function headers(): array {
		$values = array(
			'missing'         => null,
			'empty'           => '',
			'a space'         => "\u{00A0}",
			'a full stop'     => '.',
			'a comma'         => ',',
			'a tab inside'    => "a\tb",
			'not ASCII'       => 'é',
			'not UTF-8'       => "\xFF\xFE",
			'a control'       => "a\x01b",
			'a quote'         => '"\'\\',
			'a null word'     => 'null',
			'an array word'   => 'Array',
			'PHP serialised'  => 'O:8:"stdClass":0:{}',
			'markup'          => '<script>canary</script>',
			'4 KiB'           => str_repeat( 'a', 4096 ),
			'5000 bytes'      => str_repeat( 'a', 5000 ),
			'three times'     => array( 'a', 'b', 'c' ),
			'percent'         => '%00%0a%s%n',
		);
		$calls  = array();
		foreach ( array( 'webhook-id', 'webhook-timestamp', 'webhook-signature' ) as $name ) {
			foreach ( $values as $what => $value ) {
				$calls[ "$name: $what" ] = self::but( array( $name => $value ) );
			}
		}
		return $calls;
	}

	private static function times(): array {
		$calls = array();
		$now   = time();
		foreach ( array( "{$now}abc", "+$now", "-$now", " $now 0", "0$now", "$now.0", '1e9', '0x60000000', '9999999999', '0000000000', '99999999999999999999999', 'now', substr( (string) $now, 1 ), "{$now}000", gmdate( 'c' ), 'INF', 'NAN' ) as $time ) {
			$calls[ "time $time" ] = self::but( array( 'webhook-timestamp' => $time ) );
		}
		return $calls;
	}

	private static function lists(): array {
		$good  = substr( Webhook::standard( Webhook::SECRETS['AISP_TEST_WEBHOOK'], self::BODY, 'msg_malformed', time() ), 3 );
		$wrong = 'v1,' . base64_encode( str_repeat( 'x', 32 ) );
		$calls = array();
		$lists = array(
			'v1',
			'v1,',
			',',
			$good,
			"v2,$good",
			"v1a,$good",
			"V1,$good",
			"v1=$good",
			"v1;$good",
			"v1,$good,",
			'v1,' . rtrim( $good, '=' ),
			'v1,' . $good . '=',
			'v1,' . strtr( $good, '+/', '-_' ) . '!',
			'v1,' . strrev( $good ),
			'v1,' . substr( $good, 0, 20 ),
			'v1,' . bin2hex( base64_decode( $good, true ) ),
			$wrong,
			implode( ' ', array_fill( 0, 17, $wrong ) ),
			implode( ' ', array_fill( 0, 70, $wrong ) ),
			implode( ' ', array_fill( 0, 100, 'v1,' ) ),
			str_repeat( ' ', 1000 ) . 'x',
		);
		foreach ( $lists as $i => $list ) {
			$calls[ "list $i" ] = self::but( array( 'webhook-signature' => $list ) );
		}
		return $calls;
	}

	/** The other schemes, and headers around the signature. */
	private static function others(): array {
		$now   = time();
		$hex   = str_repeat( 'ab', 32 );
		$lines = array(
			'stripe'  => array( '', 't', 't=', 't=,v1=', "t=$now", "v1=$hex", "t=$now,v1=", "t=$now,v1=xyz", "t=$now,v1=$hex", "t=$now,t=$now,v1=$hex", "t={$now}x,v1=$hex", "t=$now;v1=$hex", "t=$now," . str_repeat( "v1=$hex,", 50 ), str_repeat( ',', 4000 ) ),
			'github'  => array( '', 'sha256', 'sha256=', "sha1=$hex", "sha256=$hex", "sha256=$hex$hex", "SHA256=$hex", $hex, 'sha256=' . str_repeat( 'zz', 32 ) ),
			'plain_1' => array( '', $hex, strtoupper( $hex ), "0x$hex", str_repeat( 'zz', 32 ), 'ab', str_repeat( $hex, 60 ) ),
		);
		$names = array(
			'stripe'  => 'Stripe-Signature',
			'github'  => 'X-Hub-Signature-256',
			'plain_1' => 'X-AISig',
		);
		$calls = array();
		foreach ( $lines as $source => $values ) {
			foreach ( $values as $i => $value ) {
				$header                  = '' === $value ? "$names[$source];" : "$names[$source]: $value";
				$calls[ "$source $i" ] = Webhook::call( self::BODY, null, array( 'route' => "/webhook/$source", 'headers' => array( $header, 'X-GitHub-Delivery: 1', 'X-GitHub-Event: push' ) ) ); // phpcs:ignore
			}
		}
		return $calls;
	}

	/** Bodies that are not what was signed, or larger than any sender's. */
	private static function bodies(): array {
		$calls = array();
		foreach ( array( 1048577, 1500000, 2097152 ) as $size ) {
			$calls[ "$size bytes, signed" ] = self::but( array(), str_repeat( 'x', $size ) );
		}
		$sent = array(
			'nothing'            => '',
			'a byte more'        => self::BODY . ' ',
			'a byte less'        => substr( self::BODY, 0, -1 ),
			'encoded again'      => json_encode( json_decode( self::BODY ), JSON_PRETTY_PRINT ),
			'a mark before it'   => "\u{FEFF}" . self::BODY,
			'UTF-16'             => mb_convert_encoding( self::BODY, 'UTF-16LE' ),
			'gzip'               => gzencode( self::BODY ),
			'half of JSON'       => '{"type":',
			'bytes'              => random_bytes( 4096 ),
			'zeros'              => str_repeat( "\0", 65536 ),
			'deep'               => str_repeat( '[', 100000 ),
			'a number'           => '5',
			'a megabyte'         => str_repeat( '{"canary":1}', 87000 ),
			'two megabytes'      => str_repeat( 'x', 2097152 ),
		);
		foreach ( $sent as $what => $body ) {
			foreach ( array( 'application/json', 'text/plain', 'application/x-www-form-urlencoded' ) as $type ) {
				$call                      = array( 'body' => $body ) + self::but( array() );
				$call['headers']           = array( ...array_filter( $call['headers'], static fn( string $line ): bool => ! str_starts_with( $line, 'Content-Type' ) ), "Content-Type: $type" );
				$calls[ "$what as $type" ] = $call;
			}
		}
		foreach ( array( 'Content-Encoding: gzip', 'Content-Type: multipart/form-data; boundary=x', 'Content-Type: ' . str_repeat( 'a', 3000 ), "Content-Type: application/json; charset=\"\xFF" ) as $line ) {
			$call                     = array( 'body' => "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n" ) + self::but( array() );
			$call['headers'][]        = $line;
			$calls[ substr( $line, 0, 40 ) ] = $call;
		}
		return $calls;
	}
}
