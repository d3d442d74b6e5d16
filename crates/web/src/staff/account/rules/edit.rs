//! The form of a change: a new rule, another wording of one, or its end. Nothing is changed by it: what is sent from
//! here is told as a proposal first.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::RuleId;
use domain::rules::{Change, Emergency, Rule, RuleBody, RuleSet, What, When};
use domain::service::{Service, SiteCode};
use jiff::civil::Date;
use serde::Deserialize;

use super::fields::{self, Kind};
use super::{fill, frame, terms, words};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::layout::Layout;

pub(super) const RULE: &str = "rule";
pub(super) const DEED: &str = "deed";
pub(super) const VERSION: &str = "version";
/// The day on which a rule holds for the last time.
pub(super) const ENDS: &str = "ends";
/// The fields of every change beside those of the rule.
pub(super) const MORE: [&str; 4] = [RULE, DEED, VERSION, ENDS];

/// The longest reason for a change.
const LONGEST_WHY: usize = 200;

/// The page.
#[derive(Template)]
#[template(path = "staff/account/rules/edit.html")]
pub(in super::super) struct EditPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    kind: Kind,
    /// The rule as it stands, in words; none for a new one.
    now: Option<String>,
    ends: bool,
    sites: Vec<(SiteCode, String)>,
}

impl EditPage {
    /// The form of a kind, as it stands.
    pub(in super::super) fn new(
        layout: Layout,
        form: Form,
        kind: Kind,
        rules: &RuleSet,
        today: Date,
    ) -> Self {
        let now = form.typed(RULE).parse().ok().and_then(|id| last_of(rules, id));
        let sites = rules.sites(today).into_iter().map(|site| (site.code.clone(), site.name_ja.clone()));
        Self {
            texts: Texts::new(Language::JA),
            layout,
            kind,
            now: now.map(|rule| words::sentence(&rule.body)),
            ends: form.typed(DEED) == "end",
            sites: sites.collect(),
            form,
        }
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.form.typed(name) == value
    }

    fn ticked(&self, name: &str) -> bool {
        self.is(name, fields::YES)
    }
}

impl Page for EditPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// The version of a rule that is last in force: the one that is edited.
pub(super) fn last_of(rules: &RuleSet, id: RuleId) -> Option<&Rule> {
    rules.rules().iter().filter(|rule| rule.id == id).max_by_key(|rule| rule.version)
}

/// What a link to the form asks.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct AskedNew {
    kind: Option<String>,
    service: Option<Service>,
    site: Option<String>,
    day: Option<Date>,
    urgent: Option<String>,
}

/// The form of a new rule, or the choice of its kind.
pub(crate) async fn new(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(asked): Query<AskedNew>,
) -> Result<Response, PageError> {
    let Some(kind) = asked.kind.as_deref() else {
        return Ok(respond(&KindsPage::new(frame(&signed, "規則を加える", &Form::fresh()))));
    };
    let kind = Kind::read(kind).ok_or(PageError::NotFound)?;
    let (today, rules) = (app.today(), app.rules());
    let mut form = Form::fresh();
    // The operation is new, and so is the rule: one is the other's name.
    form.fill(RULE, app.operation().to_string());
    form.fill(DEED, "say");
    form.fill(fields::KIND, kind.code());
    form.fill(fields::SITE, asked.site.unwrap_or_else(|| app.settings.site.to_string()));
    form.fill(fields::SERVICE, asked.service.unwrap_or(Service::Issuance).code());
    match asked.service {
        Some(service) if !kind.of_one_service() => fill::services(&mut form, &[service]),
        _ => fill::services(&mut form, &[]),
    }
    form.fill(fields::RELEASE, "never");
    if let Some(day) = asked.day.filter(|day| *day >= today) {
        fill::when(&mut form, &When::Date { day });
        form.fill(fields::FIRST, day.to_string());
    }
    // An emergency closes from today on, and says so to the public.
    if asked.urgent.is_some() && kind == Kind::Closed {
        fill::when(&mut form, &When::Range { from: today, until: today, weekdays: None });
        form.fill(fields::SITE, fields::EVERY);
        form.fill(fields::NOTICE, Emergency::System.code());
    }
    // Or a part of today.
    if asked.urgent.is_some() && kind == Kind::Reduction {
        fill::when(&mut form, &When::Date { day: today });
        form.fill(fields::SITE, fields::EVERY);
        form.fill(fields::CUT, "zero");
        form.fill(fields::NOTICE, Emergency::Other.code());
    }
    form.fill(fields::VALID_FROM, today.to_string());
    Ok(page(&signed, form, kind, &rules, today))
}

/// The form with which a rule is changed.
pub(crate) async fn edit(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    begin(&app, &signed, &id, "say").await
}

/// The form with which a rule is ended.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    begin(&app, &signed, &id, "end").await
}

