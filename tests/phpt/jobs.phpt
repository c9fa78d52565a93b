--TEST--
A job is enqueued, worked on and shown; its private values are sealed with a constant's key, and its arguments are strict
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

define( 'AUTH_KEY', 'one of the eight phrases of a wp-config.php' );

$caller = array( 'user_id' => 7, 'route' => '/jobs', 'site' => 'https://a.example' );
$site   = array( 'site' => 'https://a.example', 'items' => 10 );
$job    = aisp_job_enqueue( array( 'prompt' => 'Mail ann@example.com', 'run_at' => time() - 5, 'store' => array( 'post_id' => 3, 'meta_key' => 'summary' ) ), $caller, policy() );
expect( 1 === preg_match( '/^job_[0-9a-f]{32}$/', $job['id'] ), 'it has an id', $job );
echo $job['state'], ' ', json_encode( $job['progress'] ), ' ', json_encode( $job['caller'] ), "\n";
expect( ! str_contains( file_get_contents( store_file() ) . file_get_contents( store_file() . '-wal' ), 'ann@example.com' ), 'no private value is kept' );
expect( null === aisp_job_get( $job['id'] ) && null === aisp_job_cancel( $job['id'], 'https://b.example' ), 'another site has none of this id' );

$claimed = aisp_job_claim( array( 'site' => 'https://a.example' ) );
echo count( $claimed ), ' claimed, ', json_encode( $claimed[0]['caller'] ), ', ', aisp_job_work( array( 'max' => 5 ), policy() ), " more are due\n";
echo aisp_job_work( array( 'claims' => array( array( 'id' => $job['id'], 'lease' => $claimed[0]['lease'], 'policy' => policy() ) ) ) ), " worked on\n";
$done = aisp_job_get( $job['id'], $site, policy() );
echo $done['state'], ' ', json_encode( $done['items'][0]['store'] ), ' ', $done['result'] === $done['items'][0]['result'] ? 'the result is the item\'s' : 'no', "\n";
expect( is_string( $done['result']['text'] ) && 1 === $done['result']['attempts'], 'it is answered', $done );
$event = aisp_webhook_claim( array( 'site' => 'https://a.example' ) )[0];
echo "{$event['source']} {$event['type']} ", json_decode( $event['body'] )->id === $job['id'] ? 'of this job' : 'no', "\n";

$many = aisp_job_enqueue( array( 'items' => array( array( 'prompt' => 'One' ), array( 'prompt' => 'Two' ) ), 'preview' => true ), $caller, policy() );
echo aisp_job_cancel( $many['id'], 'https://a.example' )['state'], ', ', aisp_job_retry( $many['id'], 'https://a.example' )['state'], ', ';
aisp_job_work( array(), policy() );
$accepted = aisp_job_accept( $many['id'], 'https://a.example' );
echo $accepted['state'], ', ', is_int( $accepted['accepted_at'] ) ? 'accepted' : 'no', "\n";
echo implode( ' ', array_map( fn( $job ) => $job['state'], aisp_job_list( array( 'user_id' => 7 ) ) ) ), ', ', count( aisp_job_list( array( 'before' => $many['id'] ) ) ), " before\n";
echo json_encode( aisp_status()['jobs'] ), "\n";
$own = aisp_status( 'https://a.example' );
expect( 2 === $own['jobs']['done'] && $own['jobs'] === aisp_status()['jobs'], 'they are this site\'s', $own['jobs'] );
echo "{$own['inbox']['waiting']} waiting, ", json_encode( $own['inbox']['webhooks'] ), " from outside\n";
$told = aisp_webhook_list( array( 'source' => ':job' ) );
expect( array_slice( $told, 1 ) === aisp_webhook_list( array( 'before' => $told[0]['id'] ) ) && array() === aisp_webhook_list( array( 'not_source' => ':job' ) ), 'the inbox is read page by page', $told );
echo aisp_status( 'https://b.example' )['jobs']['done'], " of another site\n";
echo aisp_job_purge( array( 'state' => 'done', 'site' => 'https://a.example' ) ), ' purged, ', count( aisp_job_list() ), " left\n";

