//! The frozen list of a day with what changed since, as a page, a paper and a table.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::day_list::Difference;
use domain::id::{OperationId, ReservationId};
use domain::journal::{BusinessDay, Subject};
use domain::permission::Permission;
use domain::place::PlaceKind;
use domain::time::{Start, era_date, month_day_ja};
use jiff::civil::Date;
use store::Reader;
use store::day_list::{Changed, DayList, Days};
use store::journal::View;

use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::account::words::Names;
use crate::staff::counter::file;
use crate::staff::counter::reservation::list::{FROZEN, frozen, paper};
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Short, export};
use crate::staff::listing::{Arranged, Stands};
use crate::staff::{Layout, Task};
use crate::staff::{field, wording};

/// What the database knows of a day's list.
pub(super) struct Known {
    booked: u32,
    list: Option<DayList>,
    differences: Vec<Changed>,
    names: Names,
}

/// A difference on the page.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) reservation: ReservationId,
    pub(crate) code: String,
    pub(crate) what: &'static str,
    /// The time on the list and the time now, as far as there are any.
    pub(crate) listed: String,
    pub(crate) now: String,
    pub(crate) control: String,
    pub(crate) reference: String,
    pub(crate) href: String,
    pub(crate) place: String,
    /// What is to be done with the card: where, and in which words.
    pub(crate) act: Option<(String, &'static str)>,
    pub(crate) operation: OperationId,
    /// When and by whom it was seen.
    pub(crate) seen: String,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/counter/list/show.html")]
pub(crate) struct ListPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) day: Date,
    pub(crate) title: String,
    pub(crate) booked: u32,
    /// When and by whom it was frozen, with how many reservations.
    pub(crate) frozen: Option<(String, u32)>,
    /// To whom of the city it went, and when.
    pub(crate) transferred: Option<String>,
    pub(crate) may_act: bool,
    pub(crate) is_over: bool,
    pub(crate) open: Vec<Row>,
    pub(crate) seen: Vec<Row>,
    pub(crate) freeze_operation: OperationId,
    pub(crate) transfer_operation: OperationId,
    pub(crate) pull_href: Option<String>,
    pub(crate) day_href: String,
    pub(crate) other: Vec<(String, String)>,
    pub(crate) stands: Stands,
}

impl Page for ListPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Leads to the list of the next open day.
pub(crate) async fn first(State(app): State<Arc<App>>) -> Response {
    let (rules, today) = (app.rules(), business(&app, app.today()));
    let next = rules.next_open_day(today.service, &today.site, today.day).unwrap_or(today.day);
    see_other(&route::list(next))
}

/// Shows, prints or exports the list of a day.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(address): Path<String>,
    Query(query): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (day, wanted) = file::Form::split(&address);
    let day = business(&app, field::day_in(day)?);
    if wanted == file::Form::Page {
        return page(&app, &signed, &day, Form::fresh(), None).await;
    }
    let (keys, of) = (app.keys.clone(), day.clone());
    let found = app.db.read(move |reader| {
        let Some(list) = store::day_list::find(reader, &of)? else { return Ok(None) };
        let notices = store::privacy::open_of_day(reader, &keys, &of, store::privacy::NOTICE_NUMBER)?;
        Ok::<_, store::Error>(Some((list, store::day_list::lines(reader, &of)?, notices)))
    });
    // As the city got it.
    let Some((list, lines, notices)) = found.await? else { return Err(PageError::NotFound) };
    let list = List {
        title: format!("予約リスト {}", day.day),
        name: "list",
        task: Task::Reservations,
        screen: match wanted {
            file::Form::Csv => "day_list_csv",
            file::Form::Xlsx => "day_list_xlsx",
            file::Form::Page | file::Form::Pdf => "day_list_pdf",
        },
        asked: day.to_string(),
        words: Vec::new(),
        subjects: vec![Subject::Day(day.clone())],
        listing: &FROZEN,
        paper: paper(&app, &day, list.at),
        rows: Short(frozen(day.day, &lines, &notices)),
    };
    export(&app, &signed, list, wanted, query).await
}

fn view(screen: &'static str, day: &BusinessDay, found: usize) -> View {
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    View { screen, asked: day.to_string(), subjects: vec![Subject::Day(day.clone())], found }
}

