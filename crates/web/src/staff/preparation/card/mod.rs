//! Cards: lists by progress, and a card's page with its whole story.

pub(super) mod list;
pub(super) mod reprint;
pub(super) mod show;
pub(super) mod story;
