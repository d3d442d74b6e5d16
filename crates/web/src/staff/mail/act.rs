//! What is done about a mail that did not arrive: it is sent once more, or the mails of its booking are stopped.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::MailId;
use store::Lane;
use store::contact::{self, ContactError};
use store::op::{Operation, once};
use store::outbox::failed;

use super::FAILED;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::request::safe_return;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// The page to come back to.
const BACK: &str = "back";
/// The mails that are sent again by one press.
const MAIL: &str = "mail";

fn back(form: &crate::kit::Form) -> String {
    match form.typed(BACK) {
        "" => FAILED.to_owned(),
        typed => safe_return(typed).to_owned(),
    }
}

fn refused(error: ContactError) -> PageError {
    match error {
        ContactError::Store(error) => error.into(),
        ContactError::NotFound => PageError::NotFound,
        ContactError::Reused(_) => field::stale(),
        _ => PageError::Conflict(
            "このメールの宛先は、もう登録されていません。送り直すことはできません。".to_owned(),
        ),
    }
}

/// Sends a mail once more.
pub(crate) async fn again(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: MailId = field::id(&id)?;
    let form = fields.form(&[field::OPERATION, BACK])?;
    let operation = Operation::new(field::operation(&form)?, &format!("mail-again {id}"));
    let act = app.act(signed.actor());
    let done =
        app.db.write(Lane::Staff, move |tx| once(tx, &act, &operation, |tx| failed::again(tx, &act, id)));
    let _sends: bool = done.await.map_err(refused)?;
    Ok(see_other(&back(&form)))
}

/// Sends every mail once more that stands on the page.
pub(crate) async fn all_again(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[field::OPERATION])?;
    let ids: Vec<MailId> = fields.all(MAIL)?.into_iter().map(field::id).collect::<Result<_, _>>()?;
    if ids.len() > usize::try_from(super::list::PAGE).unwrap_or(usize::MAX) {
        return Err(PageError::BadRequest);
    }
    let named: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let operation = Operation::new(field::operation(&form)?, &format!("mails-again {}", named.join(" ")));
    let act = app.act(signed.actor());
    let sent = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| {
            let mut sent = 0_u32;
            for id in &ids {
                match failed::again(tx, &act, *id) {
                    Ok(sends) => sent += u32::from(sends),
                    // Its address went in the meantime: there is nobody to send it to.
                    Err(ContactError::Over | ContactError::NotFound) => {}
                    Err(other) => return Err(other),
                }
            }
            Ok(sent)
        })
    });
    let sent = sent.await.map_err(refused)?;
    Ok(see_other(&format!("{FAILED}?again={sent}")))
}

/// Stops the mails of the booking: its address is deleted. The booking stays as it is.
pub(crate) async fn stop(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: MailId = field::id(&id)?;
    let form = fields.form(&[field::OPERATION, BACK])?;
    let operation = Operation::new(field::operation(&form)?, &format!("mail-stop {id}"));
    let act = app.act(signed.actor());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| match failed::booking_of(tx, id)? {
            Some(booking) => contact::remove(tx, &act, booking),
            None => Err(ContactError::NotFound),
        })
    });
    done.await.map_err(refused)?;
    Ok(see_other(&back(&form)))
}
