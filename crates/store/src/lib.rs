//! The only room that knows SQL: SQLite and PostgreSQL, each statement written once.
//!
//! Nothing outside reaches the database but through [`Db::read`] and [`Db::write`] and the functions of the
//! nouns. A function that changes facts takes a [`journal::Recorded`], which only an entry in the journal gives.
//! Nothing here waits for the network, asks a clock or draws random values inside a transaction.

pub mod act;
pub mod afterwards;
pub mod arrangement;
pub mod backup;
pub mod batch;
#[doc(hidden)]
pub mod bench;
#[doc(hidden)]
pub mod by_hand;
pub mod cabinet_key;
pub mod capacity;
pub mod card;
pub mod consignment;
pub mod contact;
pub mod correction;
pub mod custody;
pub mod day_list;
mod db;
mod dialect;
pub mod disposal;
mod engine;
pub mod error;
pub mod former;
pub mod funnel;
pub mod group;
pub mod holder;
pub mod incident;
pub mod journal;
pub mod keys;
pub mod ledger;
pub mod letter;
pub mod letter_share;
pub mod meta;
mod migrate;
pub mod notice;
pub mod offer;
pub mod op;
pub mod opening;
pub mod outbox;
pub mod person;
pub mod pickup;
pub mod place;
pub mod privacy;
pub mod pull;
pub mod question;
pub mod recall;
pub mod reception;
pub mod register_check;
pub mod registry;
pub mod reminder;
pub mod renewals;
pub mod report;
pub mod reservation;
pub mod rules;
pub mod saved;
pub mod sealer;
pub mod sorting;
pub mod statement;
pub mod stocktaking;
pub mod stuffing;
pub mod supply;
pub mod takeover;
pub mod telling;
pub mod tracking;
mod tx;
pub mod value;
pub mod verify;
pub mod visit;
pub mod walk_in;
pub mod wish;

pub use act::{Act, Acts};
pub use db::{Db, Durability, Lane};
pub use error::Error;
pub use tx::{Engine, Reader, Tx};
