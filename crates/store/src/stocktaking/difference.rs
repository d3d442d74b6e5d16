//! The differences of a stock-taking: what is missing, what belongs elsewhere, and why.

use domain::id::{CardId, IncidentId, PlaceId, StocktakingId};
use domain::incident::Kind;
use domain::journal::{Actor, Entry};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::stocktaking::{BoxState, Difference, Reason};
use jiff::Timestamp;

use super::count::{CountError, InBox, locked, settle};
use crate::act::Act;
use crate::card;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, incident, statements};

/// The differences of a stock-taking, with what is known of each; which of them, and their order, follow.
macro_rules! differing {
    ($rest:literal) => {
        concat!(
            "SELECT x.place_id AS place_id, b.name AS box_name, x.card_id AS card_id, c.control_number AS control_number,
        x.difference AS difference, x.reason AS reason, x.first_seen AS first_seen, p.name || COALESCE('-' || c.position, '') AS place_name,
        p.kind AS place_kind, c.place_id AS now_at, j.at AS settled, j.actor AS settled_by, r.body AS remark
        FROM stocktaking_card x JOIN place b ON b.id = x.place_id JOIN card c ON c.id = x.card_id
        JOIN place p ON p.id = c.place_id LEFT JOIN journal j ON j.id = x.settled_by
        LEFT JOIN remark r ON r.entry_id = x.settled_by
        WHERE x.stocktaking_id = $1 AND x.difference IS NOT NULL ",
            $rest
        )
    };
}

statements! { "stocktaking.difference":
    ALL = differing!("ORDER BY x.place_id, x.card_id");
    OF_BOX = differing!("AND x.place_id = $2 ORDER BY x.card_id");
    ONE = "SELECT difference, reason FROM stocktaking_card WHERE stocktaking_id = $1 AND place_id = $2 AND card_id = $3
        AND difference IS NOT NULL";
    EXPLAIN = "UPDATE stocktaking_card SET reason = $1, settled_by = $2
        WHERE stocktaking_id = $3 AND place_id = $4 AND card_id = $5 AND reason IS NULL";
}

/// A card that differs after the last count of its box.
#[derive(Debug, Clone)]
pub struct Differing {
    /// In which box.
    pub place: PlaceId,
    /// The name of the box.
    pub box_name: String,
    /// Which card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// What differs.
    pub difference: Difference,
    /// Whether the first count saw it.
    pub seen_first: bool,
    /// Where the program has it now.
    pub now_at: PlaceId,
    /// The name of that place.
    pub place_name: String,
    /// What kind of place that is.
    pub place_kind: PlaceKind,
    /// Why, once it is said.
    pub reason: Option<Reason>,
    /// When that was said, and by whom.
    pub settled: Option<(Timestamp, Actor)>,
    /// What was said beside it.
    pub remark: String,
}

/// Why a difference has no reason yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// There is no such difference in an open stock-taking.
    #[error("there is no such difference")]
    NotFound,
    /// Somebody said a reason before.
    #[error("it has a reason")]
    Before,
    /// The reason is none for what differs.
    #[error("it is no reason for this")]
    NotSo,
    /// The program still has the card where it was expected, or not where the reason says.
    #[error("the records say otherwise: the card is at {0}")]
    Otherwise(String),
    /// No incident about it is open.
    #[error("no incident is open")]
    NoIncident,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<CountError> for ExplainError {
    fn from(error: CountError) -> Self {
        match error {
            CountError::Store(error) => Self::Store(error),
            // A box that cannot be held is none of an open stock-taking.
            _ => Self::NotFound,
        }
    }
}

fn differing(row: &Row<'_>) -> Result<Differing> {
    let settled: Option<Timestamp> = row.get("settled")?;
    let by: Option<Actor> = row.get("settled_by")?;
    Ok(Differing {
        place: row.get("place_id")?,
        box_name: row.get("box_name")?,
        card: row.get("card_id")?,
        control_number: card::control_number(row)?,
        difference: row.get("difference")?,
        seen_first: row.get::<Option<String>>("first_seen")?.is_some(),
        now_at: row.get("now_at")?,
        place_name: row.get("place_name")?,
        place_kind: row.get("place_kind")?,
        reason: row.get("reason")?,
        settled: settled.zip(by),
        remark: row.get::<Option<String>>("remark")?.unwrap_or_default(),
    })
}

/// The differences of a stock-taking, box by box.
pub fn all(reader: &mut Reader<'_>, id: StocktakingId) -> Result<Vec<Differing>> {
    reader.rows(&ALL, bind![id], differing)
}

/// The differences of one box.
pub fn of_box(reader: &mut Reader<'_>, of: InBox) -> Result<Vec<Differing>> {
    reader.rows(&OF_BOX, bind![of.stocktaking, of.place], differing)
}

/// A difference gets its reason. What the reason says must be true in the records: a card that was found elsewhere is
/// recorded there, one that is lost has an open incident.
pub fn explain(
    tx: &mut Tx<'_>,
    act: &Act,
    of: InBox,
    id: CardId,
    reason: Reason,
    remark: &str,
) -> Result<(), ExplainError> {
    let head = locked(tx, of)?;
    let InBox { stocktaking, place } = of;
    let found = tx.row(&ONE, bind![stocktaking, place, id], |row| {
        Ok((row.get::<Difference>("difference")?, row.get::<Option<Reason>>("reason")?))
    })?;
    let Some((difference, before)) = found else { return Err(ExplainError::NotFound) };
    if before.is_some() {
        return Err(ExplainError::Before);
    }
    if head.state != BoxState::Differs || !difference.reasons().contains(&reason) {
        return Err(ExplainError::NotSo);
    }
    let Some(card) = card::find(tx, id)? else { return Err(ExplainError::NotFound) };
    let is_here = card.place == place;
    let agrees = match reason {
        Reason::Elsewhere => !is_here && card.place_kind != PlaceKind::Missing,
        Reason::Misplaced => !is_here,
        Reason::NotNoted => is_here,
        Reason::Lost => lost(tx, id)?.is_some(),
        Reason::Found | Reason::Other => true,
    };
    if !agrees {
        return Err(if reason == Reason::Lost {
            ExplainError::NoIncident
        } else {
            ExplainError::Otherwise(card.place_name)
        });
    }
    let entry = Entry::DifferenceExplained { stocktaking, place, card: id, difference, reason };
    let recorded = tx.record(act, &entry)?;
    tx.remark(&recorded, remark)?;
    if tx.execute(&EXPLAIN, bind![reason, recorded.entry(), stocktaking, place, id])? == 0 {
        return Err(ExplainError::Before);
    }
    Ok(settle(tx, of)?)
}

/// The open incident that says that a card is searched for.
pub fn lost(reader: &mut Reader<'_>, card: CardId) -> Result<Option<IncidentId>> {
    let open = incident::open_of(reader, card)?;
    Ok(open.filter(|(_, kind)| *kind == Kind::Missing).map(|(id, _)| id))
}
