//! What was offered to whom, until when, and what became of it: the last offer of each booking, in the order of the visits
//! as they were.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::journal::{Slot, Subject};
use domain::offer::State as Standing;
use domain::permission::Permission;
use domain::proposal::Placed;
use serde::Deserialize;
use store::journal::View;

use super::affected::{self, Affected, Offered, times};
use super::frame;
use crate::App;
use crate::kit::{Form, Page, PageError, respond};
use crate::staff::Task;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::layout::Layout;
use crate::staff::listing::{self, Arranged, Column, Listing, Look, Table, column};
use crate::staff::wording::moment;

const COLUMNS: &[Column] = &[
    column("from", "元の日時").look(Look::Code),
    column("to", "案内した日時").look(Look::Code).links(),
    column("state", "状態").look(Look::Code),
    column("until", "返事の期限").look(Look::Code),
    column("service", "業務").look(Look::Code),
    column("notice", "交付通知書番号").look(Look::Code),
    column("control", "管理番号").look(Look::Code).needs(Permission::SeeCards),
    column("language", "言語"),
    column("contact", "連絡先"),
    column("reason", "理由"),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Offers,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeReservations,
    href: "/offers",
    address: "/layouts/offers",
    task: Task::Settings,
};

/// A line.
#[derive(Debug, Clone)]
pub(in super::super) struct Line {
    /// The booking.
    pub(in super::super) booking: Affected,
    /// When it was when something was offered to it.
    pub(in super::super) from: String,
    /// What was offered.
    pub(in super::super) offer: Offered,
    /// Why.
    pub(in super::super) reason: &'static str,
    /// Until when an answer was awaited.
    pub(in super::super) until: String,
    /// For the order: where it was.
    pub(in super::super) at: Slot,
}

/// The states that are chosen from, with how many lines they have.
struct Choice {
    label: &'static str,
    href: String,
    count: usize,
    is_chosen: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/account/rules/offers.html")]
pub(in super::super) struct OffersPage {
    layout: Layout,
    table: Table,
    choices: Vec<Choice>,
    query: String,
    /// How many wishes for an earlier day wait.
    waiting: u32,
}

impl OffersPage {
    /// The lines of a state, or of all.
    pub(in super::super) fn new(
        layout: Layout,
        (arranged, all): (&Arranged, &[Line]),
        chosen: Option<Standing>,
        waiting: u32,
    ) -> Self {
        let count = |state: Option<Standing>| of(all, state).count();
        let choice = |label, state: Option<Standing>| Choice {
            label,
            href: state.map_or_else(|| "/offers".to_owned(), |state| format!("/offers?state={state}")),
            count: count(state),
            is_chosen: state == chosen,
        };
        let states = Standing::ALL.iter().map(|state| choice(state.label(), Some(*state)));
        let choices = std::iter::once(choice("すべて", None)).chain(states).collect();
        let row = |line: &Line| listing::Line { href: line.offer.href.clone(), cells: cells(line), more: () };
        let table = Table::new(arranged, of(all, chosen).map(row).collect());
        let query = chosen.map_or_else(String::new, |state| format!("state={state}&"));
        Self { layout, table, choices, query, waiting }
    }
}

impl Page for OffersPage {
    fn status(&self) -> StatusCode {
        StatusCode::OK
    }
}

fn of(lines: &[Line], state: Option<Standing>) -> impl Iterator<Item = &Line> {
    lines.iter().filter(move |line| state.is_none_or(|state| line.offer.state == state))
}

/// Which offers are asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct AskedState {
    state: Option<String>,
}

impl AskedState {
    fn state(&self) -> Result<Option<Standing>, PageError> {
        self.state.as_deref().map(|state| state.parse().map_err(|_| PageError::NotFound)).transpose()
    }
}

async fn lines(app: &Arc<App>) -> Result<Vec<Line>, store::Error> {
    let (keys, now) = (app.keys.clone(), app.now());
    let read = move |reader: &mut store::Reader<'_>| {
        let listed = affected::offers(reader, now)?;
        let placed: Vec<Placed> = listed.iter().map(|one| one.booking.clone()).collect();
        let bookings = affected::read(reader, &keys, &placed)?;
        let mut seen = BTreeSet::new();
        let mut lines = Vec::new();
        for (listed, booking) in listed.into_iter().zip(bookings) {
            let offer = listed.offer;
            // The last offer of a booking comes first, and stands for those that it replaced.
            if !seen.insert(offer.booking) {
                continue;
            }
            let from = offer.places.iter().map(|place| &place.from);
            let at = from.clone().min().unwrap_or(&booking.slot).clone();
            let from = if offer.places.is_empty() { booking.when.clone() } else { times(from) };
            lines.push(Line {
                from,
                offer: Offered::of(&offer, now),
                reason: offer.reason.label(),
                until: moment(offer.until),
                at,
                booking,
            });
        }
        lines.sort_by_cached_key(|line| (line.at.day, line.at.start, line.booking.reservation));
        Ok(lines)
    };
    app.db.read(read).await
}

/// An offer as a row: a cell for every column.
fn cells(line: &Line) -> Vec<Cell> {
    let to = if line.offer.to.is_empty() { "空きなし" } else { line.offer.to.as_str() };
    vec![
        Cell::text(line.from.as_str()),
        Cell::text(to),
        Cell::text(line.offer.state.label()),
        Cell::text(line.until.as_str()),
        Cell::text(line.booking.service),
        Cell::text(line.booking.notice.as_str()),
        Cell::text(line.booking.control.as_str()),
        Cell::text(line.booking.language),
        Cell::text(line.booking.contact()),
        Cell::text(line.reason),
    ]
}

fn subjects<'l>(lines: impl Iterator<Item = &'l Line>) -> Vec<Subject> {
    lines.map(|line| Subject::Reservation(line.booking.reservation)).collect()
}

/// Shows the list.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(asked): Query<AskedState>,
) -> Result<Response, PageError> {
    let chosen = asked.state()?;
    let (all, arranged) = (lines(&app).await?, Arranged::read(&app, &signed, &LISTING).await?);
    let waiting = app.db.read(store::wish::waiting_count).await?;
    let layout = frame(&signed, "代わりの日時の案内", &Form::fresh());
    let page = OffersPage::new(layout, (&arranged, &all), chosen, waiting);
    let subjects = subjects(of(&all, chosen));
    let found = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    let asked = chosen.map_or_else(String::new, |state| state.to_string());
    signed.shows(&app, View { screen: "offers", asked, subjects, found }, || respond(&page)).await
}

/// The list as a file, for the city.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(state): Query<AskedState>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (form, chosen) = (export::form(&file, "offers")?, state.state()?);
    let all = lines(&app).await?;
    let list = List {
        title: "代わりの日時の案内".to_owned(),
        name: "offers",
        task: Task::Settings,
        screen: "offers_file",
        asked: file,
        words: vec![chosen.map_or_else(|| "すべての状態".to_owned(), |state| state.label().to_owned())],
        subjects: subjects(of(&all, chosen)),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(of(&all, chosen).map(cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
