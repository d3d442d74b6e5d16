//! Taking a checked list: staged in portions, visible at once, or not at all.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::consignment::Line;
use domain::id::{ConsignmentId, OperationId};
use domain::journal::Actor;
use store::consignment::{CHUNK, Portion, TakeError};
use store::op::{Operation, once};
use store::{Act, Lane};

use super::held::Checked;
use super::{check, notice_agreed, refusal};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// Twelve digits were asked back: they are no Individual Numbers.
const CONFIRMED: &str = "confirmed";

/// What the operation of a list stands for. The list itself is named by the operation's id.
const REQUEST: &str = "take the checked list";

/// Takes the list.
pub(crate) async fn take(
    State(app): State<Arc<App>>,
    Path(operation): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let operation: OperationId = field::id(&operation)?;
    let mut form = fields.form(&[CONFIRMED])?;
    let Some(list) = app.uploads.find(operation, app.now(), signed.session().person) else {
        // Another node, or this one before it restarted, may have taken it.
        return Ok(match taken(&app, signed.actor(), operation).await? {
            Some(id) => see_other(&format!("/consignments/{id}")),
            None => check::gone(&signed),
        });
    };
    if !list.questions.is_empty() && form.typed(CONFIRMED).is_empty() {
        form.refuse_ja(CONFIRMED, "12桁の数字が個人番号でないことを確かめて、印を付けてください。");
        return Ok(check::page(&signed, operation, &list, form));
    }
    let mut done = list.taken.lock().await;
    let id = match *done {
        Some(id) => id,
        None => match take_now(&app, signed.actor(), operation, &list).await {
            Ok(id) => id,
            Err(error) => match refusal(&error) {
                Some(sentence) => {
                    form.refuse_ja(CONFIRMED, sentence);
                    return Ok(check::page(&signed, operation, &list, form));
                }
                None => return Err(failed(error)),
            },
        },
    };
    *done = Some(id);
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
    let known = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |_| Err::<ConsignmentId, _>(TakeError::Gone))
        })
        .await;
    match known {
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
    list: &Checked,
) -> Result<ConsignmentId, TakeError> {
    let act = app.act(actor);
    let header = list.header.clone();
    let id = app.db.write(Lane::Staff, move |tx| store::consignment::stage(tx, &act, &header)).await?;
    // The city may have decided since the list was checked; what is held then is what it decided last.
    let agreed = notice_agreed(app).await.map_err(|_| store::Error::Busy)?;
    for lines in list.lines.chunks(CHUNK) {
        stage(app, act, id, list, lines, agreed).await?;
    }
    let (header, operation) = (list.header.clone(), Operation::new(operation, REQUEST));
    let expected = u32::try_from(list.lines.len()).unwrap_or(u32::MAX);
    let compared = app.db.read(move |reader| store::consignment::compare(reader, id)).await?;
    app.db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::consignment::take(tx, &act, id, &header, expected, compared).map(|_| id)
            })
        })
        .await
}

async fn stage(
    app: &App,
    act: Act,
    consignment: ConsignmentId,
    list: &Checked,
    lines: &[Line],
    agreed: bool,
) -> Result<(), TakeError> {
    let with_chance = |line: &Line| {
        let mut nonce = [0; 24];
        app.chance.fill(&mut nonce);
        (line.clone(), nonce)
    };
    let portion = Portion {
        consignment,
        site: list.header.site.clone(),
        entry: act.id(1),
        lines: lines.iter().map(with_chance).collect(),
    };
    let keys = app.keys.clone();
    app.db
        .write(Lane::Staff, move |tx| store::consignment::stage_lines(tx, &act, &keys, &portion, agreed))
        .await
}
