//! Writing down what a field is needed for, how it is protected and how long it is kept.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ledger::{Field, LONGEST_RETENTION, Terms};
use store::Lane;
use store::ledger::LedgerError;
use store::op::{Operation, once};

use super::show::{DAYS, NECESSITY, PROTECTION};
use super::{field_in, href, refused, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// The longest text of a part.
const LONGEST: usize = 1_000;

/// Proposes the terms to the city.
pub(crate) async fn propose(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(of): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let of: Field = field_in(&of)?;
    let mut form = fields.form(&[field::OPERATION, NECESSITY, PROTECTION, DAYS])?;
    let pressed = field::operation(&form)?;
    let Some(terms) = terms(&mut form) else {
        return show::page(&app, &signed, of, form, None).await;
    };
    let operation = Operation::new(pressed, &format!("propose {of} {terms:?}"));
    let act = app.act(signed.actor());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| {
            store::ledger::propose(tx, &act, of, &terms)?;
            Ok::<_, LedgerError>(())
        })
    });
    done.await.map_err(refused)?;
    Ok(see_other(&format!("{}?done=proposed", href(of))))
}

fn terms(form: &mut Form) -> Option<Terms> {
    let necessity = text(form, NECESSITY, "必要性");
    let protection = text(form, PROTECTION, "保護の方法");
    let days = field::count(form, DAYS, "保存期間の日数");
    if days.is_some_and(|days| days > LONGEST_RETENTION) {
        form.refuse_ja(DAYS, format!("保存期間は{LONGEST_RETENTION}日までにしてください。"));
    }
    if form.is_refused() {
        return None;
    }
    Some(Terms { necessity: necessity?, protection: protection?, retention_days: days? })
}

fn text(form: &mut Form, name: &'static str, what: &str) -> Option<String> {
    let typed = form.typed(name).trim().to_owned();
    if typed.is_empty() {
        // Where an Individual Number was dropped from the field, that is its fault.
        if form.fault(name).is_none() {
            form.refuse_ja(name, format!("{what}を入力してください。"));
        }
        return None;
    }
    if typed.chars().count() > LONGEST {
        form.refuse_ja(name, format!("{what}は{LONGEST}文字までにしてください。"));
        return None;
    }
    Some(typed)
}
