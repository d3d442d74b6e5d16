//! Counted batches: cards to the city for 交付前設定, and back.

pub(super) mod list;
pub(super) mod paper;
pub(super) mod send;
pub(super) mod show;
pub(super) mod take_back;
