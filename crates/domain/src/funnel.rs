//! 進捗: how many cards stand at which step of their way, since when, and where they wait longest.
//!
//! An age is a number of open days: a card that came to its step on a Friday is one day old on Monday. What is counted is the
//! cards themselves, grouped by consignment, step and day; nothing here is an average of averages.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::codes;
use crate::id::ConsignmentId;

codes! {
    /// A step of the funnel: where a card waits, and for whom.
    pub enum Step {
        /// 検品待ち: its line is taken, and the passes are not done.
        ToInspect = "to_inspect",
        /// 市への引継ぎ待ち: inspected, and here.
        ToSend = "to_send",
        /// 市で設定中: inspected, and with the city.
        AtCity = "at_city",
        /// 案内の印刷待ち: set up, and without a letter.
        ToPrint = "to_print",
        /// 案内の発送待ち: its letter is printed and not posted.
        ToPost = "to_post",
        /// 予約待ち: its notice is posted, and nobody has booked.
        ToBook = "to_book",
        /// 来庁待ち: booked.
        ToVisit = "to_visit",
        /// カード交付完了.
        Issued = "issued",
        /// 交付せず終了.
        Ended = "ended",
    }
}

impl Step {
    /// The word on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ToInspect => "検品待ち",
            Self::ToSend => "市への引継ぎ待ち",
            Self::AtCity => "市で設定中",
            Self::ToPrint => "案内の印刷待ち",
            Self::ToPost => "案内の発送待ち",
            Self::ToBook => "予約待ち",
            Self::ToVisit => "来庁待ち",
            Self::Issued => "交付済",
            Self::Ended => "交付せず終了",
        }
    }

    /// What is counted, as the page says it.
    pub const fn definition(self) -> &'static str {
        match self {
            Self::ToInspect => {
                "一覧表を取り込み、検品（数量・券面、住民記録、交付通知書）が終わっていないカード"
            }
            Self::ToSend => "検品が終わり、交付前設定（郵送するものは発送）のために市へ渡すのを待つカード",
            Self::AtCity => "検品が終わり、市に渡してあるカード",
            Self::ToPrint => "交付前設定が終わって戻り、交付のご案内をまだ印刷していないカード",
            Self::ToPost => "交付のご案内を印刷し、市の発送日をまだ記録していないカード",
            Self::ToBook => "市が交付通知書を発送し、予約がないカード",
            Self::ToVisit => "予約があり、まだ受け取っていないカード",
            Self::Issued => "市が交付したカード",
            Self::Ended => "交付せずに終わったカード（市の郵送、取下げ、市の引抜き指示など）",
        }
    }

    /// Whether a card waits here.
    pub fn waits(self) -> bool {
        !matches!(self, Self::Issued | Self::Ended)
    }
}

/// Cards of one consignment that came to a step on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// The consignment.
    pub consignment: ConsignmentId,
    /// Where they are.
    pub step: Step,
    /// Since when; for what does not wait, any day.
    pub since: Date,
    /// How many.
    pub cards: u32,
}

/// How long cards have waited at a step, in open days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many wait.
    pub cards: u32,
    /// The age of the oldest.
    pub oldest: u32,
    /// The age in the middle: half of them wait at most so long.
    pub median: u32,
    /// Cards that came to the step today.
    pub today: u32,
}

/// The funnel of some cards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Funnel(BTreeMap<Step, Waiting>);

