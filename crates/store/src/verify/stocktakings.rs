//! Stock-takings: what a box expected is what the journal says, and in a closed one every card was seen, left by its own
//! step, or stands as a difference with its reason.

use std::collections::BTreeMap;

use domain::id::{CardId, PlaceId, StocktakingId};
use domain::journal::Entry;

use super::{Findings, Invariant};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.stocktakings":
    BOXES = "SELECT b.stocktaking_id AS stocktaking_id, b.place_id AS place_id, b.expected AS expected,
        b.state AS state, s.closed_by AS closed_by,
        (SELECT COUNT(*) FROM stocktaking_card x WHERE x.stocktaking_id = b.stocktaking_id
            AND x.place_id = b.place_id AND x.standing = 'expected') AS rows_expected
        FROM stocktaking_box b JOIN stocktaking s ON s.id = b.stocktaking_id ORDER BY b.stocktaking_id, b.place_id";
    UNSEEN = "SELECT x.stocktaking_id AS stocktaking_id, x.card_id AS card_id
        FROM stocktaking_card x JOIN stocktaking_box b ON b.stocktaking_id = x.stocktaking_id AND b.place_id = x.place_id
        WHERE b.state = 'done' AND x.standing <> 'extra' AND x.difference IS NULL
        AND CASE WHEN b.second_by IS NULL THEN x.first_seen ELSE x.second_seen END IS NULL
        AND NOT EXISTS (SELECT 1 FROM card_step t WHERE t.card_id = x.card_id AND t.n > x.steps
            AND t.place_from = x.place_id AND t.place_to <> x.place_id)
        ORDER BY x.stocktaking_id, x.card_id";
    OPEN = "SELECT x.stocktaking_id AS stocktaking_id, x.card_id AS card_id
        FROM stocktaking_card x JOIN stocktaking_box b ON b.stocktaking_id = x.stocktaking_id AND b.place_id = x.place_id
        WHERE b.state = 'done' AND x.difference IS NOT NULL AND x.reason IS NULL
        ORDER BY x.stocktaking_id, x.card_id";
}

/// What the journal says was expected in each box.
#[derive(Default)]
pub(super) struct Told(BTreeMap<(StocktakingId, PlaceId), u32>);

impl Told {
    /// Takes an entry, in whatever order they come.
    pub(super) fn take(&mut self, entry: &Entry) {
        if let Entry::BoxFrozen { stocktaking, place, cards } = entry {
            self.0.insert((*stocktaking, *place), *cards);
        }
    }
}

pub(super) fn check(reader: &mut Reader<'_>, mut told: Told, findings: &mut Findings) -> Result<()> {
    // Some hundred boxes a month: some ten thousand in the years of a contract.
    let boxes = reader.rows(&BOXES, bind![], |row| {
        let of = (row.get::<StocktakingId>("stocktaking_id")?, row.get::<PlaceId>("place_id")?);
        let counts = (row.get::<u32>("expected")?, row.get::<u32>("rows_expected")?);
        let is_done = row.get::<String>("state")? == "done";
        Ok((of, counts, is_done || row.get::<Option<String>>("closed_by")?.is_none()))
    })?;
    for (of, (expected, rows), is_well) in boxes {
        let name = format!("stocktaking:{}", of.0);
        if told.0.remove(&of) != Some(expected) {
            findings.add(Invariant::Fold, &name, "the journal tells otherwise what a box expected");
        }
        if rows != expected {
            findings.add(Invariant::Count, &name, format!("a box expects {expected} cards and has {rows}"));
        }
        if !is_well {
            findings.add(Invariant::Count, &name, "it was closed before a box was done");
        }
    }
    for (id, _) in told.0.keys() {
        findings.add(
            Invariant::Fold,
            format!("stocktaking:{id}"),
            "the journal knows a box, the table does not",
        );
    }
    let of_cards = |row: &crate::value::Row<'_>| {
        Ok((row.get::<StocktakingId>("stocktaking_id")?, row.get::<CardId>("card_id")?))
    };
    for (id, card) in reader.rows(&UNSEEN, bind![], of_cards)? {
        let what = format!("card:{card} was expected, seen by nobody, and does not differ");
        findings.add(Invariant::Count, format!("stocktaking:{id}"), what);
    }
    for (id, card) in reader.rows(&OPEN, bind![], of_cards)? {
        let what = format!("card:{card} differs in a box that is done, without a reason");
        findings.add(Invariant::Count, format!("stocktaking:{id}"), what);
    }
    Ok(())
}
