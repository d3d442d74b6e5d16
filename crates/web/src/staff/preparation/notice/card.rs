//! What is under way with the 交付通知書 of a card, what became of it before, and what may be written down now.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as AppState};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{CardId, LetterBatchId, NoticeRequestId, OperationId};
use domain::journal::{CityRecord, Subject};
use domain::notice::{Asked, Ended, State, Undelivered};
use domain::permission::Permission;
use domain::time::{era_date, month_day_ja};
use store::journal::View;
use store::notice::{Request, Returned};

use super::{next, waits};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::wording::{control, moment};
use crate::staff::{Layout, Task};

/// What became of the notice before, on the page.
const SHOWN: u32 = 20;

/// The page.
#[derive(Template)]
#[template(path = "staff/preparation/notice/card.html")]
pub(crate) struct CardPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) by_paper: bool,
    pub(crate) id: CardId,
    pub(crate) control: String,
    pub(crate) posted: Option<String>,
    /// The request that did not end.
    pub(crate) open: Option<Open>,
    /// When and why the notice came back, where nothing was posted since.
    pub(crate) returned: Option<String>,
    /// What ended: when, what, and how.
    pub(crate) before: Vec<(String, String)>,
    /// Whether the notice of such a card can be sent again or have come back.
    pub(crate) fits: bool,
    pub(crate) may: May,
    pub(crate) operation: OperationId,
}

/// What this person may write down.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct May {
    /// That a citizen asked.
    pub(crate) ask: bool,
    /// That a request ended otherwise.
    pub(crate) end: bool,
    /// That a letter is made again.
    pub(crate) print: bool,
    /// What the city tells.
    pub(crate) city: bool,
}

/// A request that did not end.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub(crate) id: NoticeRequestId,
    pub(crate) asked: String,
    pub(crate) age: String,
    pub(crate) state: State,
    pub(crate) part: Option<LetterBatchId>,
    pub(crate) transferred: Option<String>,
    pub(crate) next: &'static str,
    pub(crate) is_alive: bool,
}

impl Open {
    /// Its steps, and whether each is done.
    fn steps(&self) -> [(&'static str, bool); 4] {
        let done = |state| self.state >= state;
        [
            (State::Asked.label(), true),
            (State::Prepared.label(), done(State::Prepared)),
            (State::WithCity.label(), done(State::WithCity)),
            (Ended::Posted.label(), false),
        ]
    }
}

impl CardPage {
    fn ways() -> &'static [Asked] {
        Asked::ALL
    }

    fn ends() -> [Ended; 4] {
        Ended::CHOICES
    }

    fn reasons(&self) -> Vec<(Undelivered, bool)> {
        let chosen = |reason: &Undelivered| self.form.typed(super::came_back::REASON) == reason.code();
        Undelivered::ALL.iter().map(|reason| (*reason, chosen(reason))).collect()
    }
}

impl Page for CardPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// The page of a card's notice.
pub(crate) fn href(card: CardId) -> String {
    format!("/cards/{card}/notice")
}

/// Shows it.
pub(crate) async fn show(
    AppState(app): AppState<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh(), None).await
}

pub(super) async fn page(
    app: &App,
    signed: &Signed,
    id: CardId,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| {
        let Some(card) = store::card::find(reader, id)? else { return Ok(None) };
        let requests = store::notice::of_card(reader, id, SHOWN)?;
        Ok::<_, store::Error>(Some((card, requests, store::notice::returned_of(reader, id, SHOWN)?)))
    });
    let (card, requests, returned) = found.await?.ok_or(PageError::NotFound)?;
    let view = View { screen: "notice", asked: id.to_string(), subjects: vec![Subject::Card(id)], found: 1 };
    signed.viewed(app, view).await?;
    let today = app.today();
    let mut layout =
        signed.layout(format!("交付通知書 {}", control(card.control_number))).within(Task::Preparation);
    layout.refused = form.is_refused();
    let open = requests.iter().find(|request| request.ended.is_none());
    let back = returned.iter().find(|back| !back.is_over);
    Ok(respond(&CardPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        by_paper: signed.city_record() == CityRecord::Paper,
        id,
        control: control(card.control_number),
        posted: card.posted_on.map(era_date),
        open: open.map(|request| Open {
            id: request.id,
            asked: format!("{}（{}）", moment(request.at), request.asked.label()),
            age: waits(request, today),
            state: request.state,
            part: request.part,
            transferred: request
                .transferred
                .as_ref()
                .map(|(at, person)| format!("{}（{person}）", moment(*at))),
            next: next(request),
            is_alive: request.is_alive,
        }),
        returned: back.map(|back| format!("{}　{}", month_day_ja(back.on), back.reason.label())),
        before: before(&requests, &returned),
        fits: store::notice::fits(&card),
        may: May {
            ask: signed.may(Permission::Reserve),
            end: signed.may(Permission::Reserve),
            print: signed.may(Permission::PrintLetters),
            city: signed.may(Permission::TransferBatches),
        },
        operation: app.operation(),
    }))
}

/// What ended, requests first, each kind newest first.
fn before(requests: &[Request], returned: &[Returned]) -> Vec<(String, String)> {
    let ended = requests.iter().filter_map(|request| {
        let (how, at) = request.ended?;
        let how = match (how, request.posted_on) {
            (Ended::Posted, Some(on)) => format!("{}：{}", how.label(), month_day_ja(on)),
            _ => format!("{}：{}", how.label(), moment(at)),
        };
        Some((format!("再送の依頼　{}（{}）", moment(request.at), request.asked.label()), how))
    });
    let over = returned.iter().filter(|back| back.is_over).map(|back| {
        (
            format!("返戻　{}　{}", month_day_ja(back.on), back.reason.label()),
            "その後、市が発送した".to_owned(),
        )
    });
    ended.chain(over).collect()
}
