//! Cards: the story of each leads to its stage and its place; its key is derived from its row.

use std::collections::HashMap;

use domain::card::{Progress, Stage};
use domain::id::{CardId, PlaceId};
use domain::number::{Number, NumberKind};
use domain::opening::STAGES;
use domain::place::PlaceKind;

use super::{Findings, Invariant, PAGE};
use crate::error::Result;
use crate::keys::Keys;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.cards":
    CARDS = "SELECT c.id AS id, c.stage AS stage, c.progress AS progress, c.place_id AS place_id, c.steps AS steps,
        c.key_issue AS key_issue, c.key_version AS key_version, c.key_lookup AS key_lookup,
        c.posted_on AS posted_on, c.position AS position, p.id AS place_found, p.numbered AS numbered, r.id AS booked
        FROM card c LEFT JOIN place p ON p.id = c.place_id
        LEFT JOIN reservation r ON r.card_id = c.id AND r.state = 'booked'
        WHERE c.id > $1 ORDER BY c.id LIMIT $2";
    STEPS = "SELECT t.card_id AS card_id, t.n AS n, t.stage_from AS stage_from, t.stage_to AS stage_to,
        t.place_from AS place_from, t.place_to AS place_to, t.position AS position, j.id AS entry, s.state AS consignment_state,
        s.kind AS consignment_kind
        FROM card_step t JOIN card c ON c.id = t.card_id JOIN consignment s ON s.id = c.consignment_id
        LEFT JOIN journal j ON j.id = t.entry_id
        WHERE t.card_id > $1 AND t.card_id <= $2 ORDER BY t.card_id, t.n";
    OUT = "SELECT k.card_id AS card_id, b.state AS state, p.kind AS kind FROM batch_card k
        JOIN batch b ON b.id = k.batch_id JOIN card c ON c.id = k.card_id JOIN place p ON p.id = c.place_id
        WHERE k.ended IS NULL ORDER BY k.card_id";
    FORMER = "SELECT f.card_id AS card_id, f.key_version AS key_version, f.opens AS opens, c.id AS found,
        c.key_issue AS key_issue FROM former_key f LEFT JOIN card c ON c.id = f.card_id ORDER BY f.card_id";
    FORMER_RESERVATIONS = "SELECT f.reservation_id AS reservation_id, f.key_version AS key_version, r.id AS found
        FROM former_reservation f LEFT JOIN reservation r ON r.id = f.reservation_id ORDER BY f.reservation_id";
}

struct Card {
    id: CardId,
    stage: Stage,
    progress: Progress,
    place: PlaceId,
    steps: u32,
    key_issue: u32,
    key_version: u32,
    key_lookup: Option<[u8; 32]>,
    is_posted: bool,
    position: Option<u32>,
    /// Whether the slots of its place are numbered; none: the place does not exist.
    numbered: Option<bool>,
    booked: bool,
}

/// Where a story has led so far.
struct Told {
    n: u32,
    stage: Stage,
    place: PlaceId,
    position: Option<u32>,
}

pub(super) fn check(reader: &mut Reader<'_>, keys: &Keys, findings: &mut Findings) -> Result<()> {
    let mut after = String::new();
    loop {
        let cards = reader.rows(&CARDS, bind![after, PAGE], |row| {
            Ok(Card {
                id: row.get("id")?,
                stage: row.get("stage")?,
                progress: row.get("progress")?,
                place: row.get("place_id")?,
                steps: row.get("steps")?,
                key_issue: row.get("key_issue")?,
                key_version: row.get("key_version")?,
                key_lookup: row.get("key_lookup")?,
                is_posted: row.get::<Option<String>>("posted_on")?.is_some(),
                position: row.get("position")?,
                numbered: match row.get::<Option<PlaceId>>("place_found")? {
                    Some(_) => Some(row.get("numbered")?),
                    None => None,
                },
                booked: row.get::<Option<String>>("booked")?.is_some(),
            })
        })?;
        let Some(last) = cards.last() else {
            out(reader, findings)?;
            return former(reader, keys, findings);
        };
        let last = last.id.to_string();
        let told = stories(reader, &after, &last, findings)?;
        for card in &cards {
            check_card(card, told.get(&card.id), keys, findings)?;
        }
        after = last;
    }
}

