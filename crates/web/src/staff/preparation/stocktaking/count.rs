//! A box of a stock-taking: the screen on which it is counted, and the reasons of its differences.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{CardId, OperationId};
use domain::journal::Subject;
use domain::permission::Permission;
use domain::stocktaking::{BoxState, Count, Reason};
use serde::Deserialize;
use store::Reader;
use store::journal::View;
use store::place::Place;
use store::stocktaking::count::{Head, InBox};
use store::stocktaking::difference::Differing;

use super::answer::{Answer, Last};
use super::in_box;
use super::page::{Said, said};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::wording::control;
use crate::staff::{Layout, Task};

/// A box.
#[derive(Template)]
#[template(path = "staff/preparation/stocktaking/box.html")]
pub(crate) struct BoxPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) of: InBox,
    /// The reader's id: what is scanned while the network is away is theirs alone.
    pub(crate) me: String,
    pub(crate) stage: Stage,
    pub(crate) said: Option<Said>,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) differences: Vec<Line>,
    pub(crate) may_count: bool,
}

impl BoxPage {
    /// Whether the form that was refused is this card's.
    fn is_of(&self, line: &Line) -> bool {
        self.form.typed(super::difference::CARD) == line.card.to_string()
    }
}

impl Page for BoxPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// What changes with a scan: how many were scanned, and what the last scan came to.
#[derive(Template)]
#[template(path = "staff/preparation/stocktaking/state.html")]
pub(crate) struct StatePage {
    pub(crate) stage: Stage,
    pub(crate) said: Option<Said>,
    /// Where the page goes on, once the count has ended.
    pub(crate) go: String,
}

impl Page for StatePage {}

/// What is to be done with a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Its count did not begin.
    Fresh,
    /// The reader counts it; what is expected is told in the first count alone.
    Mine {
        /// How many cards were scanned.
        seen: u32,
        /// How many are expected.
        expected: Option<u32>,
    },
    /// Somebody else counts it.
    Theirs(String),
    /// It waits for its second count; whether the reader counted it first.
    Again(bool),
    /// Its differences need reasons.
    Differs,
    /// It is done.
    Done,
}

/// A difference on the page.
pub(crate) struct Line {
    pub(crate) card: CardId,
    pub(crate) control: String,
    pub(crate) difference: &'static str,
    pub(crate) is_missing: bool,
    pub(crate) seen_first: bool,
    pub(crate) place: String,
    pub(crate) reason: Option<&'static str>,
    pub(crate) remark: String,
    /// What can be said of it.
    pub(crate) reasons: Vec<Reason>,
    pub(crate) operation: OperationId,
}

/// The last scan in the address.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    last: String,
}

/// Shows it.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(of): Path<(String, String)>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, in_box(of)?, Last::read(&asked.last), Form::fresh(), None).await
}

/// The box as it stands in one snapshot.
pub(super) struct Found {
    pub(super) place: Place,
    pub(super) head: Option<Head>,
    pub(super) expected: Option<u32>,
    pub(super) seen: (u32, u32),
    pub(super) is_open: bool,
    pub(super) differences: Vec<Differing>,
    pub(super) names: Names,
    pub(super) last: Option<Said>,
}

pub(super) fn found(
    reader: &mut Reader<'_>,
    of: InBox,
    last: Option<Last>,
) -> Result<Option<Found>, store::Error> {
    let Some(stocktaking) = store::stocktaking::find(reader, of.stocktaking)? else { return Ok(None) };
    let Some(place) = store::place::find(reader, of.place)? else { return Ok(None) };
    if place.site != stocktaking.site || !domain::stocktaking::is_counted(place.kind) {
        return Ok(None);
    }
    let head = store::stocktaking::count::head(reader, of)?;
    let differs = head.is_none_or(|head| matches!(head.state, BoxState::Differs | BoxState::Done));
    Ok(Some(Found {
        place,
        head,
        expected: store::stocktaking::count::expected(reader, of)?,
        seen: store::stocktaking::count::seen(reader, of)?,
        is_open: stocktaking.closed.is_none(),
        differences: if differs { store::stocktaking::difference::of_box(reader, of)? } else { Vec::new() },
        names: Names::people(reader)?,
        last: last.map(|last| said(reader, last)).transpose()?,
    }))
}