async fn begin(app: &Arc<App>, signed: &Signed, id: &str, deed: &str) -> Result<Response, PageError> {
    let id: RuleId = field::id(id)?;
    let (today, rules) = (app.today(), app.reload_rules().await?);
    let rule = last_of(&rules, id).ok_or(PageError::NotFound)?;
    let kind = Kind::of(&rule.body);
    let mut form = Form::fresh();
    form.fill(RULE, id.to_string());
    form.fill(DEED, deed);
    form.fill(fields::KIND, kind.code());
    fill::rule(&mut form, rule, today);
    form.fill(ENDS, today.to_string());
    Ok(page(signed, form, kind, &rules, today))
}

/// The form as it stands.
pub(super) fn page(signed: &Signed, form: Form, kind: Kind, rules: &RuleSet, today: Date) -> Response {
    let known = form.typed(RULE).parse().ok().and_then(|id| last_of(rules, id)).is_some();
    let title = match (form.typed(DEED), known) {
        ("end", _) => format!("{}の規則を終える", kind.label()),
        (_, true) => format!("{}の規則を変える", kind.label()),
        (_, false) => format!("{}の規則を加える", kind.label()),
    };
    respond(&EditPage::new(frame(signed, title, &form), form, kind, rules, today))
}

/// The choice of a kind.
#[derive(Template)]
#[template(path = "staff/account/rules/kinds.html")]
pub(in super::super) struct KindsPage {
    layout: Layout,
    kinds: [Kind; 11],
}

impl KindsPage {
    /// The page.
    pub(in super::super) fn new(layout: Layout) -> Self {
        Self { layout, kinds: Kind::ALL }
    }
}

impl Page for KindsPage {}

/// The change that a form asks for, without the agreement, and why. None: something is wrong, and said in the form.
pub(super) fn asked(
    form: &mut Form,
    own: &SiteCode,
    rules: &RuleSet,
    today: Date,
) -> Result<(Kind, Option<(Change, String)>), PageError> {
    let rule: RuleId = form.typed(RULE).parse().map_err(|_| PageError::BadRequest)?;
    let kind = Kind::read(form.typed(fields::KIND)).ok_or(PageError::BadRequest)?;
    // A rule does not become one of another kind.
    if last_of(rules, rule).is_some_and(|known| Kind::of(&known.body) != kind) {
        return Err(PageError::BadRequest);
    }
    let what = match form.typed(DEED) {
        "say" if is_renamed(form, rules, rule) => {
            form.refuse_ja(
                terms::CODE,
                "履行場所の符号は変えられません。予約や記録が、この符号を使っています。",
            );
            None
        }
        "say" => fields::read(form, kind, today).map(|said| What::Say {
            body: Box::new(said.body),
            from: said.from,
            until: said.until,
        }),
        "end" if is_site(rules, rule, own) => {
            form.refuse_ja(ENDS, "この窓口の履行場所は終えられません。名前や住所は「変える」で直します。");
            None
        }
        "end" => {
            let last = field::day(form, ENDS, "最後の日");
            if last.is_some_and(|last| last.tomorrow().is_ok_and(|next| next < today)) {
                form.refuse_ja(ENDS, "昨日以後の日を選んでください。過ぎた日の規則は変えられません。");
            }
            last.map(|last| What::End { last })
        }
        "agree" => {
            let version = form.typed(VERSION).parse().map_err(|_| PageError::BadRequest)?;
            Some(What::Agree { version })
        }
        _ => return Err(PageError::BadRequest),
    };
    let why = why(form);
    let change = what.zip(why).map(|(what, why)| (Change { rule, what, agreement: None }, why));
    Ok((kind, change.filter(|_| !form.is_refused())))
}

/// Whether a rule says a site.
fn is_site(rules: &RuleSet, rule: RuleId, code: &SiteCode) -> bool {
    let known = last_of(rules, rule).map(|known| &known.body);
    matches!(known, Some(RuleBody::Site(site)) if site.code == *code)
}

/// Whether a site would get another code: reservations and journal name the one that it has.
fn is_renamed(form: &Form, rules: &RuleSet, rule: RuleId) -> bool {
    let known = last_of(rules, rule).map(|known| &known.body);
    matches!(known, Some(RuleBody::Site(site)) if site.code.as_str() != form.typed(terms::CODE).trim())
}

fn why(form: &mut Form) -> Option<String> {
    let typed = form.typed(fields::WHY).trim().to_owned();
    if form.typed(DEED) == "agree" {
        return Some("市の同意の記録".to_owned());
    }
    if typed.is_empty() && form.fault(fields::WHY).is_none() {
        form.refuse_ja(fields::WHY, "変える理由を入力してください。");
    }
    if typed.chars().count() > LONGEST_WHY {
        form.refuse_ja(fields::WHY, format!("変える理由は{LONGEST_WHY}文字までにしてください。"));
    }
    if form.fault(fields::WHY).is_some() { None } else { Some(typed) }
}
