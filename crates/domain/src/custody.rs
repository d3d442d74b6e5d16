//! The way of one card through places and hands (11(5)キ, 12): each step begins where the one before it ended, and the
//! last one ended where the card is. A way that does not is the trace of something that happened without a record.

use jiff::Timestamp;

use crate::id::PlaceId;
use crate::journal::Actor;

/// A step of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// When.
    pub at: Timestamp,
    /// From which place; none: it came in with its list.
    pub from: Option<PlaceId>,
    /// To which place; the same: only its stage changed.
    pub to: PlaceId,
    /// The name of that place.
    pub name: String,
    /// Who did it.
    pub by: Actor,
}

/// Everywhere a card was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    steps: Vec<Passed>,
    unbroken: bool,
}

impl Way {
    /// The way of a card that is said to be in a place, its steps in their order.
    #[must_use]
    pub fn new(steps: Vec<Passed>, place: PlaceId) -> Self {
        let mut at = None;
        let mut unbroken = !steps.is_empty();
        for step in &steps {
            unbroken &= step.from == at;
            at = Some(step.to);
        }
        unbroken &= at == Some(place);
        Self { steps, unbroken }
    }

    /// Whether the steps lead without a gap to where the card is said to be.
    #[must_use]
    pub fn is_unbroken(&self) -> bool {
        self.unbroken
    }

    /// The steps that moved it, the first of them the one with which it came in.
    pub fn moves(&self) -> impl DoubleEndedIterator<Item = &Passed> {
        self.steps.iter().filter(|step| step.from != Some(step.to))
    }

    /// The step that brought it to where it is.
    #[must_use]
    pub fn last(&self) -> Option<&Passed> {
        self.moves().next_back()
    }

    /// The places that it passed, in their order, as one line: 検品台 → 市 → 検品台 → 箱1-1-1.
    #[must_use]
    pub fn line(&self) -> String {
        let names: Vec<&str> = self.moves().map(|step| step.name.as_str()).collect();
        names.join(" → ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id as _;

    fn place(n: u128) -> PlaceId {
        PlaceId::from_parts(1, n)
    }

    fn step(from: Option<u128>, to: u128) -> Passed {
        Passed {
            at: Timestamp::UNIX_EPOCH,
            from: from.map(place),
            to: place(to),
            name: format!("箱{to}"),
            by: Actor::System,
        }
    }

    #[test]
    fn r5_c7_a_way_is_unbroken_only_if_every_step_begins_where_the_last_one_ended() {
        let whole = vec![step(None, 1), step(Some(1), 1), step(Some(1), 2)];
        assert!(Way::new(whole.clone(), place(2)).is_unbroken());
        assert!(!Way::new(whole.clone(), place(1)).is_unbroken(), "moved behind the program's back");
        assert!(
            !Way::new(vec![step(None, 1), step(Some(3), 2)], place(2)).is_unbroken(),
            "a step is missing"
        );
        assert!(!Way::new(vec![step(Some(1), 2)], place(2)).is_unbroken(), "nobody knows where it came from");
        assert!(!Way::new(Vec::new(), place(2)).is_unbroken());
        let way = Way::new(whole, place(2));
        assert_eq!(way.line(), "箱1 → 箱2", "a step that changes its stage alone is no move");
        assert_eq!(way.last().map(|step| step.to), Some(place(2)));
    }
}
