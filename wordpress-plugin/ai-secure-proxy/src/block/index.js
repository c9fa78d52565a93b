/**
 * What the editor gets: the block, and a panel for the post. Both are only sent to who may ask.
 */
import { registerBlockType } from '@wordpress/blocks';
import { registerPlugin } from '@wordpress/plugins';
import metadata from './block.json';
import { Edit } from './edit';
import { Sidebar } from './sidebar';
import './block.css';

// What is not inserted is nothing in the page.
registerBlockType( metadata.name, { edit: Edit, save: () => null } );
registerPlugin( 'ai-secure-proxy', { icon: 'edit', render: Sidebar } );
