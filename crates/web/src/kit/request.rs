//! What every request brings: its incident number, the language of its reader, and the address asked for.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::guard::{self, Finding};

use super::clock::{Chance, Clock};
use super::cookie;
use super::error::PageError;
use super::language::Language;
use super::message::Texts;

/// The number of one request: on the error page, in the log and in the journal.
///
/// Eight signs of Crockford's base 32, which has no I, L, O and U, shown 4-4 so that it can be read aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Incident([u8; 8]);

impl Incident {
    const SIGNS: &'static [u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// Draws a number.
    pub fn draw(chance: &dyn Chance) -> Self {
        let mut bytes = [0; 8];
        chance.fill(&mut bytes);
        Self(bytes.map(|byte| Self::SIGNS[usize::from(byte & 31)]))
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |part: &[u8]| part.iter().map(|sign| char::from(*sign)).collect::<String>();
        write!(f, "{}-{}", text(&self.0[..4]), text(&self.0[4..]))
    }
}

/// What a handler and a layout know of the request.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The number of the request.
    pub incident: Incident,
    /// The language of the reader.
    pub language: Language,
    /// The path to come back to, for the links to other languages; `/` where the request was no GET.
    pub here: String,
}

impl Asked {
    /// The texts in the reader's language.
    pub fn texts(&self) -> Texts {
        Texts::new(self.language)
    }

    /// The context that [`open`] put into the request.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_else(|| Self {
            incident: Incident(*b"00000000"),
            language: Language::default(),
            here: "/".to_owned(),
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// The cookie that keeps the language a reader has chosen.
pub const LANGUAGE_COOKIE: &str = "__Host-language";

/// The language chosen before, or else the browser's.
pub fn language_of(headers: &HeaderMap) -> Language {
    cookie::read(headers, LANGUAGE_COOKIE).and_then(Language::from_code).unwrap_or_else(|| {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Language::accepted(accepted.unwrap_or_default())
    })
}

/// Where a link to another language leads back to: a path of ours, or the first page.
pub fn safe_return(back: &str) -> &str {
    let is_path = back.starts_with('/')
        && !back.starts_with("//")
        && back.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_'));
    if is_path { back } else { "/" }
}

/// What [`open`] needs.
#[derive(Clone)]
pub struct Opening {
    /// For the time a request took.
    pub clock: Arc<dyn Clock>,
    /// For incident numbers.
    pub chance: Arc<dyn Chance>,
}

/// Opens a request: gives it its number and writes its line in the log.
///
/// The log knows the pattern of the route, never the address, its query or the body.
pub async fn open(State(opening): State<Opening>, mut request: Request, next: Next) -> Response {
    let incident = Incident::draw(opening.chance.as_ref());
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    // The links to other languages repeat the path, which therefore must not hold an Individual Number.
    let path = request.uri().path();
    let repeated = safe && guard::worst(&decoded(path)) != Some(Finding::IndividualNumber);
    let here = if repeated { safe_return(path).to_owned() } else { "/".to_owned() };
    let language = language_of(request.headers());
    request.extensions_mut().insert(Asked { incident, language, here });
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let began = opening.clock.now();
    let mut response = next.run(request).await;
    let took = opening.clock.now().duration_since(began);
    tracing::info!(
        %incident,
        %method,
        route = route.as_deref().unwrap_or("none"),
        status = response.status().as_u16(),
        milliseconds = took.as_millis(),
        "request"
    );
    if let Ok(value) = HeaderValue::from_str(&incident.to_string()) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Refuses an Individual Number in the address: path or query, percent-encoded or not.
pub async fn guard_address(request: Request, next: Next) -> Result<Response, PageError> {
    let uri = request.uri();
    let found = [uri.path(), uri.query().unwrap_or_default()]
        .into_iter()
        .any(|part| guard::worst(&decoded(part)) == Some(Finding::IndividualNumber));
    if found { Err(PageError::IndividualNumber) } else { Ok(next.run(request).await) }
}

/// The text of a part of an address; bytes that are no text become U+FFFD.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => {
                if let (Some(high), Some(low)) = (hex(high), hex(low)) {
                    bytes.push(high * 16 + low);
                    rest = after;
                    continue;
                }
                bytes.push(b'%');
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::clock::SeededChance;

    #[test]
    fn an_incident_can_be_read_aloud() {
        let text = Incident::draw(&SeededChance::new(1)).to_string();
        assert_eq!(text.len(), 9);
        assert_eq!(text.as_bytes()[4], b'-');
        assert!(!text.contains(['I', 'L', 'O', 'U']));
    }

    #[test]
    fn only_paths_of_ours_are_returned_to() {
        assert_eq!(safe_return("/y/01ABC/days"), "/y/01ABC/days");
        for foreign in ["//evil.example/", "https://evil.example/", "/\\evil.example", "/a?b=c", ""] {
            assert_eq!(safe_return(foreign), "/");
        }
    }

    #[test]
    fn addresses_are_read_as_they_were_meant() {
        assert_eq!(decoded("q=1234+5678%209018"), "q=1234 5678 9018");
        assert_eq!(decoded("%E3%81%82%"), "あ%");
        assert_eq!(decoded("%zz%2"), "%zz%2");
    }
}
