//! The layers around a face, in their one order.
//!
//! From outside: methods that an address lacks, incident number and log line, headers, error pages, origin of unsafe requests, Individual
//! Numbers in the address, size of the body.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};

use super::asset;
use super::clock::{Chance, Clock};
use super::error::{Face, dress, tell_methods};
use super::request::{Opening, guard_address, open};
use super::security::{Origin, Ours, headers, same_origin};

/// What a form may send, in bytes. Routes that take files raise it for themselves.
pub const FORM_LIMIT: usize = 64 * 1024;

/// What the layers need.
#[derive(Clone)]
pub struct Surroundings {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance, for incident numbers.
    pub chance: Arc<dyn Chance>,
    /// The address of this listener.
    pub origin: Arc<Origin>,
    /// The face, for error pages.
    pub face: Arc<dyn Face>,
    /// The patterns of routes that programs of others send to.
    pub from_anywhere: &'static [&'static str],
}

/// Adds the assets to the routes of a face and puts the layers around both.
pub fn surround(routes: Router, with: Surroundings) -> Router {
    let Surroundings { clock, chance, origin, face, from_anywhere } = with;
    let ours = Ours { origin: origin.clone(), from_anywhere };
    let inside = routes
        .merge(asset::routes())
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn(guard_address))
        .layer(from_fn_with_state(ours, same_origin))
        .layer(from_fn_with_state(face.clone(), dress))
        .layer(from_fn_with_state(origin, headers))
        .layer(from_fn_with_state(Opening { clock, chance }, open));
    // The layers of a router stand within its routes, each behind the choice of a method.
    Router::new().fallback_service(inside).layer(from_fn_with_state(face, tell_methods))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, Response, StatusCode, header};
    use axum::routing::{get, post};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;
    use crate::citizen::layout::{Citizens, Layout, samples::office};
    use crate::kit::clock::{ManualClock, SeededChance};
    use crate::kit::{Asked, Fields, PageError};

    async fn fails() -> Result<&'static str, PageError> {
        Err(PageError::internal(std::io::Error::other("the secret cause")))
    }

    async fn panics() -> &'static str {
        panic!("the secret cause")
    }

    async fn takes(fields: Fields) -> Result<String, PageError> {
        Ok(fields.form(&["a"])?.typed("a").to_owned())
    }

    fn face() -> Router {
        let now = "2026-11-24T00:00:00Z".parse().unwrap();
        let routes = Router::new()
            .route("/fails", get(fails))
            .route("/panics", get(panics))
            .route("/takes", post(takes))
            .route("/k", get(|| async { "key" }));
        surround(
            routes,
            Surroundings {
                clock: Arc::new(ManualClock::new(now)),
                chance: Arc::new(SeededChance::new(1)),
                origin: Arc::new(Origin::new("https://yoyaku.example.jp")),
                face: Arc::new(Citizens { layout: |asked: &Asked| Layout::new(asked, office()) }),
                from_anywhere: &[],
            },
        )
    }

    async fn answer(request: Request<Body>) -> (Response<()>, String) {
        let (head, body) = face().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (Response::from_parts(head, ()), String::from_utf8_lossy(&bytes).into_owned())
    }

    fn get_of(path: &str) -> Request<Body> {
        Request::get(path).body(Body::empty()).unwrap()
    }

    fn post_of(site: Option<&'static str>, body: String) -> Request<Body> {
        let mut request =
            Request::post("/takes").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        request.body(Body::from(body)).unwrap()
    }

    #[tokio::test]
    async fn errors_are_pages_with_an_incident_number_and_without_the_cause() {
        for path in ["/fails", "/panics"] {
            let (head, page) = answer(get_of(path)).await;
            assert_eq!(head.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let incident = head.headers()["x-request-id"].to_str().unwrap();
            assert!(page.contains(incident) && page.contains("<h1>"), "{path}");
            assert!(!page.contains("secret"), "{path}");
        }
        let (head, page) = answer(get_of("/nowhere")).await;
        assert_eq!(head.status(), StatusCode::NOT_FOUND);
        assert!(page.contains("ページが見つかりません"));
        let (head, page) =
            answer(Request::post("/k").header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap())
                .await;
        assert_eq!(head.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert!(page.contains("<h1>") && head.headers().contains_key(header::ALLOW));
    }

    #[tokio::test]
    async fn r4_g_every_answer_carries_the_headers() {
        for path in ["/k", "/nowhere", "/panics", &asset::href("style.css")] {
            let (head, _) = answer(get_of(path)).await;
            let headers = head.headers();
            assert!(headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers["referrer-policy"], "same-origin");
            assert!(headers.contains_key("strict-transport-security"));
            assert!(headers.contains_key("cache-control"), "{path}");
        }
    }

    #[tokio::test]
    async fn r4_g_a_form_of_another_site_is_refused() {
        for site in [None, Some("cross-site"), Some("none")] {
            let (head, _) = answer(post_of(site, "a=1".to_owned())).await;
            assert_eq!(head.status(), StatusCode::FORBIDDEN, "{site:?}");
        }
        let (head, body) = answer(post_of(Some("same-origin"), "a=1".to_owned())).await;
        assert_eq!((head.status(), body.as_str()), (StatusCode::OK, "1"));
    }

    #[tokio::test]
    async fn r4_g_a_method_that_an_address_lacks_is_told_with_those_it_has() {
        let sent = |method: &'static str, path: &'static str| {
            Request::builder().method(method).uri(path).body(Body::from("a=1")).unwrap()
        };
        for method in ["TRACE", "OPTIONS", "PUT", "PATCH", "DELETE", "PROPFIND", "NONE"] {
            let (head, page) = answer(sent(method, "/takes")).await;
            assert_eq!(
                (head.status(), &head.headers()[header::ALLOW]),
                (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().unwrap()),
                "{method}"
            );
            assert!(page.contains("<h1>"), "{method}");
        }
        let (head, _) = answer(sent("POST", "/k")).await;
        assert_eq!(
            (head.status(), &head.headers()[header::ALLOW]),
            (StatusCode::METHOD_NOT_ALLOWED, &"GET,HEAD".parse().unwrap())
        );
        // Where the method is right, it is the origin that is wrong.
        let (head, _) = answer(sent("POST", "/takes")).await;
        assert_eq!((head.status(), head.headers().get(header::ALLOW)), (StatusCode::FORBIDDEN, None));
    }

    #[tokio::test]
    async fn r4_b_an_individual_number_is_refused_wherever_it_is_sent() {
        for path in ["/k?q=1234%205678%209018", "/123456789018", "/k?123456789018=x"] {
            let (head, page) = answer(get_of(path)).await;
            assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(!page.contains("9018"), "{path}");
        }
        let hidden = post_of(Some("same-origin"), "b=123456789018".to_owned());
        assert_eq!(answer(hidden).await.0.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_refused() {
        let (head, page) =
            answer(post_of(Some("same-origin"), format!("a={}", "x".repeat(FORM_LIMIT)))).await;
        assert_eq!(head.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert!(page.contains("<h1>"));
    }

    #[tokio::test]
    async fn assets_are_kept_for_a_year_and_compressed() {
        let mut request = get_of(&asset::href("style.css"));
        request.headers_mut().insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
        let (head, _) = answer(request).await;
        assert_eq!(head.headers()[header::CONTENT_ENCODING], "gzip");
        assert!(head.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    }
}
