//! Cards: the list with its filters and files, and a card's page with its whole story.

pub(super) mod decide;
pub(super) mod export;
pub(super) mod filter;
pub(in crate::staff) mod list;
pub(super) mod pass;
pub(super) mod posted;
pub(super) mod recall;
pub(super) mod reprint;
pub(super) mod saved;
pub(super) mod show;
pub(super) mod sort;
pub(super) mod story;
pub(super) mod tracking;
