//! The page behind the link in a mail: the owner of the address confirms it, or takes it away. Opening it changes
//! nothing, because programs that look at mails open links too; only a button does, the page's or the one that a mail
//! program shows beside a mail (RFC 8058). Neither touches the booking.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::id::MailToken;
use domain::journal::Actor;
use store::Lane;
use store::contact::{self, ContactError, Standing};

use crate::App;
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::page::see_other;
use crate::kit::{Asked, Page, PageError, Texts, respond};

/// How the address stands behind a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// It waits for the button.
    Asked,
    /// It is confirmed.
    Confirmed,
    /// It was removed.
    Gone,
    /// Nobody has such a link, or not any more.
    Unknown,
}

/// The page of the owner of an address.
#[derive(Template)]
#[template(path = "citizen/mail/owner.html")]
pub struct OwnerPage {
    texts: Texts,
    layout: Layout,
    behind: Behind,
    confirm_href: String,
    remove_href: String,
}

impl OwnerPage {
    /// The page behind a link.
    pub fn new(layout: Layout, token: &str, behind: Behind) -> Self {
        Self {
            texts: layout.texts(),
            layout,
            behind,
            confirm_href: route::owner_confirm(token),
            remove_href: route::owner_remove(token),
        }
    }

    fn title(&self) -> &'static str {
        match self.behind {
            Behind::Asked => key!("owner-asked-title"),
            Behind::Confirmed => key!("owner-confirmed-title"),
            Behind::Gone | Behind::Unknown => key!("owner-gone-title"),
        }
    }

    fn lead(&self) -> &'static str {
        match self.behind {
            Behind::Asked => key!("owner-asked-lead"),
            Behind::Confirmed => key!("owner-confirmed-lead"),
            Behind::Gone | Behind::Unknown => key!("owner-gone-lead"),
        }
    }
}

impl Page for OwnerPage {
    fn status(&self) -> StatusCode {
        if self.behind == Behind::Unknown { StatusCode::NOT_FOUND } else { StatusCode::OK }
    }
}

/// Shows how the address stands.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(typed): Path<String>,
    asked: Asked,
) -> Result<Response, PageError> {
    let layout = frame::layout(&app, &asked);
    let Ok(token) = typed.parse::<MailToken>() else {
        return Ok(respond(&OwnerPage::new(layout, "", Behind::Unknown)));
    };
    let keys = app.keys.clone();
    let found = app.db.read(move |reader| contact::by_token(reader, &keys, token)).await?;
    let behind = found.map_or(Behind::Unknown, |found| match found.standing {
        Standing::Asked => Behind::Asked,
        Standing::Confirmed => Behind::Confirmed,
        Standing::Gone => Behind::Gone,
    });
    Ok(respond(&OwnerPage::new(layout, &token.to_string(), behind)))
}

/// Confirms the address. Pressed twice is the same as once.
pub(crate) async fn confirm(
    State(app): State<Arc<App>>,
    Path(typed): Path<String>,
) -> Result<Response, PageError> {
    let token: MailToken = typed.parse().map_err(|_| PageError::NotFound)?;
    let (act, keys) = (app.act(Actor::Citizen), app.keys.clone());
    after(token, app.db.write(Lane::Public, move |tx| contact::confirm(tx, &act, &keys, token)).await)
}

/// Takes the address away. Pressed twice is the same as once.
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    Path(typed): Path<String>,
) -> Result<Response, PageError> {
    let token: MailToken = typed.parse().map_err(|_| PageError::NotFound)?;
    let (act, keys) = (app.act(Actor::Citizen), app.keys.clone());
    let removed = app.db.write(Lane::Public, move |tx| match contact::by_token(tx, &keys, token)? {
        Some(found) => contact::remove(tx, &act, found.booking),
        None => Err(ContactError::NotFound),
    });
    after(token, removed.await)
}

/// What a mail program sends when its reader presses its button, as a form of either kind, and nothing else does.
const ONE_CLICK: [&str; 2] = ["List-Unsubscribe", "One-Click"];

/// Takes the address away for a mail program. It is no page of ours that asks, and it brings no cookie; whoever has the
/// token has it from a mail. Pressed twice is the same as once, and whether somebody has such a token is not told. Of
/// what was sent nothing is kept.
pub(crate) async fn one_click(
    State(app): State<Arc<App>>,
    Path(typed): Path<String>,
    sent: Bytes,
) -> Result<Response, PageError> {
    let sent = String::from_utf8_lossy(&sent);
    if !ONE_CLICK.iter().all(|word| sent.contains(word)) {
        return Err(PageError::BadRequest);
    }
    if let Ok(token) = typed.parse::<MailToken>() {
        let (act, keys) = (app.act(Actor::Citizen), app.keys.clone());
        let removed = app.db.write(Lane::Public, move |tx| match contact::by_token(tx, &keys, token)? {
            Some(found) => contact::remove(tx, &act, found.booking),
            None => Ok(()),
        });
        if let Err(ContactError::Store(error)) = removed.await {
            return Err(error.into());
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Shows how the address stands after a button.
fn after(token: MailToken, done: Result<(), ContactError>) -> Result<Response, PageError> {
    match done {
        Err(ContactError::Store(error)) => Err(error.into()),
        // The booking is over, or the address is gone: the page says so.
        Ok(()) | Err(_) => Ok(see_other(&route::owner(&token.to_string()))),
    }
}
