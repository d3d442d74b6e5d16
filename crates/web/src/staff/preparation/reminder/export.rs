//! The rounds of reminders and the list of one of them, as paper and files: what the city sends by.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::id::{CardId, ReminderId};
use domain::journal::Subject;
use domain::permission::Permission;
use domain::reminder::{Counts, Outcome, days_between};
use domain::time::era_date;
use jiff::civil::Date;
use store::privacy::NOTICE_NUMBER;
use store::reminder::{Reminded, Reminder};

use super::{LIST, criteria_words, name};
use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::list_line;
use crate::staff::{Task, field};

const ROUND_COLUMNS: &[Column] = &[
    column("round", "回").look(Look::Code).links(),
    column("made", "名簿の作成日").look(Look::Code),
    column("posted", "発送からの日数").look(Look::Count).in_files(),
    column("again", "前回の勧奨からの日数").look(Look::Count).in_files(),
    column("ordered_by", "指示した市の担当者"),
    column("state", "状態").look(Look::Code),
    column("sent", "市の送付日").look(Look::Code),
    column("sender", "送付を伝えた市の担当者").in_files(),
    column("cards", "枚数").look(Look::Count),
    column("reserved", "予約した").look(Look::Count),
    column("came", "来庁した").look(Look::Count),
    column("issued", "交付済").look(Look::Count),
    column("nothing", "動きなし").look(Look::Count),
];

/// The rounds, as they are arranged.
pub(crate) static ROUNDS: Listing = Listing {
    list: StaffList::Reminders,
    columns: ROUND_COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeCards,
    href: LIST,
    address: "/layouts/reminders",
    task: Task::Preparation,
};

/// The shared reference is the number of the 交付通知書 where the city agreed to it, else date and line of
/// カード発行一覧表; files have each apart.
const CARD_COLUMNS: &[Column] = &[
    column("control", "管理番号").look(Look::Control).links(),
    column("reference", "照会番号").look(Look::Code).for_eyes(),
    column("notice", "交付通知書番号").look(Look::Code).in_files(),
    column("list_date", "一覧日付").look(Look::Code).in_files(),
    column("line", "一覧番号").look(Look::Count).in_files(),
    column("block", "郵便区").look(Look::Code),
    column("posted", "交付通知書の発送日").look(Look::Code),
    column("age", "作成時の経過日数").look(Look::Count),
    column("outcome", "その後").look(Look::Code),
    column("place", "今ある場所"),
];

/// The list of a round, as it is arranged.
pub(crate) static CARDS: Listing = Listing {
    list: StaffList::ReminderCards,
    columns: CARD_COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeCards,
    href: LIST,
    address: "/layouts/reminder_cards",
    task: Task::Preparation,
};

/// The rounds of the site with their counts, the newest first.
pub(super) async fn read(app: &App) -> Result<Vec<(Reminder, Counts)>, PageError> {
    let site = app.settings.site.clone();
    let (rounds, mut counts) = app
        .db
        .read(move |reader| {
            Ok::<_, store::Error>((
                store::reminder::list(reader, &site)?,
                store::reminder::counts(reader, &site)?,
            ))
        })
        .await?;
    // A round without cards cannot be made.
    let with = |round: Reminder| {
        let counts = counts.remove(&round.id).unwrap_or_default();
        (round, counts)
    };
    Ok(rounds.into_iter().map(with).collect())
}

/// A round as a row: a cell for every column.
pub(super) fn round_cells(round: &Reminder, counts: &Counts) -> Vec<Cell> {
    let number = |count: u32| Cell::Number(i64::from(count));
    let (sent, sender) = match &round.sent {
        Some((on, sender)) => (Cell::Day(*on), Cell::text(sender.as_str())),
        None => (Cell::empty(), Cell::empty()),
    };
    vec![
        Cell::text(name(round.number)),
        Cell::Day(round.made_on),
        number(round.criteria.posted),
        round.criteria.again.map_or_else(Cell::empty, number),
        Cell::text(round.ordered_by.as_str()),
        Cell::text(round.state.label()),
        sent,
        sender,
        number(round.cards),
        number(counts.reserved),
        number(counts.came),
        number(counts.of(Outcome::Issued)),
        number(counts.of(Outcome::Nothing)),
    ]
}

/// A round with its cards, and the numbers of the 交付通知書 where the city agreed to them.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// The round.
    pub(super) round: Reminder,
    /// Its cards in the order of the list.
    pub(super) cards: Vec<Reminded>,
    /// The numbers by card.
    pub(super) notices: BTreeMap<CardId, String>,
}

/// Reads a round.
pub(super) async fn find(app: &App, id: ReminderId) -> Result<Known, PageError> {
    let keys = app.keys.clone();
    let found = app.db.read(move |reader| {
        let Some(round) = store::reminder::find(reader, id)? else { return Ok(None) };
        let cards = store::reminder::cards(reader, id)?;
        let notices = store::privacy::open_of_reminder(reader, &keys, id, NOTICE_NUMBER)?;
        Ok::<_, store::Error>(Some(Known { round, cards, notices }))
    });
    found.await?.ok_or(PageError::NotFound)
}

/// A card of a round as a row: a cell for every column.
pub(super) fn card_cells(notice: Option<&String>, made_on: Date, card: &Reminded) -> Vec<Cell> {
    let line = list_line(card.list_date, card.line);
    vec![
        Cell::text(card.control_number.digits()),
        Cell::text(notice.cloned().unwrap_or(line)),
        Cell::text(notice.cloned().unwrap_or_default()),
        Cell::Day(card.list_date),
        Cell::Number(i64::from(card.line)),
        Cell::text(card.post_block.label()),
        Cell::Day(card.posted_on),
        Cell::Number(i64::from(days_between(card.posted_on, made_on))),
        Cell::text(Outcome::of(card.stage, card.since).label()),
        Cell::text(card.place_name.as_str()),
    ]
}

/// The rounds.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "reminders")?;
    let rounds = read(&app).await?;
    let list = List {
        title: "受取勧奨の一覧".to_owned(),
        name: "reminders",
        task: Task::Preparation,
        screen: "reminders_file",
        asked: file,
        words: Vec::new(),
        subjects: Vec::new(),
        listing: &ROUNDS,
        paper: Paper::Plain,
        rows: Short(rounds.iter().map(|(round, counts)| round_cells(round, counts)).collect()),
    };
    export(&app, &signed, list, form, asked).await
}

/// The list of a round.
pub(crate) async fn cards(
    State(app): State<Arc<App>>,
    Path((id, file)): Path<(String, String)>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: ReminderId = field::id(&id)?;
    let form = export::form(&file, "cards")?;
    let Known { round, cards, notices } = find(&app, id).await?;
    let mut words = vec![
        format!("{}：{}", era_date(round.made_on), criteria_words(round.criteria)),
        format!("指示した市の担当者：{}", round.ordered_by),
    ];
    words.extend(round.sent.as_ref().map(|(on, _)| format!("市の送付日：{}", era_date(*on))));
    let rows = cards.iter().map(|card| card_cells(notices.get(&card.card), round.made_on, card));
    let list = List {
        title: format!("受取勧奨 {}の名簿", name(round.number)),
        name: "reminder-cards",
        task: Task::Preparation,
        screen: "reminder_file",
        asked: format!("{id} {file}"),
        words,
        subjects: vec![Subject::Reminder(id)],
        listing: &CARDS,
        paper: Paper::Plain,
        rows: Short(rows.collect()),
    };
    export(&app, &signed, list, form, asked).await
}
