/**
 * Fields that belong together: one or more top-level keys of the settings. Where wp-config.php sets them, they are shown and cannot be changed.
 */
import { Card, CardBody, CardHeader } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useSettingsContext, usePlace } from './context';
import { Flaws } from './flaws';

/** What is wrong with a place that is more than one control. */
export function PlaceFlaws( { place } ) {
	return (
		<div id={ place.id } tabIndex={ -1 } className="aisp-place">
			<Flaws flaws={ place.flaws } />
		</div>
	);
}

/** Says that wp-config.php has the last word. */
function Locked() {
	const { answer } = useSettingsContext();
	return (
		<p className="aisp-locked">
			<span className="dashicons dashicons-lock" aria-hidden="true" />{ ' ' }
			{
				/* translators: %s: name of a PHP constant. */
				sprintf( __( 'Set by %s in wp-config.php; it cannot be changed here.', 'ai-secure-proxy' ), answer.constant )
			}
		</p>
	);
}

/**
 * @param {Object} props
 * @param {string} props.name     The top-level key.
 * @param {string} props.title    A heading; none where the section's says it all.
 * @param {*}      props.intro    What it is about.
 * @param {*}      props.children The fields.
 */
export function Group( { name, title, intro, children } ) {
	const { answer } = useSettingsContext();
	const place = usePlace( [ name ] );
	const locked = name in answer.locked;
	return (
		<Card className="aisp-group">
			{ title && (
				<CardHeader>
					<h3>{ title }</h3>
				</CardHeader>
			) }
			<CardBody>
				{ intro && <p className="aisp-intro">{ intro }</p> }
				{ locked && <Locked /> }
				<PlaceFlaws place={ place } />
				<fieldset disabled={ locked } className="aisp-fields" aria-label={ title ?? name }>
					{ children }
				</fieldset>
			</CardBody>
		</Card>
	);
}

/** A single top-level key that has one control; several of them stand in a card together. */
export function Single( { name, children } ) {
	const { answer } = useSettingsContext();
	const locked = name in answer.locked;
	return (
		<fieldset disabled={ locked } className="aisp-fields" aria-label={ name }>
			{ locked && <Locked /> }
			{ children }
		</fieldset>
	);
}
