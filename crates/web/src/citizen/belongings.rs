//! What a citizen has to bring to the issuance of a card, as messages (knowledge of 事務処理要領; the city
//! agrees the wording).

use crate::key;

/// One thing of the check list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thing {
    /// The message that names it.
    pub name: &'static str,
    /// The message that says more.
    pub about: Option<&'static str>,
}

/// Another case than the usual one, and what it needs besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// Who it is for.
    pub title: &'static str,
    /// The sentence before the list.
    pub lead: &'static str,
    /// What is needed.
    pub things: &'static [&'static str],
}

/// The check list of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Belongings {
    /// For those who come themselves.
    pub things: &'static [Thing],
    /// For others.
    pub others: &'static [Case],
}

/// The check list for the issuance of a card to the person, with hints for legal representatives and proxies.
pub const ISSUANCE: Belongings = Belongings {
    things: &[
        Thing { name: key!("thing-notice"), about: Some(key!("thing-notice-about")) },
        Thing { name: key!("thing-identity"), about: Some(key!("thing-identity-about")) },
        Thing { name: key!("thing-notification-card"), about: Some(key!("thing-notification-card-about")) },
        Thing { name: key!("thing-old-card"), about: Some(key!("thing-old-card-about")) },
        Thing { name: key!("thing-pin"), about: Some(key!("thing-pin-about")) },
    ],
    others: &[
        Case {
            title: key!("case-guardian-title"),
            lead: key!("case-guardian-lead"),
            things: &[key!("case-guardian-identity"), key!("case-guardian-proof")],
        },
        Case {
            title: key!("case-proxy-title"),
            lead: key!("case-proxy-lead"),
            things: &[
                key!("case-proxy-notice"),
                key!("case-proxy-reason"),
                key!("case-proxy-principal"),
                key!("case-proxy-identity"),
            ],
        },
    ],
};
