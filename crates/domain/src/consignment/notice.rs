//! The number on the 交付通知書, the reference that city, contractor and citizen share, and its layout.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::width;

/// The number of a 交付通知書 in its one spelling: half width, upper case, with the layout's separators.
///
/// Personal data by reference: it is stored sealed and not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeNumber(String);

impl NoticeNumber {
    /// The number as it is printed, for sealing and for lists that may show it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NoticeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoticeNumber(hidden)")
    }
}

/// The text does not have the layout of a notice number. It never carries the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the layout of a notice number")]
pub struct NoticeError;

/// The layout is no layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a layout is made of A (letter or digit), L (letter), 9 (digit) and dashes, 4 to 32 characters")]
pub struct LayoutError;

/// How notice numbers look: `A` a letter or digit (英数), `L` a letter, `9` a digit, `-` a dash that may be left
/// out when typing. `AAA-999999` is what other cities print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NoticeNumberLayout(String);

impl NoticeNumberLayout {
    /// Reads a number as people type it: any width, case, spaces and dashes.
    pub fn read(&self, text: &str) -> Result<NoticeNumber, NoticeError> {
        let typed = width::fold(text);
        let mut typed = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !width::is_hyphen(*c) && !width::is_invisible(*c))
            .map(|c| c.to_ascii_uppercase());
        let mut number = String::with_capacity(self.0.len());
        for place in self.0.chars() {
            if place == '-' {
                number.push('-');
                continue;
            }
            let c = typed.next().ok_or(NoticeError)?;
            let fits = match place {
                'A' => c.is_ascii_alphanumeric(),
                'L' => c.is_ascii_alphabetic(),
                _ => c.is_ascii_digit(),
            };
            if !fits {
                return Err(NoticeError);
            }
            number.push(c);
        }
        if typed.next().is_some() { Err(NoticeError) } else { Ok(NoticeNumber(number)) }
    }

    /// The layout as text, for a hint on the screen.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for NoticeNumberLayout {
    type Error = LayoutError;

    fn try_from(text: String) -> Result<Self, LayoutError> {
        let known = text.chars().all(|c| matches!(c, 'A' | 'L' | '9' | '-'));
        if known && (4..=32).contains(&text.len()) { Ok(Self(text)) } else { Err(LayoutError) }
    }
}

impl From<NoticeNumberLayout> for String {
    fn from(layout: NoticeNumberLayout) -> Self {
        layout.0
    }
}

/// How many digits at the end of a notice number confirm that it was looked at.
pub const CONFIRMING: usize = 4;

/// Whether what was typed from the paper confirms that it belongs to a line of the list: the last digits of the notice
/// number, or all of it; where the city refused that the number is held, the number of the line.
pub fn confirms(typed: &str, notice: Option<&str>, line: u32) -> bool {
    let plain = |text: &str| -> String {
        let folded = width::fold(text);
        let kept = folded.chars().filter(char::is_ascii_alphanumeric);
        kept.map(|c| c.to_ascii_uppercase()).collect()
    };
    let typed = plain(typed);
    match notice {
        None => typed.parse() == Ok(line),
        Some(notice) => {
            let notice = plain(notice);
            let ending = notice.len().checked_sub(CONFIRMING).and_then(|at| notice.get(at..));
            typed == notice || ending == Some(typed.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn layout() -> NoticeNumberLayout {
        NoticeNumberLayout::try_from("AAA-999999".to_owned()).unwrap()
    }

    #[test]
    fn r5_c1_a_label_is_paired_by_what_stands_on_the_paper() {
        for (typed, good) in [
            ("0012", true),
            ("００１２", true),
            (" abc-000012 ", true),
            ("ABC000012", true),
            ("0013", false),
            ("12", false),
            ("00012", false),
            ("", false),
            ("7", false),
        ] {
            assert_eq!(confirms(typed, Some("ABC-000012"), 7), good, "{typed}");
        }
        assert!(confirms("７", None, 7) && confirms(" 7 ", None, 7));
        assert!(!confirms("", None, 7) && !confirms("70", None, 7) && !confirms("0012", None, 7));
    }

    #[test]
    fn r5_c1_a_notice_number_is_read_however_it_is_typed() {
        for text in ["ABC-123456", "abc123456", "ａｂｃ－１２３４５６", " AbC ー 123 456 ", "ABC−123456"]
        {
            assert_eq!(layout().read(text).unwrap().as_str(), "ABC-123456", "{text}");
        }
        for text in ["", "ABC-12345", "ABC-1234567", "あBC-123456", "ABC-12345X"] {
            assert_eq!(layout().read(text), Err(NoticeError), "{text}");
        }
        assert_eq!(format!("{:?}", layout().read("ABC-123456")), "Ok(NoticeNumber(hidden))");
    }

    #[test]
    fn a_layout_is_checked() {
        for wrong in ["", "AAA", "AAA_999", "aaa-999999"] {
            assert_eq!(NoticeNumberLayout::try_from(wrong.to_owned()), Err(LayoutError), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_read_number_reads_as_itself(text in "[0-9A-Za-z]{3}[- ー]?[0-9０-９]{6}") {
            let number = layout().read(&text).unwrap();
            prop_assert_eq!(layout().read(number.as_str()), Ok(number.clone()));
        }
    }
}
