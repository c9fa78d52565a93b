<?php
/**
 * A batch: 64 prompts at 200 ms each, 16 at a time, beside the time that the waiting alone takes.
 */

declare( strict_types=1 );

require __DIR__ . '/support.php';

const PROMPTS  = 64;
const PARALLEL = 16;

$policy = array(
	'models'       => array( 'bench' => array() ),
	'providers'    => array(
		'slow' => array(
			'kind'     => 'openai_chat',
			'base_url' => getenv( 'SLOW_URL' ),
		),
	),
	'max_parallel' => PARALLEL,
) + bench_policy();
$number = 0;
$times  = take_turns(
	array(
		'aisp_infer_batch(), 64 prompts at 200 ms, 16 at a time' => static function () use ( $policy, &$number ): void {
			$requests = array();
			for ( $i = 0; $i < PROMPTS; $i++ ) {
				$requests[] = array( 'prompt' => 'Prompt ' . ++$number );
			}
			foreach ( aisp_infer_batch( $requests, array( 'user_id' => 1, 'site' => 'bench' ), $policy ) as $item ) {
				if ( isset( $item['error'] ) ) {
					throw new RuntimeException( $item['error']['message'] );
				}
			}
		},
	),
	5,
	1
);
print_table( 'A batch', $times );
$ideal = PROMPTS / PARALLEL * 200000;
printf( "  of the ideal %.1f s: %.3f (p50)\n", $ideal / 1e6, percentile( reset( $times ), 0.5 ) / $ideal );
clean_up();
