//! A new kind.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::supply::Setting;
use store::Lane;
use store::op::{Operation, once};

use super::{INDEX, setting};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

const TITLE: &str = "用品を加える";

/// Asks what is new.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let [_, mut like, _] = Setting::first();
    like.name = String::new();
    let mut form = Form::fresh();
    setting::fill(&mut form, &like);
    Ok(setting::page(&app, &signed, TITLE.to_owned(), None, form))
}

/// Adds it.
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&setting::FIELDS)?;
    let operation = field::operation(&form)?;
    let Some(new) = setting::read(&mut form) else {
        return Ok(setting::page(&app, &signed, TITLE.to_owned(), None, form));
    };
    let operation = Operation::new(operation, &format!("add supplies {new:?}"));
    let (act, site) = (app.act(signed.actor()), app.settings.site.clone());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::supply::add(tx, &act, &site, &new))
        })
        .await;
    match done {
        Ok(id) => Ok(see_other(&format!("{INDEX}/{id}"))),
        Err(error) => {
            setting::refuse(&mut form, error)?;
            Ok(setting::page(&app, &signed, TITLE.to_owned(), None, form))
        }
    }
}
