//! The incidents as a file, those that are open first: what the city asks for at once.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::journal::Subject;
use domain::permission::Permission;
use domain::time::day_of;
use store::incident::Incident;

use crate::App;
use crate::kit::PageError;
use crate::staff::Task;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::time;

/// The last so many that ended.
const ENDED: u32 = 500;

const COLUMNS: &[Column] = &[
    column("state", "状態").look(Look::Code),
    column("kind", "種類"),
    column("control", "管理番号").look(Look::Control).links(),
    column("day", "記録・終了日").look(Look::Code),
    column("time", "時刻").look(Look::Code),
    column("place", "今ある場所").off_screen(),
    column("told_to", "知らせた市の担当者").off_screen(),
    column("told_day", "知らせた日").look(Look::Code).off_screen(),
    column("told_time", "知らせた時刻").look(Look::Code).off_screen(),
    column("remark", "内容"),
    column("cause", "原因"),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Incidents,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeCards,
    href: "/incidents",
    address: "/layouts/incidents",
    task: Task::Storage,
};

/// An incident as a row: a cell for every column.
pub(super) fn cells(incident: &Incident) -> Vec<Cell> {
    let told = incident.told.as_ref();
    vec![
        Cell::text(incident.outcome.map_or("終わっていない", domain::incident::Outcome::label)),
        Cell::text(incident.kind.label()),
        Cell::text(incident.control_number.digits()),
        Cell::Day(day_of(incident.at)),
        Cell::text(time(incident.at)),
        Cell::text(incident.place_name.as_str()),
        Cell::text(told.map(|(who, _)| who.as_str()).unwrap_or_default()),
        told.map_or_else(Cell::empty, |(_, at)| Cell::Day(day_of(*at))),
        Cell::text(told.map(|(_, at)| time(*at)).unwrap_or_default()),
        Cell::text(incident.remark.as_str()),
        Cell::text(incident.cause.map_or("", domain::incident::Cause::label)),
    ]
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "incidents")?;
    let site = app.settings.site.clone();
    let incidents = app
        .db
        .read(move |reader| {
            let mut incidents = store::incident::open_at(reader, &site)?;
            incidents.extend(store::incident::ended_at(reader, &site, ENDED)?);
            Ok::<_, store::Error>(incidents)
        })
        .await?;
    let list = List {
        title: "事故の記録".to_owned(),
        name: "incidents",
        task: Task::Storage,
        screen: "incidents_file",
        asked: file,
        words: Vec::new(),
        subjects: incidents.iter().map(|incident| Subject::Card(incident.card)).collect(),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(incidents.iter().map(cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
