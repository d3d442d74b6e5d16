//! What the story has done, counted where it does it and by nothing of the program: the other side of every figure.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::ReservationId;
use domain::reception::Reason;
use domain::reservation::Channel;
use domain::service::Service;
use jiff::civil::Date;
use store::reservation::Reservation;

/// The acts that end a reservation, and what the story counts of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Cancelled before the visit.
    Cancelled,
    /// The card was handed over by the city.
    Issued,
    /// Sent away without it.
    SentAway(Reason),
    /// Went away before the end.
    Left,
    /// Nobody came.
    NotCome,
}

/// The reservations of one day.
#[derive(Debug, Default)]
struct Day {
    booked: BTreeMap<&'static str, u32>,
    moved: u32,
    cancelled: u32,
    issued: u32,
    away: BTreeMap<&'static str, u32>,
    left: u32,
    not_come: u32,
}

/// What was done since the close before.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Lists taken.
    pub(crate) consignments: u32,
    /// Cards in them.
    pub(crate) received: u32,
    /// Cards that passed all three inspections.
    pub(crate) inspected: u32,
    /// Cards given to the city to be set up, and taken back.
    pub(crate) set_up: u32,
    /// Letters printed and posted.
    pub(crate) letters: u32,
    /// Reservations taken.
    booked: BTreeMap<&'static str, u32>,
    moved: u32,
    cancelled: u32,
    /// Incidents opened.
    pub(crate) incidents: u32,
    /// Of them, cards that nobody found.
    pub(crate) missing: u32,
    /// Incidents ended.
    pub(crate) ended: u32,
    /// Results of closed days that were corrected.
    pub(crate) corrections: u32,
}

/// Where cards lie when a day is closed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cards {
    /// All cards that ever came.
    pub(crate) all: u32,
    /// Of them on the desk.
    pub(crate) desk: u32,
    /// Of them with their citizens.
    pub(crate) issued: u32,
    /// Of them missing.
    pub(crate) missing: u32,
    /// Of them pulled for the next open day.
    pub(crate) tray: u32,
    /// Incidents that have not ended.
    pub(crate) incidents: u32,
}

/// Everything that was done.
#[derive(Debug, Default)]
pub(crate) struct Told {
    days: BTreeMap<Date, Day>,
    /// The days that reservations have left, until they come back to them.
    gone: BTreeSet<(Date, ReservationId)>,
    /// Since the close before.
    pub(crate) work: Work,
    /// Now.
    pub(crate) cards: Cards,
}

impl Told {
    fn day(&mut self, day: Date) -> &mut Day {
        self.days.entry(day).or_default()
    }

    /// A reservation was taken.
    pub(crate) fn books(&mut self, day: Date, channel: Channel) {
        *self.day(day).booked.entry(channel.label()).or_default() += 1;
        *self.work.booked.entry(channel.label()).or_default() += 1;
    }

    /// A reservation was moved, perhaps to another day, perhaps back to one that it had left.
    pub(crate) fn moves(&mut self, before: &Reservation, to: Date) {
        self.work.moved += 1;
        let from = before.slot.day;
        if from == to {
            return;
        }
        self.gone.insert((from, before.id));
        self.day(from).moved += 1;
        if self.gone.remove(&(to, before.id)) {
            self.day(to).moved -= 1;
        } else {
            *self.day(to).booked.entry(before.channel.label()).or_default() += 1;
        }
    }

    /// A reservation ended.
    pub(crate) fn ends(&mut self, day: Date, end: End) {
        match end {
            End::Cancelled => {
                self.day(day).cancelled += 1;
                self.work.cancelled += 1;
            }
            End::Issued => {
                self.day(day).issued += 1;
                self.cards.issued += 1;
            }
            End::SentAway(reason) => *self.day(day).away.entry(reason.label()).or_default() += 1,
            End::Left => self.day(day).left += 1,
            End::NotCome => self.day(day).not_come += 1,
        }
    }

