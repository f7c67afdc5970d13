//! One request, read: method, decoded path, query, headers, body.

use super::auth::Login;
use crate::sim::world::Refusal;

/// A request as the routes see it.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// As it stands in the request line.
    pub(crate) path: String,
    /// Decoded parts of the path.
    pub(crate) parts: Vec<String>,
    /// Decoded parameters in the order sent.
    pub(crate) query: Vec<(String, String)>,
    /// By lower-case name, in the order sent.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Trace ID of this request.
    pub(crate) trace: String,
    /// Who asks; the routes are reached only with one.
    pub(crate) login: Option<Login>,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty())
    }

    /// Values of a list: given several times, comma separated, or both.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let given = self.query.iter().filter(|(n, _)| n == name);
        given.flat_map(|(_, v)| v.split(',')).map(str::trim).filter(|v| !v.is_empty()).collect()
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.param(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Refusal::bad_parameter(&format!("{name} must be a number")))
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.param(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Refusal::bad_parameter(&format!("{name} must be true or false"))),
        }
    }

    /// The JSON body's members; none for an empty body.
    pub(crate) fn members(&self) -> Result<serde_json::Map<String, serde_json::Value>, Refusal> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(serde_json::Map::new());
        }
        let kind = self.header("content-type").unwrap_or("");
        if !kind.to_ascii_lowercase().starts_with("application/json") {
            return Err(Refusal::new(415, 1001, format!("Content type '{kind}' not supported")));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| Refusal::bad_parameter(&format!("the body is not a JSON object: {error}")))
    }

    /// A flag of an action: where it travels is not documented, so body and query count alike (ocp-api 3.3).
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        let in_body = match self.members()?.get(name) {
            None | Some(serde_json::Value::Null) => None,
            Some(serde_json::Value::Bool(flag)) => Some(*flag),
            Some(_) => return Err(Refusal::bad_parameter(&format!("{name} must be true or false"))),
        };
        Ok(in_body.or(self.boolean(name)?).unwrap_or(false))
    }
}

/// Decoded parameters of a raw query; `+` is a blank, as a servlet reads it.
pub(crate) fn parse_query(raw: &str) -> Vec<(String, String)> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
    };
    raw.split('&').filter(|part| !part.is_empty()).map(pair).collect()
}

/// Percent-decoding; what is not UTF-8 afterwards is replaced, what is not `%XX` stays as it is.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok());
        let byte = hex
            .filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match (*first, byte) {
            (b'%', Some(byte)) => {
                out.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            (other, _) => {
                out.push(other);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded_once() {
        assert_eq!(
            parse_query("a=1%2C2&b=x+y&c&&d=%e9%9b%86"),
            [
                ("a".to_owned(), "1,2".to_owned()),
                ("b".to_owned(), "x y".to_owned()),
                ("c".to_owned(), String::new()),
                ("d".to_owned(), "集".to_owned()),
            ]
        );
        assert_eq!(decode("%2fa%"), "/a%");
        assert_eq!(decode("%+1%4"), "%+1%4");
    }
}
