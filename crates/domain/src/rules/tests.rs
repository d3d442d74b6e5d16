use jiff::civil::{Weekday, date};

use super::*;
use crate::id::Id;

fn id(n: u128) -> RuleId {
    RuleId::from_parts(1, n)
}

fn rule(n: u128, version: u32, body: &str) -> Rule {
    Rule {
        id: id(n),
        version,
        valid_from: date(2024, 1, 1),
        valid_until: None,
        body: serde_json::from_str(body).unwrap(),
        agreement: None,
    }
}

fn hours(n: u128, version: u32, closes: &str) -> Rule {
    rule(
        n,
        version,
        &format!(
            r#"{{"type":"hours","site":"honcho","when":{{"on":"always"}},"opens":"9:00","closes":"{closes}"}}"#
        ),
    )
}

fn closing(set: &RuleSet, day: Date) -> Option<String> {
    match set.opening(Service::Issuance, &"honcho".parse().unwrap(), day) {
        crate::capacity::Opening::Open { until, .. } => Some(until.to_string()),
        crate::capacity::Opening::Closed { .. } => None,
    }
}

#[test]
fn a_rule_survives_its_text() {
    let rule = hours(1, 1, "17:30");
    let json = serde_json::to_string(&rule).unwrap();
    assert_eq!(serde_json::from_str::<Rule>(&json).unwrap(), rule);
    assert!(
        serde_json::from_str::<RuleBody>(
            r#"{"type":"closed","when":{"on":"always"},"reason":"x","until":1}"#
        )
        .is_err()
    );
}

#[test]
fn the_highest_valid_version_counts_and_its_end_brings_the_older_back() {
    let mut newer = hours(1, 2, "12:00");
    newer.valid_from = date(2026, 6, 1);
    newer.valid_until = Some(date(2026, 6, 30));
    let set = RuleSet::new(7, vec![hours(1, 1, "17:30"), newer]).unwrap();
    assert_eq!(set.epoch(), 7);
    assert_eq!(closing(&set, date(2026, 5, 31)).as_deref(), Some("17:30"));
    assert_eq!(closing(&set, date(2026, 6, 1)).as_deref(), Some("12:00"));
    assert_eq!(closing(&set, date(2026, 7, 1)).as_deref(), Some("17:30"));
    assert_eq!(closing(&set, date(2023, 12, 31)), None);
}

