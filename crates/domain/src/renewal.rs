//! Renewal of certificates (11(7), 11(8)): who comes for one, what is asked before a time is chosen, and whether one
//! visit is enough.
//!
//! Nobody is known beforehand, so nothing here is about a person: the answers are codes, and no PIN is ever among them.

use serde::{Deserialize, Serialize};

use crate::reservation::{Pins, Visitor};

/// Who comes for one renewal, and whether the PINs are known: it decides the belongings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Coming {
    /// Who comes.
    pub visitor: Visitor,
    /// Whether the PINs are known.
    pub pins: Pins,
}

/// Why one visit is not enough: the city has to mail a 照会書 to the person first (11(8)ウ(ア) c).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TwoVisits {
    /// The proxy has no 照会書兼回答書 that the person filled in and sealed.
    #[error("a proxy without the sealed answer takes two visits")]
    NoAnswer,
    /// The person does not know the PINs, so the answer cannot hold them.
    #[error("a proxy of a person without PINs takes two visits")]
    NoPins,
}

impl Coming {
    /// What was answered for one renewal, if one visit is enough. `has_answer`: the proxy has the 照会書兼回答書, filled
    /// in by the person and sealed.
    pub fn in_one_visit(visitor: Visitor, pins: Pins, has_answer: bool) -> Result<Self, TwoVisits> {
        match (visitor, pins) {
            (Visitor::Proxy, _) if !has_answer => Err(TwoVisits::NoAnswer),
            (Visitor::Proxy, Pins::Forgotten) => Err(TwoVisits::NoPins),
            _ => Ok(Self { visitor, pins }),
        }
    }

    /// The answers as one word, for addresses and the row of a visit: `principal.known`.
    pub fn code(self) -> String {
        format!("{}.{}", self.visitor, self.pins)
    }

    /// Reads what [`Coming::code`] wrote.
    pub fn from_code(text: &str) -> Option<Self> {
        let (visitor, pins) = text.split_once('.')?;
        Some(Self { visitor: visitor.parse().ok()?, pins: pins.parse().ok()? })
    }
}

/// The answers for everybody of a booking: `principal.known-proxy.known`.
pub fn in_words(coming: &[Coming]) -> String {
    coming.iter().map(|one| one.code()).collect::<Vec<_>>().join("-")
}

/// Reads what [`in_words`] wrote; none for nobody, and for more than a booking may have.
pub fn from_words(text: &str) -> Option<Vec<Coming>> {
    let coming: Option<Vec<Coming>> = text.split('-').map(Coming::from_code).collect();
    coming.filter(|coming| coming.len() <= crate::reservation::MOST_IN_PARTY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r7_j_only_a_proxy_with_the_sealed_answer_comes_once() {
        for &visitor in Visitor::ALL {
            for &pins in Pins::ALL {
                let with = Coming::in_one_visit(visitor, pins, true);
                let without = Coming::in_one_visit(visitor, pins, false);
                if visitor == Visitor::Proxy {
                    assert_eq!(without, Err(TwoVisits::NoAnswer));
                    assert_eq!(with.is_ok(), pins == Pins::Known);
                } else {
                    assert_eq!((with, without), (Ok(Coming { visitor, pins }), Ok(Coming { visitor, pins })));
                }
            }
        }
    }

    #[test]
    fn r7_j_the_answers_survive_their_words() {
        let both = [
            Coming { visitor: Visitor::WithRepresentative, pins: Pins::Forgotten },
            Coming { visitor: Visitor::Proxy, pins: Pins::Known },
        ];
        assert_eq!(in_words(&both), "with_representative.forgotten-proxy.known");
        assert_eq!(from_words(&in_words(&both)), Some(both.to_vec()));
        let five = ["principal.known"; 5].join("-");
        for wrong in ["", "principal", "principal.", "principal.1234", "nobody.known", &five] {
            assert_eq!(from_words(wrong), None, "{wrong}");
        }
    }
}
