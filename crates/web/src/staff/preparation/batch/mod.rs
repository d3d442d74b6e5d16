//! Counted batches: cards to the city for 交付前設定 and back, and those that it mails.

pub(super) mod export;
pub(super) mod list;
pub(super) mod mail;
pub(super) mod paper;
pub(super) mod send;
pub(super) mod show;
pub(super) mod take_back;
