//! A month of slots at once: how many places each day and hour has and how many are taken, as a heat map by the hour
//! and as a table of every ten-minute start. Shades only repeat what the numbers and marks say.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::capacity::{Closure, Opening};
use domain::id::OperationId;
use domain::rules::RuleSet;
use domain::service::{Service, SiteCode};
use domain::time::{SLOT_MINUTES, Start, era_year, month_day_ja};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use super::{SlotsOf, frame};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;
use crate::staff::wording;

/// The first minute of the hour of a start.
const HOUR: u16 = 60;

/// How many are taken of the slots of some days, as the store tells it.
pub(in super::super) type Taken = BTreeMap<(Date, Start), u32>;

/// Some slots together: those of an hour, or one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    places: u32,
    taken: u32,
    /// How many are taken beyond the places of their own slot.
    beyond: u32,
    reduced: bool,
    slots: u32,
}

impl Sum {
    /// How full it is, from 0 (no places) over 1 (empty) to 5 (full) and 6 (more taken than granted).
    fn level(self) -> u8 {
        match (self.places, self.taken) {
            _ if self.beyond > 0 => 6,
            (0, _) => 0,
            (_, 0) => 1,
            (places, taken) if taken >= places => 5,
            (places, taken) if taken * 5 >= places * 4 => 4,
            (places, taken) if taken * 2 >= places => 3,
            _ => 2,
        }
    }

    fn mark(self) -> &'static str {
        match self.level() {
            0 => "－",
            1 => "○",
            2 => "◔",
            3 => "◑",
            4 => "◕",
            5 => "●",
            _ => "▲",
        }
    }
}

/// A cell of the map or the table.
struct Cell {
    /// The part of the day's page that explains it.
    anchor: String,
    /// From when until when it is, for who picks it.
    from: String,
    until: String,
    sum: Sum,
}

/// A day.
struct Row {
    day: Date,
    name: String,
    /// Why it is closed.
    closed: Option<String>,
    cells: Vec<Option<Cell>>,
    all: Sum,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/account/rules/month.html")]
pub(in super::super) struct MonthPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    of: SlotsOf,
    by_slot: bool,
    title: String,
    month: String,
    previous: Option<String>,
    next: Option<String>,
    columns: Vec<String>,
    rows: Vec<Row>,
    all: Sum,
    edit: Option<Edit>,
}

/// What a change made in the map is sent with.
pub(in super::super) struct Edit {
    /// The operation, whose name the rule gets.
    pub(in super::super) rule: OperationId,
    /// From when on it holds.
    pub(in super::super) today: Date,
}

impl MonthPage {
    /// The month of a service at a site, by the hour or by the slot; for those permitted, to be edited.
    pub(in super::super) fn new(
        layout: Layout,
        form: Form,
        of: SlotsOf,
        rules: &RuleSet,
        (first, by_slot): (Date, bool),
        taken: &Taken,
        edit: Option<Edit>,
    ) -> Self {
        let step = if by_slot { SLOT_MINUTES } else { HOUR };
        let days: Vec<Date> = first.series(1.day()).take_while(|day| day.month() == first.month()).collect();
        let slots: Vec<_> = days.iter().map(|day| (*day, rules.slots(of.service, &of.site, *day))).collect();
        let minutes =
            slots.iter().flat_map(|(_, slots)| slots.iter().map(|(start, _)| start.minutes() / step));
        let mut columns: Vec<u16> = minutes.collect();
        columns.sort_unstable();
        columns.dedup();
        let row = |(day, slots): &(Date, Vec<(Start, domain::capacity::Grant)>)| {
            let (mut sums, mut all) = (BTreeMap::<u16, Sum>::new(), Sum::default());
            for (start, grant) in slots {
                let taken = taken.get(&(*day, *start)).copied().unwrap_or_default();
                for sum in [sums.entry(start.minutes() / step).or_default(), &mut all] {
                    sum.places += u32::from(grant.places);
                    sum.taken += taken;
                    sum.beyond += taken.saturating_sub(u32::from(grant.places));
                    sum.reduced |= grant.places < grant.usual;
                    sum.slots += 1;
                }
            }
            let cell = |column: &u16| {
                let anchor = format!("s{}", wording::minute(column * step).replace(':', ""));
                let at = |column: u16| wording::minute(column * step);
                sums.get(column).map(|sum| Cell {
                    anchor,
                    from: at(*column),
                    until: at(column + 1),
                    sum: *sum,
                })
            };
            Row {
                day: *day,
                name: month_day_ja(*day),
                closed: closed(rules, &of, *day),
                cells: columns.iter().map(cell).collect(),
                all,
            }
        };
        let rows: Vec<Row> = slots.iter().map(row).collect();
        let mut all = Sum::default();
        for row in &rows {
            all.places += row.all.places;
            all.taken += row.all.taken;
            all.beyond += row.all.beyond;
        }
        let beside = |day: Option<Date>| day.map(|day| of.month_href(day, by_slot));
        Self {
            texts: Texts::new(Language::JA),
            layout,
            form,
            by_slot,
            title: format!("{}{}月", era_year(first), first.month()),
            month: month_code(first),
            previous: beside(first.checked_sub(1.month()).ok()),
            next: beside(first.checked_add(1.month()).ok()),
            columns: columns.iter().map(|column| wording::minute(column * step)).collect(),
            rows,
            all,
            edit,
            of,
        }
    }
}

