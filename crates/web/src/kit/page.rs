//! A page is a struct: its template, how long it may be kept, and its status stand together.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::error::PageError;
use super::ruby;

/// How long a browser or a proxy may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cache {
    /// Not at all: everything that belongs to one person.
    Never,
    /// Kept by the browser alone, and asked again each time: pages that are the same for everybody.
    Revalidate,
    /// For a year: addresses that carry the hash of their content.
    Immutable,
}

impl Cache {
    /// The `Cache-Control` header.
    pub fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Never => "no-store",
            Self::Revalidate => "private, no-cache",
            Self::Immutable => "public, max-age=31536000, immutable",
        })
    }
}

/// A page that can be answered.
pub trait Page: askama::Template {
    /// How long the page may be kept.
    const CACHE: Cache = Cache::Never;

    /// The status of the answer; a page with a refused form says 422.
    fn status(&self) -> StatusCode {
        StatusCode::OK
    }
}

/// The page with the readings of its kanji, where its language has them.
pub(crate) fn with_readings(html: String) -> String {
    if html.starts_with("<!DOCTYPE html>\n<html lang=\"ja-x-easy\"") { ruby::marked_up(&html) } else { html }
}

/// Renders the page and answers with it.
pub fn respond<P: Page>(page: &P) -> Response {
    match page.render() {
        Ok(html) => answer(page, html),
        Err(error) => PageError::internal(error).into_response(),
    }
}

fn answer<P: Page>(page: &P, html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, P::CACHE.header()),
        (header::VARY, HeaderValue::from_static("cookie, accept-language")),
    ];
    (page.status(), headers, with_readings(html)).into_response()
}

/// [`respond`] with a mark of the picture, for a page that looks again by itself and holds nothing that is drawn anew
/// each time; where it knows the mark already, a line is the answer.
pub fn respond_unless_known<P: Page>(page: &P, asked: &HeaderMap) -> Response {
    let html = match page.render() {
        Ok(html) => html,
        Err(error) => return PageError::internal(error).into_response(),
    };
    let mark = format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(html.as_bytes())[..16]));
    let mark = match HeaderValue::from_str(&mark) {
        Ok(mark) => mark,
        Err(error) => return PageError::internal(error).into_response(),
    };
    let mut answer = if asked.get(header::IF_NONE_MATCH) == Some(&mark) {
        (StatusCode::NOT_MODIFIED, [(header::CACHE_CONTROL, P::CACHE.header())]).into_response()
    } else {
        answer(page, html)
    };
    answer.headers_mut().insert(header::ETAG, mark);
    answer
}

/// Sends the browser to another page after something was done (303, so that a reload does nothing again).
pub fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(to) => {
            (StatusCode::SEE_OTHER, [(header::LOCATION, to), (header::CACHE_CONTROL, Cache::Never.header())])
                .into_response()
        }
        Err(error) => PageError::internal(error).into_response(),
    }
}
