//! Attempts at keys and numbers: limited for each address and for each number, and none of them tells more than
//! another.
//!
//! Whatever fails runs the same statements: the limits, every version of the keys, the card, the reservation,
//! then the count of the failure. Neither an address nor a number is stored, only keyed hashes.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use domain::id::CardId;
use domain::mail::Address;
use domain::number::{Number, NumberKind};
use domain::opening::FormerNumber;
use domain::rules::Attempts;
use domain::service::Service;
use store::keys::Keys;
use store::visit::WINDOW;
use store::{Lane, Reader, Tx};

use super::visit::key::Typed;
use crate::App;
use crate::kit::PageError;

/// How often an address may begin to book renewals for each time that it may hold a place: people begin again, and go
/// away without a time.
const BEGINNINGS_FOR_HOLD: u32 = 3;

/// Visits that one key may begin in the window while people wait: a telephone, a computer, and pages that were closed.
const VISITS_OF_KEY: u32 = 10;

/// Where a request came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller(Option<IpAddr>);

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let connection =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        let named = app.settings.forwarded_for.as_deref().and_then(|header| last_hop(&parts.headers, header));
        Ok(Self(named.or(connection)))
    }
}

/// The address that the nearest proxy saw: what stands before it in the header, anybody can write.
fn last_hop(headers: &HeaderMap, name: &str) -> Option<IpAddr> {
    let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    let last = line.rsplit(',').next()?.trim();
    last.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

impl Caller {
    /// What counts as one caller: an IPv4 address, or the network of an IPv6 address, of which a household has
    /// more addresses than there are numbers.
    pub(crate) fn network(self) -> String {
        match self.0.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            // A listener without addresses (a socket file) is one caller, and is limited as one.
            None => "unknown".to_owned(),
        }
    }
}

/// An attempt, before it is known whether it succeeds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    address: [u8; 32],
    number: [u8; 32],
    /// How many failures the rules bear.
    borne: Attempts,
    /// The number to look for; for a number that nobody has, one that no row has either.
    pub(crate) sought: Number,
}

impl Attempt {
    /// Describes an attempt at a number that was typed; `text` is what was typed.
    pub(crate) fn new(
        app: &App,
        caller: Caller,
        wanted: NumberKind,
        typed: Typed,
        text: &str,
    ) -> Result<Self, PageError> {
        let (_, set) = app.keys.newest()?;
        let (sought, named) = if let Typed::Number(number) = typed {
            (number, number.digits())
        } else {
            // However it is spelt, a number of a former system is one number.
            let named = FormerNumber::read(text)
                .map_or_else(|_| text.trim().to_owned(), |number| number.as_str().to_owned());
            // Rows begin with issue 1, and no id has only zeros.
            (Number::derive(set.number.bits(), wanted, [0; 16], 0), named)
        };
        let address = Keys::attempt(set, "address", &caller.network());
        let (number, borne) = (Keys::attempt(set, "number", &named), app.rules().attempts(app.today()));
        Ok(Self { address, number, borne, sought })
    }

    /// Whether the address or the number has failed too often. Part of the snapshot in which is looked up.
    pub(crate) fn is_limited(
        &self,
        reader: &mut Reader<'_>,
        now: jiff::Timestamp,
    ) -> Result<bool, store::Error> {
        let of_address = store::visit::attempts(reader, &self.address, now)?;
        let of_number = store::visit::attempts(reader, &self.number, now)?;
        Ok(of_address >= u32::from(self.borne.per_address) || of_number >= u32::from(self.borne.per_number))
    }

    /// Counts the failure.
    pub(crate) async fn failed(self, app: &App) -> Result<(), PageError> {
        let now = app.now();
        app.db
            .write(Lane::Public, move |tx| {
                store::visit::attempt_failed(tx, &self.address, now)?;
                store::visit::attempt_failed(tx, &self.number, now)
            })
            .await?;
        Ok(())
    }
}

/// What an address does without having proved anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unproven {
    /// Begins to book renewals.
    Beginning,
    /// Holds a place for a renewal.
    Hold,
    /// Books a renewal.
    Booking,
}

