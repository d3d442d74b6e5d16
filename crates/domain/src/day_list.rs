//! The list of an open day as it was frozen, and what is so otherwise by now (11(5)ウ(オ), 11(6)ウ(ア)).
//!
//! A frozen list is evidence of what the city was given. It is never changed: each later change is a difference,
//! which a person has to see before the visitor comes.

use jiff::civil::Date;

use crate::codes;
use crate::time::Start;

codes! {
    /// A duty of every open day, with an hour of the clock and one who owns it.
    pub enum Duty {
        /// 8:50 までの開庁準備.
        Ready = "ready",
        /// 翌開庁日の予約リストを正午までに市へ.
        List = "list",
        /// 翌開庁日の引き抜き.
        Pull = "pull",
        /// 締め.
        Close = "close",
    }
}

impl Duty {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ready => "開庁準備",
            Self::List => "予約リストの引継ぎ",
            Self::Pull => "引き抜き",
            Self::Close => "締め",
        }
    }
}

/// How a reservation is otherwise than on the frozen list of its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// It is for the day now and stands not on the list.
    Added {
        /// When the visitor comes.
        start: Start,
    },
    /// It moved within the day.
    Time {
        /// When the visitor comes now.
        start: Start,
    },
    /// It moved to another day.
    Away {
        /// To which.
        day: Date,
    },
    /// It was cancelled.
    Cancelled,
    /// The city wants the card back (引抜き指示), or it ended otherwise.
    Recalled,
}

/// A reservation that stood on the list, as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Its day.
    pub day: Date,
    /// Its start.
    pub start: Start,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Whether its card ended without being issued.
    pub card_ended: bool,
}

impl Difference {
    /// How a reservation that stood on the list of `day` at `listed` is otherwise now, if it is.
    pub fn of(day: Date, listed: Start, now: Now) -> Option<Self> {
        if now.card_ended {
            Some(Self::Recalled)
        } else if now.cancelled {
            Some(Self::Cancelled)
        } else if now.day != day {
            Some(Self::Away { day: now.day })
        } else if now.start != listed {
            Some(Self::Time { start: now.start })
        } else {
            None
        }
    }

    /// The word for it with what it led to, by which it is remembered that somebody saw it. Another change of the
    /// same reservation is another code, so that it has to be seen anew.
    pub fn code(self) -> String {
        match self {
            Self::Added { start } => format!("added@{start}"),
            Self::Time { start } => format!("time@{start}"),
            Self::Away { day } => format!("away@{day}"),
            Self::Cancelled => "cancelled".to_owned(),
            Self::Recalled => "recalled".to_owned(),
        }
    }

    /// Whether the visitor comes on the day of the list.
    pub fn comes(self) -> bool {
        matches!(self, Self::Added { .. } | Self::Time { .. })
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Added { .. } => "追加",
            Self::Time { .. } => "時刻の変更",
            Self::Away { .. } => "別の日へ変更",
            Self::Cancelled => "取消",
            Self::Recalled => "引抜き指示",
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const DAY: Date = date(2026, 11, 25);

    fn now() -> Now {
        Now { day: DAY, start: "9:00".parse().unwrap(), cancelled: false, card_ended: false }
    }

    fn difference(now: Now) -> Option<Difference> {
        Difference::of(DAY, "9:00".parse().unwrap(), now)
    }

    #[test]
    fn r5_c5_what_stands_as_listed_is_no_difference() {
        assert_eq!(difference(now()), None);
    }

    #[test]
    fn r6_c1_the_weightiest_change_is_the_difference() {
        let later: Start = "9:30".parse().unwrap();
        let moved = Now { start: later, ..now() };
        assert_eq!(difference(moved), Some(Difference::Time { start: later }));
        let away = Now { day: date(2026, 11, 27), ..moved };
        assert_eq!(difference(away), Some(Difference::Away { day: away.day }));
        let cancelled = Now { cancelled: true, ..away };
        assert_eq!(difference(cancelled), Some(Difference::Cancelled));
        assert_eq!(difference(Now { card_ended: true, ..cancelled }), Some(Difference::Recalled));
    }

    #[test]
    fn r6_c1_a_second_change_has_to_be_seen_anew() {
        let at = |text: &str| Difference::Time { start: text.parse().unwrap() }.code();
        assert_ne!(at("9:30"), at("9:40"));
        assert_eq!(at("9:30"), "time@9:30");
    }
}