impl Page for MonthPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

fn closed(rules: &RuleSet, of: &SlotsOf, day: Date) -> Option<String> {
    match rules.opening(of.service, &of.site, day) {
        Opening::Open { .. } => None,
        Opening::Closed { reason: Closure::NoHours } => Some("休み".to_owned()),
        Opening::Closed { reason: Closure::Rule { reason, .. } } => Some(format!("休み（{reason}）")),
        Opening::Closed { reason: Closure::HolidaysUnknown { .. } } => {
            Some("未定（祝休日が公表されていません）".to_owned())
        }
    }
}

/// A month as addresses and the field of months write it.
pub(super) fn month_code(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// What the address asks.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct AskedMonth {
    service: Option<String>,
    site: Option<String>,
    month: Option<String>,
    view: Option<String>,
}

/// How many are taken of each slot from a day until another.
pub(super) async fn taken(
    app: &App,
    (service, site): (Service, SiteCode),
    from: Date,
    until: Date,
) -> Result<Taken, store::Error> {
    let found =
        app.db.read(move |reader| store::capacity::taken(reader, service, &site, from, until)).await?;
    Ok(found.into_iter().map(|(day, start, taken)| ((day, start), taken)).collect())
}

/// Shows the month.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(asked): Query<AskedMonth>,
) -> Result<Response, PageError> {
    let (today, rules) = (app.today(), app.reload_rules().await?);
    let of = SlotsOf::asked(&app, &rules, today, asked.service.as_deref(), asked.site.as_deref())?;
    let mut form = Form::fresh();
    let typed = asked.month.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let month = match typed {
        None => Some(today.first_of_month()),
        Some(text) => format!("{text}-01").parse::<Date>().ok().filter(|day| month_code(*day) == text),
    };
    if month.is_none() {
        form.refuse_ja("month", "月を、例のように入力してください（2026-11）。");
    }
    form.fill("month", month.map_or_else(|| typed.unwrap_or_default().to_owned(), month_code));
    let first = month.unwrap_or_else(|| today.first_of_month());
    let taken = taken(&app, (of.service, of.site.clone()), first, first.last_of_month()).await?;
    let by_slot = asked.view.as_deref() == Some("table");
    let layout = frame(&signed, "枠の月間表", &form);
    // A month that is over stays as it was.
    let edits = super::may_edit(&signed) && first.last_of_month() >= today;
    let edit = edits.then(|| Edit { rule: app.operation(), today });
    Ok(respond(&MonthPage::new(layout, form, of, &rules, (first, by_slot), &taken, edit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_e_a_cell_says_how_full_it_is_without_colour() {
        let sum =
            |places, taken| Sum { places, taken, beyond: taken.saturating_sub(places), ..Sum::default() };
        let marks: Vec<&str> =
            [sum(0, 0), sum(10, 0), sum(10, 4), sum(10, 5), sum(10, 8), sum(10, 10), sum(10, 11), sum(0, 1)]
                .into_iter()
                .map(Sum::mark)
                .collect();
        assert_eq!(marks, ["－", "○", "◔", "◑", "◕", "●", "▲", "▲"]);
        // A slot with too many beside an empty one is not hidden by the sum of the hour.
        assert_eq!(Sum { places: 24, taken: 5, beyond: 1, ..Sum::default() }.mark(), "▲");
    }
}
