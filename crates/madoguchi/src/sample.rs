//! `madoguchi sample consignment`: a list of cards as it comes in practice, for trials.

use documents::intake::Encoding;
use documents::sample::{Mistakes, Order, consignment};
use jiff::civil::Date;

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum SampleEncoding {
    /// Windows code page 932.
    Cp932,
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
}

impl From<SampleEncoding> for Encoding {
    fn from(encoding: SampleEncoding) -> Self {
        match encoding {
            SampleEncoding::Cp932 => Self::Cp932,
            SampleEncoding::Utf8 => Self::Utf8,
            SampleEncoding::Utf8Bom => Self::Utf8Bom,
        }
    }
}

/// The day on which the cards of a sample were made, unless another is named: the same words give the same bytes.
pub const MADE_ON: Date = jiff::civil::date(2026, 11, 20);

/// The mistakes of `--mistakes`.
const SOME: Mistakes = Mistakes {
    duplicate_notice: 2,
    duplicate_line: 1,
    missing_value: 2,
    wrong_method: 1,
    geta: 1,
    blank_tail: 3,
};

/// Makes a file.
pub fn file(cards: u32, seed: u64, made_on: Date, mistakes: bool, encoding: SampleEncoding) -> Vec<u8> {
    let mistakes = if mistakes { SOME } else { Mistakes::default() };
    consignment(&Order { cards, seed, made_on, first_line: 1, mistakes, encoding: encoding.into() }).bytes
}
