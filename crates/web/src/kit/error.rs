//! What can go wrong with a request, and the one place where it becomes a page.
//!
//! A handler answers with a [`PageError`]; the layer [`dress`] renders it through the layout of its face with
//! the incident number. Details go to the log alone, never to the page.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::request::Asked;
use crate::citizen::visit::effort::Task;
use crate::citizen::visit::turn::{AGAIN_SECONDS, Ahead};

/// A request that cannot be answered with its page.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PageError {
    /// Nothing is at this address, or nothing that this person may know of.
    #[error("not found")]
    NotFound,
    /// The person lacks the permission, or the request came from another site.
    #[error("forbidden")]
    Forbidden,
    /// Somebody else was faster. The sentence is Japanese and shown on staff pages only.
    #[error("conflict: {0}")]
    Conflict(String),
    /// Too many attempts; seconds until the next one is allowed, where that may be told.
    #[error("too many attempts")]
    TooMany(Option<u32>),
    /// The public queue is full; the same request will do in a moment.
    #[error("full")]
    Full,
    /// Many people are booking, and the turn of this one has not come: no failure, and nothing was lost.
    /// In a long queue who proved nothing is set a task.
    #[error("waiting")]
    Wait(Ahead, Option<Task>),
    /// The request does not have the form of one of our pages.
    #[error("malformed request")]
    BadRequest,
    /// The request is larger than its page can send.
    #[error("request too large")]
    TooLarge,
    /// An Individual Number stood where no field of a form could show it.
    #[error("individual number refused")]
    IndividualNumber,
    /// The booking in progress ended: thirty minutes, or its cookie is not here.
    #[error("visit ended")]
    VisitEnded,
    /// Something of ours failed. The cause is for the log.
    #[error("internal: {0}")]
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

/// A failure that has no error value of its own (a panic, an answer of a library).
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unnamed(String);

impl PageError {
    /// Wraps a failure of ours.
    pub fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Arc::new(cause))
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Full | Self::Wait(..) => StatusCode::SERVICE_UNAVAILABLE,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::IndividualNumber => StatusCode::UNPROCESSABLE_ENTITY,
            Self::VisitEnded => StatusCode::GONE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Writes the error into the log, where its cause is looked up by the number of the request.
    pub(crate) fn log(&self, asked: &Asked) {
        match self {
            Self::Internal(cause) => {
                tracing::error!(incident = %asked.incident, %cause, ?cause, "a request failed");
            }
            other => tracing::info!(incident = %asked.incident, error = %other, "a request was refused"),
        }
    }

    /// The error that an answer of the framework stands for (no route, wrong method, refused body).
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Self::NotFound,
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Self::Forbidden,
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany(None),
            StatusCode::SERVICE_UNAVAILABLE => Self::Full,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            status if status.is_client_error() => Self::BadRequest,
            status => Self::internal(Unnamed(format!("bare answer {status}"))),
        }
    }
}

impl IntoResponse for PageError {
    /// A bare answer; [`dress`] gives it its page.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        let seconds = match &self {
            Self::TooMany(seconds) => *seconds,
            Self::Full => Some(5),
            Self::Wait(..) => Some(AGAIN_SECONDS),
            _ => None,
        };
        if let Some(seconds) = seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// A face (citizens, staff) that can show an error in its layout.
pub trait Face: Send + Sync {
    /// The page for the error. `answer` is the bare answer, whose extensions may say more (who is signed in).
    fn error(&self, asked: &Asked, error: &PageError, answer: &Response) -> Response;
}

/// Gives every bare error its page, and a panic too.
pub async fn dress(State(face): State<Arc<dyn Face>>, request: Request, next: Next) -> Response {
    let asked = Asked::of(request.extensions());
    let bare = match caught(next.run(request)).await {
        Ok(response) => response,
        Err(what) => PageError::internal(Unnamed(what)).into_response(),
    };
    let status = bare.status();
    let is_page =
        bare.headers().contains_key(header::CONTENT_TYPE) && bare.extensions().get::<PageError>().is_none();
    let is_frameworks = !is_page || is_plain(&bare);
    if !(status.is_client_error() || status.is_server_error()) || !is_frameworks {
        return bare;
    }
    let error = bare.extensions().get::<PageError>().cloned().unwrap_or_else(|| PageError::of_status(status));
    error.log(&asked);
    let mut page = face.error(&asked, &error, &bare);
    *page.status_mut() = status;
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = bare.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page.extensions_mut().insert(asked);
    page
}

/// Tells the methods of an address to whoever came with another one, from wherever: such a request reaches no handler,
/// so it is no matter of its origin. Only outside of the routes is it known that none of them took it: they then say
/// which methods there are.
pub async fn tell_methods(State(face): State<Arc<dyn Face>>, request: Request, next: Next) -> Response {
    let answer = next.run(request).await;
    let is_of_another_method =
        answer.status() == StatusCode::FORBIDDEN && answer.headers().contains_key(header::ALLOW);
    let Some(asked) = answer.extensions().get::<Asked>().filter(|_| is_of_another_method) else {
        return answer;
    };
    let page = face.error(asked, &PageError::of_status(StatusCode::METHOD_NOT_ALLOWED), &answer);
    let (mut head, _) = answer.into_parts();
    head.status = StatusCode::METHOD_NOT_ALLOWED;
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, page.into_body())
}

/// The framework's own refusals are plain text.
fn is_plain(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/plain"))
}

/// Runs a future; a panic becomes its message.
async fn caught<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let mut future = Box::pin(future);
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Err(panic) => Poll::Ready(Err(format!("panic: {}", panic_text(panic.as_ref())))),
    })
    .await
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
