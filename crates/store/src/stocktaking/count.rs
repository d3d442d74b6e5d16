//! The count of a box: it is frozen, its cards are scanned, and it ends. One person counts a box at a time.

use domain::id::{CardId, PersonId, PlaceId, StocktakingId};
use domain::journal::Entry;
use domain::place::PlaceKind;
use domain::stocktaking::{BoxState, Count, Difference, Reason, Standing, is_counted, sample};
use jiff::Timestamp;

use crate::act::Act;
use crate::card;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::{bind, place, statements};

statements! { "stocktaking.count":
    FREEZE = "INSERT INTO stocktaking_box (stocktaking_id, place_id, state, sampled, expected, frozen_by, first_person)
        VALUES ($1, $2, 'first', $3, 0, $4, $5) ON CONFLICT (stocktaking_id, place_id) DO NOTHING";
    EXPECT = "INSERT INTO stocktaking_card (stocktaking_id, place_id, card_id, standing, steps)
        SELECT b.stocktaking_id, b.place_id, c.id, 'expected', c.steps
        FROM stocktaking_box b JOIN card c ON c.place_id = b.place_id JOIN consignment s ON s.id = c.consignment_id
        WHERE b.stocktaking_id = $1 AND b.place_id = $2 AND s.state = 'taken'";
    EXPECTED = "UPDATE stocktaking_box SET expected = $1 WHERE stocktaking_id = $2 AND place_id = $3";
    HOW_MANY = "SELECT COUNT(*) AS n FROM card c JOIN consignment s ON s.id = c.consignment_id
        WHERE c.place_id = $1 AND s.state = 'taken'";
    SITE = "SELECT site FROM stocktaking WHERE id = $1 AND closed_by IS NULL";
    LOCK = "UPDATE stocktaking_box SET state = state WHERE stocktaking_id = $1 AND place_id = $2";
    HEAD = "SELECT b.state AS state, b.sampled AS sampled, b.first_person AS first_person,
        b.second_person AS second_person FROM stocktaking_box b JOIN stocktaking s ON s.id = b.stocktaking_id
        WHERE b.stocktaking_id = $1 AND b.place_id = $2 AND s.closed_by IS NULL";
    TAKE_FIRST = "UPDATE stocktaking_box SET first_person = $1 WHERE stocktaking_id = $2 AND place_id = $3";
    TAKE_SECOND = "UPDATE stocktaking_box SET second_person = $1, state = 'second'
        WHERE stocktaking_id = $2 AND place_id = $3";
    ROW = "SELECT standing, steps, first_seen, second_seen, difference FROM stocktaking_card
        WHERE stocktaking_id = $1 AND place_id = $2 AND card_id = $3";
    ADD = "INSERT INTO stocktaking_card (stocktaking_id, place_id, card_id, standing, steps)
        VALUES ($1, $2, $3, $4, $5)";
    SEEN_FIRST = "UPDATE stocktaking_card SET first_seen = $1
        WHERE stocktaking_id = $2 AND place_id = $3 AND card_id = $4";
    SEEN_SECOND = "UPDATE stocktaking_card SET second_seen = $1
        WHERE stocktaking_id = $2 AND place_id = $3 AND card_id = $4";
    FOUND = "UPDATE stocktaking_card SET reason = $1, settled_by = $2
        WHERE stocktaking_id = $3 AND place_id = $4 AND card_id = $5 AND difference = 'missing'";
    // What left by a step of its own after the freeze is not missed.
    DIFFER_FIRST = "SELECT COUNT(x.first_seen) AS seen,
        COALESCE(SUM(CASE WHEN x.standing <> 'extra' AND x.first_seen IS NULL AND NOT EXISTS
            (SELECT 1 FROM card_step t WHERE t.card_id = x.card_id AND t.n > x.steps AND t.place_from = x.place_id
                AND t.place_to <> x.place_id) THEN 1 ELSE 0 END), 0) AS missing,
        COALESCE(SUM(CASE WHEN x.standing = 'extra' AND x.first_seen IS NOT NULL THEN 1 ELSE 0 END), 0) AS extra
        FROM stocktaking_card x WHERE x.stocktaking_id = $1 AND x.place_id = $2";
    MARK_MISSING = "UPDATE stocktaking_card SET difference = 'missing'
        WHERE stocktaking_id = $1 AND place_id = $2 AND standing <> 'extra' AND second_seen IS NULL AND NOT EXISTS
        (SELECT 1 FROM card_step t WHERE t.card_id = stocktaking_card.card_id AND t.n > stocktaking_card.steps
            AND t.place_from = stocktaking_card.place_id AND t.place_to <> stocktaking_card.place_id)";
    MARK_EXTRA = "UPDATE stocktaking_card SET difference = 'extra'
        WHERE stocktaking_id = $1 AND place_id = $2 AND standing = 'extra' AND second_seen IS NOT NULL";
    DIFFER_SECOND = "SELECT COUNT(x.second_seen) AS seen,
        COALESCE(SUM(CASE WHEN x.difference = 'missing' THEN 1 ELSE 0 END), 0) AS missing,
        COALESCE(SUM(CASE WHEN x.difference = 'extra' THEN 1 ELSE 0 END), 0) AS extra
        FROM stocktaking_card x WHERE x.stocktaking_id = $1 AND x.place_id = $2";
    END_FIRST = "UPDATE stocktaking_box SET state = $1, first_by = $2 WHERE stocktaking_id = $3 AND place_id = $4";
    END_SECOND = "UPDATE stocktaking_box SET state = $1, second_by = $2 WHERE stocktaking_id = $3 AND place_id = $4";
    SET_STATE = "UPDATE stocktaking_box SET state = $1 WHERE stocktaking_id = $2 AND place_id = $3";
    SEEN = "SELECT COUNT(first_seen) AS first_seen, COUNT(second_seen) AS second_seen FROM stocktaking_card
        WHERE stocktaking_id = $1 AND place_id = $2";
    HAD = "SELECT expected FROM stocktaking_box WHERE stocktaking_id = $1 AND place_id = $2";
    OPEN = "SELECT COUNT(*) AS n FROM stocktaking_card
        WHERE stocktaking_id = $1 AND place_id = $2 AND difference IS NOT NULL AND reason IS NULL";
}

