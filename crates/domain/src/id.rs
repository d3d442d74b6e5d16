//! Typed identifiers: ULIDs that cannot be mixed up.
//!
//! A new id is made from an instant and random bits that the caller brings, so that domain stays without
//! clock and chance.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// The text is not an id of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed id")]
pub struct MalformedId;

/// What every typed id can do; for code that makes ids of any type.
pub trait Id: Sized {
    /// Makes an id from the instant (milliseconds since 1970, UTC) and 80 random bits.
    fn from_parts(milliseconds: u64, random: u128) -> Self;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Ulid);

        impl Id for $name {
            fn from_parts(milliseconds: u64, random: u128) -> Self {
                Self(Ulid::from_parts(milliseconds, random))
            }
        }

        impl $name {
            /// The sixteen bytes of the id, for deriving numbers from it.
            pub fn to_bytes(self) -> [u8; 16] {
                self.0.to_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            fn from_str(text: &str) -> Result<Self, MalformedId> {
                let id = Ulid::from_string(text).map_err(|_| MalformedId)?;
                // Only the canonical spelling is accepted, so that one row has one address.
                if id.to_string() == text { Ok(Self(id)) } else { Err(MalformedId) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = MalformedId;

            fn try_from(text: String) -> Result<Self, MalformedId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    )+};
}

ids! {
    /// A card (個人番号カード) from the moment its line on カード発行一覧表 is taken.
    CardId;
    /// A consignment: one delivery of cards from J-LIS with its カード発行一覧表.
    ConsignmentId;
    /// A place where cards are: one node of the tree of places.
    PlaceId;
    /// A counted batch of cards or letters that changes hands together (引継ぎ).
    BatchId;
    /// A part of guide letters (交付のご案内) printed together.
    LetterBatchId;
    /// A reservation, held or booked.
    ReservationId;
    /// A reception: one visitor at the counter.
    ReceptionId;
    /// An incident with a card.
    IncidentId;
    /// A stock-taking of a site.
    StocktakingId;
    /// A kind of supplies: envelopes, 目隠しシール.
    SupplyId;
    /// A visit: a citizen's booking in progress on the public pages.
    VisitId;
    /// A person with an account: operator, city staff, auditor, administrator.
    PersonId;
    /// A signed-in session of a person.
    SessionId;
    /// An entry of the journal.
    EntryId;
    /// A row of the register of views (access).
    AccessId;
    /// An operation: one press of a button, however often it is sent.
    OperationId;
    /// A rule of hours, capacity or deadlines.
    RuleId;
    /// A filter of a list that somebody saved under a name.
    FilterId;
    /// An arrangement of a list's columns that has a name.
    ArrangementId;
    /// A version of what was written down of a field in the ledger of personal data.
    LedgerId;
    /// A mail in the outbox.
    MailId;
    /// An offer of other places for a booking.
    OfferId;
    /// The holding of places for many bookings at once.
    OfferingId;
    /// A wish for an earlier day.
    WishId;
    /// A recall (交付中止) of a card.
    RecallId;
    /// 「市民へ連絡」: somebody has to tell a citizen what became of a reservation.
    TellingId;
    /// A request for a 交付通知書 again.
    NoticeRequestId;
    /// A 交付通知書 that came back.
    NoticeReturnId;
    /// A citizen who came for a card that the post had brought back.
    PickupId;
    /// A round of reminders (受取勧奨).
    ReminderId;
    /// The one-time token of the link by which an address is confirmed.
    MailToken;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text() {
        let id = CardId::from_parts(1_700_000_000_000, 42);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), 26);
    }

    #[test]
    fn other_spellings_are_refused() {
        let text = CardId::from_parts(1_700_000_000_000, 42).to_string();
        assert_eq!(text.to_lowercase().parse::<CardId>(), Err(MalformedId));
        assert_eq!("".parse::<CardId>(), Err(MalformedId));
    }
}
