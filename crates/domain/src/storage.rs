//! 保管: how full boxes are, and into which of them a card goes.
//!
//! A suggestion is for the hands and never a rule: a card lies where it was scanned, also in a box that is full. Nothing
//! here reads the database or the clock.

use crate::id::PlaceId;

/// A box, and what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    /// Which.
    pub id: PlaceId,
    /// How many cards it holds now.
    pub cards: u32,
    /// For how many it has room; none: nobody said.
    pub capacity: Option<u32>,
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
}

impl Suggested {
    /// Which box.
    pub fn place(self) -> PlaceId {
        match self {
            Self::Beside(place) | Self::After(place) | Self::First(place) => place,
        }
    }
}

/// The box for a card, so that cards lie in the order of their 管理番号 and a list is pulled in one pass.
///
/// `boxes` stand in the order in which they are walked; `neighbour` is the box of the card before this one. `None` where
/// every box is full, or there is none.
pub fn suggest(boxes: &[Filled], neighbour: Option<PlaceId>) -> Option<Suggested> {
    let free = |boxes: &[Filled]| boxes.iter().find(|place| !place.is_full()).map(|place| place.id);
    let beside = neighbour.and_then(|id| boxes.iter().position(|place| place.id == id));
    if let Some((here, after)) = beside.and_then(|at| boxes.get(at..)?.split_first()) {
        if !here.is_full() {
            return Some(Suggested::Beside(here.id));
        }
        if let Some(next) = free(after) {
            return Some(Suggested::After(next));
        }
    }
    free(boxes).map(Suggested::First)
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
            .map(|(n, &(cards, capacity))| Filled { id: id(n), cards, capacity })
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

    proptest! {
        #[test]
        fn r5_c7_a_suggestion_has_room_and_there_is_one_where_any_box_has(
            boxes in prop::collection::vec((0..4_u32, prop::option::of(1..4_u32)), 0..12),
            neighbour in prop::option::of(0..14_usize),
        ) {
            let boxes = filled(&boxes);
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
