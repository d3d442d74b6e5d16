//! Making an account with its first role and a one-time password.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, PersonId};
use store::Lane;
use store::op::{Operation, once};
use store::person::PersonError;

use super::{
    Choice, FROM, Granting, ROLE, SITE, UNTIL, fresh_grant, not_theirs, operation, refused, roles, sites,
};
use crate::App;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::account::sign_in::folded;
use crate::staff::account::{OPERATION, frame, one_time};
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

const LOGIN: &str = "login";
const NAME: &str = "name";

/// The most characters of a name.
const LONGEST_NAME: usize = 40;

/// The page that asks who it is.
#[derive(Template)]
#[template(path = "staff/account/person_new.html")]
pub(in super::super) struct NewPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    operation: OperationId,
    roles: Vec<Choice>,
    sites: Vec<Choice>,
}

impl NewPage {
    /// The page with the form as it stands.
    pub(in super::super) fn new(
        layout: Layout,
        form: Form,
        operation: OperationId,
        roles: Vec<Choice>,
        sites: Vec<Choice>,
    ) -> Self {
        Self { texts: Texts::new(Language::JA), layout, form, operation, roles, sites }
    }
}

impl Page for NewPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// The page with the one-time password.
#[derive(Template)]
#[template(path = "staff/account/one_time.html")]
pub(in super::super) struct OneTimePage {
    layout: Layout,
    login: String,
    name: String,
    href: String,
    password: Option<String>,
}

impl OneTimePage {
    /// Shows the password of an account, or says that it was replaced already.
    pub(in super::super) fn new(
        layout: Layout,
        person: PersonId,
        login: String,
        name: String,
        password: Option<String>,
    ) -> Self {
        Self { layout, login, name, href: format!("/people/{person}"), password }
    }
}

impl Page for OneTimePage {}

fn page(app: &App, signed: &Signed, form: Form) -> Response {
    let layout = frame(signed, "アカウントの作成", &form);
    respond(&NewPage::new(layout, form, app.operation(), roles(signed.roles()), sites(app)))
}

/// Asks who it is.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Response {
    page(&app, &signed, fresh_grant(&app))
}

/// Makes the account and shows its one-time password.
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[LOGIN, NAME, ROLE, SITE, FROM, UNTIL, OPERATION])?;
    let pressed = operation(&form)?;
    let (login, name) = (folded(form.typed(LOGIN)), form.typed(NAME).trim().to_owned());
    if !is_login(&login) && form.fault(LOGIN).is_none() {
        form.refuse_ja(
            LOGIN,
            "ログイン名は3文字から32文字の英小文字・数字・「.」「-」「_」とし、英字で始めてください。",
        );
    }
    if (name.is_empty() || name.chars().count() > LONGEST_NAME) && form.fault(NAME).is_none() {
        form.refuse_ja(NAME, format!("氏名を{LONGEST_NAME}文字までで入力してください。"));
    }
    let Some(granting) = Granting::read(&app, &mut form) else { return Ok(page(&app, &signed, form)) };
    let password = one_time::of(&app, pressed)?;
    match make(&app, &signed, pressed, &login, &name, &granting, &password).await {
        Ok(id) => {
            let shown = one_time::holds(&app, id, &password).await?.then_some(password);
            let layout = frame(&signed, "仮パスワード", &Form::fresh());
            Ok(respond(&OneTimePage::new(layout, id, login, name, shown)))
        }
        Err(Made::Person(PersonError::LoginTaken)) => {
            form.refuse_ja(LOGIN, "このログイン名は使われています。別のログイン名にしてください。");
            Ok(page(&app, &signed, form))
        }
        Err(Made::Person(PersonError::NotTheirs)) => {
            form.refuse_ja(ROLE, not_theirs(granting.role()));
            Ok(page(&app, &signed, form))
        }
        Err(Made::Person(other)) => Err(refused(other)),
        Err(Made::Page(error)) => Err(error),
    }
}

/// Why no account was made.
enum Made {
    Person(PersonError),
    Page(PageError),
}

async fn make(
    app: &App,
    signed: &Signed,
    pressed: OperationId,
    login: &str,
    name: &str,
    granting: &Granting,
    password: &str,
) -> Result<PersonId, Made> {
    let operation = Operation::new(pressed, &format!("create person {login} {name} {granting:?}"));
    let hash = one_time::hash(app, password).await.map_err(Made::Page)?;
    let act = app.act(signed.actor());
    let (by, roles) = (signed.session().person, signed.roles().to_vec());
    let (login, name, granting) = (login.to_owned(), name.to_owned(), granting.clone());
    app.db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                let id = store::person::create(tx, &act, &login, &name, &hash, true)?;
                store::person::may_decide(tx, by, &roles, id, granting.role())?;
                store::person::grant_role(tx, &act, &granting.to(id))?;
                Ok::<_, PersonError>(id)
            })
        })
        .await
        .map_err(Made::Person)
}

fn is_login(login: &str) -> bool {
    let sign = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
    (3..=32).contains(&login.len())
        && login.bytes().all(sign)
        && login.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_plain() {
        assert!(is_login("hanako.m-1_x"));
        for wrong in ["ab", "1hanako", "花子", "hana ko", "Hanako", &"a".repeat(33)] {
            assert!(!is_login(wrong), "{wrong}");
        }
    }
}
