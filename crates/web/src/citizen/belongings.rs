//! What a citizen has to bring to the issuance of a card or the renewal of certificates, as messages (knowledge of 事務処理要領; the city
//! agrees the wording).

use domain::reservation::{Pins, Visitor};

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
    /// What must be known before the list is read.
    pub lead: Option<&'static str>,
    /// What is brought.
    pub things: &'static [Thing],
    /// For others.
    pub others: &'static [Case],
}

const fn thing(name: &'static str, about: &'static str) -> Thing {
    Thing { name, about: Some(about) }
}

const NOTICE: Thing = thing(key!("thing-notice"), key!("thing-notice-about"));
const IDENTITY: Thing = thing(key!("thing-identity"), key!("thing-identity-about"));
const NOTIFICATION_CARD: Thing =
    thing(key!("thing-notification-card"), key!("thing-notification-card-about"));
const OLD_CARD: Thing = thing(key!("thing-old-card"), key!("thing-old-card-about"));
const PIN: Thing = thing(key!("thing-pin"), key!("thing-pin-about"));
const CHILD_NOTICE: Thing = thing(key!("thing-notice"), key!("thing-notice-representative"));
const CHILD_IDENTITY: Thing = thing(key!("thing-child-identity"), key!("thing-identity-about"));
const REPRESENTATIVE_IDENTITY: Thing =
    thing(key!("thing-representative-identity"), key!("thing-two-identities"));
const REPRESENTATIVE_PROOF: Thing =
    thing(key!("thing-representative-proof"), key!("thing-representative-proof-about"));
const REASON: Thing = thing(key!("thing-reason"), key!("thing-reason-about"));
const PROXY_NOTICE: Thing = thing(key!("thing-notice"), key!("thing-notice-proxy"));
const PRINCIPAL_IDENTITY: Thing =
    thing(key!("thing-principal-identity"), key!("thing-principal-identity-about"));
const PROXY_IDENTITY: Thing = thing(key!("thing-proxy-identity"), key!("thing-two-identities"));

/// The check list for the issuance, by who comes: exactly this case where it is known.
pub fn of(visitor: Option<Visitor>) -> Belongings {
    let (lead, things): (_, &[Thing]) = match visitor {
        None => return ISSUANCE,
        Some(Visitor::Principal) => (None, &[NOTICE, IDENTITY, NOTIFICATION_CARD, OLD_CARD, PIN]),
        Some(Visitor::WithRepresentative) => (
            None,
            &[
                CHILD_NOTICE,
                CHILD_IDENTITY,
                REPRESENTATIVE_IDENTITY,
                REPRESENTATIVE_PROOF,
                NOTIFICATION_CARD,
                OLD_CARD,
                PIN,
            ],
        ),
        Some(Visitor::Representative) => (
            Some(key!("belongings-representative")),
            &[
                CHILD_NOTICE,
                REASON,
                PRINCIPAL_IDENTITY,
                REPRESENTATIVE_IDENTITY,
                REPRESENTATIVE_PROOF,
                NOTIFICATION_CARD,
                OLD_CARD,
                PIN,
            ],
        ),
        Some(Visitor::Proxy) => (
            Some(key!("case-proxy-lead")),
            &[PROXY_NOTICE, REASON, PRINCIPAL_IDENTITY, PROXY_IDENTITY, NOTIFICATION_CARD, OLD_CARD],
        ),
    };
    Belongings { lead, things, others: &[] }
}

const CARD: Thing = thing(key!("thing-card"), key!("thing-card-about"));
const EXPIRY_NOTICE: Thing = thing(key!("thing-expiry-notice"), key!("thing-expiry-notice-about"));
const PINS_KNOWN: Thing = thing(key!("thing-pins"), key!("thing-pins-about"));
const FOR_NEW_PINS: Thing = thing(key!("thing-new-pins"), key!("thing-new-pins-about"));
const COMPANION_IDENTITY: Thing =
    thing(key!("thing-companion-identity"), key!("thing-companion-identity-about"));
const ANSWER: Thing = thing(key!("thing-answer"), key!("thing-answer-about"));
const MANDATE: Thing = thing(key!("thing-mandate"), key!("thing-mandate-about"));

/// The check list for a renewal, by who comes and whether the PINs are known (11(8)ウ(イ) a–d).
pub fn of_renewal(visitor: Option<Visitor>, pins: Pins) -> Belongings {
    use Visitor::{Principal, Proxy, Representative, WithRepresentative};
    let things: &[Thing] = match (visitor, pins) {
        (None | Some(Principal), Pins::Known) => &[CARD, PINS_KNOWN, EXPIRY_NOTICE],
        (None | Some(Principal), Pins::Forgotten) => &[CARD, FOR_NEW_PINS, EXPIRY_NOTICE],
        (Some(WithRepresentative | Representative), Pins::Known) => {
            &[CARD, PINS_KNOWN, COMPANION_IDENTITY, REPRESENTATIVE_PROOF, EXPIRY_NOTICE]
        }
        (Some(WithRepresentative | Representative), Pins::Forgotten) => {
            &[CARD, FOR_NEW_PINS, COMPANION_IDENTITY, REPRESENTATIVE_PROOF, EXPIRY_NOTICE]
        }
        (Some(Proxy), _) => &[CARD, ANSWER, MANDATE, COMPANION_IDENTITY, EXPIRY_NOTICE],
    };
    Belongings { lead: None, things, others: &[] }
}

/// The check list for the issuance of a card to the person, where nobody asked who comes, with hints for legal representatives and proxies.
pub const ISSUANCE: Belongings = Belongings {
    lead: None,
    things: &[NOTICE, IDENTITY, NOTIFICATION_CARD, OLD_CARD, PIN],
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
