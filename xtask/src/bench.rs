//! `cargo xtask bench`: the measured figures, beside a PostgreSQL of our own.

use crate::build;
use crate::call::Call;
use crate::failure::Failure;
use crate::install::{self, Need};
use crate::paths::Paths;
use crate::postgres::Postgres;

/// Builds with the same profile as `run` and `test`, and passes the words on.
pub(crate) fn bench(paths: &Paths, rest: Vec<String>) -> Result<(), Failure> {
    install::demand(&[Need::PostgreSql])?;
    build::bench(paths)?;
    let postgres = Postgres::start()?;
    Call::of(paths.bench()).args(rest).env("MADOGUCHI_TEST_POSTGRES", postgres.url()).run()
}
