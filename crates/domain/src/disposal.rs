//! 保管期限と廃棄: how long a card is kept that nobody collects, what puts that off, and when the city may have it destroyed.
//!
//! A card is kept for so many months from the first posting of its notice, and for so many from the last reminder, whichever
//! ends later. One that the city never reminded of has no last day. The last day that is printed on a notice is none of these:
//! until a card is recalled it is booked and handed out as ever. Destroying is the city's act alone.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::codes;

codes! {
    /// Why a card is kept for longer.
    pub enum Reason {
        /// 入院・施設入所.
        Hospital = "hospital",
        /// 長期不在 (出張・留学など).
        Away = "away",
        /// 本人・代理人から受け取ると連絡.
        Told = "told",
        /// 市の指示.
        City = "city",
    }
}

impl Reason {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Hospital => "入院・施設入所",
            Self::Away => "長期の不在",
            Self::Told => "受け取ると連絡あり",
            Self::City => "市の指示",
        }
    }
}

/// For how many months a card is kept; 0 is no time at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Months {
    /// From the first posting of its notice.
    pub posted: u8,
    /// From the last reminder that the city sent.
    pub reminded: u8,
}

/// Where a card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// 期限を過ぎた: its last day is over.
    Past,
    /// まもなく期限: its last day is within a month.
    Soon,
    /// 保管の延長: its last day is over or near, and somebody said why it is kept.
    Extended,
    /// There is time.
    Later,
}

impl Months {
    /// The last day on which a card is kept whose notice was posted, and of which the city reminded, on these days.
    pub fn last_day(self, posted: Date, reminded: Date) -> Date {
        let posted = posted.saturating_add(i64::from(self.posted).months());
        posted.max(reminded.saturating_add(i64::from(self.reminded).months()))
    }

    /// A day by which the notice of every card was posted whose last day is by then; some that were posted by it have a
    /// later one. Months differ by three days.
    pub fn posted_by(self, last_day: Date) -> Date {
        last_day.saturating_sub(i64::from(self.posted).months()).saturating_add(3.days())
    }
}

/// Until when last days are shown that are near.
pub fn near(today: Date) -> Date {
    today.saturating_add(1.months())
}

impl Standing {
    /// Where a card with a last day stands, which is kept until a day where somebody said so.
    pub fn of(last_day: Date, extended: Option<Date>, today: Date) -> Self {
        if last_day > near(today) {
            Self::Later
        } else if extended.is_some_and(|until| until >= today) {
            Self::Extended
        } else if last_day < today {
            Self::Past
        } else {
            Self::Soon
        }
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Past => "期限を過ぎた",
            Self::Soon => "1か月以内に期限",
            Self::Extended => "保管を延長中",
            Self::Later => "期限前",
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const USUAL: Months = Months { posted: 12, reminded: 3 };

    #[test]
    fn r5_c7_the_later_of_both_is_the_last_day() {
        let of = |posted, reminded| USUAL.last_day(posted, reminded);
        assert_eq!(of(date(2026, 1, 15), date(2026, 6, 1)), date(2027, 1, 15));
        assert_eq!(of(date(2026, 1, 15), date(2026, 12, 20)), date(2027, 3, 20));
        // Months end where they end.
        assert_eq!(of(date(2028, 2, 29), date(2028, 3, 1)), date(2029, 2, 28));
        assert_eq!(of(date(2026, 1, 15), date(2026, 11, 30)), date(2027, 2, 28));
    }

    #[test]
    fn r5_c7_a_card_is_past_the_day_after_its_last_one() {
        let last = date(2027, 1, 15);
        let on = |today| Standing::of(last, None, today);
        assert_eq!(on(date(2026, 12, 14)), Standing::Later);
        assert_eq!(on(date(2026, 12, 15)), Standing::Soon);
        assert_eq!(on(last), Standing::Soon);
        assert_eq!(on(date(2027, 1, 16)), Standing::Past);
        let kept = |until, today| Standing::of(last, Some(until), today);
        assert_eq!(kept(date(2027, 3, 31), date(2027, 3, 31)), Standing::Extended);
        assert_eq!(kept(date(2027, 3, 31), date(2027, 4, 1)), Standing::Past);
    }

    proptest! {
        #[test]
        fn r5_c7_no_card_is_missed_by_the_day_of_posting(
            posted in 0_i64..2_000, more in 0_i64..2_000, months in 1_u8..36, reminded in 1_u8..36)
        {
            let months = Months { posted: months, reminded };
            let posted = date(2024, 1, 1).saturating_add(posted.days());
            let last = months.last_day(posted, posted.saturating_add(more.days()));
            prop_assert!(posted <= months.posted_by(last), "{posted} {last}");
        }
    }
}
