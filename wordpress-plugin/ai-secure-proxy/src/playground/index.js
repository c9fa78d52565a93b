import { mount } from '../shared/screen';
import { Playground } from './playground';

mount( Playground );
