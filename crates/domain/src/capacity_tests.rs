use jiff::Span;
use jiff::civil::{Weekday, date};
use proptest::prelude::*;

use super::*;
use crate::id::{Id, ReservationId};
use crate::journal::Slot;
use crate::proposal::{Placed, Proposal};
use crate::reservation::Limit;
use crate::rules::{Booking, Closed, Cut, Hours, Rule, Site, Weekdays};
use crate::time::instant_at;

fn site(code: &str) -> SiteCode {
    code.parse().unwrap()
}

fn time(minutes: u16) -> TimeOfDay {
    TimeOfDay::from_minutes(minutes).unwrap()
}

fn day(n: i64) -> Date {
    date(2026, 9, 1).saturating_add(Span::new().days(n))
}

fn whens() -> impl Strategy<Value = When> {
    let weekday = || (0..7i8).prop_map(|n| Weekday::from_monday_zero_offset(n).unwrap());
    let set = || proptest::collection::vec(weekday(), 1..5).prop_map(Weekdays::of);
    prop_oneof![
        Just(When::Always),
        set().prop_map(|days| When::Weekdays { days }),
        (weekday(), 1..6u8).prop_map(|(weekday, nth)| When::NthWeekday { weekday, nth: vec![nth] }),
        (0..60i64, 0..20i64, proptest::option::of(set())).prop_map(|(from, length, weekdays)| When::Range {
            from: day(from),
            until: day(from + length),
            weekdays
        }),
        Just(When::Holidays),
        Just(When::YearEnd),
        (0..60i64).prop_map(|n| When::Date { day: day(n) }),
    ]
}

fn cuts() -> impl Strategy<Value = Cut> {
    prop_oneof![(0..6u16).prop_map(Cut::To), (0..100u8).prop_map(Cut::KeepPercent)]
}

fn bodies() -> impl Strategy<Value = RuleBody> {
    let service = prop_oneof![Just(Service::Issuance), Just(Service::Renewal)];
    let services = prop_oneof![Just(vec![]), Just(vec![Service::Issuance]), Just(vec![Service::Renewal])];
    let sites = prop_oneof![4 => Just("honcho"), 1 => Just("senri")];
    let span = (48..90u16, 1..50u16).prop_map(|(from, length)| (from * 10, (from + length).min(144) * 10));
    prop_oneof![
        3 => (services.clone(), sites.clone(), whens(), 480..600u16, 1..600u16).prop_map(
            |(services, code, when, opens, length)| RuleBody::Hours(Hours {
                services, site: site(code), when, opens: time(opens), closes: time(opens + length),
            })
        ),
        1 => (services.clone(), proptest::option::of(sites.clone()), whens()).prop_map(|(services, code, when)| {
            RuleBody::Closed(Closed { services, site: code.map(site), when, reason: "休み".to_owned(), notice: None })
        }),
        2 => (services, proptest::option::of(sites.clone()), whens(), span.clone(), cuts()).prop_map(
            |(services, code, when, (from, until), cut)| RuleBody::Reduction(Reduction {
                services, site: code.map(site), when, from: time(from), until: time(until), cut,
                reason: "駐車場使用不可".to_owned(), notice: None,
            })
        ),
        2 => (service.clone(), sites.clone(), whens(), span.clone(), [proptest::option::of(0..9u16), proptest::option::of(0..9u16), proptest::option::of(0..9u16)], 1..4u16, proptest::option::of((0..3u8, 0..1440u16))).prop_map(
            |(service, code, when, (from, until), [web, desk, walk_in], reserve, released)| RuleBody::Shares(Shares {
                service, site: site(code), when, from: time(from), until: time(until), web, desk, walk_in, reserve,
                released: released.map(|(open_days_before, at)| Release { open_days_before, at: time(at) }),
            })
        ),
        4 => (service, sites, whens(), span, 0..9u16).prop_map(|(service, code, when, (from, until), places)| {
            RuleBody::Places(Places {
                service, site: site(code), when, from: time(from), until: time(until), places, reason: None,
            })
        }),
    ]
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let rule = (bodies(), 0..30i64, proptest::option::of(0..60i64));
    proptest::collection::vec(rule, 0..14).prop_map(|rules| {
        (1..)
            .zip(rules)
            .map(|(n, (body, from, length))| Rule {
                id: RuleId::from_parts(1, n),
                version: 1,
                valid_from: day(from - 20),
                valid_until: length.map(|length| day(from - 20 + length)),
                body,
                agreement: None,
            })
            .collect()
    })
}

