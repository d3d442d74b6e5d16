//! The form of a kind: its name, what uses it up, how much of it, and how long a delivery takes.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, SupplyId};
use domain::supply::{Basis, LONGEST_DELIVERY, MOST_PIECES, Setting};
use store::supply::SupplyError;

use super::show::{PIECES, VERSION};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};
use crate::staff::{Layout, Task};

const NAME: &str = "name";
const UNIT: &str = "unit";
const BASIS: &str = "basis";
const LETTERS: &str = "letters";
const DELIVERY: &str = "delivery_days";

/// The longest word behind a number.
const LONGEST_UNIT: usize = 6;

/// The fields of the form.
pub(super) const FIELDS: [&str; 8] = [OPERATION, VERSION, NAME, UNIT, BASIS, PIECES, LETTERS, DELIVERY];

/// The form.
#[derive(Template)]
#[template(path = "staff/preparation/supply/setting.html")]
pub(crate) struct SettingPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) operation: OperationId,
    /// The kind and its version; none: a new one.
    pub(crate) of: Option<(SupplyId, u32)>,
}

impl SettingPage {
    /// Every basis, and whether it is chosen.
    fn bases(&self) -> Vec<(Basis, bool)> {
        Basis::ALL.iter().map(|basis| (*basis, basis.code() == self.form.typed(BASIS))).collect()
    }
}

impl Page for SettingPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// The form as it stands.
pub(super) fn page(
    app: &App,
    signed: &Signed,
    title: String,
    of: Option<(SupplyId, u32)>,
    form: Form,
) -> Response {
    let mut layout = signed.layout(title).within(Task::Preparation);
    layout.refused = form.is_refused();
    let operation = app.operation();
    respond(&SettingPage { texts: Texts::new(Language::JA), layout, form, operation, of })
}

/// Fills the form.
pub(super) fn fill(form: &mut Form, setting: &Setting) {
    form.fill(NAME, setting.name.as_str());
    form.fill(UNIT, setting.unit.as_str());
    form.fill(BASIS, setting.basis.code());
    form.fill(PIECES, setting.pieces.to_string());
    form.fill(LETTERS, setting.letters.to_string());
    form.fill(DELIVERY, setting.delivery_days.to_string());
}

/// Reads the form.
pub(super) fn read(form: &mut Form) -> Option<Setting> {
    let name = field::name(form, NAME, "名前");
    let unit = field::name(form, UNIT, "数え方");
    if unit.as_ref().is_some_and(|unit| unit.chars().count() > LONGEST_UNIT) {
        form.refuse_ja(UNIT, format!("数え方は{LONGEST_UNIT}文字までにしてください（例：枚）。"));
    }
    let basis = form.typed(BASIS).parse::<Basis>().ok();
    if basis.is_none() {
        form.refuse_ja(BASIS, "いつ使うかを選んでください。");
    }
    let mut number = |field, what: &str, most: u32, from_zero: bool| {
        let read = if from_zero { field::count(form, field, what) } else { field::number(form, field, what) };
        if read.is_some_and(|read| read > most) {
            form.refuse_ja(field, format!("{what}は{most}までで入力してください。"));
        }
        read
    };
    let letters = number(LETTERS, "通数", MOST_PIECES, false);
    let pieces = number(PIECES, "使う数", MOST_PIECES, false);
    let delivery_days = number(DELIVERY, "納期", LONGEST_DELIVERY, true);
    let setting = Setting {
        name: name?,
        unit: unit?,
        basis: basis?,
        pieces: pieces?,
        letters: letters?,
        delivery_days: delivery_days?,
    };
    (!form.is_refused()).then_some(setting)
}

/// Puts the reason at its field, or answers that it is none of the form's.
pub(super) fn refuse(form: &mut Form, error: SupplyError) -> Result<(), PageError> {
    match error {
        SupplyError::NameTaken => {
            form.refuse_ja(NAME, "この名前の用品はすでにあります。ほかの名前にしてください。");
        }
        SupplyError::Stale => form.refuse_ja(
            NAME,
            "ほかの人が先に変更か記録をしました。いまの内容を確かめて、もう一度変更してください。",
        ),
        other => return Err(super::failed(other)),
    }
    Ok(())
}
