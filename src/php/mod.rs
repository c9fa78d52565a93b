//! The only code that knows Zend: functions, arrays and structs, exceptions, php.ini, phpinfo(), secrets.

mod array;
pub mod call;
mod exceptions;
pub mod functions;
mod ini;
pub mod jobs;
mod journal;
pub mod lifecycle;
mod listener;
pub mod metrics;
mod secrets;
pub mod status;
mod zend;
mod zval;
