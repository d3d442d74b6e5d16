//! The boxes and the differences of a stock-taking as files: the report to the city (11(5)ウ(キ)), with names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::id::{PlaceId, StocktakingId};
use domain::journal::Subject;
use domain::permission::Permission;
use domain::place::walk_order;
use domain::stocktaking::{BoxState, Difference};
use domain::time::era_date;
use store::Reader;
use store::stocktaking::difference::Differing;
use store::stocktaking::{Changed, Counted, Counting, Stocktaking};

use super::INDEX;
use crate::App;
use crate::kit::PageError;
use crate::staff::account::words::Names;
use crate::staff::counter::{SERVICE, file::Form};
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::moment;
use crate::staff::{Task, field};

const BOXES: &[Column] = &[
    column("place", "場所").look(Look::Code).links(),
    column("state", "状態").look(Look::Code),
    column("expected", "記録").look(Look::Count),
    column("first", "1回目").look(Look::Count),
    column("first_by", "1回目を数えた人"),
    column("first_at", "1回目の終わり").look(Look::Code).off_screen(),
    column("second", "2回目").look(Look::Count),
    column("second_by", "2回目を数えた人"),
    column("second_at", "2回目の終わり").look(Look::Code).off_screen(),
    column("missing", "不足").look(Look::Count),
    column("extra", "余り").look(Look::Count),
    column("before", "前回の記録").look(Look::Count),
];

/// The boxes, as they are arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::StocktakingBoxes,
    columns: BOXES,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeCards,
    href: INDEX,
    address: "/layouts/stocktaking_boxes",
    task: Task::Storage,
};

const DIFFERENCES: &[Column] = &[
    column("place", "場所").look(Look::Code),
    column("control", "管理番号").look(Look::Control).links(),
    column("difference", "差").look(Look::Code),
    column("first", "1回目").look(Look::Code),
    column("now", "記録の場所"),
    column("reason", "理由"),
    column("remark", "備考"),
    column("by", "記録した人"),
    column("at", "記録の日時").look(Look::Code).off_screen(),
];

/// The differences, as they are arranged.
pub(crate) static DIFFERENCE_LISTING: Listing = Listing {
    list: StaffList::StocktakingDifferences,
    columns: DIFFERENCES,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeCards,
    href: INDEX,
    address: "/layouts/stocktaking_differences",
    task: Task::Storage,
};

/// A stock-taking with all that its pages and files show.
pub(crate) struct Whole {
    pub(crate) found: Stocktaking,
    /// The boxes in the order in which they are counted: those of the next visits first.
    pub(crate) boxes: Vec<Counting>,
    /// Those in which cards of the next visits lie.
    pub(crate) visited: BTreeSet<PlaceId>,
    pub(crate) differences: Vec<Differing>,
    /// The one before, and what each box had in it.
    pub(crate) before: Option<(Stocktaking, BTreeMap<PlaceId, u32>, Changed)>,
    pub(crate) names: Names,
}

