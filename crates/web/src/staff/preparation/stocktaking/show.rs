//! A stock-taking: how far each box is, what differs, and the field in which the label of the next box is scanned.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, StocktakingId};
use domain::journal::Subject;
use domain::permission::Permission;
use domain::time::era_date;
use serde::Deserialize;
use store::Lane;
use store::journal::View;
use store::op::{Operation, once};
use store::stocktaking::StocktakingError;
use store::stocktaking::count::InBox;

use super::answer::Last;
use super::export::{DIFFERENCE_LISTING, LISTING, Whole, next_visits};
use super::{box_href, href};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Page, PageError, respond};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::wording::control;
use crate::staff::{Layout, Task};

/// A stock-taking.
#[derive(Template)]
#[template(path = "staff/preparation/stocktaking/show.html")]
pub(crate) struct ShowPage {
    pub(crate) layout: Layout,
    pub(crate) id: StocktakingId,
    pub(crate) problem: Option<String>,
    pub(crate) words: Vec<String>,
    pub(crate) done: usize,
    pub(crate) all: usize,
    /// How many differences have no reason yet.
    pub(crate) open: usize,
    pub(crate) may_count: bool,
    pub(crate) may_close: bool,
    pub(crate) last: Option<Last>,
    /// What became of the box whose count just ended.
    pub(crate) ended: Option<String>,
    pub(crate) boxes: Table,
    pub(crate) differences: Table,
    pub(crate) operation: OperationId,
}

impl ShowPage {
    /// The address of the files of a list, without their ending.
    fn file(&self, list: &str) -> String {
        format!("/lists/stocktakings/{}/{list}", self.id)
    }
}

impl Page for ShowPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK }
    }
}

/// The last scan in the address, and the box that just ended.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    last: String,
    #[serde(default)]
    ended: String,
}

/// Shows it.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, &asked, None).await
}

async fn page(
    app: &App,
    signed: &Signed,
    id: StocktakingId,
    asked: &Asked,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let next = next_visits(app);
    let whole = app.db.read(move |reader| Whole::read(reader, id, next)).await?;
    let whole = whole.ok_or(PageError::NotFound)?;
    let mut subjects = vec![Subject::Stocktaking(id)];
    subjects.extend(whole.differences.iter().map(|card| Subject::Card(card.card)));
    let found = u32::try_from(whole.boxes.len()).unwrap_or(u32::MAX);
    signed.viewed(app, View { screen: "stocktaking", asked: id.to_string(), subjects, found }).await?;
    let arranged = Arranged::read(app, signed, &LISTING).await?;
    let differing = Arranged::read(app, signed, &DIFFERENCE_LISTING).await?;
    let (done, all) = whole.done();
    let is_open = whole.found.closed.is_none();
    let line = |place: &store::stocktaking::Counting| {
        let of = InBox { stocktaking: id, place: place.id };
        Line::new(box_href(of), whole.cells(place))
    };
    let differs = |card: &store::stocktaking::difference::Differing| {
        Line::new(route::card(card.card), whole.difference(card))
    };
    let ended = whole.boxes.iter().find(|place| place.id.to_string() == asked.ended);
    let ended =
        ended.and_then(|place| Some(format!("{}：{}", place.name, next_of(place.taken.as_ref()?.state))));
    Ok(respond(&ShowPage {
        layout: signed.layout(format!("棚卸 {}", era_date(whole.found.day))).within(Task::Storage),
        id,
        problem,
        words: whole.words(),
        done,
        all,
        open: whole.differences.iter().filter(|card| card.reason.is_none()).count(),
        may_count: is_open && signed.may(Permission::MoveCards),
        may_close: is_open && signed.may(Permission::CloseDay),
        last: Last::read(&asked.last),
        ended,
        boxes: Table::new(&arranged, whole.boxes.iter().map(line).collect()),
        differences: Table::new(&differing, whole.differences.iter().map(differs).collect()),
        operation: app.operation(),
    }))
}

/// What comes after a count, without a word of what is expected.
fn next_of(state: domain::stocktaking::BoxState) -> &'static str {
    use domain::stocktaking::BoxState;
    match state {
        BoxState::Done => "数え終わりました。次の箱のラベルを読み取ってください",
        BoxState::Again => "数え終わりました。この箱は、できればほかの人がもう一度数えます",
        BoxState::Differs => "2回数えて差があります。一覧の箱を開いて、理由を記録してください",
        BoxState::First | BoxState::Second => "数えています",
    }
}

/// Closes it.
pub(crate) async fn close(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: StocktakingId = field::id(&id)?;
    let form = fields.form(&[OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("stocktaking-close {id}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::stocktaking::close(tx, &act, id))
        })
        .await;
    let problem = match done {
        Ok(()) => return Ok(see_other(&href(id))),
        Err(StocktakingError::NotDone(left)) => {
            format!("まだ終えられません。数え終わっていないか、差の理由のない場所が{left}か所あります。")
        }
        Err(StocktakingError::Skipped(cards)) => {
            let cards: Vec<String> = cards.into_iter().map(control).collect();
            format!(
                "まだ終えられません。記録では箱などにあるのに、どの場所でも数えていないカードがあります（{}）。\
                記録が書き換えられた疑いがあります。業務責任者に知らせ、カードを探してください。",
                cards.join("、")
            )
        }
        Err(StocktakingError::Over) => "この棚卸は、ほかの人が先に終えました。".to_owned(),
        Err(StocktakingError::Reused(_)) => return Err(field::stale()),
        Err(StocktakingError::Store(error)) => return Err(error.into()),
        Err(other) => return Err(PageError::internal(other)),
    };
    let asked = Asked { last: String::new(), ended: String::new() };
    page(&app, &signed, id, &asked, Some(problem)).await
}
