//! What is sent from the form of an arrangement: a column goes up or down, or the whole is saved with the city's
//! agreement.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::arrangement::{Arrangement, Placed, Sort};
use domain::id::ArrangementId;
use store::Lane;
use store::arrangement::{ArrangementError, MOST, Saving, Version};
use store::op::{Operation, once};

use super::column::{Listing, Medium, Seen};
use super::edit::{
    self, Beside, COLUMNS, Choice, DESCENDING, FOLLOWS, NAME, Other, SORT, medium_field, page,
};
use super::{failed, of_address, of_list, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::account::words::Names;
use crate::staff::agreement;
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};
use crate::staff::wording::moment;

/// The columns in their order.
const COLUMN: &str = "column";
/// The buttons that move a column.
const UP: &str = "up";
const DOWN: &str = "down";

/// Moves a column, or saves the arrangement.
pub(crate) async fn edit(
    State(app): State<Arc<App>>,
    Path(list): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let listing = of_address(&signed, &list)?;
    let names: Vec<&'static str> =
        [OPERATION, NAME, FOLLOWS, SORT, DESCENDING, UP, DOWN].into_iter().chain(agreement::FIELDS).collect();
    let mut form = fields.form(&names)?;
    let mut choices = choices(listing, &fields)?;
    if let Some(focus) = moved(&form, &mut choices) {
        let beside = Beside { focus: Some(focus), other: None };
        return Ok(page(&app, &signed, listing, form, choices, String::new(), beside));
    }
    let follows = follows(&form)?;
    let arrangement = arrangement(&mut form, listing, &choices);
    let name = field::name(&mut form, NAME, "名前");
    let agreed = agreement::read(&mut form, &app, &signed, false);
    let (Some(name), Some((agreed, Some(told)))) = (name, agreed) else {
        return Ok(page(&app, &signed, listing, form, choices, String::new(), Beside::default()));
    };
    if form.is_refused() {
        return Ok(page(&app, &signed, listing, form, choices, String::new(), Beside::default()));
    }
    let operation = field::operation(&form)?;
    let operation = Operation::new(operation, &format!("arrange {list} {follows:?} {name} {arrangement}"));
    let saving = Saving { follows, name, arrangement, agreement: (told, agreed) };
    let (act, of) = (app.act(signed.actor()), of_list(&app, listing));
    let saved = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| store::arrangement::save(tx, &act, &of, &saving))
    });
    match saved.await {
        Ok(_) => return Ok(see_other(listing.address)),
        Err(ArrangementError::SameName) => {
            form.refuse_ja(NAME, "同じ名前のレイアウトがあります。別の名前にしてください。");
        }
        Err(ArrangementError::TooMany) => form.refuse_ja(
            NAME,
            format!("1つの一覧に作れるのは{MOST}件までです。使わないものを終えてから保存してください。"),
        ),
        Err(ArrangementError::Stale) => {
            let other = other(&app, listing, follows, &mut form).await?;
            let beside = Beside { focus: None, other: Some(other) };
            return Ok(page(&app, &signed, listing, form, choices, String::new(), beside));
        }
        Err(error) => return Err(failed(error)),
    }
    Ok(page(&app, &signed, listing, form, choices, String::new(), Beside::default()))
}

/// The columns as they were sent: every column of the list once, in their order.
fn choices(listing: &'static Listing, fields: &Fields) -> Result<Vec<Choice>, PageError> {
    let ticked = |medium: Medium| fields.all(medium_field(medium));
    let (screen, paper, file) = (ticked(Medium::Screen)?, ticked(Medium::Paper)?, ticked(Medium::File)?);
    let mut choices: Vec<Choice> = Vec::with_capacity(listing.columns.len());
    for code in fields.all(COLUMN)? {
        let found = listing.find(code).and_then(|at| listing.columns.get(at));
        // A form of a former version of the program knows other columns; nothing is guessed from it.
        let column = found.ok_or_else(field::stale)?;
        if choices.iter().any(|known| known.column.code == code) {
            return Err(PageError::BadRequest);
        }
        let seen =
            Seen { screen: screen.contains(&code), paper: paper.contains(&code), file: file.contains(&code) };
        choices.push(Choice { column, seen });
    }
    if choices.len() == listing.columns.len() { Ok(choices) } else { Err(field::stale()) }
}

/// Moves the column whose button was pressed, if one was, and says which button has the focus then.
fn moved(form: &Form, choices: &mut [Choice]) -> Option<(&'static str, &'static str)> {
    let (way, code) = [UP, DOWN].into_iter().find_map(|way| {
        let code = form.typed(way);
        (!code.is_empty()).then_some((way, code))
    })?;
    let at = choices.iter().position(|choice| choice.column.code == code)?;
    let to = if way == UP { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < choices.len()) };
    let to = to.unwrap_or(at);
    choices.swap(at, to);
    // At the end of its way the button is gone, and the other one has the focus.
    let way = if to == 0 {
        DOWN
    } else if to + 1 == choices.len() {
        UP
    } else {
        way
    };
    choices.get(to).map(|choice| (way, choice.column.code))
}

fn follows(form: &Form) -> Result<Option<(ArrangementId, u32)>, PageError> {
    let typed = form.typed(FOLLOWS);
    if typed.is_empty() {
        return Ok(None);
    }
    let read =
        typed.split_once('.').and_then(|(id, version)| Some((id.parse().ok()?, version.parse().ok()?)));
    read.map(Some).ok_or(PageError::BadRequest)
}

fn arrangement(form: &mut Form, listing: &Listing, choices: &[Choice]) -> Arrangement {
    for medium in listing.media() {
        if choices.iter().all(|choice| !choice.seen.on(*medium)) {
            let word = show::word(*medium);
            form.refuse_ja(COLUMNS, format!("「{word}」に出す列を1つ以上選んでください。"));
        }
    }
    let sort = form.typed(SORT).to_owned();
    if !sort.is_empty() && (!listing.sorts || listing.find(&sort).is_none()) {
        form.refuse_ja(SORT, "並び順の列を選び直してください。");
    }
    let placed = |choice: &Choice| Placed {
        column: choice.column.code.to_owned(),
        screen: choice.seen.screen && listing.has_screen,
        paper: choice.seen.paper,
        file: choice.seen.file,
    };
    let columns = choices.iter().map(placed).filter(Placed::is_used).collect();
    let descending = !form.typed(DESCENDING).is_empty();
    let sort = Some(sort).filter(|sort| !sort.is_empty()).map(|column| Sort { column, descending });
    Arrangement { columns, sort }
}

/// What somebody else saved meanwhile. The form then follows it, so that what is saved next is saved knowingly.
async fn other(
    app: &App,
    listing: &'static Listing,
    follows: Option<(ArrangementId, u32)>,
    form: &mut Form,
) -> Result<Other, PageError> {
    let (of, id) = (of_list(app, listing), follows.map(|(id, _)| id).ok_or_else(field::stale)?);
    let read = app.db.read(move |reader| {
        Ok::<_, store::Error>((store::arrangement::find(reader, &of, id)?, Names::people(reader)?))
    });
    let (found, names): (Option<Version>, Names) = read.await?;
    // Ended: there is nothing that could be followed.
    let Some(version) = found else { return Err(failed(ArrangementError::Gone)) };
    form.fill(edit::FOLLOWS, format!("{}.{}", version.id, version.version));
    Ok(Other {
        saved: format!("{} {}", moment(version.at), names.actor(version.by)),
        name: version.name.clone(),
        media: show::media(listing, &version.arrangement),
        order: show::order(listing, &version.arrangement),
    })
}
