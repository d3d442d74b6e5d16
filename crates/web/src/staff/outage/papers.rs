//! What goes into the folder for an outage: who comes today and on the next open day, and which card lies where.
//!
//! The rows are those of the lists on the screens, so the two cannot differ. Personal values that are sealed (contacts,
//! numbers of the 交付通知書) are not read here and never leave the database this way.

use std::cmp::Reverse;
use std::sync::Arc;

use documents::Document;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::journal::BusinessDay;
use domain::permission::Permission;
use domain::place::{PlaceKind, walk_order};
use domain::service::Service;
use domain::time::{era_date, month_day_ja};
use jiff::civil::Date;
use store::card::list::{Filter, Listed};

use crate::App;
use crate::staff::Task;
use crate::staff::counter::reservation::list::{self as reservations, Known};
use crate::staff::export::{List, Paper, Short, UnattendedError, unattended};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::preparation::card::list::LOOK;
use crate::staff::renewal::rows as renewals;

/// Who is named on the papers as the one who printed them.
const PRINTED_BY: &str = "自動（停止への備え）";

/// Cards of one short read.
const PORTION: u32 = 1_000;

/// The kinds of place whose cards are listed: everything that is in this house.
const KINDS: [PlaceKind; 5] =
    [PlaceKind::Box, PlaceKind::Tray, PlaceKind::Counter, PlaceKind::Desk, PlaceKind::Missing];

/// One list of the folder.
#[derive(Debug, Clone)]
pub struct OutagePaper {
    /// The beginning of the names of its files.
    pub name: String,
    /// What it is.
    pub what: String,
    /// How many rows it has.
    pub rows: usize,
    /// Its file.
    pub csv: Vec<u8>,
    /// Its papers.
    pub documents: Vec<Document>,
}

const COLUMNS: &[Column] = &[
    column("place_kind", "場所の種類").in_files(),
    column("place", "場所"),
    column("control", "管理番号").look(Look::Control),
    column("list_date", "一覧日付").look(Look::Code),
    column("line", "一覧番号").look(Look::Count),
    column("progress", "進み具合").look(Look::Code),
    column("booked_day", "予約日").look(Look::Code),
    column("booked_time", "予約時刻").look(Look::Code),
];

/// The cards by place. Nobody arranges it: whoever needs it has no screen.
static STORED: Listing = Listing {
    list: StaffList::Cards,
    columns: COLUMNS,
    sorts: false,
    has_screen: false,
    permission: Permission::SeeCards,
    href: "/cards",
    address: "/layouts/cards",
    task: Task::Storage,
};

/// Everything that goes into the folder, as the records are now.
pub async fn papers(app: &Arc<App>) -> Result<Vec<OutagePaper>, UnattendedError> {
    let mut papers = Vec::new();
    let (rules, today, site) = (app.rules(), app.today(), app.settings.site.clone());
    for service in [Service::Issuance, Service::Renewal] {
        let next = rules.next_open_day(service, &site, today);
        let is_open = !rules.slots(service, &site, today).is_empty();
        for day in is_open.then_some(today).into_iter().chain(next) {
            papers.push(of_day(app, &BusinessDay { service, site: site.clone(), day }, today).await?);
        }
    }
    papers.push(stored(app).await?);
    Ok(papers)
}

async fn of_day(app: &Arc<App>, day: &BusinessDay, today: Date) -> Result<OutagePaper, UnattendedError> {
    let (as_of, of) = (app.now(), day.clone());
    let (name, listing, lines) = if day.service == Service::Renewal {
        let stored = app.db.read(move |reader| store::renewals::of_day(reader, &of)).await?;
        ("renewals", &renewals::LISTING, renewals::lines(day.day, &stored))
    } else {
        let read = move |reader: &mut store::Reader<'_>| {
            store::reservation::of_day(reader, of.service, &of.site, of.day)
        };
        let known = Known { lines: app.db.read(read).await?, ..Known::default() };
        ("reservations", &reservations::LISTING, reservations::lines(day.day, &known))
    };
    let when = if day.day == today { "今日" } else { "次の開庁日" };
    let rows: Vec<Vec<Cell>> = lines.into_iter().map(|line| line.cells).collect();
    let what = format!("{}の予約（{when}）　{}", day.service.label(), era_date(day.day));
    let name = format!("{name}-{}", day.day);
    let list = List {
        title: format!("{}の{}の予約", month_day_ja(day.day), day.service.label()),
        paper: reservations::paper(app, day, as_of),
        ..list(listing, rows)
    };
    made(app, name, what, list)
}

async fn stored(app: &Arc<App>) -> Result<OutagePaper, UnattendedError> {
    let mut cards: Vec<Listed> = Vec::new();
    for kind in KINDS {
        let filter = Filter { kind: Some((app.settings.site.clone(), kind)), ..Filter::default() };
        let mut after = None;
        loop {
            let (asked, from) = (filter.clone(), after);
            let walked = app.db.read(move |reader| asked.walk(reader, from.as_ref(), PORTION, LOOK)).await?;
            cards.extend(walked.rows);
            match walked.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
    }
    // Boxes first, in the order in which they are walked, then what lies outside of them.
    cards.sort_by_cached_key(|card| {
        (Reverse(card.place_kind == PlaceKind::Box), walk_order(&card.place_name), card.list_date, card.line)
    });
    let rows = cards.iter().map(cells).collect();
    let list = List { title: "場所ごとのカード".to_owned(), ..list(&STORED, rows) };
    made(app, "storage".to_owned(), "場所ごとのカード（保管一覧）".to_owned(), list)
}

fn cells(card: &Listed) -> Vec<Cell> {
    vec![
        Cell::text(card.place_kind.label()),
        Cell::text(card.place_name.as_str()),
        Cell::text(card.control_number.digits()),
        Cell::Day(card.list_date),
        Cell::Number(i64::from(card.line)),
        Cell::text(card.progress.label()),
        card.booked.map_or_else(Cell::empty, |(_, day, _)| Cell::Day(day)),
        Cell::text(card.booked.map(|(.., start)| start.to_string()).unwrap_or_default()),
    ]
}

/// A list without its words. Nobody looks at a screen, so there is no entry in the register of views.
fn list(listing: &'static Listing, rows: Vec<Vec<Cell>>) -> List<Short> {
    List {
        title: String::new(),
        name: "outage",
        task: Task::Today,
        screen: "outage",
        asked: String::new(),
        words: Vec::new(),
        subjects: Vec::new(),
        listing,
        paper: Paper::Plain,
        rows: Short(rows),
    }
}

fn made(app: &App, name: String, what: String, list: List<Short>) -> Result<OutagePaper, UnattendedError> {
    let rows = list.rows.0.len();
    let (csv, documents) = unattended(app, list, PRINTED_BY)?;
    Ok(OutagePaper { name, what, rows, csv, documents })
}
