//! The first page: which notice arrived?

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::service::Service;
use jiff::civil::Date;

use super::{Layout, frame};
use crate::App;
use crate::kit::page::Cache;
use crate::kit::{Asked, Page, PageError, Texts, respond};

/// The first page.
#[derive(Template)]
#[template(path = "citizen/first.html")]
pub struct First {
    texts: Texts,
    layout: Layout,
    free_from: Free,
}

/// The first day with a free place of each service that is booked here; none: there is none at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Free {
    /// Of the issuance.
    pub issuance: Option<Date>,
    /// Of the renewal.
    pub renewal: Option<Date>,
}

impl First {
    /// The page with the first free days.
    pub fn new(layout: Layout, free_from: Free) -> Self {
        Self { texts: layout.texts(), layout, free_from }
    }
}

impl Page for First {
    const CACHE: Cache = Cache::Revalidate;
}

/// Shows the first page, with the first free days of the pictures that everybody sees.
pub(crate) async fn show(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, PageError> {
    let free_from = Free {
        issuance: app.availability(Service::Issuance).await?.first_free().map(|day| day.day),
        renewal: app.availability(Service::Renewal).await?.first_free().map(|day| day.day),
    };
    Ok(respond(&First::new(frame::layout(&app, &asked), free_from)))
}
