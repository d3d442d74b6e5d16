//! An incident: what is known of it, whether the city was told in time, and where to search.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{IncidentId, OperationId};
use domain::incident::Kind;
use domain::journal::Subject;
use domain::permission::Permission;
use domain::time::{instant_at, minute_from_text, minute_of};
use store::Lane;
use store::incident::IncidentError;
use store::journal::View;
use store::op::{Operation, once};

use super::open::TOLD;
use super::search::{LISTING, search};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::wording::{self, moment};
use crate::staff::{Layout, Task};

/// The page.
#[derive(Template)]
#[template(path = "staff/counter/incident/show.html")]
pub(crate) struct IncidentPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) id: IncidentId,
    pub(crate) kind: &'static str,
    pub(crate) control: String,
    pub(crate) card_href: String,
    pub(crate) place: String,
    pub(crate) remark: String,
    /// Whom of the city was told, and when; none: nobody yet.
    pub(crate) told: Option<String>,
    /// Until when it is told, and whether that is over.
    pub(crate) until: (String, bool),
    /// How it ended.
    pub(crate) ended: Option<&'static str>,
    pub(crate) may_tell: bool,
    pub(crate) last: Option<String>,
    pub(crate) search: Table,
    pub(crate) operation: OperationId,
}

impl IncidentPage {
    /// The address of the files, without their ending.
    fn file(&self) -> String {
        format!("/lists/incidents/{}/search", self.id)
    }
}

impl Page for IncidentPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Shows it.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let mut form = Form::fresh();
    form.fill(TOLD, wording::minute(minute_of(app.now())));
    page(&app, &signed, field::id(&id)?, form, None).await
}

async fn page(
    app: &App,
    signed: &Signed,
    id: IncidentId,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| {
        let Some(found) = store::incident::find(reader, id)? else { return Ok(None) };
        let search = search(reader, &found)?;
        Ok::<_, store::Error>(Some((found, search)))
    });
    let (found, search) = found.await?.ok_or(PageError::NotFound)?;
    let subjects = vec![Subject::Incident(id), Subject::Card(found.card)];
    signed.viewed(app, View { screen: "incident", asked: id.to_string(), subjects, found: 1 }).await?;
    let arranged = Arranged::read(app, signed, &LISTING).await?;
    let until = super::told_by(app, found.at);
    let mut layout =
        signed.layout(format!("事故 {}", wording::control(found.control_number))).within(Task::Storage);
    layout.refused = form.is_refused();
    Ok(respond(&IncidentPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        id,
        kind: found.kind.label(),
        control: wording::control(found.control_number),
        card_href: route::card(found.card),
        place: found.place_name,
        remark: found.remark,
        told: found.told.as_ref().map(|(who, at)| format!("{who} {}", moment(*at))),
        until: (moment(until), until < app.now()),
        ended: found.outcome.map(domain::incident::Outcome::label),
        may_tell: signed.may(Permission::MoveCards) && found.outcome.is_none(),
        last: search.last.filter(|_| found.kind == Kind::Missing),
        search: Table::new(&arranged, search.rows.into_iter().map(|cells| Line::new("", cells)).collect()),
        operation: app.operation(),
    }))
}

/// Writes down that the city was told.
pub(crate) async fn tell(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: IncidentId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, field::PERSON, TOLD])?;
    let operation = field::operation(&form)?;
    let (person, told) = (field::person(&mut form), told(&mut form, app.today(), app.now()));
    let (Some(person), Some(at), false) = (person, told, form.is_refused()) else {
        return page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("incident-told {id} {person} {at}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::incident::tell(tx, &act, id, &person, at))
        })
        .await;
    let problem = match done {
        Ok(()) => return Ok(see_other(&route::incident_page(id))),
        Err(IncidentError::Told) => "市へ知らせたことは、ほかの人が先に記録しました。",
        Err(IncidentError::Over) => "この事故は、ほかの人が先に終わりにしました。",
        Err(IncidentError::NotFound) => return Err(PageError::NotFound),
        Err(IncidentError::Reused(_)) => return Err(field::stale()),
        Err(IncidentError::Store(error)) => return Err(error.into()),
        Err(other) => return Err(PageError::internal(other)),
    };
    page(&app, &signed, id, form, Some(problem.to_owned())).await
}

/// Reads the time of today at which the city was told.
pub(super) fn told(
    form: &mut Form,
    today: jiff::civil::Date,
    now: jiff::Timestamp,
) -> Option<jiff::Timestamp> {
    let told = minute_from_text(form.typed(TOLD).trim()).map(|minute| instant_at(today, minute));
    match told {
        None => form.refuse_ja(TOLD, "市へ知らせた時刻を、例のように入力してください（9:05）。"),
        Some(at) if at > now => form.refuse_ja(TOLD, "市へ知らせた時刻が、今より後になっています。"),
        Some(_) => {}
    }
    told
}
