/**
 * How providers and store are, and what waits to be done.
 */
import { Card, CardBody, CardHeader } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { bytes, count, NONE } from '../shared/format';

export function Health( { status, site } ) {
	return (
		<section aria-labelledby="aisp-health">
			<h2 id="aisp-health">{ __( 'State', 'ai-secure-proxy' ) }</h2>
			<div className="aisp-grid">
				<Providers breakers={ status.breakers ?? [] } />
				<Facts title={ __( 'Waiting', 'ai-secure-proxy' ) } facts={ waiting( status ) } href={ site.screens.jobs } link={ __( 'Jobs', 'ai-secure-proxy' ) } />
				<Facts title={ __( 'Store', 'ai-secure-proxy' ) } facts={ store( status ) } href={ site.health } link={ __( 'Site Health', 'ai-secure-proxy' ) } />
			</div>
		</section>
	);
}

function Providers( { breakers } ) {
	return (
		<Card size="small">
			<CardHeader>
				<h3>{ __( 'Providers', 'ai-secure-proxy' ) }</h3>
			</CardHeader>
			<CardBody>
				{ breakers.length ? (
					<ul className="aisp-list">
						{ breakers.map( ( breaker ) => (
							<li key={ `${ breaker.site } ${ breaker.provider } ${ breaker.base_url }` }>
								<span className="aisp-name">
									{ breaker.provider }
									<small>{ host( breaker.base_url ) }</small>
								</span>
								<Breaker { ...breaker } />
							</li>
						) ) }
					</ul>
				) : (
					<p className="aisp-aside">{ __( 'No provider was asked in the last minutes, so there is nothing to say of their health.', 'ai-secure-proxy' ) }</p>
				) }
			</CardBody>
		</Card>
	);
}

const host = ( address ) => {
	try {
		return new URL( address ).host;
	} catch {
		return address;
	}
};

function Breaker( { state, retry_after_s: wait, calls, failures, key_refused: refused } ) {
	if ( refused ) {
		return <span className="aisp-state is-bad">{ __( 'Key refused', 'ai-secure-proxy' ) }</span>;
	}
	if ( state === 'open' ) {
		return (
			<span className="aisp-state is-bad">
				{
					/* translators: %d: seconds until the provider is asked again. */
					sprintf( _n( 'Breaker open, next try in %d second', 'Breaker open, next try in %d seconds', wait, 'ai-secure-proxy' ), wait )
				}
			</span>
		);
	}
	if ( state === 'half_open' ) {
		return <span className="aisp-state is-doubtful">{ __( 'Being tried again', 'ai-secure-proxy' ) }</span>;
	}
	if ( failures ) {
		return (
			<span className="aisp-state is-doubtful">
				{
					/* translators: 1: number of failures, 2: number of calls. */
					sprintf( __( '%1$s of the last %2$s calls failed', 'ai-secure-proxy' ), count( failures ), count( calls ) )
				}
			</span>
		);
	}
	return <span className="aisp-state is-good">{ __( 'In order', 'ai-secure-proxy' ) }</span>;
}

function Facts( { title, facts, href, link } ) {
	return (
		<Card size="small">
			<CardHeader>
				<h3>{ title }</h3>
				<a href={ href }>{ link }</a>
			</CardHeader>
			<CardBody>
				<dl className="aisp-facts">
					{ facts.map( ( [ name, value, bad ] ) => (
						<div key={ name }>
							<dt>{ name }</dt>
							<dd className={ bad ? 'aisp-figure aisp-bad' : 'aisp-figure' }>{ value }</dd>
						</div>
					) ) }
				</dl>
			</CardBody>
		</Card>
	);
}

const waiting = ( { jobs, inbox, spool } ) => [
	[ __( 'Jobs in the queue', 'ai-secure-proxy' ), count( jobs?.queued ) ],
	[ __( 'Jobs being worked on', 'ai-secure-proxy' ), count( jobs && jobs.running + jobs.waiting ) ],
	[ __( 'Jobs that failed', 'ai-secure-proxy' ), count( jobs?.failed ), jobs?.failed > 0 ],
	[ __( 'Webhook events', 'ai-secure-proxy' ), count( inbox?.waiting ) ],
	[ __( 'Webhook events given up', 'ai-secure-proxy' ), count( inbox?.dead ), inbox?.dead > 0 ],
	[ __( 'Log records on their way', 'ai-secure-proxy' ), count( spool ) ],
];

const store = ( { store: { engine, ok }, cache, version, plugin } ) => [
	[ __( 'Engine', 'ai-secure-proxy' ), ok ? engine : __( 'does not work', 'ai-secure-proxy' ), ! ok ],
	[ __( 'Answers in the cache', 'ai-secure-proxy' ), count( cache?.entries ) ],
	/* translators: 1: size of the cache, such as 3 MB, 2: the largest size that it may have. */
	[ __( 'Size of the cache', 'ai-secure-proxy' ), cache ? sprintf( __( '%1$s of %2$s', 'ai-secure-proxy' ), bytes( cache.bytes ), bytes( cache.max_bytes ) ) : NONE ],
	[ __( 'Module', 'ai-secure-proxy' ), version ],
	[ __( 'Plugin', 'ai-secure-proxy' ), plugin ],
];
