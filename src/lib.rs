//! AI Secure Proxy: an LLM gateway that lives inside PHP.
//!
//! `php` is what Zend sees; below it stands a core that knows nothing of PHP: `gateway` tells the story of one request,
//! with `guard` (may it run), `provider` (wire formats), `upstream` (bytes on the wire), `store` (what outlives it) and
//! `audit` (what is kept about it).

pub mod audit;
pub mod clock;
pub mod error;
pub mod gateway;
pub mod guard;
#[cfg(feature = "php")]
mod php;
pub mod provider;
pub mod store;
pub mod upstream;
