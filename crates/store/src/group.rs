//! 仕分け: the group into which a card is sorted when its last pass is done, by the rule in `domain::group` or by hand,
//! and the cards that wait in each group to go to the city.

use domain::card::{Finding, Pass};
use domain::consignment::{ApplicationMethod, Way};
use domain::group::{Facts, Group};
use domain::id::{CardId, ConsignmentId};
use domain::journal::Entry;
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::service::SiteCode;
use jiff::civil::Date;

use crate::act::Act;
use crate::card::{self, Card, StepError};
use crate::error::Result;
use crate::journal::Recorded;
use crate::tx::{Reader, Tx};
use crate::{bind, statements};

statements! { "group":
    SORT = "UPDATE card SET sorted_into = $1, sorted_by_rule = $1 WHERE id = $2";
    SORT_BY_HAND = "UPDATE card SET sorted_into = $1 WHERE id = $2 AND sorted_into IS NOT NULL";
    UNSORT = "UPDATE card SET sorted_into = NULL, sorted_by_rule = NULL WHERE id = $1";
    WAITING = "SELECT c.id AS id, COALESCE(c.list_line, c.line) AS line, c.control_number AS control_number,
        c.method AS method, c.sorted_by_rule AS by_rule, COALESCE(c.list_date, s.list_date) AS list_date
        FROM card c JOIN consignment s ON s.id = c.consignment_id JOIN place p ON p.id = c.place_id
        WHERE c.sorted_into = $1 AND c.progress IN ('listed', 'inspected') AND s.site = $2 AND s.state = 'taken'
        AND p.kind = 'desk' ORDER BY c.id LIMIT $3";
    COUNTS = "SELECT c.consignment_id AS consignment, c.sorted_into AS sorted_into, COUNT(*) AS n
        FROM card c JOIN consignment s ON s.id = c.consignment_id JOIN place p ON p.id = c.place_id
        WHERE c.sorted_into IS NOT NULL AND c.progress IN ('listed', 'inspected') AND s.site = $1
        AND s.state = 'taken' AND p.kind = 'desk'
        GROUP BY c.consignment_id, c.sorted_into ORDER BY c.consignment_id, c.sorted_into";
}

/// Cards of one batch at most; more go in the next.
pub const MOST: u32 = 500;

/// A card that waits in a group.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The card.
    pub id: CardId,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// 申請方式.
    pub method: ApplicationMethod,
    /// Whether a person put it there.
    pub by_hand: bool,
}

/// How many cards of a consignment wait in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// The consignment.
    pub consignment: ConsignmentId,
    /// The group.
    pub group: Group,
    /// How many.
    pub cards: u32,
}

/// Why a card was not sorted by hand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SortError {
    /// There is no such card, or it is not sorted: a pass is to be done, or it has gone on.
    #[error("the card is not sorted here")]
    NotHere,
    /// A question that was found would be taken away.
    #[error("a card of {0} cannot be put there by hand")]
    Question(Group),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] crate::Error),
}

/// What the rule knows of a card.
fn facts<'a>(card: &Card, findings: &'a [(Pass, Finding)]) -> Facts<'a> {
    Facts { method: card.method, way: card.way, findings, short_validity: card.short_validity }
}

/// Sorts a card by rule, where its passes are done. Called with every finding.
pub(crate) fn by_rule(
    tx: &mut Tx<'_>,
    _recorded: &Recorded,
    card: &Card,
    findings: &[(Pass, Finding)],
) -> Result<()> {
    let Some(group) = Group::of(&facts(card, findings)) else { return Ok(()) };
    tx.execute_one(&SORT, bind![group, card.id])
}

/// The city cleared a card: it goes on as it was applied for.
pub(crate) fn cleared(
    tx: &mut Tx<'_>,
    _recorded: &Recorded,
    id: CardId,
    method: ApplicationMethod,
    way: Way,
) -> Result<()> {
    tx.execute_one(&SORT, bind![Group::of_method(method, way), id])
}

/// A finding was taken back: the card is not sorted any more.
pub(crate) fn undo(tx: &mut Tx<'_>, _recorded: &Recorded, id: CardId) -> Result<()> {
    tx.execute_one(&UNSORT, bind![id])
}

/// Whether a card waits in a group here: it can be sorted by hand and be transferred.
pub fn waits(card: &Card) -> bool {
    use domain::card::Stage::{Inspected, Listed};
    card.sorted_into.is_some()
        && matches!(card.stage, Listed | Inspected)
        && card.place_kind == PlaceKind::Desk
}

/// The groups into which a person may put a card as it is now, the present one among them; none where it does not wait.
pub fn choices(card: &Card) -> Vec<Group> {
    let Some(from) = card.sorted_by_rule.filter(|_| waits(card)) else { return Vec::new() };
    Group::ALL.iter().copied().filter(|group| from.may_become(*group)).collect()
}

/// A person who knows more puts a card into a group.
pub fn by_hand(tx: &mut Tx<'_>, act: &Act, id: CardId, wanted: Group) -> Result<(), SortError> {
    let card = card::held(tx, id)?.filter(waits).ok_or(SortError::NotHere)?;
    let from = card.sorted_by_rule.ok_or(SortError::NotHere)?;
    if !from.may_become(wanted) {
        return Err(SortError::Question(from));
    }
    if card.sorted_into == Some(wanted) {
        return Ok(());
    }
    tx.record(act, &Entry::CardSorted { card: id, group: wanted })?;
    Ok(tx.execute_one(&SORT_BY_HAND, bind![wanted, id])?)
}

/// The cards that wait in a group on a site's desk, in list order, no more than one batch takes.
pub fn waiting(reader: &mut Reader<'_>, site: &SiteCode, group: Group) -> Result<Vec<Waiting>> {
    reader.rows(&WAITING, bind![group, site, MOST], |row| {
        Ok(Waiting {
            by_hand: row.get::<Option<Group>>("by_rule")? != Some(group),
            id: row.get("id")?,
            line: row.get("line")?,
            list_date: row.get("list_date")?,
            control_number: card::control_number(row)?,
            method: row.get("method")?,
        })
    })
}

/// How many cards wait on a site's desk, by consignment and group.
pub fn counts(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Ready>> {
    reader.rows(&COUNTS, bind![site], |row| {
        Ok(Ready {
            consignment: row.get("consignment")?,
            group: row.get("sorted_into")?,
            cards: row.get("n")?,
        })
    })
}

/// The finding can be taken back only while the card lies here: what went to the city went with it.
pub(crate) fn is_here(card: &Card) -> Result<(), StepError> {
    let (from, to) = (card.place_kind, PlaceKind::Desk);
    if from == to { Ok(()) } else { Err(StepError::WrongPlace { from, to }) }
}
