//! The one way to a staff page: every route declares who may use it, and a route that does not cannot be
//! registered (11(4)キ).
//!
//! The guard finds the session of a request, asks for the permission, and hands the handler a [`Signed`]. It
//! notes that the session is used, at most once a minute.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use data_encoding::BASE32_NOPAD;
use domain::id::SessionId;
use domain::journal::{Actor, CityRecord, Ending};
use domain::permission::{Permission, Role};
use domain::scan::ScanScreen;
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use store::Lane;
use store::journal::View;
use store::person::Session;
use subtle::ConstantTimeEq;

use super::layout::{Layout, Person};
use crate::App;
use crate::kit::PageError;
use crate::kit::cookie;
use crate::kit::page::see_other;

/// The cookie of a session.
pub const COOKIE: &str = "__Host-session";

/// Where somebody without a session is sent.
pub const SIGN_IN: &str = "/sign-in";

/// Where somebody is sent whose session ended while a page was open: it says so, and that nothing was done.
pub const SESSION_ENDED: &str = "/sign-in?ended=1";

/// Where somebody is sent who must choose a password first.
pub const PASSWORD: &str = "/password";

/// The header by which a page that stands open looks again by itself: it is nobody's use of the session, which would
/// otherwise never be idle.
const LOOKS_AGAIN: &str = "x-look-again";

/// How often it is noted that a session is used.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody in the staff's networks: signing in.
    Open,
    /// Everybody who is signed in, also before a password was chosen: their own account.
    SignedIn,
    /// Who has the permission here today.
    May(Permission),
}

/// A route as it was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// `GET` or `POST`.
    pub method: Method,
    /// The pattern of the path.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
}

/// Collects the routes of the staff's face with who may use them.
pub struct Desk {
    app: Arc<App>,
    router: Router<Arc<App>>,
    registered: Vec<Registered>,
}

impl Desk {
    /// A desk without routes.
    pub fn new(app: Arc<App>) -> Self {
        Self { app, router: Router::new(), registered: Vec::new() }
    }

    /// Registers a page.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.route(Method::GET, path, access, get(handler))
    }

    /// Registers an act.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        self.route(Method::POST, path, access, post(handler))
    }

    /// Registers an act whose body has a limit of its own (a file).
    #[must_use]
    pub fn upload<H, T>(self, path: &'static str, access: Access, bytes: usize, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let route = post(handler).layer(axum::extract::DefaultBodyLimit::max(bytes));
        self.route(Method::POST, path, access, route)
    }

    fn route(
        mut self,
        method: Method,
        path: &'static str,
        access: Access,
        route: MethodRouter<Arc<App>>,
    ) -> Self {
        let guarded = route.layer(from_fn_with_state((self.app.clone(), access), guard));
        self.router = self.router.route(path, guarded);
        self.registered.push(Registered { method, path, access });
        self
    }

    /// The routes, and the table of who may use them.
    pub fn finish(self) -> (Router, Vec<Registered>) {
        (self.router.with_state(self.app), self.registered)
    }
}

/// Who is signed in, as handlers get it.
#[derive(Debug, Clone)]
pub struct Signed {
    session: Arc<Session>,
    roles: Vec<Role>,
    layout: Layout,
}

impl Signed {
    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The person as the actor of an act.
    pub fn actor(&self) -> Actor {
        Actor::Person(self.session.person)
    }

    /// The person's name, for papers.
    pub fn name(&self) -> &str {
        &self.session.name
    }

    /// The roles that the person has here today.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Whether the person may do something here today.
    pub fn may(&self, permission: Permission) -> bool {
        self.roles.iter().any(|role| role.may(permission))
    }

    /// How an act of the city is recorded by this person: by the city's own account, or from a paper it signed.
    pub fn city_record(&self) -> CityRecord {
        let city = self.roles.iter().any(|role| matches!(role, Role::CityStaff | Role::CityAdministrator));
        if city { CityRecord::Account } else { CityRecord::Paper }
    }

    /// The frame of a page for this person.
    pub fn layout(&self, title: impl Into<String>) -> Layout {
        Layout { title: title.into(), ..self.layout.clone() }
    }

    /// Notes that the person looked at records. The page is answered after this is committed.
    pub async fn viewed(&self, app: &App, view: View) -> Result<(), PageError> {
        let act = app.act(self.actor());
        Ok(app.db.write(Lane::Staff, move |tx| store::journal::viewed(tx, &act, &view)).await?)
    }

    /// Notes the alarm of a screen on which the back of a card was scanned. The alarm is shown after this is committed.
    pub async fn back_scanned(&self, app: &App, screen: ScanScreen) -> Result<(), PageError> {
        let (act, site) = (app.act(self.actor()), app.settings.site.clone());
        let write = move |tx: &mut store::Tx<'_>| store::journal::back_scanned(tx, &act, &site, screen);
        Ok(app.db.write(Lane::Staff, write).await?)
    }