/// Counts that an address does something it need prove nothing for, and says whether it may: the rules limit how often
/// within the window. Only a keyed hash of the address is stored, and for as long as the window lasts.
pub(crate) async fn may(app: &App, caller: Caller, what: Unproven) -> Result<bool, PageError> {
    let limit = app.rules().booking(Service::Renewal, app.today()).map_or(0, |booking| match what {
        Unproven::Beginning => u32::from(booking.web_holds_per_address) * BEGINNINGS_FOR_HOLD,
        Unproven::Hold => booking.web_holds_per_address.into(),
        Unproven::Booking => booking.web_bookings_per_address.into(),
    });
    if limit == 0 {
        return Ok(true);
    }
    let kind = match what {
        Unproven::Beginning => "renewal-beginning",
        Unproven::Hold => "renewal-hold",
        Unproven::Booking => "renewal-booking",
    };
    let (_, set) = app.keys.newest()?;
    count(app, Keys::attempt(set, kind, &caller.network()), limit).await
}

/// Counts that a proven key begins a visit, while so many wait that turns must not be had for nothing, and says whether
/// it may. On other days nothing is counted.
pub(crate) async fn may_begin(app: &App, card: CardId) -> Result<bool, PageError> {
    if !app.turns.is_long() {
        return Ok(true);
    }
    let (_, set) = app.keys.newest()?;
    count(app, Keys::attempt(set, "key-beginning", &card.to_string()), VISITS_OF_KEY).await
}

/// Counts something within the window, up to a limit.
async fn count(app: &App, who: [u8; 32], limit: u32) -> Result<bool, PageError> {
    let now = app.now();
    let counted = app.db.write(Lane::Public, move |tx| {
        let before = store::visit::attempts(tx, &who, now)?;
        if before >= limit {
            return Ok(false);
        }
        store::visit::attempt_failed(tx, &who, now)?;
        Ok::<_, store::Error>(true)
    });
    Ok(counted.await?)
}

/// Addresses that one network may give in the window; a household or an office shares one.
const MAILS_OF_NETWORK: u32 = 20;

/// How often one mail address may be asked in the window, over all bookings: nobody is flooded through our pages.
const MAILS_TO_ADDRESS: u32 = 3;

/// That somebody has a mail address asked, before it is known whether they may. Only keyed hashes are stored, and for as
/// long as the window lasts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AskingByMail {
    network: [u8; 32],
    address: [u8; 32],
}

/// Whether an address is asked by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MayAsk {
    /// It is.
    Yes,
    /// It was asked often enough. Whoever gives it is told nothing else than otherwise: it may be another's address, and
    /// then it is nobody's business where else it was given.
    EnoughForTheAddress,
    /// Whoever gives it gave too many.
    TooManyOfTheNetwork,
}

impl AskingByMail {
    pub(crate) fn new(app: &App, caller: Caller, address: &Address) -> Result<Self, PageError> {
        let (_, set) = app.keys.newest()?;
        Ok(Self {
            network: Keys::attempt(set, "mail-network", &caller.network()),
            address: Keys::attempt(set, "mail-address", &address.as_str().to_ascii_lowercase()),
        })
    }

    /// Counts it in the transaction of the address that is given, so that one press counts once.
    pub(crate) fn count(&self, tx: &mut Tx<'_>, now: jiff::Timestamp) -> Result<MayAsk, store::Error> {
        if store::visit::attempts(tx, &self.network, now)? >= MAILS_OF_NETWORK {
            return Ok(MayAsk::TooManyOfTheNetwork);
        }
        store::visit::attempt_failed(tx, &self.network, now)?;
        if store::visit::attempts(tx, &self.address, now)? >= MAILS_TO_ADDRESS {
            return Ok(MayAsk::EnoughForTheAddress);
        }
        store::visit::attempt_failed(tx, &self.address, now)?;
        Ok(MayAsk::Yes)
    }
}

/// The page of those who failed too often.
pub(crate) fn too_many() -> PageError {
    PageError::TooMany(u32::try_from(WINDOW.as_secs()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", axum::http::HeaderValue::from_static(line));
        }
        headers
    }

    #[test]
    fn r4_g_only_the_last_hop_is_believed() {
        let hop = |lines: &[&'static str]| last_hop(&headers(lines), "x-forwarded-for");
        assert_eq!(hop(&["192.0.2.1, 198.51.100.7"]), "198.51.100.7".parse().ok());
        assert_eq!(hop(&["192.0.2.1", "198.51.100.7:4711"]), "198.51.100.7".parse().ok());
        assert_eq!(hop(&["[2001:db8::1]:443"]), "2001:db8::1".parse().ok());
        assert_eq!(hop(&["192.0.2.1, unknown"]), None);
        assert_eq!(hop(&[]), None);
    }

    #[test]
    fn r4_g_a_network_is_one_caller() {
        let network = |text: &str| Caller(text.parse().ok()).network();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
