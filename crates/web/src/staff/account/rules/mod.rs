//! The rules in words, by service, and what holds on a day. They are changed elsewhere.

mod day;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::rules::{Rule, RuleBody, RuleSet};
use domain::service::{Service, SiteCode};
use domain::time::era_date;
use jiff::civil::Date;
use serde::Deserialize;

use super::frame;
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

const DAY: &str = "day";

/// A rule as the page shows it.
struct Line {
    what: &'static str,
    site: String,
    words: String,
    validity: String,
    source: String,
    version: u32,
    is_valid: bool,
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
}

impl RulesPage {
    /// The rules as they are today, and the answer for the day that was asked for.
    pub(super) fn new(layout: Layout, form: Form, rules: &RuleSet, today: Date, asked: Option<Date>) -> Self {
        Self {
            texts: Texts::new(Language::JA),
            layout,
            form,
            epoch: rules.epoch(),
            asked: asked.map(era_date),
            answers: asked.map(|day| day::answers(rules, day)).unwrap_or_default(),
            sections: sections(rules, today),
            holidays_until: era_date(rules.holidays().known_until),
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
        RuleBody::Booking(_) => (2, "予約の期限"),
        RuleBody::Windows(_) => (3, "窓口"),
        RuleBody::Site(_) => (4, "履行場所"),
    }
}

fn sections(rules: &RuleSet, today: Date) -> Vec<Section> {
    let names: BTreeMap<&SiteCode, &str> =
        rules.sites(today).into_iter().map(|site| (&site.code, site.name_ja.as_str())).collect();
    let of_service = |service: Service| {
        let speaks = |rule: &&Rule| {
            let of = words::services(&rule.body);
            !matches!(rule.body, RuleBody::Site(_)) && (of.is_empty() || of.contains(&service))
        };
        let chosen = rules.rules().iter().filter(speaks);
        Section { id: service.code(), title: service.label(), lines: lines(chosen, &names, today) }
    };
    let mut sections: Vec<Section> = Service::ALL.iter().map(|service| of_service(*service)).collect();
    let sites = rules.rules().iter().filter(|rule| matches!(rule.body, RuleBody::Site(_)));
    sections.push(Section { id: "sites", title: "履行場所", lines: lines(sites, &names, today) });
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
    };
    rules.into_iter().map(line).collect()
}

/// The day that is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct AskedDay {
    day: Option<String>,
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
    Ok(respond(&RulesPage::new(frame(&signed, "規則", &form), form, &rules, today, asked)))
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