/// How specific days are, said anew in the words of the rule and not taken from the program.
fn class(when: &When) -> u8 {
    match when {
        When::Date { .. } => 0,
        When::Range { from, until, .. } if from == until => 0,
        When::YearEnd => 1,
        When::Holidays => 2,
        When::Range { .. } => 3,
        When::NthWeekday { .. } => 4,
        When::Weekdays { .. } => 5,
        When::Always => 6,
    }
}

proptest! {
    #[test]
    fn r4_e_the_most_specific_rule_wins(rules in rules(), n in 0..60i64) {
        let (set, site, day) = (RuleSet::new(1, rules.clone()).unwrap(), site("honcho"), day(n));
        let holds = |rule: &Rule, when: &When| rule.is_valid_on(day) && when.matches(day, set.holidays()) == Match::Yes;
        let best = rules
            .iter()
            .filter_map(|rule| match &rule.body {
                RuleBody::Hours(body) if body.site == site && speaks_of(&body.services, Service::Issuance) && holds(rule, &body.when) => Some(class(&body.when)),
                RuleBody::Closed(body) if body.site.as_ref().is_none_or(|at| *at == site) && speaks_of(&body.services, Service::Issuance) && holds(rule, &body.when) => Some(class(&body.when)),
                _ => None,
            })
            .min();
        let of = |id: RuleId| rules.iter().find(|rule| rule.id == id).unwrap();
        let decided = match set.opening(Service::Issuance, &site, day) {
            Opening::Open { rule, .. } => Some(of(rule)),
            Opening::Closed { reason } => reason.rule().map(of),
        };
        let decided_class = decided.map(|rule| match &rule.body {
            RuleBody::Hours(body) => class(&body.when),
            RuleBody::Closed(body) => class(&body.when),
            _ => panic!("hours are decided by hours and closures"),
        });
        prop_assert_eq!(decided_class, best);
        for (start, grant) in set.slots(Service::Issuance, &site, day) {
            let covers = |places: &Places| {
                places.service == Service::Issuance && places.site == site
                    && places.from.minutes() <= start.minutes() && start.minutes() + 10 <= places.until.minutes()
            };
            let best = rules
                .iter()
                .filter_map(|rule| match &rule.body {
                    RuleBody::Places(body) if covers(body) && holds(rule, &body.when) => Some(class(&body.when)),
                    _ => None,
                })
                .min();
            let decided = grant.because.map(|id| match &of(id).body {
                RuleBody::Places(body) => class(&body.when),
                _ => panic!("places are decided by places"),
            });
            prop_assert_eq!(decided, best);
        }
    }

    #[test]
    fn r4_e_the_order_of_the_rows_does_not_matter(rules in rules().prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())), n in 0..60i64) {
        let (one, other) = (RuleSet::new(1, rules.0).unwrap(), RuleSet::new(1, rules.1).unwrap());
        let (site, day) = (site("honcho"), day(n));
        for service in [Service::Issuance, Service::Renewal] {
            prop_assert_eq!(one.opening(service, &site, day), other.opening(service, &site, day));
            prop_assert_eq!(one.slots(service, &site, day), other.slots(service, &site, day));
        }
    }

    #[test]
    fn r4_e_slots_fill_the_hours_without_gaps_and_nothing_is_granted_outside(rules in rules(), n in 0..60i64) {
        let (set, site, day) = (RuleSet::new(1, rules).unwrap(), site("honcho"), day(n));
        let slots = set.slots(Service::Issuance, &site, day);
        for minutes in (0..1440).step_by(10) {
            let start = Start::new(minutes).unwrap();
            let grant = set.grant(Service::Issuance, &site, day, start);
            let listed = slots.iter().find(|(at, _)| *at == start).map(|(_, listed)| listed.clone());
            prop_assert!(listed.map_or(grant.places == 0, |listed| listed == grant));
        }
        for pair in slots.windows(2) {
            prop_assert_eq!(pair[0].0.minutes() + 10, pair[1].0.minutes());
        }
        match set.opening(Service::Issuance, &site, day) {
            Opening::Closed { .. } => prop_assert!(slots.is_empty()),
            Opening::Open { from, until, .. } => {
                let whole = (from.minutes().next_multiple_of(10), until.minutes() / 10 * 10);
                prop_assert_eq!(slots.len(), usize::from(whole.1.saturating_sub(whole.0) / 10));
                if let (Some(first), Some(last)) = (slots.first(), slots.last()) {
                    prop_assert_eq!(first.0.minutes(), whole.0);
                    prop_assert_eq!(last.0.minutes() + 10, whole.1);
                }
            }
        }
    }

    #[test]
    fn r4_c_bookable_days_agree_with_the_cutoff(mut rules in rules(), n in 0..40i64, minute in 0..1440u16, cutoff in 0..4u8) {
        rules.push(Rule {
            id: RuleId::from_parts(2, 1),
            version: 1,
            valid_from: date(2024, 1, 1),
            valid_until: None,
            body: RuleBody::Booking(Booking {
                service: Service::Issuance,
                opens_business_days_after_posting: 3,
                window_days: 30,
                web_cutoff_open_days: cutoff,
                web_move_away_minutes: 0,
                web_cancel_minutes: 0,
                staff_cutoff_open_days: 0,
                hold_minutes: 10,
                offer_open_days: 3,
                wish_open_days: 1,
                web_holds_per_address: 0,
                web_bookings_per_address: 0,
web_changes: 0,
not_come_then_telephone: 0,
            }),
            agreement: None,
        });
        let (set, site, today) = (RuleSet::new(1, rules).unwrap(), site("honcho"), day(n));
        let now = instant_at(today, minute);
        let bookable: Vec<Date> = (0..=30)
            .map(|ahead| day(n + ahead))
            .filter(|day| set.is_open(Service::Issuance, &site, *day))
            .filter(|day| set.is_before_web_cutoff(Service::Issuance, &site, *day, now))
            .collect();
        let days = set.bookable_days(Service::Issuance, &site, now, None);
        prop_assert_eq!(days.map(|days| days.first), bookable.first().copied());
        prop_assert_eq!(days.map(|days| days.last), bookable.last().copied());
    }

    #[test]
    fn r4_e_reductions_never_raise_and_the_lowest_stands(rules in rules(), n in 0..60i64) {
        let (site, day) = (site("honcho"), day(n));
        let without = rules.iter().filter(|rule| !matches!(rule.body, RuleBody::Reduction(_))).cloned().collect();
        let (set, without) = (RuleSet::new(1, rules.clone()).unwrap(), RuleSet::new(1, without).unwrap());
        let usual = without.slots(Service::Issuance, &site, day);
        for ((start, grant), (_, usual)) in set.slots(Service::Issuance, &site, day).into_iter().zip(usual) {
            prop_assert_eq!((grant.usual, grant.because), (usual.places, usual.because));
            // Said anew, rule by rule: what each that holds would leave alone.
            let left = rules.iter().filter_map(|rule| match &rule.body {
                RuleBody::Reduction(body) if rule.is_valid_on(day)
                    && speaks_of(&body.services, Service::Issuance)
                    && body.site.as_ref().is_none_or(|at| *at == site)
                    && body.from.minutes() <= start.minutes() && start.minutes() + 10 <= body.until.minutes()
                    && body.when.matches(day, set.holidays()) == Match::Yes => Some(match body.cut {
                        Cut::To(most) => most,
                        Cut::KeepPercent(percent) => grant.usual * u16::from(percent) / 100,
                    }),
                _ => None,
            });
            // A slot without a rule of places has nothing that could be reduced.
            let lowest = if grant.because.is_some() { left.min() } else { None };
            prop_assert_eq!(grant.places, lowest.map_or(grant.usual, |left| left.min(grant.usual)));
            prop_assert!(grant.places <= grant.usual);
        }
    }

    #[test]
    fn r4_e_shares_never_exceed_the_grant_and_are_released_to_all(rules in rules(), n in 0..60i64, minute in 0..1440u16, used in [0..6u32, 0..6u32, 0..6u32]) {
        let (set, site, day) = (RuleSet::new(1, rules.clone()).unwrap(), site("honcho"), day(n));
        let now = instant_at(day, minute);
        let used = Used { web: used[0], desk: used[1], walk_in: used[2] };
        for (start, grant) in set.slots(Service::Issuance, &site, day) {
            for channel in [Channel::Web, Channel::Telephone, Channel::Counter, Channel::WalkIn] {
                let open = grant.open(channel, now);
                prop_assert!(open.own <= grant.places && open.whole <= grant.places);
                prop_assert!(grant.free(channel, now, used) <= u32::from(grant.places).saturating_sub(used.total()));
                let has_all = open == Open { own: grant.places, whole: grant.places };
                prop_assert!(has_all || grant.shares.is_some_and(|shares| !shares.is_released(now)));
            }
            let best = rules
                .iter()
                .filter_map(|rule| match &rule.body {
                    RuleBody::Shares(body) if rule.is_valid_on(day) && body.service == Service::Issuance && body.site == site
                        && body.from.minutes() <= start.minutes() && start.minutes() + 10 <= body.until.minutes()
                        && body.when.matches(day, set.holidays()) == Match::Yes => Some(class(&body.when)),
                    _ => None,
                })
                .min();
            let decided = grant.shares.map(|shares| match rules.iter().find(|rule| rule.id == shares.rule).map(|rule| &rule.body) {
                Some(RuleBody::Shares(body)) => class(&body.when),
                _ => panic!("shares are decided by shares"),
            });
            prop_assert_eq!(decided, best.filter(|_| grant.because.is_some()));
        }
    }

    #[test]
    fn r4_e_a_proposal_equals_what_the_change_then_does(
        before in rules(), after in rules(),
        wanted in proptest::collection::vec((0..14i64, 48..100u16), 0..60),
    ) {
        let sites = || ["honcho", "senri"].into_iter().zip(1..).map(|(code, n)| Rule {
            id: RuleId::from_parts(3, n),
            version: 1,
            valid_from: date(2024, 1, 1),
            valid_until: None,
            body: RuleBody::Site(Site {
                code: site(code), name_ja: "本庁".into(), name_en: "City hall".into(), address_ja: "市".into(),
                address_en: "City".into(), telephone: "0".into(), telephone_hours_ja: "毎日".into(),
                telephone_hours_en: "Every day".into(),
            }),
            agreement: None,
        });
        let set = |rules: &Vec<Rule>| RuleSet::new(1, rules.iter().cloned().chain(sites()).collect()).unwrap();
        let (before, after) = (set(&before), set(&after));
        let placed: Vec<Placed> = (1..).zip(&wanted).map(|(n, (ahead, ten))| Placed {
            reservation: ReservationId::from_parts(1, n),
            slot: Slot { service: Service::Issuance, site: site("honcho"), day: day(*ahead), start: Start::new(ten * 10).unwrap() },
        }).collect();
        let proposal = Proposal::between(&before, &after, day(0), day(13), &placed);
        // Days that are not told stay as they are; those that are told become what is told.
        for (service, code, n) in [Service::Issuance, Service::Renewal].into_iter()
            .flat_map(|service| ["honcho", "senri"].map(|code| (service, code)))
            .flat_map(|(service, code)| (0..14).map(move |n| (service, code, n)))
        {
            let (site, day) = (site(code), day(n));
            let told = proposal.days.iter().find(|told| (told.of.service, &told.of.site, told.of.day) == (service, &site, day));
            let places = |rules: &RuleSet| -> u32 { rules.slots(service, &site, day).iter().map(|(_, grant)| u32::from(grant.places)).sum() };
            let hours = |rules: &RuleSet| match rules.opening(service, &site, day) {
                Opening::Open { from, until, .. } => Some((from, until)),
                Opening::Closed { .. } => None,
            };
            if let Some(told) = told {
                prop_assert_eq!((told.before.places, told.before.open), (places(&before), hours(&before)));
                prop_assert_eq!((told.after.places, told.after.open), (places(&after), hours(&after)));
            } else {
                prop_assert_eq!((places(&before), hours(&before)), (places(&after), hours(&after)));
            }
        }
        // One after the other in the order of booking, each is asked under the rules alone.
        let fits = |rules: &RuleSet, at: usize| {
            let Slot { service, site, day, start } = &placed[at].slot;
            let earlier = placed[..at].iter().filter(|other| other.slot == placed[at].slot).count();
            earlier < usize::from(rules.grant(*service, site, *day, *start).places)
        };
        let mut unfit: Vec<&Placed> = (0..placed.len()).filter(|at| fits(&before, *at) && !fits(&after, *at)).map(|at| &placed[at]).collect();
        unfit.sort_by_key(|one| (&one.slot, one.reservation));
        prop_assert_eq!(proposal.unfit.iter().collect::<Vec<_>>(), unfit);
    }

    #[test]
    fn g7_open_days_before_and_after_meet(rules in rules(), n in 0..60i64) {
        let (set, site, from) = (RuleSet::new(1, rules).unwrap(), site("honcho"), day(n));
        if let Some(next) = set.next_open_day(Service::Issuance, &site, from) {
            prop_assert!(next > from && set.is_open(Service::Issuance, &site, next));
            let back = set.previous_open_day(Service::Issuance, &site, next);
            prop_assert!(back.is_none_or(|back| back <= from));
        }
    }
}

