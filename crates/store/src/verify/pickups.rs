//! Cards that came back from the post, and notices: what is open is what the journal tells, and a card that somebody came
//! for is where the pick-up says.

use std::collections::BTreeMap;

use domain::id::{CardId, NoticeRequestId, PickupId};
use domain::journal::Entry;
use domain::pickup::State;
use domain::place::PlaceKind;

use super::{Findings, Invariant};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.pickups":
    PICKUPS = "SELECT u.id AS id, u.card_id AS card_id, u.state AS state, p.kind AS place_kind
        FROM pickup u JOIN card c ON c.id = u.card_id JOIN place p ON p.id = c.place_id ORDER BY u.id";
    REQUESTS = "SELECT id, card_id, CASE WHEN ended_by IS NULL THEN 1 ELSE 0 END AS is_open,
        CASE WHEN ended = 'posted' THEN 1 ELSE 0 END AS posted FROM notice_request ORDER BY id";
    RETURNS = "SELECT card_id, COUNT(*) AS n FROM notice_return GROUP BY card_id ORDER BY card_id";
}

/// What the journal says: of each pick-up its card and the last that happened, of each request its card and whether a
/// person ended it, of each card how often its notice came back.
#[derive(Default)]
pub(super) struct Told {
    pickups: BTreeMap<PickupId, (CardId, State)>,
    requests: BTreeMap<NoticeRequestId, (Option<CardId>, bool)>,
    returns: BTreeMap<CardId, u32>,
}

impl Told {
    /// Takes an entry, in whatever order they come.
    pub(super) fn take(&mut self, entry: &Entry) {
        let (pickup, card, state) = match entry {
            Entry::PickupBegun { pickup, card, .. } => (pickup, card, State::WithCity),
            Entry::PickupCardCame { pickup, card } => (pickup, card, State::AtCounter),
            Entry::PickupHanded { pickup, card } => (pickup, card, State::Handed),
            Entry::PickupEnded { pickup, card, .. } => (pickup, card, State::NotHanded),
            Entry::NoticeAsked { request, card, .. } => {
                self.requests.entry(*request).or_default().0 = Some(*card);
                return;
            }
            Entry::NoticeRequestEnded { request, .. } => {
                self.requests.entry(*request).or_default().1 = true;
                return;
            }
            Entry::NoticeCameBack { card, .. } => {
                *self.returns.entry(*card).or_default() += 1;
                return;
            }
            _ => return,
        };
        let far = |state: State| State::ALL.iter().position(|one| *one == state);
        let told = self.pickups.entry(*pickup).or_insert((*card, state));
        if far(state) > far(told.1) {
            *told = (*card, state);
        }
    }
}

pub(super) fn check(reader: &mut Reader<'_>, mut told: Told, findings: &mut Findings) -> Result<()> {
    let pickups = reader.rows(&PICKUPS, bind![], |row| {
        let stored: (CardId, State) = (row.get("card_id")?, row.get("state")?);
        Ok((row.get::<PickupId>("id")?, stored, row.get::<PlaceKind>("place_kind")?))
    })?;
    for (id, stored, place) in pickups {
        let name = format!("pickup:{id}");
        if told.pickups.remove(&id) != Some(stored) {
            findings.add(Invariant::Fold, &name, "the journal tells it otherwise");
        }
        let wanted = match stored.1 {
            State::WithCity => Some(PlaceKind::City),
            State::AtCounter => Some(PlaceKind::Counter),
            State::Handed | State::NotHanded => None,
        };
        // A card that nobody finds is the incident's, whatever it was taken out for.
        if wanted.is_some_and(|wanted| place != wanted && place != PlaceKind::Missing) {
            findings.add(Invariant::Place, format!("card:{}", stored.0), "it is not where its pick-up says");
        }
    }
    let requests = reader.rows(&REQUESTS, bind![], |row| {
        Ok((
            row.get::<NoticeRequestId>("id")?,
            row.get::<CardId>("card_id")?,
            row.get::<bool>("is_open")?,
            row.get::<bool>("posted")?,
        ))
    })?;
    for (id, card, is_open, posted) in requests {
        // That one was posted stands in the entry of its part.
        let by_person = !is_open && !posted;
        if told.requests.remove(&id) != Some((Some(card), by_person)) {
            findings.add(Invariant::Fold, format!("notice-request:{id}"), "the journal tells it otherwise");
        }
    }
    let returns =
        reader.rows(&RETURNS, bind![], |row| Ok((row.get::<CardId>("card_id")?, row.get::<u32>("n")?)))?;
    for (card, n) in returns {
        if told.returns.remove(&card) != Some(n) {
            findings.add(
                Invariant::Fold,
                format!("card:{card}"),
                "its notices came back another number of times",
            );
        }
    }
    let lost = told.pickups.keys().map(|id| format!("pickup:{id}"));
    let lost = lost.chain(told.requests.keys().map(|id| format!("notice-request:{id}")));
    for name in lost.chain(told.returns.keys().map(|card| format!("card:{card}"))) {
        findings.add(Invariant::Fold, name, "the journal tells of it, and it is not stored");
    }
    Ok(())
}
