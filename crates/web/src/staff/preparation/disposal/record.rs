//! The city, by a named person, destroyed cards that it had by its instruction.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{CardId, OperationId};
use domain::journal::{CityRecord, Subject};
use domain::recall::State as Recalled;
use store::Lane;
use store::disposal::{DisposalError, UnderWay};
use store::journal::View;
use store::op::{Operation, once};

use super::order::CARD;
use super::{DISPOSALS, sentence};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};
use crate::staff::wording::{control, list_line};
use crate::staff::{Layout, Task};

/// The day.
const ON: &str = "on";

/// The form.
#[derive(Template)]
#[template(path = "staff/preparation/disposal/record.html")]
pub(crate) struct RecordPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) cards: Vec<Row>,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

/// A card that the city has to destroy.
pub(crate) struct Row {
    pub(crate) id: CardId,
    pub(crate) ticked: bool,
    pub(crate) control: String,
    pub(crate) list_line: String,
}

impl Page for RecordPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Shows the form.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    page(&app, &signed, Form::fresh(), None, None).await
}

/// The page; without a word of a person every card is ticked.
async fn page(
    app: &App,
    signed: &Signed,
    form: Form,
    ticked: Option<&[CardId]>,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let under_way = app.db.read(move |reader| store::disposal::under_way(reader, &site)).await?;
    let these: Vec<&UnderWay> = under_way.iter().filter(|card| card.state == Recalled::Passed).collect();
    let view = View {
        screen: "disposals",
        asked: "record".to_owned(),
        subjects: these.iter().map(|card| Subject::Card(card.card)).collect(),
        found: u32::try_from(these.len()).unwrap_or(u32::MAX),
    };
    signed.viewed(app, view).await?;
    let mut layout = signed.layout("市の廃棄を記録").within(Task::Storage);
    layout.refused = form.is_refused();
    let row = |card: &&UnderWay| Row {
        id: card.card,
        ticked: ticked.is_none_or(|these| these.contains(&card.card)),
        control: control(card.control_number),
        list_line: list_line(card.list_date, card.line),
    };
    Ok(respond(&RecordPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        cards: these.iter().map(row).collect(),
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
    }))
}

/// Writes it down.
pub(crate) async fn record(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION, ON, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let cards: Result<Vec<CardId>, _> = fields.all(CARD)?.into_iter().map(str::parse).collect();
    let mut wanted = cards.map_err(|_| PageError::BadRequest)?;
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        form.refuse_ja(CARD, "市が廃棄したカードに印を付けてください。");
    }
    let on = field::day(&mut form, ON, "廃棄した日");
    let city = field::city(&mut form, &signed);
    let (Some(on), Some((person, paper))) = (on, city) else {
        return page(&app, &signed, form, Some(&wanted), None).await;
    };
    let words: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    let operation = Operation::new(operation, &format!("destroyed {on} {person} {}", words.join(" ")));
    let (act, site, these) = (app.act(signed.actor()), app.settings.site.clone(), wanted.clone());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::disposal::dispose(tx, &act, &site, &these, on, (&person, paper))
            })
        })
        .await;
    match done {
        Ok(_) => Ok(see_other(DISPOSALS)),
        Err(error @ DisposalError::ImpossibleDate) => {
            form.refuse_ja(ON, sentence(error)?);
            page(&app, &signed, form, Some(&wanted), None).await
        }
        Err(error) => {
            let problem = sentence(error)?;
            page(&app, &signed, form, Some(&wanted), Some(problem)).await
        }
    }
}
