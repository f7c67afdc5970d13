//! What a certificate calls itself and its issuer, for a sentence. Nothing is judged by it: a certificate may say of
//! itself what it likes, and the judge has refused it already.
//!
//! Only as much of DER as that takes (RFC 5280 4.1, X.690 8.1): a walk that goes forward only, over bytes of anybody.

use crate::domain::shown::Shown;

/// Names in a certificate, filtered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// The common name, else the organisation, else the first alternative name.
    pub(super) subject: Option<String>,
    /// The same of who signed it.
    pub(super) issuer: Option<String>,
    /// Whether it names itself as its issuer.
    pub(super) is_self_signed: bool,
}

/// Columns of one name; a common name has at most 64 characters (RFC 5280, appendix A.1).
const NAME_COLUMNS: usize = 80;

const INTEGER: u8 = 0x02;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `[0]` of a `TBSCertificate`: its version.
const VERSION: u8 = 0xa0;
/// `[3]` of a `TBSCertificate`: its extensions.
const EXTENSIONS: u8 = 0xa3;
const OCTETS: u8 = 0x04;
/// `dNSName` and `iPAddress` of a `GeneralName`.
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;
/// 2.5.4.3, 2.5.4.10 and 2.5.29.17.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];

/// What can be read of the names in a certificate; of bytes that are none, nothing.
pub(super) fn names(certificate: &[u8]) -> Names {
    read(certificate).unwrap_or_default()
}

fn read(certificate: &[u8]) -> Option<Names> {
    let mut tbs = Walk(Walk(Walk(certificate).take(SEQUENCE)?).take(SEQUENCE)?);
    if tbs.next_is(VERSION) {
        tbs.take(VERSION)?;
    }
    tbs.take(INTEGER)?;
    tbs.take(SEQUENCE)?;
    let issuer = tbs.take(SEQUENCE)?;
    tbs.take(SEQUENCE)?;
    let subject = tbs.take(SEQUENCE)?;
    Some(Names {
        subject: name(subject).or_else(|| alternative(tbs)),
        issuer: name(issuer),
        is_self_signed: !subject.is_empty() && subject == issuer,
    })
}

/// The common name of a `Name`, else its organisation.
fn name(rdns: &[u8]) -> Option<String> {
    attribute(rdns, COMMON_NAME).or_else(|| attribute(rdns, ORGANISATION))
}

fn attribute(rdns: &[u8], want: &[u8]) -> Option<String> {
    let mut rdns = Walk(rdns);
    while let Some(set) = rdns.take(SET) {
        let mut set = Walk(set);
        while let Some(pair) = set.take(SEQUENCE) {
            let mut pair = Walk(pair);
            if pair.take(OID) == Some(want) {
                return pair.any().and_then(|(tag, value)| text(tag, value));
            }
        }
    }
    None
}

/// A string of any of the kinds that names have.
fn text(tag: u8, value: &[u8]) -> Option<String> {
    let raw = match tag {
        // UTF8String, PrintableString, T61String (ASCII in life), IA5String.
        0x0c | 0x13 | 0x14 | 0x16 => String::from_utf8_lossy(value).into_owned(),
        // BMPString: two bytes a character.
        0x1e => {
            let units = value.chunks_exact(2).map(|p| p.iter().fold(0, |u: u16, b| u << 8 | u16::from(*b)));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        _ => return None,
    };
    told(&raw)
}

fn told(raw: &str) -> Option<String> {
    let shown = Shown::filter(raw.trim());
    (!shown.as_str().is_empty()).then(|| shown.cut_end(NAME_COLUMNS).into_owned())
}

/// The first DNS name or address of the alternative names; `rest` is what follows the subject.
fn alternative(mut rest: Walk<'_>) -> Option<String> {
    let extensions = loop {
        if let (EXTENSIONS, inside) = rest.any()? {
            break inside;
        }
    };
    let mut extensions = Walk(Walk(extensions).take(SEQUENCE)?);
    while let Some(extension) = extensions.take(SEQUENCE) {
        let mut extension = Walk(extension);
        if extension.take(OID) != Some(SUBJECT_ALT_NAME) {
            continue;
        }
        let value = loop {
            if let (OCTETS, value) = extension.any()? {
                break value;
            }
        };
        let mut names = Walk(Walk(value).take(SEQUENCE)?);
        while let Some((tag, name)) = names.any() {
            match tag {
                DNS_NAME => return told(&String::from_utf8_lossy(name)),
                IP_ADDRESS => return address(name),
                _ => {}
            }
        }
    }
    None
}

fn address(octets: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(octets).map(std::net::IpAddr::from);
    let v6 = <[u8; 16]>::try_from(octets).map(std::net::IpAddr::from);
    v4.or(v6).ok().map(|a| a.to_string())
}

/// DER values one after the other. Each step uses up bytes, so that every loop over it ends.
#[derive(Clone, Copy)]
struct Walk<'a>(&'a [u8]);

