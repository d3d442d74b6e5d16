//! 返戻カードの窓口での受け取り: the city mailed a card, the post brought it back, and its citizen comes for it
//! (11(2): 返戻分個人番号カード交付申請書).
//!
//! The contractor has the form filled in and copies the identity papers; the city checks both and takes the card out; the
//! contractor hands it over against a signature on the form. Neither form nor papers are kept here: only that they were
//! there, how many copies, and who had them.

use crate::codes;

codes! {
    /// How far it is.
    pub enum State {
        /// Form and copies are with the city, which looks for the card.
        WithCity = "with_city",
        /// The city gave the card out; it lies at the counter.
        AtCounter = "at_counter",
        /// Handed over against a signature.
        Handed = "handed",
        /// Ended without a handover.
        NotHanded = "not_handed",
    }
}

codes! {
    /// Why a card was not handed over.
    pub enum NotHanded {
        /// Papers are missing or do not agree.
        Papers = "papers",
        /// The city decided so; its reason is not kept.
        ByCity = "by_city",
        /// The citizen left before it was over.
        Left = "left",
        /// It was written down by mistake.
        Mistake = "mistake",
    }
}

impl State {
    /// Whether it still goes on.
    pub fn is_open(self) -> bool {
        matches!(self, Self::WithCity | Self::AtCounter)
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::WithCity => "書類を市へ引き継いだ",
            Self::AtCounter => "カードを市から受け取った",
            Self::Handed => "カードを手渡した",
            Self::NotHanded => "渡さずに終えた",
        }
    }
}

impl NotHanded {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Papers => "書類が足りない・合わない",
            Self::ByCity => "市の判断で渡さない",
            Self::Left => "市民が途中で帰った",
            Self::Mistake => "誤って記録した",
        }
    }
}
