//! Counted batches: the cards of each group to the city, what comes back of them, what it keeps and what it mails.

pub(super) mod export;
pub(super) mod group;
pub(super) mod list;
pub(super) mod mail;
pub(super) mod paper;
pub(super) mod send;
pub(super) mod show;
pub(super) mod some;
pub(super) mod take_back;
