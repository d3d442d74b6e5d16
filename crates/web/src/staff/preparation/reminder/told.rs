//! What the city says of a round of reminders: that it sent it on a day, or that it does not send it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::ReminderId;
use domain::reminder;
use jiff::civil::Date;
use store::Lane;
use store::op::{Operation, once};
use store::reminder::ReminderError;

use super::{href, sentence, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};

/// What the city says: a state of the round.
pub(super) const WHAT: &str = "what";
/// The day on which it was sent.
const ON: &str = "on";

/// What was said.
#[derive(Debug, Clone, Copy)]
enum Said {
    /// It was sent on a day.
    Sent(Date),
    /// It is not sent.
    Withdrawn,
}

/// What was said, as it was typed.
fn said(form: &mut Form) -> Option<Said> {
    match form.typed(WHAT).parse() {
        Ok(reminder::State::Sent) => field::day(form, ON, "送付した日").map(Said::Sent),
        Ok(reminder::State::Withdrawn) => Some(Said::Withdrawn),
        _ => {
            form.refuse_ja(WHAT, "市から聞いたことを選んでください。");
            None
        }
    }
}

/// Writes it down.
pub(crate) async fn told(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReminderId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, WHAT, ON, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let said = said(&mut form);
    let city = field::city(&mut form, &signed);
    let (Some(said), Some((person, record))) = (said, city) else {
        return show::page(&app, &signed, id, form, None, None).await;
    };
    let operation = Operation::new(operation, &format!("reminder {id} {said:?} {person}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| match said {
                Said::Sent(on) => store::reminder::sent(tx, &act, id, on, (&person, record)),
                Said::Withdrawn => store::reminder::withdraw(tx, &act, id, (&person, record)),
            })
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&href(id))),
        Err(error @ ReminderError::ImpossibleDate) => {
            form.refuse_ja(ON, sentence(error)?);
            show::page(&app, &signed, id, form, None, None).await
        }
        Err(error) => {
            let problem = sentence(error)?;
            show::page(&app, &signed, id, form, None, Some(problem)).await
        }
    }
}
