//! Cookies: how they are written and read.
//!
//! Every cookie is `Secure`, `HttpOnly` and bound by its prefix; browsers count `localhost` as secure, so
//! this also holds on a machine without TLS. No cookie holds anything but a random secret or a language.

use axum::http::{HeaderMap, HeaderValue, header};

/// When a browser sends the cookie with requests that another site started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// With navigations by link (citizens arrive from the city's site).
    Lax,
    /// Never (staff).
    Strict,
}

/// A cookie to be set. The name carries its prefix: `__Host-` needs the path `/`, `__Secure-` any other.
#[derive(Debug, Clone)]
pub struct Cookie<'a> {
    /// With its prefix.
    pub name: &'a str,
    /// Letters, digits, `-`, `_` only: tokens of ours.
    pub value: &'a str,
    /// The path below which it is sent.
    pub path: &'a str,
    /// Seconds to live; `None` ends with the browser's session.
    pub max_age: Option<u32>,
    /// With requests from other sites.
    pub same_site: SameSite,
}

/// A part of the cookie cannot stand in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed cookie")]
pub struct MalformedCookie;

impl Cookie<'_> {
    /// The value of the `Set-Cookie` header.
    pub fn header(&self) -> Result<HeaderValue, MalformedCookie> {
        let token =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let path =
            |text: &str| text.starts_with('/') && text.bytes().all(|b| b.is_ascii_graphic() && b != b';');
        let prefixed = match (self.name.starts_with("__Host-"), self.name.starts_with("__Secure-")) {
            (true, false) => self.path == "/",
            (false, true) => true,
            _ => false,
        };
        if !token(self.name) || !token(self.value) || !path(self.path) || !prefixed {
            return Err(MalformedCookie);
        }
        let same_site = match self.same_site {
            SameSite::Lax => "Lax",
            SameSite::Strict => "Strict",
        };
        let mut text = format!(
            "{}={}; Path={}; Secure; HttpOnly; SameSite={same_site}",
            self.name, self.value, self.path
        );
        if let Some(seconds) = self.max_age {
            text.push_str("; Max-Age=");
            text.push_str(&seconds.to_string());
        }
        HeaderValue::from_str(&text).map_err(|_| MalformedCookie)
    }
}

/// The value of the first cookie of this name.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VISIT: Cookie<'static> = Cookie {
        name: "__Secure-visit",
        value: "abc_DEF-123",
        path: "/y/01ABC",
        max_age: Some(1800),
        same_site: SameSite::Lax,
    };

    #[test]
    fn a_cookie_is_secure_and_bound_to_its_path() {
        assert_eq!(
            VISIT.header().unwrap(),
            "__Secure-visit=abc_DEF-123; Path=/y/01ABC; Secure; HttpOnly; SameSite=Lax; Max-Age=1800"
        );
    }

    #[test]
    fn what_a_browser_would_drop_is_refused_here() {
        assert_eq!(Cookie { name: "__Host-session", ..VISIT }.header(), Err(MalformedCookie));
        assert_eq!(Cookie { name: "session", ..VISIT }.header(), Err(MalformedCookie));
        assert_eq!(Cookie { value: "a;b", ..VISIT }.header(), Err(MalformedCookie));
        assert_eq!(Cookie { path: "/a; Domain=x", ..VISIT }.header(), Err(MalformedCookie));
    }

    #[test]
    fn cookies_are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; __Host-language=en;b=2"));
        assert_eq!(read(&headers, "__Host-language"), Some("en"));
        assert_eq!(read(&headers, "b"), Some("2"));
        assert_eq!(read(&headers, "language"), None);
    }
}
