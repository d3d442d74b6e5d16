//! A page's HTML as a tree that is owned and can be asked for texts and elements.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// A node of the tree.
#[derive(Debug, Clone)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text.
    Text(String),
}

/// An element.
#[derive(Debug, Clone, Default)]
pub struct Element {
    /// Its name, in lower case.
    pub name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
}

/// Reads a page as browsers do.
pub fn parse(html: &str) -> Element {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    element(&dom.document)
}

fn element(handle: &Handle) -> Element {
    let (name, attributes) = match &handle.data {
        NodeData::Element { name, attrs, .. } => {
            let attributes = attrs.borrow();
            let pairs = attributes.iter().map(|a| (a.name.local.to_string(), a.value.to_string()));
            (name.local.to_string(), pairs.collect())
        }
        _ => (String::new(), Vec::new()),
    };
    let children = handle.children.borrow();
    let children = children.iter().filter_map(|child| match &child.data {
        NodeData::Element { .. } => Some(Node::Element(element(child))),
        NodeData::Text { contents } => Some(Node::Text(contents.borrow().to_string())),
        _ => None,
    });
    Element { name, attributes, children: children.collect() }
}

impl Element {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the attribute stands there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }

    /// The elements inside.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Every element below for which `wanted` says yes, in the order of the page.
    pub fn all<'a>(&'a self, wanted: &dyn Fn(&Element) -> bool) -> Vec<&'a Element> {
        let mut found = Vec::new();
        self.collect(wanted, &mut found);
        found
    }

    fn collect<'a>(&'a self, wanted: &dyn Fn(&Element) -> bool, found: &mut Vec<&'a Element>) {
        for child in self.elements() {
            if wanted(child) {
                found.push(child);
            }
            child.collect(wanted, found);
        }
    }

    /// Every element below of these names.
    pub fn named<'a>(&'a self, names: &[&str]) -> Vec<&'a Element> {
        self.all(&|element| names.contains(&element.name.as_str()))
    }

    /// The text that a person reads, blanks folded; without scripts, styles, readings over kanji and what is hidden.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn write(&self, text: &mut String) {
        if matches!(self.name.as_str(), "script" | "style" | "head" | "template" | "rt" | "rp")
            || self.has("hidden")
        {
            return;
        }
        for child in &self.children {
            match child {
                Node::Text(part) => text.push_str(part),
                Node::Element(element) => {
                    element.write(text);
                    if is_block(&element.name) {
                        text.push('\n');
                    }
                }
            }
        }
    }

    /// The text as it stands, without folding, also in the head.
    pub fn raw(&self) -> String {
        let parts = self.children.iter().map(|child| match child {
            Node::Text(part) => part.clone(),
            Node::Element(element) => element.raw(),
        });
        parts.collect()
    }

    /// The smallest element below, or this one, that says `words` and holds something for which `wanted` says yes.
    pub fn smallest<'a>(&'a self, words: &str, wanted: &dyn Fn(&Element) -> bool) -> Option<&'a Element> {
        if !self.text().contains(words) || self.all(wanted).is_empty() {
            return None;
        }
        self.elements().find_map(|child| child.smallest(words, wanted)).or(Some(self))
    }
}

fn is_block(name: &str) -> bool {
    !matches!(
        name,
        "a" | "abbr" | "b" | "em" | "i" | "rp" | "rt" | "ruby" | "span" | "strong" | "small" | "time" | "svg"
    )
}
