//! 用品の在庫: letters, envelopes, 目隠しシール and other kinds; what is left of each, when it runs out, and what came and
//! was counted. Use is computed from the letters, never typed.
//!
//! Only counts stand here, and who of the staff recorded them, so looking at it is no view of anybody's records.

pub(super) mod add;
pub(super) mod change;
pub(super) mod count;
pub(super) mod deliver;
pub(super) mod end;
pub(crate) mod list;
pub(super) mod setting;
pub(super) mod show;

use domain::rules::RuleSet;
use domain::service::SiteCode;
use domain::supply::{Forecast, window_begins};
use jiff::civil::Date;
use store::Reader;
use store::supply::{Supply, SupplyError};

use crate::kit::PageError;
use crate::staff::field;

/// The page.
pub(crate) const INDEX: &str = "/supplies";

/// The kinds of a site with what is foreseen of each, in one statement.
pub(crate) fn foreseen(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    site: &SiteCode,
    today: Date,
) -> Result<Vec<(Supply, Forecast)>, store::Error> {
    let known = store::supply::known(reader, site, (window_begins(rules, site, today), today))?;
    let foresee = |supply: Supply| {
        let forecast = Forecast::of(rules, site, today, &supply.setting, &supply.known);
        (supply, forecast)
    };
    Ok(known.into_iter().map(foresee).collect())
}

/// What remains of the errors once their form has its sentences.
fn failed(error: SupplyError) -> PageError {
    match error {
        SupplyError::Store(error) => error.into(),
        SupplyError::NotFound => PageError::NotFound,
        SupplyError::Stale | SupplyError::Reused(_) => field::stale(),
        other => PageError::internal(other),
    }
}
