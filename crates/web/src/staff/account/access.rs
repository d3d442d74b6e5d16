//! The register of views: who looked at which records, when (11(4)キ).

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::id::AccessId;
use store::journal::{View, Viewed};

use super::frame;
use super::journal::{Around, AskedPage, LIMIT};
use super::words::{self, Names};
use crate::App;
use crate::kit::{Form, Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

/// A view as the page shows it.
struct Line {
    seq: Option<i64>,
    time: String,
    actor: String,
    screen: String,
    asked: String,
    found: u32,
    subjects: Vec<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/account/access.html")]
pub(super) struct AccessPage {
    layout: Layout,
    around: Around,
    lines: Vec<Line>,
}

impl AccessPage {
    /// The views of a page.
    pub(super) fn new(layout: Layout, around: Around, views: &[Viewed], names: &Names) -> Self {
        let line = |viewed: &Viewed| Line {
            seq: viewed.seq,
            time: words::clock_time(viewed.at),
            actor: names.actor(viewed.actor),
            screen: words::screen(&viewed.screen).to_owned(),
            asked: viewed.asked.clone(),
            found: viewed.found,
            subjects: viewed.subjects.split_whitespace().map(str::to_owned).collect(),
        };
        Self { layout, around, lines: views.iter().map(line).collect() }
    }
}

impl Page for AccessPage {}

/// Shows a page of a day; looking at the register is a view too.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(asked): Query<AskedPage>,
) -> Result<Response, PageError> {
    let day = asked.day(&app)?;
    let after = asked.after::<AccessId>()?;
    let from = after.clone();
    let (views, names) = app
        .db
        .read(move |reader| {
            let views = store::journal::views(reader, day, &from, LIMIT)?;
            Ok::<_, store::Error>((views, Names::people(reader)?))
        })
        .await?;
    let found = u32::try_from(views.len()).unwrap_or(u32::MAX);
    let view =
        View { screen: "access", asked: format!("day={day} after={after}"), subjects: Vec::new(), found };
    signed.viewed(&app, view).await?;
    let next = views.last().filter(|_| found == LIMIT).map(|viewed| viewed.id.to_string());
    let around = Around::new("/access", day, after.is_empty(), next);
    let layout = frame(&signed, "閲覧記録", &Form::fresh());
    Ok(respond(&AccessPage::new(layout, around, &views, &names)))
}
