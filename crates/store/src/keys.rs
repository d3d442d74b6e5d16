//! Keys: from which numbers are derived, by which they are found, and with which personal fields are sealed.
//!
//! They live in a file of their own beside the configuration, never in the database or in its backup. The
//! database only knows a fingerprint of each version, so that a wrong file is noticed at the start.

use std::collections::BTreeMap;
use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER;
use domain::id::OperationId;
use hmac::{Hmac, KeyInit as KeyInitOf, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::error::{Error, Result};
use crate::meta;
use crate::tx::{Reader, Tx};

/// 256 random bits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Secret([u8; 32]);

impl Secret {
    /// Takes random bits.
    pub fn new(bits: [u8; 32]) -> Self {
        Self(bits)
    }

    /// The bits.
    pub fn bits(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl TryFrom<String> for Secret {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        let bits = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bits| bits.try_into().ok());
        bits.map(Self).ok_or_else(|| "a key is 64 hexadecimal digits in lower case".to_owned())
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        HEXLOWER.encode(&secret.0)
    }
}

/// The three keys of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySet {
    /// From which 予約キー and 予約番号 are derived.
    pub number: Secret,
    /// Under which numbers are found.
    pub lookup: Secret,
    /// With which personal fields are sealed.
    pub personal: Secret,
}

/// Every version of the keys; the newest is used for what is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, KeySet>", into = "BTreeMap<String, KeySet>")]
pub struct Keys {
    versions: BTreeMap<u32, KeySet>,
}

impl TryFrom<BTreeMap<String, KeySet>> for Keys {
    type Error = String;

    fn try_from(sets: BTreeMap<String, KeySet>) -> std::result::Result<Self, String> {
        let mut versions = BTreeMap::new();
        for (name, set) in sets {
            let version = name.parse().map_err(|_| "the version of a key is a number".to_owned())?;
            versions.insert(version, set);
        }
        if versions.is_empty() { Err("no keys".to_owned()) } else { Ok(Self { versions }) }
    }
}

impl From<Keys> for BTreeMap<String, KeySet> {
    fn from(keys: Keys) -> Self {
        keys.versions.into_iter().map(|(version, set)| (version.to_string(), set)).collect()
    }
}

impl Keys {
    /// A first version from 96 random bytes.
    pub fn first(chance: &[u8; 96]) -> Self {
        let part = |index: usize| {
            let mut bits = [0; 32];
            bits.copy_from_slice(&chance[index * 32..index * 32 + 32]);
            Secret(bits)
        };
        let set = KeySet { number: part(0), lookup: part(1), personal: part(2) };
        Self { versions: BTreeMap::from([(1, set)]) }
    }

    /// The newest version and its keys.
    pub fn newest(&self) -> Result<(u32, &KeySet)> {
        let newest = self.versions.last_key_value().map(|(version, set)| (*version, set));
        newest.ok_or_else(|| Error::Broken("there are no keys".to_owned()))
    }

    /// The keys of a version.
    pub fn version(&self, version: u32) -> Result<&KeySet> {
        self.versions
            .get(&version)
            .ok_or_else(|| Error::Broken(format!("version {version} of the keys is missing")))
    }

