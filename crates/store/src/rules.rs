//! Rules of hours, places and deadlines: rows with validity and version, and the epoch that rises with each
//! change.
//!
//! Rows are never changed. A new set retires what it replaces, so that every past day can be explained.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::EntryId;
use domain::journal::{BusinessDay, Entry, Slot};
use domain::proposal::{self, Placed, Proposal};
use domain::rules::change::UnknownRule;
use domain::rules::{Agreed, Change, Rule, RuleError, RuleSet};
use domain::service::{Service, SiteCode};
use domain::time::{Start, day_of};
use jiff::civil::Date;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::journal::{self, Recorded, Written};
use crate::op::Reused;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, capacity, statements};

statements! { "rules":
    LIVE = "SELECT id, version, valid_from, valid_until, body, agreement FROM rule WHERE retired_by IS NULL
        ORDER BY id, version";
    RETIRE = "UPDATE rule SET retired_by = $1 WHERE retired_by IS NULL";
    INSERT = "INSERT INTO rule (id, version, valid_from, valid_until, body, agreement, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    PLACED = "SELECT id, service, site, day, start FROM reservation
        WHERE service = $1 AND site = $2 AND day = $3 AND state IN ('held', 'booked') ORDER BY start, id";
    RETIRE_ONE = "UPDATE rule SET retired_by = $1 WHERE id = $2 AND version = $3 AND retired_by IS NULL";
    LAST_VERSION = "SELECT COALESCE(MAX(version), 0) AS version FROM rule WHERE id = $1";
    CHANGES = "SELECT j.id AS id, j.seq AS seq, j.at AS at, j.day AS day, j.actor AS actor, j.data AS data,
        r.body AS remark FROM journal j LEFT JOIN remark r ON r.entry_id = j.id
        WHERE j.kind = 'rule_changed' ORDER BY j.kind DESC, j.at DESC, j.id DESC LIMIT $1";
    OF_ENTRY = "SELECT id, version, valid_from, valid_until, body, agreement, entry_id FROM rule
        WHERE entry_id = $1 OR retired_by = $1 ORDER BY id, version";
    ADVANCE = "UPDATE rule_epoch SET epoch = epoch + 1 WHERE id = 1";
}

fn rule_of(row: &Row<'_>) -> Result<Rule> {
    let body: String = row.get("body")?;
    Ok(Rule {
        id: row.get("id")?,
        version: row.get("version")?,
        valid_from: row.get("valid_from")?,
        valid_until: row.get("valid_until")?,
        body: serde_json::from_str(&body)
            .map_err(|error| Error::Broken(format!("body of a rule: {error}")))?,
        agreement: row.get("agreement")?,
    })
}

/// Loads the rules that are in force, with their epoch, from one snapshot.
pub fn load(reader: &mut Reader<'_>) -> Result<RuleSet> {
    let epoch = capacity::epoch(reader)?;
    let rules = reader.rows(&LIVE, bind![], rule_of)?;
    RuleSet::new(epoch, rules)
        .map_err(|error| Error::Broken(format!("the rules do not fit together: {error}")))
}

/// What a whole set of rules would do in place of the present one, on the days from a day until another.
pub fn propose(reader: &mut Reader<'_>, rules: &[Rule], from: Date, until: Date) -> Result<Proposal> {
    let before = load(reader)?;
    let after = RuleSet::new(before.epoch(), rules.to_vec())
        .map_err(|error| Error::Broken(format!("the rules do not fit together: {error}")))?;
    compare(reader, &before, &after, from, until)
}

