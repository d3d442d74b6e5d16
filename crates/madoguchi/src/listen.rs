//! Connections: accepted within a bound, with limits of time, and ended in order when the program stops.
//!
//! Each face has a listener of its own. What a request means is not known here.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::network::Network;

/// Connections of one listener at once. More wait in the system's queue.
const CONNECTIONS: usize = 2048;

/// How long a client may take to send the head of a request, and how long a connection may rest between two.
const HEAD: Duration = Duration::from_secs(20);

/// How long open requests are waited for when the program stops.
const FAREWELL: Duration = Duration::from_secs(6);

/// How a listener treats its clients.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// Its name in the log and in metrics.
    pub name: &'static str,
    /// How long a request may take from its head to its answer, its body included.
    pub patience: Duration,
}

/// Serves until told to stop, then waits a while for open requests.
pub async fn serve(listener: TcpListener, router: Router, manners: Manners, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let (router, stop) = (router.clone(), stop.clone());
        connections.spawn(async move {
            converse(stream, peer, router, manners, stop).await;
            drop(place);
        });
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, ended).await.is_err() {
        tracing::warn!(listener = manners.name, "requests were cut off at the end");
    }
}

/// Resolves once the program stops.
pub async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone means the same.
    let _ignored = stop.wait_for(|stop| *stop).await;
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            // Out of file descriptors, or a client that was gone already: neither is a reason to spin.
            tracing::warn!(%error, "a connection was not accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    manners: Manners,
    mut stop: watch::Receiver<bool>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection keeps its delay");
    }
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer = router.oneshot(request.map(Body::new));
            Ok::<_, Infallible>(match tokio::time::timeout(manners.patience, answer).await {
                Ok(Ok(response)) => response,
                Ok(Err(never)) => match never {},
                Err(_) => {
                    metrics::counter!("http_timeouts", "listener" => manners.name).increment(1);
                    StatusCode::REQUEST_TIMEOUT.into_response()
                }
            })
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        // Clients leave in the middle of things all the time.
        tracing::debug!(%error, listener = manners.name, "a connection ended early");
    }
}

/// Refuses whoever does not come from one of the networks.
pub async fn only_from(State(networks): State<Arc<[Network]>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if peer.is_some_and(|peer| networks.iter().any(|network| network.contains(peer))) {
        return next.run(request).await;
    }
    metrics::counter!("staff_refused_networks").increment(1);
    tracing::warn!(peer = ?peer, "somebody came to the staff's listener from a network that is not named");
    (StatusCode::FORBIDDEN, "このネットワークからは利用できません。\n").into_response()
}
