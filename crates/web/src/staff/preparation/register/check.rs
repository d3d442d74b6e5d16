//! Today's portion of the cards that are looked up in the resident register: the first of them is asked for, one key says
//! what was found, and the next one comes.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::id::{CardId, OperationId};
use domain::journal::Subject;
use domain::permission::Permission;
use domain::register_check::{Finding, portion};
use domain::rules::RuleSet;
use domain::service::SiteCode;
use domain::time::{era_date, month_day_ja};
use jiff::civil::Date;
use serde::Deserialize;
use store::card::StepError;
use store::journal::View;
use store::op::{Operation, Reused, once};
use store::register_check::{Counts, Due};
use store::{Lane, Reader};

use super::CHECKS;
use super::export::{LISTING, cells};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Page, PageError, respond};
use crate::staff::account::words::Names;
use crate::staff::counter::{SERVICE, route};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};
use crate::staff::listing::{Arranged, Line as Listed, Table};
use crate::staff::wording::{control, list_line};
use crate::staff::{Layout, Task};

/// Which card.
const CARD: &str = "card";
/// What was found.
const FINDING: &str = "finding";

/// How many of today's cards are shown after the first one.
const SHOWN: u32 = 20;

/// The page.
#[derive(Template)]
#[template(path = "staff/preparation/register/check.html")]
pub(crate) struct CheckPage {
    pub(crate) layout: Layout,
    pub(crate) month: Month,
    /// The card that is looked up now.
    pub(crate) card: Option<Line>,
    /// Those that come next.
    pub(crate) next: Vec<Line>,
    /// The one that was just said, and what; to be said again where a finger slipped.
    pub(crate) last: Option<(Line, &'static str)>,
    pub(crate) may_check: bool,
    pub(crate) found: Table,
    pub(crate) operation: OperationId,
    pub(crate) again: OperationId,
}

impl Page for CheckPage {}

/// A card of the portion.
pub(crate) struct Line {
    pub(crate) card: CardId,
    pub(crate) href: String,
    pub(crate) control: String,
    pub(crate) list: String,
    pub(crate) place: String,
    pub(crate) before: String,
}

/// How far the month is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Month {
    /// How many cards are looked up each month.
    pub(crate) cards: u32,
    /// How many were this month.
    pub(crate) done: u32,
    /// How many are left of today's portion.
    pub(crate) today: u32,
}

impl Month {
    /// From the counts, with the days on which the counter is open until the end of the month.
    pub(crate) fn of(counts: Counts, rules: &RuleSet, site: &SiteCode, today: Date) -> Self {
        let rest = std::iter::successors(Some(today), |day| day.tomorrow().ok());
        let rest = rest.take_while(|day| *day <= today.last_of_month());
        let days = rest.filter(|day| rules.is_open(SERVICE, site, *day)).map(|_| 1_u32).sum();
        let left = counts.cards.saturating_sub(counts.done);
        let today = portion(left + counts.today, days).saturating_sub(counts.today);
        Self { cards: counts.cards, done: counts.done, today: today.min(left) }
    }
}

/// How far the month is, from the database.
pub(crate) fn month(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    site: &SiteCode,
    today: Date,
) -> Result<Month, store::Error> {
    let counts = store::register_check::counts(reader, site, today.first_of_month(), today)?;
    Ok(Month::of(counts, rules, site, today))
}

/// The card that was just said, in the address.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    last: Option<CardId>,
}

fn line(card: &Due) -> Line {
    Line {
        card: card.card,
        href: route::card(card.card),
        control: control(card.control_number),
        list: list_line(card.list_date, card.line),
        place: card.place_name.clone(),
        before: card.checked_on.map_or_else(|| "まだ確認していません".to_owned(), month_day_ja),
    }
}

