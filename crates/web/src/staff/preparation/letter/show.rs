//! A part of letters: its list, and its next step.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{LetterBatchId, OperationId};
use domain::journal::{CityRecord, Subject};
use domain::sorting::Pile;
use domain::stuffing::Counts;
use domain::time::era_date;
use store::journal::View;
use store::letter::{Letter, Part, PartState};
use store::sorting::Inside;

use super::super::paper::may_print;
use super::export::{LETTERS, letter_cells};
use super::list::state;
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::wording::{moment, short};
use crate::staff::{Layout, Task};

/// A part.
#[derive(Template)]
#[template(path = "staff/preparation/letter/show.html")]
pub(crate) struct ShowPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) id: LetterBatchId,
    pub(crate) name: String,
    pub(crate) state: PartState,
    pub(crate) counts: Counts,
    pub(crate) piles: Vec<Pile>,
    pub(crate) inside: Inside,
    pub(crate) version: String,
    pub(crate) printed: String,
    pub(crate) transferred: Option<(String, String)>,
    pub(crate) posted: Option<(String, String)>,
    pub(crate) may_print: bool,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
    pub(crate) table: Table,
    /// Whether a letter of the part can be printed: its key still holds.
    pub(crate) is_printable: bool,
}

impl ShowPage {
    /// Where the files of its letters are, without their endings.
    fn file_path(&self) -> String {
        format!("/lists/letters/{}/letters", self.id)
    }

    fn state_word(&self) -> &'static str {
        state(self.state)
    }

    fn is_printed(&self) -> bool {
        self.state == PartState::Printed
    }

    fn is_transferred(&self) -> bool {
        self.state == PartState::Transferred
    }
}

impl Page for ShowPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Shows a part.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh()).await
}

/// The part and its letters, once it is noted that they are shown.
pub(super) async fn find(
    app: &App,
    signed: &Signed,
    id: LetterBatchId,
    screen: &'static str,
) -> Result<(Part, Vec<Letter>), PageError> {
    let (part, letters) = app
        .db
        .read(move |reader| {
            Ok::<_, store::Error>((store::letter::find(reader, id)?, store::letter::letters(reader, id)?))
        })
        .await?;
    let part = part.ok_or(PageError::NotFound)?;
    let view =
        View { screen, asked: id.to_string(), subjects: vec![Subject::Letters(id)], found: part.letters };
    signed.viewed(app, view).await?;
    Ok((part, letters))
}

/// The page with the form of the next step as it stands.
pub(super) async fn page(
    app: &App,
    signed: &Signed,
    id: LetterBatchId,
    form: Form,
) -> Result<Response, PageError> {
    let (part, letters) = find(app, signed, id, "letters").await?;
    let (counts, piles, inside) = app
        .db
        .read(move |reader| {
            let counts = store::stuffing::counts(reader, id)?;
            let piles = store::sorting::of_part(reader, id)?;
            Ok::<_, store::Error>((counts, piles, store::sorting::inside(reader, id)?))
        })
        .await?;
    let mut layout = signed.layout(format!("交付のご案内 {}", short(id))).within(Task::Preparation);
    layout.refused = form.is_refused();
    let arranged = Arranged::read(app, signed, &LETTERS).await?;
    let line = |letter: &Letter| Line::new(format!("/cards/{}", letter.card), letter_cells(letter));
    Ok(respond(&ShowPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        id,
        name: short(id),
        state: part.state,
        counts,
        piles,
        inside,
        version: part.version,
        printed: moment(part.printed_at),
        transferred: part.transferred_at.map(|at| (moment(at), part.receiver.unwrap_or_default())),
        posted: part.posted_on.map(|day| (era_date(day), part.poster.unwrap_or_default())),
        may_print: may_print(signed),
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
        is_printable: letters.iter().any(|letter| letter.holds),
        table: Table::new(&arranged, letters.iter().map(line).collect()),
    }))
}
