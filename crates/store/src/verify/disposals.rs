//! What the city destroyed: each is what the journal tells, was recalled for it, and is with the city; and a card that is kept
//! for longer has an entry that says so.

use std::collections::BTreeMap;

use domain::card::Cause;
use domain::id::CardId;
use domain::journal::Entry;
use domain::place::PlaceKind;
use jiff::civil::Date;

use super::{Findings, Invariant};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.disposals":
    DISPOSALS = "SELECT d.card_id AS card_id, d.disposed_on AS disposed_on, c.cause AS cause, p.kind AS place_kind
        FROM disposal d JOIN card c ON c.id = d.card_id JOIN place p ON p.id = c.place_id ORDER BY d.card_id";
    EXTENSIONS = "SELECT x.card_id AS card_id FROM storage_extension x WHERE NOT EXISTS (SELECT 1 FROM journal j
        WHERE j.id = x.entry_id AND j.kind = 'storage_extended') ORDER BY x.card_id";
}

/// On which day each card was destroyed, by the journal.
#[derive(Default)]
pub(super) struct Told(BTreeMap<CardId, Date>);

impl Told {
    /// Takes an entry, in whatever order they come.
    pub(super) fn take(&mut self, entry: &Entry) {
        if let Entry::CardDisposed { card, on, .. } = entry {
            self.0.insert(*card, *on);
        }
    }
}

pub(super) fn check(reader: &mut Reader<'_>, mut told: Told, findings: &mut Findings) -> Result<()> {
    // Some hundreds in a year.
    let rows = reader.rows(&DISPOSALS, bind![], |row| {
        let of: (Option<Cause>, PlaceKind) = (row.get("cause")?, row.get("place_kind")?);
        Ok((row.get::<CardId>("card_id")?, row.get::<Date>("disposed_on")?, of))
    })?;
    for (card, on, (cause, place)) in rows {
        let name = format!("disposal:{card}");
        if told.0.remove(&card) != Some(on) {
            findings.add(Invariant::Fold, &name, "the journal tells it otherwise");
        }
        if cause != Some(Cause::KeptTooLong) || place != PlaceKind::City {
            findings.add(Invariant::Stage, &name, "the city did not have it to be destroyed");
        }
    }
    for card in told.0.keys() {
        findings.add(Invariant::Fold, format!("disposal:{card}"), "the journal knows it, the table does not");
    }
    for card in reader.rows(&EXTENSIONS, bind![], |row| row.get::<CardId>("card_id"))? {
        findings.add(Invariant::Fold, format!("card:{card}"), "it is kept for longer, and nobody said so");
    }
    Ok(())
}
