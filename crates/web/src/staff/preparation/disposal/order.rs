//! The city's person instructs that cards past their last day are destroyed: those that are ticked are recalled.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::id::CardId;
use store::op::{Operation, once};
use store::recall::RecallError;

use super::{DISPOSALS, deadlines, months};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, COUNTED, OPERATION, PAPER, PERSON};

/// The ticked cards.
pub(super) const CARD: &str = "card";
/// Cards of one instruction at most: each is recalled with all that belongs to it.
const MOST: usize = 200;

/// Writes it down.
pub(crate) async fn order(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION, COUNTED, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let cards: Result<Vec<CardId>, _> = fields.all(CARD)?.into_iter().map(str::parse).collect();
    let mut wanted = cards.map_err(|_| PageError::BadRequest)?;
    wanted.sort_unstable();
    wanted.dedup();
    let counted = field::number(&mut form, COUNTED, "市の指示の枚数");
    if wanted.is_empty() {
        form.refuse_ja(CARD, "市が廃棄を指示したカードに印を付けてください。");
    } else if wanted.len() > MOST {
        form.refuse_ja(CARD, format!("一度に記録できるのは{MOST}枚までです。分けて記録してください。"));
    } else if let Some(counted) = counted.filter(|counted| usize::try_from(*counted) != Ok(wanted.len())) {
        let ticked = wanted.len();
        form.refuse_ja(
            COUNTED,
            format!("枚数が合いません。印を付けたのは{ticked}枚、市の指示は{counted}枚です。"),
        );
    }
    let Some((person, record)) = field::city(&mut form, &signed) else {
        return deadlines::page(&app, &signed, form, &wanted, None).await;
    };
    let words: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    let operation = Operation::new(operation, &format!("dispose {person} {}", words.join(" ")));
    let (site, these, months) =
        (app.settings.site.clone(), wanted.clone(), months(&app.rules(), app.today()));
    let done = app.write_recall(signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            store::disposal::order(tx, act, rules, &site, months, &these, (&person, record))
        })
    });
    match done.await {
        Ok(done) => {
            app.availability_changed();
            let (recalled, left_out) = (done.recalled, done.left_out);
            Ok(see_other(&format!("{DISPOSALS}?recalled={recalled}&left_out={left_out}")))
        }
        Err(error @ RecallError::Reused(_)) => {
            Err(PageError::Conflict(super::super::card::recall::sentence(error)?))
        }
        Err(error) => {
            let problem = super::super::card::recall::sentence(error)?;
            deadlines::page(&app, &signed, form, &wanted, Some(problem)).await
        }
    }
}
