//! The few texts that differ between the engines. Everything else is written once.

use crate::statement::Statement;
use crate::statements;
use crate::tx::Engine;

statements! { "dialect":
    EPOCH_SQLITE = "SELECT epoch FROM rule_epoch WHERE id = 1";
    EPOCH_POSTGRES = "SELECT epoch FROM rule_epoch WHERE id = 1 FOR SHARE";
    CLOCK_POSTGRES = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS at";
}

/// SQLite has one writer, so nobody can change the rules beside it; PostgreSQL needs the lock.
pub(crate) fn epoch_for_share(engine: Engine) -> &'static Statement {
    match engine {
        Engine::Sqlite => &EPOCH_SQLITE,
        Engine::Postgres => &EPOCH_POSTGRES,
    }
}

/// What a server says of its own clock. SQLite runs on the clock of this machine and has none.
pub(crate) fn clock(engine: Engine) -> Option<&'static Statement> {
    match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(&CLOCK_POSTGRES),
    }
}

/// The statements that only one engine understands, with that engine; the test that prepares all asks here.
pub(crate) fn only_for(name: &str) -> Option<Engine> {
    match name {
        "dialect.EPOCH_POSTGRES" | "dialect.CLOCK_POSTGRES" => Some(Engine::Postgres),
        _ => None,
    }
}
