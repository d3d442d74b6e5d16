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
    free_from: Option<Date>,
}

impl First {
    /// `free_from` is the first day with a free place for an issuance.
    pub fn new(layout: Layout, free_from: Option<Date>) -> Self {
        Self { texts: layout.texts(), layout, free_from }
    }
}

impl Page for First {
    const CACHE: Cache = Cache::Revalidate;
}

/// Shows the first page, with the first free day of the picture that everybody sees.
pub(crate) async fn show(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, PageError> {
    let free_from = app.availability(Service::Issuance).await?.first_free().map(|day| day.day);
    Ok(respond(&First::new(frame::layout(&app, &asked), free_from)))
}
