//! Desks of consignments: what was counted is what the journal tells, and a closed desk is explained to the last card.

use std::collections::BTreeMap;

use domain::id::ConsignmentId;
use domain::journal::Entry;

use super::{Findings, Invariant};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.desks":
    DESKS = "SELECT s.id AS id, s.cards AS cards, a.boxes AS boxes, a.cards AS counted, k.missing AS missing,
        k.extra AS extra, CASE WHEN k.person IS NULL THEN 0 ELSE 1 END AS has_person,
        (SELECT COUNT(*) FROM close_missing m WHERE m.consignment_id = s.id) AS kept,
        (SELECT COUNT(*) FROM close_missing m WHERE m.consignment_id = s.id AND m.came = 0) AS never_came,
        CAST(COALESCE((SELECT SUM(x.cards) FROM extra_card x
            WHERE x.consignment_id = s.id AND x.withdrawn_by IS NULL), 0) AS BIGINT) AS extra_cards
        FROM consignment s LEFT JOIN arrival a ON a.consignment_id = s.id
        LEFT JOIN consignment_close k ON k.consignment_id = s.id WHERE s.state = 'taken' ORDER BY s.id";
}

/// What the journal says of a desk.
#[derive(Default)]
struct Story {
    /// What was counted at the city's transfer, boxes and cards, each time.
    counted: Vec<(u32, u32)>,
    /// Cards on no list, less what was taken back.
    extra: i64,
    /// Missing and extra cards at the close.
    closed: Vec<(u32, u32)>,
}

/// What the journal says of desks.
#[derive(Default)]
pub(super) struct Told(BTreeMap<ConsignmentId, Story>);

impl Told {
    /// Takes an entry, in whatever order they come.
    pub(super) fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::ConsignmentArrived { consignment, boxes, cards, .. } => {
                self.0.entry(*consignment).or_default().counted.push((*boxes, *cards));
            }
            Entry::ExtraCards { consignment, cards, .. } => {
                self.0.entry(*consignment).or_default().extra += i64::from(*cards);
            }
            Entry::ExtraCardsWithdrawn { consignment, cards, .. } => {
                self.0.entry(*consignment).or_default().extra -= i64::from(*cards);
            }
            Entry::ConsignmentClosed { consignment, missing, extra, .. } => {
                self.0.entry(*consignment).or_default().closed.push((*missing, *extra));
            }
            _ => {}
        }
    }
}

/// A desk as it stands in the tables.
struct Row {
    id: ConsignmentId,
    cards: u32,
    counted: Option<(u32, u32)>,
    closed: Option<(u32, u32)>,
    has_person: bool,
    kept: u32,
    never_came: u32,
    extra: i64,
}

pub(super) fn check(reader: &mut Reader<'_>, mut told: Told, findings: &mut Findings) -> Result<()> {
    let rows = reader.rows(&DESKS, bind![], |row| {
        Ok(Row {
            id: row.get("id")?,
            cards: row.get("cards")?,
            counted: row.get::<Option<u32>>("boxes")?.zip(row.get("counted")?),
            closed: row.get::<Option<u32>>("missing")?.zip(row.get("extra")?),
            has_person: row.get("has_person")?,
            kept: row.get("kept")?,
            never_came: row.get("never_came")?,
            extra: row.get("extra_cards")?,
        })
    })?;
    for row in rows {
        let name = format!("desk:{}", row.id);
        let story = told.0.remove(&row.id).unwrap_or_default();
        let is_told = match row.counted {
            // Which of several counts was the last one is not known here; it is one of them.
            Some(counted) => story.counted.contains(&counted),
            None => story.counted.is_empty(),
        };
        if !is_told || story.extra != row.extra || story.closed != row.closed.into_iter().collect::<Vec<_>>()
        {
            findings.add(Invariant::Fold, &name, "the journal tells it otherwise");
        }
        let Some((missing, extra)) = row.closed else { continue };
        let explained = i64::from(row.cards) - i64::from(row.never_came) + row.extra;
        let is_explained = row.counted.is_some_and(|(_, cards)| i64::from(cards) == explained);
        if !is_explained || missing != row.kept || i64::from(extra) != row.extra {
            findings.add(Invariant::Count, &name, "it is closed, and its counts are not explained");
        }
        if missing + extra > 0 && !row.has_person {
            findings.add(
                Invariant::Count,
                &name,
                "it is closed with differences, and nobody of the city agreed",
            );
        }
    }
    for id in told.0.keys() {
        findings.add(Invariant::Fold, format!("desk:{id}"), "the journal knows it, the table does not");
    }
    Ok(())
}
