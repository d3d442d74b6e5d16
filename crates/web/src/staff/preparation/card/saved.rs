//! Filters saved under a name: one's own, shared with the site by who may, removed again.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::FilterId;
use domain::permission::Permission;
use store::Lane;
use store::op::{Operation, once};
use store::saved::{MOST, SavedError};

use super::filter;
use super::list::{owner, page};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};

/// The name.
const NAME: &str = "name";
/// The filter, as addresses carry it.
const ASKED: &str = "asked";

fn pairs(asked: &str) -> Vec<(String, String)> {
    let pair = |part: &str| part.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    asked.split('&').filter_map(pair).collect()
}

/// Saves the present filter.
pub(crate) async fn save(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION, NAME, ASKED])?;
    let operation = field::operation(&form)?;
    let asked = filter::read(&pairs(form.typed(ASKED)), &app.settings.site);
    let name = field::name(&mut form, NAME, "名前");
    if asked.form.is_refused() {
        return page(&app, &signed, asked, Form::fresh()).await;
    }
    let query = filter::query(&asked.form, &[]);
    if query.is_empty() {
        form.refuse_ja(NAME, "条件を1つ以上選んで絞り込んでから保存してください。");
    }
    let Some(name) = name.filter(|_| !form.is_refused()) else {
        return page(&app, &signed, asked, form).await;
    };
    let (act, whose) = (app.act(signed.actor()), owner(&app, &signed));
    let operation = Operation::new(operation, &format!("save filter {name} {query}"));
    let kept = query.clone();
    let saved = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::saved::save(tx, &act, &whose, &name, &kept))
        })
        .await;
    let sentence = match saved {
        Ok(_) => return Ok(see_other(&format!("/cards?{query}"))),
        Err(SavedError::SameName) => "同じ名前の絞り込みがあります。別の名前にしてください。".to_owned(),
        Err(SavedError::TooMany) => {
            format!("保存できるのは{MOST}件までです。使わないものを外してから保存してください。")
        }
        Err(error) => return Err(failed(error)),
    };
    form.refuse_ja(NAME, sentence);
    page(&app, &signed, asked, form).await
}

/// Shares one's own filter with everybody at the site.
pub(crate) async fn share(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: FilterId = field::id(&id)?;
    let form = fields.form(&[OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("share filter {id}"));
    let (act, person) = (app.act(signed.actor()), signed.session().person);
    let shared = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::saved::share(tx, &act, person, id))
        })
        .await;
    shared.map(|()| see_other("/cards")).map_err(failed)
}

/// Removes a filter.
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: FilterId = field::id(&id)?;
    let form = fields.form(&[OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("remove filter {id}"));
    let (act, whose) = (app.act(signed.actor()), owner(&app, &signed));
    let may_share = signed.may(Permission::ShareFilters);
    let removed = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::saved::remove(tx, &act, &whose, may_share, id))
        })
        .await;
    removed.map(|()| see_other("/cards")).map_err(failed)
}

fn failed(error: SavedError) -> PageError {
    match error {
        SavedError::Store(error) => error.into(),
        SavedError::NotTheirs => PageError::Conflict(
            "この絞り込みはすでに外されたか、ほかの人のものです。カード一覧を開き直してください。".to_owned(),
        ),
        SavedError::Reused(_) => field::stale(),
        other => PageError::internal(other),
    }
}
