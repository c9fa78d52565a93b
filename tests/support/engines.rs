//! The engines of the store, and how a rule that all of them keep becomes a test of each.

use aisp::store::Store;
use aisp::store::sqlite::{Bounds, Sqlite};
use tempfile::TempDir;

/// An empty store that bounds its cache to `cache_bytes` and its spool to `spool_rows`.
pub type Open<'a> = &'a dyn Fn(u64, u64) -> Box<dyn Store>;

pub fn sqlite(dir: &TempDir, cache_bytes: u64, spool_rows: u64) -> Box<dyn Store> {
    let bounds = Bounds { cache_bytes, spool_rows };
    Box::new(Sqlite::with_bounds(&dir.path().join("aisp.db"), bounds).expect("a store"))
}

/// Makes each rule a test of each engine: `sqlite::a_hit_charges_no_quota`.
macro_rules! rules {
    ($(fn $name:ident($store:ident) $body:block)* $(; $(fn $bounded:ident(open $open:ident) $bounded_body:block)*)?) => {
        mod rule {
            use super::*;
            $(pub fn $name(open: Open<'_>) {
                let $store = &*open(1 << 20, 1_000);
                $body
            })*
            $($(pub fn $bounded($open: Open<'_>) $bounded_body)*)?
        }

        mod sqlite {
            use super::*;
            $(#[test] fn $name() { on(rule::$name) })*
            $($(#[test] fn $bounded() { on(rule::$bounded) })*)?

            fn on(rule: fn(Open<'_>)) {
                let dir = tempfile::tempdir().expect("a folder");
                rule(&|cache_bytes, spool_rows| engines::sqlite(&dir, cache_bytes, spool_rows));
            }
        }
    };
}
