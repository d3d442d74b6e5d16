//! What the acts of a pick-up share: they name the card in the address and the pick-up in the form, and each is done once.

use axum::response::Response;
use domain::id::{CardId, PickupId};
use store::op::{Operation, once};
use store::pickup::PickupError;
use store::{Act, Lane, Tx};

use super::{href, sentence, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Form, PageError};
use crate::staff::desk::Signed;

/// The field of the pick-up.
pub(super) const PICKUP: &str = "pickup";

/// The pick-up that a form is about.
pub(super) fn pickup(form: &Form) -> Result<PickupId, PageError> {
    form.typed(PICKUP).parse().map_err(|_| PageError::BadRequest)
}

/// Does an act once, and shows the card's pick-up with what came of it.
pub(super) async fn done<T: Send + 'static>(
    app: &App,
    signed: &Signed,
    card: CardId,
    form: Form,
    operation: Operation,
    act_on: impl Fn(&mut Tx<'_>, &Act) -> Result<T, PickupError> + Send + Sync + 'static,
) -> Result<Response, PageError> {
    let act = app.act(signed.actor());
    let write = move |tx: &mut Tx<'_>| once(tx, &act, &operation, |tx| act_on(tx, &act).map(drop));
    match app.db.write(Lane::Staff, write).await {
        Ok(()) => Ok(see_other(&href(card))),
        Err(error) => {
            let problem = sentence(error)?;
            show::page(app, signed, card, form, Some(problem)).await
        }
    }
}