#[test]
fn r4_e_a_reduction_for_a_reason_wins_over_the_usual_places() {
    let rule = |n, body| Rule {
        id: RuleId::from_parts(1, n),
        version: 1,
        valid_from: date(2024, 1, 1),
        valid_until: None,
        body,
        agreement: None,
    };
    let places = |when, from, until, places, reason: Option<&str>| {
        RuleBody::Places(Places {
            service: Service::Issuance,
            site: site("honcho"),
            when,
            from: time(from),
            until: time(until),
            places,
            reason: reason.map(str::to_owned),
        })
    };
    let hours = Hours {
        services: vec![],
        site: site("honcho"),
        when: When::Always,
        opens: time(540),
        closes: time(1050),
    };
    let day = date(2026, 11, 24);
    let set = RuleSet::new(
        1,
        vec![
            rule(1, RuleBody::Hours(hours)),
            rule(2, places(When::Always, 540, 1050, 4, None)),
            rule(3, places(When::Date { day }, 600, 720, 1, Some("駐車場使用不可"))),
            rule(4, places(When::Date { day }, 660, 670, 2, None)),
        ],
    )
    .unwrap();
    let grant = |text: &str| set.grant(Service::Issuance, &site("honcho"), day, text.parse().unwrap()).places;
    assert_eq!(
        [grant("9:50"), grant("10:00"), grant("11:00"), grant("11:50"), grant("12:00")],
        [4, 1, 2, 1, 4]
    );
    assert_eq!([grant("8:50"), grant("17:20"), grant("17:30")], [0, 4, 0]);
}

