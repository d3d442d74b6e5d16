//! The incidents as a file, those that are open first: what the city asks for at once.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::journal::Subject;
use domain::time::day_of;
use store::incident::Incident;

use crate::App;
use crate::kit::PageError;
use crate::staff::Task;
use crate::staff::desk::Signed;
use crate::staff::export::{self, Column, List, Short, export};
use crate::staff::wording::time;

/// The last so many that ended.
const ENDED: u32 = 500;

const COLUMNS: &[Column] = &[
    Column { name: "状態", on_paper: true },
    Column { name: "種類", on_paper: true },
    Column { name: "管理番号", on_paper: true },
    Column { name: "記録・終了日", on_paper: true },
    Column { name: "時刻", on_paper: true },
    Column { name: "今ある場所", on_paper: true },
    Column { name: "知らせた市の担当者", on_paper: true },
    Column { name: "知らせた日", on_paper: true },
    Column { name: "知らせた時刻", on_paper: true },
    Column { name: "内容", on_paper: true },
];

fn cells(incident: &Incident) -> Vec<Cell> {
    vec![
        Cell::text(incident.outcome.map_or("終わっていない", domain::incident::Outcome::label)),
        Cell::text(incident.kind.label()),
        Cell::text(incident.control_number.digits()),
        Cell::Day(day_of(incident.at)),
        Cell::text(time(incident.at)),
        Cell::text(incident.place_name.as_str()),
        Cell::text(incident.told_to.as_str()),
        Cell::Day(day_of(incident.told_at)),
        Cell::text(time(incident.told_at)),
        Cell::text(incident.remark.as_str()),
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
        columns: COLUMNS,
        rows: Short(incidents.iter().map(cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
