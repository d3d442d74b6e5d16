//! A place gets another name or capacity, or stands elsewhere from now on, with all that is in it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::PlaceId;
use domain::place::PlaceKind;
use store::Lane;
use store::place::{Fitted, Place};

use super::fitting::{self, CAPACITY, NAME, Outer, PARENT};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::{Layout, Task};

// What the person saw before the change, so that nobody undoes another's without knowing.
const SEEN_NAME: &str = "seen_name";
const SEEN_CAPACITY: &str = "seen_capacity";
const SEEN_PARENT: &str = "seen_parent";

/// The form of a place.
#[derive(Template)]
#[template(path = "staff/preparation/storage/change.html")]
pub(crate) struct ChangePage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) id: PlaceId,
    pub(crate) name: String,
    pub(crate) kind: PlaceKind,
    pub(crate) outers: Vec<Outer>,
}

impl Page for ChangePage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

type Found = (Place, Vec<Place>);

async fn found(app: &App, id: PlaceId) -> Result<Found, PageError> {
    let found = app
        .db
        .read(move |reader| {
            let Some(place) = store::place::find(reader, id)?.filter(|place| place.kind.is_furniture())
            else {
                return Ok(None);
            };
            let mut outers = fitting::outers(reader, &place.site)?;
            outers.retain(|outer| place.kind.may_stand_in(outer.kind));
            Ok::<_, store::Error>(Some((place, outers)))
        })
        .await?;
    found.ok_or(PageError::NotFound)
}

fn seen(form: &mut Form, place: &Place) {
    form.fill(SEEN_NAME, place.name.clone());
    form.fill(SEEN_CAPACITY, place.capacity.map(|cards| cards.to_string()).unwrap_or_default());
    form.fill(SEEN_PARENT, place.parent.map(|parent| parent.to_string()).unwrap_or_default());
}

fn page(signed: &Signed, (place, outers): Found, mut form: Form) -> Response {
    // Where another changed it meanwhile, the person sees that now, and changes it from there.
    seen(&mut form, &place);
    let mut layout = signed.layout(format!("{}の変更", place.name)).within(Task::Storage);
    layout.refused = form.is_refused();
    let outers = fitting::choices(&outers, &form);
    let (id, kind, name) = (place.id, place.kind, place.name);
    respond(&ChangePage { texts: Texts::new(Language::JA), layout, form, id, name, kind, outers })
}

/// Shows how the place is now.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let found = found(&app, field::id(&id)?).await?;
    let mut form = Form::fresh();
    form.fill(NAME, found.0.name.clone());
    form.fill(CAPACITY, found.0.capacity.map(|cards| cards.to_string()).unwrap_or_default());
    form.fill(PARENT, found.0.parent.map(|parent| parent.to_string()).unwrap_or_default());
    Ok(page(&signed, found, form))
}

/// Changes it.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: PlaceId = field::id(&id)?;
    let mut form = fields.form(&[NAME, CAPACITY, PARENT, SEEN_NAME, SEEN_CAPACITY, SEEN_PARENT])?;
    let name = field::name(&mut form, NAME, "名前");
    let (capacity, parent) = (fitting::capacity(&mut form), fitting::parent(&mut form));
    let (Some(name), false) = (name, form.is_refused()) else {
        return Ok(page(&signed, found(&app, id).await?, form));
    };
    let seen = Fitted {
        name: form.typed(SEEN_NAME).to_owned(),
        capacity: optional(form.typed(SEEN_CAPACITY))?,
        parent: optional(form.typed(SEEN_PARENT))?,
    };
    let wanted = Fitted { name, capacity, parent };
    let act = app.act(signed.actor());
    let done = app.db.write(Lane::Staff, move |tx| store::place::change(tx, &act, id, &seen, &wanted)).await;
    match done {
        Ok(()) => Ok(see_other(&format!("/places/{id}"))),
        Err(error) => {
            fitting::refuse(&mut form, error)?;
            Ok(page(&signed, found(&app, id).await?, form))
        }
    }
}

/// A hidden field of the form's own: nothing, or what the form wrote into it.
fn optional<T: std::str::FromStr>(text: &str) -> Result<Option<T>, PageError> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| PageError::BadRequest),
    }
}
