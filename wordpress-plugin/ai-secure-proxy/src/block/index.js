/**
 * The block that asks: it is replaced by the blocks of the answer. Left in a post, it shows nothing.
 */
import { registerBlockType } from '@wordpress/blocks';
import { pencil as icon } from '@wordpress/icons';
import metadata from './block.json';
import { Edit } from './edit';

registerBlockType( metadata.name, { icon, edit: Edit, save: () => null } );