/// A box of a stock-taking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InBox {
    /// The stock-taking.
    pub stocktaking: StocktakingId,
    /// The box.
    pub place: PlaceId,
}

/// Why a box is not counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    /// There is no such stock-taking that is open, or no such box in it.
    #[error("there is nothing to count")]
    NotFound,
    /// It is no place whose cards are counted.
    #[error("it is no place whose cards are counted")]
    WrongPlace,
    /// Somebody else counts it.
    #[error("somebody else counts it")]
    Other(PersonId),
    /// The same person counted it the first time.
    #[error("the same person counted it the first time")]
    Same,
    /// No count of it is under way.
    #[error("no count of it is under way")]
    NotCounting(BoxState),
    /// There is no such card.
    #[error("there is no such card")]
    NoCard,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// What the scan of a card came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// It belongs here.
    Good,
    /// It was scanned in this count before.
    Before,
    /// The program has it elsewhere.
    Extra,
    /// It was missing after both counts, and is found.
    Found,
    /// The counts are over, and it is none of the missing.
    NotMissed,
}

/// A box as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How far it has come.
    pub state: BoxState,
    /// Whether it is counted a second time although it agrees.
    pub sampled: bool,
    /// Who counted it first.
    pub first: PersonId,
    /// Who counts it, or counted it, the second time.
    pub second: Option<PersonId>,
}

impl Head {
    /// Who counts it now.
    pub fn counts(&self) -> Option<PersonId> {
        match self.state.counting()? {
            Count::First => Some(self.first),
            Count::Second => self.second,
        }
    }
}

/// A box of an open stock-taking as it stands; none: its count did not begin.
pub fn head(reader: &mut Reader<'_>, of: InBox) -> Result<Option<Head>> {
    reader.row(&HEAD, bind![of.stocktaking, of.place], |row| {
        Ok(Head {
            state: row.get("state")?,
            sampled: row.get("sampled")?,
            first: row.get("first_person")?,
            second: row.get("second_person")?,
        })
    })
}

/// How many cards of a box the first and the second count have seen so far.
pub fn seen(reader: &mut Reader<'_>, of: InBox) -> Result<(u32, u32)> {
    reader.one(&SEEN, bind![of.stocktaking, of.place], |row| {
        Ok((row.get("first_seen")?, row.get("second_seen")?))
    })
}

/// How many cards were expected in a box when its count began; none before.
pub fn expected(reader: &mut Reader<'_>, of: InBox) -> Result<Option<u32>> {
    reader.row(&HAD, bind![of.stocktaking, of.place], |row| row.get("expected"))
}

