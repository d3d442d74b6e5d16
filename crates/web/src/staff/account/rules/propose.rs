//! A change told before it is made: what differs on which day, and which reservations no longer fit. Only from here it
//! is made, with the city's agreement.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::OperationId;
use domain::journal::{CityRecord, Subject};
use domain::proposal::{DayChange, Given, Proposal};
use domain::rules::{Change, Rule, RuleSet, What};
use domain::service::SiteCode;
use domain::time::{era_date, month_day_ja};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use store::journal::View;
use store::rules::{ChangeError, Changed};

use super::affected::{self, Affected};
use super::fields::{self, Kind};
use super::{edit, frame, words};
use crate::App;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::account::words as journal;
use crate::staff::agreement::{AGREED, AGREED_AT, AGREED_ON};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::layout::Layout;
use crate::staff::wording::moment;

pub(super) const EPOCH: &str = "epoch";
/// The fields of the proposal beside those of the change.
pub(super) const AGREEMENT: [&str; 6] =
    [EPOCH, field::OPERATION, AGREED, field::PERSON, AGREED_ON, AGREED_AT];

/// How far ahead days are compared.
const DAYS: i32 = 366;
/// Changes of others that are told at most.
const OTHERS: u32 = 20;

/// A day that differs.
struct Line {
    day: String,
    service: &'static str,
    site: String,
    hours: [String; 2],
    places: [u32; 2],
    slots: u32,
}

impl Line {
    fn of(change: &DayChange, names: &BTreeMap<SiteCode, String>) -> Self {
        let hours = |given: &Given| {
            given.open.map_or_else(|| "休み".to_owned(), |(from, until)| format!("{from}〜{until}"))
        };
        Self {
            day: month_day_ja(change.of.day),
            service: change.of.service.label(),
            site: names.get(&change.of.site).cloned().unwrap_or_else(|| change.of.site.to_string()),
            hours: [hours(&change.before), hours(&change.after)],
            places: [change.before.places, change.after.places],
            slots: change.slots,
        }
    }
}

/// What somebody else changed meanwhile.
pub(in super::super) struct Other {
    who: String,
    when: String,
    why: String,
    before: Vec<String>,
    after: Vec<String>,
}

impl Other {
    /// A change in words.
    pub(in super::super) fn of(changed: &Changed, names: &journal::Names) -> Self {
        let sentences = |rules: &[Rule]| rules.iter().map(told).collect();
        Self {
            who: names.actor(changed.written.actor),
            when: moment(changed.written.at),
            why: changed.written.remark.clone().unwrap_or_default(),
            before: sentences(&changed.before),
            after: sentences(&changed.after),
        }
    }
}

fn told(rule: &Rule) -> String {
    format!("{}（{}）", words::sentence(&rule.body), words::validity(rule))
}

/// What the page tells.
pub(in super::super) struct Told {
    /// The change.
    pub(in super::super) change: Change,
    /// Its kind.
    pub(in super::super) kind: Kind,
    /// The epoch for which it was computed.
    pub(in super::super) epoch: i64,
    /// What it would do.
    pub(in super::super) proposal: Proposal,
    /// Who no longer fits.
    pub(in super::super) affected: Vec<Affected>,
    /// What others changed since the page was shown before.
    pub(in super::super) others: Vec<Other>,
    /// Whether the page was shown before, for an older epoch.
    pub(in super::super) stale: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/account/rules/propose.html")]
pub(in super::super) struct ProposePage {
    texts: Texts,
    layout: Layout,
    form: Form,
    kind: Kind,
    now: Option<String>,
    then: Option<String>,
    validity: String,
    epoch: i64,
    days: Vec<Line>,
    with_site: bool,
    affected: Vec<Affected>,
    others: Vec<Other>,
    stale: bool,
    agrees: bool,
    by_account: bool,
    until: String,
    operation: OperationId,
}

impl ProposePage {
    /// The proposal for somebody whose own account is the city's, or not.
    pub(in super::super) fn new(
        layout: Layout,
        form: Form,
        told: Told,
        rules: &RuleSet,
        (today, record): (Date, CityRecord),
        operation: OperationId,
    ) -> Self {
        let names: BTreeMap<SiteCode, String> =
            rules.sites(today).into_iter().map(|site| (site.code.clone(), site.name_ja.clone())).collect();
        let known = match told.change.what {
            What::Agree { version } => {
                rules.rules().iter().find(|rule| rule.id == told.change.rule && rule.version == version)
            }
            _ => edit::last_of(rules, told.change.rule),
        };
        let (then, validity) = match &told.change.what {
            What::Say { body, from, until } => {
                let until = until.map_or_else(String::new, |until| format!(" {}まで", era_date(until)));
                (Some(words::sentence(body)), format!("{}から{until}", era_date(*from)))
            }
            What::End { last } => (None, format!("{}で終わり", era_date(*last))),
            What::Agree { .. } => (None, known.map_or_else(String::new, words::validity)),
        };
        Self {
            texts: Texts::new(Language::JA),
            layout,
            kind: told.kind,
            now: known.map(|rule| words::sentence(&rule.body)),
            then,
            validity,
            epoch: told.epoch,
            days: told.proposal.days.iter().map(|change| Line::of(change, &names)).collect(),
            with_site: names.len() > 1,
            affected: told.affected,
            others: told.others,
            stale: told.stale,
            agrees: matches!(told.change.what, What::Agree { .. }),
            by_account: record == CityRecord::Account,
            until: era_date(last_day(today)),
            operation,
            form,
        }
    }

