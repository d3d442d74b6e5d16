//! Rules of hours, places and deadlines: rows with validity and version, and the epoch that rises with each
//! change.
//!
//! Rows are never changed. A new set retires what it replaces, so that every past day can be explained.

use std::collections::BTreeSet;

use domain::id::{EntryId, RuleId};
use domain::journal::{Entry, Slot};
use domain::proposal::{Placed, Proposal};
use domain::rules::{Rule, RuleBody, RuleSet};
use domain::service::{Service, SiteCode};
use jiff::civil::Date;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::{bind, capacity, statements};

statements! { "rules":
    LIVE = "SELECT id, version, valid_from, valid_until, body, agreement FROM rule WHERE retired_by IS NULL
        ORDER BY id, version";
    RETIRE = "UPDATE rule SET retired_by = $1 WHERE retired_by IS NULL";
    INSERT = "INSERT INTO rule (id, version, valid_from, valid_until, body, agreement, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    PLACED = "SELECT id, service, site, day, start FROM reservation
        WHERE service = $1 AND site = $2 AND day >= $3 AND day <= $4 AND state IN ('held', 'booked')
        ORDER BY day, start, id";
    ADVANCE = "UPDATE rule_epoch SET epoch = epoch + 1 WHERE id = 1";
}

/// Loads the rules that are in force, with their epoch, from one snapshot.
pub fn load(reader: &mut Reader<'_>) -> Result<RuleSet> {
    let epoch = capacity::epoch(reader)?;
    let rules = reader.rows(&LIVE, bind![], |row| {
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
    })?;
    RuleSet::new(epoch, rules)
        .map_err(|error| Error::Broken(format!("the rules do not fit together: {error}")))
}

/// What a whole set of rules would do in place of the present one, on the days from a day until another.
pub fn propose(reader: &mut Reader<'_>, rules: &[Rule], from: Date, until: Date) -> Result<Proposal> {
    let before = load(reader)?;
    let after = RuleSet::new(before.epoch(), rules.to_vec())
        .map_err(|error| Error::Broken(format!("the rules do not fit together: {error}")))?;
    // A site that the new rules do not know any more still has its reservations.
    let of_site = |rule: &Rule| match &rule.body {
        RuleBody::Site(site) => Some(site.code.clone()),
        _ => None,
    };
    let sites: BTreeSet<SiteCode> = before.rules().iter().filter_map(of_site).collect();
    let mut placed = Vec::new();
    for service in Service::ALL {
        for site in &sites {
            placed.extend(reader.rows(&PLACED, bind![service, site, from, until], |row| {
                let slot = Slot {
                    service: row.get("service")?,
                    site: row.get("site")?,
                    day: row.get("day")?,
                    start: row.get("start")?,
                };
                Ok(Placed { reservation: row.get("id")?, slot })
            })?);
        }
    }
    Ok(Proposal::between(&before, &after, from, until, &placed))
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
        let body = serde_json::to_string(&rule.body)
            .map_err(|error| Error::Broken(format!("body of a rule: {error}")))?;
        let id: RuleId = rule.id;
        tx.execute_one(
            &INSERT,
            bind![
                id,
                rule.version,
                rule.valid_from,
                rule.valid_until,
                body,
                rule.agreement,
                recorded.entry()
            ],
        )?;
    }
    Ok(recorded.entry())
}
