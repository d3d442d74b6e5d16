//! 引継ぎ（前事業者から）: what was taken over, what is being scanned, and what is left to do.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::card::Progress;
use domain::id::{ConsignmentId, OperationId};
use serde::Deserialize;
use store::opening::draft::Draft;

use super::begin::{DEFAULT_NAME, methods, stages};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::wording::short_date;
use crate::staff::{Layout, Task};

/// Portions on the page.
const SHOWN: u32 = 20;
/// Portions that are being scanned at once, at most.
const OPEN: u32 = 50;

/// 引継ぎ（前事業者から）.
#[derive(Template)]
#[template(path = "staff/preparation/opening/index.html")]
pub(crate) struct IndexPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) operation: OperationId,
    pub(crate) drafts: Vec<DraftRow>,
    pub(crate) rows: Vec<Row>,
    /// The older portions, where there are more.
    pub(crate) older: Option<String>,
    pub(crate) resend: u32,
}

impl IndexPage {
    fn stages(&self) -> Vec<(&'static str, &'static str, bool)> {
        stages(self.form.typed("stage"))
    }

    fn methods(&self) -> Vec<(&'static str, &'static str, bool)> {
        methods(self.form.typed("method"))
    }
}

impl Page for IndexPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// A portion that is being scanned.
pub(crate) struct DraftRow {
    pub(crate) id: ConsignmentId,
    pub(crate) name: String,
    pub(crate) stage: &'static str,
    pub(crate) lines: u32,
}

/// A portion that was taken.
pub(crate) struct Row {
    pub(crate) id: ConsignmentId,
    pub(crate) name: String,
    pub(crate) on: String,
    pub(crate) cards: u32,
    pub(crate) counts: Vec<u32>,
}

/// From where the list goes on.
#[derive(Debug, Deserialize)]
pub(crate) struct Before {
    before: Option<ConsignmentId>,
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(Before { before }): Query<Before>,
    signed: Signed,
) -> Result<Response, PageError> {
    let mut form = Form::fresh();
    form.fill("name", DEFAULT_NAME);
    form.fill("stage", "notified");
    form.fill("method", "at_issue");
    page(&app, &signed, before, form).await
}

/// The page with the form of a new portion as it stands.
pub(super) async fn page(
    app: &App,
    signed: &Signed,
    before: Option<ConsignmentId>,
    form: Form,
) -> Result<Response, PageError> {
    let (portions, progress, drafts, resend) = app
        .db
        .read(move |reader| {
            Ok::<_, store::Error>((
                store::opening::portions(reader, before, SHOWN)?,
                store::opening::progress(reader, before, SHOWN)?,
                store::opening::draft::open(reader, OPEN)?,
                store::opening::resend_count(reader)?,
            ))
        })
        .await?;
    let count = |id: ConsignmentId, wanted: Progress| {
        let found = progress.iter().find(|(of, which, _)| *of == id && *which == wanted);
        found.map_or(0, |(_, _, n)| *n)
    };
    let rows: Vec<Row> = portions
        .into_iter()
        .map(|portion| Row {
            id: portion.id,
            on: short_date(portion.on),
            cards: portion.cards,
            counts: Progress::ALL.iter().map(|progress| count(portion.id, *progress)).collect(),
            name: portion.name,
        })
        .collect();
    let full = rows.len() >= usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let mut layout = signed.layout("引継ぎ（前事業者から）").within(Task::Settings);
    layout.refused = form.is_refused();
    Ok(respond(&IndexPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        operation: app.operation(),
        drafts: drafts.iter().map(draft_row).collect(),
        older: rows.last().filter(|_| full).map(|row| format!("/taking-over?before={}", row.id)),
        rows,
        resend,
    }))
}

fn draft_row(draft: &Draft) -> DraftRow {
    DraftRow {
        id: draft.id,
        name: draft.plan.name.clone(),
        stage: domain::opening::stage_word(draft.plan.stage),
        lines: draft.lines,
    }
}
