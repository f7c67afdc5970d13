//! How a request proves who sends it: Basic, or the signature of an access key (ocp-api 1.2, 1.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;

use crate::domain::secret::Secret;
use crate::plane::base::encode;

/// A login. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub enum Auth {
    /// User and password with every request.
    Basic {
        /// The user.
        username: String,
        /// The password.
        password: Secret,
    },
    /// An access key: the secret never leaves here, each request is signed.
    AccessKey {
        /// The key's ID (AK).
        id: String,
        /// The key's secret (SK).
        secret: Secret,
    },
}

/// What of a request is signed. All of it as it stands in the request, byte for byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signed<'a> {
    pub(super) method: &'a str,
    pub(super) body: &'a [u8],
    pub(super) content_type: &'a str,
    pub(super) date: &'a str,
    pub(super) host: &'a str,
    /// Headers whose name begins with `x-ocp-`.
    pub(super) ocp_headers: &'a [(&'a str, &'a str)],
    /// Path, and the canonical query after `?` when there is one.
    pub(super) path_and_query: &'a str,
}

impl Auth {
    /// Who it is, for the screen.
    pub fn user(&self) -> &str {
        match self {
            Auth::Basic { username, .. } => username,
            Auth::AccessKey { id, .. } => id,
        }
    }

    /// What must stand in nothing that is kept: the secret, and the form in which a header holds it.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        match self {
            Auth::Basic { username, password } => {
                vec![password.clone(), Secret::new(format!("{username}:{}", password.expose()))]
            }
            Auth::AccessKey { secret, .. } => vec![secret.clone()],
        }
    }

    /// What the `Authorization` header looks like with its secret left out.
    pub(super) fn hint(&self) -> &'static str {
        match self {
            Auth::Basic { .. } => "Basic ***",
            Auth::AccessKey { .. } => "OCP-ACCESS-KEY-HMACSHA1 ***",
        }
    }

    /// The value of the `Authorization` header.
    pub(super) fn header(&self, signed: &Signed<'_>) -> String {
        match self {
            Auth::Basic { username, password } => {
                format!("Basic {}", BASE64.encode(format!("{username}:{}", password.expose())))
            }
            Auth::AccessKey { id, secret } => {
                let mac = Hmac::<Sha1>::new_from_slice(secret.expose().as_bytes()).map(|mut mac| {
                    mac.update(message(signed).as_bytes());
                    BASE64.encode(mac.finalize().into_bytes())
                });
                // HMAC takes a key of any length; an empty signature would only be refused by the server.
                format!("OCP-ACCESS-KEY-HMACSHA1 {id}:{}", mac.unwrap_or_default())
            }
        }
    }
}

/// The seven lines that are signed (ocp-api 1.3).
fn message(s: &Signed<'_>) -> String {
    let md5 = if s.body.is_empty() { String::new() } else { format!("{:X}", Md5::digest(s.body)) };
    let mut own: Vec<(String, &str)> =
        s.ocp_headers.iter().map(|(n, v)| (n.to_ascii_lowercase(), *v)).collect();
    own.sort();
    let own: Vec<String> = own.iter().map(|(n, v)| format!("{n}:{v}")).collect();
    [s.method, &md5, s.content_type, s.date, s.host, &own.join("\n"), s.path_and_query].join("\n")
}

