//! カードの受渡記録: the way of every card of a consignment, from J-LIS's box to where it is now, as one report.
//!
//! Three statements, however many cards there are. The report is made of the steps and tells where they do not lead
//! to the place that the card is said to be in; it changes nothing.

use std::collections::HashMap;

use domain::batch::{BatchKind, CardEnd};
use domain::card::{Cause, Progress};
use domain::custody::{Passed, Way};
use domain::holder::Holder;
use domain::id::{CardId, ConsignmentId, PlaceId};
use domain::number::ControlNumber;

use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "custody":
    CARDS = "SELECT c.id AS id, COALESCE(c.list_line, c.line) AS line, c.control_number AS control_number,
        c.progress AS progress, c.cause AS cause, c.suspended AS suspended, c.place_id AS place, p.kind AS kind,
        CASE WHEN EXISTS (SELECT 1 FROM incident i WHERE i.card_id = c.id AND i.ended_by IS NULL)
        THEN 1 ELSE 0 END AS sought,
        CASE WHEN EXISTS (SELECT 1 FROM recall r WHERE r.card_id = c.id AND r.state IN ('suspended', 'ended'))
        THEN 1 ELSE 0 END AS recalled
        FROM card c JOIN place p ON p.id = c.place_id WHERE c.consignment_id = $1 ORDER BY c.line";
    STEPS = "SELECT t.card_id AS card, t.at AS at, t.place_from AS place_from, t.place_to AS place_to, p.name || COALESCE('-' || t.position, '') AS name,
        j.actor AS actor FROM card c JOIN card_step t ON t.card_id = c.id
        JOIN place p ON p.id = t.place_to JOIN journal j ON j.id = t.entry_id
        WHERE c.consignment_id = $1 ORDER BY t.card_id, t.n";
    BATCHES = "SELECT k.card_id AS card, b.kind AS kind, b.receiver AS receiver, k.ended AS ended
        FROM card c JOIN batch_card k ON k.card_id = c.id JOIN batch b ON b.id = k.batch_id
        WHERE c.consignment_id = $1 ORDER BY k.card_id, b.id";
}

/// A card with its way.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its id.
    pub id: CardId,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// How far it is.
    pub progress: Progress,
    /// Why its process ended, if it did.
    pub cause: Option<Cause>,
    /// Whether it is held back until the city decides.
    pub suspended: bool,
    /// Whether an incident about it is open.
    pub sought: bool,
    /// Whether the city wants it and has not got it yet, or has not decided.
    pub recalled: bool,
    /// Who has it.
    pub holder: Holder,
    /// What for and with whom of the city it is, where it went there with a batch and is still there.
    pub with: Option<(BatchKind, String)>,
    /// Everywhere it was.
    pub way: Way,
}

/// All cards of a consignment in the order of its list.
pub fn of_consignment(reader: &mut Reader<'_>, id: ConsignmentId) -> Result<Vec<Kept>> {
    let mut passed: HashMap<CardId, Vec<Passed>> = HashMap::new();
    let steps = reader.rows(&STEPS, bind![id], |row| {
        let step = Passed {
            at: row.get("at")?,
            from: row.get("place_from")?,
            to: row.get("place_to")?,
            name: row.get("name")?,
            by: row.get("actor")?,
        };
        Ok((row.get("card")?, step))
    })?;
    for (card, step) in steps {
        passed.entry(card).or_default().push(step);
    }
    // Of several batches the last one counts.
    let mut with: HashMap<CardId, (BatchKind, String)> = HashMap::new();
    let batches = reader.rows(&BATCHES, bind![id], |row| {
        let ended: Option<CardEnd> = row.get("ended")?;
        let there = ended.is_none() || ended == Some(CardEnd::Kept);
        Ok((row.get("card")?, there, (row.get("kind")?, row.get("receiver")?)))
    })?;
    for (card, there, batch) in batches {
        if there {
            with.insert(card, batch);
        } else {
            with.remove(&card);
        }
    }
    reader.rows(&CARDS, bind![id], |row| {
        let card: CardId = row.get("id")?;
        let place: PlaceId = row.get("place")?;
        let holder = Holder::of(row.get("kind")?);
        Ok(Kept {
            id: card,
            line: row.get("line")?,
            control_number: crate::card::control_number(row)?,
            progress: row.get("progress")?,
            cause: row.get("cause")?,
            suspended: row.get("suspended")?,
            sought: row.get("sought")?,
            recalled: row.get("recalled")?,
            holder,
            with: with.remove(&card).filter(|_| holder == Holder::City),
            // A card without a step has a broken way, which the report says.
            way: Way::new(passed.remove(&card).unwrap_or_default(), place),
        })
    })
}
