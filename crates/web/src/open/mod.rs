//! What the city's site and anybody else may read: the free days as JSON, the document that describes it
//! (OpenAPI 3.1), and a page that the city may put into a page of its own.
//!
//! Everything here is computed from the picture of free places, so a request costs no statement. It tells how many
//! places are free and nothing about anybody, sets no cookie and changes nothing.

mod counter;
mod data;
mod document;
mod embed;
mod problem;
pub mod route;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, map_response};
use axum::routing::get;
use domain::service::Service;

use crate::App;
use crate::key;

/// The routes, to be merged into the public face.
pub(crate) fn routes() -> Router<Arc<App>> {
    let data = Router::new()
        .route(route::DOCUMENT, get(document::document))
        .route(route::COUNTERS, get(counter::list))
        .route(route::DAYS, get(data::days))
        .route(route::DAY, get(data::day))
        .route(route::DAYS_OF_SITE, get(data::days_of_site))
        .route(route::DAY_OF_SITE, get(data::day_of_site))
        .route_layer(from_fn(problem::told))
        .route_layer(map_response(data::for_everybody));
    data.route(route::ABOUT, get(document::about))
        .route(route::EMBED, get(embed::show))
        .route(route::EMBED_OF_SITE, get(embed::show_of_site))
}

/// The message with the name of a service.
pub(crate) fn heading(service: Service) -> &'static str {
    match service {
        Service::Renewal => key!("open-renewal"),
        _ => key!("open-issuance"),
    }
}

#[cfg(test)]
mod samples;