fn compare(
    reader: &mut Reader<'_>,
    before: &RuleSet,
    after: &RuleSet,
    from: Date,
    until: Date,
) -> Result<Proposal> {
    let days = proposal::changes(before, after, from, until);
    // Nobody else is touched, so only the counters and the days that differ are looked at.
    let mut touched: BTreeMap<(Service, &SiteCode), BTreeSet<Date>> = BTreeMap::new();
    for BusinessDay { service, site, day } in days.iter().map(|change| &change.of) {
        touched.entry((*service, site)).or_default().insert(*day);
    }
    let mut placed = Vec::new();
    for ((service, site), days) in touched {
        let (Some(first), Some(last)) = (days.first(), days.last()) else { continue };
        let crowded = crowded(reader, after, service, site, (*first, *last))?;
        for day in crowded.into_iter().filter(|day| days.contains(day)) {
            placed.extend(placed_on(reader, service, site, day)?);
        }
    }
    Ok(Proposal::of(days, before, after, &placed))
}

/// The days on which some slot has more taken than these rules grant. Only there can a reservation be without a place,
/// so of a hundred thousand reservations only those of these days are read.
pub(crate) fn crowded(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    service: Service,
    site: &SiteCode,
    (from, until): (Date, Date),
) -> Result<Vec<Date>> {
    let taken = capacity::taken(reader, service, site, from, until)?;
    let mut days = Vec::new();
    for of_day in taken.chunk_by(|(one, ..), (other, ..)| one == other) {
        let Some((day, ..)) = of_day.first() else { continue };
        let slots: BTreeMap<Start, u16> = rules
            .slots(service, site, *day)
            .into_iter()
            .map(|(start, grant)| (start, grant.places))
            .collect();
        let over = |(_, start, taken): &(Date, Start, u32)| {
            *taken > u32::from(slots.get(start).copied().unwrap_or_default())
        };
        if of_day.iter().any(over) {
            days.push(*day);
        }
    }
    Ok(days)
}

fn placed_on(reader: &mut Reader<'_>, service: Service, site: &SiteCode, day: Date) -> Result<Vec<Placed>> {
    reader.rows(&PLACED, bind![service, site, day], |row| {
        let slot = Slot {
            service: row.get("service")?,
            site: row.get("site")?,
            day: row.get("day")?,
            start: row.get("start")?,
        };
        Ok(Placed { reservation: row.get("id")?, slot })
    })
}

