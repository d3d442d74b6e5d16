use jiff::civil::date;

use super::*;
use crate::capacity::{Closure, Opening};
use crate::id::{Id, RuleId};
use crate::rules::{Rule, RuleSet};
use crate::service::Service;
use crate::time::{Start, instant_at};

fn profile() -> Profile {
    toml::from_str(include_str!("../../../profiles/suita.toml")).unwrap()
}

fn seeded() -> Vec<Rule> {
    let rules = profile().rules().unwrap();
    (1..)
        .zip(rules)
        .map(|(at, rule)| Rule {
            id: RuleId::from_parts(1, at),
            version: 1,
            valid_from: rule.valid_from,
            valid_until: rule.valid_until,
            body: rule.body,
            agreement: rule.agreement,
        })
        .collect()
}

fn suita() -> RuleSet {
    RuleSet::new(1, seeded()).unwrap()
}

fn site() -> SiteCode {
    "honcho".parse().unwrap()
}

fn hours(set: &RuleSet, service: Service, day: Date) -> Option<(String, String)> {
    match set.opening(service, &site(), day) {
        Opening::Open { from, until, .. } => Some((from.to_string(), until.to_string())),
        Opening::Closed { .. } => None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with what may be closed")]
fn open(from: &str, until: &str) -> Option<(String, String)> {
    Some((from.to_owned(), until.to_owned()))
}

#[test]
fn g7_weekdays_are_open_from_nine_to_half_past_five() {
    let set = suita();
    for service in Service::ALL.iter().copied() {
        assert_eq!(hours(&set, service, date(2026, 11, 24)), open("9:00", "17:30"), "{service}");
    }
    let slots = set.slots(Service::Issuance, &site(), date(2026, 11, 24));
    assert_eq!(slots.len(), 51);
    assert_eq!(slots[50].0, "17:20".parse::<Start>().unwrap());
    assert_eq!(slots[0].1.places, 4);
}

#[test]
fn g7_second_and_fourth_saturdays_are_open_and_renewal_until_noon() {
    let set = suita();
    for day in [1, 8, 15, 22, 29] {
        let day = date(2026, 8, day);
        let works = matches!(day.day(), 8 | 22);
        assert_eq!(hours(&set, Service::Issuance, day), if works { open("9:00", "17:00") } else { None });
        assert_eq!(hours(&set, Service::Renewal, day), if works { open("9:00", "12:00") } else { None });
        assert_eq!(hours(&set, Service::Enquiry, day), if works { open("9:00", "17:00") } else { None });
        assert_eq!(hours(&set, Service::LinkageSupport, day), None);
    }
    let renewal = set.slots(Service::Renewal, &site(), date(2026, 8, 8));
    assert_eq!(renewal.last().unwrap().0, "11:50".parse::<Start>().unwrap());
    assert_eq!(hours(&set, Service::Issuance, date(2026, 8, 9)), None, "a Sunday");
}

#[test]
fn g7_holidays_and_the_year_end_are_closed() {
    let set = suita();
    for day in [
        date(2024, 12, 29),
        date(2024, 12, 31),
        date(2025, 1, 3),
        date(2026, 9, 21),
        date(2026, 9, 22),
        date(2026, 9, 23),
        date(2026, 5, 6),
        date(2027, 3, 22),
        date(2026, 11, 23),
    ] {
        assert_eq!(hours(&set, Service::Issuance, day), None, "{day}");
    }
    assert_eq!(
        hours(&set, Service::Issuance, date(2024, 12, 28)),
        open("9:00", "17:00"),
        "the fourth Saturday"
    );
    assert_eq!(hours(&set, Service::Issuance, date(2026, 9, 24)), open("9:00", "17:30"));
    assert_eq!(set.next_open_day(Service::Issuance, &site(), date(2026, 9, 18)), Some(date(2026, 9, 24)));
    assert_eq!(set.previous_open_day(Service::Issuance, &site(), date(2026, 9, 24)), Some(date(2026, 9, 18)));
}

#[test]
fn g7_a_holiday_on_a_fourth_saturday_is_decided_by_one_rule() {
    let day = date(2024, 11, 23);
    let named = |rule: &Rule| matches!(&rule.body, RuleBody::Closed(closed) if closed.when == crate::rules::When::Date { day });
    let rules = seeded();
    let rule = rules.iter().find(|rule| named(rule)).unwrap().id;
    let Opening::Closed { reason: Closure::Rule { rule: decided, .. } } =
        suita().opening(Service::Issuance, &site(), day)
    else {
        panic!("open")
    };
    assert_eq!(decided, rule);
    // The city decides the other way: one rule of the day opens it, for every service it names.
    let opened: Vec<Rule> = rules
        .into_iter()
        .map(|rule| {
            if !named(&rule) {
                return rule;
            }
            let body = r#"{"type":"hours","site":"honcho","when":{"on":"date","day":"2024-11-23"},
                "services":["issuance"],"opens":"9:00","closes":"17:00"}"#;
            Rule { body: serde_json::from_str(body).unwrap(), ..rule }
        })
        .collect();
    let set = RuleSet::new(2, opened).unwrap();
    assert_eq!(hours(&set, Service::Issuance, day), open("9:00", "17:00"));
    assert_eq!(hours(&set, Service::Renewal, day), None, "not named by the rule, so the holiday closes it");
}

#[test]
fn g7_open_days_of_the_contract_are_as_counted_from_the_specification() {
    let set = suita();
    let (mut weekdays, mut saturdays) = (0, 0);
    let mut day = date(2024, 9, 1);
    while day <= date(2027, 10, 31) {
        if set.is_open(Service::Issuance, &site(), day) {
            if day.weekday() == jiff::civil::Weekday::Saturday { saturdays += 1 } else { weekdays += 1 }
        }
        day = day.tomorrow().unwrap();
    }
    // 76 second and fourth Saturdays, one of which (2024-11-23) a rule closes.
    assert_eq!((weekdays, saturdays), (764, 75));
}

#[test]
fn g7_places_are_enough_for_a_year() {
    let set = suita();
    let year = |service: Service| -> u32 {
        let days = std::iter::successors(Some(date(2026, 4, 1)), |day| day.tomorrow().ok()).take(365);
        days.flat_map(|day| set.slots(service, &site(), day)).map(|(_, grant)| u32::from(grant.places)).sum()
    };
    assert!(year(Service::Issuance) >= 50_000);
    assert!(year(Service::Renewal) >= 30_000);
    assert_eq!(year(Service::Enquiry), 0);
}

#[test]
fn r4_c_the_web_books_from_the_second_open_day_to_the_sixtieth_day() {
    let set = suita();
    // Tuesday, a minute before midnight: Thursday is still possible, because its list is made on Wednesday.
    let late = instant_at(date(2026, 11, 24), 23 * 60 + 59);
    let days = set.bookable_days(Service::Issuance, &site(), late, None).unwrap();
    assert_eq!((days.first, days.last), (date(2026, 11, 26), date(2027, 1, 23)));
    let wednesday = instant_at(date(2026, 11, 25), 0);
    let days = set.bookable_days(Service::Issuance, &site(), wednesday, None).unwrap();
    assert_eq!(days.first, date(2026, 11, 27));
    let posted = set.opens_from(Service::Issuance, &site(), date(2026, 11, 24)).unwrap();
    assert_eq!(posted, date(2026, 11, 27));
    let days = set.bookable_days(Service::Issuance, &site(), late, Some(posted)).unwrap();
    assert_eq!(days.first, posted);
    let far = Some(date(2027, 3, 1));
    assert_eq!(set.bookable_days(Service::Issuance, &site(), late, far), None);
    assert_eq!(set.bookable_days(Service::Enquiry, &site(), late, None), None);
}

#[test]
fn r5_c1_the_profile_maps_the_list_and_holds_the_decision() {
    let profile = profile();
    let mapping = profile.column_mapping(date(2026, 11, 24));
    assert!(mapping.notice_layout.is_some());
    let header =
        ["一覧番号", "交付通知書番号", "氏名", "生年月日", "郵便番号", "住所", "申請方式", "カード有効期限"];
    assert!(crate::consignment::Checker::new(&mapping, 1, &header).is_ok());
    let mut refused = profile.clone();
    refused.ledger.notice_number.decision = Decision::Refused;
    assert_eq!(refused.column_mapping(date(2026, 11, 24)).notice_layout, None);
    refused.ledger.notice_number.by = " ".to_owned();
    assert_eq!(refused.rules(), Err(ProfileError::NobodyDecided));
}

#[test]
fn g7_the_profile_describes_its_site_and_windows() {
    let set = suita();
    let day = date(2026, 11, 24);
    let honcho = set.site(&site(), day).unwrap();
    assert!(honcho.address_ja.contains("泉町1丁目3番40号"));
    assert_eq!(set.windows(Service::Issuance, &site(), day).len(), 1);
    let branches = set.branches(Service::Renewal, day);
    assert_eq!(branches.len(), 3);
    assert!(branches.iter().all(|branch| !branch.reservation && branch.name_ja.ends_with("出張所")));
    assert!(set.branches(Service::Issuance, day).is_empty());
}

#[test]
fn a_wrong_profile_names_its_fault() {
    let text = include_str!("../../../profiles/suita.toml");
    assert!(toml::from_str::<Profile>(&text.replace("opens = ", "open = ")).is_err());
    let unknown = text.replacen("code = \"honcho\"", "code = \"elsewhere\"", 1);
    let unknown: Profile = toml::from_str(&unknown).unwrap();
    assert!(matches!(unknown.rules(), Err(ProfileError::UnknownSite { .. })));
    let backwards: Profile = toml::from_str(&text.replacen("\"17:30\"", "\"8:00\"", 1)).unwrap();
    assert!(matches!(backwards.rules(), Err(ProfileError::Rule { fault: RuleFault::HoursBackwards, .. })));
}
