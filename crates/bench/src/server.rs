//! The server under measurement: both faces on loopback, in a process of its own with a memory of its own.
//!
//! It is this very program, started again with an order in its environment. It ends when its input ends, so that
//! it never outlives the one who asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::Db;
use store::bench::Home;
use testkit::TestDb;
use tokio::net::TcpListener;
use web::kit::clock::SystemChance;
use web::kit::security::Origin;
use web::{App, Settings};

use crate::city::home_of;
use crate::pace::Running;

/// The variable with the order.
const ORDER: &str = "MADOGUCHI_BENCH_SERVER";

/// The header in which callers name their address, as a proxy in front would.
pub(crate) const ADDRESS: &str = "x-forwarded-for";

/// Where an answer is kept that is then served as it is.
pub(crate) const FIXED: &str = "/bench/fixed";

/// What to serve.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ask {
    file: Option<std::path::PathBuf>,
    server: Option<(String, String)>,
    now: Timestamp,
}

/// Where it is served, and how long it took until then.
#[derive(Debug, Serialize, Deserialize)]
struct Ready {
    public: SocketAddr,
    staff: SocketAddr,
    milliseconds: f64,
}

/// An answer to be served as it is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fixed {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A server that runs.
pub(crate) struct Server {
    child: Child,
    order: Option<ChildStdin>,
    ready: Ready,
}

impl Server {
    /// Starts a server over a database; its clock begins at an instant and goes on.
    pub(crate) fn start(database: &TestDb, now: Timestamp) -> Self {
        let ask = match home_of(database) {
            Home::File(file) => Ask { file: Some(file), server: None, now },
            Home::Server { url, schema } => Ask { file: None, server: Some((url, schema)), now },
        };
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .env(ORDER, serde_json::to_string(&ask).expect("an order"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a second process");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("the server did not start"));
        let order = child.stdin.take();
        Self { child, order, ready }
    }

    /// The citizens' listener.
    pub(crate) fn public(&self) -> SocketAddr {
        self.ready.public
    }

    /// The staff's listener.
    pub(crate) fn staff(&self) -> SocketAddr {
        self.ready.staff
    }

    /// Milliseconds from opening the database until both faces listened.
    pub(crate) fn start_time(&self) -> f64 {
        self.ready.milliseconds
    }

    /// The most memory that the process ever had, in MiB.
    pub(crate) fn peak(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("/proc");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
        line.trim().trim_end_matches("kB").trim().parse::<f64>().expect("a number") / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.order.take());
        drop(self.child.wait());
    }
}

/// The order of this process, if it was started to serve.
pub(crate) fn asked() -> Option<Ask> {
    let order = std::env::var(ORDER).ok()?;
    Some(serde_json::from_str(&order).expect("an order of ours"))
}

/// Serves until the input ends.
pub(crate) fn serve(ask: &Ask) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let began = Instant::now();
    let db = match (&ask.file, &ask.server) {
        (Some(file), _) => Db::sqlite(file),
        (None, Some((url, schema))) => Db::postgres(url, Some(schema), None),
        (None, None) => panic!("the order names no database"),
    };
    let db = db.expect("the database");
    runtime.block_on(async {
        let app = app(db, ask.now).await;
        let public = listen(web::citizen::router(app.clone()).merge(fixed())).await;
        let staff = listen(web::staff::router(app)).await;
        let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
        let ready = serde_json::to_string(&Ready { public, staff, milliseconds }).expect("a line");
        let mut out = std::io::stdout();
        writeln!(out, "{ready}").and_then(|()| out.flush()).expect("somebody listens");
    });
    // Whatever comes, or the end.
    drop(std::io::stdin().read(&mut [0]));
    runtime.shutdown_background();
}

async fn app(db: Db, now: Timestamp) -> Arc<App> {
    let settings = Settings {
        public: Origin::new("https://yoyaku.example.jp"),
        staff: Origin::new("https://staff.example.jp"),
        site: "honcho".parse().expect("a site"),
        profile: toml::from_str(testkit::city::PROFILE).expect("the profile"),
        letter_version: "v1".to_owned(),
        booking_at_once: 300,
        framed_by: Vec::new(),
        mails: false,
        forwarded_for: Some(ADDRESS.to_owned()),
        outage: None,
    };
    let (clock, keys) = (Arc::new(Running::from(now)), Arc::new(testkit::city::keys()));
    let printer = Arc::new(storykit::Refusing);
    App::new(db, clock, None, Arc::new(SystemChance), keys, printer, settings).await.expect("an application")
}

async fn listen(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    // As the program's own listener does.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// Keeps one answer and serves it as it is, without a layer: the limit for pages of the same bytes.
fn fixed() -> Router {
    static KEPT: OnceLock<(HeaderMap, Bytes)> = OnceLock::new();
    let keep = |body: String| async move {
        let fixed: Fixed = serde_json::from_str(&body).expect("an answer to keep");
        let headers = fixed.headers.iter().map(|(name, value)| {
            (name.parse::<HeaderName>().expect("a name"), value.parse::<HeaderValue>().expect("a value"))
        });
        let headers: HeaderMap =
            headers.filter(|(name, _)| *name != header::CONTENT_LENGTH && *name != header::DATE).collect();
        KEPT.set((headers, Bytes::from(fixed.body))).expect("one answer a server");
    };
    let show = || async { KEPT.get().map_or_else(Response::default, |kept| kept.clone().into_response()) };
    Router::new().route(FIXED, get(show).post(keep))
}
