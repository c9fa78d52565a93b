<?php
/**
 * `wp aisp limit …`: where limits and budgets stand, and a clean slate for those who need one.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Inference;
use AI_Secure_Proxy\Policy;
use WP_CLI;
use WP_CLI\Utils;

defined( 'ABSPATH' ) || exit;

/**
 * Looks at limits and budgets, and makes them whole again.
 *
 * Without an option they are the site's own; with WP-CLI's own --user=<id|login|email>, also that user's and those of the
 * user's role. The options below stand for others that limits are counted by.
 */
final class Limit_Command {

	/**
	 * Shows where limits and budgets stand: the site's own, or with --user=<id|login|email> a user's.
	 *
	 * ## OPTIONS
	 *
	 * [--role=<role>]
	 * : Those of this role; that of the user unless said otherwise.
	 *
	 * [--client=<client>]
	 * : Those of this outside client.
	 *
	 * [--ip=<address>]
	 * : Those of this IP address.
	 *
	 * [--source=<source>]
	 * : Those of this plugin or feature: rest, cli, enrich, …
	 *
	 * [--format=<format>]
	 * : How to print it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp limit show
	 *     wp aisp limit show --user=ann@example.com
	 *     wp aisp limit show --source=rest --format=json
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function show( array $args, array $assoc_args ): void {
		Input::need_module();
		try {
			$rows = Standing::rows( Inference::standing( self::caller( $assoc_args ) ), time() );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		Utils\format_items( $assoc_args['format'] ?? 'table', $rows, Standing::FIELDS );
	}

	/**
	 * Makes limits and budgets whole again: all that `show` lists for the same options, or one of them.
	 *
	 * What is reserved for calls under way stays reserved.
	 *
	 * ## OPTIONS
	 *
	 * [--role=<role>]
	 * : Those of this role; that of the user unless said otherwise.
	 *
	 * [--client=<client>]
	 * : Those of this outside client.
	 *
	 * [--ip=<address>]
	 * : Those of this IP address.
	 *
	 * [--source=<source>]
	 * : Those of this plugin or feature: rest, cli, enrich, …
	 *
	 * [--name=<limit>]
	 * : Only the limit or budget of this name, such as quota-user.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp limit reset --user=ann --name=quota-user
	 *     wp aisp limit reset --name=budget-site-month-usd --yes
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function reset( array $args, array $assoc_args ): void {
		Input::need_module();
		$caller = self::caller( $assoc_args );
		$name   = isset( $assoc_args['name'] ) ? (string) $assoc_args['name'] : null;
		try {
			$names = array_column( Standing::rows( Inference::standing( $caller ), time() ), 'name' );
			if ( null !== $name ? ! in_array( $name, $names, true ) : ! $names ) {
				/* translators: %s: names of limits. */
				WP_CLI::error( $names ? sprintf( __( '--name must be one of %s.', 'ai-secure-proxy' ), implode( ', ', $names ) ) : __( 'No limit applies.', 'ai-secure-proxy' ) );
				return;
			}
			/* translators: %s: names of limits. */
			WP_CLI::confirm( sprintf( __( 'Make %s whole again?', 'ai-secure-proxy' ), $name ?? implode( ', ', $names ) ), $assoc_args );
			$used = aisp_limits_reset( $caller, Policy::current( $caller ), $name );
			/* translators: %d: how many. */
			WP_CLI::success( sprintf( _n( '%d had been used, and is whole again.', '%d had been used, and are whole again.', $used, 'ai-secure-proxy' ), $used ) );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
		}
	}

	/** Whose limits: only the parts that were named, so that the others' rules do not apply. */
	private static function caller( array $options ): array {
		$caller = array_intersect_key( Access::caller( 'cli', 'cli' ), array_flip( array( 'site', 'user_id', 'role' ) ) );
		$named  = array_intersect_key( $options, array_flip( array( 'role', 'client', 'ip', 'source' ) ) );
		if ( isset( $named['role'] ) && ! wp_roles()->is_role( $named['role'] ) ) {
			/* translators: %s: what was given as a role. */
			WP_CLI::error( sprintf( __( '--role: there is no role “%s”.', 'ai-secure-proxy' ), $named['role'] ) );
		}
		if ( isset( $named['ip'] ) && ! filter_var( $named['ip'], FILTER_VALIDATE_IP ) ) {
			/* translators: %s: what was given as an address. */
			WP_CLI::error( sprintf( __( '--ip: “%s” is no IP address.', 'ai-secure-proxy' ), $named['ip'] ) );
		}
		return $named + $caller;
	}
}
