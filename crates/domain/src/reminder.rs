//! 受取勧奨: the city writes to those who did not collect their card yet (11(1)ウ, 11(2)ウ). Whom it writes to is a list that the
//! contractor makes by the city's word; sending is the city's act, told afterwards. What came of it is computed.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::card::Stage;
use crate::codes;

codes! {
    /// How far a round is.
    pub enum State {
        /// 名簿作成済: its list stands, and the city has not sent it.
        Listed = "listed",
        /// 送付済: the city sent it on a date.
        Sent = "sent",
        /// 取りやめ: the city does not send it.
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// What became of a card since it was put on the list of a round. Each card is in exactly one.
    pub enum Outcome {
        /// 交付済: handed over.
        Issued = "issued",
        /// 予約中: somebody is expected.
        Booked = "booked",
        /// 来庁・未交付: somebody came and went without it.
        Came = "came",
        /// 取消・不来庁: it was reserved, and nobody came.
        Lapsed = "lapsed",
        /// 動きなし.
        Nothing = "nothing",
        /// 交付せず終了.
        Ended = "ended",
    }
}

/// Fewest and most days since the posting, or since the reminder before, that can be asked for.
pub const DAYS: std::ops::RangeInclusive<u32> = 1..=1_095;

/// Cards of one round at most: what a person can look through, and what the city sends at once.
pub const MOST: u32 = 1_000;

/// Whom a round is for, of the cards that are here, posted, and neither reserved nor held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Criteria {
    /// The notice was posted at least so many days ago.
    pub posted: u32,
    /// The city did not remind of it in so many days before; none: it does not matter.
    pub again: Option<u32>,
}

impl Criteria {
    /// The last day of posting that counts.
    pub fn posted_by(self, today: Date) -> Date {
        today.saturating_sub(i64::from(self.posted).days())
    }

    /// A reminder after this day takes a card off the list; none: none does.
    pub fn not_reminded_after(self, today: Date) -> Option<Date> {
        self.again.map(|days| today.saturating_sub(i64::from(days).days()))
    }
}

/// What is known of a card since it was listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Since {
    /// It has a reservation now.
    pub is_booked: bool,
    /// It was reserved, whatever became of that.
    pub was_booked: bool,
    /// Somebody came for it.
    pub came: bool,
}

impl Outcome {
    /// What became of a card.
    pub fn of(stage: Stage, since: Since) -> Self {
        match stage {
            Stage::Issued => Self::Issued,
            Stage::Ended => Self::Ended,
            _ if since.is_booked => Self::Booked,
            _ if since.came => Self::Came,
            _ if since.was_booked => Self::Lapsed,
            _ => Self::Nothing,
        }
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Issued => "交付済",
            Self::Booked => "予約中",
            Self::Came => "来庁・未交付",
            Self::Lapsed => "取消・不来庁",
            Self::Nothing => "動きなし",
            Self::Ended => "交付せず終了",
        }
    }
}

impl State {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Listed => "名簿作成済（市の送付前）",
            Self::Sent => "市が送付済",
            Self::Withdrawn => "取りやめ",
        }
    }
}

/// How long ago the notice was posted when the list was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// 90 days and less.
    Quarter,
    /// 91 to 180 days.
    HalfYear,
    /// 181 to 365 days.
    Year,
    /// More than 365 days.
    Longer,
}

impl Age {
    /// Every age, the youngest first.
    pub const ALL: [Self; 4] = [Self::Quarter, Self::HalfYear, Self::Year, Self::Longer];

    /// The age of so many days.
    pub fn of(days: i32) -> Self {
        match days {
            ..=90 => Self::Quarter,
            91..=180 => Self::HalfYear,
            181..=365 => Self::Year,
            _ => Self::Longer,
        }
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Quarter => "90日以内",
            Self::HalfYear => "91日〜180日",
            Self::Year => "181日〜365日",
            Self::Longer => "365日を超える",
        }
    }
}