/// Hours from 9:00 to 17:30 and four places in every slot, with more.
fn four_places_and(more: Vec<RuleBody>) -> RuleSet {
    let hours = RuleBody::Hours(Hours {
        services: vec![],
        site: site("honcho"),
        when: When::Always,
        opens: time(540),
        closes: time(1050),
    });
    let places = RuleBody::Places(Places {
        service: Service::Issuance,
        site: site("honcho"),
        when: When::Always,
        from: time(540),
        until: time(1050),
        places: 4,
        reason: None,
    });
    let rules = (1..).zip([hours, places].into_iter().chain(more)).map(|(n, body)| Rule {
        id: RuleId::from_parts(1, n),
        version: 1,
        valid_from: date(2024, 1, 1),
        valid_until: None,
        body,
        agreement: None,
    });
    RuleSet::new(1, rules.collect()).unwrap()
}

#[test]
fn r4_e_two_reductions_at_once_do_not_multiply() {
    let day = date(2026, 11, 24);
    let reduction = |when, from, until, cut| {
        let (from, until) = (time(from), time(until));
        let reason = "駐車場使用不可".to_owned();
        RuleBody::Reduction(Reduction {
            services: vec![],
            site: None,
            when,
            from,
            until,
            cut,
            reason,
            notice: None,
        })
    };
    let set = four_places_and(vec![
        reduction(When::Date { day }, 540, 1050, Cut::KeepPercent(50)),
        reduction(When::Always, 600, 660, Cut::To(1)),
        reduction(When::Date { day }, 650, 670, Cut::To(0)),
    ]);
    let grant = |text: &str| set.grant(Service::Issuance, &site("honcho"), day, text.parse().unwrap());
    assert_eq!(
        ["9:00", "10:00", "10:50", "11:00", "11:10"].map(|start| grant(start).places),
        [2, 1, 0, 0, 2]
    );
    // Each says what it alone would leave, the most specific first.
    let told: Vec<u16> = grant("10:50").reductions.iter().map(|reduced| reduced.to).collect();
    assert_eq!((told, grant("10:50").usual), (vec![0, 2, 1], 4));
}

