//! Envelopes of success and error (ocp-api 2.1, 2.2), and the answers that have none.

use serde_json::{Map, Value, json};

use crate::sim::scenario::Product;
use crate::sim::seed::mix;
use crate::sim::time::{Ms, iso};
use crate::sim::world::Refusal;

/// What a route has to say.
#[derive(Debug)]
pub(super) enum Reply {
    /// Success with `data`, or without.
    Data(Option<Value>),
    /// A document without envelope.
    Bare(Value),
    /// Plain text.
    Text(String),
    /// No such path in this product: its page for everything else.
    NotOffered,
}

/// An answer ready for the wire.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
}

/// What the envelope tells beside the data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub(super) now: Ms,
    pub(super) trace: &'a str,
    pub(super) number: u64,
    pub(super) seed: u64,
    pub(super) server: &'a str,
    /// Whether causes may carry a stack trace (header `X-ReturnStackTrace`).
    pub(super) stack: bool,
    /// Whether messages are asked for in Chinese (`Accept-Language`).
    pub(super) is_chinese: bool,
}

impl Stamp<'_> {
    fn envelope(&self, status: u16) -> Map<String, Value> {
        let mut map = Map::new();
        // Lifelike, and the same for the same story: no real measurement.
        map.insert("duration".into(), json!(4 + mix(&[self.seed, self.number, 3]) % 120));
        map.insert("server".into(), json!(self.server));
        map.insert("status".into(), json!(status));
        map.insert("successful".into(), json!(status < 400));
        map.insert("timestamp".into(), json!(iso(self.now)));
        map.insert("traceId".into(), json!(self.trace));
        map
    }
}

const JSON: &str = "application/json;charset=UTF-8";

/// The catch-all page of a single-page console: status 200, no JSON (ocp-api 2.2).
const PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>OceanBase Cloud \
                    Platform</title></head>\n<body><div id=\"root\"></div></body>\n</html>\n";

pub(super) fn of_reply(reply: Reply, stamp: &Stamp<'_>) -> Answer {
    match reply {
        Reply::Data(data) => {
            let mut map = stamp.envelope(200);
            if let Some(data) = data {
                map.insert("data".into(), data);
            }
            json_answer(200, &Value::Object(map))
        }
        Reply::Bare(value) => json_answer(200, &value),
        Reply::Text(text) => {
            Answer { status: 200, content_type: "text/plain;charset=UTF-8", body: text.into_bytes() }
        }
        Reply::NotOffered => {
            Answer { status: 200, content_type: "text/html;charset=UTF-8", body: PAGE.as_bytes().to_vec() }
        }
    }
}

pub(super) fn of_refusal(refusal: &Refusal, product: &Product, stamp: &Stamp<'_>) -> Answer {
    let mut map = stamp.envelope(refusal.status);
    let code = if product.letter_codes { letter_code(refusal.code) } else { json!(refusal.code) };
    let chinese = refusal.chinese.as_ref().filter(|_| stamp.is_chinese);
    let mut error = json!({ "code": code, "message": chinese.unwrap_or(&refusal.message) });
    if let (Some(debug), Some(error)) = (&refusal.debug, error.as_object_mut()) {
        error.insert("debugMessage".into(), json!(debug));
    }
    if let (true, Some(error)) = (stamp.stack, error.as_object_mut()) {
        error.insert("stackTrace".into(), json!([format!("{}: {}", "OcpException", refusal.message)]));
    }
    map.insert("error".into(), error);
    json_answer(refusal.status, &Value::Object(map))
}

fn json_answer(status: u16, value: &Value) -> Answer {
    Answer { status, content_type: JSON, body: value.to_string().into_bytes() }
}

/// The code as the error table of V4.2.2 lists it (ocp-api 2.2).
fn letter_code(code: u32) -> Value {
    match code {
        1999 => json!("COM10999"),
        1000..=1998 => json!(format!("COM{}", code + 9000)),
        3100 => json!("IAM11000"),
        3000..=3099 => json!(format!("IAM{}", code + 7000)),
        4000..=4999 => json!(format!("TSK{}", code + 6000)),
        11_000..=11_999 => json!(format!("OBE{code}")),
        12_000..=13_999 => json!(format!("OBE{}", code + 6000)),
        _ => json!(code),
    }
}

/// One page of `rows`: `contents` and `page` (ocp-api 2.1).
pub(super) fn page<T>(rows: &[T], page: (usize, usize), mut show: impl FnMut(&T) -> Value) -> Value {
    let (number, size) = page;
    let contents: Vec<Value> =
        rows.iter().skip((number - 1).saturating_mul(size)).take(size).map(&mut show).collect();
    json!({
        "contents": contents,
        "page": {
            "number": number,
            "size": size,
            "totalElements": rows.len(),
            "totalPages": rows.len().div_ceil(size),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_later_product_carry_letters() {
        for (code, letters) in [
            (11_020, "OBE11020"),
            (12_008, "OBE18008"),
            (13_012, "OBE19012"),
            (4007, "TSK10007"),
            (3100, "IAM11000"),
            (3014, "IAM10014"),
            (1001, "COM10001"),
            (1999, "COM10999"),
            (11_070, "OBE11070"),
        ] {
            assert_eq!(letter_code(code), json!(letters));
        }
        assert_eq!(letter_code(0), json!(0));
    }
}