impl Found {
    /// What is to be done with it, for a reader.
    pub(super) fn stage(&self, signed: &Signed) -> Stage {
        let Some(head) = &self.head else {
            return if self.is_open { Stage::Fresh } else { Stage::Done };
        };
        let me = signed.session().person;
        match head.state {
            BoxState::First | BoxState::Second if head.counts() != Some(me) => {
                let who = head.counts().and_then(|who| self.names.people.get(&who).cloned());
                Stage::Theirs(who.unwrap_or_default())
            }
            BoxState::First => Stage::Mine { seen: self.seen.0, expected: self.expected },
            BoxState::Second => Stage::Mine { seen: self.seen.1, expected: None },
            BoxState::Again => Stage::Again(head.first == me),
            BoxState::Differs => Stage::Differs,
            BoxState::Done => Stage::Done,
        }
    }

    /// Which count is under way, in words.
    pub(super) fn count(&self) -> &'static str {
        self.head.and_then(|head| head.state.counting()).map_or("", Count::label)
    }
}

/// What a scan came to, for the page that stays.
pub(super) async fn state(
    app: &App,
    signed: &Signed,
    of: InBox,
    last: Option<Last>,
    go: String,
) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| self::found(reader, of, last)).await?;
    let found = found.ok_or(PageError::NotFound)?;
    let subjects: Vec<Subject> = last.and_then(|last| last.card).map(Subject::Card).into_iter().collect();
    let count = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    let view = View { screen: "stocktaking_scan", asked: of.place.to_string(), subjects, found: count };
    signed.viewed(app, view).await?;
    Ok(respond(&StatePage { stage: found.stage(signed), said: found.last, go }))
}

/// The page with a form as it stands.
pub(super) async fn page(
    app: &App,
    signed: &Signed,
    of: InBox,
    last: Option<Last>,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| self::found(reader, of, last)).await?;
    let found = found.ok_or(PageError::NotFound)?;
    let mut subjects = vec![Subject::Stocktaking(of.stocktaking), Subject::Place(of.place)];
    subjects.extend(last.and_then(|last| last.card).map(Subject::Card));
    subjects.extend(found.differences.iter().map(|card| Subject::Card(card.card)));
    let count = u32::try_from(subjects.len() - 2).unwrap_or(u32::MAX);
    let view = View { screen: "stocktaking_box", asked: of.place.to_string(), subjects, found: count };
    signed.viewed(app, view).await?;
    let stage = found.stage(signed);
    let title = match found.count() {
        "" => format!("{}の棚卸", found.place.name),
        count => format!("{}の棚卸（{count}）", found.place.name),
    };
    let mut layout = signed.layout(title).within(Task::Storage);
    layout.refused = form.is_refused();
    let line = |card: &Differing| line(app, card);
    // Nothing is told of a scan once the box is somebody else's, but what it came to.
    let said = found.last.filter(|said| stage != Stage::Done || said.answer != Answer::Begun);
    Ok(respond(&BoxPage {
        texts: Texts::new(Language::JA),
        layout,
        of,
        me: signed.session().person.to_string(),
        differences: found.differences.iter().map(line).collect(),
        said,
        stage,
        form,
        problem,
        may_count: found.is_open && signed.may(Permission::MoveCards),
    }))
}

fn line(app: &App, card: &Differing) -> Line {
    // A card that nobody finds has its reason by the incident, which is one act on its own page.
    let by_hand = |reason: &Reason| *reason != Reason::Lost;
    Line {
        card: card.card,
        control: control(card.control_number),
        difference: card.difference.label(),
        is_missing: card.difference == domain::stocktaking::Difference::Missing,
        seen_first: card.seen_first,
        place: card.place_name.clone(),
        reason: card.reason.map(Reason::label),
        remark: card.remark.clone(),
        reasons: card.difference.reasons().iter().copied().filter(by_hand).collect(),
        operation: app.operation(),
    }
}