impl Whole {
    /// Reads it; none: there is no such stock-taking.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        id: StocktakingId,
        next: Option<jiff::civil::Date>,
    ) -> Result<Option<Self>, store::Error> {
        let Some(found) = store::stocktaking::find(reader, id)? else { return Ok(None) };
        let mut boxes = store::stocktaking::boxes(reader, &found)?;
        let visited: BTreeSet<PlaceId> = match next.filter(|_| found.closed.is_none()) {
            Some(day) => {
                store::stocktaking::visited(reader, SERVICE, &found.site, day)?.into_iter().collect()
            }
            None => BTreeSet::new(),
        };
        boxes.sort_by_cached_key(|place| (!visited.contains(&place.id), walk_order(&place.name)));
        let differences = store::stocktaking::difference::all(reader, id)?;
        let before = match store::stocktaking::before(reader, &found)? {
            Some(before) => {
                let had = store::stocktaking::boxes(reader, &before)?;
                let had = had.into_iter().filter_map(|place| Some((place.id, place.taken?.expected)));
                let had = had.collect();
                let changed = store::stocktaking::changed(reader, id, before.id)?;
                Some((before, had, changed))
            }
            None => None,
        };
        let names = Names::people(reader)?;
        Ok(Some(Self { found, boxes, visited, differences, before, names }))
    }

    /// How many places are done, and how many there are.
    pub(super) fn done(&self) -> (usize, usize) {
        let is_done =
            |place: &&Counting| place.taken.as_ref().is_some_and(|taken| taken.state == BoxState::Done);
        (self.boxes.iter().filter(is_done).count(), self.boxes.len())
    }

    /// A box as a row: a cell for every column.
    pub(super) fn cells(&self, place: &Counting) -> Vec<Cell> {
        let number = |cards: u32| Cell::Number(i64::from(cards));
        let name = |counted: &Counted| {
            Cell::text(self.names.people.get(&counted.person).cloned().unwrap_or_default())
        };
        let at = |counted: &Counted| counted.ended.map_or_else(Cell::empty, |at| Cell::text(moment(at)));
        let had = self.before.as_ref().and_then(|(_, had, _)| had.get(&place.id).copied());
        let had = had.map_or_else(Cell::empty, number);
        let Some(taken) = &place.taken else {
            let state = if self.visited.contains(&place.id) {
                "先に数える（次の来庁分）"
            } else {
                "まだ"
            };
            let mut cells = vec![Cell::text(place.name.as_str()), Cell::text(state)];
            cells.extend(vec![Cell::empty(); 9]);
            cells.push(had);
            return cells;
        };
        // Whoever counts it the second time does not know what is expected.
        let is_blind = matches!(taken.state, BoxState::Again | BoxState::Second);
        let shown = |cards: u32| if is_blind { Cell::empty() } else { number(cards) };
        let second = |of: &dyn Fn(&Counted) -> Cell| taken.second.as_ref().map_or_else(Cell::empty, of);
        vec![
            Cell::text(place.name.as_str()),
            Cell::text(taken.state.label()),
            shown(taken.expected),
            shown(taken.first.seen),
            name(&taken.first),
            at(&taken.first),
            second(&|counted| shown(counted.seen)),
            second(&name),
            second(&at),
            shown(taken.missing),
            shown(taken.extra),
            had,
        ]
    }

    /// A difference as a row: a cell for every column.
    pub(super) fn difference(&self, card: &Differing) -> Vec<Cell> {
        let first = match (card.difference, card.seen_first) {
            (_, true) => "読み取った",
            (Difference::Missing | Difference::Extra, false) => "読み取らなかった",
        };
        let (at, by) = card.settled.map_or_else(
            || (Cell::empty(), Cell::empty()),
            |(at, actor)| (Cell::text(moment(at)), Cell::text(self.names.actor(actor))),
        );
        vec![
            Cell::text(card.box_name.as_str()),
            Cell::text(card.control_number.digits()),
            Cell::text(card.difference.label()),
            Cell::text(first),
            Cell::text(card.place_name.as_str()),
            Cell::text(card.reason.map_or("（理由がまだありません）", domain::stocktaking::Reason::label)),
            Cell::text(card.remark.as_str()),
            by,
            at,
        ]
    }

    /// What stands above the rows on paper: from when to when, who, how many, and what changed since the last one.
    pub(super) fn words(&self) -> Vec<String> {
        let found = &self.found;
        let taken = || self.boxes.iter().filter_map(|place| place.taken.as_ref());
        let expected: u32 = taken().map(|taken| taken.expected).sum();
        let missing: u32 = taken().map(|taken| taken.missing).sum();
        let extra: u32 = taken().map(|taken| taken.extra).sum();
        let (done, all) = self.done();
        let mut words = vec![
            format!("開始：{} {}", moment(found.began), self.names.actor(found.begun_by)),
            found.closed.map_or_else(
                || "終了：まだ終えていません".to_owned(),
                |(at, actor)| format!("終了：{} {}", moment(at), self.names.actor(actor)),
            ),
            format!("数え終えた場所：{done}／{all}"),
            format!("記録：{expected}枚　不足：{missing}枚　余り：{extra}枚"),
        ];
        words.push(self.since());
        words
    }

    /// What changed since the last one.
    pub(super) fn since(&self) -> String {
        match &self.before {
            None => "前回の棚卸：ありません".to_owned(),
            Some((before, _, changed)) => format!(
                "前回の棚卸（{}）の{}枚から：増えたカード{}枚、減ったカード{}枚（うち交付{}枚）",
                era_date(before.day),
                changed.before,
                changed.came,
                changed.left,
                changed.issued
            ),
        }
    }
}

/// The next day with visits: today while it is open, else the next open day.
pub(super) fn next_visits(app: &App) -> Option<jiff::civil::Date> {
    let today = app.today();
    app.rules().next_open_day(SERVICE, &app.settings.site, today)
}

/// Makes the file of the boxes, or of the differences: `boxes.pdf`, `differences.csv`.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path((id, file)): Path<(String, String)>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: StocktakingId = field::id(&id)?;
    let is_boxes = Form::split(&file).0 == "boxes";
    let form = export::form(&file, if is_boxes { "boxes" } else { "differences" })?;
    let whole = app.db.read(move |reader| Whole::read(reader, id, None)).await?;
    let whole = whole.ok_or(PageError::NotFound)?;
    let (title, name, screen, listing, rows) = if is_boxes {
        let rows = whole.boxes.iter().map(|place| whole.cells(place)).collect();
        ("棚卸報告書", "stocktaking", "stocktaking_file", &LISTING, rows)
    } else {
        let rows = whole.differences.iter().map(|card| whole.difference(card)).collect();
        ("棚卸の差", "stocktaking-differences", "differences_file", &DIFFERENCE_LISTING, rows)
    };
    let mut subjects = vec![Subject::Stocktaking(id)];
    if !is_boxes {
        subjects.extend(whole.differences.iter().map(|card| Subject::Card(card.card)));
    }
    let list = List {
        title: format!("{title} {}", era_date(whole.found.day)),
        name,
        task: Task::Storage,
        screen,
        asked: format!("{id} {file}"),
        words: whole.words(),
        subjects,
        listing,
        paper: Paper::Plain,
        rows: Short(rows),
    };
    export(&app, &signed, list, form, asked).await
}
