--TEST--
phpinfo() shows version, store and entries, and nothing that is secret
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

$use  = 'define( "OPENAI_API_KEY", "sk-constant" ); aisp_preview( array( "prompt" => "Hi" ) ); ';
$show = 'phpinfo( INFO_MODULES ); var_dump( aisp_status() );';
$text = run_php( $use . $show, array(), array( 'OPENAI_API_KEY' => 'sk-environment' ) )[1];
preg_match( '/^aisp\n.*?(?=^\S+\n\n|^array)/ms', $text, $table );
echo str_replace( store_file(), 'STORE', trim( $table[0] ) ), "\n";
expect( ! str_contains( $text, 'sk-' ), 'no key in it' );
expect( 1 === preg_match( '/^Settings => aisp.timeout_ms must be/m', run_php( $show, array( 'aisp.timeout_ms' => 'soon' ) )[1] ), 'a bad value shows' );

list( $status, $ri ) = run_php( '', array(), array(), array_merge( php_command(), array( '--ri', 'aisp', '--' ) ) );
expect( 0 === $status && str_contains( $ri, 'AI Secure Proxy => enabled' ), 'php --ri aisp', $ri );
?>
--EXPECTF--
aisp

AI Secure Proxy => enabled
Version => %d.%d.%d
Build => %s
Store => STORE

Directive => Local Value => Master Value
aisp.allowed_hosts => 127.0.0.1 => 127.0.0.1
aisp.ca_file => no value => no value
aisp.connect_timeout_ms => 3000 => 3000
aisp.log => off => off
aisp.max_attempts => 3 => 3
aisp.max_response_bytes => 16777216 => 16777216
aisp.store => sqlite:STORE => sqlite:STORE
aisp.timeout_ms => 15000 => 15000
