//! How a request to an agent is sealed: RSA for the header, AES for the body (obshell-api 3).
//!
//! The peer's design, not ours: PKCS#1 v1.5 in blocks, 1024 or even 512 bit, CBC without authentication. It keeps a
//! password off the wire and nothing more; https is what protects the exchange. Only a public key is ever held here.
//! Everything that held the password or a body's key is wiped when dropped.

use aes::Aes128;
use aes::cipher::{BlockEncryptMut, KeyIvInit, block_padding::Pkcs7};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rand_core::{OsRng, RngCore};
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{Pkcs1v15Encrypt, RsaPublicKey};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::domain::secret::Secret;

/// Bytes that PKCS#1 v1.5 takes of each block.
const PADDING: usize = 11;
/// Smallest modulus taken, in bytes: 512 bit, as agents before 4.5 make them.
const MODULUS_MIN: usize = 64;

/// Why something could not be sealed. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SealError {
    /// What the agent gave is no key.
    #[error("the agent's public key cannot be used: {0}")]
    Key(String),
    /// The v1 header is one block.
    #[error("the password is too long for this agent's key: {0} bytes fit into its v1 header")]
    TooLong(usize),
    /// Random numbers, or the arithmetic.
    #[error("the request could not be sealed: {0}")]
    Seal(String),
}

/// An agent's public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PublicKey(RsaPublicKey);

impl PublicKey {
    /// Reads what `/api/v1/secret` tells: base64 of the DER of a PKCS#1 `RSAPublicKey` (obshell-api 3.2).
    pub(super) fn parse(told: &str) -> Result<Self, SealError> {
        let der = BASE64.decode(told.trim()).map_err(|e| SealError::Key(e.to_string()))?;
        let key = RsaPublicKey::from_pkcs1_der(&der).map_err(|e| SealError::Key(e.to_string()))?;
        if key.size() < MODULUS_MIN {
            return Err(SealError::Key(format!("{} bytes are too few", key.size())));
        }
        Ok(Self(key))
    }

    /// Bytes of text that fit into one block.
    fn room(&self) -> usize {
        self.0.size() - PADDING
    }

    /// Block by block, each as long as the key (obshell-api 3.2, step 4).
    fn seal(&self, text: &[u8]) -> Result<String, SealError> {
        let mut out = Vec::with_capacity(text.len().div_ceil(self.room()) * self.0.size());
        for block in text.chunks(self.room()) {
            let sealed = self.0.encrypt(&mut OsRng, Pkcs1v15Encrypt, block);
            out.extend(sealed.map_err(|e| SealError::Seal(e.to_string()))?);
        }
        Ok(BASE64.encode(out))
    }

    /// The value of `X-OCS-Header` or `X-OCS-Agent-Header` (v2).
    pub(super) fn header(&self, header: &Header<'_>) -> Result<String, SealError> {
        let keys = header.body_key.map(BodyKey::told);
        let text = json(
            &V2 {
                auth: header.password.expose(),
                ts: &header.expires.to_string(),
                uri: header.uri,
                keys: keys.as_ref().map(|k| k.as_str()),
            },
            header.password.expose().len() + header.uri.len(),
        )?;
        self.seal(&text)
    }

    /// The value of `X-OCS-Auth` (v1): one block, and nothing binds it to the request.
    pub(super) fn old_header(&self, password: &Secret, expires: i64) -> Result<String, SealError> {
        let text = json(&V1 { password: password.expose(), ts: expires }, password.expose().len())?;
        if text.len() > self.room() {
            return Err(SealError::TooLong(self.room().saturating_sub(text.len() - password.expose().len())));
        }
        self.seal(&text)
    }
}

/// What stands in a v2 header.
pub(super) struct Header<'a> {
    pub(super) password: &'a Secret,
    /// When it ends to be good, in unix seconds by the agent's clock.
    pub(super) expires: i64,
    /// Request target exactly as on the request line: path and query, undecoded.
    pub(super) uri: &'a str,
    pub(super) body_key: Option<&'a BodyKey>,
}

#[derive(Serialize)]
struct V2<'a> {
    auth: &'a str,
    /// Decimal digits in a string.
    ts: &'a str,
    uri: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<&'a str>,
}

#[derive(Serialize)]
struct V1<'a> {
    password: &'a str,
    ts: i64,
}

/// JSON into a buffer large enough from the start: one that grew would leave copies behind.
fn json(value: &impl Serialize, told: usize) -> Result<Zeroizing<Vec<u8>>, SealError> {
    // An escaped character takes six bytes at most; the members' names and the keys take less than 160.
    let mut text = Zeroizing::new(Vec::with_capacity(told * 6 + 256));
    serde_json::to_writer(&mut *text, value).map_err(|e| SealError::Seal(e.to_string()))?;
    Ok(text)
}

/// Key and IV of one body: fresh for each request, never used twice.
pub(super) struct BodyKey(Zeroizing<[u8; 32]>);

impl BodyKey {
    /// A fresh one.
    pub(super) fn fresh() -> Result<Self, SealError> {
        let mut both = Zeroizing::new([0; 32]);
        OsRng.try_fill_bytes(&mut *both).map_err(|e| SealError::Seal(e.to_string()))?;
        Ok(Self(both))
    }

    /// As the header tells it: base64 of key and IV.
    fn told(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64.encode(*self.0))
    }

    /// The body as it goes over the wire: base64 of AES-128-CBC with PKCS#7.
    pub(super) fn seal(&self, body: &[u8]) -> String {
        let (key, iv) = self.0.split_at(16);
        let sealed =
            cbc::Encryptor::<Aes128>::new(key.into(), iv.into()).encrypt_padded_vec_mut::<Pkcs7>(body);
        BASE64.encode(sealed)
    }
}

/// How long a sealed body is: known before it is sealed.
pub(super) fn sealed_len(body: usize) -> usize {
    ((body / 16 + 1) * 16).div_ceil(3) * 4
}

/// A trace ID of our own: 16 hex digits, as agents make them (obshell-api 4).
pub(super) fn trace() -> String {
    let mut bytes = [0; 8];
    // Without random numbers the request cannot be sealed either; until then zeros do no harm.
    let _ = OsRng.try_fill_bytes(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests;
