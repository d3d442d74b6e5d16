//! Errors for programs: problem details (RFC 9457) in place of a page.

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::kit::{Asked, PageError};

/// The media type of problem details.
const KIND: &str = "application/problem+json";

/// What went wrong with a request.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// The status of the answer.
    #[schema(example = 404, minimum = 400, maximum = 599)]
    status: u16,
    /// What it means.
    #[schema(example = "Nothing is at this address.")]
    title: &'static str,
    /// The number of the request, for an enquiry.
    #[schema(example = "7KQ2-9XWT")]
    incident: String,
}

/// Turns an error of ours into problem details; the layer around all pages, which would log it, no longer sees it.
pub(super) async fn told(request: Request, next: Next) -> Response {
    let asked = Asked::of(request.extensions());
    let answer = next.run(request).await;
    let status = answer.status();
    match answer.extensions().get::<PageError>() {
        Some(error) => error.log(&asked),
        None if status == StatusCode::METHOD_NOT_ALLOWED => {}
        None => return answer,
    }
    let title = match status {
        StatusCode::NOT_FOUND => "Nothing is at this address.",
        StatusCode::METHOD_NOT_ALLOWED => "Only GET and HEAD are answered here.",
        StatusCode::SERVICE_UNAVAILABLE => {
            "Too many requests are under way. Please come again in some seconds."
        }
        _ => "This did not work. Please come again later.",
    };
    let problem = Problem { status: status.as_u16(), title, incident: asked.incident.to_string() };
    let mut told = (status, axum::Json(problem)).into_response();
    told.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(KIND));
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = answer.headers().get(&name) {
            told.headers_mut().insert(name, value.clone());
        }
    }
    told
}
