import { mount } from '../shared/screen';
import { Log } from './log';

mount( Log );
