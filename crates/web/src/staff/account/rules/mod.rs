//! The rules in words, by service, and what holds on a day or in a month.

pub(crate) mod affected;
pub(super) mod apply;
pub(super) mod day;
pub(super) mod edit;
pub(super) mod fields;
mod fill;
pub(crate) mod hold;
pub(super) mod month;
pub(super) mod offer;
pub(super) mod offers;
pub(super) mod over;
pub(super) mod propose;
pub(super) mod slots;
mod terms;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::RuleId;
use domain::permission::Permission;
use domain::rules::{Rule, RuleBody, RuleSet};
use domain::service::{Service, SiteCode};
use domain::time::era_date;
use jiff::civil::Date;
use serde::Deserialize;

use super::frame;
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::layout::Layout;

const DAY: &str = "day";

/// Whose slots a page is about.
#[derive(Debug, Clone)]
pub(in super::super) struct SlotsOf {
    /// The service.
    pub(in super::super) service: Service,
    /// The site.
    pub(in super::super) site: SiteCode,
    /// Its name.
    pub(in super::super) site_name: String,
    /// Every service that has places by some rule.
    pub(in super::super) services: Vec<Service>,
    /// Every site, with its name.
    pub(in super::super) sites: Vec<(SiteCode, String)>,
}

impl SlotsOf {
    /// What an address asks: without a word, the issuance at this counter.
    fn asked(
        app: &App,
        rules: &RuleSet,
        day: Date,
        service: Option<&str>,
        site: Option<&str>,
    ) -> Result<Self, PageError> {
        let service = service.map_or(Ok(Service::Issuance), field::id)?;
        let site = site.map_or_else(|| Ok(app.settings.site.clone()), field::id)?;
        Self::of(rules, day, service, site).ok_or(PageError::NotFound)
    }

    /// The slots of a service at a site that is known on the day.
    pub(in super::super) fn of(rules: &RuleSet, day: Date, service: Service, site: SiteCode) -> Option<Self> {
        let sites = rules.sites(day).into_iter().map(|site| (site.code.clone(), site.name_ja.clone()));
        let sites: Vec<(SiteCode, String)> = sites.collect();
        let (_, site_name) = sites.iter().find(|(code, _)| *code == site)?.clone();
        let has_places = |service: &&Service| {
            let speaks =
                |rule: &Rule| matches!(&rule.body, RuleBody::Places(body) if body.service == **service);
            **service == Service::Issuance || rules.rules().iter().any(speaks)
        };
        let services = Service::ALL.iter().filter(has_places).copied().collect();
        Some(Self { service, site, site_name, services, sites })
    }

    fn query(&self) -> String {
        format!("service={}&site={}", self.service, self.site)
    }

    /// The page of a day's slots.
    fn day_href(&self, day: Date) -> String {
        format!("/rules/slots/{day}?{}", self.query())
    }

    /// The page of a month.
    fn month_href(&self, day: Date, by_slot: bool) -> String {
        let view = if by_slot { "&view=table" } else { "" };
        format!("/rules/month?{}&month={}{view}", self.query(), month::month_code(day))
    }
}

/// Whether a person may change the rules.
fn may_edit(signed: &Signed) -> bool {
    signed.may(Permission::ChangeRules)
}

/// A rule as the page shows it.
struct Line {
    what: &'static str,
    site: String,
    words: String,
    validity: String,
    source: String,
    version: u32,
    is_valid: bool,
    /// The rule.
    edit: RuleId,
    /// Whether the city's agreement is still to be recorded.
    to_agree: bool,
}

/// The rules of one service; within a kind the first that fits the day decides.
struct Section {
    id: &'static str,
    title: &'static str,
    lines: Vec<Line>,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/account/rules.html")]
pub(super) struct RulesPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    epoch: i64,
    asked: Option<String>,
    answers: Vec<day::Answer>,
    sections: Vec<Section>,
    holidays_until: String,
    edits: bool,
}

