//! 今日: the duties of the day by the clock, the day by hours, and the work that waits, each with the act that ends
//! it.
//!
//! Only counts stand here, and who of the staff holds a key, so looking at the board is no view of anybody's records.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::card::Progress;
use domain::journal::BusinessDay;
use domain::permission::Permission;
use domain::place::PlaceKind;
use domain::reception::State as Visit;
use domain::rules::RuleSet;
use domain::service::Service;
use domain::supply::{Forecast, RunsOut, Warning};
use domain::time::{Start, day_of, era_date, minute_of, month_day_ja};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::Reader;
use store::cabinet_key::Held;
use store::day_list::Days;
use store::incident::Standing as Incidents;
use store::letter::PartState;
use store::reservation::Standing;
use store::supply::Supply;

use super::close::show::is_over;
use super::duties::{self, Duty, Moment};
use super::{business, route};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::preparation::supply;
use crate::staff::{Layout, Task, mail, outage};

/// How many open days back are searched for days that were not closed.
const DAYS_BACK: u8 = 5;
/// Counts go no further.
const MOST: u32 = 500;

/// Figures of an hour, or of the whole day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Places that the rules grant.
    pub(crate) places: u32,
    /// Reserved.
    pub(crate) booked: u32,
    /// Came.
    pub(crate) came: u32,
    /// Got their card.
    pub(crate) served: u32,
    /// Are here.
    pub(crate) here: u32,
    /// Have not come yet.
    pub(crate) expected: u32,
}

impl Figures {
    fn add(&mut self, line: Standing) {
        self.booked += 1;
        match line.reception {
            Some(state) => {
                self.came += 1;
                self.served += u32::from(state == Visit::Issued);
                self.here += u32::from(state.is_open());
            }
            None => self.expected += u32::from(line.state == domain::reservation::State::Booked),
        }
    }

    /// The width of the bar's frame.
    pub(crate) fn whole(&self) -> u32 {
        self.places.max(self.booked)
    }

    /// Came and went.
    pub(crate) fn gone(&self) -> u32 {
        self.came - self.here
    }
}

/// One hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hour {
    /// The hour of the clock.
    pub(crate) hour: u16,
    /// Its figures.
    pub(crate) figures: Figures,
}

/// Work that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Work {
    /// What waits.
    pub(crate) what: String,
    /// How much of it, and until when.
    pub(crate) how_much: String,
    /// Whether it should have been done.
    pub(crate) overdue: bool,
    /// The act that ends it.
    pub(crate) act: &'static str,
    /// Where the act is done.
    pub(crate) href: String,
    /// Who may do it.
    pub(crate) permission: Permission,
}

/// What the board is made of.
pub(crate) struct Facts {
    today: Vec<Standing>,
    next: Option<(Date, u32)>,
    duties: duties::Facts,
    not_closed: Vec<Date>,
    /// Cards that today and the next open day want, and how many of them are still in their boxes.
    pulls: Vec<(Date, u32, u32)>,
    trays: usize,
    counters: usize,
    incidents: Incidents,
    /// Keys that somebody holds.
    keys: Vec<Held>,
    recalls: store::recall::Work,
    failed_mails: u32,
    listed: u32,
    inspected: u32,
    letters_waiting: u32,
    parts_printed: usize,
    parts_transferred: usize,
    /// What is to be ordered.
    supplies: Vec<(Supply, Forecast)>,
}

/// The board.
#[derive(Template)]
#[template(path = "staff/counter/today.html")]
pub(crate) struct TodayPage {
    layout: Layout,
    day: String,
    is_open: bool,
    next_open: Option<String>,
    hours: Vec<Hour>,
    total: Figures,
    /// The most of one hour, for the length of the bars.
    widest: u32,
    duties: Vec<Duty>,
    work: Vec<Work>,
    list_href: Option<String>,
}

impl Page for TodayPage {}

