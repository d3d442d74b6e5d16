//! Choosing a language: a cookie, and back to where the reader was.

use axum::extract::{Path, RawQuery};
use axum::http::header;
use axum::response::Response;

use crate::kit::cookie::{Cookie, SameSite};
use crate::kit::page::see_other;
use crate::kit::request::{LANGUAGE_COOKIE, safe_return};
use crate::kit::{Language, PageError};

/// A year.
const KEPT_SECONDS: u32 = 31_536_000;

/// Keeps the language and leads back.
pub(crate) async fn choose(
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let language = Language::from_code(&code).ok_or(PageError::NotFound)?;
    // Our own links need no encoding; anything else leads to the first page.
    let back = query.as_deref().and_then(|query| query.strip_prefix("back=")).unwrap_or("/");
    let mut response = see_other(safe_return(back));
    let cookie = Cookie {
        name: LANGUAGE_COOKIE,
        value: language.code(),
        path: "/",
        max_age: Some(KEPT_SECONDS),
        same_site: SameSite::Lax,
    };
    response.headers_mut().append(header::SET_COOKIE, cookie.header().map_err(PageError::internal)?);
    Ok(response)
}
