//! A booking in progress: key, day, time, check, done; and how it can end otherwise.

pub(crate) mod begun;
pub(crate) mod book;
pub mod check;
pub mod days;
pub mod done;
pub mod effort;
pub mod ended;
pub mod family;
pub(crate) mod hold;
pub mod key;
pub mod people;
pub(crate) mod proof;
pub mod times;
pub(crate) mod turn;
pub mod who;

use domain::service::Service;
use domain::time::Start;
use jiff::civil::Date;

use super::Venue;
use crate::availability::{Day, Slot};
use crate::key;

/// How much room a day or a time has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// Places are free.
    Free,
    /// A few places are free.
    Few,
    /// All places are taken.
    Full,
    /// Nothing can be booked here.
    Closed,
}

impl Availability {
    /// A slot: a few are left from a quarter down.
    pub(crate) fn of_slot(slot: &Slot) -> Self {
        Self::of(slot.places, slot.free(), 4)
    }

    /// A day: a few are left from a tenth down, because they lie far apart.
    pub(crate) fn of_day(day: &Day) -> Self {
        Self::of(day.places(), day.free(), 10)
    }

    fn of(places: u32, free: u32, few: u32) -> Self {
        match (places, free) {
            (0, _) => Self::Closed,
            (_, 0) => Self::Full,
            (places, free) if free.saturating_mul(few) <= places => Self::Few,
            _ => Self::Free,
        }
    }

    /// Whether it can be chosen.
    pub fn is_free(self) -> bool {
        matches!(self, Self::Free | Self::Few)
    }

    /// The sign; it never stands without its word.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Free => "○",
            Self::Few => "△",
            Self::Full => "×",
            Self::Closed => "－",
        }
    }

    /// The message with the word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Free => key!("availability-free"),
            Self::Few => key!("availability-few"),
            Self::Full => key!("availability-full"),
            Self::Closed => key!("availability-closed"),
        }
    }

    /// The message with the word for a narrow cell.
    pub fn short_key(self) -> &'static str {
        match self {
            Self::Free => key!("availability-free-short"),
            Self::Few => key!("availability-few-short"),
            Self::Full => key!("availability-full-short"),
            Self::Closed => key!("availability-closed-short"),
        }
    }

    /// The end of the name of its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Free => "yes",
            Self::Few => "few",
            Self::Full | Self::Closed => "no",
        }
    }
}

/// Why the page of days or times is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Somebody was faster.
    Taken,
    /// The day was closed meanwhile, or is outside the bookable days.
    DayClosed,
    /// There are other people now than the page was for.
    OtherPeople,
}

impl Again {
    fn key(self) -> &'static str {
        match self {
            Self::Taken => key!("banner-taken"),
            Self::DayClosed => key!("banner-day-closed"),
            Self::OtherPeople => key!("banner-other-people"),
        }
    }
}

/// When and where a reservation is.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// For what.
    pub service: Service,
    /// The day.
    pub day: Date,
    /// When each of its people comes, in order.
    pub starts: Vec<Start>,
    /// The counter.
    pub place: Venue,
}

/// What the appointment is for, in one message.
pub(crate) fn what(service: Service) -> &'static str {
    match service {
        Service::Renewal => key!("what-renewal"),
        _ => key!("what-issuance"),
    }
}

impl Appointment {
    /// What it is for.
    pub fn what(&self) -> &'static str {
        what(self.service)
    }

    /// Whether it is for a renewal.
    pub fn is_renewal(&self) -> bool {
        self.service == Service::Renewal
    }

    /// When the first of them comes.
    pub fn start(&self) -> Option<Start> {
        self.starts.iter().copied().min()
    }

    /// 9時00分; of a family over several slots, 9時00分に2人、9時10分に1人.
    pub fn times(&self, texts: &crate::kit::Texts) -> String {
        people::times(*texts, &self.starts)
    }

    /// How many people.
    pub fn people(&self) -> usize {
        self.starts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_told_in_four_words() {
        let start: Start = "9:00".parse().unwrap();
        let slot = |places, taken| Availability::of_slot(&Slot { start, places, taken });
        assert_eq!(slot(0, 0), Availability::Closed);
        assert_eq!(slot(4, 4), Availability::Full);
        // Lowered below what is taken.
        assert_eq!(slot(2, 3), Availability::Full);
        assert_eq!(slot(4, 3), Availability::Few);
        assert_eq!(slot(4, 2), Availability::Free);
    }
}
