//! A person's browser without JavaScript: it keeps cookies, follows redirects and presses buttons by their words.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};

use crate::document::Element;
use crate::form::{self, Attached, Sent, Touched};
use crate::house::{Face, Wires};
use crate::page::Page;

#[derive(Debug, Clone)]
struct Cookie {
    name: String,
    value: String,
    path: String,
}

/// A browser.
#[derive(Clone)]
pub struct Browser {
    wires: Arc<Wires>,
    face: Face,
    address: IpAddr,
    language: String,
    fetch_site: Option<String>,
    cookies: Vec<Cookie>,
    page: Page,
    touched: Touched,
}

impl Browser {
    pub(crate) fn new(wires: Arc<Wires>, face: Face, address: IpAddr) -> Self {
        let page = Page::new("/".to_owned(), StatusCode::OK, HeaderMap::new(), Vec::new());
        Self {
            wires,
            face,
            address,
            language: "ja".to_owned(),
            fetch_site: Some("same-origin".to_owned()),
            cookies: Vec::new(),
            page,
            touched: Touched::default(),
        }
    }

    /// The same browser of somebody who reads another language.
    #[must_use]
    pub fn reading(self, language: &str) -> Self {
        Self { language: language.to_owned(), ..self }
    }

    /// The same browser at another address.
    #[must_use]
    pub fn at_address(self, address: &str) -> Self {
        Self { address: address.parse().expect("an address"), ..self }
    }

    /// The same browser that sends another `Sec-Fetch-Site`, or none, with what it posts.
    #[must_use]
    pub fn fetching(self, site: Option<&str>) -> Self {
        Self { fetch_site: site.map(str::to_owned), ..self }
    }

    /// The same browser in another tab: cookies are shared as they are now, the page is its own from here on.
    #[must_use]
    pub fn another_tab(&self) -> Self {
        self.clone()
    }

    /// The page that is shown.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The heading of the page.
    pub fn h1(&self) -> String {
        self.page.h1()
    }

    /// The text of the page.
    pub fn text(&self) -> String {
        self.page.text()
    }

    /// The status of the page.
    pub fn status(&self) -> u16 {
        self.page.status.as_u16()
    }

    /// The address of the page.
    pub fn path(&self) -> &str {
        &self.page.path
    }

    /// Fails unless the page has this heading.
    #[track_caller]
    pub fn sees(&mut self, h1: &str) -> &mut Self {
        assert_eq!(self.h1(), h1, "at {} ({}): {}", self.path(), self.status(), self.text());
        self
    }

    /// Fails unless the page says this.
    #[track_caller]
    pub fn reads(&mut self, words: &str) -> &mut Self {
        assert!(self.text().contains(words), "{words:?} is not at {}: {}", self.path(), self.text());
        self
    }

    /// The cookies it has: name, value, path.
    pub fn cookies(&self) -> Vec<(&str, &str, &str)> {
        let cookies = self.cookies.iter();
        cookies.map(|c| (c.name.as_str(), c.value.as_str(), c.path.as_str())).collect()
    }

    /// Keeps a cookie that no answer brought.
    pub fn keep_cookie(&mut self, name: &str, value: &str, path: &str) {
        let (name, value, path) = (name.to_owned(), value.to_owned(), path.to_owned());
        self.cookies.push(Cookie { name, value, path });
    }

    /// Forgets its cookies.
    pub fn forget_cookies(&mut self) {
        self.cookies.clear();
    }

    /// Types an address.
    pub fn open(&mut self, path: &str) -> &mut Self {
        let path = path.split('#').next().unwrap_or_default().to_owned();
        let answer = self.get(&path);
        self.arrive(path, answer)
    }

    /// Loads the page again; what was posted is not sent again, because pages after a POST are redirects.
    pub fn reload(&mut self) -> &mut Self {
        let path = self.page.path.clone();
        self.open(&path)
    }

