//! The rules of the counter operation for 個人番号カード, without IO.
//!
//! This room must not know a clock, a source of random values, a database or HTTP: instants, ids and
//! random values are arguments. One module per noun; a noun has the same name in every room.

pub mod arrangement;
pub mod batch;
pub mod calendar;
pub mod capacity;
pub mod card;
pub mod check_sheet;
pub mod code;
pub mod consignment;
pub mod correction;
pub mod custody;
pub mod day_list;
pub mod disposal;
pub mod funnel;
pub mod group;
pub mod guard;
pub mod holder;
pub mod id;
pub mod incident;
pub mod journal;
pub mod ledger;
pub mod mail;
pub mod notice;
pub mod number;
pub mod offer;
pub mod opening;
pub mod outage;
pub mod permission;
pub mod pickup;
pub mod place;
pub mod profile;
pub mod proposal;
pub mod recall;
pub mod reception;
pub mod register_check;
pub mod reminder;
pub mod renewal;
pub mod report;
pub mod reservation;
pub mod rules;
pub mod scan;
pub mod service;
pub mod sorting;
pub mod stocktaking;
pub mod storage;
pub mod stuffing;
pub mod supply;
pub mod time;
pub mod tracking;
pub mod validity;
mod width;
pub mod wish;
