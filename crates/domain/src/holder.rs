//! Who has a card: nobody may ever have to guess (11(5)ウ(キ)). It follows from the kind of place where the card is.

use crate::codes;
use crate::place::PlaceKind;

codes! {
    /// Who has a card.
    pub enum Holder {
        /// 受託者: in a box, on the desk, on the tray.
        Contractor = "contractor",
        /// 市.
        City = "city",
        /// 郵便.
        Post = "post",
        /// 市民.
        Citizen = "citizen",
        /// Nobody knows: it is being searched.
        Missing = "missing",
    }
}

impl Holder {
    /// Who has what is in a place of this kind.
    pub fn of(kind: PlaceKind) -> Self {
        match kind {
            PlaceKind::City => Self::City,
            PlaceKind::Post => Self::Post,
            PlaceKind::Citizen => Self::Citizen,
            PlaceKind::Missing => Self::Missing,
            PlaceKind::Room
            | PlaceKind::Cabinet
            | PlaceKind::Shelf
            | PlaceKind::Box
            | PlaceKind::Desk
            | PlaceKind::Tray
            | PlaceKind::Counter => Self::Contractor,
        }
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Contractor => "受託者",
            Self::City => "市",
            Self::Post => "郵便",
            Self::Citizen => "市民",
            Self::Missing => "所在不明",
        }
    }
}
