//! How a booking can end otherwise: the hold expired, or the proven key does not allow it.

use askama::Template;
use axum::http::StatusCode;
use domain::id::VisitId;

use crate::citizen::{Layout, route};
use crate::key;
use crate::kit::{Page, Texts};

/// The time is no longer held.
#[derive(Template)]
#[template(path = "citizen/visit/expired.html")]
pub struct ExpiredPage {
    texts: Texts,
    layout: Layout,
    hold_minutes: u16,
    days_href: String,
}

impl ExpiredPage {
    /// The page that leads back to the days.
    pub fn new(layout: Layout, visit: VisitId, hold_minutes: u16) -> Self {
        Self { texts: layout.texts(), layout, hold_minutes, days_href: route::days(visit) }
    }
}

impl Page for ExpiredPage {}

/// Why a key that was proven cannot be booked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The card was issued.
    Issued,
    /// The card left the ordinary way (moved, expired, called back): a person has to look, and the page does
    /// not say why.
    Ask,
    /// The notice of this card was not posted yet, and booking opens with it.
    Early,
    /// Nobody came for the card so often that it is booked by telephone only.
    Telephone,
    /// So many renewals were booked from this address that it may be a machine.
    TooMany,
    /// While people wait for their turn, this key began so many visits that it takes the turns of others.
    ManyVisits,
}

impl Reason {
    fn title(self) -> &'static str {
        match self {
            Self::Issued => key!("refused-issued-title"),
            Self::Ask => key!("refused-ask-title"),
            Self::Early => key!("refused-early-title"),
            Self::Telephone => key!("refused-telephone-title"),
            Self::TooMany => key!("refused-too-many-title"),
            Self::ManyVisits => key!("refused-many-visits-title"),
        }
    }

    fn next(self) -> &'static str {
        match self {
            Self::Issued => key!("refused-issued-next"),
            Self::Ask => key!("refused-ask-next"),
            Self::Early => key!("refused-early-next"),
            Self::Telephone => key!("refused-telephone-next"),
            Self::TooMany => key!("refused-too-many-next"),
            Self::ManyVisits => key!("refused-many-visits-next"),
        }
    }
}

/// The page that says why, and what to do next.
#[derive(Template)]
#[template(path = "citizen/visit/refused.html")]
pub struct RefusedPage {
    texts: Texts,
    layout: Layout,
    reason: Reason,
}

impl RefusedPage {
    /// The page for a reason. Only for those who proved the key.
    pub fn new(layout: Layout, reason: Reason) -> Self {
        Self { texts: layout.texts(), layout, reason }
    }
}

impl Page for RefusedPage {
    fn status(&self) -> StatusCode {
        match self.reason {
            Reason::TooMany | Reason::ManyVisits => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::OK,
        }
    }
}
