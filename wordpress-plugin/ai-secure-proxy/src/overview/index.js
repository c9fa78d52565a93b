/**
 * The screen Overview: what AI costs, how fast it is and what fails, at a glance.
 */
import { mount } from '../shared/screen';
import { Overview } from './overview';
import './overview.css';

mount( Overview );
