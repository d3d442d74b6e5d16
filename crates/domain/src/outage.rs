//! What was done on paper while the system was down, and is entered afterwards (R4.h).

use crate::codes;

codes! {
    /// What was done on paper.
    pub enum OnPaper {
        /// 交付した: the papers were checked, the city issued the card.
        HandedOver = "handed_over",
        /// 来なかった.
        NotCome = "not_come",
        /// 持ち帰り: sent away, with a reason.
        SentAway = "sent_away",
        /// カードを箱へ戻した.
        PutBack = "put_back",
    }
}

impl OnPaper {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::HandedOver => "交付した",
            Self::NotCome => "来なかった",
            Self::SentAway => "持ち帰りになった",
            Self::PutBack => "カードを箱へ戻した",
        }
    }
}