impl RulesPage {
    /// The rules as they are today, and the answer for the day that was asked for, for somebody who may change them or
    /// not.
    pub(super) fn new(
        layout: Layout,
        form: Form,
        rules: &RuleSet,
        (today, asked): (Date, Option<Date>),
        edits: bool,
    ) -> Self {
        Self {
            texts: Texts::new(Language::JA),
            layout,
            form,
            epoch: rules.epoch(),
            asked: asked.map(era_date),
            answers: asked.map(|day| day::answers(rules, day)).unwrap_or_default(),
            sections: sections(rules, today),
            holidays_until: era_date(rules.holidays().known_until),
            edits,
        }
    }
}

impl Page for RulesPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// The kinds in the order of the page.
fn kind(body: &RuleBody) -> (u8, &'static str) {
    match body {
        RuleBody::Hours(_) | RuleBody::Closed(_) => (0, "履行時間・休み"),
        RuleBody::Places(_) => (1, "予約枠"),
        RuleBody::Reduction(_) => (2, "枠の削減"),
        RuleBody::Shares(_) => (3, "枠の内訳"),
        RuleBody::Booking(_) => (4, "予約の期限"),
        RuleBody::Windows(_) => (5, "窓口"),
        RuleBody::Branch(_) => (6, "出張所"),
        RuleBody::Site(_) => (7, "履行場所"),
        RuleBody::Attempts(_) => (8, "入力の誤り"),
        RuleBody::Custody(_) => (9, "カードの保管"),
    }
}

/// Whether a rule speaks of no service: a site, and what holds for all numbers.
fn of_no_service(body: &RuleBody) -> bool {
    matches!(body, RuleBody::Site(_) | RuleBody::Attempts(_) | RuleBody::Custody(_))
}

fn sections(rules: &RuleSet, today: Date) -> Vec<Section> {
    let names: BTreeMap<&SiteCode, &str> =
        rules.sites(today).into_iter().map(|site| (&site.code, site.name_ja.as_str())).collect();
    let of_service = |service: Service| {
        let speaks = |rule: &&Rule| {
            let of = words::services(&rule.body);
            !of_no_service(&rule.body) && (of.is_empty() || of.contains(&service))
        };
        let chosen = rules.rules().iter().filter(speaks);
        Section { id: service.code(), title: service.label(), lines: lines(chosen, &names, today) }
    };
    let mut sections: Vec<Section> = Service::ALL.iter().map(|service| of_service(*service)).collect();
    let others = rules.rules().iter().filter(|rule| of_no_service(&rule.body));
    sections
        .push(Section { id: "sites", title: "履行場所・共通", lines: lines(others, &names, today) });
    sections
}

fn lines<'a>(
    rules: impl Iterator<Item = &'a Rule>,
    names: &BTreeMap<&SiteCode, &str>,
    today: Date,
) -> Vec<Line> {
    let mut rules: Vec<&Rule> = rules.collect();
    // A stable sort: within a kind the order of precedence stays.
    rules.sort_by_key(|rule| kind(&rule.body).0);
    let line = |rule: &Rule| Line {
        what: kind(&rule.body).1,
        site: rule.body.site().map_or_else(
            || "すべて".to_owned(),
            |site| names.get(site).map_or_else(|| site.to_string(), |name| (*name).to_owned()),
        ),
        words: words::sentence(&rule.body),
        validity: words::validity(rule),
        source: words::source(rule),
        version: rule.version,
        is_valid: rule.is_valid_on(today),
        edit: rule.id,
        to_agree: rule.agreement.is_none(),
    };
    rules.into_iter().map(line).collect()
}

/// The day that is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct AskedDay {
    day: Option<String>,
    done: Option<String>,
}

