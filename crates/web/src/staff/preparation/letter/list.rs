//! How many cards wait for a letter, and the parts that were printed.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::OperationId;
use store::letter::{PART, Part, PartState};

use super::super::consignment::list::COUNTED;
use super::super::paper::may_print;
use super::export::{PARTS, cells};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::{Layout, Task};

/// Parts on the page.
const SHOWN: u32 = 100;

/// The letters.
#[derive(Template)]
#[template(path = "staff/preparation/letter/list.html")]
pub(crate) struct ListPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) waiting: u32,
    pub(crate) may_print: bool,
    pub(crate) operation: OperationId,
    pub(crate) table: Table,
}

impl ListPage {
    fn next(&self) -> u32 {
        self.waiting.min(PART)
    }
}

impl Page for ListPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// The word for a part's state.
pub(super) fn state(state: PartState) -> &'static str {
    match state {
        PartState::Printed => "印刷済",
        PartState::Transferred => "市へ引継ぎ済",
        PartState::Posted => "発送済",
    }
}

fn line(part: Part) -> Line {
    Line::new(format!("/letters/{}", part.id), cells(part))
}

/// Shows the letters.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    page(&app, &signed, Form::fresh()).await
}

/// The page with its form as it stands.
pub(super) async fn page(app: &App, signed: &Signed, form: Form) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let (waiting, parts) = app
        .db
        .read(move |reader| {
            let waiting = store::letter::waiting_up_to(reader, &site, COUNTED)?;
            Ok::<_, store::Error>((waiting, store::letter::list(reader, &site, None, SHOWN)?))
        })
        .await?;
    let arranged = Arranged::read(app, signed, &PARTS).await?;
    let mut layout = signed.layout("交付のご案内").within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&ListPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        waiting,
        may_print: may_print(signed),
        operation: app.operation(),
        table: Table::new(&arranged, parts.into_iter().map(line).collect()),
    }))
}
