//! 訂正: the end of a visit as it was recorded, and what it is corrected to.
//!
//! A correction takes nothing back that happened to a card: what was issued stays issued.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::reception::{Reason, State as Visit};
use crate::reservation::State as Booking;
use crate::service::Service;

/// How a reservation's visit ended, as a person set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum End {
    /// カード交付完了.
    Issued,
    /// 持ち帰り.
    SentAway {
        /// Why.
        reason: Reason,
    },
    /// 途中退出.
    Left,
    /// 不来庁.
    NotCome,
}

/// The end cannot be corrected so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this end is not corrected so")]
pub struct NotCorrectable;

/// The corrections do not lead from one end to one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the corrections contradict each other")]
pub struct NotOneEnd;

impl End {
    /// The end of a visit that has this state, if it is an end.
    pub fn of_visit(state: Visit, reason: Option<Reason>) -> Option<Self> {
        match (state, reason) {
            (Visit::Issued, _) => Some(Self::Issued),
            (Visit::SentAway, Some(reason)) => Some(Self::SentAway { reason }),
            (Visit::Left, _) => Some(Self::Left),
            _ => None,
        }
    }

    /// The table of corrections: not come → came, and one way of going without the card → another or the card.
    /// What was issued is in a citizen's hands, and who was received has come.
    pub fn to(self, wanted: Self) -> Result<Self, NotCorrectable> {
        match (self, wanted) {
            (Self::Issued, _) | (_, Self::NotCome) => Err(NotCorrectable),
            (from, to) if from == to => Err(NotCorrectable),
            (_, to) => Ok(to),
        }
    }

    /// The state of the reservation with this end.
    pub fn booking(self) -> Booking {
        match self {
            Self::Issued => Booking::Served,
            Self::SentAway { .. } | Self::Left => Booking::Unserved,
            Self::NotCome => Booking::NotCome,
        }
    }

    /// The state of the visit with this end; none for who did not come.
    pub fn visit(self) -> Option<Visit> {
        match self {
            Self::Issued => Some(Visit::Issued),
            Self::SentAway { .. } => Some(Visit::SentAway),
            Self::Left => Some(Visit::Left),
            Self::NotCome => None,
        }
    }

    /// The word on screen and paper, of a visit for a service.
    pub fn words(self, service: Service) -> String {
        match self {
            Self::Issued if service == Service::Renewal => "更新完了".to_owned(),
            Self::Issued => "交付".to_owned(),
            Self::SentAway { reason } => format!("持ち帰り（{}）", reason.label()),
            Self::Left => "途中退出".to_owned(),
            Self::NotCome => "不来庁".to_owned(),
        }
    }
}

/// The end that holds after all corrections, in whatever order they are told: each takes one end away and puts
/// another in its place, and one is left.
pub fn last(first: End, corrections: &[(End, End)]) -> Result<End, NotOneEnd> {
    let mut net: BTreeMap<End, i32> = BTreeMap::from([(first, 1)]);
    for (from, to) in corrections {
        *net.entry(*from).or_default() -= 1;
        *net.entry(*to).or_default() += 1;
    }
    let mut left = net.into_iter().filter(|(_, count)| *count != 0);
    match (left.next(), left.next()) {
        (Some((end, 1)), None) => Ok(end),
        _ => Err(NotOneEnd),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ends() -> Vec<End> {
        let away = |reason| End::SentAway { reason };
        vec![End::Issued, away(Reason::Notice), away(Reason::System), End::Left, End::NotCome]
    }

    #[test]
    fn g15_what_was_issued_stays_issued_and_who_came_has_come() {
        for from in ends() {
            for to in ends() {
                let may = from != End::Issued && to != End::NotCome && from != to;
                assert_eq!(from.to(to).is_ok(), may, "{from:?} {to:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn g15_corrections_lead_to_one_end_in_whatever_order(
            steps in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
            turn in any::<prop::sample::Index>(),
        ) {
            let ends = ends();
            let mut now = End::NotCome;
            let mut told = Vec::new();
            for step in steps {
                let to = *step.get(&ends);
                if now.to(to).is_ok() {
                    told.push((now, to));
                    now = to;
                }
            }
            if !told.is_empty() {
                let at = turn.index(told.len());
                told.rotate_left(at);
            }
            prop_assert_eq!(last(End::NotCome, &told), Ok(now));
            told.push((End::Issued, End::Left));
            if now != End::Issued {
                prop_assert_eq!(last(End::NotCome, &told), Err(NotOneEnd));
            }
        }
    }
}
