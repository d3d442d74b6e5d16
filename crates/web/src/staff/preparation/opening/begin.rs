//! Opening a portion to be scanned.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::card::Stage;
use domain::consignment::ApplicationMethod;
use domain::opening::{STAGES, stage_word};
use store::Lane;
use store::op::{Operation, once};
use store::opening::draft::{DraftError, Plan};

use super::index;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};

/// What a portion is called, before anybody says otherwise.
pub(super) const DEFAULT_NAME: &str = "引継ぎ1";

/// What the portion is called.
pub(super) const NAME: &str = "name";
const STAGE: &str = "stage";
const POSTED_ON: &str = "posted_on";
const OPENS: &str = "opens";
const METHOD: &str = "method";

/// The stages to choose from: code, word, whether it is chosen.
pub(super) fn stages(chosen: &str) -> Vec<(&'static str, &'static str, bool)> {
    STAGES.iter().map(|stage| (stage.code(), stage_word(*stage), stage.code() == chosen)).collect()
}

/// The methods to choose from: code, word, whether it is chosen.
pub(super) fn methods(chosen: &str) -> Vec<(&'static str, &'static str, bool)> {
    let row = |method: &ApplicationMethod| (method.code(), method.label_ja(), method.code() == chosen);
    ApplicationMethod::ALL.iter().filter(|method| method.is_stored()).map(row).collect()
}

/// Opens it.
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION, NAME, STAGE, POSTED_ON, OPENS, METHOD])?;
    let operation = field::operation(&form)?;
    let name = field::name(&mut form, NAME, "組の名前");
    let stage = form.typed(STAGE).parse::<Stage>().ok().filter(|stage| STAGES.contains(stage));
    let method = form.typed(METHOD).parse::<ApplicationMethod>().ok().filter(|method| method.is_stored());
    let (Some(stage), Some(method)) = (stage, method) else { return Err(PageError::BadRequest) };
    let posted = stage == Stage::Notified;
    let day = (posted || !form.typed(POSTED_ON).trim().is_empty())
        .then(|| field::day(&mut form, POSTED_ON, "発送日"))
        .flatten();
    if day.is_some_and(|day| day > app.today()) {
        form.refuse_ja(POSTED_ON, "今日より後の日付です。確かめてください。");
    } else if day.is_some() && !posted {
        form.refuse_ja(POSTED_ON, "発送日は「発送済」のときだけ入れます。");
    }
    let opens = !form.typed(OPENS).is_empty();
    if opens && !posted {
        form.refuse_ja(OPENS, "案内の番号で予約できるのは「発送済」のカードだけです。");
    }
    let (Some(name), false) = (name, form.is_refused()) else {
        return index::page(&app, &signed, None, form).await;
    };
    let request = format!("open portion {name} {stage} {day:?} {opens} {method}");
    let plan = Plan { site: app.settings.site.clone(), name, stage, posted_on: day, opens, method };
    let (act, operation) = (app.act(signed.actor()), Operation::new(operation, &request));
    let begun = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| store::opening::draft::begin(tx, &act, &plan))
    });
    match begun.await {
        Ok(id) => Ok(see_other(&format!("/taking-over/portions/{id}"))),
        Err(error) => Err(failed(error)),
    }
}

/// The answer to what cannot go on.
pub(super) fn failed(error: DraftError) -> PageError {
    match error {
        DraftError::NoDraft => PageError::NotFound,
        DraftError::Ended => {
            PageError::Conflict("この組は、ほかの人が先に確定したか取りやめました。".to_owned())
        }
        DraftError::Reused(_) => field::stale(),
        DraftError::Store(error) => error.into(),
        other => PageError::internal(other),
    }
}
