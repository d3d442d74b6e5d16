//! What a rule can say on top of places: reductions, and shares of the ways by which people book.

use serde::{Deserialize, Serialize};

use super::body::{Emergency, filled, once, slots_between};
use super::{RuleFault, TimeOfDay, When};
use crate::service::{Service, SiteCode};

/// How far a reduction lowers the places of a slot. It never raises them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// To so many places; 0: none is left.
    To(u16),
    /// To so many hundredths of what the rule of places gives, rounded down; 0 to 99.
    KeepPercent(u8),
}

impl Cut {
    /// What is left of so many places.
    pub fn of(self, places: u16) -> u16 {
        match self {
            Self::To(most) => places.min(most),
            Self::KeepPercent(percent) => {
                let kept = u32::from(places) * u32::from(percent.min(100)) / 100;
                // At most the places themselves.
                u16::try_from(kept).unwrap_or(places)
            }
        }
    }
}

/// Fewer places than usual, for a reason. All that hold count, each on what the rule of places gives, and the lowest
/// result stands: two reasons at once do not multiply, and neither is forgotten when the other ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reduction {
    /// For which services; empty: all.
    #[serde(default)]
    pub services: Vec<Service>,
    /// At which site; none: at all.
    #[serde(default)]
    pub site: Option<SiteCode>,
    /// On which days.
    pub when: When,
    /// For slots that begin at or after this time, a multiple of ten minutes,
    pub from: TimeOfDay,
    /// and end by this time, a multiple of ten minutes.
    pub until: TimeOfDay,
    /// How far.
    pub cut: Cut,
    /// Why, for the staff and the city (駐車場使用不可). Never shown to the public.
    pub reason: String,
    /// An emergency that closes a part of the days: what stands over every public page until it is over; none: nothing.
    /// Only where no place is left, for one day or a range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Emergency>,
}

/// How many of a slot's places each way of booking may have at most, until they are released to all. The most
/// specific rule counts. A way that is not named may have all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    /// For which service.
    pub service: Service,
    /// At which site.
    pub site: SiteCode,
    /// On which days.
    pub when: When,
    /// For slots that begin at or after this time, a multiple of ten minutes,
    pub from: TimeOfDay,
    /// and end by this time, a multiple of ten minutes.
    pub until: TimeOfDay,
    /// At most so many booked on the web.
    #[serde(default)]
    pub web: Option<u16>,
    /// At most so many booked by telephone and at the counter together.
    #[serde(default)]
    pub desk: Option<u16>,
    /// At most so many people without a reservation.
    #[serde(default)]
    pub walk_in: Option<u16>,
    /// So many of the places are given at the counter alone: for people who were sent away and are given another day
    /// before they leave.
    #[serde(default)]
    pub reserve: u16,
    /// When what is unused is released to all; none: never.
    #[serde(default)]
    pub released: Option<Release>,
}

/// When unused places are released to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// On the nth open day before the slot's day; 0: on the day itself.
    pub open_days_before: u8,
    /// From this time on.
    pub at: TimeOfDay,
}

impl Reduction {
    pub(super) fn check(&self) -> Result<(), RuleFault> {
        self.when.check()?;
        once(&self.services)?;
        slots_between(self.from, self.until)?;
        filled(&[&self.reason])?;
        if self.notice.is_some() && self.cut != Cut::To(0) {
            return Err(RuleFault::NoticeOfSome);
        }
        if self.notice.is_some() && self.when.span().is_none() {
            return Err(RuleFault::EndlessNotice);
        }
        // A reduction that keeps all would be a reason without a deed.
        if matches!(self.cut, Cut::KeepPercent(100..)) { Err(RuleFault::WrongShare) } else { Ok(()) }
    }
}

impl Shares {
    pub(super) fn check(&self) -> Result<(), RuleFault> {
        self.when.check()?;
        slots_between(self.from, self.until)?;
        let says_nothing =
            [self.web, self.desk, self.walk_in].iter().all(Option::is_none) && self.reserve == 0;
        if says_nothing { Err(RuleFault::WrongShare) } else { Ok(()) }
    }
}
