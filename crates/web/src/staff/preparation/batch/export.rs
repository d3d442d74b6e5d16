//! The batches as a file, and the cards of one.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::batch::CardEnd;
use domain::id::BatchId;
use domain::journal::Subject;
use domain::permission::Permission;
use domain::service::SiteCode;
use domain::time::day_of;
use store::Reader;
use store::batch::{Batch, BatchCard};

use super::list::state;
use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Portion, Rows, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::{list_line, short, time};
use crate::staff::{Task, field};

/// Batches of one short read.
const PORTION: u32 = 500;

const BATCH_COLUMNS: &[Column] = &[
    column("batch", "引継ぎ").look(Look::Code).links(),
    column("kind", "区分").look(Look::Code),
    column("cards", "枚数").look(Look::Count),
    column("day", "引継日").look(Look::Code),
    column("time", "時刻").look(Look::Code),
    column("receiver", "受け取った人"),
    column("state", "状態").look(Look::Code),
    column("ended", "返却・発送日").look(Look::Code),
    column("giver", "返した・発送した人").off_screen(),
];

/// The list, as it is arranged.
pub(crate) static BATCHES: Listing = Listing {
    list: StaffList::Batches,
    columns: BATCH_COLUMNS,
    sorts: false,
    has_screen: true,
    permission: Permission::TransferBatches,
    href: "/batches",
    address: "/layouts/batches",
    task: Task::Preparation,
};

const CARD_COLUMNS: &[Column] = &[
    column("list_line", "一覧").look(Look::Code).on_screen(),
    column("control", "管理番号").look(Look::Control).links(),
    column("list_date", "一覧日付").look(Look::Code).off_screen(),
    column("line", "一覧番号").look(Look::Count).off_screen(),
    column("method", "申請方式").look(Look::Code),
    column("remarks", "備考"),
    column("state", "状態").look(Look::Code),
];

/// The list, as it is arranged.
pub(crate) static CARDS: Listing = Listing {
    list: StaffList::BatchCards,
    columns: CARD_COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::TransferBatches,
    href: "/batches",
    address: "/layouts/batch_cards",
    task: Task::Preparation,
};

/// The batches of a site, newest first.
struct Batches(SiteCode);

impl Rows for Batches {
    type Mark = BatchId;

    fn portion(
        &self,
        reader: &mut Reader<'_>,
        after: Option<&BatchId>,
    ) -> Result<Portion<BatchId>, store::Error> {
        let batches = store::batch::list(reader, &self.0, after.copied(), PORTION)?;
        let full = batches.len() >= usize::try_from(PORTION).unwrap_or(usize::MAX);
        Ok(Portion {
            subjects: batches.iter().map(|batch| Subject::Batch(batch.id)).collect(),
            next: batches.last().filter(|_| full).map(|batch| batch.id),
            rows: batches.into_iter().map(cells).collect(),
        })
    }
}

/// A batch as a row: a cell for every column.
pub(super) fn cells(batch: Batch) -> Vec<Cell> {
    let ended = batch.mailed_on.or_else(|| batch.returned_at.map(day_of));
    vec![
        Cell::text(short(batch.id)),
        Cell::text(batch.kind.label()),
        Cell::Number(i64::from(batch.cards)),
        Cell::Day(day_of(batch.sent_at)),
        Cell::text(time(batch.sent_at)),
        Cell::text(batch.receiver),
        Cell::text(state(batch.state)),
        ended.map_or_else(Cell::empty, Cell::Day),
        Cell::text(batch.giver.unwrap_or_default()),
    ]
}

/// A card of a batch as a row: a cell for every column.
pub(super) fn card_cells(card: &BatchCard) -> Vec<Cell> {
    vec![
        Cell::text(list_line(card.list_date, card.line)),
        Cell::text(card.control_number.digits()),
        Cell::Day(card.list_date),
        Cell::Number(i64::from(card.line)),
        Cell::text(card.method.label_ja()),
        Cell::text(card.remarks.clone()),
        Cell::text(card.ended.map_or("市にあります", CardEnd::label)),
    ]
}

/// The batches.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "batches")?;
    let list = List {
        title: "市への引継ぎ".to_owned(),
        name: "batches",
        task: Task::Preparation,
        screen: "batches_file",
        asked: file,
        words: Vec::new(),
        subjects: Vec::new(),
        listing: &BATCHES,
        paper: Paper::Plain,
        rows: Batches(app.settings.site.clone()),
    };
    export(&app, &signed, list, form, asked).await
}

/// The cards of a batch.
pub(crate) async fn cards(
    State(app): State<Arc<App>>,
    Path((id, file)): Path<(String, String)>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: BatchId = field::id(&id)?;
    let form = export::form(&file, "cards")?;
    let (batch, cards) = app
        .db
        .read(move |reader| {
            Ok::<_, store::Error>((store::batch::find(reader, id)?, store::batch::cards(reader, id)?))
        })
        .await?;
    let batch = batch.ok_or(PageError::NotFound)?;
    let list = List {
        title: format!("引継ぎ {}（{}）", short(id), batch.kind.label()),
        name: "batch-cards",
        task: Task::Preparation,
        screen: "batch_file",
        asked: format!("{id} {file}"),
        words: Vec::new(),
        subjects: vec![Subject::Batch(id)],
        listing: &CARDS,
        paper: Paper::Plain,
        rows: Short(cards.iter().map(card_cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
