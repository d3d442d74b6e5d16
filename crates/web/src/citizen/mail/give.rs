//! Leaving an address for a booking, or taking it away again.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::id::{OperationId, VisitId};
use domain::journal::Actor;
use domain::mail::{Address, Malformed};
use store::Lane;
use store::contact::{self, ContactError, Giving};
use store::op::{Operation, once};

use super::offer::{Contact, Offer, offer};
use crate::App;
use crate::citizen::attempt::{AskingByMail, Caller, MayAsk, too_many};
use crate::citizen::reservation::show::Banner;
use crate::citizen::visit::begun::{Booking, Standing, opened};
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Form, Page, PageError, Texts, respond};

/// The page of the address.
#[derive(Template)]
#[template(path = "citizen/mail/give.html")]
pub struct GivePage {
    texts: Texts,
    layout: Layout,
    offer: Offer,
    form: Form,
    operation: OperationId,
    remove_href: String,
    back_href: String,
}

impl GivePage {
    /// The page with the form as it stands.
    pub fn new(layout: Layout, visit: VisitId, offer: Offer, form: Form, operation: OperationId) -> Self {
        Self {
            texts: layout.texts(),
            layout: layout.with_form(&form),
            offer,
            form,
            operation,
            remove_href: route::mail_remove(visit),
            back_href: route::show(visit),
        }
    }

    fn is_held(&self) -> bool {
        self.offer.contact != Contact::None
    }
}

impl Page for GivePage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

fn page(app: &App, asked: &Asked, visit: VisitId, offer: Offer, form: Form) -> Response {
    let layout = frame::layout(app, asked).at(route::mail(visit));
    respond(&GivePage::new(layout, visit, offer, form, app.operation()))
}

/// The booking of a visit and what may be asked of it here; or the page that fits instead.
async fn booking(
    app: &App,
    headers: &HeaderMap,
    visit: &str,
) -> Result<Result<(VisitId, Booking, Offer), Response>, PageError> {
    let opened = opened(app, headers, visit).await?;
    let id = opened.visit.id;
    match opened.standing(app.now()) {
        Standing::Booked(booked) => match offer(app, id, &booked).await? {
            Some(offer) => Ok(Ok((id, booked, offer))),
            None => Err(PageError::NotFound),
        },
        other => Ok(Err(other.go_on(id))),
    }
}

/// Asks for the address.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    match booking(&app, &headers, &visit).await? {
        Ok((id, _, offer)) => Ok(page(&app, &asked, id, offer, Form::fresh())),
        Err(elsewhere) => Ok(elsewhere),
    }
}

const OPERATION: &str = "operation";
const ADDRESS: &str = "address";

/// Takes the address and asks its owner by mail.
pub(crate) async fn give(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    caller: Caller,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION, ADDRESS])?;
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let (id, booked, offer) = match booking(&app, &headers, &visit).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let address = match Address::read(form.typed(ADDRESS)) {
        Ok(address) if !form.is_refused() => address,
        Ok(_) => return Ok(page(&app, &asked, id, offer, form)),
        Err(malformed) => {
            if !form.is_refused() {
                form.refuse(ADDRESS, sentence(malformed));
            }
            return Ok(page(&app, &asked, id, offer, form));
        }
    };
    let asking = AskingByMail::new(&app, caller, &address)?;
    let mut nonce = [0; 24];
    app.chance.fill(&mut nonce);
    let reservation = booked.first.id;
    let operation = Operation::new(operation, &format!("mail {reservation} {}", address.as_str()));
    let giving =
        Giving { reservation, address, language: asked.language.code().to_owned(), nonce, ask: true };
    let (act, keys) = (app.act(Actor::Citizen), app.keys.clone());
    let given = app.db.write(Lane::Public, move |tx| {
        once(tx, &act, &operation, |tx| {
            let ask = match asking.count(tx, act.at)? {
                MayAsk::Yes => true,
                MayAsk::EnoughForTheAddress => false,
                MayAsk::TooManyOfTheNetwork => return Err(ContactError::TooMany),
            };
            contact::give(tx, &act, &keys, &Giving { ask, ..giving.clone() })
        })
    });
    match given.await {
        Ok(()) => Ok(see_other(&route::changed(id, Banner::MailAsked.code()))),
        Err(ContactError::TooOften) => {
            form.refuse(ADDRESS, key!("error-mail-too-often"));
            Ok(page(&app, &asked, id, offer, form))
        }
        Err(ContactError::TooMany) => Err(too_many()),
        Err(ContactError::Reused(_)) => Err(PageError::Conflict("the form is stale".to_owned())),
        Err(ContactError::Store(error)) => Err(error.into()),
        // The ledger or the booking ended at this moment: the page says how it stands now.
        Err(ContactError::NotAllowed | ContactError::NotFound | ContactError::Over) => {
            Ok(see_other(&route::show(id)))
        }
    }
}

fn sentence(malformed: Malformed) -> &'static str {
    match malformed {
        Malformed::Empty => key!("error-mail-empty"),
        Malformed::TooLong => key!("error-mail-long"),
        Malformed::At => key!("error-mail-at"),
        Malformed::Space => key!("error-mail-space"),
        Malformed::Letter => key!("error-mail-letter"),
        Malformed::Sign => key!("error-mail-sign"),
        Malformed::Domain => key!("error-mail-domain"),
    }
}

/// Takes the address away. Pressed twice is the same as once.
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let (id, booked) = match booking(&app, &headers, &visit).await? {
        Ok((id, booked, _)) => (id, booked),
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (act, of) = (app.act(Actor::Citizen), contact::booking_of(&booked.first));
    match app.db.write(Lane::Public, move |tx| contact::remove(tx, &act, of)).await {
        Ok(()) => Ok(see_other(&route::changed(id, Banner::MailRemoved.code()))),
        Err(ContactError::Store(error)) => Err(error.into()),
        Err(_) => Ok(see_other(&route::show(id))),
    }
}
