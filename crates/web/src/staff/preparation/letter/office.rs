//! City and counter as the letter names them, from the rules in force.

use documents::office::{City, Site, Words};
use domain::rules::{Rule, RuleBody, When};
use domain::service::Service;
use jiff::civil::Weekday;

use crate::App;

const DAYS: [(Weekday, &str, &str); 7] = [
    (Weekday::Monday, "月", "Mon"),
    (Weekday::Tuesday, "火", "Tue"),
    (Weekday::Wednesday, "水", "Wed"),
    (Weekday::Thursday, "木", "Thu"),
    (Weekday::Friday, "金", "Fri"),
    (Weekday::Saturday, "土", "Sat"),
    (Weekday::Sunday, "日", "Sun"),
];

/// The city.
pub(super) fn city(app: &App) -> City {
    let city = &app.settings.profile.city;
    let name = Words::new(&city.name_ja, &city.name_en);
    City { sender: name.clone(), name }
}

/// The counter.
pub(super) fn site(app: &App) -> Site {
    let (rules, today, code) = (app.rules(), app.today(), &app.settings.site);
    let Some(site) = rules.site(code, today) else {
        // Without a rule for the site nothing can be booked either; the letter then says no wrong place.
        let nothing = || Words::new("", "");
        return Site {
            name: nothing(),
            counter: nothing(),
            address: nothing(),
            access: nothing(),
            hours: Vec::new(),
            telephone: String::new(),
            telephone_hours: Vec::new(),
        };
    };
    // The building first, then the counter in it: 吹田市役所 + 高層棟1階 マイナンバー窓口.
    let (ja, counter_ja) = site.name_ja.split_once(' ').unwrap_or((&site.name_ja, ""));
    let (en, counter_en) = site.name_en.split_once(", ").unwrap_or((&site.name_en, ""));
    let in_force = rules.rules().iter().filter(|rule| rule.is_valid_on(today));
    Site {
        name: Words::new(ja, en),
        counter: Words::new(counter_ja, counter_en),
        address: Words::new(&site.address_ja, &site.address_en),
        access: Words::new("", ""),
        hours: in_force.filter_map(|rule| hours(rule, &site.code)).collect(),
        telephone: site.telephone.clone(),
        telephone_hours: vec![Words::new(&site.telephone_hours_ja, &site.telephone_hours_en)],
    }
}

/// The line of a rule of hours or closures, if it tells the usual week of the issuance at the site.
fn hours(rule: &Rule, site: &domain::service::SiteCode) -> Option<Words> {
    match &rule.body {
        RuleBody::Hours(hours) => {
            let ours = hours.site == *site
                && (hours.services.is_empty() || hours.services.contains(&Service::Issuance));
            let days = days(&hours.when).filter(|_| ours)?;
            Some(Words::new(
                format!("{} {}～{}", days.ja, hours.opens, hours.closes),
                format!("{} {}-{}", days.en, hours.opens, hours.closes),
            ))
        }
        RuleBody::Closed(closed) => {
            let ours = closed.site.as_ref().is_none_or(|at| at == site)
                && (closed.services.is_empty() || closed.services.contains(&Service::Issuance));
            let days = days(&closed.when).filter(|_| ours)?;
            Some(Words::new(format!("{}は休み", days.ja), format!("Closed: {}", days.en)))
        }
        _ => None,
    }
}

/// The days of a rule in words; none for those of single days, which no letter can list.
fn days(when: &When) -> Option<Words> {
    let name = |day: &Weekday| DAYS.iter().find(|(known, ..)| known == day);
    match when {
        When::Always => Some(Words::new("毎日", "Every day")),
        When::Weekdays { days } => {
            let named: Vec<_> = DAYS.iter().filter(|(day, ..)| days.contains(*day)).collect();
            let ja: Vec<&str> = named.iter().map(|(_, ja, _)| *ja).collect();
            let en: Vec<&str> = named.iter().map(|(_, _, en)| *en).collect();
            Some(Words::new(ja.join("・"), en.join(", ")))
        }
        When::NthWeekday { weekday, nth } => {
            let (_, ja, en) = name(weekday)?;
            let which: Vec<String> = nth.iter().map(|n| format!("第{n}")).collect();
            let ordinals: Vec<&str> = nth.iter().map(|n| ordinal(*n)).collect();
            Some(Words::new(format!("{}{ja}", which.join("・")), format!("{} {en}", ordinals.join(" and "))))
        }
        When::Holidays => Some(Words::new("祝休日", "holidays")),
        When::YearEnd => Some(Words::new("12月29日から1月3日", "29 December to 3 January")),
        When::Range { .. } | When::Date { .. } => None,
    }
}

fn ordinal(n: u8) -> &'static str {
    match n {
        1 => "1st",
        2 => "2nd",
        3 => "3rd",
        4 => "4th",
        _ => "5th",
    }
}