/// Has the box to oneself until the end of the transaction.
pub(super) fn locked(tx: &mut Tx<'_>, of: InBox) -> Result<Head, CountError> {
    tx.execute(&LOCK, bind![of.stocktaking, of.place])?;
    head(tx, of)?.ok_or(CountError::NotFound)
}

/// Somebody begins to count a box, goes on with it, or begins its second count. `also` says that they know that somebody
/// else counts it, or that they counted it the first time themselves, and that they mean it.
pub fn begin(tx: &mut Tx<'_>, act: &Act, of: InBox, person: PersonId, also: bool) -> Result<(), CountError> {
    if !super::hold_open(tx, of.stocktaking)? {
        return Err(CountError::NotFound);
    }
    let InBox { stocktaking, place: id } = of;
    let Some(head) = head(tx, of)? else { return freeze(tx, act, of, person) };
    let count = match head.state {
        BoxState::First | BoxState::Second if head.counts() == Some(person) => return Ok(()),
        BoxState::First | BoxState::Second if !also => {
            return Err(CountError::Other(head.counts().unwrap_or(head.first)));
        }
        BoxState::Again if head.first == person && !also => return Err(CountError::Same),
        BoxState::First => Count::First,
        BoxState::Second | BoxState::Again => Count::Second,
        state @ (BoxState::Differs | BoxState::Done) => return Err(CountError::NotCounting(state)),
    };
    tx.record(act, &Entry::BoxCountTaken { stocktaking, place: id, count, person })?;
    let take = if count == Count::First { &TAKE_FIRST } else { &TAKE_SECOND };
    Ok(tx.execute_one(take, bind![person, stocktaking, id])?)
}

/// Fixes what is expected in a box.
fn freeze(tx: &mut Tx<'_>, act: &Act, of: InBox, person: PersonId) -> Result<(), CountError> {
    let InBox { stocktaking, place: id } = of;
    let site = tx.row(&SITE, bind![stocktaking], |row| row.get("site"))?.ok_or(CountError::NotFound)?;
    let found = place::find(tx, id)?.filter(|place| is_counted(place.kind) && place.site == site);
    let found = found.ok_or(CountError::WrongPlace)?;
    // Whether it is in the sample is known from the ids alone, and shown to nobody before it is counted.
    let sampled = found.kind == PlaceKind::Box && is_sampled(tx, &found, stocktaking)?;
    let cards: u32 = tx.one(&HOW_MANY, bind![id], |row| row.get("n"))?;
    let recorded = tx.record(act, &Entry::BoxFrozen { stocktaking, place: id, cards })?;
    let inserted = tx.execute(&FREEZE, bind![stocktaking, id, sampled, recorded.entry(), person])?;
    if inserted == 0 {
        // Somebody else began it at this moment: run again, and be told who.
        tx.run_again(&FREEZE);
        return Err(Error::Conflict.into());
    }
    let frozen = tx.execute(&EXPECT, bind![stocktaking, id])?;
    if frozen != u64::from(cards) {
        // A card was moved between the two statements: the journal must say what was fixed.
        tx.run_again(&EXPECT);
        return Err(Error::Conflict.into());
    }
    Ok(tx.execute_one(&EXPECTED, bind![cards, stocktaking, id])?)
}

fn is_sampled(tx: &mut Tx<'_>, of: &place::Place, stocktaking: StocktakingId) -> Result<bool> {
    let percent = super::find(tx, stocktaking)?.map_or(0, |found| found.sample);
    let boxes: Vec<PlaceId> =
        place::of_kind(tx, &of.site, PlaceKind::Box)?.into_iter().map(|place| place.id).collect();
    Ok(sample(stocktaking, &boxes, percent).contains(&of.id))
}

