//! A planned request as a curl command, to be run by hand elsewhere. The secret is a variable, never a value (P7).

use crate::domain::request::{HeaderValue, Planned};
use crate::domain::shown::Shown;

/// One line for a POSIX shell. What stands for the secret is `$OBDECK_SECRET`, and `$OBDECK_NAME` for any other
/// header that is made while sending.
pub(crate) fn curl(planned: &Planned) -> Shown {
    let mut words = vec![format!("curl -sS --max-time {} -X {}", planned.timeout.secs(), planned.method)];
    words.extend(planned.headers.iter().map(|header| match &header.value {
        HeaderValue::Plain(value) => format!("-H {}", quoted(&format!("{}: {value}", header.name))),
        HeaderValue::Masked(hint) if hint.starts_with("Basic") => {
            format!("-u {}:\"$OBDECK_SECRET\"", quoted(&planned.user))
        }
        HeaderValue::Masked(_) => {
            let name = quoted(&format!("{}: ", header.name));
            format!("-H {name}\"$OBDECK_{}\"", variable(&header.name))
        }
    }));
    words.extend(planned.body.iter().map(|body| format!("--data-raw {}", quoted(body))));
    words.extend(planned.socket.iter().map(|path| format!("--unix-socket {}", quoted(path))));
    words.push(quoted(&planned.url()));
    Shown::whole(&words.join(" "))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn variable(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::request::Header;
    use crate::domain::time::Span;

    #[test]
    fn k02_the_secret_is_a_variable_and_quotes_cannot_be_left() {
        let header = |name: &str, value| Header { name: name.to_owned(), value };
        let planned = Planned {
            method: "POST",
            origin: "https://ocp.example.com:8443".to_owned(),
            socket: Some("/run/it's.sock".to_owned()),
            path_and_query: "/api/v2/ob/clusters/1/zones/z'1/stop".to_owned(),
            headers: vec![
                header("authorization", HeaderValue::Masked("Basic ***")),
                header("accept", HeaderValue::Plain("application/json".to_owned())),
                header("x-ocs-date", HeaderValue::Masked("made while sending")),
            ],
            body: Some("{\"force\":true}".to_owned()),
            user: "oncall".to_owned(),
            timeout: Span::from_secs(60),
        };
        assert_eq!(
            curl(&planned).as_str(),
            "curl -sS --max-time 60 -X POST -u 'oncall':\"$OBDECK_SECRET\" -H 'accept: application/json' \
             -H 'x-ocs-date: '\"$OBDECK_X_OCS_DATE\" --data-raw '{\"force\":true}' \
             --unix-socket '/run/it'\\''s.sock' 'https://ocp.example.com:8443/api/v2/ob/clusters/1/zones/z'\\''1/stop'"
        );
    }
}