$ask = static fn( array $request, array $policy = array() ) => fn() => aisp_job_enqueue( $request, array(), policy( $policy ) );
show(
	array(
		'no prompt'      => $ask( array() ),
		'an item'        => $ask( array( 'items' => array( array( 'prompt' => 'One' ), array( 'prompt' => ' ' ) ) ) ),
		'not UTF-8'      => $ask( array( 'prompt' => "\xff" ) ),
		'a list of one'  => $ask( array( 'items' => array( 'One' ) ) ),
		'no callbacks'   => $ask( array( 'prompt' => 'One', 'callback' => 'https://example.com/' ) ),
		'a key again'    => static function () use ( $ask ) {
			$ask( array( 'prompt' => 'One', 'idempotency_key' => 'k' ) )();
			$ask( array( 'prompt' => 'Two', 'idempotency_key' => 'k' ) )();
		},
		'no key'         => $ask( array( 'prompt' => 'Mail ann@example.com' ), array( 'jobs' => array( 'key_env' => 'NOT_SET' ) ) ),
		'a wrong policy' => $ask( array( 'prompt' => 'One' ), array( 'jobs' => array( 'items' => 1 ) ) ),
		'a wrong filter' => fn() => aisp_job_list( array( 'state' => 'lost' ) ),
		'a wrong page'   => fn() => aisp_webhook_list( array( 'before' => 'x' ) ),
		'a wrong claim'  => fn() => aisp_job_work( array( 'claims' => array( array( 'id' => 'x' ) ) ) ),
	)
);
?>
--EXPECT--
queued {"total":1,"done":0,"failed":0} {"user_id":7,"client":"","source":"","site":"https:\/\/a.example"}
1 claimed, {"user_id":7,"route":"\/jobs","site":"https:\/\/a.example"}, 0 more are due
1 worked on
done {"post_id":3,"meta_key":"summary"} the result is the item's
:job job.completed of this job
cancelled, queued, done, accepted
done done, 1 before
{"queued":0,"running":0,"waiting":0,"done":2,"failed":0,"cancelled":0,"oldest_age_s":null,"asked_again":0,"abandoned":0}
3 waiting, {"waiting":0,"leased":0,"done":0,"dead":0} from outside
0 of another site
2 purged, 0 left
no prompt: Aisp\InvalidRequest (invalid_request, 400): prompt is missing.
an item: Aisp\InvalidRequest (invalid_request, 400): items[1]: prompt must not be blank.
not UTF-8: Aisp\InvalidRequest (invalid_request, 400): aisp_job_enqueue(): Argument #1 ($request) key "prompt" must be valid UTF-8
a list of one: Aisp\InvalidRequest (invalid_request, 400): aisp_job_enqueue(): Argument #1 ($request) key "items[0]" must be of type array, string given
no callbacks: Aisp\InvalidRequest (invalid_request, 400): aisp_job_enqueue(): Argument #1 ($request) key "callback" is not possible: the policy's jobs.callback_env names no key to sign with
a key again: Aisp\Conflict (conflict, 409): The idempotency_key was used for another request.
no key: Aisp\ConfigError (config_error, 500): Private values of jobs cannot be sealed: NOT_SET is not set, in the environment or in wp-config.php.
a wrong policy: Aisp\ConfigError (config_error, 500): aisp_job_enqueue(): Argument #3 ($policy) key "jobs.items" is not known; known are callback_env, keep, key_env, max_attempts, max_bytes, max_items, timeout_ms
a wrong filter: Aisp\ConfigError (config_error, 500): aisp_job_list(): Argument #1 ($filter) key "state" must be one of queued, running, waiting, done, failed, cancelled
a wrong page: Aisp\ConfigError (config_error, 500): aisp_webhook_list(): Argument #1 ($filter) key "before" must be of type int, string given
a wrong claim: Aisp\ConfigError (config_error, 500): aisp_job_work(): Argument #1 ($options) key "claims[0].lease" must be given
