//! The operations listener: health, readiness, metrics; in demos also the clock.
//!
//! It is loopback and has no sign-in, so nothing here shows a record or changes one.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Deserialize;
use web::App;
use web::outage::Why;

use crate::jobs::Jobs;

/// How long the database may take to answer the question whether it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// How far the clocks of this machine and of the database's server may be apart.
const APART: SignedDuration = SignedDuration::from_secs(1);

/// How far the sealer may be behind.
const BEHIND: SignedDuration = SignedDuration::from_mins(2);

/// What the operations listener looks at.
#[derive(Clone)]
pub struct Operations {
    /// The application.
    pub app: Arc<App>,
    /// Its jobs, which are run when a clock was moved.
    pub jobs: Jobs,
    /// Its metrics.
    pub metrics: PrometheusHandle,
}

/// The addresses of the listener.
pub fn router(operations: Operations) -> Router {
    let mut router = Router::new()
        // The process answers; what it needs is asked by /ready.
        .route("/health", get(|| async { "ok\n" }))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics));
    if operations.app.by_hand.is_some() {
        router = router.route("/demo/clock", post(move_clock));
    }
    router.with_state(operations)
}

async fn metrics(State(operations): State<Operations>) -> Response {
    operations.metrics.run_upkeep();
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, operations.metrics.render()).into_response()
}

async fn ready(State(operations): State<Operations>) -> Response {
    let faults = tokio::time::timeout(PATIENCE, faults(&operations.app))
        .await
        .unwrap_or_else(|_| vec!["the database does not answer in time".to_owned()]);
    if faults.is_empty() {
        return format!("ready\n{}", warnings(&operations.app)).into_response();
    }
    let mut text = String::from("not ready\n");
    for fault in faults {
        // Writing to a String cannot fail.
        let _ignored = writeln!(text, "{fault}");
    }
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

/// What somebody must look at, though the program serves as well as ever: citizens are not sent away for it.
fn warnings(app: &App) -> String {
    let (Some(folder), Some(fault)) = (&app.settings.outage, app.outage_fault()) else {
        return String::new();
    };
    let why = fault.why.map_or("nothing was written in time", Why::technical);
    let last =
        fault.written_at.map_or_else(|| "not since the start".to_owned(), |at| format!("last at {at}"));
    format!("warning: the folder for an outage {} is not written ({why}); {last}\n", folder.path)
}

async fn faults(app: &App) -> Vec<String> {
    let seen = app
        .db
        .read(|reader| {
            Ok::<_, store::Error>((
                store::meta::server_clock(reader)?,
                store::sealer::oldest_waiting(reader)?,
            ))
        })
        .await;
    let (server, waiting) = match seen {
        Ok(seen) => seen,
        Err(error) => return vec![format!("the database does not answer: {error}")],
    };
    // A clock that is moved by hand is compared with nothing.
    if app.by_hand.is_some() {
        return Vec::new();
    }
    let now = app.now();
    let mut faults = Vec::new();
    if let Some(apart) = server.map(|server| server.duration_since(now).abs()).filter(|apart| *apart > APART)
    {
        faults.push(format!("the clock is {:.1} s away from the database's", apart.as_secs_f64()));
    }
    if let Some(behind) = waiting.map(|oldest| now.duration_since(oldest)).filter(|behind| *behind > BEHIND) {
        faults.push(format!("the sealer is {} s behind", behind.as_secs()));
    }
    faults
}

/// How the clock of a demo is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Move {
    /// To an instant.
    To(Timestamp),
    /// By so many seconds.
    AdvanceSeconds(u32),
}

async fn move_clock(State(operations): State<Operations>, headers: HeaderMap, body: Bytes) -> Response {
    // A page of another site cannot send this kind without asking first.
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/json")) {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/json\n").into_response();
    }
    let Some(clock) = &operations.app.by_hand else { return StatusCode::NOT_FOUND.into_response() };
    match serde_json::from_slice(&body) {
        Ok(Move::To(instant)) => clock.set(instant),
        Ok(Move::AdvanceSeconds(seconds)) => clock.advance(SignedDuration::from_secs(i64::from(seconds))),
        Err(error) => {
            let form = r#"send {"to": "2026-11-24T09:00:00+09:00"} or {"advance_seconds": 60}"#;
            return (StatusCode::BAD_REQUEST, format!("{error}; {form}\n")).into_response();
        }
    }
    operations.app.availability_changed();
    // What the moved clock makes due is done before the answer, so that a story sees it at once.
    operations.jobs.run_once().await;
    operations.app.now().to_string().into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_moved_to_an_instant_or_by_seconds() {
        let to = serde_json::from_str(r#"{"to": "2026-11-24T09:00:00+09:00"}"#).unwrap();
        assert_eq!(Move::To("2026-11-24T00:00:00Z".parse().unwrap()), to);
        assert_eq!(Move::AdvanceSeconds(90), serde_json::from_str(r#"{"advance_seconds": 90}"#).unwrap());
        assert!(serde_json::from_str::<Move>(r#"{"to": "tomorrow"}"#).is_err());
    }
}
