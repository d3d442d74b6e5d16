//! The table of a list on a screen, as it stands for the reader.

use documents::table::Cell;
use domain::time::month_day_ja;

use super::arranged::Arranged;
use super::column::{Column, Look, Medium};
use crate::staff::wording::short_date;

/// A row of a list: a cell for every column that the list can have.
#[derive(Debug, Clone)]
pub(crate) struct Line<T = ()> {
    /// The page of what the row is about; empty where there is none.
    pub(crate) href: String,
    /// The cells, as files have them.
    pub(crate) cells: Vec<Cell>,
    /// What the page adds to the row.
    pub(crate) more: T,
}

impl Line {
    /// A row to which its page adds nothing.
    pub(crate) fn new(href: impl Into<String>, cells: Vec<Cell>) -> Self {
        Self { href: href.into(), cells, more: () }
    }
}

/// By which arrangement a list stands, and where another is chosen.
#[derive(Debug, Clone)]
pub(crate) struct Stands {
    /// Where it is chosen.
    pub(crate) href: &'static str,
    /// The name of the arrangement.
    pub(crate) name: String,
    /// Whether it names columns that the list no longer has.
    pub(crate) has_gone: bool,
}

impl Stands {
    /// By which arrangement a list stands.
    pub(crate) fn of(arranged: &Arranged) -> Self {
        let Arranged { listing, name, has_gone, .. } = arranged;
        Self { href: listing.address, name: name.clone(), has_gone: *has_gone }
    }
}

/// The head of a column.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
}

/// A cell on the screen.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) text: String,
    pub(crate) class: &'static str,
    /// Where it leads; empty: nowhere.
    pub(crate) href: String,
    pub(crate) is_strong: bool,
    pub(crate) is_tag: bool,
}

/// A row on the screen.
#[derive(Debug, Clone)]
pub(crate) struct Row<T = ()> {
    pub(crate) cells: Vec<Shown>,
    pub(crate) more: T,
}

/// A list on the screen.
#[derive(Debug, Clone)]
pub(crate) struct Table<T = ()> {
    pub(crate) stands: Stands,
    pub(crate) heads: Vec<Head>,
    pub(crate) rows: Vec<Row<T>>,
}

impl<T> Table<T> {
    /// The rows as the list stands.
    pub(crate) fn new(arranged: &Arranged, mut lines: Vec<Line<T>>) -> Self {
        arranged.sort(&mut lines, |line| &line.cells);
        let columns: Vec<(usize, &Column)> = arranged
            .on(Medium::Screen)
            .into_iter()
            .filter_map(|at| arranged.listing.columns.get(at).map(|column| (at, column)))
            .collect();
        let leads = columns.iter().position(|(_, column)| column.links).unwrap_or(0);
        let heads = columns.iter().map(|(_, column)| Head { name: column.name, class: class(column.look) });
        let heads = heads.collect();
        let mut before: Vec<String> = vec![String::new(); columns.len()];
        let mut rows = Vec::with_capacity(lines.len());
        for line in lines {
            let mut cells = Vec::with_capacity(columns.len());
            for (place, (at, column)) in columns.iter().enumerate() {
                let text = line.cells.get(*at).map(|cell| text(cell, column.look)).unwrap_or_default();
                let is_new = before.get(place).is_some_and(|before| *before != text);
                if let Some(before) = before.get_mut(place) {
                    before.clone_from(&text);
                }
                cells.push(Shown {
                    class: class(column.look),
                    href: if place == leads { line.href.clone() } else { String::new() },
                    is_strong: column.look == Look::Time && is_new,
                    is_tag: column.look == Look::Tag && !text.is_empty(),
                    text,
                });
            }
            rows.push(Row { cells, more: line.more });
        }
        Self { stands: Stands::of(arranged), heads, rows }
    }

    /// The same without columns in which no row has anything; the first one stays, for it may lead to the row's page.
    pub(crate) fn without_empty_columns(mut self) -> Self {
        let used: Vec<bool> = (0..self.heads.len())
            .map(|at| {
                at == 0
                    || self.rows.iter().any(|row| row.cells.get(at).is_some_and(|cell| !cell.text.is_empty()))
            })
            .collect();
        let mut places = used.iter();
        self.heads.retain(|_| places.next().is_none_or(|used| *used));
        for row in &mut self.rows {
            let mut places = used.iter();
            row.cells.retain(|_| places.next().is_none_or(|used| *used));
        }
        self
    }
}

fn class(look: Look) -> &'static str {
    match look {
        Look::Words => "",
        Look::Code | Look::Control | Look::Weekday | Look::Tag => "when",
        Look::Count | Look::Time => "count",
    }
}

/// A cell as people read it on the screen.
fn text(cell: &Cell, look: Look) -> String {
    match cell {
        Cell::Day(day) if look == Look::Weekday => month_day_ja(*day),
        other => read(other, look),
    }
}

/// A cell as people read it, on the screen and on paper.
pub(crate) fn read(cell: &Cell, look: Look) -> String {
    match cell {
        Cell::Text(digits) if look == Look::Control && digits.len() == 9 && digits.is_ascii() => {
            let parts: Vec<&str> =
                [0..3, 3..6, 6..9].into_iter().filter_map(|part| digits.get(part)).collect();
            parts.join(" ")
        }
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Day(day) => short_date(*day),
    }
}
