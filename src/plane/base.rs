//! Where requests go, out of a profile's URL; and why that may not work.

use std::path::PathBuf;

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
    /// A unix socket instead of host and port: where it is (obshell-api 2).
    pub(crate) socket: Option<PathBuf>,
}

impl Base {
    /// Takes a profile's URL apart; refuses what could leak or mislead.
    pub(crate) fn parse(url: &str) -> Result<Self, ConnectError> {
        let bad = |why: &str| ConnectError::Url(why.to_owned());
        // The text is not quoted: it may hold a password.
        let url = Url::parse(url.trim()).map_err(|e| bad(&format!("cannot be read ({e})")))?;
        if !matches!(url.scheme(), "http" | "https" | "unix") {
            return Err(bad("must begin with http:// or https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("must not hold a user or password (user:***@); use username and password_env"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(bad("must not hold a query or fragment"));
        }
        if url.scheme() == "unix" {
            return Self::of_socket(&url);
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
            socket: None,
        })
    }

    /// A socket has no host; HTTP wants one all the same, and the other side does not look at it (obshell-api 2).
    fn of_socket(url: &Url) -> Result<Self, ConnectError> {
        let path = url.to_file_path().ok().filter(|p| p.is_absolute() && p.file_name().is_some());
        let Some(path) = path else {
            let why = "must name a socket by its absolute path: unix:///home/admin/ob/run/obshell.sock";
            return Err(ConnectError::Url(why.to_owned()));
        };
        Ok(Self {
            origin: "http://localhost".to_owned(),
            prefix: String::new(),
            host: "localhost".to_owned(),
            place: format!("unix:{}", path.display()),
            https: false,
            loopback: true,
            socket: Some(path),
        })
    }
}

/// A path of segments below a root, each percent-encoded as one (X13). `None` where a segment cannot be sent at all: an
/// empty one, `.` and `..` mean another path to every server between here and the control plane, encoded or not.
pub(crate) fn path(root: &str, segments: &[&str]) -> Option<String> {
    let mut out = root.to_owned();
    for s in segments {
        if matches!(*s, "" | "." | "..") {
            return None;
        }
        out.push('/');
        out.push_str(&encode(s));
    }
    Some(out)
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

    #[test]
    fn a_socket_is_named_by_its_path_and_has_no_host() {
        let b = Base::parse("unix:///home/admin/ob%201/run/obshell.sock").unwrap();
        assert_eq!(b.socket.as_deref(), Some(std::path::Path::new("/home/admin/ob 1/run/obshell.sock")));
        assert_eq!(
            (b.origin.as_str(), b.place.as_str()),
            ("http://localhost", "unix:/home/admin/ob 1/run/obshell.sock")
        );
        for url in
            ["unix://run/obshell.sock", "unix:run/obshell.sock", "unix:///", "unix:///a?b", "unix://u:p@/a"]
        {
            assert!(Base::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn x13_a_segment_is_one_segment_whatever_it_holds() {
        let zone = |z| path("/api/v2", &["ob", "clusters", "1", "zones", z, "stop"]);
        for (name, encoded) in [
            ("zone1", "zone1"),
            ("a/b", "a%2Fb"),
            ("a?b#c", "a%3Fb%23c"),
            ("%2f", "%252f"),
            ("a/../b", "a%2F..%2Fb"),
            ("集", "%E9%9B%86"),
            ("a b", "a%20b"),
        ] {
            assert_eq!(zone(name), Some(format!("/api/v2/ob/clusters/1/zones/{encoded}/stop")));
        }
        assert_eq!(zone(".."), None);
        assert_eq!(zone("."), None);
        assert_eq!(zone(""), None);
    }
}