/// The card that was just said.
fn said(
    reader: &mut Reader<'_>,
    id: CardId,
    today: Date,
) -> Result<Option<(Line, &'static str)>, store::Error> {
    let Some((on, finding)) = store::register_check::of_card(reader, id)?.filter(|(on, _)| *on == today)
    else {
        return Ok(None);
    };
    let Some(card) = store::card::find(reader, id)? else { return Ok(None) };
    let line = Line {
        card: id,
        href: route::card(id),
        control: control(card.control_number),
        list: list_line(card.list_date, card.line),
        place: card.place_name,
        before: month_day_ja(on),
    };
    Ok(Some((line, finding.label())))
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (site, today, rules) = (app.settings.site.clone(), app.today(), app.rules());
    let read = move |reader: &mut Reader<'_>| {
        let month = month(reader, &rules, &site, today)?;
        let due = store::register_check::due(reader, &site, today.first_of_month(), month.today.min(SHOWN))?;
        let found = store::register_check::found(reader, &site)?;
        let last = match asked.last {
            Some(id) => said(reader, id, today)?,
            None => None,
        };
        Ok::<_, store::Error>((month, due, found, last, Names::people(reader)?))
    };
    let (month, due, found, last, names) = app.db.read(read).await?;
    let mut subjects: Vec<Subject> = due.iter().map(|card| Subject::Card(card.card)).collect();
    subjects.extend(found.iter().map(|card| Subject::Card(card.card)));
    subjects.extend(last.iter().map(|(line, _)| Subject::Card(line.card)));
    let shown = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    let asked = era_date(today);
    signed.viewed(&app, View { screen: "register_checks", asked, subjects, found: shown }).await?;
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    let may_check = signed.may(Permission::InspectCards);
    let mut lines = due.iter().map(line);
    let row = |card: &store::register_check::Found| Listed::new(route::card(card.card), cells(&names, card));
    Ok(respond(&CheckPage {
        layout: signed.layout("住民記録との突合").within(Task::Storage),
        month,
        card: lines.next(),
        next: lines.collect(),
        last,
        may_check,
        found: Table::new(&arranged, found.iter().map(row).collect()),
        operation: app.operation(),
        again: app.operation(),
    }))
}

/// Why nothing was written down.
#[derive(Debug)]
enum Refused {
    Step(StepError),
    Reused,
}

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Self {
        Self::Step(error.into())
    }
}

impl From<Reused> for Refused {
    fn from(_: Reused) -> Self {
        Self::Reused
    }
}

/// Writes down what the register says of a card.
pub(crate) async fn record(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[OPERATION, CARD, FINDING])?;
    let (operation, card) = (field::operation(&form)?, form.typed(CARD).parse::<CardId>());
    let (Ok(card), Ok(finding)) = (card, form.typed(FINDING).parse::<Finding>()) else {
        return Err(PageError::BadRequest);
    };
    let operation = Operation::new(operation, &format!("register check {card} {finding}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::register_check::record(tx, &act, card, finding).map_err(Refused::Step)
            })
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&format!("{CHECKS}?last={card}"))),
        Err(Refused::Step(StepError::Store(error))) => Err(error.into()),
        Err(Refused::Step(StepError::NoCard)) => Err(PageError::NotFound),
        Err(Refused::Step(_)) => Err(PageError::Conflict(
            "このカードは、ほかの人が先に動かしたか、交付または終了しています。画面を開き直してください。"
                .to_owned(),
        )),
        Err(Refused::Reused) => Err(field::stale()),
    }
}

#[cfg(test)]
mod tests {
    use domain::profile::Profile;
    use domain::rules::Rule;
    use jiff::civil::date;

    use super::*;

    fn rules() -> RuleSet {
        let profile: Profile = toml::from_str(include_str!("../../../../../../profiles/suita.toml")).unwrap();
        let rule = |(n, rule): (u128, domain::profile::ProfileRule)| Rule {
            id: domain::id::Id::from_parts(1, n),
            version: 1,
            valid_from: rule.valid_from,
            valid_until: rule.valid_until,
            body: rule.body,
            agreement: rule.agreement,
        };
        RuleSet::new(0, (1..).zip(profile.rules().unwrap()).map(rule).collect()).unwrap()
    }

    #[test]
    fn r5_c7_a_portion_is_for_the_open_days_that_are_left() {
        let (rules, site) = (rules(), "honcho".parse().unwrap());
        let of = |counts, day| Month::of(counts, &rules, &site, day).today;
        let counts = |cards, done, today| Counts { cards, done, today };
        // Monday, 2 November 2026: nineteen working days without the holidays, and two Saturdays.
        assert_eq!(of(counts(2_100, 0, 0), date(2026, 11, 2)), 100);
        assert_eq!(of(counts(2_100, 40, 40), date(2026, 11, 2)), 60);
        assert_eq!(of(counts(2_100, 130, 130), date(2026, 11, 2)), 0);
        // On the last day all that is left is due.
        assert_eq!(of(counts(2_100, 2_000, 10), date(2026, 11, 30)), 100);
        assert_eq!(of(counts(0, 0, 0), date(2026, 11, 30)), 0);
    }
}
