//! The renewals of a day by time: who comes, who is here, the list for the city, and the close.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use documents::day_list::{DayList, Entry};
use domain::capacity::Opening;
use domain::id::{OperationId, ReservationId};
use domain::journal::{BusinessDay, Subject};
use domain::permission::Permission;
use domain::reception::State as Visit;
use domain::reservation::{Pins, State as Booking};
use domain::time::{Start, era_date, month_day_ja};
use jiff::civil::Date;
use store::day_list::DayList as Frozen;
use store::journal::View;
use store::renewals::{Changed, Line as Stored};

use super::{business, route};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::file::{self, CsvQuery, Form as Wanted};
use crate::staff::counter::list::show::times;
use crate::staff::counter::reservation::day::Goto;
use crate::staff::counter::reservation::list::paper_of;
use crate::staff::desk::Signed;
use crate::staff::{Layout, Task};
use crate::staff::{field, wording};

/// A line of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) time: Start,
    /// The end of the reservation's id, by which people of the counter tell two of one time apart.
    pub(crate) short: String,
    pub(crate) standing: &'static str,
    pub(crate) visitor: &'static str,
    pub(crate) pins: &'static str,
    pub(crate) family: String,
    pub(crate) channel: &'static str,
    pub(crate) language: &'static str,
    pub(crate) href: String,
}

/// A difference from the frozen list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) what: &'static str,
    pub(crate) listed: String,
    pub(crate) now: String,
    pub(crate) reservation: ReservationId,
    pub(crate) short: String,
    pub(crate) code: String,
    pub(crate) href: String,
    pub(crate) operation: OperationId,
}

/// The page of a day.
#[derive(Template)]
#[template(path = "staff/renewal/day.html")]
pub(crate) struct DayPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) day: Date,
    pub(crate) title: String,
    pub(crate) previous: Option<(String, String)>,
    pub(crate) next: Option<(String, String)>,
    pub(crate) is_open: bool,
    pub(crate) lines: Vec<Line>,
    pub(crate) counts: Vec<(&'static str, usize)>,
    /// When and by whom it was frozen, and how many lines it has.
    pub(crate) frozen: Option<(String, u32)>,
    pub(crate) transferred: Option<String>,
    pub(crate) open: Vec<Difference>,
    pub(crate) seen: usize,
    pub(crate) may_list: bool,
    pub(crate) may_book: bool,
    /// Whether the list can still be frozen.
    pub(crate) is_over: bool,
    /// What still keeps the day from its close: who is expected, who is here.
    pub(crate) waiting: usize,
    pub(crate) here: usize,
    pub(crate) done: usize,
    /// The close, for those who may, once the day has come and had somebody.
    pub(crate) may_close: bool,
    pub(crate) closed: Option<String>,
    pub(crate) report_href: Option<String>,
    pub(crate) freeze_operation: OperationId,
    pub(crate) transfer_operation: OperationId,
    pub(crate) none_operation: OperationId,
    pub(crate) close_operation: OperationId,
}

impl Page for DayPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Leads to the day that was asked for, or to today, or to the next open day.
pub(crate) async fn first(
    State(app): State<Arc<App>>,
    Query(goto): Query<Goto>,
) -> Result<Response, PageError> {
    Ok(see_other(&route::day(goto.day(&app, &business(&app, app.today()))?)))
}

/// What is known of a day.
pub(super) struct Known {
    lines: Vec<Stored>,
    frozen: Option<Frozen>,
    transferred_by: Option<String>,
    differences: Vec<Changed>,
    closed: Option<store::report::Closed>,
}

/// Shows a day, or exports it as it stands.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(address): Path<String>,
    Query(query): Query<CsvQuery>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (day, wanted) = Wanted::split(&address);
    let day = business(&app, field::day_in(day)?);
    if wanted == Wanted::Page {
        return page(&app, &signed, &day, Form::fresh(), None).await;
    }
    let of = day.clone();
    let lines = app.db.read(move |reader| store::renewals::of_day(reader, &of)).await?;
    export(&app, &signed, &day, &lines, wanted, query, "renewals").await
}

/// Answers lines of a day as a file.
pub(super) async fn export(
    app: &App,
    signed: &Signed,
    day: &BusinessDay,
    lines: &[Stored],
    wanted: Wanted,
    query: CsvQuery,
    name: &'static str,
) -> Result<Response, PageError> {
    let found = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let subjects = vec![Subject::Day(day.clone())];
    signed.viewed(app, View { screen: name, asked: day.to_string(), subjects, found }).await?;
    file::day_list(app, signed, paper(app, day, lines, signed.name()), wanted, query, name, "更新").await
}

fn paper(app: &App, day: &BusinessDay, lines: &[Stored], printed_by: &str) -> DayList {
    let families = wording::families(&lines.iter().map(|line| (line.id, line.party)).collect::<Vec<_>>());
    let entry = |(line, family): (&Stored, String)| Entry {
        start: line.start,
        control_number: None,
        reference: None,
        list_date: None,
        list_line: None,
        place: None,
        channel: line.channel.label().to_owned(),
        visitor: wording::visitor(line.visitor).to_owned(),
        family,
        remark: remark(line),
    };
    paper_of(app, day, app.now(), printed_by, lines.iter().zip(families).map(entry).collect())
}

/// What the reader of the list must know: the PINs to be set anew, the language, and where the visit stands.
fn remark(line: &Stored) -> String {
    let begun = line.reception.is_some() || line.state != Booking::Booked;
    let pins = line.pins.filter(|pins| *pins == Pins::Forgotten).map_or("", Pins::label);
    let parts = [pins, wording::language(&line.language), if begun { standing(line) } else { "" }];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("・")
}

