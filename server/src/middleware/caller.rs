//! Who sends a request: the address of the connection, or, behind a proxy that the operator trusts, the one that
//! the proxy names.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, header::USER_AGENT},
    middleware::Next,
    response::Response,
};
use donewell_app::auth::caller::Caller;
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Arc<[IpNet]>);

impl Proxies {
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.into())
    }

    fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// From the nearest hop outwards: the first that is no proxy of ours. What stands before it in the header can be
    /// made up.
    fn find_client(&self, connection: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trust(connection) {
            return connection;
        }
        // What cannot be read stays a hop, and ends the search.
        let hops: Vec<String> = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .map(|hop| String::from_utf8_lossy(hop).trim().to_owned())
            .collect();
        let mut client = connection;
        for hop in hops.iter().rev() {
            let Some(address) = parse_hop(hop) else { break };
            client = address;
            if !self.trust(address) {
                break;
            }
        }
        client
    }
}

/// Some proxies add the port.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    hop.parse()
        .or_else(|_| hop.parse::<SocketAddr>().map(|address| address.ip()))
        .or_else(|_| hop.trim_matches(['[', ']']).parse())
        .ok()
}

/// Lets handlers know.
pub async fn identify(
    State(proxies): State<Proxies>,
    mut request: Request,
    next: Next,
) -> Response {
    let connection = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip());
    let headers = request.headers();
    let address = connection.map(|connection| proxies.find_client(connection, headers));
    let agent = headers
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    let caller = Caller::new(address, agent);
    request.extensions_mut().insert(caller);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(connection: &str, forwarded: &[&str]) -> String {
        let networks = [
            "10.0.0.0/8".parse().expect("a network"),
            "::1/128".parse().expect("a network"),
        ];
        let headers = forwarded
            .iter()
            .map(|value| (FORWARDED_FOR, value.parse().expect("a value")))
            .collect();
        let connection = connection.parse().expect("an address");
        Proxies::new(&networks)
            .find_client(connection, &headers)
            .to_string()
    }

    #[test]
    fn a_stranger_cannot_name_another_address() {
        assert_eq!(client("192.0.2.1", &["198.51.100.9"]), "192.0.2.1");
    }

    #[test]
    fn behind_our_proxies_it_is_the_nearest_address_that_is_not_theirs() {
        assert_eq!(client("10.0.0.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(
            client("10.0.0.1", &["1.2.3.4, 198.51.100.9, 10.0.0.2"]),
            "198.51.100.9"
        );
        assert_eq!(
            client("10.0.0.1", &["1.2.3.4", "198.51.100.9:4711"]),
            "198.51.100.9"
        );
        assert_eq!(client("::1", &["[2001:db8::7]:443"]), "2001:db8::7");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.9"]), "198.51.100.9");
    }

    #[test]
    fn what_cannot_be_read_ends_the_search() {
        assert_eq!(
            client("10.0.0.1", &["1.2.3.4, unknown, 10.0.0.2"]),
            "10.0.0.2"
        );
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }
}
