//! The languages of the citizens' pages: the folders of `messages`, listed when the program is built.

use super::message;

/// Code of each language and its files, Japanese and English first.
mod listed {
    include!(concat!(env!("OUT_DIR"), "/languages.rs"));
}

/// A language of the citizens' pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Language(usize);

impl Language {
    /// 日本語: what is shown to readers of other languages than ours.
    pub const JA: Self = Self(0);
    /// English.
    pub const EN: Self = Self(1);

    /// How many there are.
    pub const COUNT: usize = listed::SOURCES.len();

    /// Every language, in the order of the links on each page.
    pub const ALL: [Self; Self::COUNT] = {
        let mut all = [Self(0); Self::COUNT];
        let mut n = 0;
        while n < Self::COUNT {
            all[n] = Self(n);
            n += 1;
        }
        all
    };

    /// The BCP 47 code, as in the `lang` attribute, the cookie and addresses.
    pub fn code(self) -> &'static str {
        listed::SOURCES[self.0].0
    }

    /// The place in [`Language::ALL`].
    pub(super) fn place(self) -> usize {
        self.0
    }

    /// The text of its messages, file by file.
    pub(super) fn sources(self) -> &'static [&'static str] {
        listed::SOURCES[self.0].1
    }

    /// Whether it is Japanese, plain or easy: which of the city's own two texts is shown.
    pub fn is_japanese(self) -> bool {
        self.code().split('-').next() == Some("ja")
    }

    /// The name of the language in the language itself.
    pub fn own_name(self) -> String {
        message::Texts::new(self).get(crate::key!("language-name")).into_owned()
    }

    /// The language with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The first language of ours in an `Accept-Language` header; Japanese where none is named.
    pub fn accepted(header: &str) -> Self {
        header
            .split(',')
            .filter_map(|part| part.split(';').next())
            .find_map(|range| Self::from_code(&range.trim().get(..2)?.to_ascii_lowercase()))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_two_are_those_that_code_names() {
        assert_eq!((Language::JA.code(), Language::EN.code()), ("ja", "en"));
        assert_eq!(Language::default(), Language::JA);
        assert!(Language::JA.is_japanese() && !Language::EN.is_japanese());
    }

    #[test]
    fn r4_c_the_first_known_language_of_the_browser_is_taken() {
        assert_eq!(Language::accepted("fr-CH, en;q=0.9, ja;q=0.8"), Language::EN);
        assert_eq!(Language::accepted("ja-JP,ja;q=0.9,en;q=0.8"), Language::JA);
        assert_eq!(Language::accepted("zh"), Language::JA);
        assert_eq!(Language::accepted(""), Language::JA);
    }
}