#[test]
fn r4_e_each_way_has_its_share_until_the_rest_is_released() {
    let day = date(2026, 11, 24);
    let shares = RuleBody::Shares(Shares {
        service: Service::Issuance,
        site: site("honcho"),
        when: When::Always,
        from: time(540),
        until: time(1050),
        web: Some(2),
        desk: Some(1),
        walk_in: Some(0),
        reserve: 1,
        released: Some(Release { open_days_before: 1, at: time(12 * 60) }),
    });
    let set = four_places_and(vec![shares]);
    let grant = set.grant(Service::Issuance, &site("honcho"), day, "9:00".parse().unwrap());
    // Every day is open by these rules, so it is released at noon of the day before.
    let noon = instant_at(date(2026, 11, 23), 12 * 60);
    let before = noon.checked_sub(jiff::SignedDuration::from_millis(1)).unwrap();
    let ways = [Channel::Web, Channel::Telephone, Channel::Counter, Channel::WalkIn];
    let free = |now, used| ways.map(|way| grant.free(way, now, used));
    let none = Used::default();
    assert_eq!((free(before, none), free(noon, none)), ([2, 1, 1, 0], [4, 4, 4, 4]));
    // The last place is kept for the counter.
    let three = Used { web: 2, desk: 0, walk_in: 1 };
    assert_eq!((free(before, three), free(noon, three)), ([0, 0, 1, 0], [1, 1, 1, 1]));
    // Telephone and counter share.
    let one = Used { web: 0, desk: 1, walk_in: 0 };
    assert_eq!((free(before, one), free(noon, one)), ([2, 0, 0, 0], [3, 3, 3, 3]));
}

