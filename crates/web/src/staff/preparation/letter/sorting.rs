//! 郵便区番号ごとの仕分け: what is to be posted, by 郵便区 and weight, on screen and as files. A pile that reaches the
//! minimum can go as 郵便区内特別郵便物.
//!
//! Only counts stand here, so looking at it is no view of anybody's records.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::permission::Permission;
use domain::sorting::{Pile, SPECIAL_GRAMS, Special};

use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Arranged, Column, Line, Listing, Look, Table, column};
use crate::staff::{Layout, Task};

const COLUMNS: &[Column] = &[
    column("block", "郵便区").look(Look::Code).links(),
    column("grams", "1通の重さ（g）").look(Look::Count),
    column("letters", "案内").look(Look::Count),
    column("stuffed", "封入済").look(Look::Count),
    column("transferred", "市へ引継ぎ済").look(Look::Count),
    column("total", "封入済の重さ（g）").look(Look::Count),
    column("special", "郵便区内特別"),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Sorting,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::TransferBatches,
    href: "/letters/sorting",
    address: "/layouts/sorting",
    task: Task::Preparation,
};

/// The page.
#[derive(Template)]
#[template(path = "staff/preparation/letter/sorting.html")]
pub(crate) struct SortingPage {
    pub(crate) layout: Layout,
    pub(crate) ready: u32,
    pub(crate) letters: u32,
    pub(crate) minimum: u32,
    pub(crate) table: Table,
}

impl Page for SortingPage {}

/// What is to be said of a pile and 郵便区内特別.
pub(super) fn special(pile: &Pile, minimum: u32) -> String {
    match pile.special(minimum) {
        Special::Reached => format!("できます（{minimum}通以上）"),
        Special::Missing(missing) => format!("あと{missing}通"),
        Special::Elsewhere => "対象外（市外）".to_owned(),
        Special::Unknown => "郵便区を確かめてください".to_owned(),
        Special::NotWeighed => "重さを記録してください".to_owned(),
        Special::TooHeavy => format!("対象外（{SPECIAL_GRAMS}gを超える）"),
    }
}

/// A pile as a row: a cell for every column.
fn cells(pile: &Pile, minimum: u32) -> Vec<Cell> {
    let number = |count: u32| Cell::Number(i64::from(count));
    vec![
        Cell::text(pile.block.label()),
        pile.grams.map_or_else(Cell::empty, number),
        number(pile.letters()),
        number(pile.ready()),
        number(pile.transferred()),
        pile.weight()
            .map_or_else(Cell::empty, |grams| Cell::Number(i64::try_from(grams).unwrap_or(i64::MAX))),
        Cell::text(special(pile, minimum)),
    ]
}

/// The piles of what the city has not posted.
pub(super) async fn read(app: &App) -> Result<Vec<Pile>, PageError> {
    let site = app.settings.site.clone();
    Ok(app.db.read(move |reader| store::sorting::unposted(reader, &site)).await?)
}

/// Shows the page.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let piles = read(&app).await?;
    let minimum = app.settings.profile.consignment.post_minimum;
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    Ok(respond(&SortingPage {
        layout: signed.layout("郵便区ごとの仕分け").within(Task::Preparation),
        ready: piles.iter().map(Pile::ready).sum(),
        letters: piles.iter().map(Pile::letters).sum(),
        minimum,
        table: Table::new(&arranged, piles.iter().map(|pile| Line::new("", cells(pile, minimum))).collect()),
    }))
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "sorting")?;
    let piles = read(&app).await?;
    let minimum = app.settings.profile.consignment.post_minimum;
    let list = List {
        title: "郵便区ごとの仕分け".to_owned(),
        name: "sorting",
        task: Task::Preparation,
        screen: "sorting_file",
        asked: file,
        words: vec!["市がまだ発送していない案内".to_owned(), format!("郵便区内特別の最低通数：{minimum}通")],
        subjects: Vec::new(),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(piles.iter().map(|pile| cells(pile, minimum)).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