/// The canonical query: sorted by name, a name given twice folded to one with its non-empty values sorted and
/// joined by a comma before encoding (ocp-api 1.3). Sent in this very form, so that what is signed is what is sent.
pub(super) fn canonical_query(pairs: &[(&str, String)]) -> String {
    let mut by_name: std::collections::BTreeMap<&str, Vec<&str>> = std::collections::BTreeMap::new();
    for (name, value) in pairs {
        let values = by_name.entry(name).or_default();
        if !value.is_empty() {
            values.push(value);
        }
    }
    let folded = by_name.into_iter().map(|(name, mut values)| {
        values.sort_unstable();
        format!("{}={}", encode(name), encode(&values.join(",")))
    });
    folded.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = "application/json";
    const DATE_3: &str = "Sat, 21 Nov 2026 02:00:00 GMT";

    fn signature(s: Signed<'_>) -> String {
        let key = Auth::AccessKey {
            id: "cqammmxBpfGjFlto".to_owned(),
            secret: Secret::new("2fc0c299cc94c6be266f2ceece765d4d".to_owned()),
        };
        let header = key.header(&s);
        header.strip_prefix("OCP-ACCESS-KEY-HMACSHA1 cqammmxBpfGjFlto:").unwrap().to_owned()
    }

    fn request<'a>(method: &'a str, path_and_query: &'a str) -> Signed<'a> {
        Signed {
            method,
            body: b"",
            content_type: JSON,
            date: DATE_3,
            host: "ocp.alibaba.net:8080",
            ocp_headers: &[],
            path_and_query,
        }
    }

    #[test]
    fn vector_1_post_with_body_and_header() {
        let s = Signed {
            body: br#"{"name":"test01","description":"test","regionId":1}"#,
            date: "Tue, 17 Jan 2023 09:13:57 GMT",
            ocp_headers: &[("x-ocp-data", "A,1")],
            ..request("POST", "/api/v2/compute/idcs")
        };
        assert_eq!(message(&s).lines().nth(1), Some("186974DB33A090A16D3E2CA35F547B56"));
        assert_eq!(signature(s), "XN8P+O+v3vUabB16ZCooq5wMJoY=");
    }

    #[test]
    fn vector_2_get_with_charset_and_query() {
        let s = Signed {
            content_type: "application/json;charset=utf-8",
            date: "Tue, 17 Jan 2023 04:14:02 GMT",
            ..request("GET", "/api/v2/compute/idcs?size=100")
        };
        assert_eq!(signature(s), "TsQD6HDOuZuJ409m0wdnZPmijlc=");
    }

    #[test]
    fn vector_3_server_stop_with_force() {
        let s = Signed {
            body: br#"{"force":false}"#,
            ocp_headers: &[("x-ocp-origin", "obdeck")],
            ..request("POST", "/api/v2/ob/clusters/1/servers/2/stop")
        };
        assert_eq!(message(&s).lines().nth(1), Some("E794448F239B58123FD5794BA1CBD6BB"));
        assert_eq!(signature(s), "icfwyvriXctHkLYIL300zy0LHqg=");
    }

    #[test]
    fn vector_4_task_list_query() {
        let query = canonical_query(&[
            ("status", "RUNNING,FAILED".to_owned()),
            ("page", "1".to_owned()),
            ("size", "10".to_owned()),
            ("name", "Stop OB zone".to_owned()),
            ("sort", "id,desc".to_owned()),
        ]);
        let path = format!("/api/v2/tasks/instances?{query}");
        let s = request("GET", &path);
        assert_eq!(
            message(&s),
            "GET\n\napplication/json\nSat, 21 Nov 2026 02:00:00 GMT\nocp.alibaba.net:8080\n\n\
             /api/v2/tasks/instances?name=Stop%20OB%20zone&page=1&size=10&sort=id%2Cdesc&status=RUNNING%2CFAILED"
        );
        assert_eq!(signature(s), "ijXEPtCetY/SBak3nAMmxYbpRvk=");
    }

    #[test]
    fn vector_5_names_outside_ascii_and_sorted_headers() {
        let query = canonical_query(&[("name", "集群~a b+c/d".to_owned()), ("page", "1".to_owned())]);
        let path = format!("/api/v2/ob/clusters?{query}");
        let s = Signed { ocp_headers: &[("x-ocp-b", "2"), ("x-ocp-a", "1")], ..request("GET", &path) };
        assert!(message(&s).ends_with(
            "x-ocp-a:1\nx-ocp-b:2\n/api/v2/ob/clusters?name=%E9%9B%86%E7%BE%A4~a%20b%2Bc%2Fd&page=1"
        ));
        assert_eq!(signature(s), "irNMOrvF8G6/MckzLS71EtzNpnM=");
    }

    #[test]
    fn vector_6_zone_stop_without_body() {
        let s = request("POST", "/api/v2/ob/clusters/1/zones/zone2/stop");
        assert_eq!(signature(s), "1uaKDrdqwGkIWMxE7utDrszwU4I=");
    }

    #[test]
    fn a_parameter_given_twice_is_folded_and_sorted() {
        let query = canonical_query(&[("a", "3".to_owned()), ("a", String::new()), ("a", "1".to_owned())]);
        assert_eq!(query, "a=1%2C3");
    }

    #[test]
    fn k03_no_login_prints_its_secret() {
        let basic =
            Auth::Basic { username: "admin".to_owned(), password: Secret::new("canary-4711".to_owned()) };
        let key = Auth::AccessKey { id: "AK".to_owned(), secret: Secret::new("canary-4711".to_owned()) };
        assert!(!format!("{basic:?} {key:?}").contains("canary"));
        assert_eq!(basic.header(&request("GET", "/")), "Basic YWRtaW46Y2FuYXJ5LTQ3MTE=");
    }
}
