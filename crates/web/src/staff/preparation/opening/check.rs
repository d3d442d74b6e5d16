//! What would be taken of a file of opening stock: shown before anything is written, then taken as a whole.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{ConsignmentId, OperationId};
use domain::journal::Actor;
use domain::opening::{STAGES, stage_word};
use store::consignment::{CHUNK, TakeError};
use store::op::{Operation, once};
use store::opening::Stock;
use store::{Lane, Tx};

use super::file::{Checked, refusal};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::preparation::consignment::problem::format;
use crate::staff::{Layout, Task};

/// Twelve digits were asked back: they are no Individual Numbers.
const CONFIRMED: &str = "confirmed";

/// What the operation of a file stands for. The file itself is named by the operation's id.
const REQUEST: &str = "take over the checked stock";

/// The file before it is taken.
#[derive(Template)]
#[template(path = "staff/preparation/opening/check.html")]
pub(crate) struct CheckPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) operation: OperationId,
    pub(crate) name: String,
    pub(crate) total: usize,
    pub(crate) file: &'static str,
    pub(crate) stages: Vec<(&'static str, usize)>,
    pub(crate) letters: usize,
    pub(crate) resend: usize,
    pub(crate) places: Vec<(String, usize)>,
    pub(crate) questions: usize,
}

impl Page for CheckPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// The file is no longer held: it must be given again.
#[derive(Template)]
#[template(path = "staff/preparation/opening/gone.html")]
pub(crate) struct GonePage {
    pub(crate) layout: Layout,
    pub(crate) href: &'static str,
}

impl Page for GonePage {
    fn status(&self) -> StatusCode {
        StatusCode::GONE
    }
}

/// The page of a file that is no longer held.
pub(super) fn gone(signed: &Signed, href: &'static str) -> Response {
    respond(&GonePage {
        layout: signed.layout("確認の時間が過ぎました").within(Task::Settings), href
    })
}

/// Shows what was checked.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(operation): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let operation = field::id(&operation)?;
    match app.former.stocks.find(operation, app.now(), signed.session().person) {
        Some(checked) => Ok(page(&signed, operation, &checked, Form::fresh())),
        None => Ok(gone(&signed, "/taking-over/file")),
    }
}

fn page(signed: &Signed, operation: OperationId, checked: &Checked, form: Form) -> Response {
    let mut layout = signed.layout("引き継ぐ内容の確認").within(Task::Settings);
    layout.refused = form.is_refused();
    let count = |with: &dyn Fn(&Stock) -> bool| checked.lines.iter().filter(|line| with(line)).count();
    let stages = STAGES
        .iter()
        .map(|stage| (stage_word(*stage), count(&|line| line.stage == *stage)))
        .filter(|(_, count)| *count > 0)
        .collect();
    respond(&CheckPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        operation,
        name: checked.header.box_name.clone(),
        total: checked.lines.len(),
        file: format(checked.format),
        stages,
        letters: count(&|line| line.letter.is_some()),
        resend: count(&|line| line.posted_on.is_some() && line.letter.is_none()),
        places: checked.places.clone(),
        questions: checked.questions,
    })
}

/// Takes the file.
pub(crate) async fn take(
    State(app): State<Arc<App>>,
    Path(operation): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let operation: OperationId = field::id(&operation)?;
    let mut form = fields.form(&[CONFIRMED])?;
    let Some(checked) = app.former.stocks.find(operation, app.now(), signed.session().person) else {
        // Another node, or this one before it restarted, may have taken it.
        return Ok(match taken(&app, signed.actor(), operation).await? {
            Some(id) => see_other(&format!("/consignments/{id}")),
            None => gone(&signed, "/taking-over/file"),
        });
    };
    if checked.questions > 0 && form.typed(CONFIRMED).is_empty() {
        form.refuse_ja(CONFIRMED, "12桁の数字が個人番号でないことを確かめて、印を付けてください。");
        return Ok(page(&signed, operation, &checked, form));
    }
    let mut done = checked.taken.lock().await;
    let id = match *done {
        Some(id) => id,
        None => match take_now(&app, signed.actor(), operation, &checked).await {
            Ok(id) => id,
            Err(error) => match refusal(&error) {
                Some(sentence) => {
                    form.refuse_ja(CONFIRMED, sentence);
                    return Ok(page(&signed, operation, &checked, form));
                }
                None => return Err(failed(error)),
            },
        },
    };
    *done = Some(id);
    app.learn_former().await?;
    Ok(see_other(&format!("/consignments/{id}")))
}

fn failed(error: TakeError) -> PageError {
    match error {
        TakeError::Store(error) => error.into(),
        TakeError::Gone => {
            PageError::Conflict("取り込みの途中でした。もう一度ファイルを選んでください。".to_owned())
        }
        other => PageError::internal(other),
    }
}

/// What the operation came to before, if it was done.
async fn taken(app: &App, actor: Actor, operation: OperationId) -> Result<Option<ConsignmentId>, PageError> {
    let (act, operation) = (app.act(actor), Operation::new(operation, REQUEST));
    let known = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |_| Err::<ConsignmentId, _>(TakeError::Gone))
    });
    match known.await {
        Ok(id) => Ok(Some(id)),
        Err(TakeError::Gone | TakeError::Reused(_)) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Stages the header and its lines, and makes them visible. All with one act, whose ids tie them together.
async fn take_now(
    app: &App,
    actor: Actor,
    operation: OperationId,
    checked: &Checked,
) -> Result<ConsignmentId, TakeError> {
    give_up_leftovers(app, checked).await?;
    let (act, header) = (app.act(actor), checked.header.clone());
    let id = app.db.write(Lane::Staff, move |tx| store::opening::stage(tx, &act, &header)).await?;
    for lines in checked.lines.chunks(CHUNK) {
        let (lines, entry) = (lines.to_vec(), act.id(1));
        app.db.write(Lane::Staff, move |tx| store::opening::stage_lines(tx, &act, id, entry, &lines)).await?;
    }
    let (header, operation) = (checked.header.clone(), Operation::new(operation, REQUEST));
    let expected = u32::try_from(checked.lines.len()).unwrap_or(u32::MAX);
    app.db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::opening::take(tx, &act, id, &header, expected).map(|_| id))
        })
        .await
}

/// Removes what a crash left of the same file, in portions: its numbers would stand in the way.
async fn give_up_leftovers(app: &App, checked: &Checked) -> Result<(), TakeError> {
    let Some(hash) = checked.header.file_hash else { return Ok(()) };
    app.db.write(Lane::Staff, move |tx| store::opening::abandon(tx, &hash)).await?;
    // Nothing was staged before the first instant, so only what was given up is removed.
    let discard = |tx: &mut Tx<'_>| store::consignment::discard_left_behind(tx, jiff::Timestamp::UNIX_EPOCH);
    while app.db.write(Lane::Staff, discard).await? {}
    Ok(())
}
