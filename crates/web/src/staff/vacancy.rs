//! 空き: what is free, taken and beyond of each service at each site, by slot, by week and by month.
//!
//! Only counts stand here, so looking is no view of anybody's records. The page looks again by itself (`live.js`), and an
//! unchanged picture is answered in a line; without JavaScript it is what it was when it was opened.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::capacity::{Closure, Grant, Opening, Used};
use domain::permission::Permission;
use domain::reservation::Channel;
use domain::rules::RuleSet;
use domain::service::{Service, SiteCode};
use domain::time::{Start, era_date, month_day_ja};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::counter::{route, site_name};
use super::desk::{Access, Desk, Signed};
use super::field;
use super::renewal::route as renewal;
use super::{Layout, Task};
use crate::App;
use crate::kit::page::respond_unless_known;
use crate::kit::{Page, PageError};

/// Registers the screen.
pub(crate) fn routes(desk: Desk) -> Desk {
    desk.get("/vacancies", Access::May(Permission::SeeReservations), show)
}

/// How much of the calendar is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Span {
    /// One day by slot.
    Day,
    /// A week by hour.
    Week,
    /// A month by day.
    #[default]
    Month,
}

impl Span {
    const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Day => "日（枠ごと）",
            Self::Week => "週",
            Self::Month => "月",
        }
    }

    /// The days that are seen with a day: itself, its week from Monday on, the whole weeks of its month.
    fn days(self, day: Date) -> (Date, Date) {
        let monday = |day: Date| day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days());
        match self {
            Self::Day => (day, day),
            Self::Week => (monday(day), monday(day).saturating_add(6.days())),
            Self::Month => {
                (monday(day.first_of_month()), monday(day.last_of_month()).saturating_add(6.days()))
            }
        }
    }

    /// The same span before and after.
    fn beside(self, day: Date) -> [Date; 2] {
        match self {
            Self::Day => [day.saturating_sub(1.day()), day.saturating_add(1.day())],
            Self::Week => [day.saturating_sub(7.days()), day.saturating_add(7.days())],
            Self::Month => [
                day.first_of_month().saturating_sub(1.month()),
                day.first_of_month().saturating_add(1.month()),
            ],
        }
    }
}

/// The query.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    service: Option<String>,
    #[serde(default)]
    site: Option<String>,
    #[serde(default)]
    span: Span,
    day: Option<String>,
}

/// Places, summed over slots.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Granted by the rules.
    pub(crate) places: u32,
    /// Taken, those beyond too.
    pub(crate) taken: u32,
    /// Not taken.
    pub(crate) free: u32,
    /// Taken beyond those of their slot.
    pub(crate) beyond: u32,
}

impl Figures {
    fn add(&mut self, slot: Slot) {
        let (places, taken) = (u32::from(slot.places), slot.used.total());
        self.places += places;
        self.taken += taken;
        self.free += places.saturating_sub(taken);
        self.beyond += taken.saturating_sub(places);
    }

    fn is_full(self) -> bool {
        self.places > 0 && self.free == 0
    }
}

#[derive(Clone, Copy)]
struct Slot {
    places: u16,
    used: Used,
    /// How many of the free ones the web may have now.
    web: u32,
}

/// A slot of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) time: Start,
    pub(crate) used: Used,
    pub(crate) figures: Figures,
    /// How many of the free ones the web may have now.
    pub(crate) web: u32,
}

/// A day of the week or of the month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) day: Date,
    /// The day by slot.
    pub(crate) href: String,
    pub(crate) name: String,
    /// Of the days around the month, which stand in its first and last week.
    pub(crate) is_outside: bool,
    pub(crate) is_today: bool,
    /// Why nobody can come; empty: it is open.
    pub(crate) closed: String,
    pub(crate) figures: Figures,
    /// By the hour of the clock.
    hours: BTreeMap<u16, Figures>,
}

impl Cell {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
    fn hour(&self, hour: &u16) -> Option<Figures> {
        self.hours.get(hour).copied()
    }
}

/// A site that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) code: SiteCode,
    pub(crate) name: String,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/vacancy.html")]
pub(crate) struct VacancyPage {
    pub(crate) layout: Layout,
    pub(crate) service: Service,
    pub(crate) span: Span,
    pub(crate) day: Date,
    pub(crate) title: String,
    /// The site, with its name.
    pub(crate) site: Place,
    /// Every service that takes reservations, and every site of the day; a choice of one is none.
    pub(crate) services: Vec<Service>,
    pub(crate) sites: Vec<Place>,
    /// Whether the terminal's own reservations are these: only their lists stand here.
    pub(crate) is_own: bool,
    pub(crate) cells: Vec<Cell>,
    /// The hours that stand in the week.
    pub(crate) hours: Vec<u16>,
    /// The slots of the day.
    pub(crate) lines: Vec<Line>,
}

impl Page for VacancyPage {}

