//! Every sentence that a citizen reads, in every language: Fluent catalogues compiled into the program.
//!
//! Templates and code name a message, never a text. A message that is missing is shown as its key between
//! ⟦ ⟧ and logged, so that a page still stands; a test refuses missing, unused and unlike messages.

use std::borrow::Cow;
use std::sync::LazyLock;

use domain::time::Start;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::civil::Date;
use unic_langid::LanguageIdentifier;

use super::dates;
use super::language::Language;

/// The key of a message named in Rust; the catalogue's test looks for this spelling.
#[macro_export]
macro_rules! key {
    ($key:literal) => {
        $key
    };
}

type Bundle = FluentBundle<FluentResource>;

static CATALOGUES: LazyLock<[Bundle; Language::COUNT]> = LazyLock::new(|| Language::ALL.map(bundle));

fn bundle(language: Language) -> Bundle {
    let locale: LanguageIdentifier = language.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // The isolation marks around values would be copied with numbers, and no language here runs from the right.
    bundle.set_use_isolating(false);
    for source in language.sources() {
        // A part that parses badly still gives its good messages; the test of the catalogue refuses the rest.
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, errors)| {
            tracing::error!(language = language.code(), ?errors, "message catalogue does not parse");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(language = language.code(), ?errors, "message catalogue has doubles");
        }
    }
    bundle
}

/// What can stand for a variable of a message. Numbers stay numbers, so that plurals can be chosen.
pub trait Argument {
    /// The value for Fluent.
    fn value(&self) -> FluentValue<'_>;
}

impl Argument for str {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

macro_rules! number_arguments {
    ($($number:ty),+) => {$(
        impl Argument for $number {
            fn value(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        }
    )+};
}

number_arguments!(u8, u16, u32, u64, usize, i32, i64);

/// A small value by itself or behind references, as templates hand it over.
pub trait Given<T> {
    /// The value.
    fn given(&self) -> T;
}

impl<T, G: Given<T> + ?Sized> Given<T> for &G {
    fn given(&self) -> T {
        (**self).given()
    }
}

macro_rules! given {
    ($($kind:ty),+) => {$(
        impl Given<$kind> for $kind {
            fn given(&self) -> $kind {
                *self
            }
        }
    )+};
}

given!(Date, Start, u16, usize);

/// The catalogue seen in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts {
    language: Language,
}

impl Texts {
    /// The texts of a language.
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    /// The language of these texts.
    pub fn language(self) -> Language {
        self.language
    }

    /// The text of a message without variables, as it stands in the catalogue.
    pub fn get(self, key: &str) -> Cow<'static, str> {
        self.format(key, None)
    }

    /// The text of a message with one variable.
    pub fn with(self, key: &str, name: &str, value: impl Argument) -> String {
        self.fill(key, &[(name, &value)])
    }

    /// The text of a message with two variables.
    pub fn with2(
        self,
        key: &str,
        one: &str,
        first: impl Argument,
        two: &str,
        second: impl Argument,
    ) -> String {
        self.fill(key, &[(one, &first), (two, &second)])
    }

    /// The text of a message with any number of variables.
    pub fn fill(self, key: &str, arguments: &[(&str, &dyn Argument)]) -> String {
        let values: FluentArgs<'_> = arguments.iter().map(|(name, value)| (*name, value.value())).collect();
        self.format(key, Some(&values)).into_owned()
    }

    fn format(self, key: &str, values: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let bundle = &CATALOGUES[self.language.place()];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, language = self.language.code(), "message missing");
            return format!("⟦{key}⟧").into();
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, values, &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, language = self.language.code(), ?errors, "message not complete");
            return format!("⟦{key}⟧").into();
        }
        text
    }

    /// A day with its year: 令和8年11月24日(火), or Tuesday, 24 November 2026.
    pub fn date(self, day: impl Given<Date>) -> String {
        dates::full(self.language, day.given())
    }

    /// A day within the running weeks: 11月24日(火), or Tuesday, 24 November.
    pub fn month_day(self, day: impl Given<Date>) -> String {
        dates::month_day(self.language, day.given())
    }

    /// A day in a range: 11月24日(火), or 24 November.
    pub fn short_day(self, day: impl Given<Date>) -> String {
        dates::short(self.language, day.given())
    }

    /// A month: 2026年11月, or November 2026.
    pub fn month(self, day: impl Given<Date>) -> String {
        dates::month(self.language, day.given())
    }

    /// The start of a slot: 9時00分, or 9:00.
    pub fn start(self, start: impl Given<Start>) -> String {
        self.minute(start.given().minutes())
    }

    /// A minute of a day: 14時32分, or 14:32.
    pub fn minute(self, minute: impl Given<u16>) -> String {
        dates::time(self.language, minute.given())
    }
}

/// A text that the city gives in two languages (names of the office, addresses).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bilingual {
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
}

