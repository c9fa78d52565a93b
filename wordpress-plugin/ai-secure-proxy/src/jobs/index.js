import { mount } from '../shared/screen';
import { Jobs } from './jobs';

mount( Jobs );
