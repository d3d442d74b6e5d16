//! 申請方式: how the card was applied for, which decides who gives it to the citizen.

use serde::{Deserialize, Serialize};

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
        /// 国外: applied for from abroad. Only where the city's settings add it (8(12)).
        Abroad = "abroad",
        /// 特急: made within about a week. Only where the city's settings add it (8(12)).
        Express = "express",
    }
}

codes! {
    /// Who gives the card to the citizen (8(4)).
    pub enum Way {
        /// Stored here, handed out by reservation.
        Stored = "stored",
        /// To the city, which sets the PINs and mails it.
        Mailed = "mailed",
    }
}

/// An application kind that a city's settings add to the five of the specification (8(12)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedKind {
    /// Which.
    pub method: ApplicationMethod,
    /// Other words by which lists name it.
    #[serde(default)]
    pub words: Vec<String>,
    /// Who gives its cards to the citizen.
    pub way: Way,
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

    /// The way of the five methods of the specification; 国外 and 特急 go the way that the settings give them.
    pub fn own_way(self) -> Option<Way> {
        match self {
            Self::AtIssue | Self::WorkplaceBulk => Some(Way::Stored),
            Self::AtApplication | Self::ViaWorkplace | Self::ViaResidence => Some(Way::Mailed),
            Self::Abroad | Self::Express => None,
        }
    }

    /// Whether the specification has the card stored here and handed out by reservation.
    pub fn is_stored(self) -> bool {
        self.own_way() == Some(Way::Stored)
    }

    /// The way of a method here; none if neither the specification nor the settings know it.
    pub fn way(self, added: &[AddedKind]) -> Option<Way> {
        let by_setting = || added.iter().find(|kind| kind.method == self).map(|kind| kind.way);
        self.own_way().or_else(by_setting)
    }

    /// Every method that lists may name here, with its way.
    pub fn known(added: &[AddedKind]) -> impl Iterator<Item = (Self, Way)> {
        Self::ALL.iter().filter_map(|method| method.way(added).map(|way| (*method, way)))
    }

    /// Reads a method that is known here, as lists write it or by one of the settings' own words, with its way.
    pub fn read_known(text: &str, added: &[AddedKind]) -> Result<(Self, Way), UnknownMethod> {
        let wanted = plain(text);
        let by_word = |kind: &&AddedKind| kind.words.iter().any(|word| plain(word) == wanted);
        let named = added.iter().find(by_word).map(|kind| kind.method);
        let method = named.map_or_else(|| Self::read(text), Ok)?;
        method.way(added).map(|way| (method, way)).ok_or(UnknownMethod)
    }

    /// Reads a method as lists write it: 交付時来庁, 交付時来庁方式, 勤務地等一括申請方式, 特急発行, or the code.
    pub fn read(text: &str) -> Result<Self, UnknownMethod> {
        let plain = plain(text);
        let named = Self::ALL.iter().copied().find(|method| method.label_ja() == plain);
        named.or_else(|| plain.parse().ok()).ok_or(UnknownMethod)
    }
}

/// The word without width, blanks, remarks in brackets and the endings that lists add.
fn plain(text: &str) -> String {
    let folded: String = width::fold(text).chars().filter(|c| !c.is_whitespace()).collect();
    let plain = folded.split_once('(').map_or(folded.as_str(), |(before, _)| before);
    let plain = plain.strip_suffix("方式").unwrap_or(plain);
    ["申請", "発行"].iter().find_map(|end| plain.strip_suffix(end)).unwrap_or(plain).to_owned()
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

    #[test]
    fn r8_12_kinds_are_known_where_the_settings_add_them() {
        use ApplicationMethod as M;
        let kind = |method, words: &[&str], way| AddedKind {
            method,
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            way,
        };
        assert_eq!(M::read_known("国外", &[]), Err(UnknownMethod));
        assert_eq!(M::read_known("勤務地等経由申請方式", &[]), Ok((M::ViaWorkplace, Way::Mailed)));
        let added = [kind(M::Abroad, &["国外転出者"], Way::Stored), kind(M::Express, &[], Way::Mailed)];
        assert_eq!(M::read_known("国外転出者（申請）", &added), Ok((M::Abroad, Way::Stored)));
        assert_eq!(M::read_known("特急発行", &added), Ok((M::Express, Way::Mailed)));
        assert_eq!(M::read_known("窓口", &added), Err(UnknownMethod));
        assert_eq!(M::known(&[]).count(), 5);
        assert_eq!(M::known(&added).count(), 7);
    }
}
