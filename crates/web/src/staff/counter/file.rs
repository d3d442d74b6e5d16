//! Answers that are files: PDF to look at, CSV and workbooks to keep.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use documents::Document;
use documents::table::{CannotWrite, Codes, Encoding, Table};
use jiff::Timestamp;

use crate::App;
use crate::kit::page::Cache;
use crate::kit::{Page, PageError, respond};
use crate::staff::Layout;

/// What is asked for a day: the page, or one of its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The page.
    Page,
    /// The paper.
    Pdf,
    /// The table as CSV.
    Csv,
    /// The table as a workbook.
    Xlsx,
}

impl Form {
    /// Takes the ending from an address: `2026-11-24.pdf` is the paper of the 24th.
    pub(crate) fn split(address: &str) -> (&str, Self) {
        if let Some(day) = address.strip_suffix(".pdf") {
            (day, Self::Pdf)
        } else if let Some(day) = address.strip_suffix(".csv") {
            (day, Self::Csv)
        } else if let Some(day) = address.strip_suffix(".xlsx") {
            (day, Self::Xlsx)
        } else {
            (address, Self::Page)
        }
    }
}

/// The encoding that is asked for a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Wanted {
    /// UTF-8 with a byte order mark.
    #[default]
    Utf8,
    /// CP932.
    Cp932,
}

/// The query of a table's address.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
pub(crate) struct CsvQuery {
    /// Which encoding; UTF-8 if nothing is said.
    #[serde(default)]
    pub(crate) encoding: Wanted,
}

/// A file under a name of ASCII letters, digits, dashes and dots.
fn answer(media: &'static str, disposition: &str, name: &str, bytes: Vec<u8>) -> Result<Response, PageError> {
    let disposition =
        HeaderValue::from_str(&format!("{disposition}; filename=\"{name}\"")).map_err(PageError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, Cache::Never.header()),
    ];
    Ok((headers, bytes).into_response())
}

/// Prints a document and shows it.
pub(crate) async fn pdf(app: &App, document: Document, name: &str) -> Result<Response, PageError> {
    let bytes = app.printer.print(document).await.map_err(PageError::internal)?;
    answer("application/pdf", "inline", name, bytes)
}

/// Writes a table. What the encoding cannot write is told by cell, and no file is made.
pub(crate) fn csv(layout: Layout, table: &Table, wanted: Wanted, name: &str) -> Result<Response, PageError> {
    let (encoding, media) = match wanted {
        Wanted::Utf8 => (Encoding::Utf8Bom, "text/csv; charset=utf-8"),
        Wanted::Cp932 => (Encoding::Cp932, "text/csv; charset=Shift_JIS"),
    };
    let export = table.to_csv(encoding, Codes::Protected);
    if !export.cannot_write.is_empty() {
        return Ok(respond(&CannotWritePage::new(layout, &table.columns, &export.cannot_write)));
    }
    answer(media, "attachment", name, export.bytes)
}

/// Writes a table as a workbook whose sheet has this name.
pub(crate) fn xlsx(
    table: &Table,
    sheet: &str,
    made_at: Timestamp,
    name: &str,
) -> Result<Response, PageError> {
    let bytes = table.to_xlsx(sheet, made_at).map_err(PageError::internal)?;
    keep_xlsx(name, bytes)
}

/// A finished workbook, to keep.
pub(crate) fn keep_xlsx(name: &str, bytes: Vec<u8>) -> Result<Response, PageError> {
    answer("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment", name, bytes)
}

/// A cell that cannot be written.
pub(crate) struct Cell {
    row: usize,
    column: String,
    character: char,
}

/// The page that says what cannot be written.
#[derive(Template)]
#[template(path = "staff/counter/cannot_write.html")]
pub(crate) struct CannotWritePage {
    layout: Layout,
    cells: Vec<Cell>,
}

impl CannotWritePage {
    /// Names the cells of a table with these columns.
    pub(crate) fn new(layout: Layout, columns: &[String], cannot: &[CannotWrite]) -> Self {
        let name = |column: usize| columns.get(column.wrapping_sub(1)).cloned().unwrap_or_default();
        let cell = |at: &CannotWrite| Cell { row: at.row, column: name(at.column), character: at.character };
        Self { layout, cells: cannot.iter().map(cell).collect() }
    }
}

impl Page for CannotWritePage {
    fn status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_names_the_file() {
        assert_eq!(Form::split("2026-11-24"), ("2026-11-24", Form::Page));
        assert_eq!(Form::split("2026-11-24.pdf"), ("2026-11-24", Form::Pdf));
        assert_eq!(Form::split("2026-11-24.csv"), ("2026-11-24", Form::Csv));
        assert_eq!(Form::split("2026-11-24.xlsx"), ("2026-11-24", Form::Xlsx));
    }
}
