//! A round of reminders: whom it is for, what the city said of it, and what came of it, by age.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, ReminderId};
use domain::journal::{CityRecord, Subject};
use domain::permission::Permission;
use domain::reminder::{self, Age, Counts, Outcome, days_between};
use domain::time::era_date;
use serde::Deserialize;
use store::journal::View;
use store::reminder::{Reminded, Reminder};

use super::export::{CARDS, Known, card_cells, find};
use super::{criteria_words, name};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::wording::moment;
use crate::staff::{Layout, Task};

/// A round.
#[derive(Template)]
#[template(path = "staff/preparation/reminder/show.html")]
pub(crate) struct ShowPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) id: ReminderId,
    pub(crate) name: String,
    pub(crate) state: reminder::State,
    pub(crate) made: String,
    pub(crate) criteria: String,
    pub(crate) ordered_by: String,
    pub(crate) sent: Option<String>,
    /// How many cards were left out since they were shown, where the list was just made.
    pub(crate) left_out: Option<u32>,
    pub(crate) counts: Counts,
    pub(crate) ages: Vec<(&'static str, Counts)>,
    pub(crate) table: Table,
    pub(crate) may_record: bool,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

impl ShowPage {
    /// Where the files of its list are, without their endings.
    fn file_path(&self) -> String {
        format!("/lists/reminders/{}/cards", self.id)
    }

    fn is_listed(&self) -> bool {
        self.state == reminder::State::Listed
    }

    /// What the city can say of a round, and which is chosen.
    fn sayings(&self) -> [(reminder::State, &'static str, bool); 2] {
        use reminder::State::{Sent, Withdrawn};
        let chosen = self.form.typed(super::told::WHAT);
        [
            (Sent, "送付した", chosen != Withdrawn.code()),
            (Withdrawn, "送付を取りやめた", chosen == Withdrawn.code()),
        ]
    }

    /// Each outcome with how many cards have it.
    fn outcomes(&self) -> Vec<(&'static str, u32)> {
        Outcome::ALL.iter().map(|outcome| (outcome.label(), self.counts.of(*outcome))).collect()
    }
}

impl Page for ShowPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// What the address says: how many cards were left out.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    left_out: Option<u32>,
}

/// Shows a round.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh(), asked.left_out, None).await
}

/// The counts of all cards, and of each age that the list has.
pub(super) fn count(round: &Reminder, cards: &[Reminded]) -> (Counts, Vec<(&'static str, Counts)>) {
    let (mut all, mut ages) = (Counts::default(), Age::ALL.map(|age| (age, Counts::default())));
    for card in cards {
        all.take(card.stage, card.since, 1);
        let age = Age::of(days_between(card.posted_on, round.made_on));
        if let Some((_, counts)) = ages.iter_mut().find(|(known, _)| *known == age) {
            counts.take(card.stage, card.since, 1);
        }
    }
    let ages = ages.into_iter().filter(|(_, counts)| counts.cards > 0);
    (all, ages.map(|(age, counts)| (age.label(), counts)).collect())
}

pub(super) async fn page(
    app: &App,
    signed: &Signed,
    id: ReminderId,
    form: Form,
    left_out: Option<u32>,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let Known { round, cards, notices } = find(app, id).await?;
    let view = View {
        screen: "reminder",
        asked: id.to_string(),
        subjects: vec![Subject::Reminder(id)],
        found: round.cards,
    };
    signed.viewed(app, view).await?;
    let arranged = Arranged::read(app, signed, &CARDS).await?;
    let (counts, ages) = count(&round, &cards);
    let line = |card: &Reminded| {
        Line::new(route::card(card.card), card_cells(notices.get(&card.card), round.made_on, card))
    };
    let mut layout = signed.layout(format!("受取勧奨 {}", name(round.number))).within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&ShowPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        id,
        name: name(round.number),
        state: round.state,
        made: moment(round.at),
        criteria: criteria_words(round.criteria),
        left_out: left_out.filter(|cards| *cards > 0),
        counts,
        ages,
        table: Table::new(&arranged, cards.iter().map(line).collect()),
        may_record: signed.may(Permission::TransferBatches),
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
        sent: round.sent.map(|(on, person)| format!("{}（{person}）", era_date(on))),
        ordered_by: round.ordered_by,
    }))
}
