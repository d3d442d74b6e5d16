//! Stock-taking (棚卸): every month each box is counted card by card, against what the program expected in it when its
//! count began (11(5)ウ(キ)).
//!
//! Each box is frozen by itself, so that the counter goes on: a card that was pulled or put away after that moment is
//! explained by its own step and is no difference.

use crate::codes;
use crate::id::{PlaceId, StocktakingId};
use crate::place::PlaceKind;

codes! {
    /// How far a box has come.
    pub enum BoxState {
        /// 1回目: it is being counted.
        First = "first",
        /// 2回目待ち: it waits for the second count, because it differed or belongs to the sample.
        Again = "again",
        /// 2回目: it is being counted again, blind.
        Second = "second",
        /// 差あり: its differences stand, and some have no reason yet.
        Differs = "differs",
        /// 済: it agrees, or each of its differences has a reason.
        Done = "done",
    }
}

codes! {
    /// Which count of a box.
    pub enum Count {
        /// 1回目.
        First = "first",
        /// 2回目: it shows nothing of what is expected.
        Second = "second",
    }
}

codes! {
    /// Why a card is among those of a box.
    pub enum Standing {
        /// It was expected when the count began.
        Expected = "expected",
        /// It was put into the box after that, by its own step, and then seen.
        Came = "came",
        /// It was seen, and the program has it elsewhere.
        Extra = "extra",
    }
}

codes! {
    /// What stands after the last count of a box.
    pub enum Difference {
        /// 不足: expected, not seen, and no step says that it left.
        Missing = "missing",
        /// 余り: seen, and the program has it elsewhere.
        Extra = "extra",
    }
}

codes! {
    /// Why a card differs.
    pub enum Reason {
        /// この箱の中で見つかった: said by scanning it, never by hand.
        Found = "found",
        /// 別の場所で見つかった.
        Elsewhere = "elsewhere",
        /// 見つからない: an incident is open.
        Lost = "lost",
        /// 入れ違い: it goes back to where the program has it.
        Misplaced = "misplaced",
        /// 入れた記録の漏れ: the program has it here now.
        NotNoted = "not_noted",
        /// その他 (備考に記入).
        Other = "other",
    }
}

impl BoxState {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::First => "1回目を数えています",
            Self::Again => "2回目を待っています",
            Self::Second => "2回目を数えています",
            Self::Differs => "差の理由を待っています",
            Self::Done => "済",
        }
    }

    /// Which count is under way.
    pub fn counting(self) -> Option<Count> {
        match self {
            Self::First => Some(Count::First),
            Self::Second => Some(Count::Second),
            _ => None,
        }
    }
}

impl Count {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::First => "1回目",
            Self::Second => "2回目",
        }
    }
}

impl Difference {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Missing => "不足",
            Self::Extra => "余り",
        }
    }

    /// The reasons that a person can give.
    pub fn reasons(self) -> &'static [Reason] {
        match self {
            Self::Missing => &[Reason::Elsewhere, Reason::Lost, Reason::Other],
            Self::Extra => &[Reason::Misplaced, Reason::NotNoted, Reason::Other],
        }
    }
}

impl Reason {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Found => "この箱の中で見つかった",
            Self::Elsewhere => "別の場所で見つかった（その場所に記録した）",
            Self::Lost => "見つからない（事故として記録した）",
            Self::Misplaced => "入れ違い（記録の場所へ戻した）",
            Self::NotNoted => "入れた記録の漏れ（この箱に記録した）",
            Self::Other => "その他（備考に記入）",
        }
    }
}

/// Whether cards of a kind of place are counted: where the contractor keeps them, and where they lie in between.
pub fn is_counted(kind: PlaceKind) -> bool {
    matches!(kind, PlaceKind::Box | PlaceKind::Desk | PlaceKind::Tray)
}

/// The boxes that are counted a second time although they agree: so many hundredths of them all, rounded up, chosen by
/// chance that nobody knows before and everybody can recompute.
pub fn sample(stocktaking: StocktakingId, places: &[PlaceId], percent: u32) -> Vec<PlaceId> {
    let mut ranked: Vec<(u64, PlaceId)> =
        places.iter().map(|place| (mixed(stocktaking, *place), *place)).collect();
    ranked.sort_unstable();
    // At most one hundred, so that it fits.
    let percent = usize::try_from(percent.min(100)).unwrap_or(100);
    let wanted = (places.len() * percent).div_ceil(100);
    ranked.into_iter().take(wanted).map(|(_, place)| place).collect()
}

/// Both ids in one number: FNV-1a, and then every bit spread over all (the finish of SplitMix64). A stock-taking's id has
/// eighty random bits, so nobody knows the order before it begins.
fn mixed(stocktaking: StocktakingId, place: PlaceId) -> u64 {
    let bytes = stocktaking.to_bytes().into_iter().chain(place.to_bytes());
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    fn places(count: u128) -> Vec<PlaceId> {
        (1..=count).map(|n| PlaceId::from_parts(1, n)).collect()
    }

    #[test]
    fn r5_c7_the_sample_is_its_share_rounded_up_and_another_each_month() {
        let all = places(40);
        let of = |n| sample(StocktakingId::from_parts(n, 7 * u128::from(n)), &all, 10);
        assert_eq!(of(1).len(), 4);
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        let june = StocktakingId::from_parts(6, 6);
        assert_eq!(sample(june, &places(3), 10).len(), 1);
        assert!(sample(june, &all, 0).is_empty());
        assert_eq!(sample(june, &all, 100).len(), 40);
        // Over the months every box has its turn.
        let chosen: std::collections::BTreeSet<PlaceId> = (0..120).flat_map(of).collect();
        assert_eq!(chosen.len(), all.len());
    }

    #[test]
    fn r5_c7_each_difference_has_reasons_of_its_own_and_nobody_says_found_by_hand() {
        for &difference in Difference::ALL {
            assert!(!difference.reasons().contains(&Reason::Found));
            assert!(difference.reasons().contains(&Reason::Other));
        }
        assert!(!Difference::Extra.reasons().contains(&Reason::Lost));
    }
}
