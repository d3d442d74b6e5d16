//! Admission to the public listener: when too many requests are under way, the next one is told so at once, kindly,
//! and staff notice nothing.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

/// Requests of citizens under way at once. Each waits for the database at most three seconds.
pub const REQUESTS: usize = 512;

/// The door.
#[derive(Debug, Clone)]
pub struct Admission {
    places: Arc<Semaphore>,
    /// What answers those who do not get in.
    full: Router,
}

impl Admission {
    /// A door for so many at once.
    pub fn new(at_once: usize, full: Router) -> Self {
        Self { places: Arc::new(Semaphore::new(at_once)), full }
    }
}

/// Lets a request in, or answers that it is full.
pub async fn admit(State(door): State<Admission>, request: Request, next: Next) -> Response {
    let Ok(place) = door.places.clone().try_acquire_owned() else {
        metrics::counter!("public_full").increment(1);
        return door.full.oneshot(request).await.into_response();
    };
    let response = next.run(request).await;
    drop(place);
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;

    use super::*;

    #[tokio::test]
    async fn g5_who_does_not_get_in_is_told_at_once() {
        let full = Router::new().fallback(|| async { StatusCode::SERVICE_UNAVAILABLE });
        let (started, is_started) = tokio::sync::oneshot::channel::<()>();
        let started = Arc::new(tokio::sync::Mutex::new(Some(started)));
        let slow = get(move || {
            let started = started.clone();
            async move {
                if let Some(started) = started.lock().await.take() {
                    let _ignored = started.send(());
                    std::future::pending::<()>().await;
                }
                "in"
            }
        });
        let router = Router::new().route("/", slow).layer(from_fn_with_state(Admission::new(1, full), admit));
        let ask = |router: Router| router.oneshot(Request::new(Body::empty()));
        let first = tokio::spawn(ask(router.clone()));
        is_started.await.unwrap();
        assert_eq!(ask(router.clone()).await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
        // A client that leaves gives its place back.
        first.abort();
        drop(first.await);
        assert_eq!(ask(router).await.unwrap().status(), StatusCode::OK);
    }
}
