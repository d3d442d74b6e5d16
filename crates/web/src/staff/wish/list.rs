//! The wishes for an earlier day that wait, by service and site in the order in which they are served. The order is that
//! of time and nobody changes it here; each is changed or taken back on its own page.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::journal::Subject;
use domain::permission::Permission;
use domain::proposal::Placed;
use store::journal::View;
use store::wish::list::{self, Listed};

use super::{LIST, route};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::account::rules::affected::{self, Affected};
use crate::staff::account::words::{Names, wish_words};
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{self, Arranged, Column, Listing, Look, Table, column};
use crate::staff::wording::moment;
use crate::staff::{Layout, Task};

const TITLE: &str = "早い日の空き待ち";

const COLUMNS: &[Column] = &[
    column("service", "業務").look(Look::Code),
    column("site", "窓口").in_files(),
    column("turn", "順番").look(Look::Count),
    column("booked", "いまの予約").look(Look::Code).links(),
    column("people", "人数").look(Look::Count),
    column("wish", "希望"),
    column("left", "受付").look(Look::Code),
    column("offered", "案内中（返事の期限）").look(Look::Code),
    column("notice", "交付通知書番号").look(Look::Code),
    column("control", "管理番号").look(Look::Control).needs(Permission::SeeCards),
    column("language", "言語"),
    column("contact", "連絡先"),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Wishes,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeReservations,
    href: LIST,
    address: "/layouts/wishes",
    task: Task::Reservations,
};

/// A wish with what is known of its booking.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// The wish.
    pub(crate) listed: Listed,
    /// The booking, by who comes first.
    pub(crate) booking: Affected,
    /// The name of its site.
    pub(crate) site: String,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/wish/list.html")]
pub(crate) struct WishesPage {
    layout: Layout,
    table: Table,
}

impl WishesPage {
    /// The list as it is arranged.
    pub(crate) fn new(layout: Layout, arranged: &Arranged, lines: &[Line]) -> Self {
        let row = |line: &Line| listing::Line::new(route(line.booking.reservation), cells(line));
        Self { layout, table: Table::new(arranged, lines.iter().map(row).collect()) }
    }
}

impl Page for WishesPage {}

/// Three statements for each day on which somebody comes who waits, and one.
async fn lines(app: &Arc<App>) -> Result<Vec<Line>, store::Error> {
    let (keys, now) = (app.keys.clone(), app.now());
    let names = Names::default().with_sites(&app.rules(), app.today());
    let read = move |reader: &mut store::Reader<'_>| {
        let wishes = list::all(reader, now)?;
        let placed: Vec<Placed> = wishes
            .iter()
            .map(|listed| Placed { reservation: listed.first.0, slot: listed.first.1.clone() })
            .collect();
        let bookings = affected::read(reader, &keys, &placed)?;
        let lines = wishes.into_iter().zip(bookings).map(|(listed, booking)| {
            let site = names.site(Some(&listed.first.1.site)).to_owned();
            Line { listed, booking, site }
        });
        Ok(lines.collect())
    };
    app.db.read(read).await
}

/// A wish as a row: a cell for every column.
fn cells(line: &Line) -> Vec<Cell> {
    let Line { listed, booking, site } = line;
    vec![
        Cell::text(booking.service),
        Cell::text(site.as_str()),
        Cell::Number(i64::from(listed.ahead) + 1),
        Cell::text(booking.when.as_str()),
        Cell::Number(i64::from(listed.people)),
        Cell::text(wish_words(&listed.waiting.wish)),
        Cell::text(moment(listed.waiting.left_at)),
        Cell::text(listed.offered_until.map_or_else(String::new, moment)),
        Cell::text(booking.notice.as_str()),
        Cell::text(booking.control.as_str()),
        Cell::text(booking.language),
        Cell::text(booking.contact()),
    ]
}

fn subjects(lines: &[Line]) -> Vec<Subject> {
    lines.iter().map(|line| Subject::Reservation(line.booking.reservation)).collect()
}

/// Shows the list.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let (lines, arranged) = (lines(&app).await?, Arranged::read(&app, &signed, &LISTING).await?);
    let layout = signed.layout(TITLE).within(Task::Reservations);
    let page = WishesPage::new(layout, &arranged, &lines);
    let subjects = subjects(&lines);
    let found = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    let view = View { screen: "wishes", asked: String::new(), subjects, found };
    signed.shows(&app, view, || respond(&page)).await
}

/// The list as a file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "wishes")?;
    let lines = lines(&app).await?;
    let list = List {
        title: TITLE.to_owned(),
        name: "wishes",
        task: Task::Reservations,
        screen: "wishes_file",
        asked: file,
        words: vec!["受け付けた順".to_owned()],
        subjects: subjects(&lines),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(lines.iter().map(cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
