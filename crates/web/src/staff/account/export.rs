//! The whole answer to a question as a file, in bounded memory: the rows are read portion by portion.
//!
//! The answer is walked once to count it and to see whether the encoding can write it, so that the register of views
//! says how much left the program before it leaves; then once more to send it. Rows that came since are not in it.

use std::io::Cursor;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use documents::table::{Cell, Codes, CsvFile, Encoding};
use documents::xlsx::{MOST_ROWS, Sheet, Workbook};
use domain::journal::Subject;
use http_body::Frame;
use store::Reader;
use store::journal::View;
use tokio::sync::mpsc;

use super::asked::Hours;
use super::words::Names;
use crate::App;
use crate::kit::page::Cache;
use crate::kit::{PageError, respond};
use crate::staff::counter::file::{self, CannotWritePage};
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

/// Characters that cannot be written are told up to here.
const TOLD: usize = 100;
/// Portions that wait for a slow line.
const WAITING: usize = 2;

/// The rows of an answer, portion by portion.
pub(super) trait Rows: Clone + Send + Sync + 'static {
    /// The names of the columns.
    const COLUMNS: &'static [&'static str];

    /// The next rows, of which there may be none in a portion; `None` at the end.
    fn next(
        &mut self,
        reader: &mut Reader<'_>,
        hours: &mut Hours,
        names: &mut Names,
    ) -> Result<Option<Vec<Vec<Cell>>>, store::Error>;
}

/// What file is wanted, and what the register of views says of it.
pub(super) struct Wanted {
    /// `csv` or `xlsx`, from the address.
    pub(super) form: String,
    pub(super) encoding: file::Wanted,
    /// The beginning of the file's name.
    pub(super) name: &'static str,
    /// The name of the sheet.
    pub(super) title: &'static str,
    /// The screens in the register of views: CSV, workbook.
    pub(super) screens: [&'static str; 2],
    pub(super) asked: String,
    pub(super) subjects: Vec<Subject>,
}

async fn portion<R: Rows>(app: &App, rows: &R) -> Result<Option<(R, Vec<Vec<Cell>>)>, store::Error> {
    let (rows, rules, site, today) = (rows.clone(), app.rules(), app.settings.site.clone(), app.today());
    app.db
        .read(move |reader| {
            let mut rows = rows.clone();
            let mut hours = Hours::new(rules.clone(), site.clone());
            let mut names = Names::default().with_sites(&rules, today);
            Ok(rows.next(reader, &mut hours, &mut names)?.map(|cells| (rows, cells)))
        })
        .await
}

/// Answers with the file.
pub(super) async fn file<R: Rows>(
    app: &Arc<App>,
    signed: &Signed,
    layout: Layout,
    wanted: Wanted,
    rows: R,
) -> Result<Response, PageError> {
    let is_csv = match wanted.form.as_str() {
        "csv" => true,
        "xlsx" => false,
        _ => return Err(PageError::NotFound),
    };
    let columns: Vec<String> = R::COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let encoding = match wanted.encoding {
        file::Wanted::Utf8 => Encoding::Utf8Bom,
        file::Wanted::Cp932 => Encoding::Cp932,
    };
    let mut found = 0_usize;
    let mut proof = CsvFile::new(&columns, encoding, Codes::Protected);
    let mut next = rows.clone();
    while let Some((after, cells)) = portion(app, &next).await? {
        next = after;
        found += cells.len();
        if is_csv && encoding == Encoding::Cp932 && proof.cannot_write().len() < TOLD {
            for row in &cells {
                proof.row(row);
            }
            proof.take();
        }
    }
    if !proof.cannot_write().is_empty() {
        return Ok(respond(&CannotWritePage::new(layout, &columns, proof.cannot_write())));
    }
    if !is_csv && found >= MOST_ROWS {
        return Err(PageError::Conflict(format!(
            "{found}行あり、Excelの1枚に入りません。期間を狭めるか、CSVにしてください。"
        )));
    }
    let view = View {
        screen: if is_csv { wanted.screens[0] } else { wanted.screens[1] },
        asked: wanted.asked.clone(),
        subjects: wanted.subjects.clone(),
        found: u32::try_from(found).unwrap_or(u32::MAX),
    };
    signed.viewed(app, view).await?;
    let (name, today) = (wanted.name, app.today());
    if is_csv {
        let csv = CsvFile::new(&columns, encoding, Codes::Protected);
        return sent(app.clone(), rows, csv, encoding, &format!("{name}-{today}.csv"));
    }
    let made_at = app.now();
    let sheet = Sheet { name: wanted.title, columns: &columns, made_at };
    let mut workbook = Workbook::new(Cursor::new(Vec::new()), &sheet).map_err(PageError::internal)?;
    let mut next = rows;
    while let Some((after, cells)) = portion(app, &next).await? {
        next = after;
        cells.iter().try_for_each(|row| workbook.row(row)).map_err(PageError::internal)?;
    }
    let bytes = workbook.finish().map_err(PageError::internal)?.into_inner();
    file::keep_xlsx(&format!("{name}-{today}.xlsx"), bytes)
}

/// A body that is made while it is sent.
struct Portions(mpsc::Receiver<Result<Bytes, store::Error>>);

impl HttpBody for Portions {
    type Data = Bytes;
    type Error = store::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, store::Error>>> {
        self.0.poll_recv(context).map(|portion| portion.map(|portion| portion.map(Frame::data)))
    }
}

/// Sends the rows as CSV. Whoever goes away in between ends the reading; where reading fails, the line is cut, so that
/// nobody takes half an answer for the whole.
fn sent<R: Rows>(
    app: Arc<App>,
    rows: R,
    mut csv: CsvFile,
    encoding: Encoding,
    name: &str,
) -> Result<Response, PageError> {
    let (send, receive) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let mut next = rows;
        loop {
            let more = match portion(&app, &next).await {
                Ok(more) => more,
                Err(error) => {
                    tracing::error!(%error, "an export could not be read to its end");
                    drop(send.send(Err(error)).await);
                    return;
                }
            };
            let is_last = more.is_none();
            if let Some((after, cells)) = more {
                next = after;
                for row in &cells {
                    csv.row(row);
                }
            }
            let bytes = csv.take();
            if (!bytes.is_empty() && send.send(Ok(bytes.into())).await.is_err()) || is_last {
                return;
            }
        }
    });
    let media = match encoding {
        Encoding::Utf8Bom => "text/csv; charset=utf-8",
        Encoding::Cp932 => "text/csv; charset=Shift_JIS",
    };
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, disposition.map_err(PageError::internal)?),
        (header::CACHE_CONTROL, Cache::Never.header()),
    ];
    Ok((headers, Body::new(Portions(receive))).into_response())
}