    /// Types into a field.
    #[track_caller]
    pub fn fill(&mut self, name: &str, value: &str) -> &mut Self {
        self.must_have(name);
        self.touched.values.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Chooses one of several: a radio button by its value, an option by its value or text.
    #[track_caller]
    pub fn choose(&mut self, name: &str, value: &str) -> &mut Self {
        self.fill(name, value)
    }

    /// Ticks a box, or takes the tick away.
    #[track_caller]
    pub fn tick(&mut self, name: &str, value: &str, on: bool) -> &mut Self {
        self.must_have(name);
        self.touched.ticked.push((name.to_owned(), value.to_owned(), on));
        self
    }

    /// Ticks every box of a name.
    #[track_caller]
    pub fn tick_all(&mut self, name: &str) -> &mut Self {
        self.must_have(name);
        let boxes = self.page.tree.all(&|element| element.attribute("name") == Some(name));
        let values: Vec<String> =
            boxes.iter().filter_map(|element| element.attribute("value").map(str::to_owned)).collect();
        for value in values {
            self.touched.ticked.push((name.to_owned(), value, true));
        }
        self
    }

    /// Looks at every line of the check sheet of a reception, and takes a 通知カード.
    #[track_caller]
    pub fn checks_papers(&mut self) -> &mut Self {
        self.tick_all("item").choose("notice_card", "handed_in").choose("old_card", "none");
        self.press("書類を確認した")
    }

    /// Chooses a file.
    #[track_caller]
    pub fn attach(&mut self, field: &str, name: &str, bytes: &[u8]) -> &mut Self {
        self.must_have(field);
        let file = Attached { field: field.to_owned(), name: name.to_owned(), bytes: bytes.to_vec() };
        self.touched.files.push(file);
        self
    }

    #[track_caller]
    fn must_have(&self, name: &str) {
        let found = self.page.tree.all(&|element| element.attribute("name") == Some(name));
        assert!(!found.is_empty(), "no field {name:?} at {}: {}", self.path(), self.text());
    }

    /// Presses the button with these words.
    #[track_caller]
    pub fn press(&mut self, words: &str) -> &mut Self {
        let sent = self.sent(&self.page.tree, words);
        self.submit(&sent)
    }

    /// Presses the button with these words in the row, the item or the section that says `beside`.
    #[track_caller]
    pub fn press_beside(&mut self, beside: &str, words: &str) -> &mut Self {
        let wanted = |element: &Element| form::sends(element) && form::label(element).contains(words);
        let around = self.page.tree.smallest(beside, &wanted);
        let around = around.unwrap_or_else(|| panic!("no {words:?} beside {beside:?}: {}", self.text()));
        let sent = self.sent(around, words);
        self.submit(&sent)
    }

    /// Presses a button twice before the first answer arrives, and sees the second answer.
    #[track_caller]
    pub fn press_twice(&mut self, words: &str) -> &mut Self {
        let sent = self.sent(&self.page.tree, words);
        let (one, two) = (self.request_of(&sent), self.request_of(&sent));
        let path = self.target(&sent.action);
        let ((_, headers, _), second) = self.wires.both(self.face, one, two);
        self.keep_cookies(&headers);
        self.arrive(path, second)
    }

    /// Signs in on the page that asks for name and password.
    #[track_caller]
    pub fn sign_in(&mut self, login: &str, password: &str) -> &mut Self {
        let is = |element: &Element, kind: &str| element.attribute("type").unwrap_or("text") == kind;
        let asks =
            |element: &Element| element.name == "form" && !element.all(&|e| is(e, "password")).is_empty();
        let forms = self.page.tree.all(&asks);
        let form = forms.first().unwrap_or_else(|| panic!("nobody asks for a password: {}", self.text()));
        let name_of = |kind: &str| {
            let inputs = form.all(&|element| element.name == "input" && is(element, kind));
            inputs.first().and_then(|input| input.attribute("name")).expect("a field").to_owned()
        };
        let button = form.all(&form::sends).first().map(|button| form::label(button)).expect("a button");
        let (name_field, password_field) = (name_of("text"), name_of("password"));
        self.fill(&name_field, login).fill(&password_field, password).press(&button)
    }

    /// What pressing the button with these words would send; to be sent by [`Browser::submit`], also later.
    #[track_caller]
    pub fn form_of(&self, words: &str) -> Sent {
        self.sent(&self.page.tree, words)
    }

    #[track_caller]
    fn sent(&self, within: &Element, words: &str) -> Sent {
        let buttons = within.all(&form::sends);
        let button = pick(&buttons, words, form::label).unwrap_or_else(|| {
            let known: Vec<String> = buttons.iter().map(|button| form::label(button)).collect();
            panic!("no button {words:?} at {}, but {known:?}: {}", self.path(), self.text())
        });
        form::pressed(&self.page.tree, button, &self.touched)
    }

    /// Sends a form, also one that was changed or is not on the page.
    pub fn submit(&mut self, sent: &Sent) -> &mut Self {
        let path = self.target(&sent.action);
        let path = if sent.post { path } else { with_query(&path, &sent.pairs) };
        let answer = self.wires.send(self.face, self.request_of(sent));
        self.arrive(path, answer)
    }

    /// Posts fields to an address without a page.
    pub fn post(&mut self, path: &str, pairs: &[(&str, &str)]) -> &mut Self {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.submit(&Sent { action: path.to_owned(), post: true, pairs: pairs.collect(), files: None })
    }

    /// Sends what no page of ours would: any method, kind of body and bytes.
    pub fn send(&mut self, method: &str, path: &str, kind: Option<&str>, body: Vec<u8>) -> &mut Self {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.request(method, path);
        if let Some(site) = &self.fetch_site {
            request = request.header("sec-fetch-site", site);
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let answer = self.wires.send(self.face, request.body(Body::from(body)).expect("a request"));
        self.arrive(path.to_owned(), answer)
    }

    /// Follows the link with these words.
    #[track_caller]
    pub fn follow(&mut self, words: &str) -> &mut Self {
        let href = self.href(&self.page.tree, words);
        let path = self.target(&href);
        self.open(&path)
    }

    /// Where the links of the page lead within the house.
    pub fn links(&self) -> Vec<String> {
        let links = self.page.tree.all(&|element| element.name == "a" && element.has("href"));
        let hrefs = links.iter().filter_map(|link| link.attribute("href"));
        // What begins with `#` stands on the page itself; a colon names another house, a telephone or a mail program.
        let inside = hrefs.filter(|href| {
            !href.starts_with('#') && !href.split(['?', '#']).any(|part| part.contains("://"))
        });
        let inside = inside.filter(|href| !href.starts_with("tel:") && !href.starts_with("mailto:"));
        inside.map(|href| self.target(href)).collect()
    }

    /// Follows the link with these words in the row, the item or the section that says `beside`.
    #[track_caller]
    pub fn follow_beside(&mut self, beside: &str, words: &str) -> &mut Self {
        let wanted =
            |element: &Element| element.name == "a" && element.has("href") && element.text().contains(words);
        let around = self.page.tree.smallest(beside, &wanted);
        let around = around.unwrap_or_else(|| panic!("no {words:?} beside {beside:?}: {}", self.text()));
        let path = self.target(&self.href(around, words));
        self.open(&path)
    }

    #[track_caller]
    fn href(&self, within: &Element, words: &str) -> String {
        let links = within.all(&|element| element.name == "a" && element.has("href"));
        let link = pick(&links, words, Element::text).unwrap_or_else(|| {
            let known: Vec<String> = links.iter().map(|link| link.text()).collect();
            panic!("no link {words:?} at {}, but {known:?}: {}", self.path(), self.text())
        });
        link.attribute("href").unwrap_or_default().to_owned()
    }

    /// The address that a link or an action means.
    fn target(&self, href: &str) -> String {
        let href = href.split('#').next().unwrap_or_default();
        let here = self.page.path.split('?').next().unwrap_or_default();
        match href {
            "" => self.page.path.clone(),
            absolute if absolute.starts_with('/') && !absolute.starts_with("//") => absolute.to_owned(),
            query if query.starts_with('?') => format!("{here}{query}"),
            other if other.contains(':') || other.starts_with("//") => {
                panic!("{other} leads out of the house")
            }
            relative => {
                let folder = here.rsplit_once('/').map_or("", |(folder, _)| folder);
                format!("{folder}/{relative}")
            }
        }
    }

    fn get(&self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).body(Body::empty()).expect("a request");
        self.wires.send(self.face, request)
    }

    fn request_of(&self, sent: &Sent) -> Request<Body> {
        let path = self.target(&sent.action);
        if !sent.post {
            let request = self.request(Method::GET, &with_query(&path, &sent.pairs));
            return request.body(Body::empty()).expect("a request");
        }
        let mut request = self.request(Method::POST, &path);
        if let Some(site) = &self.fetch_site {
            request = request.header("sec-fetch-site", site);
        }
        let (kind, body) = match &sent.files {
            Some(files) => {
                let kind = format!("multipart/form-data; boundary={}", form::BOUNDARY);
                (kind, form::in_parts(&sent.pairs, files))
            }
            None => ("application/x-www-form-urlencoded".to_owned(), form::encoded(&sent.pairs).into_bytes()),
        };
        request.header(header::CONTENT_TYPE, kind).body(Body::from(body)).expect("a request")
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let place = path.split('?').next().unwrap_or_default();
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .filter(|cookie| is_below(place, &cookie.path))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT_LANGUAGE, &self.language)
            .extension(ConnectInfo(SocketAddr::new(self.address, 50_000)));
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        request
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("a cookie in ASCII");
            let mut parts = line.split(';').map(str::trim);
            let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("name=value");
            let attributes: Vec<&str> = parts.collect();
            for wanted in ["Secure", "HttpOnly"] {
                assert!(attributes.contains(&wanted), "a cookie without {wanted}: {line}");
            }
            let attribute = |name: &str| attributes.iter().find_map(|a| a.strip_prefix(name));
            let path = attribute("Path=").unwrap_or("/").to_owned();
            self.cookies.retain(|known| known.name != name || known.path != path);
            if attribute("Max-Age=") != Some("0") {
                self.cookies.push(Cookie { name: name.to_owned(), value: value.to_owned(), path });
            }
        }
    }

    fn arrive(&mut self, mut path: String, mut answer: Answer) -> &mut Self {
        for _ in 0..10 {
            let (status, headers, bytes) = answer;
            self.keep_cookies(&headers);
            let onward = headers.get(header::LOCATION).filter(|_| status.is_redirection());
            let Some(onward) = onward.map(|to| to.to_str().expect("a path").to_owned()) else {
                self.page = Page::new(path, status, headers, bytes);
                self.touched = Touched::default();
                return self;
            };
            assert_eq!(status, StatusCode::SEE_OTHER, "a redirect that may repeat a POST");
            path = self.target(&onward);
            answer = self.get(&path);
        }
        panic!("redirected for ever, at last to {path}");
    }
}

/// What came back: status, headers, body.
pub(crate) type Answer = (StatusCode, HeaderMap, Vec<u8>);

fn with_query(path: &str, pairs: &[(String, String)]) -> String {
    let place = path.split('?').next().unwrap_or_default();
    if pairs.is_empty() { place.to_owned() } else { format!("{place}?{}", form::encoded(pairs)) }
}

fn is_below(path: &str, of_cookie: &str) -> bool {
    path == of_cookie
        || path.strip_prefix(of_cookie).is_some_and(|rest| of_cookie.ends_with('/') || rest.starts_with('/'))
}

/// The element with exactly these words; or else the first that begins with them, or holds them.
fn pick<'a>(elements: &[&'a Element], words: &str, text: impl Fn(&Element) -> String) -> Option<&'a Element> {
    let by = |fits: &dyn Fn(&str) -> bool| elements.iter().copied().find(|element| fits(&text(element)));
    by(&|known| known == words)
        .or_else(|| by(&|known| known.starts_with(words)))
        .or_else(|| by(&|known| known.contains(words)))
}
