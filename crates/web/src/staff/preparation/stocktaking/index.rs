//! The stock-takings of the site: what this month still lacks, the one that is open, and those that were closed.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::id::OperationId;
use domain::permission::Permission;
use domain::time::{day_of, era_date};
use jiff::civil::Date;
use store::Lane;
use store::op::{Operation, once};
use store::stocktaking::{Stocktaking, StocktakingError};

use super::super::register::check::{Month as Checks, month};
use super::{INDEX, href};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Page, PageError, respond};
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};
use crate::staff::wording::moment;
use crate::staff::{Layout, Task};

/// How many of the last ones are shown: two years.
const SHOWN: u32 = 24;

/// The page.
#[derive(Template)]
#[template(path = "staff/preparation/stocktaking/index.html")]
pub(crate) struct IndexPage {
    pub(crate) layout: Layout,
    pub(crate) month: String,
    pub(crate) month_state: Month,
    /// How far the month's check against the resident register is.
    pub(crate) checks: Checks,
    pub(crate) lines: Vec<Line>,
    pub(crate) may_begin: bool,
    pub(crate) operation: OperationId,
}

impl Page for IndexPage {}

/// A stock-taking of the list.
pub(crate) struct Line {
    pub(crate) href: String,
    pub(crate) day: String,
    pub(crate) begun: String,
    pub(crate) closed: Option<String>,
}

/// How this month's stock-taking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Month {
    /// None began.
    Lacks,
    /// One is open.
    Open,
    /// One was closed.
    Done,
}

impl Month {
    /// How the month of a day stands by the last stock-takings, the newest first. One that is still open from the month
    /// before is finished first.
    pub(crate) fn of(last: &[Stocktaking], today: Date) -> Self {
        let is_now = |day: Date| (day.year(), day.month()) == (today.year(), today.month());
        match last.first() {
            Some(found) if found.closed.is_none() => Self::Open,
            Some(Stocktaking { closed: Some((at, _)), day, .. }) if is_now(*day) || is_now(day_of(*at)) => {
                Self::Done
            }
            _ => Self::Lacks,
        }
    }

    /// In a few words.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Lacks => "まだ始めていません",
            Self::Open => "途中です",
            Self::Done => "終わりました",
        }
    }
}

/// Shows the page.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let (site, today) = (app.settings.site.clone(), app.today());
    let rules = app.rules();
    let found = app.db.read(move |reader| {
        let checks = month(reader, &rules, &site, today)?;
        let last = store::stocktaking::last(reader, &site, SHOWN)?;
        Ok::<_, store::Error>((last, checks, Names::people(reader)?))
    });
    let (last, checks, names) = found.await?;
    let line = |found: &Stocktaking| Line {
        href: href(found.id),
        day: era_date(found.day),
        begun: format!("{} {}", moment(found.began), names.actor(found.begun_by)),
        closed: found.closed.map(|(at, actor)| format!("{} {}", moment(at), names.actor(actor))),
    };
    let month_state = Month::of(&last, today);
    Ok(respond(&IndexPage {
        layout: signed.layout("棚卸").within(Task::Storage),
        month: format!("{}月", today.month()),
        month_state,
        checks,
        lines: last.iter().map(line).collect(),
        may_begin: signed.may(Permission::MoveCards) && month_state != Month::Open,
        operation: app.operation(),
    }))
}

/// Begins a stock-taking.
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, "stocktaking");
    let (act, site) = (app.act(signed.actor()), app.settings.site.clone());
    let sample = u32::from(app.rules().custody(app.today()).second_count_percent);
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::stocktaking::begin(tx, &act, &site, sample))
        })
        .await;
    match done {
        Ok(id) => Ok(see_other(&href(id))),
        // Somebody else began it at this moment: it stands on the page.
        Err(StocktakingError::Open) => Ok(see_other(INDEX)),
        Err(StocktakingError::Reused(_)) => Err(field::stale()),
        Err(StocktakingError::Store(error)) => Err(error.into()),
        Err(other) => Err(PageError::internal(other)),
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{Id, StocktakingId};
    use domain::journal::Actor;
    use domain::time::instant_at;
    use jiff::civil::date;

    use super::*;

    fn taken(day: Date, closed: Option<Date>) -> Stocktaking {
        let at = |day| instant_at(day, 600);
        Stocktaking {
            id: StocktakingId::from_parts(1, 1),
            site: "honcho".parse().unwrap(),
            day,
            sample: 10,
            began: at(day),
            begun_by: Actor::System,
            closed: closed.map(|day| (at(day), Actor::System)),
        }
    }

    #[test]
    fn r5_c7_each_month_lacks_its_own_stock_taking() {
        let today = date(2026, 11, 24);
        for (last, state) in [
            (vec![], Month::Lacks),
            (vec![taken(date(2026, 10, 30), Some(date(2026, 10, 31)))], Month::Lacks),
            (vec![taken(date(2025, 11, 20), Some(date(2025, 11, 21)))], Month::Lacks),
            (vec![taken(date(2026, 11, 2), Some(date(2026, 11, 5)))], Month::Done),
            (vec![taken(date(2026, 10, 30), Some(date(2026, 11, 2)))], Month::Done),
            (vec![taken(date(2026, 10, 30), None)], Month::Open),
        ] {
            assert_eq!(Month::of(&last, today), state, "{last:?}");
        }
    }
}