    /// [`Signed::viewed`], with the page made meanwhile: a commit waits for the disk, and making a page for nothing.
    /// The page is answered after both.
    pub async fn shows(
        &self,
        app: &App,
        view: View,
        page: impl FnOnce() -> Response,
    ) -> Result<Response, PageError> {
        let (viewed, page) = tokio::join!(self.viewed(app, view), async { page() });
        viewed.map(|()| page)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, PageError> {
        parts.extensions.get::<Self>().cloned().ok_or(PageError::Forbidden)
    }
}

/// The value of the session's cookie, and the hash of its secret that the database keeps.
pub fn token(id: SessionId, secret: &[u8; 32]) -> String {
    format!("{id}-{}", BASE32_NOPAD.encode(secret))
}

/// What the database keeps of a secret.
pub fn hash(secret: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

fn read_token(headers: &HeaderMap) -> Option<(SessionId, [u8; 32])> {
    let (id, secret) = cookie::read(headers, COOKIE)?.split_once('-')?;
    let secret: [u8; 32] = BASE32_NOPAD.decode(secret.as_bytes()).ok()?.try_into().ok()?;
    Some((id.parse().ok()?, secret))
}

/// What the cookie of a request stands for.
enum Claim {
    /// A session.
    Session(Session),
    /// One that was over when it was found.
    Over,
    /// None.
    Nobody,
}

/// The session of a request, if it has one that is not over.
pub(super) async fn session(app: &App, headers: &HeaderMap) -> Result<Option<Session>, PageError> {
    Ok(match claim(app, headers).await? {
        Claim::Session(session) => Some(session),
        Claim::Over | Claim::Nobody => None,
    })
}

async fn claim(app: &App, headers: &HeaderMap) -> Result<Claim, PageError> {
    let Some((id, secret)) = read_token(headers) else { return Ok(Claim::Nobody) };
    let found = app.db.read(move |reader| store::person::session(reader, id)).await?;
    let Some(session) = found.filter(|session| bool::from(session.secret.ct_eq(&hash(&secret)))) else {
        return Ok(Claim::Nobody);
    };
    let now = app.now();
    if session.is_over(now) {
        let act = app.act(Actor::System);
        let ending = if now >= session.ends { Ending::DayEnd } else { Ending::Idle };
        let (person, id) = (session.person, session.id);
        app.db.write(Lane::Staff, move |tx| store::person::close(tx, &act, person, id, ending)).await?;
        return Ok(Claim::Over);
    }
    if now.duration_since(session.seen) >= SEEN_EVERY && !headers.contains_key(LOOKS_AGAIN) {
        let id = session.id;
        app.db.write(Lane::Staff, move |tx| store::person::seen(tx, id, now)).await?;
    }
    Ok(Claim::Session(session))
}

async fn guard(
    State((app, access)): State<(Arc<App>, Access)>,
    mut request: Request,
    next: Next,
) -> Result<Response, PageError> {
    if access == Access::Open {
        return Ok(next.run(request).await);
    }
    let session = match claim(&app, request.headers()).await? {
        Claim::Session(session) => session,
        Claim::Over => return Ok(see_other(SESSION_ENDED)),
        Claim::Nobody => return Ok(see_other(SIGN_IN)),
    };
    if session.must_change && access != Access::SignedIn {
        return Ok(see_other(PASSWORD));
    }
    let signed = signed(&app, session);
    let layout = signed.layout.clone();
    let mut response = match access {
        Access::May(permission) if !signed.may(permission) => PageError::Forbidden.into_response(),
        _ => {
            request.extensions_mut().insert(signed);
            next.run(request).await
        }
    };
    // An error page shows the same frame, so that nobody loses their way.
    response.extensions_mut().insert(layout);
    Ok(response)
}

fn signed(app: &App, session: Session) -> Signed {
    let (today, site) = (app.today(), &app.settings.site);
    let roles = session.roles(today, site);
    let mut permissions: Vec<Permission> =
        roles.iter().flat_map(|role| role.permissions()).copied().collect();
    permissions.sort_unstable();
    permissions.dedup();
    let labels: Vec<&str> = roles.iter().map(|role| role.label()).collect();
    let rules = app.rules();
    let place = rules.site(site, today).map_or_else(|| site.to_string(), |site| site.name_ja.clone());
    let person = Person { name: session.name.clone(), role: labels.join("・"), place, permissions };
    let mut layout = Layout::new("", today, Some(person));
    layout.clock_by_hand = app.clock_by_hand();
    Signed { session: Arc::new(session), roles, layout }
}
