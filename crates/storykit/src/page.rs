//! What a browser shows after a request.

use axum::http::{HeaderMap, StatusCode};

use crate::document::{self, Element};
use crate::form::{Sent, Touched};

/// An answer, read as a page where it is one.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its address: path and query.
    pub path: String,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its tree; empty where it is no HTML.
    pub tree: Element,
}

impl Page {
    pub(crate) fn new(path: String, status: StatusCode, headers: HeaderMap, bytes: Vec<u8>) -> Self {
        let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_html = kind.starts_with("text/html");
        let tree =
            if is_html { document::parse(&String::from_utf8_lossy(&bytes)) } else { Element::default() };
        Self { path, status, headers, bytes, tree }
    }

    /// The whole answer as text.
    pub fn source(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The title.
    pub fn title(&self) -> String {
        let title = self.tree.named(&["title"]).first().map(|title| title.raw()).unwrap_or_default();
        title.trim().to_owned()
    }

    /// The heading.
    pub fn h1(&self) -> String {
        self.tree.named(&["h1"]).first().map(|heading| heading.text()).unwrap_or_default()
    }

    /// The text of the page.
    pub fn text(&self) -> String {
        self.tree.text()
    }

    /// The text of the main part.
    pub fn main(&self) -> String {
        self.tree.named(&["main"]).first().map(|main| main.text()).unwrap_or_default()
    }

    /// The texts of all elements of a class.
    pub fn texts_of_class(&self, class: &str) -> Vec<String> {
        let of_class = |element: &Element| {
            element.attribute("class").is_some_and(|known| known.split_whitespace().any(|c| c == class))
        };
        self.tree.all(&of_class).into_iter().map(Element::text).collect()
    }

    /// The value of the first field of this name.
    pub fn value(&self, name: &str) -> Option<String> {
        let fields = self.tree.all(&|element| element.attribute("name") == Some(name));
        fields.first().map(|field| field.attribute("value").unwrap_or_default().to_owned())
    }

    /// What each of its buttons sends as the page stands, of the main part alone.
    pub fn forms(&self) -> Vec<Sent> {
        let untouched = Touched::default();
        let mains = self.tree.named(&["main"]);
        let buttons = mains.iter().flat_map(|main| main.all(&crate::form::sends));
        buttons.map(|button| crate::form::pressed(&self.tree, button, &untouched)).collect()
    }

    /// The texts of its buttons that send a form.
    pub fn buttons(&self) -> Vec<String> {
        self.tree.all(&crate::form::sends).into_iter().map(crate::form::label).collect()
    }

    /// The texts of its links.
    pub fn links(&self) -> Vec<String> {
        self.tree
            .all(&|element| element.name == "a" && element.has("href"))
            .into_iter()
            .map(Element::text)
            .collect()
    }
}
