import { mount } from '../shared/screen';
import { Settings } from './settings';
import './settings.css';

mount( Settings );
