use jiff::Span;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::capacity::Opening;
use crate::id::Id;
use crate::rules::RuleSet;
use crate::service::Service;

fn id(n: u128) -> RuleId {
    RuleId::from_parts(1, n)
}

fn day(n: i64) -> Date {
    date(2026, 9, 1).saturating_add(Span::new().days(n))
}

/// Hours that say in their end which version wrote them.
fn body(closes: u16) -> RuleBody {
    let text = format!(
        r#"{{"type":"hours","site":"honcho","when":{{"on":"always"}},"opens":"9:00","closes":"{}:{:02}"}}"#,
        10 + closes / 60,
        closes % 60
    );
    serde_json::from_str(&text).unwrap()
}

fn rule(n: u128, version: u32, closes: u16, from: Date, until: Option<Date>) -> Rule {
    Rule { id: id(n), version, valid_from: from, valid_until: until, body: body(closes), agreement: None }
}

fn change(n: u128, what: What) -> Change {
    Change { rule: id(n), what, agreement: Some("市と合意".to_owned()) }
}

/// When the counter closes on a day, in minutes after 10:00.
fn closes(rules: &[Rule], day: Date) -> Option<u16> {
    let set = RuleSet::new(1, rules.to_vec()).unwrap();
    match set.opening(Service::Issuance, &"honcho".parse().unwrap(), day) {
        Opening::Open { until, .. } => Some(until.minutes() - 600),
        Opening::Closed { .. } => None,
    }
}

/// Versions of rule 1, and one of another rule that nobody touches.
fn versions() -> impl Strategy<Value = Vec<Rule>> {
    let one = (0..40i64, proptest::option::of(0..40i64));
    proptest::collection::vec(one, 1..5).prop_map(|versions| {
        (1..)
            .zip(versions)
            .map(|(n, (from, length))| {
                rule(1, n, u16::try_from(n).unwrap(), day(from), length.map(|length| day(from + length)))
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn r4_e_a_rule_says_the_new_from_its_day_on_and_the_old_before(rules in versions(), n in 0..60i64, length in proptest::option::of(0..30i64)) {
        let (from, until) = (day(n), length.map(|length| day(n + length)));
        let next = u32::try_from(rules.len()).unwrap() + 1;
        let changed = change(1, What::Say { body: Box::new(body(200)), from, until }).applied(&rules, next).unwrap();
        for at in 0..100 {
            let at = day(at);
            let expected = if at < from {
                closes(&rules, at)
            } else if until.is_none_or(|until| at <= until) {
                Some(200)
            } else {
                None
            };
            prop_assert_eq!(closes(&changed, at), expected, "{}", at);
        }
    }

    #[test]
    fn r4_e_a_rule_ends_on_its_day_and_holds_as_before_until_then(rules in versions(), n in 0..60i64) {
        let next = u32::try_from(rules.len()).unwrap() + 1;
        let changed = change(1, What::End { last: day(n) }).applied(&rules, next).unwrap();
        for at in 0..100 {
            let expected = if at <= n { closes(&rules, day(at)) } else { None };
            prop_assert_eq!(closes(&changed, day(at)), expected, "{}", at);
        }
        // Nothing is altered: each version is as it was, or has a number that was never used.
        for rule in &changed {
            prop_assert!(rules.contains(rule) || rule.version >= next);
        }
    }

    #[test]
    fn r4_e_an_agreement_afterwards_changes_no_day(rules in versions(), pick in 0..5usize) {
        let version = rules[pick % rules.len()].version;
        let next = u32::try_from(rules.len()).unwrap() + 1;
        let changed = change(1, What::Agree { version }).applied(&rules, next).unwrap();
        for at in 0..100 {
            prop_assert_eq!(closes(&changed, day(at)), closes(&rules, day(at)));
        }
        prop_assert_eq!(changed.iter().filter(|rule| rule.agreement.is_some()).count(), 1);
    }
}

#[test]
fn a_new_rule_leaves_the_others_alone() {
    let rules = vec![rule(1, 1, 10, day(0), None)];
    let new = change(2, What::Say { body: Box::new(body(20)), from: day(5), until: None });
    assert_eq!(new.deed(&rules), Deed::New);
    let changed = new.applied(&rules, 1).unwrap();
    assert_eq!((changed.len(), changed[0].clone()), (2, rules[0].clone()));
    assert_eq!(changed[1].version, 1);
}

#[test]
fn what_is_not_there_cannot_end_or_be_agreed_to() {
    let rules = vec![rule(1, 1, 10, day(0), None)];
    assert_eq!(change(2, What::End { last: day(1) }).applied(&rules, 1), Err(UnknownRule));
    assert_eq!(change(1, What::Agree { version: 2 }).applied(&rules, 2), Err(UnknownRule));
}
