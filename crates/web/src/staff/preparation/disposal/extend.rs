//! 保管の延長: a card is kept for longer than its last day, for a reason of a short list, until a day.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::disposal::Reason;
use domain::id::{CardId, OperationId};
use domain::journal::Subject;
use domain::permission::Permission;
use domain::time::era_date;
use jiff::civil::Date;
use store::Lane;
use store::disposal::{DisposalError, Extension};
use store::journal::View;
use store::op::{Operation, once};

use super::{months, months_words, sentence, storage};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};
use crate::staff::wording::control;
use crate::staff::{Layout, Task};

/// Why.
const REASON: &str = "reason";
/// Until when.
const UNTIL: &str = "until";

/// The page.
#[derive(Template)]
#[template(path = "staff/preparation/disposal/extend.html")]
pub(crate) struct ExtendPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) id: CardId,
    pub(crate) control: String,
    pub(crate) rule: String,
    pub(crate) posted: Option<String>,
    pub(crate) reminded: Option<String>,
    /// The last day, where the card has one.
    pub(crate) last_day: Option<String>,
    /// Why it is kept for longer now: in words.
    pub(crate) extended: Option<String>,
    pub(crate) may_extend: bool,
    pub(crate) operation: OperationId,
    pub(crate) ending: OperationId,
}

impl ExtendPage {
    fn reasons(&self) -> Vec<(Reason, bool)> {
        let chosen = self.form.typed(REASON);
        Reason::ALL.iter().map(|reason| (*reason, reason.code() == chosen)).collect()
    }
}

impl Page for ExtendPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Why a card is kept for longer, in words; one that is over says so.
pub(crate) fn words(extension: &Extension, names: &Names, today: Date) -> String {
    let over = if extension.until < today { "（終わりました）" } else { "" };
    let by = names.actor(extension.by);
    format!("{}　{}まで{over}（記録した人：{by}）", extension.reason.label(), era_date(extension.until))
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh(), None).await
}

async fn page(
    app: &App,
    signed: &Signed,
    id: CardId,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| {
        let Some(card) = store::card::find(reader, id)? else { return Ok(None) };
        let reminded = store::reminder::sent_to(reader, id)?;
        let extension = store::disposal::extension_of(reader, id)?;
        Ok::<_, store::Error>(Some((card, reminded, extension, Names::people(reader)?)))
    });
    let (card, reminded, extension, names) = found.await?.ok_or(PageError::NotFound)?;
    let view = View { screen: "storage", asked: id.to_string(), subjects: vec![Subject::Card(id)], found: 1 };
    signed.viewed(app, view).await?;
    let today = app.today();
    let months = months(&app.rules(), today);
    let last_day = card.posted_on.zip(reminded).map(|(posted, reminded)| months.last_day(posted, reminded));
    let mut layout =
        signed.layout(format!("保管期限 {}", control(card.control_number))).within(Task::Storage);
    layout.refused = form.is_refused();
    Ok(respond(&ExtendPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        id,
        control: control(card.control_number),
        rule: months_words(months),
        posted: card.posted_on.map(era_date),
        reminded: reminded.map(era_date),
        last_day: last_day.map(era_date),
        extended: extension.as_ref().map(|extension| words(extension, &names, today)),
        may_extend: store::notice::fits(&card) && signed.may(Permission::TransferBatches),
        operation: app.operation(),
        ending: app.operation(),
    }))
}

/// The card is kept until a day.
pub(crate) async fn extend(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, REASON, UNTIL])?;
    let operation = field::operation(&form)?;
    let reason: Option<Reason> = form.typed(REASON).parse().ok();
    if reason.is_none() {
        form.refuse_ja(REASON, "保管を延ばす理由を選んでください。");
    }
    let until = field::day(&mut form, UNTIL, "いつまで保管するか");
    let (Some(reason), Some(until)) = (reason, until) else {
        return page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("keep {id} {reason} {until}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::disposal::extend(tx, &act, id, reason, until))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&storage(id))),
        Err(error @ DisposalError::Early) => {
            form.refuse_ja(UNTIL, sentence(error)?);
            page(&app, &signed, id, form, None).await
        }
        Err(error) => {
            let problem = sentence(error)?;
            page(&app, &signed, id, form, Some(problem)).await
        }
    }
}

/// The card is no longer kept for longer.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let form = fields.form(&[OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("keep {id} no longer"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::disposal::end_extension(tx, &act, id))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&storage(id))),
        Err(error) => {
            let problem = sentence(error)?;
            page(&app, &signed, id, form, Some(problem)).await
        }
    }
}
