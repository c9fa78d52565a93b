/**
 * Who may send events, and what to tell them.
 */
import { Button, Card, CardBody } from '@wordpress/components';
import { useCopyToClipboard } from '@wordpress/compose';
import { __, sprintf } from '@wordpress/i18n';
import { Facts } from '../shared/details';
import { Empty } from '../shared/listing';
import { useTell } from '../shared/screen';
import { State } from '../shared/states';
import { Ago } from '../shared/when';
import { SCHEMES, STATES, title } from './words';

/**
 * @param {Object}   props
 * @param {Object[]} props.sources  As GET /webhooks/sources gives them.
 * @param {string}   props.settings The address of the screen Settings.
 */
export function Sources( { sources, settings } ) {
	if ( ! sources.length ) {
		return (
			<Card className="aisp-section" isBorderless={ false }>
				<CardBody>
					<Empty title={ __( 'Nobody may send events yet', 'ai-secure-proxy' ) }>
						<p>{ __( 'Name a source in the settings: how it signs, and which variable or constant holds its secret. Its address is shown here then.', 'ai-secure-proxy' ) }</p>
						<Button __next40pxDefaultSize variant="primary" href={ settings }>
							{ __( 'Open the settings', 'ai-secure-proxy' ) }
						</Button>
					</Empty>
				</CardBody>
			</Card>
		);
	}
	return (
		<section className="aisp-grid" aria-label={ __( 'Sources', 'ai-secure-proxy' ) }>
			{ sources.map( ( source ) => (
				<Source key={ source.name } source={ source } />
			) ) }
		</section>
	);
}

function Source( { source } ) {
	const { name, scheme, url, secret_env: secrets, secret_set: isSet, last_event: last } = source;
	const tell = useTell();
	const copy = useCopyToClipboard( url, () => tell( __( 'Address copied.', 'ai-secure-proxy' ) ) );
	return (
		<Card>
			<CardBody>
				<div className="aisp-source">
					<h2>{ name }</h2>
					<State look={ isSet ? 'good' : 'bad' }>{ isSet ? __( 'Secret set', 'ai-secure-proxy' ) : __( 'Secret missing', 'ai-secure-proxy' ) }</State>
				</div>
				<Facts
					facts={ [
						[ __( 'Signs as', 'ai-secure-proxy' ), SCHEMES[ scheme ] ?? scheme ],
						[
							__( 'Secret', 'ai-secure-proxy' ),
							secrets.map( ( secret ) => (
								<code key={ secret } className="aisp-source__secret">
									{ secret }
								</code>
							) ),
						],
						[ __( 'Last event', 'ai-secure-proxy' ), last ? <Last event={ last } /> : __( 'none has come', 'ai-secure-proxy' ) ],
						[ __( 'Address', 'ai-secure-proxy' ), <code key="url">{ url }</code> ],
					] }
				/>
				<Button
					ref={ copy }
					variant="secondary"
					size="compact"
					/* translators: %s: name of a source of webhooks. */
					aria-label={ sprintf( __( 'Copy the address for %s', 'ai-secure-proxy' ), name ) }
				>
					{ __( 'Copy address', 'ai-secure-proxy' ) }
				</Button>
			</CardBody>
		</Card>
	);
}

const Last = ( { event } ) => (
	<>
		{ title( event ) }, <Ago at={ event.received_at } />, { STATES[ event.state ][ 1 ] }
	</>
);