/// Where a renewal stands, in one word.
pub(super) fn standing_of(state: Booking, visit: Option<Visit>) -> &'static str {
    match (state, visit) {
        (_, Some(Visit::Issued)) => "更新済",
        (_, Some(Visit::Arrived | Visit::Checked | Visit::WithCity)) => "受付中",
        (state, visit) => wording::standing(state, visit),
    }
}

fn standing(line: &Stored) -> &'static str {
    standing_of(line.state, line.reception.map(|(_, state)| state))
}

/// The page with a form as it stands, and with what went wrong.
pub(super) async fn page(
    app: &App,
    signed: &Signed,
    day: &BusinessDay,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let of = day.clone();
    let known = app
        .db
        .read(move |reader| {
            let frozen = store::day_list::find(reader, &of)?;
            let differences = match &frozen {
                Some(_) => store::renewals::differences(reader, &of)?,
                None => Vec::new(),
            };
            let transferred_by = frozen.as_ref().and_then(|frozen| frozen.transfer.as_ref());
            let transferred_by = transferred_by
                .map(|transfer| format!("{}（{}）", transfer.receiver, wording::moment(transfer.at)));
            Ok::<_, store::Error>(Known {
                lines: store::renewals::of_day(reader, &of)?,
                frozen,
                transferred_by,
                differences,
                closed: store::report::closed(reader, &of)?,
            })
        })
        .await?;
    let found = u32::try_from(known.lines.len()).unwrap_or(u32::MAX);
    let subjects = vec![Subject::Day(day.clone())];
    signed.viewed(app, View { screen: "renewals", asked: day.to_string(), subjects, found }).await?;
    Ok(respond(&shown(app, signed, day, known, form, problem)))
}

fn shown(
    app: &App,
    signed: &Signed,
    day: &BusinessDay,
    known: Known,
    form: Form,
    problem: Option<String>,
) -> DayPage {
    let (rules, today) = (app.rules(), app.today());
    let other = |day: Date| (route::day(day), month_day_ja(day));
    let is_open = matches!(rules.opening(day.service, &day.site, day.day), Opening::Open { .. });
    let visit = |line: &Stored| line.reception.map(|(_, state)| state);
    let count = |what: &dyn Fn(&Stored) -> bool| known.lines.iter().filter(|line| what(line)).count();
    let waiting = count(&|line| visit(line).is_none() && line.state == Booking::Booked);
    let here = count(&|line| visit(line).is_some_and(Visit::is_open));
    let done = count(&|line| visit(line) == Some(Visit::Issued));
    let counts = vec![
        ("予約", known.lines.len()),
        ("来庁前", waiting),
        ("受付中", here),
        ("更新済", done),
        ("持ち帰り・途中退出", count(&|line| matches!(visit(line), Some(Visit::SentAway | Visit::Left)))),
        ("不来庁", count(&|line| line.state == Booking::NotCome)),
    ];
    let (open, seen): (Vec<&Changed>, Vec<&Changed>) =
        known.differences.iter().partition(|changed| changed.seen.is_none());
    let mut layout = signed.layout(format!("{}の更新", month_day_ja(day.day))).within(Task::Reservations);
    layout.refused = form.is_refused();
    let is_closed = known.closed.is_some();
    DayPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        day: day.day,
        title: era_date(day.day),
        previous: rules.previous_open_day(day.service, &day.site, day.day).map(other),
        next: rules.next_open_day(day.service, &day.site, day.day).map(other),
        is_open,
        lines: lines(&known.lines),
        counts,
        frozen: known.frozen.as_ref().map(|frozen| (wording::moment(frozen.at), frozen.lines)),
        transferred: known.transferred_by,
        open: open.into_iter().map(|changed| difference(app, changed)).collect(),
        seen: seen.len(),
        may_list: signed.may(Permission::TransferBatches),
        may_book: signed.may(Permission::Reserve),
        is_over: day.day < today || is_closed,
        waiting,
        here,
        done,
        may_close: signed.may(Permission::CloseDay) && day.day <= today && !is_closed,
        closed: known.closed.map(|closed| format!("{}に締めました。", wording::moment(closed.at))),
        report_href: signed.may(Permission::SeeReports).then(|| route::report(day.day)),
        freeze_operation: app.operation(),
        transfer_operation: app.operation(),
        none_operation: app.operation(),
        close_operation: app.operation(),
    }
}

fn lines(stored: &[Stored]) -> Vec<Line> {
    let families = wording::families(&stored.iter().map(|line| (line.id, line.party)).collect::<Vec<_>>());
    let line = |(line, family): (&Stored, String)| Line {
        time: line.start,
        short: wording::short(line.id),
        standing: standing(line),
        visitor: wording::visitor(line.visitor),
        pins: line.pins.map_or("", Pins::label),
        family,
        channel: line.channel.label(),
        language: wording::language(&line.language),
        href: route::renewal(line.id),
    };
    stored.iter().zip(families).map(line).collect()
}

fn difference(app: &App, changed: &Changed) -> Difference {
    let (listed, now) = times(changed.listed, changed.difference);
    Difference {
        what: changed.difference.label(),
        listed,
        now,
        reservation: changed.reservation,
        short: wording::short(changed.reservation),
        code: changed.difference.code(),
        href: route::renewal(changed.reservation),
        operation: app.operation(),
    }
}
