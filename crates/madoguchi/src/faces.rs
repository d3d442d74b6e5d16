//! The one place where the faces of `web` are put behind listeners: admission, networks, compression.

use std::sync::Arc;

use axum::Router;
use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use axum::middleware::from_fn_with_state;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::Predicate;
use web::App;

use crate::admission::{Admission, REQUESTS, admit};
use crate::listen::only_from;
use crate::network::Network;

/// The citizens' pages.
pub fn public(app: &Arc<App>) -> Router {
    let door = Admission::new(REQUESTS, web::citizen::full(app.clone()));
    web::citizen::router(app.clone()).layer(from_fn_with_state(door, admit)).layer(compression())
}

/// The pages of operators and city. `None` lets every network in: only for demos, which listen on loopback.
pub fn staff(app: &Arc<App>, networks: Option<&[Network]>) -> Router {
    let router = web::staff::router(app.clone()).layer(compression());
    match networks {
        Some(networks) => router.layer(from_fn_with_state(Arc::<[Network]>::from(networks), only_from)),
        None => router,
    }
}

/// Texts are compressed; pictures and papers are small already.
fn compression() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(|_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        // An event stream must not wait in the compressor.
        let text = kind.starts_with("text/") && !kind.starts_with("text/event-stream");
        text || kind.starts_with("application/javascript") || kind.starts_with("image/svg")
    })
}
