//! An incident ends: the card was found, or the matter is settled with the city.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::IncidentId;
use domain::incident::{Cause, Outcome};
use store::Lane;
use store::card::StepError;
use store::incident::IncidentError;
use store::op::{Operation, once};

use super::list;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field;

/// Which incident a form is about, for the page that shows it again.
pub(crate) const INCIDENT: &str = "incident";
/// How it ended.
pub(crate) const OUTCOME: &str = "outcome";
/// Why it came to it.
pub(crate) const CAUSE: &str = "cause";

/// Ends an incident.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: IncidentId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, OUTCOME, CAUSE, field::REMARK])?;
    form.fill(INCIDENT, id.to_string());
    let operation = field::operation(&form)?;
    let outcome: Option<Outcome> = form.typed(OUTCOME).parse().ok();
    if outcome.is_none() {
        form.refuse_ja(OUTCOME, "どのように終わったかを選んでください。");
    }
    let cause: Option<Cause> = form.typed(CAUSE).parse().ok();
    if cause.is_none() {
        form.refuse_ja(CAUSE, "原因を選んでください。分からないときは「原因は不明」を選びます。");
    }
    let remark = field::remark(&mut form);
    if remark.is_empty() && form.fault(field::REMARK).is_none() {
        form.refuse_ja(field::REMARK, "どこで見つけたか、または市とどのように決めたかを入力してください。");
    }
    let Some((outcome, cause)) = outcome.zip(cause).filter(|_| !form.is_refused()) else {
        return list::page(&app, &signed, form, None).await;
    };
    let operation = Operation::new(operation, &format!("incident-end {id} {outcome} {cause} {remark}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::incident::end(tx, &act, id, outcome, cause, &remark))
        })
        .await;
    let problem = match done {
        Ok(()) => return Ok(see_other(route::INCIDENTS)),
        Err(IncidentError::Over) => "この事故は、ほかの人が先に終わりにしました。",
        Err(IncidentError::NotTold) => "先に、市へ知らせたことを事故の画面で記録してください。",
        Err(IncidentError::NotSo) => "この種類の事故は「発見」では終わりません。",
        Err(IncidentError::Step(StepError::Changed)) => {
            "同時にほかの人がカードを動かしました。カードの場所を確かめてやり直してください。"
        }
        Err(IncidentError::NotFound) => return Err(PageError::NotFound),
        Err(IncidentError::Reused(_)) => return Err(field::stale()),
        Err(IncidentError::Store(error) | IncidentError::Step(StepError::Store(error))) => {
            return Err(error.into());
        }
        Err(other) => return Err(PageError::internal(other)),
    };
    list::page(&app, &signed, form, Some(problem.to_owned())).await
}
