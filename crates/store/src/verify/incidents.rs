//! Incidents: the table is what the journal tells, and a card is at 所在不明 exactly while one says so.

use std::collections::BTreeMap;

use domain::id::{CardId, IncidentId};
use domain::incident::{Kind, Outcome};
use domain::journal::Entry;

use super::{Findings, Invariant};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.incidents":
    INCIDENTS = "SELECT i.id AS id, i.card_id AS card_id, i.kind AS kind, i.outcome AS outcome, p.kind AS place_kind
        FROM incident i JOIN card c ON c.id = i.card_id JOIN place p ON p.id = c.place_id ORDER BY i.id";
    LOST = "SELECT c.id AS id FROM place p JOIN card c ON c.place_id = p.id WHERE p.kind = 'missing'
        AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.card_id = c.id AND i.kind = 'missing'
        AND (i.outcome IS NULL OR i.outcome = 'settled')) ORDER BY c.id";
}

/// What the journal says of incidents: the card, what is wrong, and how it ended.
#[derive(Default)]
pub(super) struct Told(BTreeMap<IncidentId, Story>);

/// How an incident was opened, and how it ended.
type Story = (Option<(CardId, Kind)>, Option<Outcome>);

impl Told {
    /// Takes an entry, in whatever order they come.
    pub(super) fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::IncidentOpened { incident, card, what, .. } => {
                self.0.entry(*incident).or_default().0 = Some((*card, *what));
            }
            Entry::IncidentEnded { incident, outcome, .. } => {
                self.0.entry(*incident).or_default().1 = Some(*outcome);
            }
            _ => {}
        }
    }
}

pub(super) fn check(reader: &mut Reader<'_>, mut told: Told, findings: &mut Findings) -> Result<()> {
    // Incidents are few: some hundreds in the years of a contract.
    let stored = reader.rows(&INCIDENTS, bind![], |row| {
        let place: domain::place::PlaceKind = row.get("place_kind")?;
        let opened: (CardId, Kind) = (row.get("card_id")?, row.get("kind")?);
        Ok((row.get::<IncidentId>("id")?, opened, row.get::<Option<Outcome>>("outcome")?, place))
    })?;
    for (id, opened, outcome, place) in stored {
        let name = format!("incident:{id}");
        if told.0.remove(&id) != Some((Some(opened), outcome)) {
            findings.add(Invariant::Fold, &name, "the journal tells it otherwise");
        }
        let searched = opened.1 == Kind::Missing && outcome.is_none();
        if searched && place != domain::place::PlaceKind::Missing {
            findings.add(
                Invariant::Place,
                format!("card:{}", opened.0),
                "it is searched for and has a place",
            );
        }
    }
    for id in told.0.keys() {
        findings.add(Invariant::Fold, format!("incident:{id}"), "the journal knows it, the table does not");
    }
    for card in reader.rows(&LOST, bind![], |row| row.get::<CardId>("id"))? {
        findings.add(Invariant::Place, format!("card:{card}"), "it is missing, and no incident says so");
    }
    Ok(())
}
