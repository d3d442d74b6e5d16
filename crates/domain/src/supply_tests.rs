//! The forecast, reckoned by hand.

use jiff::civil::date;

use super::*;
use crate::id::{Id as _, RuleId};
use crate::profile::Profile;
use crate::rules::Rule;

fn rules() -> RuleSet {
    let profile: Profile = toml::from_str(include_str!("../../../profiles/suita.toml")).unwrap();
    let rules = (1..).zip(profile.rules().unwrap()).map(|(at, rule)| Rule {
        id: RuleId::from_parts(1, at),
        version: 1,
        valid_from: rule.valid_from,
        valid_until: rule.valid_until,
        body: rule.body,
        agreement: rule.agreement,
    });
    RuleSet::new(1, rules.collect()).unwrap()
}

fn site() -> SiteCode {
    "honcho".parse().unwrap()
}

fn setting(pieces: u32, letters: u32, delivery_days: u32) -> Setting {
    Setting { pieces, letters, delivery_days, ..Setting::first()[1].clone() }
}

fn known(counted: u32, since: u32, lately: u32) -> Known {
    Known {
        counted: Some(counted),
        letters_since: since,
        letters_lately: lately,
        first: Some(date(2026, 10, 1)),
    }
}

/// As of Tuesday, 24 November 2026.
fn foresee(setting: &Setting, known: &Known) -> Forecast {
    Forecast::of(&rules(), &site(), date(2026, 11, 24), setting, known)
}

fn nth_after(n: u8) -> Date {
    rules().nth_open_day_after(Service::Issuance, &site(), date(2026, 11, 24), n).unwrap()
}

#[test]
fn r5_c4_what_lasts_ten_open_days_runs_out_on_the_eleventh() {
    // 400 letters on 20 open days: 20 a day. 1,000 counted, 800 used since: 200 are left, for ten whole days.
    let forecast = foresee(&setting(1, 1, 5), &known(1_000, 800, 400));
    assert_eq!((forecast.stock, forecast.tenths_a_day), (Some(200), Some(200)));
    assert_eq!(forecast.window.unwrap().days, 20);
    assert_eq!(forecast.runs_out, RunsOut::On(nth_after(11)));
    assert_eq!(forecast.order_by, Some(nth_after(6)));
    assert_eq!(forecast.warning, Warning::None);
    // One piece less is nine whole days.
    assert_eq!(foresee(&setting(1, 1, 5), &known(999, 800, 400)).runs_out, RunsOut::On(nth_after(10)));
}

#[test]
fn r5_c4_the_warning_begins_on_the_last_day_on_which_an_order_comes_in_time() {
    for (delivery, warning) in [(10, Warning::None), (11, Warning::Order), (12, Warning::Order)] {
        let forecast = foresee(&setting(1, 1, delivery), &known(200, 0, 400));
        assert_eq!(forecast.warning, warning, "{delivery}");
    }
    assert_eq!(foresee(&setting(1, 1, 0), &known(800, 800, 400)).warning, Warning::Empty);
    assert_eq!(foresee(&setting(1, 1, 0), &known(800, 900, 400)).stock, Some(-100));
}

#[test]
fn r5_c4_several_pieces_a_letter_and_one_piece_for_many() {
    // Three stickers in each envelope: 60 a day.
    let forecast = foresee(&setting(3, 1, 0), &known(600, 0, 400));
    assert_eq!((forecast.tenths_a_day, forecast.runs_out), (Some(600), RunsOut::On(nth_after(11))));
    // A sheet of 24 labels: 400 / 24 sheets in 20 days, 0.8 a day; a sheet that is begun is used.
    let sheets = setting(1, 24, 0);
    assert_eq!([0, 1, 24, 25].map(|letters| sheets.used_by(letters)), [0, 1, 1, 2]);
    let forecast = foresee(&sheets, &known(10, 0, 400));
    assert_eq!((forecast.tenths_a_day, forecast.runs_out), (Some(8), RunsOut::On(nth_after(13))));
}

#[test]
fn r5_c4_what_nobody_can_say_is_not_said() {
    let setting = setting(1, 1, 5);
    let never = Known { counted: None, ..known(0, 30, 400) };
    let forecast = foresee(&setting, &never);
    assert_eq!(
        (forecast.stock, forecast.runs_out, forecast.warning),
        (None, RunsOut::NotCounted, Warning::None)
    );
    assert_eq!(foresee(&setting, &known(200, 0, 0)).runs_out, RunsOut::NoUse);
    assert_eq!(foresee(&setting, &known(1_000_000, 0, 400)).runs_out, RunsOut::Later);
    // Before the first letter there are no days, and a site that began two open days ago has a mean of two.
    let today = Known { first: Some(date(2026, 11, 24)), ..known(200, 40, 40) };
    assert_eq!(
        (foresee(&setting, &today).window, foresee(&setting, &today).runs_out),
        (None, RunsOut::NoUse)
    );
    let began = rules().nth_open_day_before(Service::Issuance, &site(), date(2026, 11, 24), 2).unwrap();
    let forecast = foresee(&setting, &Known { first: Some(began), ..known(200, 40, 40) });
    let window = forecast.window.unwrap();
    assert_eq!((window.from, window.days, forecast.tenths_a_day), (began, 2, Some(200)));
}