#[test]
fn r4_d_a_family_sits_together_or_one_after_the_other() {
    let starts = |free: &[(&str, u32)]| -> Vec<(Start, u32)> {
        free.iter().map(|(start, free)| (start.parse().unwrap(), *free)).collect()
    };
    let seated = |people, free: &[(&str, u32)]| -> Option<Vec<String>> {
        seats(people, &starts(free)).map(|seats| seats.iter().map(Start::to_string).collect())
    };
    let words = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    assert_eq!(seated(3, &[("9:00", 4), ("9:10", 4)]), words(&["9:00", "9:00", "9:00"]));
    assert_eq!(seated(3, &[("9:00", 2), ("9:10", 4)]), words(&["9:00", "9:00", "9:10"]));
    assert_eq!(seated(4, &[("9:00", 1), ("9:10", 1), ("9:20", 9)]), words(&["9:00", "9:10", "9:20", "9:20"]));
    // A full slot, a gap and the end of the day part a family.
    assert_eq!(seated(3, &[("9:00", 2), ("9:10", 0), ("9:20", 4)]), None);
    assert_eq!(seated(3, &[("11:50", 2), ("13:00", 4)]), None);
    assert_eq!(seated(3, &[("17:20", 2)]), None);
    assert_eq!(seated(1, &[("9:00", 0), ("9:10", 1)]), None);
    assert_eq!(seated(1, &[]), None);
}