    /// Every version, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = (u32, &KeySet)> {
        self.versions.iter().rev().map(|(version, set)| (*version, set))
    }

    /// The blind index of a personal field: finds equal values without showing them.
    pub fn blind(set: &KeySet, field: &str, value: &str) -> [u8; 32] {
        mac(set.lookup.bits(), &[b"personal", field.as_bytes(), value.as_bytes()])
    }

    /// A keyed hash of a number of a former system; `kind` keeps the numbers of different things apart.
    pub fn former(set: &KeySet, kind: &str, value: &str) -> [u8; 32] {
        mac(set.lookup.bits(), &[b"former", kind.as_bytes(), value.as_bytes()])
    }

    /// A keyed hash for limits of attempts, so that neither addresses nor numbers are stored.
    pub fn attempt(set: &KeySet, kind: &str, value: &str) -> [u8; 32] {
        mac(set.lookup.bits(), &[b"attempt", kind.as_bytes(), value.as_bytes()])
    }

    /// Bits for a one-time password, derived and not stored: the same operation gives the same password again.
    pub fn one_time(set: &KeySet, operation: OperationId) -> [u8; 32] {
        mac(set.lookup.bits(), &[b"one-time password", &operation.to_bytes()])
    }

    /// Bits of the one-time token by which the owner of an address confirms it, derived and not stored.
    pub fn mail_token(set: &KeySet, booking: [u8; 16], issue: u32) -> [u8; 16] {
        let whole = mac(set.number.bits(), &[b"mail", &booking, &issue.to_be_bytes()]);
        let mut half = [0; 16];
        half.copy_from_slice(&whole[..16]);
        half
    }

    /// The keyed hash under which a token is found.
    pub fn mail_lookup(set: &KeySet, token: &str) -> [u8; 32] {
        mac(set.lookup.bits(), &[b"mail", token.as_bytes()])
    }

    /// Seals a personal field so that it opens only for its subject and field. `nonce` is 24 random bytes.
    pub fn seal(set: &KeySet, subject: &str, field: &str, value: &str, nonce: [u8; 24]) -> Result<Vec<u8>> {
        let cipher = XChaCha20Poly1305::new(set.personal.bits().into());
        let bound = format!("{subject}/{field}");
        let payload = Payload { msg: value.as_bytes(), aad: bound.as_bytes() };
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::Broken("sealing a personal field failed".to_owned()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens a sealed personal field.
    pub fn open(set: &KeySet, subject: &str, field: &str, sealed: &[u8]) -> Result<String> {
        let broken = || Error::Broken(format!("the sealed field {field} of {subject} does not open"));
        let (nonce, sealed) = sealed.split_first_chunk::<24>().ok_or_else(broken)?;
        let cipher = XChaCha20Poly1305::new(set.personal.bits().into());
        let bound = format!("{subject}/{field}");
        let payload = Payload { msg: sealed, aad: bound.as_bytes() };
        let opened = cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| broken())?;
        String::from_utf8(opened).map_err(|_| broken())
    }

    /// Makes sure that these are the keys the database was made with, and tells it of new versions.
    pub fn matches_database(&self, tx: &mut Tx<'_>) -> Result<bool> {
        for (version, set) in &self.versions {
            let name = format!("{FINGERPRINT}{version}");
            let check = fingerprint(set);
            match meta::get(tx, &name)? {
                Some(known) if known == check => {}
                Some(_) => return Ok(false),
                None => meta::set(tx, &name, &check)?,
            }
        }
        // A version that the database knows and the file lacks is as bad as a wrong one.
        let known = meta::named_like(tx, FINGERPRINT)?;
        Ok(known.len() == self.versions.len())
    }

    /// Whether a database was made with these keys; changes nothing. Versions that are newer than the database may
    /// be there, because a backup does not know what came after it.
    pub fn know_database(&self, reader: &mut Reader<'_>) -> Result<bool> {
        let known = meta::named_like(reader, FINGERPRINT)?;
        Ok(known.iter().all(|(name, check)| {
            let version = name.strip_prefix(FINGERPRINT).and_then(|version| version.parse().ok());
            let set = version.and_then(|version: u32| self.versions.get(&version));
            set.is_some_and(|set| fingerprint(set) == *check)
        }))
    }
}

/// Under which facts a database knows its keys, followed by their version.
const FINGERPRINT: &str = "key_check.";

/// By what a database knows its keys without holding them.
fn fingerprint(set: &KeySet) -> String {
    let bits = [set.number.bits().as_slice(), set.personal.bits()].concat();
    String::from(Secret(mac(set.lookup.bits(), &[b"check", &bits])))
}

/// HMAC-SHA256 over parts that cannot run into each other.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = <Hmac<Sha256> as KeyInitOf>::new_from_slice(key).expect("any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
