//! The journal of a day in words: who did what, when, with the sealed number.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::id::EntryId;
use domain::permission::Permission;
use domain::time::era_date;
use jiff::civil::Date;
use serde::Deserialize;
use store::journal::{View, Written};

use super::words::{self, Names};
use super::{frame, neighbours};
use crate::App;
use crate::kit::{Form, Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

/// Entries of a page.
pub(super) const LIMIT: u32 = 100;

/// A card that an entry is about.
#[derive(Debug, Clone)]
pub(super) struct About {
    /// 管理番号.
    pub(super) number: String,
    /// The card's page; none for those who may not see cards.
    pub(super) href: Option<String>,
}

/// An entry as the page shows it.
struct Line {
    seq: Option<i64>,
    time: String,
    actor: String,
    words: String,
    about: Option<About>,
    remark: Option<String>,
}

/// The page of a day, also of the register of views.
pub(super) struct Around {
    /// The day in words.
    pub(super) day_words: String,
    /// The day for the field.
    pub(super) day: String,
    /// The address of the day before.
    pub(super) before: Option<String>,
    /// The address of the day after.
    pub(super) after: Option<String>,
    /// The address of the first page, unless this is it.
    pub(super) first: Option<String>,
    /// The address of the next page, if there may be one.
    pub(super) next: Option<String>,
}

impl Around {
    /// The addresses around a page below `path`.
    pub(super) fn new(path: &str, day: Date, is_first: bool, next: Option<String>) -> Self {
        let of = |day: Date| format!("{path}?day={day}");
        let (before, after) = neighbours(day);
        Self {
            day_words: era_date(day),
            day: day.to_string(),
            before: before.map(of),
            after: after.map(of),
            first: if is_first { None } else { Some(of(day)) },
            next: next.map(|id| format!("{path}?day={day}&after={id}")),
        }
    }
}

/// The page.
#[derive(Template)]
#[template(path = "staff/account/journal.html")]
pub(super) struct JournalPage {
    layout: Layout,
    around: Around,
    lines: Vec<Line>,
}

impl JournalPage {
    /// The entries of a page.
    pub(super) fn new(
        layout: Layout,
        around: Around,
        entries: &[Written],
        names: &Names,
        about: &BTreeMap<EntryId, About>,
    ) -> Self {
        let line = |written: &Written| Line {
            seq: written.seq,
            time: words::clock_time(written.at),
            actor: names.actor(written.actor),
            words: words::sentence(&written.entry, names),
            about: about.get(&written.id).cloned(),
            remark: written.remark.clone(),
        };
        Self { layout, around, lines: entries.iter().map(line).collect() }
    }
}

impl Page for JournalPage {}

/// Which page is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct AskedPage {
    day: Option<String>,
    after: Option<String>,
}

impl AskedPage {
    /// The day, today unless one is named.
    pub(super) fn day(&self, app: &App) -> Result<Date, PageError> {
        match self.day.as_deref().map(str::trim).filter(|day| !day.is_empty()) {
            Some(day) => day.parse().map_err(|_| PageError::NotFound),
            None => Ok(app.today()),
        }
    }

    /// The id after which the page begins; empty for the first page.
    pub(super) fn after<T>(&self) -> Result<String, PageError>
    where
        T: std::str::FromStr + ToString,
    {
        match self.after.as_deref().filter(|after| !after.is_empty()) {
            Some(after) => after.parse::<T>().map(|id| id.to_string()).map_err(|_| PageError::NotFound),
            None => Ok(String::new()),
        }
    }
}

/// Shows a page of a day.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(asked): Query<AskedPage>,
) -> Result<Response, PageError> {
    let day = asked.day(&app)?;
    let after = asked.after::<EntryId>()?;
    let from = after.clone();
    let (entries, names, cards) = app
        .db
        .read(move |reader| {
            let entries = store::journal::page(reader, day, &from, LIMIT)?;
            let names = Names::gather(reader, &entries)?;
            let cards = store::journal::cards_of_page(reader, day, &from, LIMIT)?;
            Ok::<_, store::Error>((entries, names, cards))
        })
        .await?;
    let found = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let view =
        View { screen: "journal", asked: format!("day={day} after={after}"), subjects: Vec::new(), found };
    signed.viewed(&app, view).await?;
    let may_see = signed.may(Permission::SeeCards);
    let about = cards
        .into_iter()
        .map(|(entry, card, number)| {
            let href = may_see.then(|| format!("/cards/{card}"));
            (entry, About { number: number.to_string(), href })
        })
        .collect();
    let next = entries.last().filter(|_| found == LIMIT).map(|written| written.id.to_string());
    let around = Around::new("/journal", day, after.is_empty(), next);
    let names = names.with_sites(&app.rules(), app.today());
    let layout = frame(&signed, "記録簿", &Form::fresh());
    Ok(respond(&JournalPage::new(layout, around, &entries, &names, &about)))
}
