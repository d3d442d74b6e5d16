//! Every list as a file: PDF, CSV in two encodings, workbook, at the same place of every list.
//!
//! A file is made in a temporary file without a name, from short reads of a portion each, and sent from there: a list of
//! any length needs little memory, and what CP932 cannot write is known before anything is answered. Keys of portions
//! are places in the list's order, so that what changes meanwhile neither doubles nor hides other rows. The register of
//! views has its entry before the answer.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use askama::Template;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use documents::Document;
use documents::plain_list::{self, PlainList};
use documents::table::{CannotWrite, Cell, Codes, CsvFile, Encoding};
use documents::xlsx::{Sheet, Workbook};
use domain::journal::Subject;
use domain::time::day_of;
use http_body::{Frame, SizeHint};
use jiff::Timestamp;
use store::Reader;
use store::journal::View;
use tokio::sync::{Semaphore, mpsc};

use crate::App;
use crate::kit::page::Cache;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::file::{CannotWritePage, Form, Wanted, pdf};
use crate::staff::desk::Signed;
use crate::staff::{Layout, Task};

/// Files that are made at once; others wait for their turn, so that exports never take the whole machine.
static TURNS: Semaphore = Semaphore::const_new(2);
/// Rows that stand one by one in the register of views; of a longer file it has the filter and the count.
const SUBJECTS: usize = 1_000;
/// What is sent at once, in bytes.
const PIECE: usize = 64 << 10;

/// A column of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: &'static str,
    /// Whether it stands on paper too, or in files alone.
    pub(crate) on_paper: bool,
}

/// Some rows of a list, and where it goes on.
pub(crate) struct Portion<M> {
    /// The rows, each with a cell for every column.
    pub(crate) rows: Vec<Vec<Cell>>,
    /// What they are about.
    pub(crate) subjects: Vec<Subject>,
    /// Where the list goes on; none at its end.
    pub(crate) next: Option<M>,
}

/// The rows of a list, read a portion at a time.
pub(crate) trait Rows: Send + Sync + 'static {
    /// A place in the order of the list.
    type Mark: Clone + Send + Sync + 'static;

    /// The rows after a mark (`None` for the first ones).
    fn portion(
        &self,
        reader: &mut Reader<'_>,
        after: Option<&Self::Mark>,
    ) -> Result<Portion<Self::Mark>, store::Error>;
}

/// Rows that were read already, for lists that are short by their nature.
pub(crate) struct Short(pub(crate) Vec<Vec<Cell>>);

impl Rows for Short {
    type Mark = ();

    fn portion(&self, _: &mut Reader<'_>, _: Option<&()>) -> Result<Portion<()>, store::Error> {
        Ok(Portion { rows: self.0.clone(), subjects: Vec::new(), next: None })
    }
}

/// A list that is exported.
pub(crate) struct List<R> {
    /// What is listed: the title of the paper and the name of the sheet.
    pub(crate) title: String,
    /// The beginning of the file's name, in ASCII letters and dashes.
    pub(crate) name: &'static str,
    /// The task to which its pages belong.
    pub(crate) task: Task,
    /// The word for the register of views.
    pub(crate) screen: &'static str,
    /// What was asked, for the register of views.
    pub(crate) asked: String,
    /// What was asked, in words, for the paper.
    pub(crate) words: Vec<String>,
    /// What the whole list is about, beside its rows.
    pub(crate) subjects: Vec<Subject>,
    /// The columns.
    pub(crate) columns: &'static [Column],
    /// The rows.
    pub(crate) rows: R,
}

/// The query of an export; the rest of it is the list's filter.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
pub(crate) struct Asked {
    /// Which encoding of CSV.
    #[serde(default)]
    encoding: Wanted,
}

/// Which file is asked by its name at the end of the address: `NAME.pdf`, `NAME.csv`, `NAME.xlsx`.
pub(crate) fn form(address: &str, name: &str) -> Result<Form, PageError> {
    match Form::split(address) {
        (found, form @ (Form::Pdf | Form::Csv | Form::Xlsx)) if found == name => Ok(form),
        _ => Err(PageError::NotFound),
    }
}