/// Why a rule was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Somebody else changed the rules since they were shown.
    #[error("the rules have changed")]
    Stale,
    /// The rule or the version is not there (any more).
    #[error(transparent)]
    Unknown(#[from] UnknownRule),
    /// It would change days that are over.
    #[error("a day that is over")]
    Past,
    /// The rule could never hold, or contradicts itself.
    #[error(transparent)]
    Fault(#[from] RuleError),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// A change of one rule, told before it is made.
#[derive(Debug, Clone)]
pub struct Proposed {
    /// The epoch that it was computed for; it is made on no other.
    pub epoch: i64,
    /// What it would do.
    pub proposal: Proposal,
}

/// What a change of one rule would do, from its first day on until another.
pub fn propose_change(
    reader: &mut Reader<'_>,
    change: &Change,
    today: Date,
    until: Date,
) -> Result<Proposed, ChangeError> {
    let before = load(reader)?;
    let after = changed(reader, &before, change, today)?;
    let proposal = match change.touches_from() {
        Some(from) => compare(reader, &before, &after, from.max(today), until)?,
        None => Proposal::default(),
    };
    Ok(Proposed { epoch: before.epoch(), proposal })
}

/// The set after a change, which must leave the days before today as they were.
fn changed(
    reader: &mut Reader<'_>,
    before: &RuleSet,
    change: &Change,
    today: Date,
) -> Result<RuleSet, ChangeError> {
    if change.touches_from().is_some_and(|from| from < today) {
        return Err(ChangeError::Past);
    }
    let last: u32 = reader.one(&LAST_VERSION, bind![change.rule], |row| row.get("version"))?;
    Ok(RuleSet::new(before.epoch(), change.applied(before.rules(), last.saturating_add(1))?)?)
}

/// Changes one rule as it was proposed for an epoch; why, in a person's words.
pub fn change(
    tx: &mut Tx<'_>,
    act: &Act,
    epoch: i64,
    change: &Change,
    agreed: Agreed,
    why: &str,
) -> Result<EntryId, ChangeError> {
    // The epoch is changed first: whoever takes places holds it shared, and another who changes rules waits here.
    tx.execute_one(&ADVANCE, bind![])?;
    let before = load(tx)?;
    if before.epoch() != epoch + 1 {
        return Err(ChangeError::Stale);
    }
    let after = changed(tx, &before, change, day_of(act.at))?;
    let deed = change.deed(before.rules());
    let entry = Entry::RuleChanged { rule: change.rule, epoch: before.epoch(), deed, agreed };
    let recorded = tx.record(act, &entry)?;
    tx.remark(&recorded, why)?;
    for gone in before.rules().iter().filter(|rule| !after.rules().contains(rule)) {
        tx.execute_one(&RETIRE_ONE, bind![recorded.entry(), gone.id, gone.version])?;
    }
    for new in after.rules().iter().filter(|rule| !before.rules().contains(rule)) {
        insert(tx, &recorded, new)?;
    }
    Ok(recorded.entry())
}

/// A change that was made.
#[derive(Debug, Clone)]
pub struct Changed {
    /// What the journal says.
    pub written: Written,
    /// The epoch that began with it.
    pub epoch: i64,
    /// The versions that it retired.
    pub before: Vec<Rule>,
    /// The versions that it brought.
    pub after: Vec<Rule>,
}

/// The last changes of single rules that began an epoch after another, newest first.
pub fn changes_after(reader: &mut Reader<'_>, epoch: i64, limit: u32) -> Result<Vec<Changed>> {
    let mut changes = Vec::new();
    for written in reader.rows(&CHANGES, bind![limit], journal::written)? {
        let Entry::RuleChanged { epoch: begun, .. } = written.entry else { continue };
        if begun <= epoch {
            break;
        }
        let versions = reader.rows(&OF_ENTRY, bind![written.id], |row| {
            Ok((rule_of(row)?, row.get::<EntryId>("entry_id")? == written.id))
        })?;
        let (after, before): (Vec<_>, Vec<_>) = versions.into_iter().partition(|(_, new)| *new);
        let rules = |versions: Vec<(Rule, bool)>| versions.into_iter().map(|(rule, _)| rule).collect();
        changes.push(Changed { written, epoch: begun, before: rules(before), after: rules(after) });
    }
    Ok(changes)
}

/// Puts a whole set of rules in place of the present one. The epoch rises, so that no place is taken on the
/// old set's word.
pub fn apply(tx: &mut Tx<'_>, act: &Act, rules: &[Rule]) -> Result<EntryId> {
    RuleSet::new(0, rules.to_vec())
        .map_err(|error| Error::Broken(format!("the rules do not fit together: {error}")))?;
    // The epoch is changed first: whoever takes places holds it shared, and this waits for them.
    tx.execute_one(&ADVANCE, bind![])?;
    let epoch = capacity::epoch(tx)?;
    let count = u32::try_from(rules.len()).map_err(|_| Error::Broken("too many rules".to_owned()))?;
    let recorded = tx.record(act, &Entry::RulesApplied { epoch, rules: count })?;
    tx.execute(&RETIRE, bind![recorded.entry()])?;
    for rule in rules {
        insert(tx, &recorded, rule)?;
    }
    Ok(recorded.entry())
}

fn insert(tx: &mut Tx<'_>, recorded: &Recorded, rule: &Rule) -> Result<()> {
    let body = serde_json::to_string(&rule.body)
        .map_err(|error| Error::Broken(format!("body of a rule: {error}")))?;
    tx.execute_one(
        &INSERT,
        bind![
            rule.id,
            rule.version,
            rule.valid_from,
            rule.valid_until,
            body,
            rule.agreement,
            recorded.entry()
        ],
    )
}
