//! The page of a pick-up rendered from samples.

use askama::Template;
use domain::id::{CardId, Id, OperationId, PickupId};
use domain::pickup::State as How;
use domain::reservation::Visitor;
use jiff::civil::date;

use super::show::{Open, PickupPage};
use crate::kit::{Form, Language, Texts};
use crate::staff::layout::samples::person;
use crate::staff::{Layout, Task};

fn page(state: Option<How>, form: Form, before: bool) -> PickupPage {
    let layout = Layout::new("返戻カードの窓口での受け取り", date(2026, 11, 24), Some(person()));
    PickupPage {
        texts: Texts::new(Language::JA),
        layout: layout.within(Task::Counter),
        problem: form.is_refused().then(|| "ほかの人が先に記録しました。".to_owned()),
        form,
        id: CardId::from_parts(1, 1),
        control: "104 230 001".to_owned(),
        place: if state == Some(How::AtCounter) { "窓口" } else { "市" }.to_owned(),
        tracking: Some("123-45-67890-3".to_owned()),
        open: state.map(|state| Open {
            id: PickupId::from_parts(1, 1),
            state,
            visitor: Visitor::Principal.label(),
            copies: 2,
            at: "11月24日(火) 10:05".to_owned(),
        }),
        fits: !before,
        before: if before {
            vec![(
                "11月24日(火) 10:05に来庁（本人）".to_owned(),
                "11月24日(火) 10:20　カードを手渡した".to_owned(),
            )]
        } else {
            Vec::new()
        },
        operation: OperationId::from_parts(1, 1),
    }
}

/// The pages, each with the name of its sample.
pub(crate) fn pages() -> Vec<(&'static str, askama::Result<String>)> {
    let refused = |fields: &[&'static str]| {
        let mut form = Form::fresh();
        for field in fields {
            form.refuse_ja(field, "入力してください。");
        }
        form
    };
    vec![
        ("pickup", page(None, Form::fresh(), false).render()),
        ("pickup-refused", page(None, refused(&["visitor", "filled", "copies", "person"]), false).render()),
        ("pickup-with-city", page(Some(How::WithCity), refused(&["person", "same"]), false).render()),
        ("pickup-at-counter", page(Some(How::AtCounter), refused(&["why", "person"]), false).render()),
        ("pickup-over", page(None, Form::fresh(), true).render()),
    ]
}
