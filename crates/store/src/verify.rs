//! The check of every invariant: what must always hold is looked up here in the tables themselves.
//!
//! It trusts no code of the nouns and repairs nothing. A finding names the invariant and the id.

mod cabinet_keys;
mod cards;
mod desks;
mod disposals;
mod facts;
mod incidents;
mod offers;
mod personal;
mod pickups;
mod recalls;
mod reminders;
mod slots;
mod stocktakings;
mod supplies;
mod texts;
mod wishes;

use crate::error::Result;
use crate::keys::Keys;
use crate::statement::Statement;
use crate::tx::Reader;

/// Something that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Which invariant is broken.
    pub invariant: Invariant,
    /// The record, as `noun:id`.
    pub subject: String,
    /// What is wrong, in English, without any value that could be secret.
    pub what: String,
}

/// What must always hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// A slot never holds more than it grants, and its count is that of its reservations.
    Slot,
    /// A card has at most one live reservation.
    OneLiveReservation,
    /// A family's reservations are of one day of one counter, and not more than a booking may have.
    Party,
    /// A card is in exactly one place, and its story leads there.
    Place,
    /// The stage follows its table; what lists show follows from it.
    Stage,
    /// The journal is whole: numbered without gaps, dated, with its subjects.
    Journal,
    /// Folding the journal gives the tables.
    Fold,
    /// No Individual Number anywhere.
    IndividualNumber,
    /// Personal data only where the city agreed, sealed, found under the present keys, and not past its last day.
    Personal,
    /// Numbers that people handle are derived from their rows.
    Number,
    /// Batches, letters and closes count what they say.
    Count,
    /// A place that is held for somebody belongs to an open offer, and whoever accepted one was moved to it.
    Offer,
    /// A wish that waits belongs to a booking that has a place on a later day.
    Wish,
}

impl Invariant {
    /// Every invariant.
    pub const ALL: [Self; 13] = [
        Self::Slot,
        Self::OneLiveReservation,
        Self::Party,
        Self::Place,
        Self::Stage,
        Self::Journal,
        Self::Fold,
        Self::IndividualNumber,
        Self::Personal,
        Self::Number,
        Self::Count,
        Self::Offer,
        Self::Wish,
    ];
}

/// Collects findings.
#[derive(Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, invariant: Invariant, subject: impl std::fmt::Display, what: impl Into<String>) {
        self.0.push(Finding { invariant, subject: subject.to_string(), what: what.into() });
    }
}

/// Checks everything in one snapshot. No finding means that everything holds.
pub fn verify(reader: &mut Reader<'_>, keys: &Keys) -> Result<Vec<Finding>> {
    let mut findings = Findings::default();
    slots::check(reader, &mut findings)?;
    cards::check(reader, keys, &mut findings)?;
    facts::check(reader, keys, &mut findings)?;
    personal::check(reader, keys, &mut findings)?;
    let mut found = findings.0;
    found.sort();
    Ok(found)
}

/// The statements of the parts, for the registry.
pub(crate) static STATEMENTS: [&[&Statement]; 16] = [
    cabinet_keys::STATEMENTS,
    slots::STATEMENTS,
    cards::STATEMENTS,
    desks::STATEMENTS,
    disposals::STATEMENTS,
    facts::STATEMENTS,
    incidents::STATEMENTS,
    offers::STATEMENTS,
    recalls::STATEMENTS,
    reminders::STATEMENTS,
    wishes::STATEMENTS,
    stocktakings::STATEMENTS,
    supplies::STATEMENTS,
    personal::STATEMENTS,
    pickups::STATEMENTS,
    texts::STATEMENTS,
];

/// Rows that are looked at in one go.
const PAGE: u32 = 5_000;
