//! Who asks: the address and the program, as the connection and the request tell them.

use std::net::{IpAddr, Ipv6Addr};

const LONGEST_AGENT: usize = 512;

/// Whoever sent a request.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    address: Option<IpAddr>,
    user_agent: Option<String>,
}

impl Caller {
    pub fn new(address: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        let clean = |agent: &str| {
            let known: String = agent
                .chars()
                .filter(|c| !c.is_control())
                .take(LONGEST_AGENT)
                .collect();
            (!known.trim().is_empty()).then_some(known)
        };
        Self {
            address: address.map(network),
            user_agent: user_agent.and_then(clean),
        }
    }

    /// Whoever works at the machine itself.
    pub fn operator() -> Self {
        Self {
            address: None,
            user_agent: Some("donewell".into()),
        }
    }

    /// What is counted as one caller; all without an address are one.
    pub fn network(&self) -> IpAddr {
        self.address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))
    }

    pub fn address(&self) -> Option<String> {
        self.address.map(|address| match address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("{address}/64"),
        })
    }

    pub fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }
}

/// A household has a whole /64 of IPv6 addresses, and IPv4 may arrive dressed up as IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let prefix = address.to_bits() >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from_bits(prefix))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::Caller;

    fn at(address: &str) -> Caller {
        Caller::new(Some(address.parse().expect("an address")), None)
    }

    #[test]
    fn neighbours_in_a_64_are_one_caller() {
        assert_eq!(
            at("2001:db8:1:2:3::4").network(),
            at("2001:db8:1:2::9").network()
        );
        assert_ne!(
            at("2001:db8:1:2::1").network(),
            at("2001:db8:1:3::1").network()
        );
        assert_eq!(
            at("2001:db8:1:2:3::4").address().as_deref(),
            Some("2001:db8:1:2::/64")
        );
    }

    #[test]
    fn an_address_dressed_up_as_ipv6_is_the_same_caller() {
        assert_eq!(at("::ffff:192.0.2.7").network(), at("192.0.2.7").network());
    }

    #[test]
    fn an_agent_is_cut_and_cleaned() {
        let caller = Caller::new(None, Some(&format!("a\u{7}b{}", "c".repeat(600))));
        let agent = caller.user_agent().expect("an agent");
        assert_eq!(agent.chars().count(), 512);
        assert!(agent.starts_with("abc"));
        assert_eq!(Caller::new(None, Some("  ")).user_agent(), None);
    }
}
