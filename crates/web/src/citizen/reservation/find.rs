//! The page that asks for a reservation number.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{CardId, Id, ReservationId};
use domain::number::NumberKind;
use domain::opening::FormerNumber;
use domain::reservation::State as Reserved;

use crate::App;
use crate::citizen::attempt::{Attempt, Caller, too_many};
use crate::citizen::visit::begun::{self, Beginning};
use crate::citizen::visit::key::{NUMBER, Typed, read_former, read_number, refuse_unknown};
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::{Asked, Fields, Form, Page, PageError, Texts, respond};

/// The page of the reservation number.
#[derive(Template)]
#[template(path = "citizen/reservation/find.html")]
pub struct FindPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    former: bool,
}

impl FindPage {
    /// The page with the form as it stands.
    pub fn new(layout: Layout, form: Form) -> Self {
        Self { texts: layout.texts(), layout: layout.with_form(&form), form, former: false }
    }

    /// The same page where numbers of a former system are taken too.
    #[must_use]
    pub fn with_former(self, former: bool) -> Self {
        Self { former, ..self }
    }

    fn support(&self) -> String {
        let support = self.texts.get(key!("find-support")).into_owned();
        if self.former {
            format!("{support} {}", self.texts.get(key!("find-support-former")))
        } else {
            support
        }
    }

    /// Numbers of a former system may have letters, which a number pad lacks.
    fn mode(&self) -> &'static str {
        if self.former { "text" } else { "numeric" }
    }
}

impl Page for FindPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Asks for the reservation number.
pub(crate) async fn show(State(app): State<Arc<App>>, asked: Asked) -> Response {
    respond(&FindPage::new(frame::layout(&app, &asked), Form::fresh()).with_former(app.former_reserved()))
}

/// Proves the reservation number and begins a visit that shows the reservation.
pub(crate) async fn prove(
    State(app): State<Arc<App>>,
    caller: Caller,
    asked: Asked,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[NUMBER])?;
    let layout = frame::layout(&app, &asked).at(route::find());
    let mut plain = form.clone();
    let typed = read_number(&mut form, NumberKind::Reservation);
    let taken = app.former_reserved();
    let former = read_former(&plain).filter(|_| taken);
    if typed == Typed::Malformed && former.is_none() {
        return Ok(respond(&FindPage::new(layout, form).with_former(taken)));
    }
    let attempt = Attempt::new(&app, caller, NumberKind::Reservation, typed, form.typed(NUMBER))?;
    let Some((card, reservation)) = find(&app, attempt, taken, former).await? else {
        attempt.failed(&app).await?;
        refuse_unknown(&mut plain, NumberKind::Reservation);
        return Ok(respond(&FindPage::new(layout, plain).with_former(taken)));
    };
    begun::begin(&app, &asked, Beginning::Look(card, reservation)).await
}

/// The reservation of a number that was given to somebody, by us or by a former system.
async fn find(
    app: &App,
    attempt: Attempt,
    taken: bool,
    number: Option<FormerNumber>,
) -> Result<Option<(Option<CardId>, ReservationId)>, PageError> {
    let (now, keys) = (app.now(), app.keys.clone());
    app.db
        .read(move |reader| {
            if attempt.is_limited(reader, now)? {
                return Ok(Err(too_many()));
            }
            let mut found = store::reservation::by_number(reader, &keys, &attempt.sought)?;
            if taken {
                let hit = store::former::reservation(reader, &keys, number.as_ref())?;
                found = found.or(hit);
            }
            let sought = found.unwrap_or_else(|| ReservationId::from_parts(0, 0));
            // The number of a hold was shown to nobody.
            let found = store::reservation::find(reader, sought)?
                .filter(|found| !matches!(found.state, Reserved::Held | Reserved::Released))
                .map(|found| (found.card, found.id));
            Ok::<_, store::Error>(Ok(found))
        })
        .await?
}
