//! What the handlers of the citizens' pages take from the rules for every page: the office, the venue of an
//! appointment, deadlines.

use std::sync::Arc;

use domain::journal::Slot;
use domain::rules::{Notice, RuleSet, Site, TimeOfDay};
use domain::service::{Service, SiteCode};
use domain::time::{Start, day_of, minute_of};
use jiff::Timestamp;

use super::layout::{ClosedCounter, Closure};
use super::visit::Appointment;
use super::{Layout, Office, Venue};
use crate::App;
use crate::kit::{Asked, Bilingual};

/// The frame for the answer to a request.
pub(crate) fn layout(app: &App, asked: &Asked) -> Layout {
    let mut layout = Layout::new(asked, Arc::new(office(app)));
    layout.clock_by_hand = app.clock_by_hand();
    layout.closures = closures(&app.rules(), &app.settings.site, app.now());
    layout
}

/// The closures that concern what is booked here, but for the part of a day that is over.
fn closures(rules: &RuleSet, site: &SiteCode, now: Timestamp) -> Vec<Closure> {
    let today = day_of(now);
    let of = |notice: &Notice<'_>| {
        if notice.site.is_some_and(|at| at != site) {
            return None;
        }
        let is_over = |until: TimeOfDay| notice.until == today && minute_of(now) >= until.minutes();
        if notice.hours.is_some_and(|(_, until)| is_over(until)) {
            return None;
        }
        let speaks_of = |service| notice.services.is_empty() || notice.services.contains(&service);
        let of = match (speaks_of(Service::Issuance), speaks_of(Service::Renewal)) {
            (true, true) => ClosedCounter::All,
            (true, false) => ClosedCounter::Issuance,
            (false, true) => ClosedCounter::Renewal,
            (false, false) => return None,
        };
        let hours = notice.hours.map(|(from, until)| (from.minutes(), until.minutes()));
        Some(Closure { why: notice.why, of, from: notice.from, until: notice.until, hours })
    };
    rules.notices(today).iter().filter_map(of).collect()
}

/// The city's office as the rules of today have it.
fn office(app: &App) -> Office {
    let city = &app.settings.profile.city;
    let city = Bilingual::new(&city.name_ja, &city.name_en);
    let rules = app.rules();
    let Some(site) = rules.site(&app.settings.site, app.today()) else {
        // A site without a rule takes no reservations either. Its pages still stand, without telephone.
        tracing::error!(site = %app.settings.site, "no rule describes the site");
        let counter = Venue { name: city.clone(), address: Bilingual::default() };
        return Office { city, telephone: String::new(), telephone_hours: Bilingual::default(), counter };
    };
    Office {
        city,
        telephone: site.telephone.clone(),
        telephone_hours: Bilingual::new(&site.telephone_hours_ja, &site.telephone_hours_en),
        counter: venue(site),
    }
}

fn venue(site: &Site) -> Venue {
    Venue {
        name: Bilingual::new(&site.name_ja, &site.name_en),
        address: Bilingual::new(&site.address_ja, &site.address_en),
    }
}

/// When and where a booking is: the place of one of its slots, and when each of its people comes.
pub(crate) fn appointment(app: &App, slot: &Slot, mut starts: Vec<Start>) -> Appointment {
    // Whoever was added last may come first.
    starts.sort_unstable();
    let place = app.rules().site(&slot.site, slot.day).map(venue);
    let place = place.unwrap_or_else(|| office(app).counter);
    Appointment { service: slot.service, day: slot.day, starts, place }
}

/// How many minutes a place is held.
pub(crate) fn hold_minutes(app: &App, service: Service) -> u16 {
    // A service without deadlines takes no reservations, so no page asks.
    app.rules().booking(service, app.today()).map_or(0, |booking| booking.hold_minutes)
}