/// Shows the rules, and what holds on a day if one is asked for.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(query): Query<AskedDay>,
) -> Result<Response, PageError> {
    let today = app.today();
    let mut form = Form::fresh();
    let typed = query.day.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let asked: Option<Date> = typed.and_then(|text| text.parse().ok());
    match (typed, asked) {
        (Some(text), None) => {
            form.fill(DAY, text);
            form.refuse_ja(DAY, "日付を、例のように入力してください（2026-11-24）。");
        }
        (_, day) => form.fill(DAY, day.unwrap_or(today).to_string()),
    }
    let rules = app.reload_rules().await?;
    let mut layout = frame(&signed, "規則", &form);
    layout.notice = match query.done.as_deref() {
        Some("changed") => Some("規則を変えました。".to_owned()),
        Some("agreed") => Some("市の同意を記録しました。".to_owned()),
        _ => None,
    };
    Ok(respond(&RulesPage::new(layout, form, &rules, (today, asked), may_edit(&signed))))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::staff::account::samples::rules;

    fn answer(day: Date, service: Service) -> day::Answer {
        let mut answers = day::answers(&rules(), day).into_iter();
        answers.find(|answer| answer.service == service.label()).unwrap()
    }

    #[test]
    fn r4_e_a_day_is_explained_by_the_rule_that_decides() {
        let tuesday = answer(date(2026, 11, 24), Service::Issuance);
        assert_eq!(tuesday.opening, "9:00から17:30まで");
        assert!(tuesday.because.starts_with("月曜日から金曜日は9:00から17:30まで開きます"));
        assert_eq!(tuesday.spans.len(), 1);
        assert_eq!((tuesday.spans[0].time.as_str(), tuesday.in_all), ("9:00〜17:30", 51 * 4));
        let saturday = answer(date(2026, 11, 28), Service::Renewal);
        assert_eq!(saturday.opening, "9:00から12:00まで");
        assert!(saturday.because.contains("第2・第4土曜日"));
    }

    #[test]
    fn r4_e_a_slot_says_why_it_has_three_places() {
        let more = r#"[
            {"type":"reduction","when":{"on":"date","day":"2026-11-24"},"from":"9:00","until":"12:00",
             "cut":{"keep_percent":75},"reason":"駐車場使用不可"},
            {"type":"shares","service":"issuance","site":"honcho","when":{"on":"always"},"from":"9:00",
             "until":"17:30","web":3,"walk_in":1,"reserve":1,"released":{"open_days_before":1,"at":"12:00"}}]"#;
        let more: Vec<RuleBody> = serde_json::from_str(more).unwrap();
        let mut all = rules().rules().to_vec();
        all.extend((1..).zip(more).map(|(n, body)| Rule {
            id: domain::id::Id::from_parts(9, n),
            version: 1,
            valid_from: date(2026, 9, 1),
            valid_until: None,
            body,
            agreement: None,
        }));
        let set = RuleSet::new(1, all).unwrap();
        let answers = day::answers(&set, date(2026, 11, 24));
        let spans = &answers.iter().find(|answer| answer.service == Service::Issuance.label()).unwrap().spans;
        let told: Vec<(&str, u16)> = spans.iter().map(|span| (span.time.as_str(), span.places)).collect();
        assert_eq!(told, [("9:00〜12:00", 3), ("12:00〜17:30", 4)]);
        let why: Vec<&str> = spans[0].more.iter().map(String::as_str).collect();
        assert_eq!(
            why,
            [
                "通常4人を3人に削減：令和8年11月24日(火)の9:00から12:00までは、通常の75%に減らします（駐車場使用不可）［想定（市と協議）］",
                "内訳：Web 3人まで、電話と窓口 合わせて3人まで、予約なし 1人まで、1人分は窓口だけ。\
                令和8年11月20日(金) 12:00に、残りを全員に開放します［想定（市と協議）］",
            ]
        );
        // Only the shares speak of the afternoon.
        assert_eq!(spans[1].more.len(), 1);
    }

    #[test]
    fn r4_e_a_closed_day_says_why() {
        let holiday = answer(date(2026, 11, 23), Service::Issuance);
        assert_eq!((holiday.is_open, holiday.opening.as_str()), (false, "休み（祝休日）"));
        assert!(holiday.spans.is_empty());
        let unknown = answer(date(2028, 3, 21), Service::Issuance);
        assert!(unknown.opening.starts_with("未定"));
        let sunday = answer(date(2026, 11, 29), Service::Issuance);
        assert_eq!(sunday.because, "この日に開く規則はありません");
    }
}
