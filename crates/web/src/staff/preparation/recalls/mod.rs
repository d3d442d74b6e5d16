//! 交付中止と保留: every card that is not to be handed out and is not with the city by this yet, and the citizens who have to
//! be told.

pub(super) mod list;
pub(super) mod tell;
