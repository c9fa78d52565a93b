/**
 * What is wrong: beside each field, and above all of them with a way to each.
 */
import { Button, Notice } from '@wordpress/components';
import { useEffect, useRef } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';

/** The flaws of one place. */
export const Flaws = ( { flaws } ) =>
	flaws.map( ( { path, message } ) => (
		<span key={ path + message } className="aisp-flaw">
			{ message }
		</span>
	) );

/** What a control says below itself: what is wrong first. */
export const helpOf = ( flaws, help ) =>
	flaws.length || help ? (
		<>
			<Flaws flaws={ flaws } />
			{ help }
		</>
	) : undefined;

/**
 * All flaws; it takes the focus when they come, and leaves it alone while they are put right.
 *
 * @param {Object}   props
 * @param {Object[]} props.flaws
 * @param {boolean}  props.areStored Whether they are in what is stored; else saving has brought them up.
 * @param {Object}   props.occasion  What has brought them up.
 * @param {Function} props.go        ( path ) => void, shows the place.
 */
export function Summary( { flaws, areStored, occasion, go } ) {
	const heading = useRef();
	const count = flaws.length;
	useEffect( () => {
		heading.current?.focus();
	}, [ occasion ] );
	return (
		<Notice status="error" isDismissible={ false } className="aisp-summary" spokenMessage={ null }>
			<p ref={ heading } tabIndex={ -1 }>
				<strong>
					{
						/* translators: %d: how many things are wrong. */
						sprintf( _n( '%d thing is wrong with the settings:', '%d things are wrong with the settings:', count, 'ai-secure-proxy' ), count )
					}
				</strong>
			</p>
			<ul>
				{ flaws.map( ( { path, message } ) => (
					<li key={ path + message }>
						{ path ? (
							<Button variant="link" onClick={ () => go( path ) }>
								{ message }
							</Button>
						) : (
							message
						) }
					</li>
				) ) }
			</ul>
			<p>
				{ areStored
					? __( 'They are stored like that, and calls fail until they are put right and saved.', 'ai-secure-proxy' )
					: __( 'Nothing was saved. Put them right, and save again.', 'ai-secure-proxy' ) }
			</p>
		</Notice>
	);
}
