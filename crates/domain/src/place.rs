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

    /// Whether it is built up by people: rooms, cabinets, shelves and boxes. The other places are there from the start.
    pub fn is_furniture(self) -> bool {
        self.depth().is_some()
    }

    /// Whether it is locked by a key that people hand over.
    pub fn has_key(self) -> bool {
        matches!(self, Self::Room | Self::Cabinet)
    }

    /// Whether it may stand in a place of another kind. As many levels as the site has: a box on a shelf, in a cabinet
    /// without shelves, or in a room. Nothing stands in its own kind, so no place can stand in itself.
    pub fn may_stand_in(self, outer: Self) -> bool {
        match (outer.depth(), self.depth()) {
            (Some(outer), Some(inner)) => outer < inner,
            _ => false,
        }
    }

    fn depth(self) -> Option<u8> {
        match self {
            Self::Room => Some(0),
            Self::Cabinet => Some(1),
            Self::Shelf => Some(2),
            Self::Box => Some(3),
            _ => None,
        }
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

/// The key by which places are walked in one pass: numbers within a name count as numbers, so that 箱1-2 comes before
/// 箱1-10.
pub fn walk_order(name: &str) -> Vec<(String, u64)> {
    let mut parts: Vec<(String, u64)> = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let words = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (text, after) = rest.split_at(words);
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let (number, after) = after.split_at(digits);
        // A name without a number, or with one that no shelf has, goes before or after the numbers.
        let number = if number.is_empty() { 0 } else { number.parse().unwrap_or(u64::MAX) };
        parts.push((text.to_owned(), number));
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_c7_what_stands_in_what_goes_no_way_round() {
        use PlaceKind::{Box, Cabinet, Desk, Room, Shelf};
        for (inner, outer) in
            [(Cabinet, Room), (Shelf, Cabinet), (Shelf, Room), (Box, Shelf), (Box, Cabinet), (Box, Room)]
        {
            assert!(inner.may_stand_in(outer) && !outer.may_stand_in(inner), "{inner} in {outer}");
        }
        assert!(PlaceKind::ALL.iter().all(|kind| !kind.may_stand_in(*kind) && !kind.may_stand_in(Desk)));
    }

    #[test]
    fn r5_c5_boxes_are_walked_in_the_order_of_their_numbers() {
        let mut names = ["箱1-10-1", "箱1-2-1", "検品机", "箱1-2", "箱1-2-11", "箱2-1-1"];
        names.sort_by_key(|name| walk_order(name));
        assert_eq!(names, ["検品机", "箱1-2", "箱1-2-1", "箱1-2-11", "箱1-10-1", "箱2-1-1"]);
    }
}