    /// How many reservations a day has now.
    pub(crate) fn live(&self, day: Date) -> u32 {
        self.days.get(&day).map_or(0, |day| day.booked.values().sum::<u32>() - day.moved - day.cancelled)
    }

    /// How many cards were handed over on a day.
    pub(crate) fn issued(&self, day: Date) -> u32 {
        self.days.get(&day).map_or(0, |day| day.issued)
    }

    /// How many reservations were taken in all, for whatever day.
    pub(crate) fn taken(&self) -> u32 {
        self.work.booked.values().sum()
    }

    /// The day is closed: every figure of its report by subject and name, in their order. What comes after belongs to
    /// the next report.
    pub(crate) fn closes(&mut self, day: Date, city_count: u32) -> Vec<(String, String, i64)> {
        let work = std::mem::take(&mut self.work);
        let told = self.days.entry(day).or_default();
        let mut rows = Rows::default();
        rows.under("予約");
        let booked = rows.each("予約（", &channels(), &told.booked);
        rows.add("予約 計", booked);
        rows.add("他の日へ変更", told.moved);
        rows.add("取消", told.cancelled);
        rows.under("来庁");
        let away: u32 = told.away.values().sum();
        rows.add("来庁 計", told.issued + away + told.left);
        rows.add("交付", told.issued);
        rows.add("途中退出", told.left);
        rows.add("受付中", 0);
        rows.under("持ち帰り");
        let reasons: Vec<&str> = Reason::of(Service::Issuance).map(Reason::label).collect();
        let away = rows.each("持ち帰り（", &reasons, &told.away);
        rows.add("持ち帰り 計", away);
        rows.under("来庁なし");
        rows.add("不来庁", told.not_come);
        rows.add("来庁前", 0);
        rows.under("市の件数");
        rows.add("市が数えた交付", city_count);
        rows.under("前の締めからこの日の締めまでの仕事");
        rows.add("受け入れた納品", work.consignments);
        rows.add("受け入れたカード", work.received);
        rows.add("検品済になったカード", work.inspected);
        rows.add("市へ引き継いだカード", work.set_up);
        rows.add("市から戻ったカード", work.set_up);
        rows.add("交付のご案内の印刷", work.letters);
        rows.add("交付通知書の発送", work.letters);
        let booked = rows.each("予約の受付（", &channels(), &work.booked);
        rows.add("予約の受付 計", booked);
        rows.add("予約の変更", work.moved);
        rows.add("予約の取消", work.cancelled);
        rows.add("事故の記録", work.incidents);
        rows.add("うち所在不明", work.missing);
        rows.add("終わった事故", work.ended);
        rows.under("締めの時点");
        let cards = self.cards;
        rows.add("カード（箱）", cards.all - cards.desk - cards.issued - cards.missing - cards.tray);
        if cards.desk > 0 {
            rows.add("カード（検品机）", cards.desk);
        }
        rows.add("カード（当日トレイ）", cards.tray);
        rows.add("カード（窓口）", 0);
        rows.add("カード（所在不明）", cards.missing);
        rows.add("カード 計", cards.all - cards.issued);
        rows.add("終わっていない事故", cards.incidents);
        rows.under("訂正");
        rows.add("訂正 計", work.corrections);
        rows.rows
    }
}

fn channels() -> Vec<&'static str> {
    Channel::ALL.iter().map(|channel| channel.label()).collect()
}

/// Figures in their order.
#[derive(Default)]
struct Rows {
    group: String,
    rows: Vec<(String, String, i64)>,
}

impl Rows {
    fn under(&mut self, group: &str) {
        group.clone_into(&mut self.group);
    }

    fn add(&mut self, name: &str, count: u32) {
        self.rows.push((self.group.clone(), name.to_owned(), i64::from(count)));
    }

    /// A figure for each of these, and their sum.
    fn each(&mut self, before: &str, names: &[&str], counts: &BTreeMap<&str, u32>) -> u32 {
        for name in names {
            self.add(&format!("{before}{name}）"), counts.get(name).copied().unwrap_or(0));
        }
        counts.values().sum()
    }
}