impl VacancyPage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
    fn href(&self, service: &Service, site: &Place, span: &Span) -> String {
        address_at(*service, &site.code, *span, self.day)
    }

    fn beside(&self) -> [String; 2] {
        self.span.beside(self.day).map(|day| address_at(self.service, &self.site.code, self.span, day))
    }

    /// Where the reservations of the day stand, if they are this terminal's and have a list.
    fn list_href(&self) -> Option<String> {
        match self.service {
            Service::Issuance if self.is_own => Some(route::day(self.day)),
            Service::Renewal if self.is_own => Some(renewal::day(self.day)),
            _ => None,
        }
    }

    fn total(&self) -> Figures {
        let mut total = Figures::default();
        for cell in self.cells.iter().filter(|cell| !cell.is_outside) {
            total.places += cell.figures.places;
            total.taken += cell.figures.taken;
            total.free += cell.figures.free;
            total.beyond += cell.figures.beyond;
        }
        total
    }
}

/// The address of a part of the calendar.
fn address_at(service: Service, site: &SiteCode, span: Span, day: Date) -> String {
    format!("/vacancies?service={service}&site={site}&span={}&day={day}", span.code())
}

/// The calendar of this terminal's own site.
pub(crate) fn address(service: Service, span: Span, day: Date) -> String {
    format!("/vacancies?service={service}&span={}&day={day}", span.code())
}

/// Shows a day, a week or a month.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response, PageError> {
    let service: Service = match asked.service.as_deref() {
        None | Some("") => Service::Issuance,
        Some(code) => field::id(code)?,
    };
    let (rules, today) = (app.rules(), app.today());
    let services = Service::ALL.iter().copied().filter(|service| rules.booking(*service, today).is_some());
    let services: Vec<Service> = services.collect();
    if !services.contains(&service) {
        return Err(PageError::NotFound);
    }
    let site: SiteCode = match asked.site.as_deref() {
        None | Some("") => app.settings.site.clone(),
        Some(code) => field::id(code)?,
    };
    let day = asked.day.as_deref().filter(|day| !day.is_empty());
    let day = day.map(field::day_in).transpose()?.unwrap_or_else(|| app.today());
    let (from, until) = asked.span.days(day);
    // A site that ended still has its days, and one that opens has them before.
    let place = |code: &SiteCode| Place { code: code.clone(), name: name_of(&app, service, code, day) };
    let sites: Vec<Place> = rules.all_sites().iter().map(place).collect();
    let own = app.settings.site.clone();
    if site != own && !sites.iter().any(|known| known.code == site) {
        return Err(PageError::NotFound);
    }
    let (shown, of) = (place(&site), site.clone());
    let used = app.db.read(move |reader| store::capacity::used(reader, service, &of, from, until)).await?;
    let used: BTreeMap<(Date, Start), Used> =
        used.into_iter().map(|(day, start, used)| ((day, start), used)).collect();
    let picture = Picture { rules, service, site, used, now: app.now(), today: app.today() };
    let whole = from.series(1.day()).take_while(|day| *day <= until);
    let cells: Vec<Cell> = whole
        .map(|one| Cell {
            is_outside: asked.span == Span::Month && (one.year(), one.month()) != (day.year(), day.month()),
            ..picture.cell(one)
        })
        .collect();
    let mut hours: Vec<u16> = cells.iter().flat_map(|cell| cell.hours.keys().copied()).collect();
    hours.sort_unstable();
    hours.dedup();
    let title = match asked.span {
        Span::Day => era_date(day),
        Span::Week => format!("{}から{}まで", month_day_ja(from), month_day_ja(until)),
        Span::Month => format!("令和{}年{}月", day.year() - 2018, day.month()),
    };
    let page = VacancyPage {
        layout: signed.layout(format!("{}の空き {title}", service.label())).within(Task::Reservations),
        service,
        span: asked.span,
        day,
        title,
        is_own: shown.code == own,
        site: shown,
        services,
        sites,
        cells,
        hours,
        lines: if asked.span == Span::Day { picture.lines(day) } else { Vec::new() },
    };
    Ok(respond_unless_known(&page, &headers))
}

/// What a site is called on a day.
fn name_of(app: &App, service: Service, site: &SiteCode, day: Date) -> String {
    site_name(app, &domain::journal::BusinessDay { service, site: site.clone(), day })
}

/// What is known of the days.
struct Picture {
    rules: Arc<RuleSet>,
    service: Service,
    site: SiteCode,
    used: BTreeMap<(Date, Start), Used>,
    now: Timestamp,
    today: Date,
}

impl Picture {
    /// The slots of a day: those that the rules grant, and those that hold somebody though they grant nothing any more.
    fn slots(&self, day: Date) -> BTreeMap<Start, Slot> {
        let slot = |start: Start, grant: &Grant| {
            let used = self.used.get(&(day, start)).copied().unwrap_or_default();
            Slot { places: grant.places, used, web: grant.free(Channel::Web, self.now, used) }
        };
        let granted = self.rules.slots(self.service, &self.site, day);
        let mut slots: BTreeMap<Start, Slot> =
            granted.iter().map(|(start, grant)| (*start, slot(*start, grant))).collect();
        for ((of, start), used) in &self.used {
            if *of == day && used.total() > 0 {
                let grant = || self.rules.grant(self.service, &self.site, day, *start);
                slots.entry(*start).or_insert_with(|| slot(*start, &grant()));
            }
        }
        slots
    }

