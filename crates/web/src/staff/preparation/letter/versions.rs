//! The share of bookings on the web by version of the letter, on screen and as files.
//!
//! Only counts stand here, so looking at it is no view of anybody's records.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::permission::Permission;
use domain::reservation::Channel;
use jiff::ToSpan;
use jiff::civil::Date;
use store::letter_share::Version;

use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Arranged, Column, Line, Listing, Look, Table, column};
use crate::staff::{Layout, Task};

/// How many days back letters are looked at.
const DAYS: i32 = 180;

const COLUMNS: &[Column] = &[
    column("version", "版").look(Look::Code).links(),
    column("first", "最初の発送日").look(Look::Code),
    column("last", "最後の発送日").look(Look::Code),
    column("cards", "発送した枚数").look(Look::Count),
    column("booked", "予約した枚数").look(Look::Count),
    column("web", "Webの予約").look(Look::Count),
    column("telephone", "電話の予約").look(Look::Count),
    column("counter", "窓口・予約なし").look(Look::Count),
    column("share", "Webの割合（％）").look(Look::Count),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::LetterVersions,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::TransferBatches,
    href: "/letters/versions",
    address: "/layouts/letter_versions",
    task: Task::Preparation,
};

/// The page.
#[derive(Template)]
#[template(path = "staff/preparation/letter/versions.html")]
pub(crate) struct VersionsPage {
    pub(crate) layout: Layout,
    pub(crate) table: Table,
}

impl Page for VersionsPage {}

/// A version as a row: a cell for every column.
fn cells(of: &Version) -> Vec<Cell> {
    let number = |count: u32| Cell::Number(i64::from(count));
    vec![
        Cell::text(of.version.as_str()),
        Cell::Day(of.posted.0),
        Cell::Day(of.posted.1),
        number(of.cards),
        number(of.booked()),
        number(of.by(Channel::Web)),
        number(of.by(Channel::Telephone)),
        number(of.by(Channel::Counter) + of.by(Channel::WalkIn)),
        of.share().map_or_else(Cell::empty, number),
    ]
}

async fn read(app: &App) -> Result<Vec<Version>, PageError> {
    let since = app.today().saturating_sub(DAYS.days());
    let site = app.settings.site.clone();
    Ok(app.db.read(move |reader| store::letter_share::versions(reader, &site, since)).await?)
}

/// Shows the page.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let versions = read(&app).await?;
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    Ok(respond(&VersionsPage {
        layout: signed.layout("案内の版とWebの予約").within(Task::Preparation),
        table: Table::new(&arranged, versions.iter().map(|of| Line::new("", cells(of))).collect()),
    }))
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "versions")?;
    let versions = read(&app).await?;
    let today: Date = app.today();
    let list = List {
        title: "案内の版とWebの予約".to_owned(),
        name: "letter-versions",
        task: Task::Preparation,
        screen: "letter_versions_file",
        asked: file,
        words: vec![format!("{today}までの{DAYS}日に市が発送した案内")],
        subjects: Vec::new(),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(versions.iter().map(cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
