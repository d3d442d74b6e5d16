//! 住民記録との突合: through the month every stored card is looked up in the resident register, so that what cannot be
//! issued any more is found and goes to the city (11(5)ウ(キ)).

use crate::card::{Cause, Stage};
use crate::codes;

codes! {
    /// What the register says of a card's applicant.
    pub enum Finding {
        /// なし: nothing that stands against the issue.
        Nothing = "nothing",
        /// 転出.
        Moved = "moved",
        /// 死亡.
        Died = "died",
        /// 有効期限切れ: of the card.
        Expired = "expired",
        /// その他: the city knows, and nothing more is written down.
        Other = "other",
    }
}

impl Finding {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Nothing => "なし",
            Self::Moved => "転出",
            Self::Died => "死亡",
            Self::Expired => "有効期限切れ",
            Self::Other => "その他",
        }
    }

    /// The cause of a recall that follows from it; none where nothing was found.
    pub fn cause(self) -> Option<Cause> {
        match self {
            Self::Nothing => None,
            Self::Moved => Some(Cause::Moved),
            Self::Died => Some(Cause::Died),
            Self::Expired => Some(Cause::Expired),
            Self::Other => Some(Cause::Other),
        }
    }

    /// The letter by which it is said without the mouse.
    pub fn key(self) -> char {
        match self {
            Self::Nothing => 'N',
            Self::Moved => 'T',
            Self::Died => 'S',
            Self::Expired => 'K',
            Self::Other => 'O',
        }
    }
}

/// Whether a card that is stored is looked up: until it is issued or has ended. Before the city has set it up, the
/// inspection looks it up.
pub fn is_checked(stage: Stage) -> bool {
    matches!(stage, Stage::Prepared | Stage::Notified)
}

/// How many cards are looked up today, so that all are by the end of the month: what is left of the month's cards, shared
/// evenly among its days, this one included. `left` is what was left when the day began.
pub fn portion(left: u32, days: u32) -> u32 {
    left.div_ceil(days.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_c7_the_daily_portions_end_with_the_month() {
        for (cards, days) in [(7_500, 20), (1, 20), (21, 20), (0, 20), (500, 1)] {
            let mut left = cards;
            for day in (1..=days).rev() {
                let today = portion(left, day);
                assert!(today <= cards.div_ceil(days));
                left -= today;
            }
            assert_eq!(left, 0, "{cards} in {days}");
        }
        // On a closed day at the end of the month everything that is left is due.
        assert_eq!(portion(12, 0), 12);
    }

    #[test]
    fn every_finding_has_a_key_and_a_word_of_its_own() {
        for (at, one) in Finding::ALL.iter().enumerate() {
            for other in &Finding::ALL[at + 1..] {
                assert!(one.key() != other.key() && one.label() != other.label());
            }
        }
    }
}
