//! The two engines behind [`Db`](crate::Db), and the queue in front of them.

pub(crate) mod copy_postgres;
pub(crate) mod copy_sqlite;
pub(crate) mod job;
pub(crate) mod postgres;
pub(crate) mod queue;
pub(crate) mod sqlite;