/// Shows the board.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let rules = app.rules();
    let today = business(&app, app.today());
    let asked = (rules.clone(), today.clone(), app.now());
    let facts = app.db.read(move |reader| facts(reader, &asked.0, &asked.1, asked.2)).await?;
    let may = |work: &Work| signed.may(work.permission);
    let folder = app.outage_fault().map(outage::how_bad);
    let work = work(&facts, &today, is_over(&app, today.day), folder).into_iter().filter(may).collect();
    let slots = rules.slots(today.service, &today.site, today.day);
    let moment = Moment::of(&slots, &today, facts.next, minute_of(app.now()));
    let waits = facts.pulls.iter().map(|(day, _, left)| (*day, *left)).collect();
    let duties = duties::lines(&app, &signed, &moment, &facts.duties, &waits);
    let places = slots.iter().map(|(start, grant)| (*start, u32::from(grant.places)));
    let (hours, total) = by_hours(places, &facts.today);
    let next = facts.next.map(|(day, _)| era_date(day));
    let layout = signed.layout("今日").within(Task::Today);
    Ok(respond(&TodayPage::of(layout, today.day, !slots.is_empty(), next, (hours, total), duties, work)))
}

fn facts(
    reader: &mut Reader<'_>,
    rules: &RuleSet,
    today: &BusinessDay,
    now: Timestamp,
) -> Result<Facts, store::Error> {
    let BusinessDay { service, site, day } = today;
    let next = match rules.next_open_day(*service, site, *day) {
        Some(next) => Some((next, store::reservation::count_of_day(reader, *service, site, next)?)),
        None => None,
    };
    let back = std::iter::successors(Some(*day), |day| rules.previous_open_day(*service, site, *day));
    let first = back.take(usize::from(DAYS_BACK) + 1).last().unwrap_or(*day);
    let mut pulls = Vec::new();
    for day in std::iter::once(*day).chain(next.map(|(day, _)| day)) {
        let (wanted, left) = store::pull::progress(reader, &BusinessDay { day, ..today.clone() })?;
        pulls.push((day, wanted, left));
    }
    let until = next.map_or(*day, |(next, _)| next);
    let next_renewals = rules.next_open_day(Service::Renewal, site, *day);
    let next_renewals =
        next_renewals.map(|day| BusinessDay { service: Service::Renewal, site: site.clone(), day });
    let duties = duties::read(reader, &Days { from: today.clone(), until }, next_renewals)?;
    // What was pulled for today and the next open day lies where it should.
    let out = store::report::cards_out(reader, site, *day..=until)?;
    let lie = |kind| out.iter().filter(|(_, _, place)| *place == kind).count();
    let counts = store::card::counts_up_to(reader, MOST)?;
    let have = |wanted: Progress| counts.iter().find(|(known, _)| *known == wanted).map_or(0, |(_, n)| *n);
    let parts = store::letter::list(reader, site, None, 50)?;
    let in_state = |state| parts.iter().filter(|part| part.state == state).count();
    Ok(Facts {
        today: store::reservation::standings(reader, *service, site, *day)?,
        next,
        duties,
        pulls,
        not_closed: store::report::not_closed(reader, today, first)?,
        trays: lie(PlaceKind::Tray),
        counters: lie(PlaceKind::Counter),
        incidents: store::incident::standing(reader, site, told_since(rules, *day, now))?,
        keys: store::cabinet_key::held_at(reader, site)?,
        recalls: store::recall::work(reader, site, *day)?,
        failed_mails: store::outbox::failed::how_many(reader, site, *day, MOST)?,
        listed: have(Progress::Listed),
        inspected: have(Progress::Inspected),
        letters_waiting: store::letter::waiting_up_to(reader, site, MOST)?,
        parts_printed: in_state(PartState::Printed),
        parts_transferred: in_state(PartState::Transferred),
        supplies: supply::foreseen(reader, rules, site, *day)?
            .into_iter()
            .filter(|(_, forecast)| forecast.warning > Warning::None)
            .collect(),
    })
}

