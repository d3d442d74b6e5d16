//! The search list of a card that nobody finds: where it lay last and the boxes beside it, every place that it passed, and
//! everybody who had it in their hands, the latest first. It is printed, and ticked on the way.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::id::{IncidentId, PersonId};
use domain::journal::{Actor, Subject};
use domain::permission::Permission;
use domain::place::{PlaceKind, walk_order};
use store::Reader;
use store::incident::Incident;

use crate::App;
use crate::kit::PageError;
use crate::staff::Task;
use crate::staff::account::words::{Names, sentence};
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::field;
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::{control, moment};

/// How many boxes before and after its own are looked through.
const BESIDE: usize = 2;

const COLUMNS: &[Column] = &[
    column("kind", "種類").look(Look::Code),
    column("name", "場所・人").look(Look::Code).links(),
    column("why", "わけ"),
    column("at", "最後の日時").look(Look::Code),
    column("who", "記録した人"),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::IncidentSearch,
    columns: COLUMNS,
    sorts: false,
    has_screen: true,
    permission: Permission::SeeCards,
    href: "/incidents",
    address: "/layouts/incident_search",
    task: Task::Storage,
};

/// Where and whom to ask, and who touched the card last.
pub(crate) struct Search {
    pub(crate) rows: Vec<Vec<Cell>>,
    /// Who moved it last before it was missed, when, and from where to where.
    pub(crate) last: Option<String>,
}

fn row(kind: &str, name: &str, why: &str, at: Option<String>, who: &str) -> Vec<Cell> {
    vec![
        Cell::text(kind),
        Cell::text(name),
        Cell::text(why),
        Cell::text(at.unwrap_or_default()),
        Cell::text(who),
    ]
}

/// Makes the list from the card's story and the journal.
pub(super) fn search(reader: &mut Reader<'_>, of: &Incident) -> Result<Search, store::Error> {
    let steps = store::card::steps(reader, of.card)?;
    let entries = store::journal::of(reader, &Subject::Card(of.card))?;
    let names = Names::gather(reader, &entries)?;
    let stored = store::card::last_stored(reader, of.card)?;
    let mut boxes = store::place::of_kind(reader, &of.day.site, PlaceKind::Box)?;
    boxes.sort_by_cached_key(|place| walk_order(&place.name));
    // Nobody had it in their hands where only its stage changed; and what the incident itself moved is no hint.
    let moved = steps.iter().filter(|step| step.place_from.as_ref() != Some(&step.place_to));
    let hints: Vec<_> = moved.filter(|step| step.place_to != PlaceKind::Missing.label()).collect();
    let mut rows = Vec::new();
    let mut listed: BTreeSet<&str> = BTreeSet::new();
    if let Some(step) = hints.last() {
        listed.insert(&step.place_to);
        let who = names.actor(step.actor);
        rows.push(row("場所", &step.place_to, "記録で最後にあった場所", Some(moment(step.at)), &who));
    }
    if let Some((id, name)) = &stored {
        if listed.insert(name) {
            rows.push(row("場所", name, "最後に入っていた箱", None, ""));
        }
        if let Some(at) = boxes.iter().position(|place| place.id == *id) {
            let from = at.saturating_sub(BESIDE);
            for place in boxes.iter().skip(from).take(at + BESIDE + 1 - from).filter(|place| place.id != *id)
            {
                if listed.insert(&place.name) {
                    rows.push(row("場所", &place.name, "隣の箱", None, ""));
                }
            }
        }
    }
    for step in hints.iter().rev() {
        if listed.insert(&step.place_to) {
            let who = names.actor(step.actor);
            rows.push(row("場所", &step.place_to, "通った場所", Some(moment(step.at)), &who));
        }
    }
    let mut people: BTreeSet<PersonId> = BTreeSet::new();
    for written in entries.iter().rev() {
        if let Actor::Person(person) = written.actor
            && people.insert(person)
        {
            let what = sentence(&written.entry, &names);
            let name = names.actor(written.actor);
            rows.push(row("人", &name, &what, Some(moment(written.at)), ""));
        }
    }
    for step in hints.iter().rev() {
        if let Actor::Person(person) = step.actor
            && people.insert(person)
        {
            rows.push(row("人", &names.actor(step.actor), "まとめて動かした", Some(moment(step.at)), ""));
        }
    }
    let last = hints.last().map(|step| {
        let from = step.place_from.as_deref().unwrap_or("（はじめ）");
        format!("{}　{}　{from} → {}", moment(step.at), names.actor(step.actor), step.place_to)
    });
    Ok(Search { rows, last })
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path((id, file)): Path<(String, String)>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: IncidentId = field::id(&id)?;
    let form = export::form(&file, "search")?;
    let found = app.db.read(move |reader| {
        let Some(found) = store::incident::find(reader, id)? else { return Ok(None) };
        let search = search(reader, &found)?;
        Ok::<_, store::Error>(Some((found, search)))
    });
    let (found, search) = found.await?.ok_or(PageError::NotFound)?;
    let list = List {
        title: format!("探索リスト {}", control(found.control_number)),
        name: "search",
        task: Task::Storage,
        screen: "incident_search_file",
        asked: format!("{id} {file}"),
        words: search.last.iter().map(|last| format!("最後の動き：{last}")).collect(),
        subjects: vec![Subject::Incident(id), Subject::Card(found.card)],
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(search.rows),
    };
    export(&app, &signed, list, form, asked).await
}
