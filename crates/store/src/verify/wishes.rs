//! Wishes: the table is what the journal tells, and whoever waits has a place on a later day.

use std::collections::BTreeMap;

use domain::id::WishId;
use domain::journal::Entry;
use domain::wish::{State, Wish};
use jiff::civil::Date;

use super::{Findings, Invariant};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.wishes":
    WISHES = "SELECT w.id AS id, w.state AS state, w.from_day AS from_day, w.until_day AS until_day,
        w.weekdays AS weekdays, w.times AS times, (SELECT MIN(r.day) FROM reservation r
        WHERE (r.id = w.booking_id OR r.party_id = w.booking_id) AND r.state = 'booked') AS day
        FROM wish w ORDER BY w.id";
}

/// What the journal says of wishes.
#[derive(Default)]
pub(super) struct Told {
    left: BTreeMap<WishId, Wish>,
    ended: BTreeMap<WishId, Vec<State>>,
}

impl Told {
    /// Takes an entry, in whatever order they come.
    pub(super) fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::WishLeft { wish, wanted, .. } => {
                self.left.insert(*wish, *wanted);
            }
            Entry::WishEnded { wish, state, .. } => self.ended.entry(*wish).or_default().push(*state),
            _ => {}
        }
    }
}

pub(super) fn check(reader: &mut Reader<'_>, mut told: Told, findings: &mut Findings) -> Result<()> {
    let wishes = reader.rows(&WISHES, bind![], |row| {
        let wish = Wish {
            from: row.get("from_day")?,
            until: row.get("until_day")?,
            weekdays: row.get("weekdays")?,
            times: row.get("times")?,
        };
        let (id, state): (WishId, State) = (row.get("id")?, row.get("state")?);
        Ok((id, state, wish, row.get::<Option<Date>>("day")?))
    })?;
    for (id, state, wish, day) in wishes {
        let name = format!("wish:{id}");
        let Some(left) = told.left.remove(&id) else {
            findings.add(Invariant::Wish, &name, "the journal does not know it");
            continue;
        };
        if left != wish {
            findings.add(Invariant::Wish, &name, "it wishes otherwise than the journal says");
        }
        let says = match told.ended.remove(&id).unwrap_or_default().as_slice() {
            [] => Some(State::Open),
            [one] => Some(*one),
            _ => None,
        };
        if says != Some(state) {
            findings.add(
                Invariant::Wish,
                &name,
                format!("it is {state}, and the journal tells it otherwise"),
            );
        }
        if state == State::Open && day.is_none_or(|day| day <= wish.from) {
            findings.add(Invariant::Wish, &name, "it waits, and its booking has no later place");
        }
    }
    for id in told.left.keys() {
        findings.add(Invariant::Wish, format!("wish:{id}"), "the journal knows it, the table does not");
    }
    Ok(())
}
