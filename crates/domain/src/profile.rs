//! A city's profile: what is seeded once from `profiles/<city>.toml` and then lives as rows with validity.
//!
//! Deployment (listeners, keys, paths) does not belong here; nor does anything secret. Unknown keys are errors.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::consignment::{
    AddedKind, ApplicationMethod, Column, ColumnMapping, NoticeNumberLayout, PostBlockCode,
};
use crate::rules::{RuleBody, RuleFault};
use crate::service::SiteCode;
use crate::storage::Order;

/// A city's profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The city.
    pub city: City,
    /// The city's decisions on optional personal data.
    pub ledger: Ledger,
    /// How numbers of the 交付通知書 look.
    pub notice_number: NoticeNumberSettings,
    /// How カード発行一覧表 is read.
    pub consignment: ConsignmentSettings,
    /// How cards are stored.
    #[serde(default)]
    pub storage: StorageSettings,
    /// The rules.
    #[serde(rename = "rule")]
    rules: Vec<ProfileRule>,
}

/// The city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct City {
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
}

/// The ledger of optional personal data, as far as a profile can decide it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// May the number of the 交付通知書 be kept as the shared reference?
    pub notice_number: LedgerEntry,
}

/// One decision of the city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerEntry {
    /// What was decided.
    pub decision: Decision,
    /// Who decided for the city.
    pub by: String,
    /// On which day.
    pub on: Date,
}

/// What the city decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It may be kept.
    Agreed,
    /// It must not be kept.
    Refused,
}

/// How numbers of the 交付通知書 look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeNumberSettings {
    /// The layout.
    pub layout: NoticeNumberLayout,
}

/// How カード発行一覧表 is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsignmentSettings {
    /// The columns that mean something.
    pub columns: Vec<Column>,
    /// The city's own postal blocks.
    pub post_blocks: Vec<PostBlockCode>,
    /// Months of validity that count as short.
    pub short_validity_months: u8,
    /// Pieces of one 郵便区 and one weight from which they can go as 郵便区内特別郵便物 (Japan Post's conditions).
    #[serde(default = "post_minimum")]
    pub post_minimum: u32,
    /// Application kinds beyond the five of the specification, such as 国外 and 特急.
    #[serde(default)]
    pub kinds: Vec<AddedKind>,
}

/// What Japan Post asks for today.
fn post_minimum() -> u32 {
    100
}

/// How cards are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageSettings {
    /// In which order cards lie in the boxes.
    pub order: Order,
}

impl Default for StorageSettings {
    fn default() -> Self {
        Self { order: Order::ControlNumber }
    }
}

/// A rule to be seeded; the store gives it its id and version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileRule {
    /// The first day of validity.
    pub valid_from: Date,
    /// The last day of validity; none: until further notice.
    #[serde(default)]
    pub valid_until: Option<Date>,
    /// The agreement that it rests on; none: an assumption, to be agreed with the city.
    #[serde(default)]
    pub agreement: Option<String>,
    /// What it says.
    pub body: RuleBody,
}

/// A profile cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// A rule is wrong; counted from 1 in the order of the file.
    #[error("rule {at}: {fault}")]
    Rule {
        /// Which rule.
        at: usize,
        /// What is wrong.
        fault: RuleFault,
    },
    /// A rule speaks of a site that no rule describes.
    #[error("rule {at} speaks of the site {site}, which no rule describes")]
    UnknownSite {
        /// Which rule.
        at: usize,
        /// The site.
        site: SiteCode,
    },
    /// An application kind is added twice, or it is one of the specification's own, whose way is given.
    #[error("the application kind {0} cannot be added")]
    Kind(ApplicationMethod),
    /// The ledger does not say who decided.
    #[error("the ledger does not say who decided about the notice number")]
    NobodyDecided,
}

impl Profile {
    /// The rules to seed, in the order of the file, once the whole profile is found sound.
    pub fn rules(&self) -> Result<Vec<ProfileRule>, ProfileError> {
        if self.ledger.notice_number.by.trim().is_empty() {
            return Err(ProfileError::NobodyDecided);
        }
        for (at, kind) in self.consignment.kinds.iter().enumerate() {
            let twice = self.consignment.kinds[..at].iter().any(|other| other.method == kind.method);
            if twice || kind.method.own_way().is_some() {
                return Err(ProfileError::Kind(kind.method));
            }
        }
        let sites: Vec<&SiteCode> = self
            .rules
            .iter()
            .filter_map(|rule| if let RuleBody::Site(site) = &rule.body { Some(&site.code) } else { None })
            .collect();
        for (at, rule) in (1..).zip(&self.rules) {
            if rule.valid_until.is_some_and(|until| until < rule.valid_from) {
                return Err(ProfileError::Rule { at, fault: RuleFault::NeverValid });
            }
            rule.body.check().map_err(|fault| ProfileError::Rule { at, fault })?;
            if let Some(site) = rule.body.site().filter(|site| !sites.contains(site)) {
                return Err(ProfileError::UnknownSite { at, site: site.clone() });
            }
        }
        Ok(self.rules.clone())
    }

    /// How a list of a date is read. Where the city refused the notice number, its column is dropped.
    pub fn column_mapping(&self, list_date: Date) -> ColumnMapping {
        let agreed = self.ledger.notice_number.decision == Decision::Agreed;
        ColumnMapping {
            columns: self.consignment.columns.clone(),
            notice_layout: agreed.then(|| self.notice_number.layout.clone()),
            post_blocks: self.consignment.post_blocks.clone(),
            kinds: self.consignment.kinds.clone(),
            short_validity_months: self.consignment.short_validity_months,
            list_date,
        }
    }
}

#[cfg(test)]
#[path = "profile_tests.rs"]
mod tests;