fn work(facts: &Facts, today: &BusinessDay, is_over: bool, folder: Option<String>) -> Vec<Work> {
    let mut work = Vec::new();
    let mut wait = |what: &str, how_much: String, overdue, act, href: &str, permission| {
        work.push(Work { what: what.to_owned(), how_much, overdue, act, href: href.to_owned(), permission });
    };
    if let Some(how) = folder {
        let act = "フォルダーの状態を見る";
        wait("停止に備える控えのフォルダー", how, true, act, outage::PAGE, Permission::SeeToday);
    }
    for day in &facts.not_closed {
        let what = format!("{}の締め", month_day_ja(*day));
        wait(&what, "締めていません".to_owned(), true, "締める", &route::close(*day), Permission::CloseDay);
    }
    for (day, count) in facts.duties.not_seen() {
        let what = format!("{}のリストとの違い", month_day_ja(day));
        let how_much = format!("{count}件を確かめていません");
        let href = route::list(day);
        wait(&what, how_much, true, "違いを確かめる", &href, Permission::SeeReservations);
    }
    for &(day, wanted, left) in facts.pulls.iter().filter(|(day, _, left)| *left > 0 && *day == today.day) {
        let what = format!("{}の引き抜き", month_day_ja(day));
        let how_much = format!("残り{left}枚（予約{wanted}件）");
        wait(&what, how_much, true, "引き抜く", &route::pull(day), Permission::MoveCards);
    }
    let here = facts
        .today
        .iter()
        .filter(|line| line.reception.is_some_and(domain::reception::State::is_open))
        .count();
    if here > 0 {
        wait("受付中の人", format!("{here}人"), false, "窓口を開く", "/counter", Permission::ReceiveVisitors);
    }
    if facts.trays + facts.counters > 0 {
        let how_much = format!("当日トレイ {}枚・窓口 {}枚", facts.trays, facts.counters);
        wait("箱の外にあるカード", how_much, false, "箱へ戻す", route::PUT_AWAY, Permission::MoveCards);
    }
    for key in &facts.keys {
        let what = format!("{}の鍵", key.place_name);
        let how_much = format!("{}が持っています", key.person_name);
        // Nobody takes a key home.
        let overdue = is_over || day_of(key.since) < today.day;
        wait(&what, how_much, overdue, "鍵を確かめる", &route::place(key.place), Permission::MoveCards);
    }
    if facts.incidents.open > 0 {
        let Incidents { open, untold, late } = facts.incidents;
        let how_much = match (untold, late) {
            (0, _) => format!("{open}件"),
            (untold, 0) => format!("{open}件（うち市へ知らせていないもの{untold}件）"),
            (_, late) => format!("{open}件（うち市へ知らせる期限を過ぎたもの{late}件）"),
        };
        wait(
            "終わっていない事故",
            how_much,
            true,
            "事故の記録を開く",
            route::INCIDENTS,
            Permission::SeeCards,
        );
    }
    let recalls = &facts.recalls;
    let by_when = match (recalls.late, recalls.due) {
        (0, 0) => String::new(),
        (0, due) => format!("。今日が期限のもの{due}枚"),
        (late, _) => format!("。期限を過ぎたもの{late}枚"),
    };
    if recalls.to_pass > 0 {
        let how_much = format!("{}枚（市へ渡すまで）{by_when}", recalls.to_pass);
        let what = "市へ渡す交付中止のカード";
        wait(what, how_much, true, "交付中止を見る", route::RECALLS, Permission::SeeCards);
    }
    if recalls.suspended > 0 {
        let by_when = if recalls.to_pass > 0 { "" } else { &by_when };
        let how_much = format!("{}枚（渡せません）{by_when}", recalls.suspended);
        let (what, act) = ("市の判断を待つ保留のカード", "保留を見る");
        wait(what, how_much, recalls.late > 0, act, route::RECALLS, Permission::SeeCards);
    }
    if recalls.to_tell > 0 {
        let how_much = format!("{}件", recalls.to_tell);
        wait("市民へ連絡", how_much, true, "連絡を記録", route::RECALLS, Permission::Reserve);
    }
    if facts.failed_mails > 0 {
        let more = if facts.failed_mails >= MOST { "以上" } else { "" };
        let how_much = format!("{}件{more}", facts.failed_mails);
        let what = "届かなかったメール";
        wait(what, how_much, true, "メールを確かめる", mail::FAILED, Permission::SeeReservations);
    }
    let most = |count: u32| if count >= MOST { format!("{MOST}枚以上") } else { format!("{count}枚") };
    if facts.listed > 0 {
        wait(
            "検品を待つカード",
            most(facts.listed),
            false,
            "準備を開く",
            "/preparation",
            Permission::InspectCards,
        );
    }
    if facts.inspected > 0 {
        let how_much = most(facts.inspected);
        wait(
            "交付前設定へ渡すカード",
            how_much,
            false,
            "準備を開く",
            "/preparation",
            Permission::InspectCards,
        );
    }
    if facts.letters_waiting > 0 {
        let how_much = most(facts.letters_waiting);
        wait("交付のご案内の印刷", how_much, false, "印刷する", "/letters", Permission::PrintLetters);
    }
    if facts.parts_printed > 0 {
        let how_much = format!("{}束", facts.parts_printed);
        wait(
            "市へ渡す交付のご案内",
            how_much,
            false,
            "引継ぎを記録",
            "/letters",
            Permission::TransferBatches,
        );
    }
    if facts.parts_transferred > 0 {
        let how_much = format!("{}束", facts.parts_transferred);
        wait("発送日の記録", how_much, false, "発送日を記録", "/letters", Permission::TransferBatches);
    }
    for (supply, forecast) in &facts.supplies {
        let (name, unit) = (&supply.setting.name, &supply.setting.unit);
        let how_much = match (forecast.stock, forecast.runs_out) {
            (Some(left), RunsOut::On(day)) if left > 0 => {
                format!("在庫{left}{unit}（{}になくなる見込み）", month_day_ja(day))
            }
            _ => "記録では在庫がありません".to_owned(),
        };
        // On the last day on which an order comes in time it is work like any other.
        let overdue =
            forecast.warning == Warning::Empty || forecast.order_by.is_some_and(|by| by < today.day);
        let href = format!("{}/{}", supply::INDEX, supply.id);
        wait(&format!("{name}の発注"), how_much, overdue, "在庫を見る", &href, Permission::PrintLetters);
    }
    work
}

