//! 用品: letters, envelopes, 目隠しシール and whatever else a part of letters uses up; how much is left, on which day it
//! runs out, and from which day on it must be ordered (11(5)ウ(エ): 発送時期や量を見据えて追加印刷).
//!
//! What is used is never typed: it follows from the letters. What is left is the last count, and what was delivered and
//! used since.

use jiff::civil::Date;

use crate::codes;
use crate::rules::RuleSet;
use crate::service::{Service, SiteCode};

/// Open days before today whose use makes the mean.
pub const WINDOW: u8 = 20;

/// Open days that are looked ahead; what lasts longer has no day.
const HORIZON: u64 = 250;

/// The longest time of delivery in open days.
pub const LONGEST_DELIVERY: u32 = 60;

/// Pieces and letters that are believed: more is a slip of the hand.
pub const MOST_PIECES: u32 = 1_000_000;

codes! {
    /// What uses a kind up.
    pub enum Basis {
        /// A letter that is printed.
        Printed = "printed",
        /// An envelope that is checked and closed.
        Stuffed = "stuffed",
    }
}

impl Basis {
    /// The words on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Printed => "案内を印刷したとき",
            Self::Stuffed => "封入したとき",
        }
    }
}

codes! {
    /// What changed a stock beside its use.
    pub enum Move {
        /// 納品.
        Delivered = "delivered",
        /// 数えた.
        Counted = "counted",
    }
}

impl Move {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Delivered => "納品",
            Self::Counted => "数えた",
        }
    }
}

/// How a kind is used and ordered: what the person in charge sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name: 送付用封筒.
    pub name: String,
    /// The word behind a number of it: 枚, 部.
    pub unit: String,
    /// What uses it up.
    pub basis: Basis,
    /// So many pieces …
    pub pieces: u32,
    /// … for so many letters.
    pub letters: u32,
    /// Open days from an order to its delivery.
    pub delivery_days: u32,
}

impl Setting {
    /// The kinds with which a site begins. How many 目隠しシール lie in an envelope and how long a delivery takes are to be
    /// set as they are.
    pub fn first() -> [Self; 3] {
        let of = |name: &str, unit: &str, basis, pieces| Self {
            name: name.to_owned(),
            unit: unit.to_owned(),
            basis,
            pieces,
            letters: 1,
            delivery_days: 10,
        };
        [
            of("交付のご案内の用紙", "枚", Basis::Printed, 1),
            of("送付用封筒", "枚", Basis::Stuffed, 1),
            of("目隠しシール", "枚", Basis::Stuffed, 1),
        ]
    }

    /// Pieces that so many letters use; a piece that is begun is used.
    pub fn used_by(&self, letters: u32) -> u64 {
        (u64::from(letters) * u64::from(self.pieces)).div_ceil(u64::from(self.letters.max(1)))
    }
}

/// What is known of the use and the stock of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The last count and what was delivered since; none: it was never counted.
    pub counted: Option<u32>,
    /// Letters that used it since the last count.
    pub letters_since: u32,
    /// Letters that used it on the open days of the window.
    pub letters_lately: u32,
    /// The day of the first letter of the site: no day before it says anything of the use.
    pub first: Option<Date>,
}

/// The open days whose use makes the mean, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first day.
    pub from: Date,
    /// The last day, before today.
    pub to: Date,
    /// How many open days lie between them.
    pub days: u32,
}

/// The first day of the window, as far as the calendar goes; what is read for the mean begins there.
pub fn window_begins(rules: &RuleSet, site: &SiteCode, today: Date) -> Date {
    let back =
        std::iter::successors(Some(today), |day| rules.previous_open_day(Service::Issuance, site, *day));
    back.take(usize::from(WINDOW) + 1).last().unwrap_or(today)
}

impl Window {
    /// The window before a day; none: there was no open day with letters yet.
    fn of(rules: &RuleSet, site: &SiteCode, today: Date, first: Option<Date>) -> Option<Self> {
        let begins = first?.max(window_begins(rules, site, today));
        let back = std::iter::successors(rules.previous_open_day(Service::Issuance, site, today), |day| {
            rules.previous_open_day(Service::Issuance, site, *day)
        });
        let days: Vec<Date> = back.take(usize::from(WINDOW)).take_while(|day| *day >= begins).collect();
        Some(Self {
            from: *days.last()?,
            to: *days.first()?,
            days: u32::try_from(days.len()).unwrap_or(u32::MAX),
        })
    }
}

/// On which day a kind runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunsOut {
    /// It was never counted.
    NotCounted,
    /// Nothing was used on the days of the window.
    NoUse,
    /// It lasts longer than the days that are looked ahead.
    Later,
    /// On this open day what is left is not enough for a day's use.
    On(Date),
}

/// Whether a kind is to be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// Not yet, or nobody can say.
    None,
    /// Today or before was the last day on which an order comes in time.
    Order,
    /// Nothing is left by the records.
    Empty,
}

/// What is foreseen of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// What is left; less than nothing: more was used than the records know.
    pub stock: Option<i64>,
    /// The days of the mean.
    pub window: Option<Window>,
    /// Tenths of a piece that an open day used.
    pub tenths_a_day: Option<u64>,
    /// When it runs out.
    pub runs_out: RunsOut,
    /// The last day on which an order comes in time.
    pub order_by: Option<Date>,
    /// Whether it is to be ordered.
    pub warning: Warning,
}

impl Forecast {
    /// Foresees, as of a day.
    pub fn of(rules: &RuleSet, site: &SiteCode, today: Date, setting: &Setting, known: &Known) -> Self {
        let used = i64::try_from(setting.used_by(known.letters_since)).unwrap_or(i64::MAX);
        let stock = known.counted.map(|counted| i64::from(counted).saturating_sub(used));
        let window = Window::of(rules, site, today, known.first);
        // Pieces of the window, times the letters of one step of the setting, so that nothing is rounded on the way.
        let lately = u64::from(known.letters_lately) * u64::from(setting.pieces);
        let steps = u64::from(setting.letters.max(1));
        let tenths_a_day = window.map(|window| lately * 10 / (steps * u64::from(window.days)));
        let runs_out = match (stock, window) {
            (None, _) => RunsOut::NotCounted,
            (Some(_), Some(window)) if lately > 0 => {
                let left = u64::try_from(stock.unwrap_or(0)).unwrap_or(0);
                let whole = left * steps * u64::from(window.days) / lately;
                match u8::try_from(whole + 1).ok().filter(|_| whole < HORIZON) {
                    None => RunsOut::Later,
                    Some(n) => rules
                        .nth_open_day_after(Service::Issuance, site, today, n)
                        .map_or(RunsOut::Later, RunsOut::On),
                }
            }
            (Some(_), _) => RunsOut::NoUse,
        };
        let order_by = match runs_out {
            RunsOut::On(day) => {
                let days = u8::try_from(setting.delivery_days).unwrap_or(u8::MAX);
                rules.nth_open_day_before(Service::Issuance, site, day, days)
            }
            _ => None,
        };
        let warning = if stock.is_some_and(|left| left <= 0) {
            Warning::Empty
        } else if order_by.is_some_and(|last| last <= today) {
            Warning::Order
        } else {
            Warning::None
        };
        Self { stock, window, tenths_a_day, runs_out, order_by, warning }
    }
}

#[cfg(test)]
#[path = "supply_tests.rs"]
mod tests;
