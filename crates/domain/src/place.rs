//! Places: where a card can be. One tree that also holds desk, tray, counter, city, post, citizen, missing.

use crate::codes;

codes! {
    /// The kind of a place.
    pub enum PlaceKind {
        /// 保管室.
        Room = "room",
        /// 鍵付きキャビネット.
        Cabinet = "cabinet",
        /// 棚.
        Shelf = "shelf",
        /// 箱: the default level at which cards are stored.
        Box = "box",
        /// 検品机: where a consignment is opened.
        Desk = "desk",
        /// 当日トレイ: pulled for a day.
        Tray = "tray",
        /// 窓口.
        Counter = "counter",
        /// 市: with the city's staff.
        City = "city",
        /// 郵便.
        Post = "post",
        /// 市民の手元.
        Citizen = "citizen",
        /// 所在不明: searched for.
        Missing = "missing",
    }
}

impl PlaceKind {
    /// Whether cards are put away here by scanning the place's label.
    pub fn is_storage(self) -> bool {
        matches!(self, Self::Box)
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Room => "保管室",
            Self::Cabinet => "キャビネット",
            Self::Shelf => "棚",
            Self::Box => "箱",
            Self::Desk => "検品机",
            Self::Tray => "当日トレイ",
            Self::Counter => "窓口",
            Self::City => "市",
            Self::Post => "郵便",
            Self::Citizen => "市民",
            Self::Missing => "所在不明",
        }
    }
}