impl Funnel {
    /// The funnel of some groups on a day. `open_days` are the open days up to and with today, in order; what came before the
    /// first of them counts as old as that.
    pub fn of<'a>(groups: impl Iterator<Item = &'a Group>, today: Date, open_days: &[Date]) -> Self {
        let mut ages: BTreeMap<Step, BTreeMap<u32, u32>> = BTreeMap::new();
        let mut fresh: BTreeMap<Step, u32> = BTreeMap::new();
        for group in groups {
            let age = age(group.since, open_days);
            *ages.entry(group.step).or_default().entry(age).or_default() += group.cards;
            if group.since == today {
                *fresh.entry(group.step).or_default() += group.cards;
            }
        }
        let waiting = |(step, ages): (Step, BTreeMap<u32, u32>)| {
            let cards = ages.values().sum();
            let today = fresh.get(&step).copied().unwrap_or(0);
            let oldest = ages.keys().next_back().copied().unwrap_or(0);
            (step, Waiting { cards, oldest, median: median(&ages, cards), today })
        };
        Self(ages.into_iter().map(waiting).collect())
    }

    /// What stands at a step.
    pub fn at(&self, step: Step) -> Waiting {
        self.0.get(&step).copied().unwrap_or_default()
    }

    /// All cards.
    pub fn all(&self) -> u32 {
        self.0.values().map(|waiting| waiting.cards).sum()
    }

    /// Cards whose way is not over.
    pub fn open(&self) -> u32 {
        self.0.iter().filter(|(step, _)| step.waits()).map(|(_, waiting)| waiting.cards).sum()
    }

    /// Where the middle card waits longest, and of these the fuller one: what holds the others up. Before a visit nobody waits
    /// for work of ours: neither a citizen who has not booked nor one who has is a bottleneck.
    pub fn bottleneck(&self) -> Option<(Step, Waiting)> {
        let ours = |step: Step| step.waits() && !matches!(step, Step::ToBook | Step::ToVisit);
        let old = self.0.iter().filter(|(step, waiting)| ours(**step) && waiting.median > 0);
        old.max_by_key(|(_, waiting)| (waiting.median, waiting.cards))
            .map(|(step, waiting)| (*step, *waiting))
    }
}

/// The open days since a day: those after it, up to today.
fn age(since: Date, open_days: &[Date]) -> u32 {
    let after = open_days.iter().rev().take_while(|day| **day > since).count();
    u32::try_from(after).unwrap_or(u32::MAX)
}

/// The age of the card in the middle; of two middle ones the younger.
fn median(ages: &BTreeMap<u32, u32>, cards: u32) -> u32 {
    let middle = cards.div_ceil(2);
    let mut passed = 0;
    for (age, count) in ages {
        passed += count;
        if passed >= middle {
            return *age;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::id::Id;

    /// Thursday, Friday, Monday, Tuesday.
    const DAYS: [Date; 4] = [date(2026, 11, 5), date(2026, 11, 6), date(2026, 11, 9), date(2026, 11, 10)];

    fn group(step: Step, since: Date, cards: u32) -> Group {
        Group { consignment: ConsignmentId::from_parts(1, 1), step, since, cards }
    }

    fn funnel(groups: &[Group]) -> Funnel {
        Funnel::of(groups.iter(), date(2026, 11, 10), &DAYS)
    }

    #[test]
    fn r5_c6_ages_are_open_days_and_the_middle_card_counts() {
        let found = funnel(&[
            group(Step::ToInspect, date(2026, 11, 6), 2),
            group(Step::ToInspect, date(2026, 11, 10), 3),
            group(Step::ToInspect, date(2026, 11, 8), 1),
        ]);
        // Friday's cards are two open days old on Tuesday, Sunday's as well; three of six came today.
        assert_eq!(found.at(Step::ToInspect), Waiting { cards: 6, oldest: 2, median: 0, today: 3 });
        let found =
            funnel(&[group(Step::ToSend, date(2026, 11, 6), 2), group(Step::ToSend, date(2026, 11, 10), 1)]);
        assert_eq!(found.at(Step::ToSend).median, 2);
        // What is older than the days that are known is as old as they are.
        assert_eq!(funnel(&[group(Step::ToSend, date(2025, 1, 1), 1)]).at(Step::ToSend).oldest, 4);
        assert_eq!(funnel(&[]).at(Step::ToSend), Waiting::default());
    }

    #[test]
    fn r5_c6_the_bottleneck_is_where_our_middle_card_waits_longest() {
        let found = funnel(&[
            group(Step::ToInspect, date(2026, 11, 9), 500),
            group(Step::AtCity, date(2026, 11, 5), 2),
            group(Step::ToBook, date(2026, 11, 1), 900),
            group(Step::Issued, date(2026, 11, 1), 90),
        ]);
        assert_eq!(found.bottleneck().map(|(step, waiting)| (step, waiting.median)), Some((Step::AtCity, 3)));
        assert_eq!((found.all(), found.open()), (1492, 1402));
        assert_eq!(funnel(&[group(Step::ToInspect, date(2026, 11, 10), 5)]).bottleneck(), None);
    }

    #[test]
    fn r5_c6_every_figure_has_a_word_and_a_definition() {
        let words: std::collections::BTreeSet<_> = Step::ALL.iter().map(|step| step.label()).collect();
        assert_eq!(words.len(), Step::ALL.len());
        assert!(Step::ALL.iter().all(|step| step.definition().chars().count() > 5));
    }
}