fn read(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<Known, store::Error> {
    let list = store::day_list::find(reader, day)?;
    let differences = match list {
        Some(_) => store::day_list::differences(reader, &Days::from(day.clone()))?,
        None => Vec::new(),
    };
    let booked = store::reservation::count_of_day(reader, day.service, &day.site, day.day)?;
    Ok(Known { booked, list, differences, names: Names::people(reader)? })
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
    let known = app.db.read(move |reader| read(reader, &of)).await?;
    let view = view("day_list", day, known.differences.len());
    let stands = Stands::of(&Arranged::read(app, signed, &FROZEN).await?);
    signed.shows(app, view, || respond(&shown(app, signed, (day, stands), known, form, problem))).await
}

fn shown(
    app: &App,
    signed: &Signed,
    (day, stands): (&BusinessDay, Stands),
    known: Known,
    form: Form,
    problem: Option<String>,
) -> ListPage {
    let Known { booked, list, differences, names } = known;
    let (seen, open) = differences
        .iter()
        .map(|changed| row(app, signed, day.day, changed, &names))
        .partition(|row| !row.seen.is_empty());
    let transfer = list.as_ref().and_then(|list| list.transfer.as_ref());
    let mut layout =
        signed.layout(format!("{}の予約リスト", month_day_ja(day.day))).within(Task::Reservations);
    layout.refused = form.is_refused();
    ListPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        day: day.day,
        title: era_date(day.day),
        booked,
        frozen: list
            .as_ref()
            .map(|list| (format!("{} {}", wording::moment(list.at), names.actor(list.by)), list.lines)),
        transferred: transfer
            .map(|transfer| format!("{}　受け取った人：{}", wording::moment(transfer.at), transfer.receiver)),
        may_act: signed.may(Permission::TransferBatches),
        is_over: day.day < app.today(),
        open,
        seen,
        freeze_operation: app.operation(),
        transfer_operation: app.operation(),
        pull_href: signed.may(Permission::MoveCards).then(|| route::pull(day.day)),
        day_href: route::day(day.day),
        other: others(app, day),
        stands,
    }
}

/// Today and the next open day, but for the one that is shown.
fn others(app: &App, shown: &BusinessDay) -> Vec<(String, String)> {
    let (rules, today) = (app.rules(), app.today());
    let next = rules.next_open_day(shown.service, &shown.site, today);
    let other = [Some(today), next].into_iter().flatten().filter(|day| *day != shown.day);
    other.map(|day| (route::list(day), month_day_ja(day))).collect()
}

/// The time on the list and how it is now, as far as there are any.
pub(in crate::staff) fn times(listed: Option<Start>, difference: Difference) -> (String, String) {
    let now = match difference {
        Difference::Added { start } | Difference::Time { start } => start.to_string(),
        Difference::Away { day } => month_day_ja(day),
        Difference::Cancelled | Difference::Recalled => "―".to_owned(),
    };
    (listed.map_or_else(|| "―".to_owned(), |start| start.to_string()), now)
}

fn row(app: &App, signed: &Signed, day: Date, changed: &Changed, names: &Names) -> Row {
    let (listed, now) = times(changed.listed, changed.difference);
    let stored = matches!(changed.place_kind, PlaceKind::Box | PlaceKind::Desk | PlaceKind::Missing);
    let act = if changed.difference.comes() {
        stored.then(|| (route::pull(day), "引き抜く"))
    } else {
        (changed.place_kind == PlaceKind::Tray).then(|| (route::PUT_AWAY.to_owned(), "箱へ戻す"))
    };
    Row {
        reservation: changed.reservation,
        code: changed.difference.code(),
        what: changed.difference.label(),
        listed,
        now,
        control: wording::control(changed.control_number),
        reference: wording::list_line(changed.list_date, changed.line),
        href: route::reservation(changed.reservation),
        place: changed.place_name.clone(),
        act: act.filter(|_| signed.may(Permission::MoveCards)),
        operation: app.operation(),
        seen: changed
            .seen
            .map(|(at, by)| format!("{} {}", wording::moment(at), names.actor(by)))
            .unwrap_or_default(),
    }
}
