//! The renewals of a day by time: who comes, who is here, the list for the city, and the close.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::capacity::Opening;
use domain::id::{OperationId, ReservationId};
use domain::journal::{BusinessDay, Subject};
use domain::permission::Permission;
use domain::reception::State as Visit;
use domain::reservation::State as Booking;
use domain::time::{era_date, month_day_ja};
use jiff::civil::Date;
use store::day_list::DayList as Frozen;
use store::journal::View;
use store::renewals::{Changed, Line as Stored};

use super::rows::{self, FROZEN, LISTING};
use super::{business, route};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::file::Form as Wanted;
use crate::staff::counter::list::show::times;
use crate::staff::counter::reservation::day::Goto;
use crate::staff::desk::Signed;
use crate::staff::export;
use crate::staff::listing::{Arranged, Stands, Table};
use crate::staff::{Layout, Task};
use crate::staff::{field, wording};

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
    pub(crate) table: Table,
    /// By which arrangement the frozen list stands.
    pub(crate) frozen_stands: Stands,
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
    Query(query): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (day, wanted) = Wanted::split(&address);
    let day = business(&app, field::day_in(day)?);
    if wanted == Wanted::Page {
        return page(&app, &signed, &day, Form::fresh(), None).await;
    }
    let of = day.clone();
    let stored = app.db.read(move |reader| store::renewals::of_day(reader, &of)).await?;
    let lines = rows::lines(day.day, &stored);
    rows::export(&app, &signed, (&day, app.now()), lines, &LISTING, (wanted, query)).await
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
    let arranged = Arranged::read(app, signed, &LISTING).await?;
    let frozen_stands = Stands::of(&Arranged::read(app, signed, &FROZEN).await?);
    let table = Table::new(&arranged, rows::lines(day.day, &known.lines));
    Ok(respond(&shown(app, signed, (day, table, frozen_stands), known, form, problem)))
}

fn shown(
    app: &App,
    signed: &Signed,
    (day, table, frozen_stands): (&BusinessDay, Table, Stands),
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
        table,
        frozen_stands,
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
