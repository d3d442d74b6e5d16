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
use documents::day_list::{DayList, Row};
use documents::plain_list::{self, PlainList};
use documents::table::{CannotWrite, Cell, Codes, CsvFile, Encoding};
use documents::xlsx::{Sheet, Workbook};
use domain::journal::Subject;
use http_body::{Frame, SizeHint};
use jiff::Timestamp;
use jiff::civil::Date;
use store::Reader;
use store::journal::View;
use tokio::sync::{Semaphore, mpsc};

use crate::App;
use crate::kit::page::Cache;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::file::{CannotWritePage, Form, Wanted, pdf};
use crate::staff::desk::Signed;
use crate::staff::listing::table::read;
use crate::staff::listing::{Arranged, Listing, Look, Medium};
use crate::staff::{Layout, Task};

/// Files that are made at once; others wait for their turn, so that exports never take the whole machine.
static TURNS: Semaphore = Semaphore::const_new(2);
/// Rows that stand one by one in the register of views; of a longer file it has the filter and the count.
const SUBJECTS: usize = 1_000;
/// What is sent at once, in bytes.
const PIECE: usize = 64 << 10;

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

    /// Sorts the rows as the list stands, where its rows can be sorted.
    fn sort(&mut self, _arranged: &Arranged) {}
}

/// Rows that were read already, for lists that are short by their nature.
pub(crate) struct Short(pub(crate) Vec<Vec<Cell>>);

impl Rows for Short {
    type Mark = ();

    fn portion(&self, _: &mut Reader<'_>, _: Option<&()>) -> Result<Portion<()>, store::Error> {
        Ok(Portion { rows: self.0.clone(), subjects: Vec::new(), next: None })
    }

    fn sort(&mut self, arranged: &Arranged) {
        arranged.sort(&mut self.0, |cells| cells);
    }
}

/// What kind of paper a list becomes.
#[derive(Debug, Clone)]
pub(crate) enum Paper {
    /// A list like any other.
    Plain,
    /// The reservations of a day, under their hours.
    Day {
        /// The service, as the paper names it.
        service: String,
        /// The site, as the paper names it.
        site: String,
        /// The day.
        day: Date,
        /// The instant up to which the list knows the reservations.
        as_of: Timestamp,
        /// The code word of the column with the time.
        time: &'static str,
    },
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
    /// Its columns.
    pub(crate) listing: &'static Listing,
    /// The paper.
    pub(crate) paper: Paper,
    /// The rows.
    pub(crate) rows: R,
}

impl<R> List<R> {
    /// The name of the file: of the day that it is about, else of today.
    fn file(&self, today: Date, ending: &str) -> String {
        let day = match &self.paper {
            Paper::Plain => today,
            Paper::Day { day, .. } => *day,
        };
        format!("{}-{day}.{ending}", self.name)
    }
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
    mut list: List<R>,
    form: Form,
    asked: Asked,
) -> Result<Response, PageError> {
    let arranged = Arranged::read(app, signed, list.listing).await?;
    list.rows.sort(&arranged);
    if let Some(id) = arranged.id {
        list.asked = format!("{} layout {id}", list.asked);
    }
    // The semaphore is never closed.
    let _turn = TURNS.acquire().await.map_err(PageError::internal)?;
    match form {
        Form::Pdf => on_paper(app, signed, list, &arranged).await,
        Form::Csv => {
            let (encoding, media) = match asked.encoding {
                Wanted::Utf8 => (Encoding::Utf8Bom, "text/csv; charset=utf-8"),
                Wanted::Cp932 => (Encoding::Cp932, "text/csv; charset=Shift_JIS"),
            };
            let (name, task) = (list.file(app.today(), "csv"), list.task);
            let made = make(app, list, &arranged, move |list, each| csv(list, encoding, each)).await?;
            if !made.cannot_write.is_empty() {
                let layout = signed.layout("CP932では書けない文字があります").within(task);
                return Ok(respond(&CannotWritePage::new(layout, &made.columns, &made.cannot_write)));
            }
            signed.viewed(app, made.view).await?;
            send(made.file, media, &name)
        }
        Form::Xlsx => {
            let (now, name) = (app.now(), list.file(app.today(), "xlsx"));
            let made = make(app, list, &arranged, move |list, each| xlsx(list, now, each)).await?;
            signed.viewed(app, made.view).await?;
            let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            send(made.file, media, &name)
        }
        Form::Page => Err(PageError::NotFound),
    }
}

