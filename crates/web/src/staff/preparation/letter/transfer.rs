//! Transferring a part to the city, counted. Booking does not open yet.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::LetterBatchId;
use store::Lane;
use store::letter::LetterError;
use store::op::{Operation, once};

use super::{failed, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, COUNTED, OPERATION, PAPER, PERSON};

/// Records the transfer.
pub(crate) async fn transfer(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: LetterBatchId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, COUNTED, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let counted = field::number(&mut form, COUNTED, "数えた通数");
    let city = field::city(&mut form, &signed);
    let (Some(counted), Some((person, record))) = (counted, city) else {
        return show::page(&app, &signed, id, form).await;
    };
    let operation = Operation::new(operation, &format!("transfer {id} {counted} {person}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::letter::transfer(tx, &act, id, counted, &person, record))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&format!("/letters/{id}"))),
        Err(LetterError::CountDiffers { expected, counted }) => {
            field::refuse_count(&mut form, expected, counted, "通");
            show::page(&app, &signed, id, form).await
        }
        Err(LetterError::NotStuffed(counts)) => {
            form.refuse_ja(
                COUNTED,
                format!(
                    "案内{}通・交付通知書{}通・カード{}枚です。3つの数が一致するまで引き継げません。封入の照合を終えるか、案内を抜き出してください。",
                    counts.letters, counts.notices, counts.cards
                ),
            );
            show::page(&app, &signed, id, form).await
        }
        Err(error) => Err(failed(error)),
    }
}
