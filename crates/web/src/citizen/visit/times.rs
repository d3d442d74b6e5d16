//! The third step: the time.

use askama::Template;
use domain::id::{OperationId, VisitId};
use domain::time::Start;
use jiff::civil::Date;

use super::{Again, Availability};
use crate::citizen::{Layout, route};
use crate::key;
use crate::kit::{Page, Texts};

/// One start of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLine {
    /// When it begins.
    pub start: Start,
    /// How much room it has.
    pub availability: Availability,
}

/// The times of a day; pressing one holds it.
#[derive(Template)]
#[template(path = "citizen/visit/times.html")]
pub struct TimesPage {
    texts: Texts,
    layout: Layout,
    banner: Option<Again>,
    day: Date,
    times: Vec<TimeLine>,
    hold_minutes: u16,
    operation: OperationId,
    days_href: String,
    hold_href: String,
}

impl TimesPage {
    /// The times of a day in order. `operation` is new for each showing of the page.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        day: Date,
        times: Vec<TimeLine>,
        hold_minutes: u16,
        operation: OperationId,
        banner: Option<Again>,
    ) -> Self {
        Self {
            texts: layout.texts(),
            layout,
            banner,
            day,
            times,
            hold_minutes,
            operation,
            days_href: route::days(visit),
            hold_href: route::hold(visit),
        }
    }

    fn has_full(&self) -> bool {
        self.times.iter().any(|line| !line.availability.is_free())
    }

    /// Morning and afternoon: id, message, lines.
    fn halves(&self) -> [(&'static str, &'static str, Vec<TimeLine>); 2] {
        let (morning, afternoon) = self.times.iter().partition(|line| line.start.is_morning());
        [("morning", key!("times-morning"), morning), ("afternoon", key!("times-afternoon"), afternoon)]
    }
}

impl Page for TimesPage {}
