//! The batches as a file, and the cards of one.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::id::BatchId;
use domain::journal::Subject;
use domain::service::SiteCode;
use domain::time::day_of;
use store::Reader;
use store::batch::Batch;

use super::list::state;
use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::export::{self, Column, List, Portion, Rows, Short, export};
use crate::staff::wording::{short, time};
use crate::staff::{Task, field};

/// Batches of one short read.
const PORTION: u32 = 500;

const BATCHES: &[Column] = &[
    Column { name: "引継ぎ", on_paper: true },
    Column { name: "区分", on_paper: true },
    Column { name: "枚数", on_paper: true },
    Column { name: "引継日", on_paper: true },
    Column { name: "時刻", on_paper: true },
    Column { name: "受け取った人", on_paper: true },
    Column { name: "状態", on_paper: true },
    Column { name: "返却・発送日", on_paper: true },
    Column { name: "返した・発送した人", on_paper: true },
];

const CARDS: &[Column] = &[
    Column { name: "管理番号", on_paper: true },
    Column { name: "一覧日付", on_paper: true },
    Column { name: "一覧番号", on_paper: true },
    Column { name: "申請方式", on_paper: true },
];

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

fn cells(batch: Batch) -> Vec<Cell> {
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
        columns: BATCHES,
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
    let cells = |card: &store::batch::BatchCard| {
        vec![
            Cell::text(card.control_number.digits()),
            Cell::Day(card.list_date),
            Cell::Number(i64::from(card.line)),
            Cell::text(card.method.label_ja()),
        ]
    };
    let list = List {
        title: format!("引継ぎ {}（{}）", short(id), batch.kind.label()),
        name: "batch-cards",
        task: Task::Preparation,
        screen: "batch_file",
        asked: format!("{id} {file}"),
        words: Vec::new(),
        subjects: vec![Subject::Batch(id)],
        columns: CARDS,
        rows: Short(cards.iter().map(cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
