//! What can go wrong with one HTTP exchange before there is an answer, in words that name the cause.
//!
//! reqwest's own text hides the cause (dependencies, trap 9), so the chain is walked. What may be called
//! *not sent* is decided here: only a failed connect (refused, DNS, TLS) proves that nothing left.

use std::error::Error;
use std::io;

use super::tls::Refused;
use super::x509::Names;
use crate::domain::outcome::ReadErrorKind;

/// How an exchange failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// DNS, connect or TLS: nothing of the request left here.
    NotSent,
    /// No whole answer in time; the request may have arrived.
    Timeout,
    /// The connection ended inside the answer, or before it.
    CutOff,
    /// The answer is larger than the limit.
    TooLarge,
    /// Something answered that does not speak HTTP.
    NotHttp,
    /// Not asked: an earlier 401 stopped this profile.
    Stopped,
    /// Not asked: too many of our own requests were under way for too long.
    Busy,
}

/// A failed exchange.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// How.
    pub(crate) kind: FaultKind,
    /// Why, host and port named.
    pub(crate) why: String,
    /// Status and the bytes that came before the cut.
    pub(crate) partial: Option<(u16, Vec<u8>)>,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, why: String) -> Self {
        Self { kind, why, partial: None }
    }

    /// Whether the request provably never left.
    pub(crate) fn is_not_sent(&self) -> bool {
        matches!(self.kind, FaultKind::NotSent | FaultKind::Stopped | FaultKind::Busy)
    }

    /// The same for a read.
    pub(crate) fn read_kind(&self) -> ReadErrorKind {
        match self.kind {
            // N04 asks for exit 5 when http meets a TLS port: it is the address that is wrong.
            FaultKind::NotSent | FaultKind::NotHttp => ReadErrorKind::Unreachable,
            FaultKind::Timeout | FaultKind::Busy => ReadErrorKind::Timeout,
            FaultKind::CutOff => ReadErrorKind::CutOff,
            FaultKind::TooLarge => ReadErrorKind::TooLarge,
            FaultKind::Stopped => ReadErrorKind::PollingStopped,
        }
    }

    /// From an error of `Client::execute`: before any answer.
    pub(crate) fn of_send(err: &reqwest::Error, place: &str, https: bool) -> Self {
        if err.is_connect() {
            return Self::new(FaultKind::NotSent, connect_words(err, place));
        }
        if err.is_timeout() {
            return Self::new(FaultKind::Timeout, format!("{place}: no answer in time"));
        }
        if is_never_started(err) {
            let why = format!("{place}: the connection ended before anything was written");
            return Self::new(FaultKind::NotSent, why);
        }
        let chain = chain(err);
        if chain.contains("invalid HTTP") {
            let hint = if https { "" } else { "; this looks like https, use https:// in the URL" };
            return Self::new(FaultKind::NotHttp, format!("{place} does not answer in HTTP{hint} ({chain})"));
        }
        Self::new(FaultKind::CutOff, format!("{place}: cut off before an answer, after 0 bytes ({chain})"))
    }

    /// From an error while the body was read.
    pub(crate) fn of_body(err: &reqwest::Error, place: &str, status: u16, body: Vec<u8>) -> Self {
        let why = format!("{place}: cut off after {} bytes of the answer ({})", body.len(), chain(err));
        Self { kind: FaultKind::CutOff, why, partial: Some((status, body)) }
    }
}

/// Whether the HTTP stack handed the request back unsent: the connection was gone before its first byte (N08). Its pool
/// says `Canceled` then and only then, and calls the same `SendRequest` once a byte may have been written.
fn is_never_started(err: &reqwest::Error) -> bool {
    err.source().is_some_and(|e| e.to_string() == "client error (Canceled)")
}

fn connect_words(err: &reqwest::Error, place: &str) -> String {
    if let Some(tls) = find_tls(err) {
        return tls_words(tls, place);
    }
    if err.is_timeout() {
        return format!("{place}: no connection in time");
    }
    let chain = chain(err);
    if err.is_dns() {
        return format!("{place}: no address for this name ({chain})");
    }
    // The server hung up inside the handshake, or spoke first and not TLS.
    if chain.contains("InvalidContentType") || chain.contains("corrupt message") {
        return format!("{place} does not speak TLS; this looks like http, use http:// in the URL");
    }
    format!("{place}: {chain}")
}

