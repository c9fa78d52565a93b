<?php
/**
 * /settings: what is allowed, for those who manage the proxy: to read, to save, to take along.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Settings\Settings;
use AI_Secure_Proxy\Settings\Transfer;

defined( 'ABSPATH' ) || exit;

final class Settings_Controller extends Controller {

	public const ROUTE = '/settings';

	public function register_routes(): void {
		$may = array( Access::class, 'may_manage' );
		$is  = array( self::class, 'schema' );
		$this->route( self::ROUTE, 'GET', static fn(): \WP_REST_Response => Answer::data( Settings::read() ), $may, array(), $is );
		$this->route( self::ROUTE, 'PUT', array( $this, 'save' ), $may, self::save_args(), $is );
		$this->route( self::ROUTE . '/export', 'GET', static fn(): \WP_REST_Response => Answer::data( Transfer::export() ), $may, array(), array( self::class, 'export_schema' ) );
		$this->route( self::ROUTE . '/import', 'POST', array( $this, 'import' ), $may, self::import_args(), array( self::class, 'import_schema' ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function save( \WP_REST_Request $request ): \WP_REST_Response {
		return self::said( Settings::save( $request['settings'], $request['log'], $request['version'] ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function import( \WP_REST_Request $request ): \WP_REST_Response {
		return self::said( Transfer::import( $request['export'], $request['version'], (bool) $request[ Dry_Run::KEY ] ) );
	}

	/** @param array|\WP_Error $outcome What was done, or why it was not. */
	private static function said( $outcome ): \WP_REST_Response {
		return is_wp_error( $outcome ) ? Answer::error( $outcome ) : Answer::data( $outcome );
	}

	/** The arguments of what changes settings: `$name` holds them. */
	private static function args( string $name, string $description ): array {
		$checked = array(
			'required'          => true,
			'validate_callback' => 'rest_validate_request_arg',
			'sanitize_callback' => 'rest_sanitize_request_arg',
		);
		return array(
			$name     => array(
				'type'        => 'object',
				'description' => $description,
			) + $checked,
			'version' => array(
				'type'        => 'string',
				'description' => __( 'The version that GET gave: if somebody else has saved since, the answer is 409.', 'ai-secure-proxy' ),
			) + $checked,
		);
	}

	private static function save_args(): array {
		return self::args( 'settings', __( 'All settings, as GET gives them; what is not among them is not set.', 'ai-secure-proxy' ) ) + array(
			'log' => array(
				'type'              => 'object',
				'description'       => __( 'How long the log is kept: days, rows, hour; without it, that stays as it is.', 'ai-secure-proxy' ),
				'validate_callback' => 'rest_validate_request_arg',
				'sanitize_callback' => 'rest_sanitize_request_arg',
			),
		);
	}

	private static function import_args(): array {
		return self::args( 'export', __( 'What GET /settings/export gave, here or on another site.', 'ai-secure-proxy' ) ) + array(
			Dry_Run::KEY => array(
				'type'              => 'boolean',
				'description'       => __( 'Whether to say what would change, and change nothing.', 'ai-secure-proxy' ),
				'validate_callback' => 'rest_validate_request_arg',
				'sanitize_callback' => 'rest_sanitize_request_arg',
			),
		);
	}

	/** What GET and PUT answer, as a JSON schema. */
	public static function schema(): array {
		return self::titled(
			'aisp-settings',
			array(
				'version'   => array( 'type' => 'string' ),
				'settings'  => array( 'type' => 'object' ),
				'log'       => array( 'type' => 'object' ),
				'locked'    => array( 'type' => 'object' ),
				'constant'  => array( 'type' => 'string' ),
				'effective' => array( 'type' => array( 'object', 'null' ) ),
				'defaults'  => array( 'type' => 'object' ),
				'secrets'   => self::list_of( array( 'name', 'for' ), array( 'set', 'usable' ) ),
				'flaws'     => self::list_of( array( 'path', 'message' ) ),
				'filtered'  => array( 'type' => 'boolean' ),
			)
		);
	}

	/** What GET /settings/export answers, as a JSON schema. */
	public static function export_schema(): array {
		return self::titled(
			'aisp-settings-export',
			array(
				'format'   => array( 'type' => 'string' ),
				'plugin'   => array( 'type' => 'string' ),
				'settings' => array( 'type' => 'object' ),
				'log'      => array( 'type' => 'object' ),
				'left_out' => self::list_of_texts(),
			)
		);
	}

	/** What POST /settings/import answers, as a JSON schema. */
	public static function import_schema(): array {
		return self::titled(
			'aisp-settings-import',
			array(
				Dry_Run::KEY => array( 'type' => 'boolean' ),
				'changes'    => self::list_of( array( 'path' ) ),
				'locked'     => self::list_of_texts(),
				'left_out'   => self::list_of_texts(),
				'flaws'      => self::list_of( array( 'path', 'message' ) ),
				'settings'   => array( 'type' => 'object' ),
			)
		);
	}

	private static function titled( string $title, array $properties ): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => $title,
			'type'       => 'object',
			'properties' => $properties,
		);
	}

	private static function list_of_texts(): array {
		return array(
			'type'  => 'array',
			'items' => array( 'type' => 'string' ),
		);
	}

	/**
	 * A list of objects.
	 *
	 * @param string[] $texts Properties that are texts.
	 * @param string[] $flags Properties that are true or false.
	 */
	private static function list_of( array $texts, array $flags = array() ): array {
		return array(
			'type'  => 'array',
			'items' => array(
				'type'       => 'object',
				'properties' => array_fill_keys( $texts, array( 'type' => 'string' ) ) + array_fill_keys( $flags, array( 'type' => 'boolean' ) ),
			),
		);
	}
}
