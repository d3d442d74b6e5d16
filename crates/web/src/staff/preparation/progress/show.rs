//! The funnel on one page: all cards, what is due today, each consignment, each day, and how every figure is counted.
//!
//! Only counts stand here, so looking at it is no view of anybody's records.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::funnel::{Funnel, Group, Step, Waiting};
use domain::id::ConsignmentId;
use domain::journal::BusinessDay;
use domain::permission::Permission;
use domain::time::{era_date, month_day_ja};
use jiff::civil::Date;
use store::funnel::Consignment;

use super::export::{LISTING, cells};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::{Layout, Task};

/// How many open days back ages are told apart; what is older counts as so old.
const OPEN_DAYS: u8 = 120;
/// Days in the table of days.
const DAYS_SHOWN: usize = 20;

/// The page.
#[derive(Template)]
#[template(path = "staff/preparation/progress/show.html")]
pub(crate) struct ShowPage {
    pub(crate) layout: Layout,
    pub(crate) day: String,
    /// Every step with its figures and its share of all cards in hundredths.
    pub(crate) steps: Vec<(Step, Waiting, u32)>,
    pub(crate) all: u32,
    pub(crate) open: u32,
    pub(crate) bottleneck: Option<(Step, Waiting)>,
    pub(crate) due: Vec<Due>,
    pub(crate) table: Table,
    /// Each day with how many cards stand where since then, in the order of the steps that wait.
    pub(crate) days: Vec<(String, Vec<u32>)>,
}

impl Page for ShowPage {}

impl ShowPage {
    fn waiting() -> Vec<Step> {
        Step::ALL.iter().copied().filter(|step| step.waits()).collect()
    }
}

/// What is due today.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) what: String,
    pub(crate) how_much: String,
    /// Where it is done, for who may.
    pub(crate) href: Option<String>,
    pub(crate) late: bool,
}

/// What the page and the file are made of.
pub(super) struct Figures {
    /// All cards.
    pub(super) all: Funnel,
    /// Each consignment that still has cards under way, newest first.
    pub(super) consignments: Vec<(Consignment, Funnel)>,
    groups: Vec<Group>,
    pulls: Vec<(Date, u32, u32)>,
    recalls: store::recall::Work,
}

/// Reads the figures in one snapshot.
pub(super) async fn read(app: &App) -> Result<Figures, PageError> {
    let today = business(app, app.today());
    let rules = app.rules();
    let next = rules.next_open_day(today.service, &today.site, today.day);
    let pulled: Vec<Date> = std::iter::once(today.day).chain(next).collect();
    let of = today.clone();
    let found = app.db.read(move |reader| {
        let mut pulls = Vec::new();
        for day in pulled.iter().copied() {
            let (wanted, left) = store::pull::progress(reader, &BusinessDay { day, ..of.clone() })?;
            pulls.push((day, wanted, left));
        }
        Ok::<_, store::Error>((
            store::funnel::groups(reader, &of.site)?,
            store::funnel::consignments(reader, &of.site)?,
            pulls,
            store::recall::work(reader, &of.site, of.day)?,
        ))
    });
    let (groups, consignments, pulls, recalls) = found.await?;
    let before = std::iter::successors(Some(today.day), |day| {
        rules.previous_open_day(today.service, &today.site, *day)
    });
    let mut open_days: Vec<Date> = before.take(usize::from(OPEN_DAYS)).collect();
    open_days.reverse();
    let funnel = |groups: &[Group]| Funnel::of(groups.iter(), today.day, &open_days);
    let mut by_consignment: BTreeMap<ConsignmentId, Vec<Group>> = BTreeMap::new();
    for group in &groups {
        by_consignment.entry(group.consignment).or_default().push(*group);
    }
    let of_one = |of: Consignment| {
        let funnel = funnel(by_consignment.get(&of.id).map_or(&[], Vec::as_slice));
        (of, funnel)
    };
    let consignments = consignments.into_iter().map(of_one).filter(|(_, funnel)| funnel.open() > 0).collect();
    Ok(Figures { all: funnel(&groups), consignments, groups, pulls, recalls })
}

/// Shows the page.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let figures = read(&app).await?;
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    let line = |(of, funnel): &(Consignment, Funnel)| {
        Line::new(format!("/consignments/{}", of.id), cells(of, funnel))
    };
    let all = figures.all.all();
    let share = |cards: u32| (cards * 100).checked_div(all).unwrap_or(0);
    let step = |step: &Step| {
        let waiting = figures.all.at(*step);
        (*step, waiting, share(waiting.cards))
    };
    Ok(respond(&ShowPage {
        layout: signed.layout("進捗").within(Task::Preparation),
        day: era_date(app.today()),
        steps: Step::ALL.iter().map(step).collect(),
        all,
        open: figures.all.open(),
        bottleneck: figures.all.bottleneck(),
        due: due(&figures, app.today(), &signed),
        days: by_day(&figures.groups),
        table: Table::new(&arranged, figures.consignments.iter().map(line).collect()),
    }))
}

/// What has to be done today by its day.
fn due(figures: &Figures, today: Date, signed: &Signed) -> Vec<Due> {
    let mut due = Vec::new();
    let may_move = signed.may(Permission::MoveCards);
    for (day, wanted, left) in figures.pulls.iter().filter(|(_, wanted, _)| *wanted > 0) {
        due.push(Due {
            what: format!("{}の予約の引き抜き", month_day_ja(*day)),
            how_much: format!("残り{left}枚（予約{wanted}件）"),
            href: may_move.then(|| route::pull(*day)),
            late: *day == today && *left > 0,
        });
    }
    let recalls = figures.recalls;
    if recalls.due + recalls.late > 0 {
        due.push(Due {
            what: "市が期限を示した交付中止・保留".to_owned(),
            how_much: format!("今日まで{}枚、超過{}枚", recalls.due, recalls.late),
            href: Some(route::RECALLS.to_owned()),
            late: recalls.late > 0,
        });
    }
    due
}

/// How many cards stand at each step since each day, the latest days first.
fn by_day(groups: &[Group]) -> Vec<(String, Vec<u32>)> {
    let steps = ShowPage::waiting();
    let mut days: BTreeMap<Date, Vec<u32>> = BTreeMap::new();
    for group in groups {
        let Some(at) = steps.iter().position(|step| *step == group.step) else { continue };
        let counts = days.entry(group.since).or_insert_with(|| vec![0; steps.len()]);
        if let Some(count) = counts.get_mut(at) {
            *count += group.cards;
        }
    }
    days.into_iter().rev().take(DAYS_SHOWN).map(|(day, counts)| (month_day_ja(day), counts)).collect()
}
