//! Years of moves at once, for the figures of a whole contract's custody.
//!
//! Each card of a city gets the story of one that was taken out of its place and put back again and again, each time with
//! an entry of the journal that names it. The entries are numbered before all others, so the sealer has nothing to do with
//! them; `verify` is not clean afterwards.

use domain::id::{CardId, Id, PlaceId};
use domain::journal::Entry;
use domain::time::instant_at;
use jiff::civil::Date;

use super::fill::{Home, Sink};
use crate::error::{Error, Result};

/// Control numbers of the cards that are written with one statement.
const CARDS: u32 = 5_000;

/// Writes steps for every card of [`super::fill_cards`] that has not moved yet, so that it has so many, and answers how
/// many the city has then. Not to be called inside an asynchronous runtime.
pub fn fill_moves(home: &Home, day: Date, steps: u32) -> Result<u64> {
    let mut sink = Sink::open(home)?;
    let at = instant_at(day, 9 * 60).as_millisecond();
    // Any card and any place: what stands in their stead is replaced for each row.
    let (card, place) = (CardId::from_parts(1, 1), PlaceId::from_parts(1, 2));
    let entry = Entry::CardPlaced { card, place };
    let data = serde_json::to_string(&entry).map_err(|error| Error::Broken(error.to_string()))?;
    let data = format!("replace(replace('{data}', '{card}', c.id), '{place}', c.place_id)");
    let (kind, version) = (entry.kind(), entry.version());
    let digits = |number: &str, width: u32| {
        if sink.is_sqlite() {
            format!("printf('%0{width}d', {number})")
        } else {
            format!("lpad(CAST({number} AS TEXT), {width}, '0')")
        }
    };
    // Digits alone are an id too: one of the first milliseconds of all.
    let id = format!("{} || {}", digits("c.control_number", 10), digits("s.n", 16));
    let count = format!("WITH RECURSIVE s (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM s WHERE n < {steps})");
    let from = |first: u32| {
        let last = first + CARDS;
        format!(
            "FROM card c CROSS JOIN s WHERE c.control_number >= {first} AND c.control_number < {last} AND c.steps = 1
             ORDER BY c.control_number, s.n"
        )
    };
    let first = super::fill::FIRST_CONTROL_NUMBER + 1;
    let mut written = 0;
    loop {
        let first = first + u32::try_from(written).unwrap_or(u32::MAX) * CARDS;
        sink.run("BEGIN")?;
        let from = from(first);
        sink.run(&format!(
            "INSERT INTO journal (id, seq, at, day, kind, version, actor, data)
             {count} SELECT {id}, -(c.control_number * {steps} + s.n), {at}, '{day}', '{kind}', {version}, 'command', {data} {from}"
        ))?;
        sink.run(&format!(
            "INSERT INTO journal_subject (subject, entry_id) {count} SELECT 'card:' || c.id, {id} {from}"
        ))?;
        let rows = sink.changes(&format!(
            "INSERT INTO card_step (card_id, n, entry_id, at, stage_from, stage_to, place_from, place_to)
             {count} SELECT c.id, s.n, {id}, {at}, c.stage, c.stage, c.place_id, c.place_id {from}"
        ))?;
        sink.run(&format!(
            "UPDATE card SET steps = {steps} WHERE control_number >= {first} AND control_number < {} AND steps = 1",
            first + CARDS
        ))?;
        sink.run("COMMIT")?;
        if rows == 0 {
            break;
        }
        written += 1;
    }
    sink.settle(&["card", "card_step", "journal", "journal_subject"])?;
    sink.count("SELECT COUNT(*) FROM card_step")
}
