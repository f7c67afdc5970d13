//! Where requests go, out of a profile's URL; and why that may not work.

use reqwest::Url;

/// Why a client could not be made. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The URL cannot be used: why. The URL itself is not repeated where it may hold a password.
    #[error("url: {0}")]
    Url(String),
    /// The CA file holds no certificate that can be read.
    #[error("tls.ca_file: {0}")]
    Ca(String),
    /// A value cannot stand in a header.
    #[error("{0}: holds characters that cannot be sent in a header")]
    Header(&'static str),
    /// TLS could not be set up, e.g. there is no certificate store on this machine.
    #[error("TLS: {0}; tls.ca_file names the CA of one profile")]
    Tls(String),
}

/// Where requests go: the profile's URL, taken apart once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// Scheme, host and port; no user information, no path.
    pub(crate) origin: String,
    /// Path before `/api`, without a slash at the end; mostly empty.
    pub(crate) prefix: String,
    /// `Host` header: with the port when it is not the scheme's own (ocp-api 1.3, line 5).
    pub(crate) host: String,
    /// Host and port, for error texts.
    pub(crate) place: String,
    pub(crate) https: bool,
    /// A proxy is never used for it (N11).
    pub(crate) loopback: bool,
}

impl Base {
    /// Takes a profile's URL apart; refuses what could leak or mislead.
    pub(crate) fn parse(url: &str) -> Result<Self, ConnectError> {
        let bad = |why: &str| ConnectError::Url(why.to_owned());
        // The text is not quoted: it may hold a password.
        let url = Url::parse(url.trim()).map_err(|e| bad(&format!("cannot be read ({e})")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("must begin with http:// or https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("must not hold a user or password (user:***@); use username and password_env"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(bad("must not hold a query or fragment"));
        }
        let name = url.host_str().filter(|h| !h.is_empty()).ok_or_else(|| bad("names no host"))?;
        let host = url.port().map_or_else(|| name.to_owned(), |p| format!("{name}:{p}"));
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        let loopback =
            name == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        Ok(Self {
            origin: format!("{}://{host}", url.scheme()),
            prefix: url.path().trim_end_matches('/').to_owned(),
            place: format!("{name}:{}", url.port_or_known_default().unwrap_or(0)),
            https: url.scheme() == "https",
            loopback,
            host,
        })
    }
}

/// Percent-encodes by RFC 3986 over UTF-8: everything but unreserved characters (ocp-api 1.3); one path segment or one query value.
pub(crate) fn encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
            out.push(char::from(b));
        } else {
            out.push('%');
            for nibble in [b >> 4, b & 15] {
                out.extend(HEX.get(usize::from(nibble)).map(|h| char::from(*h)));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_without_its_secrets() {
        let b = Base::parse("http://OCP.example:8080/").unwrap();
        assert_eq!((b.origin.as_str(), b.prefix.as_str()), ("http://ocp.example:8080", ""));
        assert_eq!((b.host.as_str(), b.place.as_str()), ("ocp.example:8080", "ocp.example:8080"));
        let b = Base::parse("https://[::1]/ocp/").unwrap();
        assert_eq!((b.host.as_str(), b.place.as_str(), b.prefix.as_str()), ("[::1]", "[::1]:443", "/ocp"));
        assert!(b.loopback);
    }

    #[test]
    fn k02_a_url_with_a_password_is_refused_and_not_repeated() {
        for url in ["http://admin:canary-4711@h:1", "http://canary-4711@h", "http://u:canary-4711@[bad"] {
            let err = Base::parse(url).unwrap_err().to_string();
            assert!(!err.contains("canary"), "{err}");
        }
        assert!(Base::parse("ftp://h").is_err());
        assert!(Base::parse("http://h/?x=1").is_err());
    }
}
