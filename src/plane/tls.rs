//! The TLS provider, chosen here and nowhere else, and a judge of certificates that names what it refused (N03).

use std::fmt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};

use super::base::ConnectError;
use super::x509::{self, Names};

#[cfg(not(any(feature = "tls-ring", feature = "tls-aws")))]
compile_error!("choose a TLS provider: feature tls-ring or tls-aws");

/// Installs the TLS provider of this build, once. Without it a client cannot be built (dependencies, trap 11);
/// every constructor calls it, and it may be called any number of times.
pub fn install_tls_provider() {
    if CryptoProvider::get_default().is_none() {
        // Lost a race: another thread installed the very same provider.
        let _ = provider().install_default();
    }
}

#[cfg(feature = "tls-ring")]
fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

#[cfg(all(feature = "tls-aws", not(feature = "tls-ring")))]
fn provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

/// How a server is to be judged and spoken to. `ca_pem` vouches alone where it is given, else the system's roots do.
/// `alpn`: the HTTP versions offered, the best first.
pub(super) fn config(ca_pem: Option<&[u8]>, alpn: &[&str]) -> Result<ClientConfig, ConnectError> {
    let tls = |e: Error| ConnectError::Tls(e.to_string());
    let crypto = CryptoProvider::get_default().map_or_else(|| Arc::new(provider()), Arc::clone);
    let judge: Arc<dyn ServerCertVerifier> = match ca_pem {
        Some(pem) => {
            let roots = Arc::new(roots(pem)?);
            WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&crypto))
                .build()
                .map_err(|e| ConnectError::Ca(e.to_string()))?
        }
        None => Arc::new(rustls_platform_verifier::Verifier::new(Arc::clone(&crypto)).map_err(tls)?),
    };
    let mut config = ClientConfig::builder_with_provider(crypto)
        .with_safe_default_protocol_versions()
        .map_err(tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Naming(judge)))
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|p| p.as_bytes().to_vec()).collect();
    Ok(config)
}

fn roots(pem: &[u8]) -> Result<RootCertStore, ConnectError> {
    let mut store = RootCertStore::empty();
    for cert in CertificateDer::pem_slice_iter(pem) {
        let cert = cert.map_err(|e| ConnectError::Ca(e.to_string()))?;
        store.add(cert).map_err(|e| ConnectError::Ca(e.to_string()))?;
    }
    Ok(store)
}

/// A refused certificate: why, and what it says of itself.
#[derive(Debug)]
pub(super) struct Refused {
    /// The judge's own complaint.
    pub(super) cause: CertificateError,
    /// What the certificate calls itself and its issuer.
    pub(super) names: Names,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl std::error::Error for Refused {}

/// Judges nothing itself: every question goes to the judge inside, every yes and no is that one's. A no about a
/// certificate gets the certificate's names, since the complaint alone does not tell which certificate was met.
#[derive(Debug)]
struct Naming(Arc<dyn ServerCertVerifier>);

impl ServerCertVerifier for Naming {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).map_err(|e| {
            match e {
                Error::InvalidCertificate(cause) => {
                    let names = x509::names(end_entity);
                    let refused = OtherError(Arc::new(Refused { cause, names }));
                    Error::InvalidCertificate(CertificateError::Other(refused))
                }
                other => other,
            }
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.0.requires_raw_public_keys()
    }

    fn root_hint_subjects(&self) -> Option<&[rustls::DistinguishedName]> {
        self.0.root_hint_subjects()
    }
}
