//! Cards by progress, paged by key.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::card::Progress;
use domain::id::CardId;
use domain::journal::Subject;
use serde::Deserialize;
use store::Reader;
use store::card::Listed;
use store::journal::View;

use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::wording::{control, list_line, short_date};
use crate::staff::{Layout, Task};

/// Cards on a page.
const PAGE: u32 = 50;
/// How far a progress is counted.
const COUNTED: u32 = 500;

/// The list.
#[derive(Template)]
#[template(path = "staff/preparation/card/list.html")]
pub(crate) struct ListPage {
    pub(crate) layout: Layout,
    pub(crate) chosen: Option<Progress>,
    pub(crate) chips: Vec<Chip>,
    pub(crate) rows: Vec<Row>,
    pub(crate) next: Option<String>,
    pub(crate) first: bool,
}

impl Page for ListPage {}

/// A filter with its count: 500以上 where there are more.
pub(crate) struct Chip {
    pub(crate) href: String,
    pub(crate) label: &'static str,
    pub(crate) count: String,
    pub(crate) current: bool,
}

/// A card.
pub(crate) struct Row {
    pub(crate) id: CardId,
    pub(crate) control: String,
    pub(crate) list_line: String,
    pub(crate) method: &'static str,
    pub(crate) progress: &'static str,
    pub(crate) place: String,
    pub(crate) posted: String,
}

/// Filter, and from where the list goes on.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    progress: String,
    after: Option<CardId>,
}

/// Shows the list.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let chosen: Option<Progress> = match asked.progress.as_str() {
        "" => None,
        code => Some(code.parse().map_err(|_| PageError::NotFound)?),
    };
    let after = asked.after;
    let (counts, cards) = app.db.read(move |reader| find(reader, chosen, after)).await?;
    let view = View {
        screen: "cards",
        asked: format!("progress {}", chosen.map_or("all", Progress::code)),
        subjects: cards.iter().map(|card| Subject::Card(card.id)).collect(),
        found: u32::try_from(cards.len()).unwrap_or(u32::MAX),
    };
    let full = cards.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    let filter = chosen.map(|progress| format!("progress={progress}&")).unwrap_or_default();
    let next = cards.last().filter(|_| full).map(|card| format!("/cards?{filter}after={}", card.id));
    let page = || {
        respond(&ListPage {
            layout: signed.layout("カード一覧").within(Task::Preparation),
            chosen,
            chips: counts.into_iter().map(|(progress, count)| chip(progress, count, chosen)).collect(),
            rows: cards.into_iter().map(row).collect(),
            next,
            first: after.is_none(),
        })
    };
    signed.shows(&app, view, page).await
}

type Found = (Vec<(Progress, u32)>, Vec<Listed>);

fn find(
    reader: &mut Reader<'_>,
    chosen: Option<Progress>,
    after: Option<CardId>,
) -> Result<Found, store::Error> {
    let counts = store::card::counts_up_to(reader, COUNTED + 1)?;
    Ok((counts, store::card::list(reader, chosen, after, PAGE)?))
}

fn chip(progress: Progress, count: u32, chosen: Option<Progress>) -> Chip {
    Chip {
        href: format!("/cards?progress={progress}"),
        label: progress.label(),
        count: if count > COUNTED { format!("{COUNTED}以上") } else { count.to_string() },
        current: chosen == Some(progress),
    }
}

fn row(card: Listed) -> Row {
    Row {
        id: card.id,
        control: control(card.control_number),
        list_line: list_line(card.list_date, card.line),
        method: card.method.label_ja(),
        progress: card.progress.label(),
        place: card.place_name,
        posted: card.posted_on.map(short_date).unwrap_or_default(),
    }
}
