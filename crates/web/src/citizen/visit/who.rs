//! Who comes for each card: one page with a question for each. It decides what must be brought. Nothing is stored here:
//! the answers stand in the address of the next page until the booking is confirmed. What somebody may need at the
//! counter (a wheelchair and the like) is never asked on the web.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::id::VisitId;
use domain::reservation::{MOST_IN_PARTY, Visitor};
use store::visit::Visit;

use super::begun::{in_visit, proven};
use super::people::{Name, visitor_about, visitor_key, visitors_in_address};
use crate::App;
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Form, Page, PageError, Texts, respond};

/// The fields of the answers, in the order of the people.
pub(crate) const WHO: [&str; MOST_IN_PARTY] = ["who", "who-2", "who-3", "who-4"];

/// One question.
pub struct Question {
    /// The name of its field.
    pub field: &'static str,
    /// Whom it is about; none for somebody alone.
    pub name: Option<Name>,
}

impl Question {
    /// The questions for so many people; `names` is empty for somebody alone.
    pub fn of(people: usize, names: &[Name]) -> Vec<Self> {
        let question = |(at, field): (usize, &'static str)| Self { field, name: names.get(at).cloned() };
        WHO.into_iter().take(people).enumerate().map(question).collect()
    }
}

/// A possible answer, for the template.
#[derive(Debug, Clone, Copy)]
pub struct Answer(Visitor);

impl Answer {
    /// Every answer.
    pub const ALL: [Self; 4] = [
        Self(Visitor::Principal),
        Self(Visitor::WithRepresentative),
        Self(Visitor::Representative),
        Self(Visitor::Proxy),
    ];

    /// The value of the radio button.
    pub fn code(&self) -> &'static str {
        self.0.code()
    }

    /// Its words.
    pub fn key(&self) -> &'static str {
        visitor_key(self.0)
    }

    /// What it means.
    pub fn about(&self) -> &'static str {
        visitor_about(self.0)
    }
}

/// Reads the answer of a field; where there is none, the field says so.
pub(crate) fn answer(form: &mut Form, field: &'static str) -> Option<Visitor> {
    let visitor = form.typed(field).parse().ok();
    if visitor.is_none() {
        form.refuse(field, key!("error-who"));
    }
    visitor
}

/// The page of the questions.
#[derive(Template)]
#[template(path = "citizen/visit/who.html")]
pub struct WhoPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    questions: Vec<Question>,
    people: usize,
    who_href: String,
    back_href: String,
}

impl WhoPage {
    /// The questions for the people of a visit.
    pub fn new(layout: Layout, visit: VisitId, questions: Vec<Question>, form: Form) -> Self {
        Self {
            texts: layout.texts(),
            layout: layout.with_form(&form),
            form,
            people: questions.len(),
            questions,
            who_href: route::who(visit),
            back_href: route::days(visit),
        }
    }
}

impl Page for WhoPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Asks who comes. Whether the places are still held, the next page says.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    page(&app, &asked, &headers, &visit, Form::fresh()).await
}

async fn page(
    app: &App,
    asked: &Asked,
    headers: &HeaderMap,
    visit: &str,
    form: Form,
) -> Result<Response, PageError> {
    let visit = in_visit(app, headers, visit).await?;
    let id = visit.id;
    if visit.reservation.is_none() {
        return Ok(see_other(&route::days(id)));
    }
    if visit.is_booked {
        return Ok(see_other(&route::done(id)));
    }
    let names = names(app, visit).await?;
    let questions = Question::of(names.len().max(1), &names);
    let layout = frame::layout(app, asked).at(route::who(id));
    Ok(respond(&WhoPage::new(layout, id, questions, form)))
}

/// What tells the people of a visit apart; none for somebody alone.
pub(super) async fn names(app: &App, visit: Visit) -> Result<Vec<Name>, PageError> {
    if visit.others == 0 {
        return Ok(Vec::new());
    }
    let cards = app.db.read(move |reader| store::visit::cards(reader, &visit)).await?;
    let ends: Result<Vec<String>, _> = cards.iter().map(|card| card.key_end(&app.keys)).collect();
    Ok((1..).zip(ends?).map(Name::from).collect())
}

const PEOPLE: &str = "people";

/// Takes the answers to the page that shows everything once more: an address with as many answers as there are people
/// there, which that page compares with what is held.
pub(crate) async fn answered(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let [one, two, three, four] = WHO;
    let mut form = fields.form(&[PEOPLE, one, two, three, four])?;
    let people: usize = form.typed(PEOPLE).parse().map_err(|_| PageError::BadRequest)?;
    let id = proven(&app, &headers, &visit).await?.id;
    let answers: Vec<_> = WHO.into_iter().take(people.max(1)).map(|field| answer(&mut form, field)).collect();
    match answers.into_iter().collect::<Option<Vec<Visitor>>>() {
        Some(visitors) => Ok(see_other(&route::checked(id, &visitors_in_address(&visitors)))),
        None => page(&app, &asked, &headers, &visit, form).await,
    }
}
