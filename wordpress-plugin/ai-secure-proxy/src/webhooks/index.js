import { mount } from '../shared/screen';
import { Webhooks } from './webhooks';

mount( Webhooks );
