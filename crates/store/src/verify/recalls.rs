//! Recalls: the table is what the journal tells, a card waits for the city's decision exactly while one says so, and
//! what goes to the city ended for its cause.

use std::collections::BTreeMap;

use domain::card::{Cause, Stage};
use domain::id::{CardId, RecallId, TellingId};
use domain::journal::Entry;
use domain::place::PlaceKind;
use domain::recall::{State, Told as Outcome};

use super::{Findings, Invariant};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.recalls":
    RECALLS = "SELECT k.id AS id, k.card_id AS card_id, k.cause AS cause, k.state AS state, c.stage AS stage,
        c.cause AS ended_for, c.suspended AS suspended, p.kind AS place_kind
        FROM recall k JOIN card c ON c.id = k.card_id JOIN place p ON p.id = c.place_id ORDER BY k.id";
    SUSPENDED = "SELECT c.id AS id FROM card c WHERE c.suspended = 1
        AND NOT EXISTS (SELECT 1 FROM recall k WHERE k.card_id = c.id AND k.state = 'suspended') ORDER BY c.id";
    TELLINGS = "SELECT t.id AS id, t.told AS told, r.state AS reservation_state
        FROM telling t JOIN reservation r ON r.id = t.reservation_id ORDER BY t.id";
}

/// What the journal says of recalls and of the citizens who have to be told.
#[derive(Default)]
pub(super) struct Told {
    began: BTreeMap<RecallId, (CardId, Cause, State)>,
    decided: BTreeMap<RecallId, Vec<State>>,
    passed: BTreeMap<CardId, u32>,
    tellings: BTreeMap<TellingId, Option<Outcome>>,
}

impl Told {
    /// Takes an entry, in whatever order they come.
    pub(super) fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::CardStopped { recall, card, cause, state, .. } => {
                self.began.insert(*recall, (*card, *cause, *state));
            }
            Entry::SuspensionDecided { recall, state, .. } => {
                self.decided.entry(*recall).or_default().push(*state);
            }
            Entry::RecalledCardPassed { card, .. } => *self.passed.entry(*card).or_default() += 1,
            Entry::TellingAsked { telling, .. } => {
                self.tellings.entry(*telling).or_default();
            }
            Entry::TellingDone { telling, told, .. } => {
                self.tellings.insert(*telling, Some(*told));
            }
            _ => {}
        }
    }

    /// Where a recall stands by the journal; none: the entries contradict each other.
    fn state(&mut self, id: RecallId, began: State, card: CardId) -> Option<State> {
        let stopped = match (began, self.decided.remove(&id).unwrap_or_default().as_slice()) {
            (began, []) => began,
            (State::Suspended, [one]) => *one,
            _ => return None,
        };
        let passed = self.passed.contains_key(&card);
        Some(if stopped == State::Ended && passed { State::Passed } else { stopped })
    }
}

struct Row {
    id: RecallId,
    card: CardId,
    cause: Cause,
    state: State,
    stage: Stage,
    ended_for: Option<Cause>,
    suspended: bool,
    place: PlaceKind,
}

pub(super) fn check(reader: &mut Reader<'_>, mut told: Told, findings: &mut Findings) -> Result<()> {
    // Some hundreds in the years of a contract.
    let rows = reader.rows(&RECALLS, bind![], |row| {
        Ok(Row {
            id: row.get("id")?,
            card: row.get("card_id")?,
            cause: row.get("cause")?,
            state: row.get("state")?,
            stage: row.get("stage")?,
            ended_for: row.get("ended_for")?,
            suspended: row.get("suspended")?,
            place: row.get("place_kind")?,
        })
    })?;
    for row in rows {
        let name = format!("recall:{}", row.id);
        match told.began.remove(&row.id) {
            Some((card, cause, began)) => {
                if (card, cause) != (row.card, row.cause)
                    || told.state(row.id, began, card) != Some(row.state)
                {
                    findings.add(Invariant::Fold, &name, "the journal tells it otherwise");
                }
            }
            // Recalls of the first version had no entry of their own, and the card's id.
            None if row.id.to_string() == row.card.to_string() => {}
            None => findings.add(Invariant::Fold, &name, "the journal does not know it"),
        }
        let ended = row.stage == Stage::Ended && row.ended_for == Some(row.cause);
        let wrong = match row.state {
            State::Suspended => !row.suspended,
            State::Ended => !ended || row.place == PlaceKind::City,
            State::Passed => !ended || row.place != PlaceKind::City,
            State::Lifted => false,
        };
        if wrong {
            let what = format!("it is {}, and its card is not so", row.state);
            findings.add(Invariant::Stage, format!("card:{}", row.card), what);
        }
    }
    for id in told.began.keys() {
        findings.add(Invariant::Fold, format!("recall:{id}"), "the journal knows it, the table does not");
    }
    for card in reader.rows(&SUSPENDED, bind![], |row| row.get::<CardId>("id"))? {
        findings.add(
            Invariant::Stage,
            format!("card:{card}"),
            "it waits for a decision that nobody is asked for",
        );
    }
    let tellings = reader.rows(&TELLINGS, bind![], |row| {
        let cancelled = row.get::<domain::reservation::State>("reservation_state")?;
        Ok((row.get::<TellingId>("id")?, row.get::<Option<Outcome>>("told")?, cancelled))
    })?;
    for (id, outcome, reservation) in tellings {
        let is_cancelled = reservation == domain::reservation::State::Cancelled;
        if told.tellings.remove(&id) != Some(outcome) || !is_cancelled {
            findings.add(Invariant::Fold, format!("telling:{id}"), "the journal tells it otherwise");
        }
    }
    for id in told.tellings.keys() {
        findings.add(Invariant::Fold, format!("telling:{id}"), "the journal knows it, the table does not");
    }
    Ok(())
}