/// A card was scanned in a box. `scanned` is when, where it was sent later.
pub fn scan(
    tx: &mut Tx<'_>,
    act: &Act,
    of: InBox,
    person: PersonId,
    card: CardId,
    scanned: Option<Timestamp>,
) -> Result<Seen, CountError> {
    let head = locked(tx, of)?;
    let InBox { stocktaking, place } = of;
    let Some(count) = head.state.counting() else {
        if head.state == BoxState::Differs {
            return found_after(tx, act, of, card);
        }
        return Err(CountError::NotCounting(head.state));
    };
    if head.counts() != Some(person) {
        return Err(CountError::Other(head.counts().unwrap_or(head.first)));
    }
    let Some(found) = card::find(tx, card)? else { return Err(CountError::NoCard) };
    let row = tx.row(&ROW, bind![stocktaking, place, card], |row| {
        let seen = if count == Count::First { "first_seen" } else { "second_seen" };
        Ok((row.get::<Standing>("standing")?, row.get::<Option<String>>(seen)?.is_some()))
    })?;
    let standing = match row {
        Some((_, true)) => return Ok(Seen::Before),
        Some((standing, false)) => standing,
        // Put in after the freeze, by its own step; or it belongs elsewhere.
        None if found.place == place => Standing::Came,
        None => Standing::Extra,
    };
    let entry = Entry::CardCounted { stocktaking, place, card, count: Some(count), scanned };
    let recorded = tx.record(act, &entry)?;
    if row.is_none() {
        tx.execute_one(&ADD, bind![stocktaking, place, card, standing, found.steps])?;
    }
    let seen = if count == Count::First { &SEEN_FIRST } else { &SEEN_SECOND };
    tx.execute_one(seen, bind![recorded.entry(), stocktaking, place, card])?;
    Ok(if standing == Standing::Extra { Seen::Extra } else { Seen::Good })
}

/// A card that was missing after both counts was found in the box after all.
fn found_after(tx: &mut Tx<'_>, act: &Act, of: InBox, card: CardId) -> Result<Seen, CountError> {
    let InBox { stocktaking, place } = of;
    let missed = tx.row(&ROW, bind![stocktaking, place, card], |row| {
        Ok(row.get::<Option<Difference>>("difference")? == Some(Difference::Missing))
    })?;
    if missed != Some(true) {
        return Ok(Seen::NotMissed);
    }
    let entry = Entry::CardCounted { stocktaking, place, card, count: None, scanned: None };
    let recorded = tx.record(act, &entry)?;
    tx.execute_one(&FOUND, bind![Reason::Found, recorded.entry(), stocktaking, place, card])?;
    settle(tx, of)?;
    Ok(Seen::Found)
}

/// A box with differences is done as soon as each of them has its reason.
pub(super) fn settle(tx: &mut Tx<'_>, of: InBox) -> Result<()> {
    let open: u32 = tx.one(&OPEN, bind![of.stocktaking, of.place], |row| row.get("n"))?;
    if open == 0 {
        tx.execute_one(&SET_STATE, bind![BoxState::Done, of.stocktaking, of.place])?;
    }
    Ok(())
}

/// How a count of a box ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// How many cards were scanned.
    pub seen: u32,
    /// How many are missing.
    pub missing: u32,
    /// How many belong elsewhere.
    pub extra: u32,
    /// What comes next for the box.
    pub state: BoxState,
}

/// The count of a box that a person has under way ends.
pub fn end(tx: &mut Tx<'_>, act: &Act, of: InBox, person: PersonId) -> Result<Ended, CountError> {
    let head = locked(tx, of)?;
    let InBox { stocktaking, place } = of;
    let Some(count) = head.state.counting() else { return Err(CountError::NotCounting(head.state)) };
    if head.counts() != Some(person) {
        return Err(CountError::Other(head.counts().unwrap_or(head.first)));
    }
    let differ = match count {
        Count::First => &DIFFER_FIRST,
        Count::Second => {
            tx.execute(&MARK_MISSING, bind![stocktaking, place])?;
            tx.execute(&MARK_EXTRA, bind![stocktaking, place])?;
            &DIFFER_SECOND
        }
    };
    let (seen, missing, extra) = tx.one(differ, bind![stocktaking, place], |row| {
        Ok((row.get::<u32>("seen")?, row.get::<u32>("missing")?, row.get::<u32>("extra")?))
    })?;
    let agrees = missing + extra == 0;
    let state = match count {
        Count::First if !agrees || head.sampled => BoxState::Again,
        Count::Second if !agrees => BoxState::Differs,
        _ => BoxState::Done,
    };
    let recorded = tx.record(act, &Entry::BoxCounted { stocktaking, place, count, seen, missing, extra })?;
    let end = if count == Count::First { &END_FIRST } else { &END_SECOND };
    tx.execute_one(end, bind![state, recorded.entry(), stocktaking, place])?;
    Ok(Ended { seen, missing, extra, state })
}
