//! `madoguchi rules apply FILE`: puts a whole set of rules in place of the present one, until there is a screen.

use std::fs;
use std::path::{Path, PathBuf};

use domain::profile::ProfileRule;
use jiff::Timestamp;
use serde::Deserialize;
use store::{Db, Lane};
use web::kit::clock::Chance;

use crate::first_start::{Seeding, rules_of};

/// A file with rules, written as in a profile.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    #[serde(rename = "rule")]
    rules: Vec<ProfileRule>,
}

/// The rules were not applied.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {why}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{path}: {what}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        what: String,
    },
    /// The store, which also refuses rules that do not fit together.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Applies the file and answers how many rules it has. Running nodes notice by the epoch.
pub fn apply(db: &Db, path: &Path, now: Timestamp, chance: &dyn Chance) -> Result<usize, RulesError> {
    let text =
        fs::read_to_string(path).map_err(|why| RulesError::Unreadable { path: path.to_owned(), why })?;
    let file: RuleFile = toml::from_str(&text)
        .map_err(|error| RulesError::Malformed { path: path.to_owned(), what: error.to_string() })?;
    let rules = rules_of(file.rules, now, chance);
    let (count, act) = (rules.len(), Seeding { db, now, chance }.act());
    db.write_now(Lane::Staff, move |tx| store::rules::apply(tx, &act, &rules))?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use web::kit::clock::SeededChance;

    use super::*;

    #[test]
    fn r7_rules_are_applied_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::sqlite(&folder.path().join("db")).unwrap();
        let file = folder.path().join("rules.toml");
        let profile = include_str!("../../../profiles/suita.toml");
        let first = profile.find("# --- 履行場所").unwrap();
        let now = "2026-11-24T00:00:00Z".parse().unwrap();
        let run = |text: &str| {
            fs::write(&file, text).unwrap();
            apply(&db, &file, now, &SeededChance::new(1))
        };
        let count = run(&profile[first..]).unwrap();
        let loaded = db.read_now(store::rules::load).unwrap();
        assert_eq!((loaded.rules().len(), loaded.epoch()), (count, 1));
        let backwards = profile[first..].replacen("closes = \"17:30\"", "closes = \"8:00\"", 1);
        assert!(run(&backwards).unwrap_err().to_string().contains("do not fit"));
        assert!(matches!(run("[[rules]]"), Err(RulesError::Malformed { .. })));
        assert_eq!(db.read_now(store::rules::load).unwrap().epoch(), 1);
    }
}
