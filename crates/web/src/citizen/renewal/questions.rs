//! Who comes for a renewal, whether the PINs are known, and whether a proxy has the sealed answer: three questions for
//! each person. No PIN is ever asked for.

use domain::renewal::{Coming, TwoVisits};
use domain::reservation::{MOST_IN_PARTY, Pins, Visitor};

use crate::citizen::visit::people::Name;
use crate::key;
use crate::kit::Form;

/// The fields of who comes, in the order of the people.
pub(crate) const WHO: [&str; MOST_IN_PARTY] = ["who", "who-2", "who-3", "who-4"];
/// The fields of the PINs.
pub(crate) const PINS: [&str; MOST_IN_PARTY] = ["pins", "pins-2", "pins-3", "pins-4"];
/// The fields of the 照会書兼回答書.
pub(crate) const ANSWER: [&str; MOST_IN_PARTY] = ["answer", "answer-2", "answer-3", "answer-4"];

/// The value of a box that is ticked.
pub(crate) const YES: &str = "yes";

/// The questions about one person.
pub struct Questions {
    /// Whom they are about; none for somebody alone.
    pub name: Option<Name>,
    /// The field of who comes.
    pub who: &'static str,
    /// The field of the PINs.
    pub pins: &'static str,
    /// The field of the 照会書兼回答書.
    pub answer: &'static str,
}

impl Questions {
    /// The questions for so many people, at most as many as a booking may have.
    pub fn of(people: usize) -> Vec<Self> {
        let several = people > 1;
        let questions = |at: usize| Self {
            name: several.then(|| Name::from((at + 1, String::new()))),
            who: WHO[at],
            pins: PINS[at],
            answer: ANSWER[at],
        };
        (0..people.min(MOST_IN_PARTY)).map(questions).collect()
    }

    /// The possible answers of who comes: code, message, what it means.
    pub fn visitors() -> [(Visitor, &'static str, &'static str); 4] {
        [
            (Visitor::Principal, key!("visitor-principal"), key!("renewal-principal-about")),
            (
                Visitor::WithRepresentative,
                key!("visitor-with-representative"),
                key!("renewal-with-representative-about"),
            ),
            (Visitor::Representative, key!("visitor-representative"), key!("renewal-representative-about")),
            (Visitor::Proxy, key!("visitor-proxy"), key!("renewal-proxy-about")),
        ]
    }

    /// The possible answers about the PINs.
    pub fn pins() -> [(Pins, &'static str); 2] {
        [(Pins::Known, key!("renewal-pins-known")), (Pins::Forgotten, key!("renewal-pins-forgotten"))]
    }
}

/// Reads the answers about one person; where one is missing, its field says so.
pub(crate) fn read(form: &mut Form, of: &Questions) -> Option<Result<Coming, TwoVisits>> {
    let visitor: Option<Visitor> = form.typed(of.who).parse().ok();
    let pins: Option<Pins> = form.typed(of.pins).parse().ok();
    if visitor.is_none() {
        form.refuse(of.who, key!("error-who"));
    }
    if pins.is_none() {
        form.refuse(of.pins, key!("error-pins"));
    }
    let has_answer = form.typed(of.answer) == YES;
    Some(Coming::in_one_visit(visitor?, pins?, has_answer))
}
