//! The cards that are to be destroyed by the city's instruction, how far each is, and those that the city destroyed.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::journal::Subject;
use domain::permission::Permission;
use domain::place::PlaceKind;
use domain::recall::State as Recalled;
use domain::time::month_day_ja;
use jiff::civil::Date;
use serde::Deserialize;
use store::disposal::{Disposed, UnderWay, is_on_desk};
use store::journal::View;

use super::export::{DISPOSED, DISPOSED_DAYS, disposed_cells, since};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::listing::{Arranged, Line as Listed, Table};
use crate::staff::wording::{control, list_line};
use crate::staff::{Layout, Task};

/// The page.
#[derive(Template)]
#[template(path = "staff/preparation/disposal/show.html")]
pub(crate) struct ShowPage {
    pub(crate) layout: Layout,
    /// What an instruction that was just written down came to: recalled, and left out.
    pub(crate) ordered: Option<(u32, u32)>,
    pub(crate) lines: Vec<Line>,
    pub(crate) on_desk: usize,
    pub(crate) with_city: usize,
    pub(crate) may_record: bool,
    pub(crate) table: Table,
}

impl ShowPage {
    fn days() -> i32 {
        DISPOSED_DAYS
    }
}

impl Page for ShowPage {}

/// A card that is to be destroyed.
pub(crate) struct Line {
    pub(crate) href: String,
    pub(crate) control: String,
    pub(crate) reference: String,
    pub(crate) since: String,
    pub(crate) place: String,
    pub(crate) next: (&'static str, Option<String>),
}

/// What the address says of an instruction that was just written down.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    recalled: Option<u32>,
    left_out: Option<u32>,
}

/// What is to be done of a card, and where.
fn next(card: &UnderWay, today: Date) -> (&'static str, Option<String>) {
    match (card.state, card.place_kind) {
        (Recalled::Passed, _) => ("市の廃棄を待つ", None),
        (Recalled::Suspended, _) => ("市の判断を記録", Some(route::decide(card.card))),
        _ if is_on_desk(card) => ("市へ渡す", None),
        (_, PlaceKind::Missing) => ("探す", Some(route::INCIDENTS.to_owned())),
        _ => ("箱から出して読み取る", Some(route::pull(today))),
    }
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (site, today) = (app.settings.site.clone(), app.today());
    let (under_way, disposed) = app
        .db
        .read(move |reader| {
            let under_way = store::disposal::under_way(reader, &site)?;
            Ok::<_, store::Error>((under_way, store::disposal::disposed(reader, &site, since(today))?))
        })
        .await?;
    let mut subjects: Vec<Subject> = under_way.iter().map(|card| Subject::Card(card.card)).collect();
    subjects.extend(disposed.iter().map(|card| Subject::Card(card.card)));
    let found = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    signed.viewed(&app, View { screen: "disposals", asked: today.to_string(), subjects, found }).await?;
    let arranged = Arranged::read(&app, &signed, &DISPOSED).await?;
    let line = |card: &UnderWay| Line {
        href: route::card(card.card),
        control: control(card.control_number),
        reference: list_line(card.list_date, card.line),
        since: month_day_ja(card.since),
        place: card.place_name.clone(),
        next: next(card, today),
    };
    let row = |card: &Disposed| Listed::new(route::card(card.card), disposed_cells(card));
    Ok(respond(&ShowPage {
        layout: signed.layout("カードの廃棄").within(Task::Storage),
        ordered: asked.recalled.zip(asked.left_out),
        on_desk: under_way.iter().filter(|card| is_on_desk(card)).count(),
        with_city: under_way.iter().filter(|card| card.state == Recalled::Passed).count(),
        lines: under_way.iter().map(line).collect(),
        may_record: signed.may(Permission::TransferBatches),
        table: Table::new(&arranged, disposed.iter().map(row).collect()),
    }))
}