    fn cell(&self, day: Date) -> Cell {
        let closed = match self.rules.opening(self.service, &self.site, day) {
            Opening::Open { .. } => String::new(),
            Opening::Closed { reason: Closure::Rule { reason, .. } } => reason,
            Opening::Closed { .. } => "閉庁日".to_owned(),
        };
        let (mut figures, mut hours) = (Figures::default(), BTreeMap::<u16, Figures>::new());
        for (start, slot) in self.slots(day) {
            figures.add(slot);
            hours.entry(start.minutes() / 60).or_default().add(slot);
        }
        Cell {
            day,
            href: address_at(self.service, &self.site, Span::Day, day),
            name: month_day_ja(day),
            is_outside: false,
            is_today: day == self.today,
            closed,
            figures,
            hours,
        }
    }

    fn lines(&self, day: Date) -> Vec<Line> {
        let line = |(time, slot): (Start, Slot)| {
            let mut figures = Figures::default();
            figures.add(slot);
            Line { time, used: slot.used, figures, web: slot.web }
        };
        let slots = self.slots(day);
        // Open, and nothing to reserve: full is something else.
        if slots.values().all(|slot| slot.places == 0 && slot.used.total() == 0) {
            return Vec::new();
        }
        slots.into_iter().map(line).collect()
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use jiff::civil::date;

    use super::*;
    use crate::staff::layout::samples;

    fn place(code: &str, name: &str) -> Place {
        Place { code: code.parse().unwrap(), name: name.to_owned() }
    }

    fn page(span: Span, service: Service) -> VacancyPage {
        let day = date(2026, 11, 24);
        let (from, until) = span.days(day);
        let figures = |n: i8| Figures {
            places: 24,
            taken: u32::from(n.unsigned_abs() % 26),
            free: 24_u32.saturating_sub(u32::from(n.unsigned_abs() % 26)),
            beyond: u32::from(n.unsigned_abs() % 26).saturating_sub(24),
        };
        let cell = |one: Date| {
            let closed = one.weekday().to_monday_zero_offset() == 6;
            Cell {
                day: one,
                href: address_at(service, &"honcho".parse().unwrap(), Span::Day, one),
                name: month_day_ja(one),
                is_outside: one.month() != 11 && span == Span::Month,
                is_today: one == day,
                closed: if closed { "閉庁日".to_owned() } else { String::new() },
                figures: if closed { Figures::default() } else { figures(one.day()) },
                hours: if closed {
                    BTreeMap::new()
                } else {
                    (9..17).map(|hour| (hour, figures(one.day()))).collect()
                },
            }
        };
        let line = |minutes: u16| Line {
            time: minutes.try_into().unwrap(),
            used: Used { web: 2, desk: u32::from(minutes % 3), walk_in: 0 },
            figures: figures((minutes % 27).try_into().unwrap()),
            web: 1,
        };
        VacancyPage {
            layout: Layout::new("交付の空き", day, Some(samples::person())).within(Task::Reservations),
            service,
            span,
            day,
            title: "令和8年11月".to_owned(),
            site: place("honcho", "本庁"),
            services: vec![Service::Issuance, Service::Renewal],
            sites: if service == Service::Renewal {
                vec![place("honcho", "本庁"), place("senri", "千里出張所")]
            } else {
                vec![place("honcho", "本庁")]
            },
            is_own: true,
            cells: from.series(1.day()).take_while(|one| *one <= until).map(cell).collect(),
            hours: (9..17).collect(),
            lines: if span == Span::Day { (0..12).map(|n| line(540 + n * 10)).collect() } else { Vec::new() },
        }
    }

    #[test]
    fn r4_f_the_calendar_of_free_places_is_whole() {
        let folder = std::env::var("MADOGUCHI_SAMPLES").ok();
        for (span, service) in
            [(Span::Day, Service::Issuance), (Span::Week, Service::Renewal), (Span::Month, Service::Issuance)]
        {
            let html = page(span, service).render().unwrap();
            assert_eq!(html.matches("<h1>").count(), 1, "{span:?}");
            assert_eq!(html.matches("data-live>").count(), 1, "{span:?}");
            assert_eq!(html.contains("千里出張所"), service == Service::Renewal, "one site is no choice");
            for mark in ["{{", "{%", " style=\"", " onclick"] {
                assert!(!html.contains(mark), "{span:?}: {mark}");
            }
            if let Some(folder) = &folder {
                let name = format!("vacancy-{}.html", span.code());
                std::fs::write(std::path::Path::new(folder).join(name), html).unwrap();
            }
        }
    }

    #[test]
    fn r4_f_a_week_begins_on_monday_and_a_month_has_whole_weeks() {
        assert_eq!(Span::Week.days(date(2026, 11, 29)), (date(2026, 11, 23), date(2026, 11, 29)));
        assert_eq!(Span::Month.days(date(2026, 11, 24)), (date(2026, 10, 26), date(2026, 12, 6)));
        assert_eq!(Span::Month.beside(date(2026, 12, 31)), [date(2026, 11, 1), date(2027, 1, 1)]);
    }
}
