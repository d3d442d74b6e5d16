//! What the counter does (the services) and where it does it (the sites).
//!
//! Services are a closed enum, because code depends on each of them; sites are data, because a city opens and
//! closes them. Nothing here knows opening hours: those are rules.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::codes;

codes! {
    /// A kind of work that has opening hours, and perhaps places that can be reserved.
    pub enum Service {
        /// 個人番号カードの交付 (11(6)).
        Issuance = "issuance",
        /// 電子証明書の更新 (11(8)).
        Renewal = "renewal",
        /// 個人番号カードの申請受付 (11(3)).
        Application = "application",
        /// 健康保険証利用登録・公金受取口座の連携支援 (11(9)).
        LinkageSupport = "linkage_support",
        /// 問い合わせ対応 (11(1), 11(2)).
        Enquiry = "enquiry",
    }
}

impl Service {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Issuance => "カードの交付",
            Self::Renewal => "電子証明書の更新",
            Self::Application => "申請受付",
            Self::LinkageSupport => "利用登録の支援",
            Self::Enquiry => "問い合わせ",
        }
    }
}

/// The code of a site: a letter a–z, then letters, digits and underscores, at most 32 characters in all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SiteCode(String);

/// The text is no code of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a site code is a letter a-z, then letters, digits or underscores, 32 characters at most")]
pub struct MalformedSiteCode;

impl SiteCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for SiteCode {
    type Err = MalformedSiteCode;

    fn from_str(text: &str) -> Result<Self, MalformedSiteCode> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for SiteCode {
    type Error = MalformedSiteCode;

    fn try_from(text: String) -> Result<Self, MalformedSiteCode> {
        let first = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        let rest = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if first && rest && text.len() <= 32 { Ok(Self(text)) } else { Err(MalformedSiteCode) }
    }
}

impl From<SiteCode> for String {
    fn from(code: SiteCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_survives_its_code() {
        for service in Service::ALL.iter().copied() {
            assert_eq!(service.code().parse(), Ok(service));
            assert_eq!(serde_json::to_string(&service).unwrap(), format!("\"{}\"", service.code()));
        }
        assert!("Issuance".parse::<Service>().is_err());
    }

    #[test]
    fn site_codes_are_plain() {
        assert_eq!("honcho".parse::<SiteCode>().unwrap().as_str(), "honcho");
        for wrong in ["", "Honcho", "1f", "本庁", "a-b", &"a".repeat(33)] {
            assert_eq!(wrong.parse::<SiteCode>(), Err(MalformedSiteCode), "{wrong}");
        }
    }
}
