//! 郵便区番号ごとの仕分け: the pile on which an envelope lies until the city posts it, and whether a pile can go as
//! 郵便区内特別郵便物. Envelopes of one 郵便区 and one weight are a pile, whatever part of letters they are of.

use std::collections::BTreeMap;

use crate::consignment::{PostBlock, PostBlockCode};
use crate::id::LetterBatchId;

/// Grams of a piece of 郵便区内特別郵便物 at most (Japan Post's conditions: one sender, one 郵便区, one form and weight).
pub const SPECIAL_GRAMS: u32 = 250;

/// Grams of an envelope that are believed: more is a slip of the hand.
pub const MOST_GRAMS: u32 = 4_000;

/// The piles on which this city's envelopes are laid: its own 郵便区, and everything else.
pub fn piles_of(own: &[PostBlockCode]) -> Vec<PostBlock> {
    own.iter().map(|code| PostBlock::Own(*code)).chain([PostBlock::Other]).collect()
}

/// What a part of letters adds to a pile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    /// Which part.
    pub part: LetterBatchId,
    /// Whether the city has taken the part over.
    pub is_transferred: bool,
    /// Where its envelopes are sorted to.
    pub block: PostBlock,
    /// Grams of one envelope; none: nobody weighed one yet.
    pub grams: Option<u32>,
    /// Letters of this 郵便区 that are still in the part.
    pub letters: u32,
    /// Of these, envelopes that were checked and may leave.
    pub ready: u32,
}

/// Envelopes of one 郵便区 and one weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pile {
    /// Their 郵便区.
    pub block: PostBlock,
    /// Grams of one envelope; none: nobody weighed one yet.
    pub grams: Option<u32>,
    /// What each part adds, in the order of the parts.
    pub portions: Vec<Portion>,
}

/// Whether a pile can go as 郵便区内特別郵便物.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// It can.
    Reached,
    /// So many pieces are missing.
    Missing(u32),
    /// It is not of a 郵便区 of this city.
    Elsewhere,
    /// Its 郵便区 is not known.
    Unknown,
    /// Nobody weighed an envelope.
    NotWeighed,
    /// An envelope is too heavy.
    TooHeavy,
}

impl Pile {
    /// Letters of these parts.
    pub fn letters(&self) -> u32 {
        self.portions.iter().map(|portion| portion.letters).sum()
    }

    /// Envelopes that were checked and may leave.
    pub fn ready(&self) -> u32 {
        self.portions.iter().map(|portion| portion.ready).sum()
    }

    /// Of these, envelopes that the city has taken over.
    pub fn transferred(&self) -> u32 {
        self.portions.iter().filter(|portion| portion.is_transferred).map(|portion| portion.ready).sum()
    }

    /// Grams of all envelopes that may leave, where one was weighed.
    pub fn weight(&self) -> Option<u64> {
        self.grams.map(|grams| u64::from(grams) * u64::from(self.ready()))
    }

    /// Whether the pile can go as 郵便区内特別郵便物 at a minimum of pieces; what counts are the envelopes that are ready.
    pub fn special(&self, minimum: u32) -> Special {
        match (self.block, self.grams) {
            (PostBlock::Other, _) => Special::Elsewhere,
            (PostBlock::Unknown, _) => Special::Unknown,
            (PostBlock::Own(_), None) => Special::NotWeighed,
            (PostBlock::Own(_), Some(grams)) if grams > SPECIAL_GRAMS => Special::TooHeavy,
            (PostBlock::Own(_), Some(_)) => match minimum.saturating_sub(self.ready()) {
                0 => Special::Reached,
                missing => Special::Missing(missing),
            },
        }
    }
}

/// The piles that portions make: own 郵便区 first, each with what nobody weighed before what is light.
pub fn piles(portions: Vec<Portion>) -> Vec<Pile> {
    let mut piles: BTreeMap<(PostBlock, Option<u32>), Vec<Portion>> = BTreeMap::new();
    for portion in portions {
        piles.entry((portion.block, portion.grams)).or_default().push(portion);
    }
    piles.into_iter().map(|((block, grams), portions)| Pile { block, grams, portions }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id as _;

    fn own(code: &str) -> PostBlock {
        PostBlock::try_from(code.to_owned()).unwrap()
    }

    fn portion(n: u64, block: PostBlock, grams: Option<u32>, ready: u32) -> Portion {
        let part = LetterBatchId::from_parts(n, 1);
        Portion { part, is_transferred: n == 1, block, grams, letters: ready + 1, ready }
    }

    #[test]
    fn r5_c4_the_minimum_counts_checked_envelopes_of_one_block_and_weight() {
        let of = |block, grams, ready| Pile { block, grams, portions: vec![portion(1, block, grams, ready)] };
        assert_eq!(of(own("564"), Some(28), 100).special(100), Special::Reached);
        assert_eq!(of(own("564"), Some(28), 99).special(100), Special::Missing(1));
        assert_eq!(of(own("564"), Some(250), 100).special(100), Special::Reached);
        assert_eq!(of(own("564"), Some(251), 100).special(100), Special::TooHeavy);
        assert_eq!(of(own("564"), None, 100).special(100), Special::NotWeighed);
        assert_eq!(of(PostBlock::Other, Some(28), 100).special(100), Special::Elsewhere);
        assert_eq!(of(PostBlock::Unknown, Some(28), 100).special(100), Special::Unknown);
    }

    #[test]
    fn r5_c4_pieces_of_several_parts_lie_on_one_pile_and_other_weights_on_another() {
        let piles = piles(vec![
            portion(1, PostBlock::Other, Some(28), 3),
            portion(1, own("564"), Some(28), 40),
            portion(2, own("564"), Some(28), 60),
            portion(3, own("564"), Some(30), 5),
            portion(4, own("564"), None, 7),
        ]);
        let seen: Vec<_> = piles.iter().map(|pile| (pile.block, pile.grams, pile.ready())).collect();
        assert_eq!(
            seen,
            [
                (own("564"), None, 7),
                (own("564"), Some(28), 100),
                (own("564"), Some(30), 5),
                (PostBlock::Other, Some(28), 3)
            ]
        );
        assert_eq!((piles[1].letters(), piles[1].transferred()), (102, 40));
        assert_eq!((piles[0].weight(), piles[1].weight()), (None, Some(2_800)));
        assert_eq!(piles[1].special(100), Special::Reached);
    }
}
