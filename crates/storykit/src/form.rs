//! The forms of a page: which fields they have, and what is sent when a button is pressed.

use crate::document::Element;

/// A file that a person chose.
#[derive(Debug, Clone)]
pub struct Attached {
    /// The name of the field.
    pub field: String,
    /// The name of the file.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What a person did to the fields of a page.
#[derive(Debug, Clone, Default)]
pub struct Touched {
    pub(crate) values: Vec<(String, String)>,
    pub(crate) ticked: Vec<(String, String, bool)>,
    pub(crate) files: Vec<Attached>,
}

impl Touched {
    fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn tick(&self, name: &str, value: &str) -> Option<bool> {
        let known = self.ticked.iter().rev().find(|(n, v, _)| n == name && v == value);
        known.map(|(.., on)| *on)
    }
}

/// What a form sends.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Where to; empty for the page's own address.
    pub action: String,
    /// Whether by POST.
    pub post: bool,
    /// Names and values, in the order of the page.
    pub pairs: Vec<(String, String)>,
    /// Files; `Some` where the form is sent in parts.
    pub files: Option<Vec<Attached>>,
}

impl Sent {
    /// Sends another value in a field, as somebody with tools could.
    pub fn set(&mut self, name: &str, value: &str) {
        let pair = self.pairs.iter_mut().find(|(known, _)| known == name).expect("a field of the form");
        value.clone_into(&mut pair.1);
    }
}

/// Whether an element is a button that sends its form.
pub fn sends(element: &Element) -> bool {
    let kind = element.attribute("type");
    match element.name.as_str() {
        "button" => kind.is_none_or(|kind| kind == "submit") && !element.has("disabled"),
        "input" => kind == Some("submit") && !element.has("disabled"),
        _ => false,
    }
}

/// The words on a button.
pub fn label(button: &Element) -> String {
    match button.name.as_str() {
        "input" => button.attribute("value").unwrap_or_default().to_owned(),
        _ => button.text(),
    }
}

/// What is sent when `button` is pressed.
pub fn pressed(page: &Element, button: &Element, touched: &Touched) -> Sent {
    let form = form_of(page, button);
    let attribute = |name: &str, own: &str| {
        button.attribute(own).or_else(|| form.attribute(name)).unwrap_or_default().to_owned()
    };
    let mut pairs = Vec::new();
    let mut files = Vec::new();
    for control in controls(page, form) {
        match (control.attribute("name"), std::ptr::eq(control, button)) {
            (Some(name), true) => {
                pairs.push((name.to_owned(), control.attribute("value").unwrap_or_default().to_owned()));
            }
            (Some(name), false) if !sends(control) && !control.has("disabled") => {
                fill(control, name, touched, &mut pairs, &mut files);
            }
            _ => {}
        }
    }
    let in_parts = attribute("enctype", "formenctype") == "multipart/form-data";
    Sent {
        action: attribute("action", "formaction"),
        post: attribute("method", "formmethod").eq_ignore_ascii_case("post"),
        pairs,
        files: in_parts.then_some(files),
    }
}

fn form_of<'a>(page: &'a Element, button: &Element) -> &'a Element {
    let forms = page.named(&["form"]);
    let by_id = button.attribute("form").map(|id| {
        forms.iter().find(|form| form.attribute("id") == Some(id)).expect("the form that the button names")
    });
    let around = || forms.iter().find(|form| form.all(&|element| std::ptr::eq(element, button)).len() == 1);
    by_id.or_else(around).expect("a form around the button")
}

fn controls<'a>(page: &'a Element, form: &'a Element) -> Vec<&'a Element> {
    const NAMES: [&str; 4] = ["button", "input", "select", "textarea"];
    let inside = form.named(&NAMES);
    let id = form.attribute("id");
    let belongs = |control: &Element| match control.attribute("form") {
        Some(named) => id == Some(named),
        None => inside.iter().any(|own| std::ptr::eq(*own, control)),
    };
    page.named(&NAMES).into_iter().filter(|control| belongs(control)).collect()
}

fn fill(
    control: &Element,
    name: &str,
    touched: &Touched,
    pairs: &mut Vec<(String, String)>,
    files: &mut Vec<Attached>,
) {
    let own = control.attribute("value");
    let mut push = |value: &str| pairs.push((name.to_owned(), value.to_owned()));
    match (control.name.as_str(), control.attribute("type").unwrap_or("text")) {
        ("input", "checkbox") => {
            let value = own.unwrap_or("on");
            if touched.tick(name, value).unwrap_or_else(|| control.has("checked")) {
                push(value);
            }
        }
        ("input", "radio") => {
            let value = own.unwrap_or("on");
            if touched.value(name).map_or_else(|| control.has("checked"), |chosen| chosen == value) {
                push(value);
            }
        }
        ("input", "file") => {
            files.extend(touched.files.iter().filter(|file| file.field == name).cloned());
        }
        ("input", "hidden") => push(own.unwrap_or_default()),
        ("select", _) => {
            let options = control.named(&["option"]);
            let value =
                |option: &Element| option.attribute("value").map_or_else(|| option.text(), str::to_owned);
            let chosen = match touched.value(name) {
                Some(wanted) => options.iter().find(|o| value(o) == wanted || o.text() == wanted),
                None => options.iter().find(|option| option.has("selected")).or_else(|| options.first()),
            };
            if let Some(option) = chosen {
                push(&value(option));
            }
        }
        ("textarea", _) => push(touched.value(name).unwrap_or(&control.raw())),
        _ => push(touched.value(name).or(own).unwrap_or_default()),
    }
}

/// Writes pairs as a browser writes them into a body or a query.
pub fn encoded(pairs: &[(String, String)]) -> String {
    let part = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                    char::from(byte).to_string()
                }
                b' ' => "+".to_owned(),
                other => format!("%{other:02X}"),
            })
            .collect::<String>()
    };
    pairs.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect::<Vec<_>>().join("&")
}

/// The mark between the parts of a body.
pub const BOUNDARY: &str = "----story-boundary-7f3a91";

/// Writes pairs and files as parts of a body.
pub fn in_parts(pairs: &[(String, String)], files: &[Attached]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in pairs {
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(head.as_bytes());
    }
    for Attached { field, name, bytes } in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}
