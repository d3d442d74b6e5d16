//! How far the pick-up of a card is, and what is written down next.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{CardId, OperationId, PickupId};
use domain::journal::Subject;
use domain::pickup::{NotHanded, State as How};
use domain::reservation::Visitor;
use store::journal::View;
use store::pickup::Pickup;

use super::begin::VISITOR;
use super::end::WHY;
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::wording::{control, moment};
use crate::staff::{Layout, Task};

/// How many of a card are shown.
const SHOWN: u32 = 20;

/// The page.
#[derive(Template)]
#[template(path = "staff/counter/pickup/show.html")]
pub(crate) struct PickupPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) id: CardId,
    pub(crate) control: String,
    pub(crate) place: String,
    /// Under which number the post had it.
    pub(crate) tracking: Option<String>,
    pub(crate) open: Option<Open>,
    /// Whether somebody can come for the card now.
    pub(crate) fits: bool,
    /// What ended: when, and how.
    pub(crate) before: Vec<(String, String)>,
    pub(crate) operation: OperationId,
}

/// Somebody who came and is still here.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub(crate) id: PickupId,
    pub(crate) state: How,
    pub(crate) visitor: &'static str,
    pub(crate) copies: u32,
    pub(crate) at: String,
}

impl PickupPage {
    fn visitors(&self) -> Vec<(Visitor, bool)> {
        Visitor::ALL.iter().map(|visitor| (*visitor, self.form.typed(VISITOR) == visitor.code())).collect()
    }

    fn reasons(&self) -> Vec<(NotHanded, bool)> {
        NotHanded::ALL.iter().map(|why| (*why, self.form.typed(WHY) == why.code())).collect()
    }

    /// The steps, and whether each is done.
    fn steps(&self) -> [(&'static str, bool); 3] {
        let state = self.open.as_ref().map(|open| open.state);
        [
            (How::WithCity.label(), state.is_some()),
            (How::AtCounter.label(), state == Some(How::AtCounter)),
            (How::Handed.label(), false),
        ]
    }
}

impl Page for PickupPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Shows it.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh(), None).await
}

pub(super) async fn page(
    app: &App,
    signed: &Signed,
    id: CardId,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| {
        let Some(card) = store::card::find(reader, id)? else { return Ok(None) };
        let told = store::tracking::of(reader, id)?;
        Ok::<_, store::Error>(Some((card, told, store::pickup::of_card(reader, id, SHOWN)?)))
    });
    let (card, told, pickups) = found.await?.ok_or(PageError::NotFound)?;
    let view = View { screen: "pickup", asked: id.to_string(), subjects: vec![Subject::Card(id)], found: 1 };
    signed.viewed(app, view).await?;
    let mut layout = signed.layout("返戻カードの窓口での受け取り").within(Task::Counter);
    layout.refused = form.is_refused();
    let open = pickups.iter().find(|pickup| pickup.state.is_open());
    Ok(respond(&PickupPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        id,
        control: control(card.control_number),
        place: card.place_name.clone(),
        tracking: told.and_then(|told| told.number).map(|number| number.to_string()),
        open: open.map(|pickup| Open {
            id: pickup.id,
            state: pickup.state,
            visitor: pickup.visitor.label(),
            copies: pickup.copies,
            at: moment(pickup.at),
        }),
        fits: store::pickup::fits(&card),
        before: pickups.iter().filter_map(ended).collect(),
        operation: app.operation(),
    }))
}

fn ended(pickup: &Pickup) -> Option<(String, String)> {
    let at = pickup.ended_at?;
    let why = pickup.why.map(|why| format!("（{}）", why.label())).unwrap_or_default();
    let came = format!("{}に来庁（{}）", moment(pickup.at), pickup.visitor.label());
    Some((came, format!("{}　{}{why}", moment(at), pickup.state.label())))
}
