//! The cards that were taken out to be destroyed go to a named person of the city, counted by both.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::OperationId;
use domain::journal::{CityRecord, Subject};
use store::Lane;
use store::disposal::{DisposalError, UnderWay, is_on_desk};
use store::journal::View;
use store::op::{Operation, once};

use super::{DISPOSALS, sentence};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, COUNTED, OPERATION, PAPER, PERSON};
use crate::staff::wording::{control, list_line};
use crate::staff::{Layout, Task};

/// The form.
#[derive(Template)]
#[template(path = "staff/preparation/disposal/pass.html")]
pub(crate) struct PassPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    /// The cards on the desk: 管理番号 and line.
    pub(crate) cards: Vec<(String, String)>,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

impl Page for PassPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Shows the form.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    page(&app, &signed, Form::fresh(), None).await
}

async fn page(
    app: &App,
    signed: &Signed,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let under_way = app.db.read(move |reader| store::disposal::under_way(reader, &site)).await?;
    let these: Vec<&UnderWay> = under_way.iter().filter(|card| is_on_desk(card)).collect();
    let view = View {
        screen: "disposals",
        asked: "pass".to_owned(),
        subjects: these.iter().map(|card| Subject::Card(card.card)).collect(),
        found: u32::try_from(these.len()).unwrap_or(u32::MAX),
    };
    signed.viewed(app, view).await?;
    let mut layout = signed.layout("廃棄するカードを市へ渡す").within(Task::Storage);
    layout.refused = form.is_refused();
    let card = |card: &&UnderWay| (control(card.control_number), list_line(card.list_date, card.line));
    Ok(respond(&PassPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        cards: these.iter().map(card).collect(),
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
    }))
}

/// Writes it down.
pub(crate) async fn pass(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION, COUNTED, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let counted = field::number(&mut form, COUNTED, "数えた枚数");
    let city = field::city(&mut form, &signed);
    let (Some(counted), Some((person, record))) = (counted, city) else {
        return page(&app, &signed, form, None).await;
    };
    let operation = Operation::new(operation, &format!("pass to be destroyed {counted} {person}"));
    let (act, site) = (app.act(signed.actor()), app.settings.site.clone());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::disposal::pass(tx, &act, &site, counted, (&person, record))
            })
        })
        .await;
    match done {
        Ok(_) => Ok(see_other(DISPOSALS)),
        Err(DisposalError::CountDiffers { expected, counted }) => {
            field::refuse_count(&mut form, expected, counted, "枚");
            page(&app, &signed, form, None).await
        }
        Err(error) => {
            let problem = sentence(error)?;
            page(&app, &signed, form, Some(problem)).await
        }
    }
}
