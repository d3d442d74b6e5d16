//! 保管: how full boxes are, and into which of them a card goes.
//!
//! A suggestion is for the hands and never a rule: a card lies where it was scanned, also in a box that is full. Nothing
//! here reads the database or the clock.

use crate::codes;
use crate::id::PlaceId;

codes! {
    /// In which order cards lie in the boxes: what makes pulling or sorting fastest at a site.
    pub enum Order {
        /// By 管理番号 alone.
        ControlNumber = "control_number",
        /// Each box has cards of one 郵便区, by 管理番号.
        PostBlock = "post_block",
    }
}

/// A box, and what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    /// Which.
    pub id: PlaceId,
    /// How many cards it holds now.
    pub cards: u32,
    /// For how many it has room; none: nobody said.
    pub capacity: Option<u32>,
    /// Whether cards lie in it beside which this one does not belong, where boxes are kept apart by 郵便区.
    pub strange: bool,
}

impl Filled {
    /// Whether no further card fits. A box of which nobody said how much it holds is never full.
    pub fn is_full(&self) -> bool {
        self.capacity.is_some_and(|capacity| self.cards >= capacity)
    }
}

/// A box for a card, and why this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suggested {
    /// The box in which the card before it in the order of the 管理番号 lies.
    Beside(PlaceId),
    /// The next box with room after that one, in the order in which boxes are walked.
    After(PlaceId),
    /// The first box with room.
    First(PlaceId),
    /// A box with room, beside cards with which it should not lie: there is no other.
    Mixed(PlaceId),
}

impl Suggested {
    /// Which box.
    pub fn place(self) -> PlaceId {
        match self {
            Self::Beside(place) | Self::After(place) | Self::First(place) | Self::Mixed(place) => place,
        }
    }
}

/// The box for a card, so that cards lie in the order of their 管理番号 and a list is pulled in one pass.
///
/// `boxes` stand in the order in which they are walked; `neighbour` is the box of the card before this one, of the same
/// 郵便区 where boxes are kept apart by it. `None` where every box is full, or there is none.
pub fn suggest(boxes: &[Filled], neighbour: Option<PlaceId>) -> Option<Suggested> {
    let free = |boxes: &[Filled]| {
        boxes.iter().find(|place| !place.is_full() && !place.strange).map(|place| place.id)
    };
    let beside = neighbour.and_then(|id| boxes.iter().position(|place| place.id == id));
    if let Some((here, after)) = beside.and_then(|at| boxes.get(at..)?.split_first()) {
        if !here.is_full() {
            return Some(Suggested::Beside(here.id));
        }
        if let Some(next) = free(after) {
            return Some(Suggested::After(next));
        }
    }
    let any = || boxes.iter().find(|place| !place.is_full()).map(|place| Suggested::Mixed(place.id));
    free(boxes).map(Suggested::First).or_else(any)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::Id;

    fn id(n: usize) -> PlaceId {
        PlaceId::from_parts(1, n as u128)
    }

    fn filled(cards: &[(u32, Option<u32>)]) -> Vec<Filled> {
        cards
            .iter()
            .enumerate()
            .map(|(n, &(cards, capacity))| Filled { id: id(n), cards, capacity, strange: false })
            .collect()
    }

    #[test]
    fn r5_c7_a_card_goes_beside_the_one_before_it_or_into_the_next_box_with_room() {
        let boxes = filled(&[(100, Some(100)), (99, Some(100)), (100, Some(100)), (0, Some(100))]);
        assert_eq!(suggest(&boxes, Some(id(1))), Some(Suggested::Beside(id(1))));
        assert_eq!(suggest(&boxes, Some(id(0))), Some(Suggested::After(id(1))));
        assert_eq!(suggest(&boxes, Some(id(2))), Some(Suggested::After(id(3))));
        assert_eq!(suggest(&boxes, None), Some(Suggested::First(id(1))));
        // What the neighbour lies in is no box of this site any more.
        assert_eq!(suggest(&boxes, Some(id(9))), Some(Suggested::First(id(1))));
        assert_eq!(suggest(&[], None), None);
        assert_eq!(suggest(&filled(&[(1, Some(1))]), Some(id(0))), None);
    }

    #[test]
    fn r5_c7_cards_of_another_block_are_kept_apart_while_there_is_room() {
        let mut boxes = filled(&[(100, Some(100)), (50, Some(100)), (0, Some(100)), (0, Some(100))]);
        boxes[1].strange = true;
        assert_eq!(suggest(&boxes, Some(id(0))), Some(Suggested::After(id(2))));
        assert_eq!(suggest(&boxes, None), Some(Suggested::First(id(2))));
        // Where the card before it lies, it belongs, whatever else was put there.
        assert_eq!(suggest(&boxes, Some(id(1))), Some(Suggested::Beside(id(1))));
        boxes[2].cards = 100;
        boxes[3].strange = true;
        assert_eq!(suggest(&boxes, Some(id(0))), Some(Suggested::Mixed(id(1))));
    }

    proptest! {
        #[test]
        fn r5_c7_a_suggestion_has_room_and_there_is_one_where_any_box_has(
            boxes in prop::collection::vec((0..4_u32, prop::option::of(1..4_u32)), 0..12),
            strangers in prop::collection::vec(any::<bool>(), 12),
            neighbour in prop::option::of(0..14_usize),
        ) {
            let mut boxes = filled(&boxes);
            for (place, strange) in boxes.iter_mut().zip(strangers) {
                place.strange = strange;
            }
            match suggest(&boxes, neighbour.map(id)) {
                Some(suggested) => {
                    let chosen = boxes.iter().find(|place| place.id == suggested.place());
                    prop_assert!(chosen.is_some_and(|place| !place.is_full()));
                }
                None => prop_assert!(boxes.iter().all(Filled::is_full)),
            }
        }
    }
}