impl<'a> Walk<'a> {
    fn next_is(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }
    /// The content of the next value, if it has this tag; otherwise nothing is used up.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.next_is(tag) { self.any().map(|(_, content)| content) } else { None }
    }
    /// Tag and content of the next value.
    fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match *first {
            short @ 0..=0x7f => (usize::from(short), rest),
            // A certificate fits a TLS message of 16 MiB: three bytes of length are all there can be.
            long @ 0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
                (digits.iter().fold(0, |n, b| n << 8 | usize::from(*b)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

    use super::*;

    fn certificate(change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
        let mut ca = CertificateParams::new(Vec::new()).unwrap();
        ca.distinguished_name.push(DnType::CommonName, "inner CA");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
        let mut params = CertificateParams::new(vec!["ocp.example".to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        change(&mut params);
        params.signed_by(&KeyPair::generate().unwrap(), &ca).unwrap().der().to_vec()
    }

    #[test]
    fn n03_the_subject_is_the_common_name_or_what_stands_for_it() {
        let of = |change: fn(&mut CertificateParams)| names(&certificate(change));
        let common = of(|p| {
            p.distinguished_name.push(DnType::OrganizationName, "Org");
            p.distinguished_name.push(DnType::CommonName, "ocp 王");
        });
        assert_eq!(common.subject.as_deref(), Some("ocp 王"));
        assert_eq!((common.issuer.as_deref(), common.is_self_signed), (Some("inner CA"), false));
        let organisation = of(|p| p.distinguished_name.push(DnType::OrganizationName, "Org"));
        assert_eq!(organisation.subject.as_deref(), Some("Org"));
        assert_eq!(of(|_| {}).subject.as_deref(), Some("ocp.example"));
        let address = of(|p| p.subject_alt_names = vec![rcgen::SanType::IpAddress([10, 0, 0, 1].into())]);
        assert_eq!(address.subject.as_deref(), Some("10.0.0.1"));
        assert_eq!(of(|p| p.subject_alt_names.clear()).subject, None);
    }

    #[test]
    fn n03_a_certificate_that_names_itself_as_issuer_is_self_signed() {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "alone");
        let names = names(params.self_signed(&KeyPair::generate().unwrap()).unwrap().der());
        assert!(names.is_self_signed);
        assert_eq!(names.subject.as_deref(), Some("alone"));
    }

    #[test]
    fn n03_what_a_certificate_calls_itself_is_filtered_and_cut() {
        let hostile = names(&certificate(|p| {
            p.distinguished_name.push(DnType::CommonName, "\u{1b}[2J\u{202e}x");
        }));
        let subject = hostile.subject.unwrap();
        assert!(!subject.contains('\u{1b}') && !subject.contains('\u{202e}'), "{subject:?}");
        let long = names(&certificate(|p| p.distinguished_name.push(DnType::CommonName, "x".repeat(5000))));
        assert!(long.subject.unwrap().chars().count() <= NAME_COLUMNS);
    }

    proptest! {
        #[test]
        fn n03_no_bytes_are_too_much_for_it(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = names(&bytes);
        }

        #[test]
        fn n03_no_damage_to_a_certificate_is_too_much_for_it(
            hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
            cut in any::<prop::sample::Index>(),
        ) {
            static WHOLE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
            let whole = WHOLE.get_or_init(|| certificate(|_| {}));
            let mut bytes = whole.clone();
            for (at, byte) in hits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes.truncate(cut.index(bytes.len() + 1));
            let _ = names(&bytes);
            let _ = names(&whole[..cut.index(whole.len())]);
        }
    }
}
