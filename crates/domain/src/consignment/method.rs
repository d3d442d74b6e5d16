//! 申請方式: how the card was applied for, which decides who gives it to the citizen.

use crate::codes;
use crate::width;

codes! {
    /// The application methods (仕様書 8(4), 8(12)).
    pub enum ApplicationMethod {
        /// 交付時来庁: the citizen comes for the card; letter, storage, reservation.
        AtIssue = "at_issue",
        /// 勤務地等一括: applied for at work, issued as 交付時来庁.
        WorkplaceBulk = "workplace_bulk",
        /// 申請時来庁: identified at application; the city mails the card.
        AtApplication = "at_application",
        /// 勤務地等経由: identified at work; the city mails the card.
        ViaWorkplace = "via_workplace",
        /// 居所地経由: identified where the person stays; the city mails the card.
        ViaResidence = "via_residence",
        /// 国外: applied for from abroad.
        Abroad = "abroad",
        /// 特急: J-LIS mails the card.
        Express = "express",
    }
}

/// The text names no application method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an application method")]
pub struct UnknownMethod;

impl ApplicationMethod {
    /// Its name on the screen.
    pub fn label_ja(self) -> &'static str {
        match self {
            Self::AtIssue => "交付時来庁",
            Self::WorkplaceBulk => "勤務地等一括",
            Self::AtApplication => "申請時来庁",
            Self::ViaWorkplace => "勤務地等経由",
            Self::ViaResidence => "居所地経由",
            Self::Abroad => "国外",
            Self::Express => "特急",
        }
    }

    /// Whether the card is stored here and handed out by reservation; the others go to the city.
    pub fn is_stored(self) -> bool {
        matches!(self, Self::AtIssue | Self::WorkplaceBulk)
    }

    /// Reads a method as lists write it: 交付時来庁, 交付時来庁方式, 勤務地等一括申請方式, 特急発行, or the code.
    pub fn read(text: &str) -> Result<Self, UnknownMethod> {
        let folded: String = width::fold(text).chars().filter(|c| !c.is_whitespace()).collect();
        let plain = folded.split_once('(').map_or(folded.as_str(), |(before, _)| before);
        let plain = plain.strip_suffix("方式").unwrap_or(plain);
        let plain = ["申請", "発行"].iter().find_map(|end| plain.strip_suffix(end)).unwrap_or(plain);
        let named = Self::ALL.iter().copied().find(|method| method.label_ja() == plain);
        named.or_else(|| plain.parse().ok()).ok_or(UnknownMethod)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r8_4_methods_are_read_as_lists_write_them() {
        for method in ApplicationMethod::ALL.iter().copied() {
            assert_eq!(ApplicationMethod::read(method.label_ja()), Ok(method));
            assert_eq!(ApplicationMethod::read(method.code()), Ok(method));
            assert_eq!(ApplicationMethod::read(&format!(" {}方式\u{3000}", method.label_ja())), Ok(method));
        }
        assert_eq!(ApplicationMethod::read("勤務地等一括申請方式"), Ok(ApplicationMethod::WorkplaceBulk));
        assert_eq!(ApplicationMethod::read("交付時来庁方式（申請補助）"), Ok(ApplicationMethod::AtIssue));
        assert_eq!(ApplicationMethod::read("特急発行"), Ok(ApplicationMethod::Express));
        assert_eq!(ApplicationMethod::read("窓口"), Err(UnknownMethod));
    }

    #[test]
    fn r8_4_two_methods_are_stored_here() {
        let stored: Vec<_> = ApplicationMethod::ALL.iter().filter(|method| method.is_stored()).collect();
        assert_eq!(stored, [&ApplicationMethod::AtIssue, &ApplicationMethod::WorkplaceBulk]);
    }
}