impl TodayPage {
    /// The board from its parts.
    pub(crate) fn of(
        layout: Layout,
        day: Date,
        is_open: bool,
        next_open: Option<String>,
        (hours, total): (Vec<Hour>, Figures),
        duties: Vec<Duty>,
        work: Vec<Work>,
    ) -> Self {
        let widest = hours.iter().map(|hour| hour.figures.whole()).max().unwrap_or(0).max(1);
        let list_href = (!hours.is_empty()).then(|| route::day(day));
        Self { layout, day: era_date(day), is_open, next_open, hours, total, widest, duties, work, list_href }
    }
}

/// Incidents that were written down before this instant are late, where the city was not told of them.
fn told_since(rules: &RuleSet, day: Date, now: Timestamp) -> Timestamp {
    let minutes = i64::from(rules.custody(day).told_minutes);
    // Minutes always have a length, so there is a result.
    now.saturating_sub(SignedDuration::from_mins(minutes)).unwrap_or(now)
}

fn by_hours(places: impl Iterator<Item = (Start, u32)>, lines: &[Standing]) -> (Vec<Hour>, Figures) {
    let mut hours: BTreeMap<u16, Figures> = BTreeMap::new();
    let mut total = Figures::default();
    for (start, places) in places {
        hours.entry(start.minutes() / 60).or_default().places += places;
        total.places += places;
    }
    for &line in lines {
        hours.entry(line.start.minutes() / 60).or_default().add(line);
        total.add(line);
    }
    (hours.into_iter().map(|(hour, figures)| Hour { hour, figures }).collect(), total)
}
