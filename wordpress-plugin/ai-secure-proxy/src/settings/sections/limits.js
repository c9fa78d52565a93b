/**
 * How many calls, how long, how large.
 */
import { Card, CardBody, CardHeader, RadioControl } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useEdit, useSettingsContext } from '../context';
import { items } from '../draft';
import { Choice } from '../fields/choice';
import { Duration, inWords } from '../fields/duration';
import { Figure } from '../fields/figure';
import { Group, Single } from '../group';
import { Rows } from '../rows';

export const subjects = () => [
	{ value: 'user', label: __( 'each user', 'ai-secure-proxy' ) },
	{ value: 'role', label: __( 'each role', 'ai-secure-proxy' ) },
	{ value: 'client', label: __( 'each client', 'ai-secure-proxy' ) },
	{ value: 'ip', label: __( 'each address', 'ai-secure-proxy' ) },
	{ value: 'source', label: __( 'each source (plugin or feature)', 'ai-secure-proxy' ) },
	{ value: 'site', label: __( 'the whole site', 'ai-secure-proxy' ) },
	{ value: 'token', label: __( 'each browser token', 'ai-secure-proxy' ) },
];

/** The default in words, such as "60 calls in 1 hour for each user". */
const said = ( rules ) =>
	items( rules )
		.map( ( { per, limit, period } ) =>
			/* translators: 1: number of calls, 2: a time, such as "1 hour", 3: whom the limit is for, such as "each user". */
			sprintf( __( '%1$d calls in %2$s for %3$s', 'ai-secure-proxy' ), limit, inWords( period ), subjects().find( ( subject ) => subject.value === per )?.label ?? per )
		)
		.join( '; ' );

function Rate( { name, title, intro } ) {
	const { value, set, usual } = useEdit( [ name ] );
	return (
		<Group name={ name } title={ title } intro={ intro }>
			<RadioControl
				label={ __( 'Limits', 'ai-secure-proxy' ) }
				hideLabelFromVision
				selected={ value === undefined ? 'usual' : 'own' }
				options={ [
					/* translators: %s: a limit in words. */
					{ value: 'usual', label: sprintf( __( 'The default: %s', 'ai-secure-proxy' ), said( usual ) ) },
					{ value: 'own', label: __( 'My own', 'ai-secure-proxy' ) },
				] }
				onChange={ ( chosen ) => set( chosen === 'own' ? usual : undefined ) }
			/>
			{ value !== undefined && (
				<Rows
					path={ [ name ] }
					adds={ __( 'Add a limit', 'ai-secure-proxy' ) }
					/* translators: %d: number of a limit. */
					titled={ ( number ) => sprintf( __( 'Limit %d', 'ai-secure-proxy' ), number ) }
					fresh={ () => ( { per: 'user', limit: 60, period: 3600 } ) }
					empty={ <p className="aisp-warning">{ __( 'No limit: anybody who may ask at all may do so as often as they like.', 'ai-secure-proxy' ) }</p> }
				>
					{ ( path ) => (
						<>
							<Choice path={ [ ...path, 'per' ] } label={ __( 'For', 'ai-secure-proxy' ) } options={ subjects() } />
							<Figure path={ [ ...path, 'limit' ] } label={ __( 'Calls', 'ai-secure-proxy' ) } />
							<Duration path={ [ ...path, 'period' ] } label={ __( 'In', 'ai-secure-proxy' ) } />
						</>
					) }
				</Rows>
			) }
		</Group>
	);
}

const bounds = () => [
	[ 'timeout_ms', __( 'Deadline of a call with all its attempts, in milliseconds', 'ai-secure-proxy' ), __( 'aisp.timeout_ms of php.ini', 'ai-secure-proxy' ) ],
	[ 'max_attempts', __( 'Most attempts at one provider', 'ai-secure-proxy' ), __( 'aisp.max_attempts of php.ini', 'ai-secure-proxy' ) ],
	[ 'max_prompt_chars', __( 'Most characters of a request', 'ai-secure-proxy' ) ],
	[ 'max_parallel', __( 'Calls of a batch that run at the same time', 'ai-secure-proxy' ) ],
];

export function Limits() {
	const { answer } = useSettingsContext();
	return (
		<>
			<Rate name="quota" title={ __( 'Quota', 'ai-secure-proxy' ) } intro={ __( 'Limits on calls that reach a provider. An answer from the cache is not counted.', 'ai-secure-proxy' ) } />
			<Rate name="throttle" title={ __( 'Throttle', 'ai-secure-proxy' ) } intro={ __( 'Limits on all calls, also on those that the cache answers.', 'ai-secure-proxy' ) } />
			<Card className="aisp-group">
				<CardHeader>
					<h3>{ __( 'One call', 'ai-secure-proxy' ) }</h3>
				</CardHeader>
				<CardBody>
					{ bounds().map( ( [ name, label, elsewhere ] ) => (
						<Single key={ name } name={ name }>
							<Figure path={ [ name ] } label={ label } placeholder={ answer.defaults[ name ] ? undefined : elsewhere } />
						</Single>
					) ) }
				</CardBody>
			</Card>
		</>
	);
}
