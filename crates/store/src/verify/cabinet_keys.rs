//! Keys of rooms and cabinets: each is where the journal says that it went last, and only what is locked has one.

use std::collections::BTreeMap;

use domain::id::{PersonId, PlaceId};
use domain::journal::Entry;
use domain::place::PlaceKind;

use super::facts::left;
use super::{Findings, Invariant};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.cabinet_keys":
    KEYS = "SELECT k.place_id AS place_id, k.person_id AS person_id, p.kind AS kind
        FROM place_key k JOIN place p ON p.id = k.place_id ORDER BY k.place_id";
}

/// From whom to whom a key went; none: the hook.
type Move = (Option<PersonId>, Option<PersonId>);

/// Where each key went, in whatever order.
#[derive(Default)]
pub(super) struct Told(BTreeMap<PlaceId, Vec<Move>>);

impl Told {
    /// Takes an entry, in whatever order they come.
    pub(super) fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::KeyTaken { place, person, before } => {
                self.0.entry(*place).or_default().push((*before, Some(*person)));
            }
            Entry::KeyReturned { place, person } => {
                self.0.entry(*place).or_default().push((Some(*person), None));
            }
            _ => {}
        }
    }
}

pub(super) fn check(reader: &mut Reader<'_>, told: &Told, findings: &mut Findings) -> Result<()> {
    let held = reader.rows(&KEYS, bind![], |row| {
        Ok((row.get("place_id")?, (row.get("person_id")?, row.get::<PlaceKind>("kind")?)))
    })?;
    let mut held: BTreeMap<PlaceId, (PersonId, PlaceKind)> = held.into_iter().collect();
    for (place, moves) in &told.0 {
        let held = held.remove(place);
        if left(Some(&None), moves) != [&held.map(|(person, _)| person)] {
            findings.add(Invariant::Fold, format!("key:{place}"), "the journal says otherwise who holds it");
        }
        if held.is_some_and(|(_, kind)| !kind.has_key()) {
            findings.add(Invariant::Place, format!("key:{place}"), "its place has no lock");
        }
    }
    for place in held.keys() {
        findings.add(
            Invariant::Fold,
            format!("key:{place}"),
            "somebody holds it, and the journal knows nothing",
        );
    }
    Ok(())
}
