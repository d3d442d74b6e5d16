//! The key of a room or a cabinet goes from hand to hand: whoever takes it says so, and whoever held it gave it back.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::{PersonId, PlaceId};
use domain::permission::Permission;
use store::cabinet_key::{Held, KeyError};
use store::{Lane, Tx};

use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::wording::moment;

/// Who held it when the page was shown.
const SEEN: &str = "seen";

/// A key on the page of its place.
pub(crate) struct Key {
    /// Who holds it, and since when; none: it hangs where it belongs.
    pub(crate) held: Option<(String, String)>,
    /// Who holds it, as the form sends it back.
    pub(crate) seen: String,
    pub(crate) may_take: bool,
    pub(crate) may_return: bool,
}

impl Key {
    /// A key as somebody sees it who may move cards.
    pub(super) fn of(signed: &Signed, held: Option<&Held>) -> Self {
        let own = held.is_some_and(|held| held.person == signed.session().person);
        let may = signed.may(Permission::MoveCards);
        Self {
            held: held.map(|held| (held.person_name.clone(), moment(held.since))),
            seen: held.map(|held| held.person.to_string()).unwrap_or_default(),
            may_take: may && !own,
            may_return: may && held.is_some() && (own || signed.may(Permission::KeepPlaces)),
        }
    }
}

fn seen(fields: &Fields) -> Result<Option<PersonId>, PageError> {
    match fields.form(&[SEEN])?.typed(SEEN) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| PageError::BadRequest),
    }
}

fn answer(id: PlaceId, done: Result<(), KeyError>) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(see_other(&format!("/places/{id}"))),
        Err(KeyError::NotFound) => Err(PageError::NotFound),
        Err(KeyError::Elsewhere) => Err(PageError::Conflict(
            "鍵は、ほかの人が先に受け取ったか、返しました。場所の画面を開き直してください。".to_owned(),
        )),
        Err(KeyError::Store(error)) => Err(error.into()),
    }
}

/// The person who is signed in takes the key.
pub(crate) async fn take(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let (id, before): (PlaceId, _) = (field::id(&id)?, seen(&fields)?);
    let (act, person) = (app.act(signed.actor()), signed.session().person);
    let take = move |tx: &mut Tx<'_>| store::cabinet_key::take(tx, &act, id, person, before);
    answer(id, app.db.write(Lane::Staff, take).await)
}

/// The key hangs where it belongs again. Somebody else's is noted by who keeps the places.
pub(crate) async fn give_back(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: PlaceId = field::id(&id)?;
    let Some(holder) = seen(&fields)? else { return Err(PageError::BadRequest) };
    if holder != signed.session().person && !signed.may(Permission::KeepPlaces) {
        return Err(PageError::Forbidden);
    }
    let act = app.act(signed.actor());
    let give_back = move |tx: &mut Tx<'_>| store::cabinet_key::give_back(tx, &act, id, holder);
    answer(id, app.db.write(Lane::Staff, give_back).await)
}