#[test]
fn a_newer_version_counts_even_if_its_days_are_less_specific() {
    let older = rule(1, 1, r#"{"type":"closed","when":{"on":"date","day":"2026-06-01"},"reason":"停電"}"#);
    let newer = rule(
        1,
        2,
        r#"{"type":"closed","when":{"on":"range","from":"2026-06-02","until":"2026-06-09"},"reason":"停電"}"#,
    );
    let set = RuleSet::new(1, vec![hours(2, 1, "17:30"), older, newer]).unwrap();
    assert!(closing(&set, date(2026, 6, 1)).is_some());
    assert!(closing(&set, date(2026, 6, 2)).is_none());
}

#[test]
fn a_wrong_rule_is_named() {
    let fault = |rules: Vec<Rule>| {
        let error = RuleSet::new(1, rules).unwrap_err();
        assert_eq!(error.rule, id(3));
        assert!(error.to_string().contains(&id(3).to_string()));
        error.fault
    };
    assert_eq!(fault(vec![hours(2, 1, "17:30"), hours(3, 1, "9:00")]), RuleFault::HoursBackwards);
    assert_eq!(fault(vec![hours(3, 1, "17:30"), hours(3, 1, "12:00")]), RuleFault::DuplicateVersion);
    let mut never = hours(3, 1, "17:30");
    never.valid_until = Some(date(2023, 12, 31));
    assert_eq!(fault(vec![never]), RuleFault::NeverValid);
    let places = r#"{"type":"places","service":"issuance","site":"honcho","when":{"on":"always"},"from":"9:05","until":"10:00","places":1}"#;
    assert_eq!(fault(vec![rule(3, 1, places)]), RuleFault::BetweenSlots);
    let twice = r#"{"type":"closed","services":["renewal","renewal"],"when":{"on":"always"},"reason":"x"}"#;
    assert_eq!(fault(vec![rule(3, 1, twice)]), RuleFault::ServiceTwice);
    let silent = r#"{"type":"closed","when":{"on":"always"},"reason":" "}"#;
    assert_eq!(fault(vec![rule(3, 1, silent)]), RuleFault::EmptyText);
}

#[test]
fn r4_e_the_classes_of_days_are_in_order() {
    let day = date(2026, 9, 22);
    let range = |from, until| When::Range { from, until, weekdays: None };
    let order = [
        When::Date { day },
        When::YearEnd,
        When::Holidays,
        When::Range { from: day, until: date(2026, 9, 28), weekdays: Some(Weekdays::of([Weekday::Tuesday])) },
        range(day, date(2026, 9, 23)),
        range(day, date(2026, 9, 30)),
        When::NthWeekday { weekday: Weekday::Tuesday, nth: vec![4] },
        When::NthWeekday { weekday: Weekday::Tuesday, nth: vec![2, 4] },
        When::Weekdays { days: Weekdays::of([Weekday::Tuesday]) },
        When::Weekdays { days: Weekdays::of([Weekday::Tuesday, Weekday::Friday]) },
        When::Always,
    ];
    assert!(order.is_sorted_by(|a, b| a.breadth() < b.breadth()));
    assert_eq!(range(day, day).breadth(), When::Date { day }.breadth());
}

#[test]
fn outside_the_published_holidays_nothing_is_promised() {
    let holidays = rule(2, 1, r#"{"type":"closed","when":{"on":"holidays"},"reason":"祝休日"}"#);
    let set = RuleSet::new(1, vec![hours(1, 1, "17:30"), holidays]).unwrap();
    let opening = set.opening(Service::Issuance, &"honcho".parse().unwrap(), date(2028, 6, 1));
    let reason = crate::capacity::Closure::HolidaysUnknown { rule: id(2) };
    assert_eq!(opening, crate::capacity::Opening::Closed { reason });
}

#[test]
fn r4_e_a_closure_with_a_notice_is_told_of_until_its_last_day_is_over() {
    let closure = |from: &str, until: &str, notice: &str| {
        format!(
            r#"{{"type":"closed","when":{{"on":"range","from":"{from}","until":"{until}"}},"reason":"台風"{notice}}}"#
        )
    };
    let notice = r#","notice":"weather""#;
    let mut ended = rule(4, 1, &closure("2026-11-24", "2026-11-30", notice));
    ended.valid_until = Some(date(2026, 11, 25));
    let rules = vec![
        rule(1, 1, &closure("2026-11-24", "2026-11-26", "")),
        rule(2, 1, &closure("2026-11-26", "2026-11-27", notice)),
        rule(
            3,
            1,
            r#"{"type":"closed","when":{"on":"date","day":"2026-12-01"},"reason":"障害","notice":"system"}"#,
        ),
        ended,
    ];
    let set = RuleSet::new(1, rules).unwrap();
    let told = |day| -> Vec<(Emergency, Date, Date)> {
        set.notices(day).iter().map(|notice| (notice.why, notice.from, notice.until)).collect()
    };
    let (weather, system) = (Emergency::Weather, Emergency::System);
    let december = (system, date(2026, 12, 1), date(2026, 12, 1));
    assert_eq!(
        told(date(2026, 11, 25)),
        [
            (weather, date(2026, 11, 25), date(2026, 11, 25)),
            (weather, date(2026, 11, 26), date(2026, 11, 27)),
            december
        ]
    );
    assert_eq!(told(date(2026, 11, 28)), [december]);
    assert_eq!(told(date(2026, 12, 2)), []);
    let endless = rule(5, 1, r#"{"type":"closed","when":{"on":"holidays"},"reason":"x","notice":"other"}"#);
    assert_eq!(RuleSet::new(1, vec![endless]).unwrap_err().fault, RuleFault::EndlessNotice);
}

#[test]
fn r4_e_a_part_of_a_day_is_closed_with_its_hours_and_only_where_nothing_is_left() {
    let part = |cut: &str, when: &str, notice: &str| {
        format!(
            r#"{{"type":"reduction","when":{when},"from":"10:00","until":"12:00","cut":{cut},"reason":"停電"{notice}}}"#
        )
    };
    let (day, notice) = (r#"{"on":"date","day":"2026-11-24"}"#, r#","notice":"other""#);
    let rules =
        vec![rule(1, 1, &part(r#"{"to":0}"#, day, notice)), rule(2, 1, &part(r#"{"to":0}"#, day, ""))];
    let set = RuleSet::new(1, rules).unwrap();
    let told = set.notices(date(2026, 11, 20));
    let [notice_of] = told.as_slice() else { panic!("{told:?}") };
    let hours = notice_of.hours.map(|(from, until)| (from.to_string(), until.to_string()));
    assert_eq!(hours, Some(("10:00".to_owned(), "12:00".to_owned())));
    assert_eq!((notice_of.why, notice_of.from), (Emergency::Other, date(2026, 11, 24)));
    assert!(set.notices(date(2026, 11, 25)).is_empty());
    let fault = |body: &str| RuleSet::new(1, vec![rule(3, 1, body)]).unwrap_err().fault;
    assert_eq!(fault(&part(r#"{"to":1}"#, day, notice)), RuleFault::NoticeOfSome);
    assert_eq!(fault(&part(r#"{"to":0}"#, r#"{"on":"always"}"#, notice)), RuleFault::EndlessNotice);
}