/// Which TLS complaint it is, and the setting that answers it. Never suggests `insecure` first (N03).
fn tls_words(err: &rustls::Error, place: &str) -> String {
    use rustls::CertificateError as C;
    use rustls::Error as E;
    match err {
        E::InvalidCertificate(c) => {
            let ours = if let C::Other(other) = c { refused(other) } else { None };
            match ours {
                Some(r) => certificate_words(&r.cause, &r.names, place),
                None => certificate_words(c, &Names::default(), place),
            }
        }
        E::InvalidMessage(_) => {
            format!("{place} does not speak TLS; this looks like http, use http:// in the URL ({err})")
        }
        // Only orders can meet it: reads offer HTTP/2 too (N14).
        E::AlertReceived(rustls::AlertDescription::NoApplicationProtocol) => {
            format!(
                "{place} takes nothing but HTTP/2, and orders are sent over HTTP/1.1 alone; it must offer that too"
            )
        }
        _ => format!("TLS with {place} failed: {err}"),
    }
}

/// What our judge kept beside its refusal.
fn refused(other: &rustls::OtherError) -> Option<&Refused> {
    other.0.downcast_ref()
}

/// Which complaint about a certificate it is, and whose certificate.
fn certificate_words(cause: &rustls::CertificateError, names: &Names, place: &str) -> String {
    use rustls::CertificateError as C;
    let whose = whose(names, place);
    match cause {
        C::UnknownIssuer if names.is_self_signed => {
            format!("{whose} is signed by itself (UnknownIssuer); name it in tls.ca_file")
        }
        C::UnknownIssuer => match &names.issuer {
            Some(ca) => {
                format!(
                    "{whose} is signed by an unknown CA, `{ca}` (UnknownIssuer); name its CA in tls.ca_file"
                )
            }
            None => {
                format!(
                    "{whose} is signed by an unknown CA or by itself (UnknownIssuer); name its CA in tls.ca_file"
                )
            }
        },
        C::Expired | C::ExpiredContext { .. } => format!("{whose} has expired ({cause})"),
        C::NotValidYet | C::NotValidYetContext { .. } => {
            format!("{whose} is not valid yet, or the clock here is wrong ({cause})")
        }
        C::NotValidForName | C::NotValidForNameContext { .. } => {
            format!("{whose} is for another name ({cause}); use the name it is made for in the URL")
        }
        _ => format!("{whose} is not accepted ({cause}); is tls.ca_file the right CA?"),
    }
}

/// The certificate, by its place and by what it calls itself.
fn whose(names: &Names, place: &str) -> String {
    match &names.subject {
        Some(subject) => format!("the certificate of {place}, made out to `{subject}`,"),
        None => format!("the certificate of {place}"),
    }
}

/// The TLS error in a chain; `io::Error` hides it from `source()`.
fn find_tls<'a>(err: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut at = Some(err);
    while let Some(e) = at {
        if let Some(tls) = e.downcast_ref::<rustls::Error>() {
            return Some(tls);
        }
        let inside = e.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        at = match inside {
            Some(i) => Some(i as &(dyn Error + 'static)),
            None => e.source(),
        };
    }
    None
}

/// Sentences of the stack that say what was tried and not why it failed.
const NOISE: [&str; 4] = ["client error", "tcp connect error", "dns error", "error resolving DNS"];

/// Every cause once, outermost first; what says nothing is left out.
fn chain(err: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut at = err.source();
    while let Some(e) = at {
        let text = e.to_string();
        if !NOISE.iter().any(|n| text.starts_with(n)) && !parts.iter().any(|p| p.contains(&text)) {
            parts.push(text);
        }
        at = e.source();
    }
    if parts.is_empty() { "no cause told".to_owned() } else { parts.join(": ") }
}