#[test]
fn r4_d_moving_away_and_cancelling_have_deadlines_of_their_own() {
    let profile: crate::profile::Profile =
        toml::from_str(include_str!("../../../profiles/suita.toml")).unwrap();
    let rules = |change: &dyn Fn(&mut Booking)| {
        let rules = (1..).zip(profile.rules().unwrap()).map(|(n, rule)| {
            let mut body = rule.body;
            if let RuleBody::Booking(booking) = &mut body {
                change(booking);
            }
            Rule {
                id: RuleId::from_parts(1, n),
                version: 1,
                valid_from: rule.valid_from,
                valid_until: rule.valid_until,
                body,
                agreement: None,
            }
        });
        RuleSet::new(1, rules.collect()).unwrap()
    };
    let slot = crate::journal::Slot {
        service: Service::Issuance,
        site: "honcho".parse().unwrap(),
        day: date(2026, 11, 24),
        start: "9:00".parse().unwrap(),
    };
    let begins = crate::time::instant_at(slot.day, 9 * 60);
    let agreed = rules(&|_| {});
    assert_eq!((agreed.move_away_until(&slot), agreed.cancel_until(&slot)), (begins, begins));
    let stricter = rules(&|booking| {
        booking.web_move_away_minutes = 24 * 60;
        booking.web_cancel_minutes = 30;
    });
    assert_eq!(stricter.move_away_until(&slot), crate::time::instant_at(date(2026, 11, 23), 9 * 60));
    assert_eq!(stricter.cancel_until(&slot), crate::time::instant_at(slot.day, 8 * 60 + 30));
}

#[test]
fn r1_c2_what_binds_the_staff_is_the_beginning_the_window_and_their_own_deadline() {
    let profile: crate::profile::Profile =
        toml::from_str(include_str!("../../../profiles/suita.toml")).unwrap();
    let rules = |cutoff: u8| {
        let rules = profile.rules().unwrap();
        let rules = (1..).zip(rules).map(|(n, rule)| {
            let mut body = rule.body;
            if let RuleBody::Booking(booking) = &mut body {
                booking.staff_cutoff_open_days = cutoff;
            }
            Rule {
                id: RuleId::from_parts(1, n),
                version: 1,
                valid_from: rule.valid_from,
                valid_until: rule.valid_until,
                body,
                agreement: None,
            }
        });
        RuleSet::new(1, rules.collect()).unwrap()
    };
    let slot = |day| crate::journal::Slot {
        service: Service::Issuance,
        site: "honcho".parse().unwrap(),
        day,
        start: "9:00".parse().unwrap(),
    };
    // A Tuesday after a Monday that is a holiday, and the sixtieth day from then on.
    let (tuesday, friday) = (date(2026, 11, 24), date(2026, 11, 20));
    let agreed = rules(0);
    let at = |day, minute| instant_at(day, minute);
    assert_eq!(agreed.staff_limit(&slot(tuesday), at(tuesday, 8 * 60 + 59)), None);
    assert_eq!(agreed.staff_limit(&slot(tuesday), at(tuesday, 9 * 60)), Some(Limit::Begun));
    assert_eq!(agreed.staff_limit(&slot(date(2027, 1, 23)), at(tuesday, 0)), None);
    assert_eq!(agreed.staff_limit(&slot(date(2027, 1, 24)), at(tuesday, 0)), Some(Limit::Window));
    // A deadline of one open day before: until the midnight that ends the Friday.
    let stricter = rules(1);
    assert_eq!(stricter.staff_limit(&slot(tuesday), at(friday, 24 * 60 - 1)), None);
    assert_eq!(stricter.staff_limit(&slot(tuesday), at(friday, 24 * 60)), Some(Limit::Cutoff));
}
