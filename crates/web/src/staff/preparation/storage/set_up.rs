//! New rooms, cabinets, shelves and boxes: one, or several in a row whose names count on.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::OperationId;
use domain::place::PlaceKind;
use store::Lane;
use store::op::{Operation, once};
use store::place::Fitted;

use super::fitting::{self, CAPACITY, KINDS, NAME, Outer, PARENT};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};
use crate::staff::{Layout, Task};

const KIND: &str = "kind";
const COUNT: &str = "count";
const FIRST: &str = "first";
const NUMBERED: &str = "numbered";

/// Places that are set up at once, at most.
const MOST: u32 = 100;

/// The form of new places.
#[derive(Template)]
#[template(path = "staff/preparation/storage/set_up.html")]
pub(crate) struct SetUpPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) operation: OperationId,
    pub(crate) outers: Vec<Outer>,
}

impl SetUpPage {
    /// Every kind, and whether it is chosen.
    fn kinds(&self) -> Vec<(PlaceKind, bool)> {
        KINDS.iter().map(|kind| (*kind, kind.code() == self.form.typed(KIND))).collect()
    }
}

impl Page for SetUpPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

async fn page(app: &App, signed: &Signed, form: Form) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let outers = app.db.read(move |reader| fitting::outers(reader, &site)).await?;
    let mut layout = signed.layout("保管場所を加える").within(Task::Storage);
    layout.refused = form.is_refused();
    let outers = fitting::choices(&outers, &form);
    // What was refused may be sent again as it is, once it can be done.
    let operation = form.typed(OPERATION).parse().unwrap_or_else(|_| app.operation());
    Ok(respond(&SetUpPage { texts: Texts::new(Language::JA), layout, form, operation, outers }))
}

/// Asks what is new.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let mut form = Form::fresh();
    form.fill(KIND, PlaceKind::Box.code());
    form.fill(COUNT, "1");
    form.fill(FIRST, "1");
    page(&app, &signed, form).await
}

/// Sets the places up, all or none.
pub(crate) async fn set_up(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION, KIND, NAME, COUNT, FIRST, CAPACITY, PARENT, NUMBERED])?;
    let operation = field::operation(&form)?;
    let Some((kind, numbered, places)) = read(&mut form) else { return page(&app, &signed, form).await };
    let operation = Operation::new(operation, &format!("set up {kind} {numbered} {places:?}"));
    let (act, site) = (app.act(signed.actor()), app.settings.site.clone());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::place::set_up(tx, &act, &site, kind, numbered, &places).map(drop)
            })
        })
        .await;
    match done {
        Ok(()) => Ok(see_other("/storage")),
        Err(error) => {
            fitting::refuse(&mut form, error)?;
            page(&app, &signed, form).await
        }
    }
}

fn read(form: &mut Form) -> Option<(PlaceKind, bool, Vec<Fitted>)> {
    let kind = form.typed(KIND).parse::<PlaceKind>().ok().filter(|kind| kind.is_furniture());
    if kind.is_none() {
        form.refuse_ja(KIND, "種類を選んでください。");
    }
    let name = field::name(form, NAME, "名前");
    let count = field::number(form, COUNT, "いくつ加えるか");
    // One place has the name as it was typed.
    let first = if count == Some(1) { Some(1) } else { field::number(form, FIRST, "最初の番号") };
    let capacity = fitting::capacity(form);
    let parent = fitting::parent(form);
    let (kind, name, count, first) = (kind?, name?, count?, first?);
    // A box has slots, nothing else does.
    let numbered = !form.typed(NUMBERED).is_empty();
    if numbered && !kind.is_storage() {
        form.refuse_ja(NUMBERED, "位置の番号は、種類が箱のときだけ付けられます。チェックを外してください。");
    }
    if count > MOST {
        form.refuse_ja(COUNT, format!("一度に{MOST}までです。"));
    }
    if kind != PlaceKind::Room && parent.is_none() && form.fault(PARENT).is_none() {
        form.refuse_ja(PARENT, "置く場所を選んでください。");
    }
    if form.is_refused() {
        return None;
    }
    let fitted = |name| Fitted { name, capacity, parent };
    let places = match count {
        1 => vec![fitted(name)],
        // A number that no shelf has is refused by the length of its name long before it ends.
        _ => (0..count).map(|n| fitted(format!("{name}{}", u64::from(first) + u64::from(n)))).collect(),
    };
    Some((kind, numbered, places))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        Fields::of(pairs).form(&[KIND, NAME, COUNT, FIRST, CAPACITY, PARENT, NUMBERED]).unwrap()
    }

    #[test]
    fn r5_c7_several_boxes_are_named_in_a_row() {
        let parent = "01KB0000000000000000000001";
        let typed = [
            (KIND, "box"),
            (NAME, "箱4-1-"),
            (COUNT, "３"),
            (FIRST, "9"),
            (CAPACITY, "100"),
            (PARENT, parent),
        ];
        let (kind, numbered, places) = read(&mut form(&typed)).unwrap();
        let names: Vec<&str> = places.iter().map(|place| place.name.as_str()).collect();
        assert_eq!((kind, numbered, names), (PlaceKind::Box, false, vec!["箱4-1-9", "箱4-1-10", "箱4-1-11"]));
        assert!(places.iter().all(|place| place.capacity == Some(100) && place.parent.is_some()));
        for (field, wrong) in
            [(KIND, "tray"), (NAME, " "), (COUNT, "101"), (FIRST, "x"), (CAPACITY, "0"), (PARENT, "")]
        {
            let mut typed = typed;
            for pair in &mut typed {
                if pair.0 == field {
                    pair.1 = wrong;
                }
            }
            let mut form = form(&typed);
            assert!(read(&mut form).is_none(), "{field}");
            assert_eq!(form.faults()[0].field, field);
        }
    }
}