    /// Whether the city may agree afterwards: what closes a counter cannot wait.
    fn may_wait(&self) -> bool {
        self.kind.closes() && self.then.is_some()
    }

    /// What goes along with the form, so that nothing typed is lost.
    fn hidden(&self) -> Vec<(&'static str, &str)> {
        let names = fields::names().chain(edit::MORE);
        names.map(|name| (name, self.form.typed(name))).filter(|(_, typed)| !typed.is_empty()).collect()
    }
}

impl Page for ProposePage {
    fn status(&self) -> StatusCode {
        if self.stale { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// The last day that is compared.
fn last_day(today: Date) -> Date {
    today.saturating_add(DAYS.days())
}

/// What the form asks for, told as a proposal.
pub(crate) async fn propose(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields::taken(&fields, &edit::MORE)?;
    let (today, rules) = (app.today(), app.reload_rules().await?);
    let (kind, change) = edit::asked(&mut form, &app.settings.site, &rules, today)?;
    match change {
        Some((change, _)) => page(&app, &signed, form, (kind, change), None).await,
        None => Ok(edit::page(&signed, form, kind, &rules, today)),
    }
}

/// Which version is agreed to.
#[derive(Debug, Deserialize)]
pub(crate) struct AskedVersion {
    version: u32,
}

/// The form with which the city's agreement is recorded afterwards.
pub(crate) async fn agree(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    Query(asked): Query<AskedVersion>,
) -> Result<Response, PageError> {
    let id = field::id(&id)?;
    let rules = app.reload_rules().await?;
    let known = rules.rules().iter().find(|rule| rule.id == id && rule.version == asked.version);
    let kind = known.map(|rule| Kind::of(&rule.body)).ok_or(PageError::NotFound)?;
    let mut form = Form::fresh();
    form.fill(edit::RULE, id.to_string());
    form.fill(edit::DEED, "agree");
    form.fill(edit::VERSION, asked.version.to_string());
    form.fill(fields::KIND, kind.code());
    let change = Change { rule: id, what: What::Agree { version: asked.version }, agreement: None };
    page(&app, &signed, form, (kind, change), None).await
}

/// The proposal, with the form as it stands. `before`: the epoch for which it was shown, and which is over.
pub(super) async fn page(
    app: &Arc<App>,
    signed: &Signed,
    mut form: Form,
    (kind, change): (Kind, Change),
    before: Option<i64>,
) -> Result<Response, PageError> {
    let (today, keys, wanted) = (app.today(), app.keys.clone(), change.clone());
    let read = move |reader: &mut store::Reader<'_>| {
        let proposed = store::rules::propose_change(reader, &wanted, today, last_day(today))?;
        let affected = affected::read(reader, &keys, &proposed.proposal.unfit)?;
        let names = journal::Names::people(reader)?;
        let others = match before {
            Some(epoch) => store::rules::changes_after(reader, epoch, OTHERS)?,
            None => Vec::new(),
        };
        let others: Vec<Other> = others.iter().map(|changed| Other::of(changed, &names)).collect();
        Ok::<_, ChangeError>((proposed, affected, others))
    };
    let (proposed, affected, others) = match app.db.read(read).await {
        Ok(read) => read,
        Err(error) => return refused(app, signed, form, kind, error).await,
    };
    if form.typed(AGREED_ON).is_empty() {
        form.fill(AGREED_ON, today.to_string());
    }
    let rules = app.reload_rules().await?;
    let subjects: Vec<Subject> = affected.iter().map(|one| Subject::Reservation(one.reservation)).collect();
    let found = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    let view = View { screen: "rule_proposal", asked: change.rule.to_string(), subjects, found };
    let told = Told {
        change,
        kind,
        epoch: proposed.epoch,
        proposal: proposed.proposal,
        affected,
        others,
        stale: before.is_some(),
    };
    let layout = frame(signed, "規則の変更案", &form);
    let for_whom = (today, signed.city_record());
    let page = ProposePage::new(layout, form, told, &rules, for_whom, app.operation());
    signed.shows(app, view, || respond(&page)).await
}

/// The answer to a change that the store refused.
pub(super) async fn refused(
    app: &Arc<App>,
    signed: &Signed,
    mut form: Form,
    kind: Kind,
    error: ChangeError,
) -> Result<Response, PageError> {
    let rules = app.reload_rules().await?;
    match error {
        ChangeError::Store(error) => return Err(error.into()),
        ChangeError::Reused(_) | ChangeError::Stale => return Err(field::stale()),
        ChangeError::Unknown(_) => {
            let sentence = "この規則は、ほかの人が先に終えたか、変えました。規則の一覧を開き直してください。";
            return Err(PageError::Conflict(sentence.to_owned()));
        }
        ChangeError::Past => form.refuse_ja(fields::VALID_FROM, "今日以後の日を選んでください。"),
        ChangeError::Fault(fault) => {
            form.refuse_ja(fields::ON, format!("この内容では規則になりません（{}）。", fault.fault));
        }
    }
    Ok(edit::page(signed, form, kind, &rules, app.today()))
}
