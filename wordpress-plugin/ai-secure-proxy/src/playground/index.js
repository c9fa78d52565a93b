import { mount } from '../shared/screen';
import { call } from '../shared/api';
mount( ( { site } ) => <p>{ site.url }{ String( call ).length }</p> );
