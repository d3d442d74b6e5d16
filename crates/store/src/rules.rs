//! Rules of hours, places and deadlines: rows with validity and version, and the epoch that rises with each
//! change.
//!
//! Rows are never changed. A new set retires what it replaces, so that every past day can be explained.

use domain::id::{EntryId, RuleId};
use domain::journal::Entry;
use domain::rules::{Rule, RuleSet};

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