fn stories(
    reader: &mut Reader<'_>,
    after: &str,
    until: &str,
    findings: &mut Findings,
) -> Result<HashMap<CardId, Told>> {
    let steps = reader.rows(&STEPS, bind![after, until], |row| {
        Ok((
            row.get::<CardId>("card_id")?,
            row.get::<u32>("n")?,
            (row.get::<Option<Stage>>("stage_from")?, row.get::<Stage>("stage_to")?),
            (row.get::<Option<PlaceId>>("place_from")?, row.get::<PlaceId>("place_to")?),
            row.get::<Option<u32>>("position")?,
            // The entry of a consignment is written when it is taken.
            row.get::<Option<String>>("entry")?.is_some()
                || row.get::<String>("consignment_state")? != "taken",
            row.get::<String>("consignment_kind")? == "opening",
        ))
    })?;
    let mut told: HashMap<CardId, Told> = HashMap::new();
    for (card, n, stage, place, position, has_entry, is_opening) in steps {
        let subject = format!("card:{card}");
        if !has_entry {
            findings.add(Invariant::Fold, &subject, format!("step {n} has no entry in the journal"));
        }
        match told.get(&card) {
            None => {
                // What was taken over begins where it was found.
                let begins = if is_opening { STAGES.contains(&stage.1) } else { stage.1 == Stage::Listed };
                if n != 1 || stage.0.is_some() || place.0.is_some() || !begins {
                    findings.add(Invariant::Stage, &subject, "its story does not begin at its beginning");
                }
            }
            Some(before) => {
                if n != before.n + 1 {
                    findings.add(Invariant::Place, &subject, format!("step {} is missing", before.n + 1));
                }
                if stage.0 != Some(before.stage) {
                    findings.add(Invariant::Stage, &subject, format!("step {n} begins at another stage"));
                }
                if place.0 != Some(before.place) {
                    findings.add(Invariant::Place, &subject, format!("step {n} begins at another place"));
                }
                if stage.1 != before.stage && before.stage.to(stage.1).is_err() {
                    let what = format!("step {n} leads from {} to {}", before.stage, stage.1);
                    findings.add(Invariant::Stage, &subject, what);
                }
            }
        }
        told.insert(card, Told { n, stage: stage.1, place: place.1, position });
    }
    Ok(told)
}

/// What the city has of a batch is with the city, and the batch is not over.
fn out(reader: &mut Reader<'_>, findings: &mut Findings) -> Result<()> {
    let out = reader.rows(&OUT, bind![], |row| {
        Ok((row.get::<CardId>("card_id")?, row.get::<String>("state")?, row.get::<PlaceKind>("kind")?))
    })?;
    for (card, state, kind) in out {
        if kind != PlaceKind::City {
            findings.add(
                Invariant::Place,
                format!("card:{card}"),
                "the city has it with a batch, it is elsewhere",
            );
        }
        if state != "sent" {
            findings.add(
                Invariant::Count,
                format!("card:{card}"),
                "the city has it with a batch that is over",
            );
        }
    }
    Ok(())
}

/// Numbers of a former system: each belongs to something, under keys that are there, and one that opens a booking
/// belongs to a card without a letter of ours.
fn former(reader: &mut Reader<'_>, keys: &Keys, findings: &mut Findings) -> Result<()> {
    let rows = reader.rows(&FORMER, bind![], |row| {
        let (card, version): (String, u32) = (row.get("card_id")?, row.get("key_version")?);
        let found = row.get::<Option<String>>("found")?.is_some();
        let opens: bool = row.get("opens")?;
        let has_letter = row.get::<Option<u32>>("key_issue")?.is_some_and(|issue| issue > 0);
        Ok((format!("card:{card}"), version, found, opens && has_letter))
    })?;
    let reservations = reader.rows(&FORMER_RESERVATIONS, bind![], |row| {
        let (id, version): (String, u32) = (row.get("reservation_id")?, row.get("key_version")?);
        Ok((format!("reservation:{id}"), version, row.get::<Option<String>>("found")?.is_some(), false))
    })?;
    for (subject, version, found, outlived) in rows.into_iter().chain(reservations) {
        if !found {
            findings.add(Invariant::Number, &subject, "a former number belongs to nothing");
        }
        if keys.version(version).is_err() {
            findings.add(Invariant::Number, &subject, "the keys of a former number are missing");
        }
        if outlived {
            findings.add(Invariant::Number, &subject, "a former number outlived a letter of ours");
        }
    }
    Ok(())
}

fn check_card(card: &Card, told: Option<&Told>, keys: &Keys, findings: &mut Findings) -> Result<()> {
    let subject = format!("card:{}", card.id);
    match card.numbered {
        None => findings.add(Invariant::Place, &subject, "its place does not exist"),
        Some(numbered) if numbered != card.position.is_some() => {
            let what =
                if numbered { "it has no position in its box" } else { "it has a position where none is" };
            findings.add(Invariant::Place, &subject, what);
        }
        Some(_) => (),
    }
    match told {
        None => findings.add(Invariant::Place, &subject, "it has no story"),
        Some(told) => {
            if told.n != card.steps {
                findings.add(
                    Invariant::Place,
                    &subject,
                    format!("{} steps told, {} stored", told.n, card.steps),
                );
            }
            if told.place != card.place {
                findings.add(Invariant::Place, &subject, "its story leads to another place");
            }
            if told.position != card.position {
                findings.add(Invariant::Place, &subject, "its story leads to another position");
            }
            if told.stage != card.stage {
                let what = format!("its story leads to {}, stored is {}", told.stage, card.stage);
                findings.add(Invariant::Stage, &subject, what);
            }
        }
    }
    if card.stage == Stage::Notified && !card.is_posted {
        findings.add(Invariant::Stage, &subject, "it is notified and nobody posted its letter");
    }
    let progress = Progress::of(card.stage, card.booked);
    if progress != card.progress {
        findings.add(Invariant::Stage, &subject, format!("it shows {}, it should {progress}", card.progress));
    }
    let derived = if card.key_issue == 0 {
        None
    } else {
        let set = keys.version(card.key_version)?;
        let key =
            Number::derive(set.number.bits(), NumberKind::BookingKey, card.id.to_bytes(), card.key_issue);
        Some(key.lookup(set.lookup.bits()))
    };
    if derived != card.key_lookup {
        findings.add(
            Invariant::Number,
            &subject,
            "it is found under another key than the one derived from it",
        );
    }
    Ok(())
}
