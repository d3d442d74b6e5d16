//! Rounds of reminders: each is what the journal tells, and its list has as many cards as it says.

use std::collections::BTreeMap;

use domain::id::ReminderId;
use domain::journal::Entry;
use domain::reminder::State;
use jiff::civil::Date;

use super::{Findings, Invariant};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.reminders":
    ROUNDS = "SELECT m.id AS id, m.number AS number, m.cards AS cards, m.state AS state, m.sent_on AS sent_on,
        (SELECT COUNT(*) FROM reminder_card k WHERE k.reminder_id = m.id) AS listed FROM reminder m ORDER BY m.id";
}

/// What the journal says of rounds: number and cards, and how each ended.
#[derive(Default)]
pub(super) struct Told {
    listed: BTreeMap<ReminderId, (u32, u32)>,
    ended: BTreeMap<ReminderId, Vec<(State, Option<Date>)>>,
}

impl Told {
    /// Takes an entry, in whatever order they come.
    pub(super) fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::ReminderListed { reminder, number, count, .. } => {
                self.listed.insert(*reminder, (*number, *count));
            }
            Entry::ReminderSent { reminder, on, .. } => {
                self.ended.entry(*reminder).or_default().push((State::Sent, Some(*on)));
            }
            Entry::ReminderWithdrawn { reminder, .. } => {
                self.ended.entry(*reminder).or_default().push((State::Withdrawn, None));
            }
            _ => {}
        }
    }
}

pub(super) fn check(reader: &mut Reader<'_>, mut told: Told, findings: &mut Findings) -> Result<()> {
    // A few in a year.
    let rounds = reader.rows(&ROUNDS, bind![], |row| {
        let said: (u32, u32) = (row.get("number")?, row.get("cards")?);
        let end: (State, Option<Date>) = (row.get("state")?, row.get("sent_on")?);
        Ok((row.get::<ReminderId>("id")?, said, end, row.get::<u32>("listed")?))
    })?;
    for (id, said, end, listed) in rounds {
        let name = format!("reminder:{id}");
        let ended = told.ended.remove(&id).unwrap_or_default();
        let stands = match ended.as_slice() {
            [] => Some((State::Listed, None)),
            [one] => Some(*one),
            _ => None,
        };
        if told.listed.remove(&id) != Some(said) || stands != Some(end) {
            findings.add(Invariant::Fold, &name, "the journal tells it otherwise");
        }
        if listed != said.1 {
            findings.add(Invariant::Count, &name, format!("{listed} cards are on a list of {}", said.1));
        }
    }
    for id in told.listed.keys().chain(told.ended.keys()) {
        findings.add(Invariant::Fold, format!("reminder:{id}"), "the journal knows it, the table does not");
    }
    Ok(())
}
