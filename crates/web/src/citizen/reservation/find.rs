//! The page that asks for a reservation number.

use askama::Template;
use axum::http::StatusCode;

use crate::citizen::Layout;
use crate::kit::{Form, Page, Texts};

/// The page of the reservation number.
#[derive(Template)]
#[template(path = "citizen/reservation/find.html")]
pub struct FindPage {
    texts: Texts,
    layout: Layout,
    form: Form,
}

impl FindPage {
    /// The page with the form as it stands.
    pub fn new(layout: Layout, form: Form) -> Self {
        Self { texts: layout.texts(), layout: layout.with_form(&form), form }
    }
}

impl Page for FindPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}