impl Bilingual {
    /// Both texts.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }

    /// The text in a language.
    pub fn of(&self, language: Language) -> &str {
        if language.is_japanese() { &self.ja } else { &self.en }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use jiff::civil::date;

    use super::*;

    /// The messages of a language with the names of their variables.
    fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for source in language.sources() {
            assert!(
                FluentResource::try_new((*source).to_owned()).is_ok(),
                "{} does not parse",
                language.code()
            );
            let mut current = String::new();
            for line in source.lines().filter(|line| !line.starts_with('#')) {
                if !line.starts_with([' ', '}']) && line.contains(" =") {
                    current = line.split(" =").next().unwrap().to_owned();
                    assert!(
                        found.insert(current.clone(), BTreeSet::new()).is_none(),
                        "{current} stands twice in {}",
                        language.code()
                    );
                }
                let mut rest = line;
                while let Some(at) = rest.find('$') {
                    rest = &rest[at + 1..];
                    let name: String =
                        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                    found.get_mut(&current).unwrap().insert(name);
                }
            }
        }
        found
    }

    fn files(folder: &Path, extension: &str, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, extension, into);
            } else if path.extension().is_some_and(|found| found == extension) {
                into.push(path);
            }
        }
    }

    fn named(source: &str, before: &str, into: &mut BTreeSet<String>) {
        let mut rest = source;
        while let Some(at) = rest.find(before) {
            rest = &rest[at + before.len()..];
            into.insert(rest[..rest.find('"').unwrap()].to_owned());
        }
    }

    fn keys_in_use() -> BTreeSet<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut keys = BTreeSet::new();
        let mut templates = Vec::new();
        files(&root.join("templates"), "html", &mut templates);
        for template in templates {
            let source = std::fs::read_to_string(template).unwrap();
            named(&source, "texts.get(\"", &mut keys);
            named(&source, "texts.with(\"", &mut keys);
            named(&source, "texts.with2(\"", &mut keys);
        }
        let mut sources = Vec::new();
        files(&root.join("src"), "rs", &mut sources);
        for source in sources {
            named(&std::fs::read_to_string(source).unwrap(), concat!("key!", "(\""), &mut keys);
        }
        keys
    }

    #[test]
    fn r4_c_every_language_has_the_same_messages_with_the_same_variables() {
        // A date takes what its language needs of what it is given.
        let alike = |language| {
            let mut messages = messages(language);
            messages
                .iter_mut()
                .filter(|(key, _)| key.starts_with("date-"))
                .for_each(|(_, names)| names.clear());
            messages
        };
        let japanese = alike(Language::JA);
        for language in Language::ALL {
            assert_eq!(alike(language), japanese, "{}", language.code());
        }
    }

    #[test]
    fn r4_c_every_message_in_use_exists_and_none_is_left_over() {
        let known: BTreeSet<String> = messages(Language::JA).into_keys().collect();
        let used = keys_in_use();
        let missing: Vec<_> = used.difference(&known).collect();
        let unused: Vec<_> = known.difference(&used).collect();
        assert!(missing.is_empty() && unused.is_empty(), "missing: {missing:?}\nunused: {unused:?}");
    }

    #[test]
    fn r4_c_easy_japanese_gives_the_reading_of_every_kanji() {
        let easy = Language::from_code("ja-x-easy").unwrap();
        let kanji = |sign: char| ('\u{4E00}'..='\u{9FFF}').contains(&sign) || sign == '々';
        for source in easy.sources() {
            for line in
                source.lines().filter(|line| !line.starts_with('#') && !line.starts_with("language-name"))
            {
                let mut signs = line.chars().peekable();
                while let Some(sign) = signs.next() {
                    let ends = kanji(sign) && !signs.peek().copied().is_some_and(kanji);
                    assert!(!ends || signs.peek() == Some(&'《'), "{sign} has no reading in {line}");
                }
            }
        }
    }

    #[test]
    fn a_missing_message_is_seen_and_does_not_break_the_page() {
        assert_eq!(Texts::new(Language::JA).get("no-such-message"), "⟦no-such-message⟧");
    }

    #[test]
    fn dates_are_written_as_the_reader_expects() {
        let day = date(2026, 11, 24);
        let (ja, en) = (Texts::new(Language::JA), Texts::new(Language::EN));
        assert_eq!(ja.date(day), "令和8年11月24日(火)");
        assert_eq!(ja.month_day(day), "11月24日(火)");
        assert_eq!(ja.month(day), "2026年11月");
        assert_eq!(ja.minute(9 * 60), "9時00分");
        assert_eq!(en.month_day(day), "Tuesday, 24 November");
        assert_eq!(en.short_day(day), "24 November");
        assert_eq!(en.month(day), "November 2026");
        assert_eq!(en.minute(14 * 60 + 30), "14:30");
    }
}