/// Makes the file and answers with it.
pub(crate) async fn export<R: Rows>(
    app: &Arc<App>,
    signed: &Signed,
    list: List<R>,
    form: Form,
    asked: Asked,
) -> Result<Response, PageError> {
    // The semaphore is never closed.
    let _turn = TURNS.acquire().await.map_err(PageError::internal)?;
    match form {
        Form::Pdf => on_paper(app, signed, list).await,
        Form::Csv => {
            let (encoding, media) = match asked.encoding {
                Wanted::Utf8 => (Encoding::Utf8Bom, "text/csv; charset=utf-8"),
                Wanted::Cp932 => (Encoding::Cp932, "text/csv; charset=Shift_JIS"),
            };
            let made = make(app, list, move |list, each| csv(list, encoding, each)).await?;
            if !made.cannot_write.is_empty() {
                let layout = signed.layout("CP932では書けない文字があります").within(made.task);
                let names: Vec<String> = made.columns.iter().map(|column| column.name.to_owned()).collect();
                return Ok(respond(&CannotWritePage::new(layout, &names, &made.cannot_write)));
            }
            signed.viewed(app, made.view).await?;
            send(made.file, media, &format!("{}-{}.csv", made.name, day_of(app.now())))
        }
        Form::Xlsx => {
            let now = app.now();
            let made = make(app, list, move |list, each| xlsx(list, now, each)).await?;
            signed.viewed(app, made.view).await?;
            let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            send(made.file, media, &format!("{}-{}.xlsx", made.name, day_of(now)))
        }
        Form::Page => Err(PageError::NotFound),
    }
}

/// A file that was made, and the entry for the register of views.
struct Made {
    file: File,
    cannot_write: Vec<CannotWrite>,
    columns: &'static [Column],
    name: &'static str,
    task: Task,
    view: View,
}

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
enum MakeError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Workbook(#[from] documents::xlsx::WriteError),
}

