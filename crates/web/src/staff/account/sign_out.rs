//! Signing out: the session ends in the database, and its cookie in the browser.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::Response;
use domain::journal::Ending;
use store::Lane;

use super::sign_in::cookie;
use crate::App;
use crate::kit::PageError;
use crate::kit::page::see_other;
use crate::staff::desk::{SIGN_IN, Signed};

/// Ends the session.
pub(crate) async fn sign_out(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let (act, person, session) = (app.act(signed.actor()), signed.session().person, signed.session().id);
    app.db
        .write(Lane::Staff, move |tx| store::person::close(tx, &act, person, session, Ending::SignedOut))
        .await?;
    let mut response = see_other(SIGN_IN);
    response.headers_mut().append(header::SET_COOKIE, cookie("", Some(0))?);
    Ok(response)
}
