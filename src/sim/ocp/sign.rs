//! The AK/SK signature, made anew from its description (ocp-api 1.3) so that the client's can be held against it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;

/// What of a request is signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) content_type: &'a str,
    pub(crate) date: &'a str,
    pub(crate) host: &'a str,
    /// Headers by lower-case name, in the order sent.
    pub(crate) headers: &'a [(String, String)],
    /// As it stands in the request line.
    pub(crate) path: &'a str,
    /// Decoded parameters in the order sent.
    pub(crate) query: &'a [(String, String)],
}

impl Signed<'_> {
    /// The seven lines.
    pub(crate) fn message(&self) -> String {
        use std::fmt::Write as _;
        let mut digest = String::new();
        if !self.body.is_empty() {
            for byte in Md5::digest(self.body) {
                // Writing to a String cannot fail.
                let _ = write!(digest, "{byte:02X}");
            }
        }
        let mut own: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| name.starts_with("x-ocp-"))
            .map(|(name, value)| format!("{name}:{value}"))
            .collect();
        own.sort();
        let query = canonical(self.query);
        let resource = if query.is_empty() { self.path.to_owned() } else { format!("{}?{query}", self.path) };
        [
            &self.method.to_uppercase(),
            &digest,
            self.content_type,
            self.date,
            self.host,
            &own.join("\n"),
            &resource,
        ]
        .join("\n")
    }

    /// Whether `signature` is what `secret` gives; compared in constant time.
    pub(crate) fn is_by(&self, secret: &str, signature: &str) -> bool {
        let Ok(given) = STANDARD.decode(signature) else { return false };
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return false };
        mac.update(self.message().as_bytes());
        mac.verify_slice(&given).is_ok()
    }
}

/// Parameters by name; values of one name sorted and joined by a comma before encoding.
fn canonical(query: &[(String, String)]) -> String {
    let mut names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let one = |name: &str| {
        let mut values: Vec<&str> =
            query.iter().filter(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str()).collect();
        values.sort_unstable();
        format!("{}={}", encode(name), encode(&values.join(",")))
    };
    names.into_iter().map(one).collect::<Vec<_>>().join("&")
}

fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::ocp::call::parse_query;

    const SECRET: &str = "2fc0c299cc94c6be266f2ceece765d4d";
    const LATER: &str = "Sat, 21 Nov 2026 02:00:00 GMT";
    const JSON: &str = "application/json";

    /// (method, path, raw query, content type, own headers, body, date, signature) of ocp-api 1.3.
    type Vector = (
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        &'static [(&'static str, &'static str)],
        &'static str,
        &'static str,
        &'static str,
    );

    const VECTORS: [Vector; 6] = [
        (
            "POST",
            "/api/v2/compute/idcs",
            "",
            JSON,
            &[("x-ocp-data", "A,1")],
            r#"{"name":"test01","description":"test","regionId":1}"#,
            "Tue, 17 Jan 2023 09:13:57 GMT",
            "XN8P+O+v3vUabB16ZCooq5wMJoY=",
        ),
        (
            "GET",
            "/api/v2/compute/idcs",
            "size=100",
            "application/json;charset=utf-8",
            &[],
            "",
            "Tue, 17 Jan 2023 04:14:02 GMT",
            "TsQD6HDOuZuJ409m0wdnZPmijlc=",
        ),
        (
            "POST",
            "/api/v2/ob/clusters/1/servers/2/stop",
            "",
            JSON,
            &[("x-ocp-origin", "obdeck")],
            r#"{"force":false}"#,
            LATER,
            "icfwyvriXctHkLYIL300zy0LHqg=",
        ),
        (
            "GET",
            "/api/v2/tasks/instances",
            "status=RUNNING,FAILED&page=1&size=10&name=Stop%20OB%20zone&sort=id,desc",
            JSON,
            &[],
            "",
            LATER,
            "ijXEPtCetY/SBak3nAMmxYbpRvk=",
        ),
        (
            "GET",
            "/api/v2/ob/clusters",
            "name=%E9%9B%86%E7%BE%A4~a%20b%2Bc%2Fd&page=1",
            JSON,
            &[("x-ocp-b", "2"), ("x-ocp-a", "1")],
            "",
            LATER,
            "irNMOrvF8G6/MckzLS71EtzNpnM=",
        ),
        (
            "POST",
            "/api/v2/ob/clusters/1/zones/zone2/stop",
            "",
            JSON,
            &[],
            "",
            LATER,
            "1uaKDrdqwGkIWMxE7utDrszwU4I=",
        ),
    ];

    #[test]
    fn all_six_documented_signatures_are_accepted_and_no_other() {
        for (method, path, query, content_type, own, body, date, signature) in VECTORS {
            let headers: Vec<_> = own.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            let query = parse_query(query);
            let signed = Signed {
                method,
                body: body.as_bytes(),
                content_type,
                date,
                host: "ocp.alibaba.net:8080",
                headers: &headers,
                path,
                query: &query,
            };
            assert!(signed.is_by(SECRET, signature), "{method} {path}: {}", signed.message());
            assert!(!Signed { body: b"x", ..signed }.is_by(SECRET, signature));
            assert!(!Signed { host: "ocp.alibaba.net", ..signed }.is_by(SECRET, signature));
            assert!(!signed.is_by("other", signature));
        }
    }

    #[test]
    fn values_of_one_name_are_sorted_and_joined_before_encoding() {
        assert_eq!(canonical(&parse_query("a=3&b=2,1&a=1&a=")), "a=1%2C3&b=2%2C1");
        assert_eq!(canonical(&parse_query("empty=&flag")), "empty=&flag=");
    }
}