impl From<MakeError> for PageError {
    fn from(error: MakeError) -> Self {
        match error {
            MakeError::Store(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

/// Calls its argument with each row.
type Each<'a> = dyn FnMut(&mut dyn FnMut(&[Cell]) -> Result<(), MakeError>) -> Result<(), MakeError> + 'a;

/// Makes a file off the threads that answer requests.
async fn make<R: Rows>(
    app: &Arc<App>,
    list: List<R>,
    write: impl FnOnce(&Head, &mut Each<'_>) -> Result<(File, Vec<CannotWrite>), MakeError> + Send + 'static,
) -> Result<Made, PageError> {
    let db = app.db.clone();
    let made = tokio::task::spawn_blocking(move || {
        let head = Head { title: list.title, columns: list.columns };
        let rows = Arc::new(list.rows);
        let (mut found, mut about) = (0_usize, Vec::new());
        let mut each = |take: &mut dyn FnMut(&[Cell]) -> Result<(), MakeError>| {
            let mut after = None;
            loop {
                let (source, from) = (rows.clone(), after.clone());
                let portion = db.read_now(move |reader| source.portion(reader, from.as_ref()))?;
                found += portion.rows.len();
                if found <= SUBJECTS {
                    about.extend(portion.subjects);
                }
                portion.rows.iter().try_for_each(|cells| take(cells))?;
                match portion.next {
                    Some(next) => after = Some(next),
                    None => return Ok(()),
                }
            }
        };
        let (file, cannot_write) = write(&head, &mut each)?;
        let mut subjects = list.subjects;
        if found <= SUBJECTS {
            subjects.append(&mut about);
        }
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        let view = View { screen: list.screen, asked: list.asked, subjects, found };
        let Head { columns, .. } = head;
        Ok::<_, MakeError>(Made { file, cannot_write, columns, name: list.name, task: list.task, view })
    });
    Ok(made.await.map_err(PageError::internal)??)
}

/// What stands above the rows.
struct Head {
    title: String,
    columns: &'static [Column],
}

impl Head {
    fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.to_owned()).collect()
    }
}

fn csv(head: &Head, encoding: Encoding, each: &mut Each<'_>) -> Result<(File, Vec<CannotWrite>), MakeError> {
    let mut out = BufWriter::new(tempfile::tempfile()?);
    let mut file = CsvFile::new(&head.names(), encoding, Codes::Protected);
    each(&mut |cells| {
        file.row(cells);
        Ok(out.write_all(&file.take())?)
    })?;
    out.write_all(&file.take())?;
    let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok((out, file.cannot_write().to_vec()))
}

fn xlsx(head: &Head, made_at: Timestamp, each: &mut Each<'_>) -> Result<(File, Vec<CannotWrite>), MakeError> {
    let columns = head.names();
    let sheet = Sheet { name: &head.title, columns: &columns, made_at };
    let mut workbook = Workbook::new(tempfile::tempfile()?, &sheet)?;
    each(&mut |cells| Ok(workbook.row(cells)?))?;
    Ok((workbook.finish()?, Vec::new()))
}

/// Prints the list, if it is not too long for paper.
async fn on_paper<R: Rows>(app: &Arc<App>, signed: &Signed, list: List<R>) -> Result<Response, PageError> {
    let rows = Arc::new(list.rows);
    let (mut texts, mut subjects, mut after) = (Vec::new(), list.subjects, None);
    loop {
        let (source, from) = (rows.clone(), after);
        let portion = app.db.read(move |reader| source.portion(reader, from.as_ref())).await?;
        let printed = |cells: Vec<Cell>| {
            let shown = cells.iter().zip(list.columns).filter(|(_, column)| column.on_paper);
            shown.map(|(cell, _)| text(cell)).collect::<Vec<_>>()
        };
        texts.extend(portion.rows.into_iter().map(printed));
        subjects.extend(portion.subjects);
        if texts.len() > plain_list::MOST_ROWS {
            let layout = signed.layout("PDFにできる件数を超えています").within(list.task);
            return Ok(respond(&TooLongPage { layout, most: plain_list::MOST_ROWS }));
        }
        match portion.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let found = u32::try_from(texts.len()).unwrap_or(u32::MAX);
    signed.viewed(app, View { screen: list.screen, asked: list.asked, subjects, found }).await?;
    let (site, today) = (&app.settings.site, app.today());
    let site = app.rules().site(site, today).map_or_else(|| site.to_string(), |site| site.name_ja.clone());
    let columns = list.columns.iter().filter(|column| column.on_paper);
    let document = Document::PlainList(PlainList {
        city: app.settings.profile.city.name_ja.clone(),
        site,
        title: list.title,
        asked: list.words,
        columns: columns.map(|column| column.name.to_owned()).collect(),
        rows: texts,
        printed_at: app.now(),
        printed_by: signed.name().to_owned(),
    });
    pdf(app, document, &format!("{}-{today}.pdf", list.name)).await
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Day(day) => crate::staff::wording::short_date(*day),
    }
}

/// The page that says that a list is too long for paper.
#[derive(Template)]
#[template(path = "staff/too_long.html")]
pub(crate) struct TooLongPage {
    pub(crate) layout: Layout,
    pub(crate) most: usize,
}

impl Page for TooLongPage {
    fn status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// Sends a file from its beginning, a piece at a time.
fn send(mut file: File, media: &'static str, name: &str) -> Result<Response, PageError> {
    let left = file.seek(SeekFrom::End(0)).map_err(PageError::internal)?;
    file.seek(SeekFrom::Start(0)).map_err(PageError::internal)?;
    let (pieces, received) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece);
            let (end, piece) = match read {
                Ok(0) => return,
                Ok(_) => (false, Ok(Bytes::from(piece))),
                Err(error) => (true, Err(error)),
            };
            // Who has gone away needs no more.
            if pieces.blocking_send(piece).is_err() || end {
                return;
            }
        }
    });
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, disposition.map_err(PageError::internal)?),
        (header::CACHE_CONTROL, Cache::Never.header()),
    ];
    Ok((headers, Body::new(Pieces { received, left })).into_response())
}

/// The body of a file.
struct Pieces {
    received: mpsc::Receiver<io::Result<Bytes>>,
    left: u64,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let received = std::task::ready!(self.received.poll_recv(context));
        if let Some(Ok(piece)) = &received {
            self.left = self.left.saturating_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        }
        Poll::Ready(received.map(|piece| piece.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
