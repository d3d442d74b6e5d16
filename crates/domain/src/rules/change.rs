//! One change of one rule by a person: a new rule, one that says something else from a day on, one that ends, one that
//! the city agreed to afterwards.
//!
//! A change gives the whole set as it would be, so what is proposed and what is done come from the same function.
//! Versions are never altered: a version that shall end sooner is followed by one that does.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Rule, RuleBody};
use crate::codes;
use crate::id::RuleId;

/// A change of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which rule.
    pub rule: RuleId,
    /// What becomes of it.
    pub what: What,
    /// The agreement with the city; none: not agreed yet, or the one that stands there already.
    pub agreement: Option<String>,
}

/// What becomes of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It says this from a day on; whatever it said for later days is gone. A rule that is not there yet is new.
    Say {
        /// What it says.
        body: Box<RuleBody>,
        /// From which day on.
        from: Date,
        /// Until which day; none: until further notice.
        until: Option<Date>,
    },
    /// It holds on this day for the last time.
    End {
        /// The day.
        last: Date,
    },
    /// The city agreed to a version after it was made.
    Agree {
        /// Which version.
        version: u32,
    },
}

codes! {
    /// What became of a rule, for the journal.
    pub enum Deed {
        /// A new rule.
        New = "new",
        /// It says something else.
        Changed = "changed",
        /// It ends.
        Ended = "ended",
        /// The city agreed afterwards.
        Agreed = "agreed",
    }
}

codes! {
    /// How the city's agreement to a change was recorded.
    pub enum Agreed {
        /// A person of the city made the change with their own account.
        Account = "account",
        /// The name of the city's person and when they agreed were written down.
        Told = "told",
        /// Not yet: an emergency. It is recorded afterwards.
        Later = "later",
    }
}

/// The rule or its version is not there (any more).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such rule")]
pub struct UnknownRule;

impl Change {
    /// What the change is called in the journal.
    pub fn deed(&self, rules: &[Rule]) -> Deed {
        match self.what {
            What::Say { .. } if rules.iter().any(|rule| rule.id == self.rule) => Deed::Changed,
            What::Say { .. } => Deed::New,
            What::End { .. } => Deed::Ended,
            What::Agree { .. } => Deed::Agreed,
        }
    }

    /// The first day that may be different because of the change; none: no day is.
    pub fn touches_from(&self) -> Option<Date> {
        match self.what {
            What::Say { from, .. } => Some(from),
            What::End { last } => last.tomorrow().ok(),
            What::Agree { .. } => None,
        }
    }

    /// The whole set after the change. `next` is the first version number of the rule that was never used.
    pub fn applied(&self, rules: &[Rule], next: u32) -> Result<Vec<Rule>, UnknownRule> {
        let (own, mut all): (Vec<&Rule>, Vec<&Rule>) = rules.iter().partition(|rule| rule.id == self.rule);
        let mut made: Vec<Rule> = Vec::new();
        match &self.what {
            What::Say { body, from, until } => {
                // A day before which there is none is before every rule.
                end_after(&own, from.yesterday().ok(), next, &mut all, &mut made);
                made.push(Rule {
                    id: self.rule,
                    version: following(next, &made),
                    valid_from: *from,
                    valid_until: *until,
                    body: (**body).clone(),
                    agreement: self.agreement.clone(),
                });
            }
            What::End { last } => {
                if own.is_empty() {
                    return Err(UnknownRule);
                }
                end_after(&own, Some(*last), next, &mut all, &mut made);
                for rule in &mut made {
                    rule.agreement = self.agreement.clone().or_else(|| rule.agreement.take());
                }
            }
            What::Agree { version } => {
                let agreed = own.iter().find(|rule| rule.version == *version).ok_or(UnknownRule)?;
                // Where it has several versions the highest counts: those above follow in their order.
                let mut above: Vec<&Rule> =
                    own.iter().copied().filter(|rule| rule.version > *version).collect();
                above.sort_by_key(|rule| rule.version);
                all.extend(own.iter().filter(|rule| rule.version < *version));
                made.push(Rule { version: next, agreement: self.agreement.clone(), ..(*agreed).clone() });
                for rule in above {
                    made.push(Rule { version: following(next, &made), ..rule.clone() });
                }
            }
        }
        Ok(all.into_iter().cloned().chain(made).collect())
    }
}

/// Versions that end by the day stay, those that reach beyond it are followed by shorter ones, later ones are gone.
fn end_after<'a>(
    own: &[&'a Rule],
    last: Option<Date>,
    next: u32,
    stay: &mut Vec<&'a Rule>,
    made: &mut Vec<Rule>,
) {
    let Some(last) = last else { return };
    let mut own = own.to_vec();
    own.sort_by_key(|rule| rule.version);
    // One that is followed gets a number above all that stay: those above it must follow too, or it would be
    // higher than they are.
    let first_cut = own.iter().find(|rule| reaches_beyond(rule, last)).map(|rule| rule.version);
    for rule in own {
        if rule.valid_from > last {
            continue;
        }
        if first_cut.is_none_or(|cut| rule.version < cut) {
            stay.push(rule);
            continue;
        }
        let valid_until = Some(rule.valid_until.map_or(last, |until| until.min(last)));
        made.push(Rule { version: following(next, made), valid_until, ..rule.clone() });
    }
}

fn reaches_beyond(rule: &Rule, last: Date) -> bool {
    rule.valid_from <= last && rule.valid_until.is_none_or(|until| until > last)
}

/// The number after those that were made.
fn following(next: u32, made: &[Rule]) -> u32 {
    next.saturating_add(u32::try_from(made.len()).unwrap_or(u32::MAX))
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
