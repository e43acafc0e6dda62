//! Where a server elsewhere is.

use object::{Error, ErrorId, Result};

/// A server's address: `https://mail.contoso.com:10443`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Address {
    /// Reads a URL; only `https` is taken, since a password travels.
    pub(crate) fn parse(url: &str) -> Result<Address> {
        let wrong = |why: &str| {
            Error::caller(ErrorId::ServerUrlWrong, format!("'{url}' is not the address of a server: {why}."))
                .help("Write it like https://mail.contoso.com:10443.")
                .about("server")
        };
        let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
        if !scheme.eq_ignore_ascii_case("https") {
            return Err(wrong("only https is spoken, because a password travels"));
        }
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.is_empty() || authority.contains(['/', '?', '#', '@', ' ']) {
            return Err(wrong("a host name and a port are all it holds"));
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, port.parse().map_err(|_| wrong("the port is not a number"))?)
            }
            _ => (authority, 443),
        };
        Ok(Address { host: host.trim_matches(['[', ']']).to_owned(), port })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_host_and_port() {
        for (url, host, port) in [
            ("https://mail.contoso.com:10443", "mail.contoso.com", 10443),
            ("https://mail.contoso.com/", "mail.contoso.com", 443),
            ("mail:10443", "mail", 10443),
            ("https://[::1]:10443", "::1", 10443),
        ] {
            assert_eq!(Address::parse(url).unwrap(), Address { host: host.to_owned(), port }, "{url}");
        }
        for url in ["http://mail", "https://", "https://a/b", "https://u@a", "https://a:b"] {
            assert_eq!(Address::parse(url).unwrap_err().id(), "ServerUrlWrong", "{url}");
        }
    }
}
