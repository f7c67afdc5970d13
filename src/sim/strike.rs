//! What a fault does to an answer, whichever control plane makes it.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use futures_util::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::faults::{Lot, What};
use super::listen::{Cut, Peer};
use super::time::{Ms, http_date};

/// An answer ready for the wire.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) status: u16,
    /// `Content-Type` among them.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Ready {
    fn respond(self) -> Response<Body> {
        plain(self.status, &self.headers, self.body)
    }
}

/// Answers with what `act` makes, and does to it what the lot says; `earlier` requests came on this connection before.
/// `wall` is the stand-in's clock: told in every answer, a gateway's page too. The word is for the request log.
pub(crate) async fn strike(
    stopped: &CancellationToken,
    peer: &Peer,
    lot: Lot,
    earlier: u32,
    wall: Ms,
    act: impl FnOnce() -> Ready,
) -> (Response<Body>, String) {
    let (mut response, word) = struck(stopped, peer, lot, earlier, act).await;
    // Set here, not by the HTTP layer: a wrong clock shows in it, and a hand-moved one makes it reproducible.
    if let Ok(date) = HeaderValue::from_str(&http_date(wall)) {
        response.headers_mut().entry(header::DATE).or_insert(date);
    }
    (response, word)
}

async fn struck(
    stopped: &CancellationToken,
    peer: &Peer,
    lot: Lot,
    earlier: u32,
    act: impl FnOnce() -> Ready,
) -> (Response<Body>, String) {
    if !lot.delay.is_zero() {
        wait(stopped, lot.delay).await;
    }
    // A connection's first request is not the one that this fault is for.
    let what = lot.what.filter(|what| earlier > 0 || *what != What::ResetReused);
    let Some(what) = what else {
        let answer = act();
        let word = answer.status.to_string();
        return (answer.respond(), word);
    };
    match what {
        // Delays are drawn apart; one that comes here would only repeat what was waited for.
        What::Delay { .. } | What::Reset | What::ResetReused => {
            peer.cut(Cut::Reset);
            (plain(500, &[], Vec::new()), "reset".to_owned())
        }
        What::Late(by) => {
            let answer = act();
            wait(stopped, by).await;
            let word = format!("{}, late", answer.status);
            (answer.respond(), word)
        }
        What::AnswerLost => {
            let answer = act();
            peer.cut(Cut::Close);
            (plain(500, &[], Vec::new()), format!("{}, lost", answer.status))
        }
        What::HalfBody => {
            let answer = act();
            peer.cut(Cut::HalfOf(answer.body.len()));
            let word = format!("{}, half", answer.status);
            (answer.respond(), word)
        }
        What::CutAfter(bytes) => {
            let answer = act();
            peer.cut(Cut::After(bytes));
            let word = format!("{}, cut after {bytes} bytes", answer.status);
            (answer.respond(), word)
        }
        What::Silence => {
            stopped.cancelled().await;
            peer.cut(Cut::Close);
            (plain(500, &[], Vec::new()), "silence".to_owned())
        }
        What::Drip(every) => {
            let answer = act();
            let word = format!("{}, dripping", answer.status);
            (drip(stopped, answer, every), word)
        }
        What::Twice => {
            let mut answer = act();
            answer.body.extend_from_within(..);
            let word = format!("{}, twice", answer.status);
            (answer.respond(), word)
        }
        What::Endless => {
            let chunk = Bytes::from_static(&[b' '; 16 * 1024]);
            let chunks = stream::repeat_with(move || Ok::<_, Infallible>(chunk.clone()));
            let body = Body::from_stream(chunks.take_until(stopped.clone().cancelled_owned()));
            let kind = [("content-type".to_owned(), "application/json".to_owned())];
            (with_headers(200, &kind, body), "endless".to_owned())
        }
        What::Instead { status, headers, body, acted } => {
            if acted {
                act();
            }
            (plain(status, &headers, body), format!("{status}, instead"))
        }
    }
}

/// Waits, but not beyond the stand-in's end.
async fn wait(stopped: &CancellationToken, by: Duration) {
    tokio::select! {
        () = tokio::time::sleep(by) => {}
        () = stopped.cancelled() => {}
    }
}

fn drip(stopped: &CancellationToken, answer: Ready, every: Duration) -> Response<Body> {
    let bytes = stream::unfold((answer.body, 0), move |(body, at)| async move {
        let byte = *body.get(at)?;
        tokio::time::sleep(every).await;
        Some((Ok::<_, Infallible>(Bytes::copy_from_slice(&[byte])), (body, at + 1)))
    });
    let bytes = bytes.take_until(stopped.clone().cancelled_owned());
    with_headers(answer.status, &answer.headers, Body::from_stream(bytes))
}

/// An answer of these bytes.
pub(crate) fn plain(status: u16, headers: &[(String, String)], body: Vec<u8>) -> Response<Body> {
    with_headers(status, headers, Body::from(body))
}

fn with_headers(status: u16, headers: &[(String, String)], body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        // A header that a test made up and HTTP cannot carry is left out.
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
