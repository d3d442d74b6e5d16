//! A rule put into the fields of its form, to be changed.

use domain::rules::{
    Closed, Cut, Emergency, Hours, Places, Reduction, Release, Rule, RuleBody, Shares, TimeOfDay, Weekdays,
    When,
};
use domain::service::{Service, SiteCode};
use jiff::civil::{Date, Weekday};

use super::fields::{
    CUT, CUT_PERCENT, CUT_TO, DAY, DESK, EVERY, FIRST, FROM, LAST, NOTICE, NTH, NTH_WEEKDAY, ON, PLACES,
    RANGE_WEEK, REASON, RELEASE, RELEASE_AT, RELEASE_DAYS, RESERVE, SERVICE, SERVICES, SITE, UNTIL,
    VALID_FROM, VALID_UNTIL, WALK_IN, WEB, WEEK, YES,
};
use super::terms;
use crate::kit::Form;

/// Fills the form with a rule, to be changed.
pub(super) fn rule(form: &mut Form, rule: &Rule, today: Date) {
    form.fill(VALID_FROM, rule.valid_from.max(today).to_string());
    form.fill(VALID_UNTIL, rule.valid_until.map_or_else(String::new, |until| until.to_string()));
    body(form, &rule.body);
}

/// Fills the form with what a rule says.
pub(super) fn body(form: &mut Form, body: &RuleBody) {
    let site = body.site().map_or(EVERY, SiteCode::as_str);
    form.fill(SITE, site);
    match body {
        RuleBody::Hours(Hours { services, when, opens, closes, .. }) => {
            self::services(form, services);
            self::when(form, when);
            times(form, *opens, *closes);
        }
        RuleBody::Closed(Closed { services, when, reason, notice, .. }) => {
            form.fill(NOTICE, notice.map_or("", Emergency::code));
            self::services(form, services);
            self::when(form, when);
            form.fill(REASON, reason.clone());
        }
        RuleBody::Places(Places { service, when, from, until, places, reason, .. }) => {
            form.fill(SERVICE, service.code());
            self::when(form, when);
            times(form, *from, *until);
            form.fill(PLACES, places.to_string());
            form.fill(REASON, reason.clone().unwrap_or_default());
        }
        RuleBody::Reduction(Reduction { services, when, from, until, cut, reason, notice, .. }) => {
            form.fill(NOTICE, notice.map_or("", Emergency::code));
            self::services(form, services);
            self::when(form, when);
            times(form, *from, *until);
            form.fill(REASON, reason.clone());
            match cut {
                Cut::To(0) => form.fill(CUT, "zero"),
                Cut::To(most) => {
                    form.fill(CUT, "to");
                    form.fill(CUT_TO, most.to_string());
                }
                Cut::KeepPercent(percent) => {
                    form.fill(CUT, "percent");
                    form.fill(CUT_PERCENT, percent.to_string());
                }
            }
        }
        RuleBody::Shares(Shares {
            service,
            when,
            from,
            until,
            web,
            desk,
            walk_in,
            reserve,
            released,
            ..
        }) => {
            form.fill(SERVICE, service.code());
            self::when(form, when);
            times(form, *from, *until);
            for (name, most) in [(WEB, web), (DESK, desk), (WALK_IN, walk_in)] {
                form.fill(name, most.map_or_else(String::new, |most| most.to_string()));
            }
            form.fill(RESERVE, reserve.to_string());
            form.fill(RELEASE, if released.is_some() { "at" } else { "never" });
            if let Some(Release { open_days_before, at }) = released {
                form.fill(RELEASE_DAYS, open_days_before.to_string());
                form.fill(RELEASE_AT, at.to_string());
            }
        }
        RuleBody::Booking(body) => {
            form.fill(SERVICE, body.service.code());
            terms::fill_booking(form, body);
        }
        RuleBody::Attempts(body) => terms::fill_attempts(form, *body),
        RuleBody::Custody(body) => terms::fill_custody(form, *body),
        RuleBody::Windows(body) => {
            self::services(form, &body.services);
            terms::fill_windows(form, body);
        }
        RuleBody::Branch(body) => {
            self::services(form, &body.services);
            terms::fill_branch(form, body);
        }
        RuleBody::Site(body) => terms::fill_site(form, body),
    }
}

/// Ticks the services; none are all of them.
pub(super) fn services(form: &mut Form, services: &[Service]) {
    for (name, service) in SERVICES {
        if services.is_empty() || services.contains(&service) {
            form.fill(name, YES);
        }
    }
}

fn times(form: &mut Form, from: TimeOfDay, until: TimeOfDay) {
    form.fill(FROM, from.to_string());
    form.fill(UNTIL, until.to_string());
}

fn weekdays_of(form: &mut Form, boxes: &[(&'static str, Weekday, &str)], days: Weekdays) {
    for (name, day, _) in boxes {
        if days.contains(*day) {
            form.fill(name, YES);
        }
    }
}

/// Chooses the days.
pub(super) fn when(form: &mut Form, when: &When) {
    let on = match when {
        When::Always => "always",
        When::Weekdays { days } => {
            weekdays_of(form, &WEEK, *days);
            "weekdays"
        }
        When::NthWeekday { weekday, nth } => {
            let named = WEEK.iter().find(|(_, day, _)| day == weekday);
            form.fill(NTH_WEEKDAY, named.map_or("", |(name, ..)| *name));
            for (name, n) in NTH {
                if nth.contains(&n) {
                    form.fill(name, YES);
                }
            }
            "nth_weekday"
        }
        When::Range { from, until, weekdays } => {
            form.fill(FIRST, from.to_string());
            form.fill(LAST, until.to_string());
            if let Some(days) = weekdays {
                weekdays_of(form, &RANGE_WEEK, *days);
            }
            "range"
        }
        When::Holidays => "holidays",
        When::YearEnd => "year_end",
        When::Date { day } => {
            form.fill(DAY, day.to_string());
            "date"
        }
    };
    form.fill(ON, on);
}
