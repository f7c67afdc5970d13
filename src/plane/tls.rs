//! The TLS provider, chosen here and nowhere else.

#[cfg(not(any(feature = "tls-ring", feature = "tls-aws")))]
compile_error!("choose a TLS provider: feature tls-ring or tls-aws");

/// Installs the TLS provider of this build, once. Without it a client cannot be built (dependencies, trap 11);
/// every constructor calls it, and it may be called any number of times.
pub fn install_tls_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Lost a race: another thread installed the very same provider.
        let _ = provider().install_default();
    }
}

#[cfg(feature = "tls-ring")]
fn provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::ring::default_provider()
}

#[cfg(all(feature = "tls-aws", not(feature = "tls-ring")))]
fn provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}
