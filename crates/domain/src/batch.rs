//! Counted batches of cards that go to the city: what for, and how far each has come.

use crate::codes;

codes! {
    /// What a batch of cards goes to the city for.
    pub enum BatchKind {
        /// 交付前設定: the city sets the cards up and gives them back (11(5)ウ(ウ)).
        Setup = "setup",
        /// 郵送分: the city sets the PINs and mails the cards (8(4)).
        Mail = "mail",
    }
}

codes! {
    /// How far a batch has come.
    pub enum BatchState {
        /// With the city.
        Sent = "sent",
        /// Back from the city, set up.
        Returned = "returned",
        /// Mailed by the city.
        Mailed = "mailed",
    }
}

impl BatchKind {
    /// The words on screen and paper.
    pub fn label(self) -> &'static str {
        match self {
            Self::Setup => "交付前設定",
            Self::Mail => "郵送分",
        }
    }
}
