//! Choosing one's own password, by will or because the present one is for one time only.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::OperationId;
use store::Lane;
use store::op::{Operation, once};
use store::person::PersonError;

use super::people::refused;
use super::sign_in::{LONGEST, count, first_page, proven};
use super::{OPERATION, one_time};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::password::SHORTEST;
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

const CURRENT: &str = "current";
const NEW: &str = "new";
const AGAIN: &str = "again";

/// The page that asks for the present password and twice for the new one.
#[derive(Template)]
#[template(path = "staff/account/password.html")]
pub(super) struct PasswordPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    operation: OperationId,
    must_change: bool,
    shortest: usize,
}

impl PasswordPage {
    /// The page with the form as it stands. Who must choose first sees no tasks: none can be opened yet.
    pub(super) fn new(mut layout: Layout, form: Form, operation: OperationId, must_change: bool) -> Self {
        layout.refused = form.is_refused();
        if let Some(person) = layout.person.as_mut().filter(|_| must_change) {
            person.permissions.clear();
        }
        Self { texts: Texts::new(Language::JA), layout, form, operation, must_change, shortest: SHORTEST }
    }
}

impl Page for PasswordPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

fn page(app: &App, signed: &Signed, form: Form) -> Response {
    let layout = signed.layout("パスワードの変更");
    respond(&PasswordPage::new(layout, form, app.operation(), signed.session().must_change))
}

/// Asks for the passwords.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Response {
    page(&app, &signed, Form::fresh())
}

/// Sets the new password; every other session of the person ends.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[CURRENT, NEW, AGAIN, OPERATION])?;
    let (id, session) = (signed.session().person, signed.session().id);
    let person =
        app.db.read(move |reader| store::person::find(reader, id)).await?.ok_or(PageError::NotFound)?;
    if form.typed(CURRENT).is_empty() && form.fault(CURRENT).is_none() {
        form.refuse_ja(CURRENT, "今のパスワードを入力してください。");
    }
    judge(&mut form, &person.login);
    if form.is_refused() {
        return Ok(page(&app, &signed, form));
    }
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let is_proven = proven(&app, form.typed(CURRENT), Some(&person), app.now()).await.is_some();
    let password = one_time::hash(&app, form.typed(NEW)).await?;
    let act = app.act(signed.actor());
    // The operation says nothing of the passwords, not even as a hash.
    let operation = Operation::new(operation, "choose a password");
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                if !is_proven {
                    return Err(PersonError::NotFound);
                }
                Ok(store::person::set_password(tx, &act, id, &password, false, Some(session))?)
            })
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(first_page(&app, &signed.session().grants))),
        Err(PersonError::NotFound) => {
            app.db.write(Lane::Staff, move |tx| count(tx, &act, id)).await?;
            form.refuse_ja(CURRENT, "今のパスワードが違うか、続けて間違えたため15分間変更できません。");
            Ok(page(&app, &signed, form))
        }
        Err(other) => Err(refused(other)),
    }
}

/// What a new password must be: long, not the login, not the present one, and typed twice alike.
fn judge(form: &mut Form, login: &str) {
    let new = form.typed(NEW).to_owned();
    let signs = new.chars().count();
    if form.fault(NEW).is_some() {
        // The guard dropped it and said so.
    } else if signs < SHORTEST {
        form.refuse_ja(NEW, format!("新しいパスワードは{SHORTEST}文字以上にしてください。"));
    } else if signs > LONGEST {
        form.refuse_ja(NEW, format!("新しいパスワードは{LONGEST}文字までにしてください。"));
    } else if new.trim().eq_ignore_ascii_case(login) {
        form.refuse_ja(NEW, "ログイン名と同じパスワードは使えません。");
    } else if new == form.typed(CURRENT) {
        form.refuse_ja(NEW, "今と違うパスワードにしてください。");
    } else if new != form.typed(AGAIN) && form.fault(AGAIN).is_none() {
        form.refuse_ja(AGAIN, "2回の入力が同じではありません。もう一度入力してください。");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(current: &str, new: &str, again: &str) -> Option<&'static str> {
        let mut form = Fields::of(&[(CURRENT, current), (NEW, new), (AGAIN, again)])
            .form(&[CURRENT, NEW, AGAIN])
            .unwrap();
        judge(&mut form, "madoguchi.hanako");
        form.faults().first().map(|fault| fault.field)
    }

    #[test]
    fn r4_g_a_password_is_long_and_new_and_not_the_login() {
        assert_eq!(fault("old", "twelve signs", "twelve signs"), None);
        assert_eq!(fault("old", "eleven sign", "eleven sign"), Some(NEW));
        assert_eq!(fault("old", "Madoguchi.Hanako", "Madoguchi.Hanako"), Some(NEW));
        assert_eq!(fault("twelve signs", "twelve signs", "twelve signs"), Some(NEW));
        assert_eq!(fault("old", "twelve signs", "twelve sings"), Some(AGAIN));
    }
}