/// A file that was made, and the entry for the register of views.
struct Made {
    file: File,
    cannot_write: Vec<CannotWrite>,
    columns: Vec<String>,
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
    #[error(transparent)]
    NotWhole(#[from] NotWhole),
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
    arranged: &Arranged,
    write: impl FnOnce(&Head, &mut Each<'_>) -> Result<(File, Vec<CannotWrite>), MakeError> + Send + 'static,
) -> Result<Made, PageError> {
    let db = app.db.clone();
    let shown = arranged.on(Medium::File);
    let head = Head { title: list.title, columns: arranged.names(&shown) };
    let made = tokio::task::spawn_blocking(move || {
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
                is_whole(list.listing, &portion.rows)?;
                portion.rows.iter().try_for_each(|cells| take(&chosen(cells, &shown)))?;
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
        Ok::<_, MakeError>(Made { file, cannot_write, columns: head.columns, view })
    });
    Ok(made.await.map_err(PageError::internal)??)
}

/// A row that has not a cell for every column would stand under the wrong names.
fn is_whole(listing: &Listing, rows: &[Vec<Cell>]) -> Result<(), NotWhole> {
    let is_whole = rows.iter().all(|cells| cells.len() == listing.columns.len());
    if is_whole { Ok(()) } else { Err(NotWhole) }
}

/// A row has more or fewer cells than its list has columns.
#[derive(Debug, thiserror::Error)]
#[error("a row has not a cell for every column of its list")]
pub struct NotWhole;

/// What stands above the rows.
struct Head {
    title: String,
    columns: Vec<String>,
}

/// The cells of the columns that are shown, in their order.
fn chosen(cells: &[Cell], shown: &[usize]) -> Vec<Cell> {
    shown.iter().filter_map(|at| cells.get(*at)).cloned().collect()
}

fn csv(head: &Head, encoding: Encoding, each: &mut Each<'_>) -> Result<(File, Vec<CannotWrite>), MakeError> {
    let mut out = BufWriter::new(tempfile::tempfile()?);
    let mut file = CsvFile::new(&head.columns, encoding, Codes::Protected);
    each(&mut |cells| {
        file.row(cells);
        Ok(out.write_all(&file.take())?)
    })?;
    out.write_all(&file.take())?;
    let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok((out, file.cannot_write().to_vec()))
}

fn xlsx(head: &Head, made_at: Timestamp, each: &mut Each<'_>) -> Result<(File, Vec<CannotWrite>), MakeError> {
    let sheet = Sheet { name: &head.title, columns: &head.columns, made_at };
    let mut workbook = Workbook::new(tempfile::tempfile()?, &sheet)?;
    each(&mut |cells| Ok(workbook.row(cells)?))?;
    Ok((workbook.finish()?, Vec::new()))
}

/// Prints the list, if it is not too long for paper.
async fn on_paper<R: Rows>(
    app: &Arc<App>,
    signed: &Signed,
    list: List<R>,
    arranged: &Arranged,
) -> Result<Response, PageError> {
    let name = list.file(app.today(), "pdf");
    let rows = Arc::new(list.rows);
    let (mut all, mut subjects, mut after) = (Vec::new(), list.subjects, None);
    loop {
        let (source, from) = (rows.clone(), after);
        let portion = app.db.read(move |reader| source.portion(reader, from.as_ref())).await?;
        is_whole(list.listing, &portion.rows).map_err(PageError::internal)?;
        all.extend(portion.rows);
        subjects.extend(portion.subjects);
        if all.len() > plain_list::MOST_ROWS {
            let layout = signed.layout("PDFにできる件数を超えています").within(list.task);
            return Ok(respond(&TooLongPage { layout, most: plain_list::MOST_ROWS }));
        }
        match portion.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let found = u32::try_from(all.len()).unwrap_or(u32::MAX);
    signed.viewed(app, View { screen: list.screen, asked: list.asked, subjects, found }).await?;
    let head = (list.title, list.words, list.paper);
    let document = document(app, arranged, head, &all, signed.name().to_owned());
    let document = document.map_err(PageError::internal)?;
    pdf(app, document, &name).await
}

/// Rows as a paper, with its title, the words of what was asked, and its kind.
fn document(
    app: &App,
    arranged: &Arranged,
    (title, asked, paper): (String, Vec<String>, Paper),
    all: &[Vec<Cell>],
    printed_by: String,
) -> Result<Document, NoTime> {
    let shown = arranged.on(Medium::Paper);
    let columns = arranged.names(&shown);
    let looks = |at: &usize| arranged.listing.columns.get(*at).map_or(Look::Words, |column| column.look);
    let texts = |cells: &Vec<Cell>| -> Vec<String> {
        shown.iter().map(|at| cells.get(*at).map(|cell| read(cell, looks(at))).unwrap_or_default()).collect()
    };
    let (city, printed_at) = (app.settings.profile.city.name_ja.clone(), app.now());
    Ok(match paper {
        Paper::Plain => {
            let (site, today) = (&app.settings.site, app.today());
            let site =
                app.rules().site(site, today).map_or_else(|| site.to_string(), |one| one.name_ja.clone());
            let rows = all.iter().map(texts).collect();
            Document::PlainList(PlainList { city, site, title, asked, columns, rows, printed_at, printed_by })
        }
        Paper::Day { service, site, day, as_of, time } => {
            let at = arranged.listing.find(time).ok_or(NoTime)?;
            let row = |cells: &Vec<Cell>| match cells.get(at) {
                Some(Cell::Text(start)) => start.parse().ok().map(|start| Row { start, texts: texts(cells) }),
                _ => None,
            };
            let rows: Option<Vec<Row>> = all.iter().map(row).collect();
            let rows = rows.ok_or(NoTime)?;
            Document::DayList(DayList {
                city,
                site,
                service,
                day,
                as_of,
                printed_at,
                printed_by,
                columns,
                rows,
            })
        }
    })
}

/// A list that nobody asks for, as CSV in UTF-8 and as papers of so many rows as go on one: for the folder that survives an
/// outage. It stands as nobody arranged it, with every column.
pub(crate) fn unattended(
    app: &App,
    list: List<Short>,
    printed_by: &str,
) -> Result<(Vec<u8>, Vec<Document>), UnattendedError> {
    let arranged = Arranged::of(list.listing, None, |_| true);
    let Short(rows) = list.rows;
    is_whole(list.listing, &rows)?;
    let in_file = arranged.on(Medium::File);
    let mut file = CsvFile::new(&arranged.names(&in_file), Encoding::Utf8Bom, Codes::Protected);
    for cells in &rows {
        file.row(&chosen(cells, &in_file));
    }
    // A day without reservations has its paper too, which says so.
    let portions: Vec<&[Vec<Cell>]> =
        if rows.is_empty() { vec![&[]] } else { rows.chunks(plain_list::MOST_ROWS).collect() };
    let of = portions.len();
    let papers = portions.into_iter().enumerate().map(|(at, rows)| {
        let title =
            if of == 1 { list.title.clone() } else { format!("{}（{}／{of}）", list.title, at + 1) };
        document(app, &arranged, (title, list.words.clone(), list.paper.clone()), rows, printed_by.to_owned())
    });
    let papers = papers.collect::<Result<_, _>>()?;
    Ok((file.take(), papers))
}

/// Why a list that nobody asked for was not made.
#[derive(Debug, thiserror::Error)]
pub enum UnattendedError {
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A row has more or fewer cells than its list has columns.
    #[error(transparent)]
    NotWhole(#[from] NotWhole),
    /// A row of a day has no time.
    #[error(transparent)]
    NoTime(#[from] NoTime),
}

/// A list of a day has a row without a time.
#[derive(Debug, thiserror::Error)]
#[error("a row of a day's list has no time")]
pub struct NoTime;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff::listing;

    #[test]
    fn r4_i_a_row_that_would_stand_under_the_wrong_names_is_not_exported() {
        for listing in listing::all() {
            let whole = vec![Cell::empty(); listing.columns.len()];
            assert!(is_whole(listing, &[whole.clone(), whole.clone()]).is_ok());
            for other in [whole[1..].to_vec(), [whole.clone(), vec![Cell::empty()]].concat()] {
                assert!(is_whole(listing, &[whole.clone(), other]).is_err(), "{}", listing.list);
            }
        }
    }
}
