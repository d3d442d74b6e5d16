//! The parts of letters as a file, and the letters of one. Keys never stand in a file.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::id::LetterBatchId;
use domain::journal::Subject;
use domain::permission::Permission;
use domain::service::SiteCode;
use domain::time::day_of;
use store::Reader;
use store::letter::{Letter, Part};

use super::list::state;
use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Portion, Rows, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::{list_line, short};
use crate::staff::{Task, field};

/// Parts of one short read.
const PORTION: u32 = 500;

const PART_COLUMNS: &[Column] = &[
    column("part", "束").look(Look::Code).links(),
    column("letters", "通数").look(Look::Count),
    column("version", "版").off_screen(),
    column("state", "状態").look(Look::Code),
    column("printed", "印刷日").look(Look::Code),
    column("transferred", "市への引継日").look(Look::Code),
    column("receiver", "受け取った人").off_screen(),
    column("posted", "市の発送日").look(Look::Code),
    column("poster", "発送した人").off_screen(),
];

/// The list, as it is arranged.
pub(crate) static PARTS: Listing = Listing {
    list: StaffList::Letters,
    columns: PART_COLUMNS,
    sorts: false,
    has_screen: true,
    permission: Permission::TransferBatches,
    href: "/letters",
    address: "/layouts/letters",
    task: Task::Preparation,
};

const LETTER_COLUMNS: &[Column] = &[
    column("control", "管理番号").look(Look::Control).links(),
    column("list_line", "一覧").look(Look::Code).on_screen(),
    column("list_date", "一覧日付").look(Look::Code).off_screen(),
    column("line", "一覧番号").look(Look::Count).off_screen(),
    column("key", "予約キー"),
    column("block", "郵便区").look(Look::Code),
    column("stuffed", "封入"),
];

/// The list, as it is arranged.
pub(crate) static LETTERS: Listing = Listing {
    list: StaffList::PartLetters,
    columns: LETTER_COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::TransferBatches,
    href: "/letters",
    address: "/layouts/part_letters",
    task: Task::Preparation,
};

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

/// A part as a row: a cell for every column.
pub(super) fn cells(part: Part) -> Vec<Cell> {
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

/// A letter as a row: a cell for every column.
pub(super) fn letter_cells(letter: &Letter) -> Vec<Cell> {
    vec![
        Cell::text(letter.control_number.digits()),
        Cell::text(list_line(letter.list_date, letter.line)),
        Cell::Day(letter.list_date),
        Cell::Number(i64::from(letter.line)),
        Cell::text(if letter.holds { "有効" } else { "再発行により無効" }),
        Cell::text(letter.post_block.label()),
        Cell::text(match letter.taken_out {
            Some(why) => format!("抜き出し：{}", why.label()),
            None if letter.stuffed => "封入済".to_owned(),
            None => String::new(),
        }),
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
        listing: &PARTS,
        paper: Paper::Plain,
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
    let list = List {
        title: format!("交付のご案内 {}", short(id)),
        name: "letters",
        task: Task::Preparation,
        screen: "part_file",
        asked: format!("{id} {file}"),
        words: Vec::new(),
        subjects: vec![Subject::Letters(id)],
        listing: &LETTERS,
        paper: Paper::Plain,
        rows: Short(letters.iter().map(letter_cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
