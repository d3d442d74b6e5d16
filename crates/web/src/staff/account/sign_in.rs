//! Signing in: one sentence for every failure, so that nobody learns which accounts exist or are locked.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use domain::journal::{Actor, Ending};
use domain::permission::Permission;
use domain::time::instant_at;
use jiff::Timestamp;
use store::Lane;
use store::keys::Keys;
use store::person::{Grant, Person};
use store::visit::WINDOW;

use crate::App;
use crate::citizen::attempt::Caller;
use crate::kit::cookie::{Cookie, SameSite};
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::{self, COOKIE};
use crate::staff::layout::{Layout, Task};

const LOGIN: &str = "login";
const PASSWORD: &str = "password";

/// Failures of one address in the window; a whole office may share one.
const OF_ADDRESS: u32 = 50;

/// The most characters of a password that are looked at.
pub(super) const LONGEST: usize = 200;

/// The one sentence.
const REFUSED: &str = "サインインできません。ログイン名とパスワードを確かめてください。続けて5回間違えると15分間サインインできません。";

/// The page that asks for login and password.
#[derive(Template)]
#[template(path = "staff/account/sign_in.html")]
pub(super) struct SignInPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    /// The session ended while a page was open.
    ended: bool,
}

impl SignInPage {
    /// The page with the form as it stands.
    pub(super) fn new(mut layout: Layout, form: Form, ended: bool) -> Self {
        layout.refused = form.is_refused();
        Self { texts: Texts::new(Language::JA), layout, form, ended }
    }
}

impl Page for SignInPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

fn page(app: &App, form: Form) -> Response {
    page_after(app, form, false)
}

fn page_after(app: &App, form: Form, ended: bool) -> Response {
    let mut layout = Layout::new("サインイン", app.today(), None);
    layout.clock_by_hand = app.clock_by_hand();
    respond(&SignInPage::new(layout, form, ended))
}

/// Whether a session ended while a page was open.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct After {
    ended: Option<String>,
}

/// Asks for login and password; who is signed in already goes on to their first page.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    match desk::session(&app, &headers).await? {
        Some(session) => Ok(see_other(first_page(&app, &session.grants))),
        None => Ok(page_after(&app, Form::fresh(), after.ended.is_some())),
    }
}

/// Signs in: always a new session, and the browser's former one ends.
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[LOGIN, PASSWORD])?;
    if form.typed(LOGIN).trim().is_empty() && form.fault(LOGIN).is_none() {
        form.refuse_ja(LOGIN, "ログイン名を入力してください。");
    }
    if form.typed(PASSWORD).is_empty() && form.fault(PASSWORD).is_none() {
        form.refuse_ja(PASSWORD, "パスワードを入力してください。");
    }
    if form.is_refused() {
        return Ok(page(&app, form));
    }
    let (_, set) = app.keys.newest()?;
    let address = Keys::attempt(set, "staff address", &caller.network());
    let (login, now) = (folded(form.typed(LOGIN)), app.now());
    let known = app
        .db
        .read(move |reader| {
            if store::visit::attempts(reader, &address, now)? >= OF_ADDRESS {
                return Ok::<_, store::Error>(None);
            }
            Ok(Some(store::person::by_login(reader, &login)?))
        })
        .await?;
    let Some(known) = known else { return Err(PageError::TooMany(u32::try_from(WINDOW.as_secs()).ok())) };
    // The password is checked whoever it is, so that the time tells nothing.
    if let Some(person) = proven(&app, form.typed(PASSWORD), known.as_ref(), now).await
        && let Some(response) = open(&app, &headers, person).await?
    {
        return Ok(response);
    }
    failed(&app, address, known).await?;
    form.refuse_ja(LOGIN, REFUSED);
    Ok(page(&app, form))
}

/// A login as it is kept: half width and lower case.
pub(super) fn folded(login: &str) -> String {
    let half = |sign: char| match sign {
        '！'..='～' => char::from_u32(u32::from(sign) - 0xFEE0).unwrap_or(sign),
        other => other,
    };
    login.trim().chars().map(half).collect::<String>().to_lowercase()
}

