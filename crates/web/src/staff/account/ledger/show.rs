//! One field of the ledger: what holds, what is proposed, what came before, and the acts of those who may.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{LedgerId, OperationId, PersonId};
use domain::ledger::{Field, LONGEST_RETENTION, State as Standing};
use domain::permission::Permission;
use domain::time::{day_of, era_date};
use serde::Deserialize;
use store::ledger::Version;

use super::list::Known;
use super::{field_in, href, retention, standing};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::account::frame;
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

pub(super) const NECESSITY: &str = "necessity";
pub(super) const PROTECTION: &str = "protection";
pub(super) const DAYS: &str = "days";
pub(super) const CONFIRM: &str = "confirm";

/// A version for the eye.
struct Told {
    id: LedgerId,
    n: u32,
    state: &'static str,
    necessity: String,
    protection: String,
    retention: String,
    proposer: String,
    proposed_on: String,
    decided: Option<String>,
    ended_on: Option<String>,
}

impl Told {
    fn of(version: &Version) -> Self {
        let day = |at| era_date(day_of(at));
        let decided = version.decider.as_ref().zip(version.decided_at);
        Self {
            id: version.id,
            n: version.n,
            state: version.state.label(),
            necessity: version.terms.necessity.clone(),
            protection: version.terms.protection.clone(),
            retention: retention(version.field, Some(version.terms.retention_days)),
            proposer: version.proposer.clone(),
            proposed_on: day(version.proposed_at),
            decided: decided.map(|(name, at)| format!("{name}（{}）", day(at))),
            ended_on: version.ended_at.map(day),
        }
    }
}

/// What the reader may do.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Reading {
    /// Who reads.
    pub(in super::super) person: PersonId,
    /// May write down and propose.
    pub(in super::super) proposes: bool,
    /// May decide for the city.
    pub(in super::super) decides: bool,
}

/// The ids of the forms.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Operations {
    pub(in super::super) propose: OperationId,
    pub(in super::super) decide: OperationId,
    pub(in super::super) end: OperationId,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/account/ledger/show.html")]
pub(in super::super) struct FieldPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    href: String,
    about: &'static str,
    counted_from: &'static str,
    longest: u32,
    decision: &'static str,
    decided: Option<String>,
    held: bool,
    kept: String,
    in_force: Option<Told>,
    proposed: Option<Told>,
    own_proposal: bool,
    past: Vec<Told>,
    reading: Reading,
    operations: Operations,
}

impl FieldPage {
    /// The page with the form as it stands.
    pub(in super::super) fn new(
        layout: Layout,
        mut form: Form,
        known: &Known,
        reading: Reading,
        operations: Operations,
    ) -> Self {
        let decision = known.decision.as_ref();
        let held = decision.is_some_and(|decision| decision.agreed);
        let (proposed, in_force) = (known.standing(Standing::Proposed), known.standing(Standing::Approved));
        // Who changes something begins from what was written last.
        if let (false, Some(last)) = (form.is_refused(), proposed.or(in_force)) {
            form.fill(NECESSITY, last.terms.necessity.clone());
            form.fill(PROTECTION, last.terms.protection.clone());
            form.fill(DAYS, last.terms.retention_days.to_string());
        }
        let is_past = |version: &&Version| !matches!(version.state, Standing::Proposed | Standing::Approved);
        Self {
            texts: Texts::new(Language::JA),
            href: href(known.field),
            about: known.field.about(),
            counted_from: known.field.counted_from(),
            longest: LONGEST_RETENTION,
            decision: standing(decision),
            decided: decision.map(|d| format!("{}（{}）", d.decided_by, era_date(d.decided_on))),
            held,
            kept: retention(known.field, decision.and_then(|decision| decision.retention_days)),
            in_force: in_force.map(Told::of),
            own_proposal: proposed.is_some_and(|version| version.proposed_by == reading.person),
            proposed: proposed.map(Told::of),
            past: known.versions.iter().filter(is_past).map(Told::of).collect(),
            reading,
            operations,
            layout,
            form,
        }
    }
}

impl Page for FieldPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// What was just done, told on the page after it.
#[derive(Debug, Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    done: String,
}

/// Shows a field.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(of): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let notice = match done.done.as_str() {
        "proposed" => Some("市に提案しました。市管理者が承認するまで、保持しません。"),
        "approved" => Some("承認しました。いまから保持できます。"),
        "refused" => Some("承認しないと決定しました。"),
        "ended" => Some("終わりにしました。保持していた値は、まもなく自動で削除されます。"),
        _ => None,
    };
    page(&app, &signed, field_in(&of)?, Form::fresh(), notice).await
}

/// The page of a field with a form as it stands.
pub(super) async fn page(
    app: &App,
    signed: &Signed,
    of: Field,
    form: Form,
    notice: Option<&str>,
) -> Result<Response, PageError> {
    let known = app.db.read(move |reader| Known::read(reader, of)).await?;
    let mut layout = frame(signed, format!("台帳：{}", of.label()), &form);
    layout.notice = notice.map(str::to_owned);
    let reading = Reading {
        person: signed.session().person,
        proposes: signed.may(Permission::ProposeLedger),
        decides: signed.may(Permission::DecideLedger),
    };
    let operations = Operations { propose: app.operation(), decide: app.operation(), end: app.operation() };
    Ok(respond(&FieldPage::new(layout, form, &known, reading, operations)))
}
