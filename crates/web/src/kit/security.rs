//! What keeps other sites and scripts out: headers on every answer, and the origin of unsafe requests.

use std::sync::{Arc, LazyLock};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::error::PageError;

/// Nothing but our own styles, scripts, images, forms and event streams, no inline code; framed by these alone.
pub fn content_security_policy(frame_ancestors: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action 'self'; frame-ancestors {frame_ancestors}; base-uri 'none'"
    )
}

/// What every answer says unless it is one of the few that others may frame.
static CONTENT_SECURITY_POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    // The text is ours alone and has no sign that a header could not hold.
    #[expect(clippy::expect_used, reason = "the text is constant, and a test reads the header")]
    HeaderValue::from_str(&content_security_policy("'none'")).expect("a header")
});

const PERMISSIONS_POLICY: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()";

/// What a listener knows of its own address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Scheme, host and port as browsers send them: `https://yoyaku.example.jp`.
    pub text: String,
}

impl Origin {
    /// The origin from the configuration, without a slash at the end.
    pub fn new(text: &str) -> Self {
        Self { text: text.trim_end_matches('/').to_ascii_lowercase() }
    }

    /// Host and port, without the scheme.
    pub fn host(&self) -> &str {
        self.text.split_once("://").map_or(self.text.as_str(), |(_, host)| host)
    }

    fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }
}

/// Puts the headers on every answer. One that a handler set stays as it is: what others may read or frame says so
/// itself.
pub async fn headers(State(origin): State<Arc<Origin>>, request: Request, next: Next) -> Response {
    const ALWAYS: [(HeaderName, &str); 5] = [
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
    ];
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| CONTENT_SECURITY_POLICY.clone());
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if origin.is_https() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    // What nobody said may be kept is not kept.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// What [`same_origin`] needs.
#[derive(Clone)]
pub struct Ours {
    /// The address of this listener.
    pub origin: Arc<Origin>,
    /// The patterns of routes that programs of others send to. They know nobody by a cookie.
    pub from_anywhere: &'static [&'static str],
}

/// Refuses a request that changes something unless it came from a page of this listener.
pub async fn same_origin(
    State(ours): State<Ours>,
    request: Request,
    next: Next,
) -> Result<Response, PageError> {
    let route = request.extensions().get::<MatchedPath>();
    let is_open = route.is_some_and(|route| ours.from_anywhere.contains(&route.as_str()));
    if is_safe(request.method()) || is_ours(request.headers(), &ours.origin) || is_open {
        Ok(next.run(request).await)
    } else {
        Err(PageError::Forbidden)
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// `Sec-Fetch-Site` decides where it is sent, else `Origin`; neither, or `null`, is not ours.
fn is_ours(headers: &HeaderMap, origin: &Origin) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    headers.get(header::ORIGIN).and_then(|value| value.to_str().ok()) == Some(origin.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        is_ours(&headers, &Origin::new("https://yoyaku.example.jp/"))
    }

    #[test]
    fn r4_g_only_our_own_pages_may_change_something() {
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        assert!(ours(&[("origin", "https://yoyaku.example.jp")]));
        assert!(!ours(&[]));
        assert!(!ours(&[("origin", "null")]));
        assert!(!ours(&[("origin", "https://yoyaku.example.jp.evil.example")]));
        assert!(!ours(&[("sec-fetch-site", "same-site"), ("origin", "https://yoyaku.example.jp")]));
        assert!(!ours(&[("sec-fetch-site", "none")]));
    }

    #[test]
    fn unsafe_methods_are_all_but_get_and_head() {
        assert!(is_safe(&Method::GET) && is_safe(&Method::HEAD));
        assert!(!is_safe(&Method::POST) && !is_safe(&Method::OPTIONS) && !is_safe(&Method::DELETE));
    }
}