fn is_locked(person: &Person, now: Timestamp) -> bool {
    person.locked_until.is_some_and(|until| now < until)
}

/// The person, if the password is theirs and the account can be used. Takes the same time if there is none.
pub(super) async fn proven<'a>(
    app: &App,
    password: &str,
    person: Option<&'a Person>,
    now: Timestamp,
) -> Option<&'a Person> {
    let looked_at: String = password.chars().take(LONGEST + 1).collect();
    let is_right = app.passwords.verify(looked_at, person.map(|person| person.password.clone())).await;
    person.filter(|person| is_right && !person.ended && !is_locked(person, now))
}

/// Opens the session; none if the account was locked, ended or changed in the meantime.
async fn open(app: &App, headers: &HeaderMap, person: &Person) -> Result<Option<Response>, PageError> {
    let former = desk::session(app, headers).await?.map(|session| (session.person, session.id));
    let mut secret = [0; 32];
    app.chance.fill(&mut secret);
    let (id, known, hash) = (person.id, person.password.clone(), desk::hash(&secret));
    let (act, ends) = (app.act(Actor::Person(id)), instant_at(app.today(), 24 * 60));
    let opened = app
        .db
        .write(Lane::Staff, move |tx| {
            let now_so = store::person::find(tx, id)?
                .filter(|person| !person.ended && !is_locked(person, act.at) && person.password == known);
            if now_so.is_none() {
                return Ok::<_, store::Error>(None);
            }
            if let Some((person, session)) = former {
                store::person::close(tx, &act, person, session, Ending::SignedOut)?;
            }
            let session = store::person::sign_in(tx, &act, id, &hash, ends)?;
            Ok(Some((session, store::person::grants(tx, id)?)))
        })
        .await?;
    let Some((session, grants)) = opened else { return Ok(None) };
    let mut response = see_other(first_page(app, &grants));
    let cookie = cookie(&desk::token(session, &secret), None)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(Some(response))
}

/// The cookie of a session; it ends with the browser, or now.
pub(super) fn cookie(value: &str, max_age: Option<u32>) -> Result<axum::http::HeaderValue, PageError> {
    let cookie = Cookie { name: COOKIE, value, path: "/", max_age, same_site: SameSite::Strict };
    cookie.header().map_err(PageError::internal)
}

/// Counts the failure: for the address, and for the account unless it is locked or has ended anyway.
async fn failed(app: &App, address: [u8; 32], known: Option<Person>) -> Result<(), PageError> {
    let act = app.act(Actor::System);
    let counted = known.filter(|person| !person.ended).map(|person| person.id);
    app.db
        .write(Lane::Staff, move |tx| {
            store::visit::attempt_failed(tx, &address, act.at)?;
            let Some(id) = counted else { return Ok(()) };
            count(tx, &act, id)
        })
        .await?;
    Ok(())
}

/// Counts a wrong password for an account, unless it is locked: trying on does not prolong the lock.
pub(super) fn count(
    tx: &mut store::Tx<'_>,
    act: &store::Act,
    id: domain::id::PersonId,
) -> Result<(), store::Error> {
    let locked = store::person::find(tx, id)?.is_some_and(|person| is_locked(&person, act.at));
    if locked { Ok(()) } else { store::person::sign_in_failed(tx, act, id).map(drop) }
}

/// The first task that the person may open, in the order of the day.
pub(super) fn first_page(app: &App, grants: &[Grant]) -> &'static str {
    let (today, site) = (app.today(), &app.settings.site);
    let holds: Vec<&Grant> = grants.iter().filter(|grant| grant.holds(today, site)).collect();
    let may = |permission: Permission| holds.iter().any(|grant| grant.role.may(permission));
    let first = Task::ALL.into_iter().find(|task| may(task.permission()));
    // Without any role the page of today says that the permission is missing.
    first.unwrap_or(Task::Today).href()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_read_as_people_type_it() {
        assert_eq!(folded(" Ｈａｎａｋｏ．１ "), "hanako.1");
        assert_eq!(folded("HANAKO"), "hanako");
    }
}
