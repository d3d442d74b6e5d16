//! For tests alone: databases of both engines, and a small city below HTTP whose clock moves by hand.
//!
//! It must not be linked by the program. A database that is missing is an error, never a skipped test.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot be set up must fail loudly")]

pub mod city;
pub mod cluster;
pub mod database;
pub mod smtp;

pub use city::City;
pub use cluster::Cluster;
pub use database::{Spare, TestDb};

/// Runs a test on both databases: `on_both! { fn name(db: TestDb) { … } }`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* fn $name:ident($db:ident: TestDb) $body:block)+) => {
        $(
            fn $name($db: TestDb) $body
        )+
        mod sqlite {
            $($(#[$meta])* #[test] fn $name() { super::$name($crate::TestDb::sqlite()); })+
        }
        mod postgres {
            $($(#[$meta])* #[test] fn $name() { super::$name($crate::TestDb::postgres()); })+
        }
    };
}
