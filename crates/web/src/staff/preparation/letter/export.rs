//! The parts of letters as a file, and the letters of one. Keys never stand in a file.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::id::LetterBatchId;
use domain::journal::Subject;
use domain::service::SiteCode;
use domain::time::day_of;
use store::Reader;
use store::letter::Part;

use super::list::state;
use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::export::{self, Column, List, Portion, Rows, Short, export};
use crate::staff::wording::short;
use crate::staff::{Task, field};

/// Parts of one short read.
const PORTION: u32 = 500;

const PARTS: &[Column] = &[
    Column { name: "束", on_paper: true },
    Column { name: "通数", on_paper: true },
    Column { name: "版", on_paper: true },
    Column { name: "状態", on_paper: true },
    Column { name: "印刷日", on_paper: true },
    Column { name: "市への引継日", on_paper: true },
    Column { name: "受け取った人", on_paper: true },
    Column { name: "市の発送日", on_paper: true },
    Column { name: "発送した人", on_paper: true },
];

const LETTERS: &[Column] = &[
    Column { name: "管理番号", on_paper: true },
    Column { name: "一覧日付", on_paper: true },
    Column { name: "一覧番号", on_paper: true },
    Column { name: "予約キー", on_paper: true },
];

/// The parts of a site, newest first.
struct Parts(SiteCode);

impl Rows for Parts {
    type Mark = LetterBatchId;

    fn portion(
        &self,
        reader: &mut Reader<'_>,
        after: Option<&LetterBatchId>,
    ) -> Result<Portion<LetterBatchId>, store::Error> {
        let parts = store::letter::list(reader, &self.0, after.copied(), PORTION)?;
        let full = parts.len() >= usize::try_from(PORTION).unwrap_or(usize::MAX);
        Ok(Portion {
            subjects: parts.iter().map(|part| Subject::Letters(part.id)).collect(),
            next: parts.last().filter(|_| full).map(|part| part.id),
            rows: parts.into_iter().map(cells).collect(),
        })
    }
}

fn cells(part: Part) -> Vec<Cell> {
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(Cell::empty, Cell::Day);
    vec![
        Cell::text(short(part.id)),
        Cell::Number(i64::from(part.letters)),
        Cell::text(part.version),
        Cell::text(state(part.state)),
        Cell::Day(day_of(part.printed_at)),
        day(part.transferred_at.map(day_of)),
        Cell::text(part.receiver.unwrap_or_default()),
        day(part.posted_on),
        Cell::text(part.poster.unwrap_or_default()),
    ]
}

/// The parts.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "letters")?;
    let list = List {
        title: "交付のご案内の束".to_owned(),
        name: "letters",
        task: Task::Preparation,
        screen: "letters_file",
        asked: file,
        words: Vec::new(),
        subjects: Vec::new(),
        columns: PARTS,
        rows: Parts(app.settings.site.clone()),
    };
    export(&app, &signed, list, form, asked).await
}

/// The letters of a part.
pub(crate) async fn letters(
    State(app): State<Arc<App>>,
    Path((id, file)): Path<(String, String)>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: LetterBatchId = field::id(&id)?;
    let form = export::form(&file, "letters")?;
    let (part, letters) = app
        .db
        .read(move |reader| {
            Ok::<_, store::Error>((store::letter::find(reader, id)?, store::letter::letters(reader, id)?))
        })
        .await?;
    part.ok_or(PageError::NotFound)?;
    let cells = |letter: &store::letter::Letter| {
        vec![
            Cell::text(letter.control_number.digits()),
            Cell::Day(letter.list_date),
            Cell::Number(i64::from(letter.line)),
            Cell::text(if letter.holds { "有効" } else { "再発行により無効" }),
        ]
    };
    let list = List {
        title: format!("交付のご案内 {}", short(id)),
        name: "letters",
        task: Task::Preparation,
        screen: "part_file",
        asked: format!("{id} {file}"),
        words: Vec::new(),
        subjects: vec![Subject::Letters(id)],
        columns: LETTERS,
        rows: Short(letters.iter().map(cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
