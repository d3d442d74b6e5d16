//! The list of a round of reminders is made, as a person of the city ordered it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::id::CardId;
use store::Lane;
use store::op::{Operation, once};

use super::new::{AGAIN, POSTED, criteria, page};
use super::{href, sentence};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};

/// The ticked cards.
const CARD: &str = "card";

/// Makes the list.
pub(crate) async fn make(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION, POSTED, AGAIN, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let cards: Result<Vec<CardId>, _> = fields.all(CARD)?.into_iter().map(str::parse).collect();
    let wanted = cards.map_err(|_| PageError::BadRequest)?;
    let Some(criteria) = criteria(&mut form) else {
        return page(&app, &signed, form, None, Some(&wanted), None).await;
    };
    if wanted.is_empty() {
        form.refuse_ja(CARD, "名簿に入れるカードに印を付けてください。");
    }
    let Some((person, record)) = field::city(&mut form, &signed) else {
        return page(&app, &signed, form, Some(criteria), Some(&wanted), None).await;
    };
    let words: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    let operation = Operation::new(operation, &format!("remind {criteria:?} {person} {}", words.join(" ")));
    let (act, site, these) = (app.act(signed.actor()), app.settings.site.clone(), wanted.clone());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::reminder::make(tx, &act, &site, criteria, &these, (&person, record))
            })
        })
        .await;
    match done {
        Ok(made) if made.left_out > 0 => {
            Ok(see_other(&format!("{}?left_out={}", href(made.id), made.left_out)))
        }
        Ok(made) => Ok(see_other(&href(made.id))),
        Err(error) => {
            let problem = sentence(error)?;
            page(&app, &signed, form, Some(criteria), Some(&wanted), Some(problem)).await
        }
    }
}
