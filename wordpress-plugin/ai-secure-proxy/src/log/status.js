/**
 * The HTTP status of a call; its shape and colour say whether it was answered, refused, or failed.
 */
import { State } from '../shared/states';

function look( code ) {
	if ( code >= 500 ) {
		return 'bad';
	}
	return code >= 400 ? 'idle' : 'good';
}

export const Status = ( { code } ) => (
	<State look={ look( code ) }>
		<span className="aisp-figure">{ code }</span>
	</State>
);
