//! The first step: the booking key.

use askama::Template;
use axum::http::StatusCode;

use domain::number::{Number, NumberError, NumberKind};

use crate::citizen::Layout;
use crate::key;
use crate::kit::{Form, Page, Texts};

/// The name of the field of a number, also on the page that finds a reservation.
pub const NUMBER: &str = "number";

/// The page of the booking key.
#[derive(Template)]
#[template(path = "citizen/visit/key.html")]
pub struct KeyPage {
    texts: Texts,
    layout: Layout,
    form: Form,
}

impl KeyPage {
    /// The page with the form as it stands.
    pub fn new(layout: Layout, form: Form) -> Self {
        Self { texts: layout.texts(), layout: layout.with_form(&form), form }
    }
}

/// Reads the number of a form, of the kind that the page asks for; what is wrong becomes the field's fault.
///
/// Only the shape is judged here. A wrong check digit gets the sentence of an unknown number, so that nobody
/// learns from the sentence which numbers exist.
pub fn read_number(form: &mut Form, wanted: NumberKind) -> Option<Number> {
    match Number::parse(form.typed(NUMBER)) {
        Ok(number) if number.kind() == wanted => return Some(number),
        Ok(_) if wanted == NumberKind::BookingKey => {
            form.refuse(NUMBER, key!("error-number-other-kind-reservation"));
        }
        Ok(_) => form.refuse(NUMBER, key!("error-number-other-kind-key")),
        // An Individual Number was dropped from the field and has its fault already.
        Err(NumberError::Empty) if form.is_refused() => {}
        Err(NumberError::Empty) => form.refuse(NUMBER, key!("error-number-empty")),
        Err(NumberError::NotDigits) => form.refuse(NUMBER, key!("error-number-not-digits")),
        Err(NumberError::WrongLength(count)) => {
            form.refuse_with(NUMBER, key!("error-number-length"), vec![("count", count.into())]);
        }
        Err(NumberError::WrongCheckDigit | NumberError::WrongKind) => refuse_unknown(form, wanted),
    }
    None
}

/// The one sentence for a key that opens nothing, whatever the reason.
pub fn refuse_unknown(form: &mut Form, wanted: NumberKind) {
    form.refuse(
        NUMBER,
        match wanted {
            NumberKind::BookingKey => key!("error-key-unknown"),
            NumberKind::Reservation => key!("error-reservation-unknown"),
        },
    );
}

impl Page for KeyPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::{Fields, Language};

    fn fault(typed: &str, wanted: NumberKind) -> Option<String> {
        let mut form = Fields::of(&[(NUMBER, typed)]).form(&[NUMBER]).unwrap();
        let number = read_number(&mut form, wanted);
        assert_eq!(number.is_none(), form.is_refused());
        assert!(form.faults().len() < 2, "{typed}: {:?}", form.faults());
        form.fault(NUMBER).map(|fault| fault.text(&Texts::new(Language::En)))
    }

    #[test]
    fn r4_c_a_number_is_read_as_people_type_it() {
        let key = Number::derive(&[7; 32], NumberKind::BookingKey, [1; 16], 1);
        let shown = key.to_string();
        assert_eq!(fault(&shown, NumberKind::BookingKey), None);
        let wide: String =
            shown.chars().map(|sign| char::from_u32(u32::from(sign) + 0xFEE0).unwrap()).collect();
        assert_eq!(fault(&wide, NumberKind::BookingKey), None);
        assert!(fault(&shown, NumberKind::Reservation).unwrap().starts_with("This is a booking key."));
    }

    #[test]
    fn faults_name_the_shape_and_nothing_else() {
        let unknown = fault("00000000000001", NumberKind::BookingKey).unwrap();
        assert!(unknown.starts_with("This booking key cannot be used."));
        assert_eq!(fault("", NumberKind::BookingKey).unwrap(), "Enter the number.");
        let short = fault("1234-5678", NumberKind::BookingKey).unwrap();
        assert_eq!(short, "The number has 14 digits. You entered 8 digits.");
        assert!(fault("abc", NumberKind::BookingKey).unwrap().starts_with("Use digits only."));
        assert!(fault("123456789018", NumberKind::BookingKey).unwrap().contains("My Number"));
    }
}
