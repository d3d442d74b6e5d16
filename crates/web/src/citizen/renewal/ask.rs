//! What is confirmed before a time for a renewal is chosen, point by point on one page (11(7): 更新であることや持ち物等を
//! 予約者が確認・理解の上): that it is the certificate and not the card, that one is registered here, who comes, and whether
//! the PINs are known. Nothing is stored but these answers, as codes, for as long as the visit lasts.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::renewal::{Coming, TwoVisits};
use domain::reservation::MOST_IN_PARTY;
use domain::service::Service;
use jiff::civil::Date;

use super::questions::{ANSWER, PINS, Questions, WHO, read};
use crate::App;
use crate::citizen::attempt::{Caller, Unproven, may};
use crate::citizen::visit::begun::{self, Beginning};
use crate::citizen::visit::ended::{Reason, RefusedPage};
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Form, Page, PageError, Texts, respond};

const PEOPLE: &str = "people";
const KIND: &str = "kind";
const HERE: &str = "here";

/// The page of the questions.
#[derive(Template)]
#[template(path = "citizen/renewal/ask.html")]
pub struct AskPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    questions: Vec<Questions>,
    people: usize,
    free_from: Option<Date>,
}

impl AskPage {
    /// The questions for so many people; `free_from` is the first day with a free place.
    pub fn new(layout: Layout, people: usize, free_from: Option<Date>, form: Form) -> Self {
        Self {
            texts: layout.texts(),
            layout: layout.with_form(&form),
            form,
            questions: Questions::of(people),
            people,
            free_from,
        }
    }

    /// Other numbers of people, for the links.
    fn others(&self) -> Vec<usize> {
        (1..=MOST_IN_PARTY).filter(|people| *people != self.people).collect()
    }
}

impl Page for AskPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Asks for somebody alone.
pub(crate) async fn show(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, PageError> {
    page(&app, &asked, 1, Form::fresh()).await
}

/// Asks for so many people who come together.
pub(crate) async fn show_for(
    State(app): State<Arc<App>>,
    Path(people): Path<String>,
    asked: Asked,
) -> Result<Response, PageError> {
    let people = number_of(&people).ok_or(PageError::NotFound)?;
    page(&app, &asked, people, Form::fresh()).await
}

fn number_of(text: &str) -> Option<usize> {
    text.parse().ok().filter(|people| (1..=MOST_IN_PARTY).contains(people))
}

async fn page(app: &App, asked: &Asked, people: usize, form: Form) -> Result<Response, PageError> {
    let free_from = app.availability(Service::Renewal).await?.first_free().map(|day| day.day);
    let layout = frame::layout(app, asked).at(route::renewal_for(people));
    Ok(respond(&AskPage::new(layout, people, free_from, form)))
}

/// Takes the answers: on to the days, or to the page with the right way for those who would come in vain.
pub(crate) async fn answered(
    State(app): State<Arc<App>>,
    caller: Caller,
    asked: Asked,
    fields: Fields,
) -> Result<Response, PageError> {
    let names: Vec<&'static str> =
        [PEOPLE, KIND, HERE].into_iter().chain(WHO).chain(PINS).chain(ANSWER).collect();
    let mut form = fields.form(&names)?;
    let people = number_of(form.typed(PEOPLE)).ok_or(PageError::BadRequest)?;
    match form.typed(KIND) {
        "certificate" => {}
        // A card that expires is renewed by a new one, and that is not booked.
        "card" => return Ok(see_other(route::application())),
        _ => form.refuse(KIND, key!("error-renewal-kind")),
    }
    match form.typed(HERE) {
        "yes" => {}
        "no" => return Ok(see_other(route::RENEWAL_ELSEWHERE)),
        _ => form.refuse(HERE, key!("error-renewal-here")),
    }
    let answers: Vec<_> = Questions::of(people).iter().map(|of| read(&mut form, of)).collect();
    if form.is_refused() {
        return page(&app, &asked, people, form).await;
    }
    let answers: Result<Vec<Coming>, TwoVisits> = answers.into_iter().flatten().collect();
    match answers {
        // Nobody proves anything here, so what one address may begin is limited.
        Ok(coming) if coming.len() == people && !may(&app, caller, Unproven::Beginning).await? => {
            let layout = frame::layout(&app, &asked).at(route::renewal_for(people));
            Ok(respond(&RefusedPage::new(layout, Reason::TooMany)))
        }
        Ok(coming) if coming.len() == people => begun::begin(&app, &asked, Beginning::Renew(coming)).await,
        Ok(_) => Err(PageError::BadRequest),
        Err(_) => Ok(see_other(route::RENEWAL_TWO_VISITS)),
    }
}
