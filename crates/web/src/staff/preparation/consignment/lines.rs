//! カード発行一覧表 in J-LIS's own order, each line with what was found of it: what the city is given to look something up in
//! (11(5)ウ(イ): 備考). 処理注意 is yes or no.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::card::{Finding, Pass};
use domain::group::{Facts, Group, remarks};
use domain::id::{CardId, ConsignmentId};
use domain::journal::Subject;
use domain::permission::Permission;
use domain::time::era_date;
use store::privacy::NOTICE_NUMBER;

use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::list_name;
use crate::staff::{Task, field};

const COLUMNS: &[Column] = &[
    column("line", "一覧番号").look(Look::Count),
    column("control", "管理番号").look(Look::Control),
    column("notice", "交付通知書番号").look(Look::Code),
    column("method", "申請方式").look(Look::Code),
    column("remarks", "備考"),
    column("group", "仕分け").look(Look::Code),
    column("progress", "状態").look(Look::Code),
    column("place", "場所"),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::ConsignmentLines,
    columns: COLUMNS,
    sorts: true,
    has_screen: false,
    permission: Permission::SeeCards,
    href: "/preparation",
    address: "/layouts/consignment_lines",
    task: Task::Preparation,
};

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path((id, file)): Path<(String, String)>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let form = export::form(&file, "lines")?;
    let keys = app.keys.clone();
    let found = app.db.read(move |reader| {
        let Some(consignment) = store::consignment::find(reader, id)? else { return Ok(None) };
        let mut findings: HashMap<CardId, Vec<(Pass, Finding)>> = HashMap::new();
        for (card, pass, finding) in store::card::inspected_of(reader, id)? {
            findings.entry(card).or_default().push((pass, finding));
        }
        let notices = store::privacy::open_of_consignment(reader, &keys, id, NOTICE_NUMBER)?;
        let lines = store::consignment::lines(reader, id)?;
        let cells = |line: store::consignment::Checked| {
            let findings = findings.get(&line.id).map_or(&[][..], Vec::as_slice);
            let (method, way, short_validity) = (line.method, line.way, line.short_validity);
            vec![
                Cell::Number(i64::from(line.line)),
                Cell::text(line.control_number.digits()),
                Cell::text(notices.get(&line.id).cloned().unwrap_or_default()),
                Cell::text(method.label_ja()),
                Cell::text(remarks(&Facts { method, way, findings, short_validity })),
                Cell::text(line.sorted_into.map_or("", Group::label)),
                Cell::text(line.progress.label()),
                Cell::text(line.place),
            ]
        };
        let rows: Vec<_> = lines.into_iter().map(cells).collect();
        Ok::<_, store::Error>(Some((consignment, rows)))
    });
    let (consignment, rows) = found.await?.ok_or(PageError::NotFound)?;
    let name = list_name(consignment.list_date, &consignment.box_name, consignment.is_opening);
    let list = List {
        title: format!("一覧表の備考　{name}"),
        name: "consignment-lines",
        task: Task::Preparation,
        screen: "consignment_lines_file",
        asked: format!("{id} {file}"),
        words: vec![format!("{}の時点", era_date(app.today())), "処理注意は有無のみ".to_owned()],
        subjects: vec![Subject::Consignment(id)],
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(rows),
    };
    export(&app, &signed, list, form, asked).await
}
