/**
 * Who looks at questions and answers, and what follows when nobody can.
 */
import { RadioControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useEdit, useModelNames } from '../context';
import { Choice } from '../fields/choice';
import { Text } from '../fields/text';
import { Group } from '../group';

const stages = () => [
	{ value: '', label: __( 'Nothing, unless a request asks for it', 'ai-secure-proxy' ) },
	{ value: 'input', label: __( 'Questions', 'ai-secure-proxy' ) },
	{ value: 'output', label: __( 'Answers', 'ai-secure-proxy' ) },
	{ value: 'both', label: __( 'Questions and answers', 'ai-secure-proxy' ) },
];

const failures = ( usual ) => [
	{ value: '', label: usual },
	{ value: 'open', label: __( 'Pass unjudged', 'ai-secure-proxy' ) },
	{ value: 'closed', label: __( 'Are refused', 'ai-secure-proxy' ) },
];

function Judge() {
	const { value, set } = useEdit( [ 'moderate' ] );
	const names = useModelNames();
	const isModel = value?.by !== undefined;
	const choose = ( kind ) => {
		const { by, provider, model, ...rest } = value ?? {};
		set( kind === 'model' ? { ...rest, by: by ?? names[ 0 ] } : rest );
	};
	return (
		<>
			<RadioControl
				label={ __( 'By whom', 'ai-secure-proxy' ) }
				selected={ isModel ? 'model' : 'endpoint' }
				options={ [
					{ value: 'endpoint', label: __( 'A provider’s moderation endpoint', 'ai-secure-proxy' ) },
					{ value: 'model', label: __( 'One of the models', 'ai-secure-proxy' ) },
				] }
				onChange={ choose }
			/>
			{ isModel ? (
				<Choice path={ [ 'moderate', 'by' ] } label={ __( 'Model', 'ai-secure-proxy' ) } options={ names.map( ( name ) => ( { value: name, label: name } ) ) } />
			) : (
				<div className="aisp-cells">
					<Text path={ [ 'moderate', 'provider' ] } label={ __( 'Provider', 'ai-secure-proxy' ) } placeholder="openai" />
					<Text path={ [ 'moderate', 'model' ] } label={ __( 'Its model', 'ai-secure-proxy' ) } placeholder="omni-moderation-latest" />
				</div>
			) }
		</>
	);
}

export function Moderation() {
	return (
		<Group name="moderate" intro={ __( 'A moderator judges texts, with placeholders for private values in them; what it flags is refused.', 'ai-secure-proxy' ) }>
			<Choice path={ [ 'moderate', 'what' ] } label={ __( 'What is judged', 'ai-secure-proxy' ) } options={ stages() } />
			<Judge />
			<div className="aisp-cells">
				<Choice
					path={ [ 'moderate', 'on_failure', 'input' ] }
					label={ __( 'While the moderator is down, questions', 'ai-secure-proxy' ) }
					options={ failures( __( 'Pass unjudged (the default)', 'ai-secure-proxy' ) ) }
				/>
				<Choice
					path={ [ 'moderate', 'on_failure', 'output' ] }
					label={ __( 'While the moderator is down, answers', 'ai-secure-proxy' ) }
					options={ failures( __( 'Are refused (the default)', 'ai-secure-proxy' ) ) }
				/>
			</div>
		</Group>
	);
}
