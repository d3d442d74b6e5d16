//! A portion that is being scanned: the place, then its cards one after the other.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{ConsignmentId, OperationId, PlaceId};
use domain::journal::Subject;
use domain::permission::Permission;
use serde::Deserialize;
use store::journal::View;
use store::opening::draft::{Draft, Line, MOST, State as Far, holds_stock};
use store::place::Place;

use super::scan::Did;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::wording::{control, short_date};
use crate::staff::{Layout, Task};

/// Cards that are shown.
const SHOWN: u32 = 8;

/// The scan screen of a portion.
#[derive(Template)]
#[template(path = "staff/preparation/opening/portion.html")]
pub(crate) struct PortionPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) operation: OperationId,
    pub(crate) id: ConsignmentId,
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) lines: u32,
    pub(crate) most: u32,
    pub(crate) place: Option<(PlaceId, String)>,
    pub(crate) did: Option<Said>,
    pub(crate) rows: Vec<Row>,
    pub(crate) may_print: bool,
}

impl Page for PortionPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// What the last scan came to.
pub(crate) struct Said {
    pub(crate) good: bool,
    pub(crate) words: String,
    pub(crate) control: String,
}

/// A card that was scanned.
pub(crate) struct Row {
    pub(crate) n: u32,
    pub(crate) control: String,
    pub(crate) place: String,
    pub(crate) former: bool,
}

/// Place and last scan in the address.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    place: Option<PlaceId>,
    #[serde(default)]
    did: String,
}

/// Shows the screen.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let did = Did::read(&asked.did);
    page(&app, &signed, field::id(&id)?, asked.place, did, Form::fresh()).await
}

/// The screen with what was done last.
pub(super) async fn page(
    app: &App,
    signed: &Signed,
    id: ConsignmentId,
    place: Option<PlaceId>,
    did: Option<Did>,
    form: Form,
) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| {
        let Some(draft) = store::opening::draft::find(reader, id)? else { return Ok(None) };
        let chosen = match place {
            Some(place) => store::place::find(reader, place)?,
            None => None,
        };
        // The card of the last scan may lie further back, if it was scanned before.
        let from = did.and_then(Did::line).unwrap_or(u32::MAX).min(draft.lines.saturating_sub(SHOWN) + 1);
        let lines = store::opening::draft::lines(reader, id, from.saturating_sub(1))?;
        Ok::<_, store::Error>(Some((draft, chosen, lines)))
    });
    let (draft, place, lines) = found.await?.ok_or(PageError::NotFound)?;
    match draft.state {
        Far::Open => {}
        Far::Taken => return Ok(see_other(&format!("/consignments/{id}"))),
        Far::Dropped => return Ok(see_other("/taking-over")),
    }
    let view = View {
        screen: "opening",
        asked: id.to_string(),
        subjects: vec![Subject::Consignment(id)],
        found: u32::try_from(lines.len()).unwrap_or(u32::MAX),
    };
    let operation = app.operation();
    signed.shows(app, view, || respond(&made(signed, draft, place, &lines, did, form, operation))).await
}

fn made(
    signed: &Signed,
    draft: Draft,
    place: Option<Place>,
    lines: &[Line],
    did: Option<Did>,
    form: Form,
    operation: OperationId,
) -> PortionPage {
    let mut layout = signed.layout(format!("引継ぎ {}", draft.plan.name)).within(Task::Settings);
    layout.refused = form.is_refused();
    let name_of = |n: u32| lines.iter().find(|line| line.n == n).map(|line| control(line.control_number));
    let said = did.map(|did| Said {
        good: did.is_good(),
        words: did.words(),
        control: did.line().and_then(name_of).unwrap_or_default(),
    });
    let posted = draft.plan.posted_on.map(|day| format!("　発送日：{}", short_date(day)));
    let opens = if draft.plan.opens { "　読み取る番号で予約できる" } else { "" };
    let row = |line: &Line| Row {
        n: line.n,
        control: control(line.control_number),
        place: line.place_name.clone(),
        former: line.has_former(),
    };
    PortionPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        operation,
        id: draft.id,
        about: format!(
            "{}　{}{}{opens}",
            domain::opening::stage_word(draft.plan.stage),
            draft.plan.method.label_ja(),
            posted.unwrap_or_default()
        ),
        name: draft.plan.name,
        lines: draft.lines,
        most: MOST,
        place: place
            .filter(|place| holds_stock(place.kind, draft.plan.stage))
            .map(|place| (place.id, place.name)),
        did: said,
        rows: lines.iter().rev().take(usize::try_from(SHOWN).unwrap_or(8)).map(row).collect(),
        may_print: signed.may(Permission::PrintLetters),
    }
}
