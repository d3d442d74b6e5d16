//! What was typed into a form, and what is wrong with it.
//!
//! Values reach a handler only through [`Fields::form`], which looks for an Individual Number in everything
//! that was sent: it cannot be forgotten, and such a value is neither kept, shown again nor logged.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use domain::guard::{self, Finding};
use fluent_bundle::FluentValue;

use super::error::PageError;
use super::message::{Argument, Texts};
use crate::key;

/// The sentence for a fault: a message of the catalogue on citizens' pages, Japanese text on staff pages.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sentence {
    Message { key: &'static str, arguments: Vec<(&'static str, Filling)> },
    Japanese(String),
}

/// What fills a variable of a fault's message. Numbers stay numbers, so that plurals can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filling {
    /// A text.
    Text(String),
    /// A count.
    Count(usize),
}

impl Argument for Filling {
    fn value(&self) -> FluentValue<'_> {
        match self {
            Self::Text(text) => text.value(),
            Self::Count(count) => count.value(),
        }
    }
}

impl From<usize> for Filling {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl From<String> for Filling {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// One field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The name and the id of the field.
    pub field: &'static str,
    sentence: Sentence,
}

impl Fault {
    /// The sentence beside the field and in the summary.
    pub fn text(&self, texts: &Texts) -> String {
        match &self.sentence {
            Sentence::Message { key, arguments } => {
                let arguments: Vec<(&str, &dyn Argument)> =
                    arguments.iter().map(|(name, value)| (*name, value as &dyn Argument)).collect();
                texts.fill(key, &arguments)
            }
            Sentence::Japanese(text) => text.clone(),
        }
    }
}

/// A form as it was typed, with its faults. A fresh form has neither.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    typed: Vec<(&'static str, String)>,
    faults: Vec<Fault>,
    doubtful: Vec<&'static str>,
}

impl Form {
    /// A form that nobody has touched.
    pub fn fresh() -> Self {
        Self::default()
    }

    /// What was typed into the field; empty where nothing was.
    pub fn typed(&self, field: &str) -> &str {
        self.typed.iter().find(|(name, _)| *name == field).map_or("", |(_, value)| value)
    }

    /// Fills a field, before the form is first shown.
    pub fn fill(&mut self, field: &'static str, value: impl Into<String>) {
        self.typed.retain(|(name, _)| *name != field);
        self.typed.push((field, value.into()));
    }

    /// Notes a fault, named by a message of the catalogue (`key!`).
    pub fn refuse(&mut self, field: &'static str, key: &'static str) {
        self.refuse_with(field, key, Vec::new());
    }

    /// Notes a fault whose message has variables.
    pub fn refuse_with(
        &mut self,
        field: &'static str,
        key: &'static str,
        arguments: Vec<(&'static str, Filling)>,
    ) {
        self.faults.push(Fault { field, sentence: Sentence::Message { key, arguments } });
    }

    /// Notes a fault on a staff page, in Japanese.
    pub fn refuse_ja(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.faults.push(Fault { field, sentence: Sentence::Japanese(sentence.into()) });
    }

    /// The first fault of a field.
    pub fn fault(&self, field: &str) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.field == field)
    }

    /// Every fault, in the order in which they were found.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Fields with twelve digits that are no valid Individual Number: to be asked back, not refused.
    pub fn doubtful(&self) -> &[&'static str] {
        &self.doubtful
    }

    /// 200 for a form to be filled, 422 for one that was refused.
    pub fn status(&self) -> StatusCode {
        if self.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
    }
}

/// The fields of a form's body as they were sent, not yet looked at.
#[derive(Clone)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Fields for a test or a sample.
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// Takes the named fields, the first value of each.
    ///
    /// An Individual Number in one of them becomes the fault of that field and its value is dropped; in
    /// anything else that was sent it refuses the request.
    pub fn form(&self, names: &[&'static str]) -> Result<Form, PageError> {
        let mut form = Form::fresh();
        for (sent, value) in &self.0 {
            let name = names.iter().copied().find(|name| name == sent);
            match (guard::worst(value), name) {
                (Some(Finding::IndividualNumber), Some(name)) => {
                    if form.fault(name).is_none() {
                        form.refuse(name, key!("error-individual-number"));
                    }
                    form.fill(name, "");
                }
                (Some(Finding::IndividualNumber), None) => return Err(PageError::IndividualNumber),
                (doubt, Some(name)) => {
                    if form.typed.iter().all(|(known, _)| *known != name) {
                        form.typed.push((name, value.clone()));
                        if doubt.is_some() {
                            form.doubtful.push(name);
                        }
                    }
                }
                (_, None) => {}
            }
            if name.is_none() && guard::worst(sent) == Some(Finding::IndividualNumber) {
                return Err(PageError::IndividualNumber);
            }
        }
        Ok(form)
    }

    /// Every value of a field that may be sent more than once (check boxes).
    pub fn all(&self, name: &str) -> Result<Vec<&str>, PageError> {
        let values: Vec<&str> =
            self.0.iter().filter(|(sent, _)| sent == name).map(|(_, value)| value.as_str()).collect();
        if values.iter().any(|value| guard::worst(value) == Some(Finding::IndividualNumber)) {
            return Err(PageError::IndividualNumber);
        }
        Ok(values)
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        match axum::Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(axum::Form(pairs)) => Ok(Self(pairs)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(PageError::TooLarge),
            Err(_) => Err(PageError::BadRequest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_kept() {
        let form =
            Fields::of(&[("key", " 1234 "), ("key", "second"), ("other", "x")]).form(&["key"]).unwrap();
        assert_eq!(form.typed("key"), " 1234 ");
        assert_eq!(form.typed("other"), "");
        assert_eq!(form.status(), StatusCode::OK);
    }

    #[test]
    fn r4_b_an_individual_number_is_refused_in_its_field_and_forgotten() {
        let form =
            Fields::of(&[("remark", "番号は１２３４ ５６７８ ９０１８です")]).form(&["remark"]).unwrap();
        assert_eq!(form.typed("remark"), "");
        assert_eq!(form.fault("remark").unwrap().field, "remark");
        assert_eq!(form.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!format!("{form:?}").contains("9018"));
    }

    #[test]
    fn r4_b_an_individual_number_anywhere_else_refuses_the_request() {
        for sent in [[("hidden", "123456789018")], [("123456789018", "x")]] {
            assert!(matches!(Fields::of(&sent).form(&["key"]), Err(PageError::IndividualNumber)));
        }
        assert!(Fields::of(&[("pick", "123456789018")]).all("pick").is_err());
    }
}