/// Whole days from a day to a later one.
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// The counts of a round, or of an age of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cards on the list.
    pub cards: u32,
    /// Of these, those that were reserved since, whatever became of that.
    pub reserved: u32,
    /// Those for which somebody came.
    pub came: u32,
    /// Those of each outcome, in the order of [`Outcome::ALL`]; together they are the cards.
    pub outcomes: [u32; 6],
}

impl Counts {
    /// Counts so many more cards of which the same is known.
    pub fn take(&mut self, stage: Stage, since: Since, cards: u32) {
        let outcome = Outcome::of(stage, since);
        let handed_over = outcome == Outcome::Issued;
        self.cards += cards;
        self.reserved += if since.is_booked || since.was_booked || handed_over { cards } else { 0 };
        self.came += if since.came || handed_over { cards } else { 0 };
        let place = Outcome::ALL.iter().position(|known| *known == outcome);
        if let Some(count) = place.and_then(|place| self.outcomes.get_mut(place)) {
            *count += cards;
        }
    }

    /// Cards of an outcome.
    pub fn of(&self, outcome: Outcome) -> u32 {
        let place = Outcome::ALL.iter().position(|known| *known == outcome);
        place.and_then(|place| self.outcomes.get(place)).copied().unwrap_or(0)
    }

    /// Those that were reserved, in hundredths of the cards, rounded down.
    pub fn reserved_share(&self) -> u32 {
        (self.reserved * 100).checked_div(self.cards).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn r5_c7_a_reminder_counts_days_from_the_posting() {
        let criteria = Criteria { posted: 90, again: Some(30) };
        let today = date(2026, 11, 24);
        assert_eq!(criteria.posted_by(today), date(2026, 8, 26));
        assert_eq!(days_between(criteria.posted_by(today), today), 90);
        assert_eq!(criteria.not_reminded_after(today), Some(date(2026, 10, 25)));
        assert_eq!(Criteria { posted: 90, again: None }.not_reminded_after(today), None);
        assert_eq!(days_between(date(2025, 11, 24), date(2026, 11, 24)), 365);
        let ages =
            [(90, Age::Quarter), (91, Age::HalfYear), (181, Age::Year), (365, Age::Year), (366, Age::Longer)];
        for (days, age) in ages {
            assert_eq!(Age::of(days), age, "{days}");
        }
    }

    #[test]
    fn r5_c7_what_became_of_a_card_is_one_thing() {
        let of =
            |stage, is_booked, was_booked, came| Outcome::of(stage, Since { is_booked, was_booked, came });
        assert_eq!(of(Stage::Notified, false, false, false), Outcome::Nothing);
        assert_eq!(of(Stage::Notified, true, true, true), Outcome::Booked);
        assert_eq!(of(Stage::Notified, false, true, true), Outcome::Came);
        assert_eq!(of(Stage::Notified, false, true, false), Outcome::Lapsed);
        assert_eq!(of(Stage::Issued, false, true, true), Outcome::Issued);
        assert_eq!(of(Stage::Ended, false, true, false), Outcome::Ended);
    }

    proptest! {
        #[test]
        fn r5_c7_the_outcomes_of_a_round_add_up(cards in prop::collection::vec(
            (prop::sample::select(vec![Stage::Notified, Stage::Issued, Stage::Ended]), any::<[bool; 3]>()), 0..60))
        {
            let mut counts = Counts::default();
            for (stage, [is_booked, was_booked, came]) in &cards {
                counts.take(*stage, Since { is_booked: *is_booked, was_booked: *was_booked, came: *came }, 1);
            }
            prop_assert_eq!(counts.outcomes.iter().sum::<u32>(), counts.cards);
            prop_assert_eq!(u32::try_from(cards.len()).unwrap(), counts.cards);
            prop_assert!(counts.came <= counts.cards && counts.of(Outcome::Issued) <= counts.came);
        }
    }
}
