//! Everybody with an account as a file, a row for each role: the list of people (従事者名簿) that the city may ask for.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::journal::Subject;
use domain::permission::Permission;
use jiff::Timestamp;
use store::person::{Grant, Person};

use super::{site_names, standing};
use crate::App;
use crate::kit::PageError;
use crate::staff::Task;
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};

const COLUMNS: &[Column] = &[
    column("name", "氏名").links(),
    column("login", "ログイン名"),
    column("state", "状態").look(Look::Code),
    column("role", "役割").look(Look::Code),
    column("site", "履行場所"),
    column("from", "開始日").look(Look::Code),
    column("until", "終了日").look(Look::Code),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::People,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::ManagePeople,
    href: "/people",
    address: "/layouts/people",
    task: Task::Settings,
};

/// A person as rows, one for each role: a cell for every column.
pub(super) fn rows(person: &Person, grants: &[Grant], names: &Names, now: Timestamp) -> Vec<Vec<Cell>> {
    let who =
        || vec![Cell::text(&*person.name), Cell::text(&*person.login), Cell::text(standing(person, now))];
    if grants.is_empty() {
        let mut cells = who();
        cells.extend([Cell::text("なし"), Cell::empty(), Cell::empty(), Cell::empty()]);
        return vec![cells];
    }
    let row = |grant: &Grant| {
        let mut cells = who();
        cells.extend([
            Cell::text(grant.role.label()),
            Cell::text(names.site(grant.site.as_ref())),
            Cell::Day(grant.from),
            grant.until.map_or_else(Cell::empty, Cell::Day),
        ]);
        cells
    };
    grants.iter().map(row).collect()
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "people")?;
    let people = app.db.read(store::person::list).await?;
    let (names, now) = (site_names(&app), app.now());
    let list = List {
        title: "アカウント".to_owned(),
        name: "people",
        task: Task::Settings,
        screen: "people_file",
        asked: file,
        words: Vec::new(),
        subjects: people.iter().map(|(person, _)| Subject::Person(person.id)).collect(),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(people.iter().flat_map(|(person, grants)| rows(person, grants, &names, now)).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
