//! Networks in the usual notation: an address and how many of its bits count.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::Deserialize;

/// A network such as `10.0.0.0/8` or `2001:db8::/32`; a bare address is a network of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// The text is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MalformedNetwork {
    /// Neither address nor address with a number of bits.
    #[error("`{0}` is no network; write an address and its bits, such as 10.0.0.0/8 or 2001:db8::/32")]
    NotANetwork(String),
    /// The address has bits that do not count: one of both is a slip of the pen.
    #[error("`{0}` has address bits behind its prefix; write the first address of the network")]
    HostBits(String),
}

impl Network {
    /// Whether an address belongs to it. An IPv4 address that came in over IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                high(u128::from(own.to_bits()) << 96, self.bits)
                    == high(u128::from(other.to_bits()) << 96, self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                high(own.to_bits(), self.bits) == high(other.to_bits(), self.bits)
            }
            _ => false,
        }
    }
}

/// The first bits, the others zero.
fn high(bits: u128, count: u8) -> u128 {
    if count == 0 { 0 } else { bits & (u128::MAX << (128 - u32::from(count.min(128)))) }
}

impl FromStr for Network {
    type Err = MalformedNetwork;

    fn from_str(text: &str) -> Result<Self, MalformedNetwork> {
        let malformed = || MalformedNetwork::NotANetwork(text.to_owned());
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| malformed())?;
        let (all, value) = match address {
            IpAddr::V4(v4) => (32, u128::from(v4.to_bits()) << 96),
            IpAddr::V6(v6) => (128, v6.to_bits()),
        };
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= all).ok_or_else(malformed)?,
            None => all,
        };
        if high(value, bits) == value {
            Ok(Self { address, bits })
        } else {
            Err(MalformedNetwork::HostBits(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Network {
    type Error = MalformedNetwork;

    fn try_from(text: String) -> Result<Self, MalformedNetwork> {
        text.parse()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        network.parse::<Network>().unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn g4_a_network_knows_its_addresses() {
        assert!(contains("10.0.0.0/8", "10.255.1.2"));
        assert!(!contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(contains("192.0.2.7", "192.0.2.7"));
        assert!(!contains("192.0.2.7", "192.0.2.8"));
        assert!(contains("2001:db8::/33", "2001:db8:7fff::1"));
        assert!(!contains("2001:db8::/33", "2001:db8:8000::1"));
        assert!(contains("0.0.0.0/0", "203.0.113.9"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "ten/8", "10.0.0.0/-1"] {
            assert!(matches!(text.parse::<Network>(), Err(MalformedNetwork::NotANetwork(_))), "{text}");
        }
        assert!(matches!("10.0.0.1/8".parse::<Network>(), Err(MalformedNetwork::HostBits(_))));
    }
}
