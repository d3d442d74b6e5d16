//! The incidents that are open, with the act that ends each, and the last ones that ended.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{IncidentId, OperationId};
use domain::incident::{Cause, Kind, Outcome};
use domain::journal::Subject;
use domain::permission::Permission;
use store::incident::Incident;
use store::journal::View;

use super::export::{LISTING, cells};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::listing::table::Line as Listed;
use crate::staff::listing::{Arranged, Table};
use crate::staff::wording;
use crate::staff::{Layout, Task};

/// How many that ended are shown.
const ENDED: u32 = 20;

/// An incident.
pub(crate) struct Line {
    pub(crate) id: IncidentId,
    pub(crate) at: String,
    pub(crate) kind: &'static str,
    pub(crate) control: String,
    pub(crate) href: String,
    pub(crate) place: String,
    pub(crate) told: String,
    /// Whether the city has still to be told.
    pub(crate) is_untold: bool,
    /// Its own page, with the search list.
    pub(crate) page: String,
    pub(crate) remark: String,
    /// How it may end.
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) operation: OperationId,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/counter/incident/list.html")]
pub(crate) struct IncidentsPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) open: Vec<Line>,
    pub(crate) ended: Table,
    pub(crate) may_end: bool,
}

impl IncidentsPage {
    /// Why it can have come to it.
    fn causes() -> &'static [Cause] {
        Cause::ALL
    }

    /// Whether the form that was refused is this incident's.
    fn is_of(&self, line: &Line) -> bool {
        self.form.typed(super::end::INCIDENT) == line.id.to_string()
    }
}

impl Page for IncidentsPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Shows the incidents.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    page(&app, &signed, Form::fresh(), None).await
}

/// The page with a form as it stands.
pub(crate) async fn page(
    app: &App,
    signed: &Signed,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let (open, ended) = app
        .db
        .read(move |reader| {
            let open = store::incident::open_at(reader, &site)?;
            Ok::<_, store::Error>((open, store::incident::ended_at(reader, &site, ENDED)?))
        })
        .await?;
    let subjects: Vec<Subject> =
        open.iter().chain(&ended).map(|incident| Subject::Card(incident.card)).collect();
    let found = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    let view = View { screen: "incidents", asked: "open".to_owned(), subjects, found };
    signed.viewed(app, view).await?;
    let arranged = Arranged::read(app, signed, &LISTING).await?;
    let row = |incident: &Incident| Listed::new(route::card(incident.card), cells(incident));
    let mut layout = signed.layout("事故の記録").within(Task::Storage);
    layout.refused = form.is_refused();
    Ok(respond(&IncidentsPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        open: open.into_iter().map(|incident| line(app, incident)).collect(),
        ended: Table::new(&arranged, ended.iter().map(row).collect()),
        may_end: signed.may(Permission::CloseDay),
    }))
}

fn line(app: &App, incident: Incident) -> Line {
    Line {
        id: incident.id,
        at: wording::moment(incident.at),
        kind: incident.kind.label(),
        control: wording::control(incident.control_number),
        href: route::card(incident.card),
        place: incident.place_name,
        told: if let Some((who, at)) = &incident.told {
            format!("{who} {}", wording::moment(*at))
        } else {
            let until = super::told_by(app, incident.at);
            let late = if until < app.now() { "　期限を過ぎています" } else { "" };
            format!("まだ知らせていません（期限 {}）{late}", wording::moment(until))
        },
        is_untold: incident.told.is_none(),
        page: route::incident_page(incident.id),
        remark: incident.remark,
        outcomes: may_end(incident.kind),
        operation: app.operation(),
    }
}

/// How an incident of a kind may end.
pub(crate) fn may_end(kind: Kind) -> Vec<Outcome> {
    Outcome::ALL.iter().copied().filter(|outcome| kind.may_end(*outcome)).collect()
}
