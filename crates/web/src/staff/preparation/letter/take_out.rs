//! A letter is taken out of its part with a reason: its key ends, or a new letter is made in its place.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{LetterBatchId, OperationId};
use domain::scan::{ScanScreen, Scanned, read};
use domain::stuffing::TakenOut;
use store::Lane;
use store::letter::{LetterError, PartState};
use store::op::{Operation, once};
use store::stuffing::Then;

use super::super::scan::CODE;
use super::{failed, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};
use crate::staff::wording::short;
use crate::staff::{Layout, Task};

const WHY: &str = "why";
const THEN: &str = "then";
/// A new letter is made at once.
const AGAIN: &str = "again";
/// The key ends, and nothing else happens.
const END: &str = "end";

/// The form.
#[derive(Template)]
#[template(path = "staff/preparation/letter/take_out.html")]
pub(crate) struct TakeOutPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) operation: OperationId,
    pub(crate) id: LetterBatchId,
    pub(crate) name: String,
}

impl TakeOutPage {
    fn reasons(&self) -> Vec<(TakenOut, bool)> {
        TakenOut::CHOICES.iter().map(|why| (*why, self.form.typed(WHY) == why.code())).collect()
    }
}

impl Page for TakeOutPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Shows the form.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: LetterBatchId = field::id(&id)?;
    let (part, _) = show::find(&app, &signed, id, "letters").await?;
    if part.state != PartState::Printed {
        return Err(failed(LetterError::NotReady));
    }
    Ok(page(&app, &signed, id, Form::fresh()))
}

fn page(app: &App, signed: &Signed, id: LetterBatchId, form: Form) -> Response {
    let mut layout = signed.layout("案内を束から抜き出す").within(Task::Preparation);
    layout.refused = form.is_refused();
    respond(&TakeOutPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        operation: app.operation(),
        id,
        name: short(id),
    })
}

/// Takes it out.
pub(crate) async fn take_out(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: LetterBatchId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, CODE, WHY, THEN])?;
    let operation = field::operation(&form)?;
    let scanned = if form.fault(CODE).is_some() { Scanned::IndividualNumber } else { read(form.typed(CODE)) };
    let number = match scanned {
        Scanned::Control(number) => Some(number),
        Scanned::IndividualNumber => {
            signed.back_scanned(&app, ScanScreen::Stuffing).await?;
            None
        }
        _ => {
            form.refuse_ja(CODE, "カードの管理番号を読み取るか、9桁の数字を入力してください。");
            None
        }
    };
    let why: Option<TakenOut> = form.typed(WHY).parse().ok().filter(|why| TakenOut::CHOICES.contains(why));
    if why.is_none() {
        form.refuse_ja(WHY, "抜き出す理由を選んでください。");
    }
    let again = match form.typed(THEN) {
        AGAIN => Some(true),
        END => Some(false),
        _ => {
            form.refuse_ja(THEN, "抜き出した後にすることを選んでください。");
            None
        }
    };
    // A card that may not be issued gets no new letter.
    if why == Some(TakenOut::CardHeld) && again == Some(true) {
        form.refuse_ja(
            THEN,
            "交付中止・保留のカードには案内を作れません。「予約キーを終わりにする」を選んでください。",
        );
        return Ok(page(&app, &signed, id, form));
    }
    let (Some(number), Some(why), Some(again)) = (number, why, again) else {
        return Ok(page(&app, &signed, id, form));
    };
    let operation = Operation::new(operation, &format!("take out {id} {} {why} {again}", number.digits()));
    let (act, keys) = (app.act(signed.actor()), app.keys.clone());
    let version = app.settings.letter_version.clone();
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                let card = store::card::by_control_number(tx, number)?;
                let then = if again { Then::Again(&version) } else { Then::Nothing };
                match card {
                    Some(card) => store::stuffing::take_out(tx, &act, &keys, (id, card), why, then),
                    None => Err(LetterError::Empty),
                }
            })
        })
        .await;
    match done {
        Ok(made) => Ok(see_other(&format!("/letters/{}", made.unwrap_or(id)))),
        Err(LetterError::Empty) => {
            form.refuse_ja(CODE, "この束に、この管理番号の案内はありません。");
            Ok(page(&app, &signed, id, form))
        }
        Err(error) => Err(failed(error)),
    }
}
