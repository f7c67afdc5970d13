//! The agent's side of the request protection: its RSA key, and what arrives sealed (obshell-api 3.2).
//!
//! The private key lives here and only here: this is the stand-in for a server. 1024 bits, PKCS#1 v1.5 and CBC without
//! a tag are what the real agents use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aes::Aes128;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};

use crate::sim::seed::{Rng, mix};

/// An agent's key pair. Making one takes a tenth of a second, so it is made when it is first needed, or before that by
/// [`Key::prepare`] beside everything else: who starts a demo waits for no key.
#[derive(Clone)]
pub(super) struct Key {
    seed: u64,
    bits: usize,
    /// `None` inside: no key of so many bits can be made.
    made: Arc<OnceLock<Option<Pair>>>,
}

struct Pair {
    private: RsaPrivateKey,
    public: String,
}

/// Key and IV of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seal {
    key: [u8; 16],
    iv: [u8; 16],
}

/// Why a header could not be opened, in the words of the real agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unopened {
    Base64(usize),
    Rsa,
}

/// Why a body could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadBody {
    /// The header brought no key.
    NoKey,
    /// Not a whole number of AES blocks.
    Length,
    /// Anything else crashes the handler of the real agent.
    Crash,
}

/// What the keys already made in this process are known by: seed, bits, generation, agent.
type Known = Mutex<HashMap<(u64, usize), Key>>;

impl Key {
    /// The key of this seed; the same seed gives the same key, and a process makes it once. `None` for fewer bits than
    /// any agent ever had.
    pub(super) fn make(seed: &[u64], bits: usize) -> Option<Key> {
        static KNOWN: OnceLock<Known> = OnceLock::new();
        if bits < 512 {
            return None;
        }
        let name = (mix(seed), bits);
        let mut known = KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        let key = known.entry(name).or_insert_with(|| Key { seed: name.0, bits, made: Arc::default() });
        Some(key.clone())
    }

    /// Makes it now, if nobody has.
    pub(super) fn prepare(&self) {
        let _ = self.pair();
    }

    fn pair(&self) -> Option<&Pair> {
        let made = self.made.get_or_init(|| {
            let private = RsaPrivateKey::new(&mut Dice(Rng::new(self.seed)), self.bits).ok()?;
            let der = private.to_public_key().to_pkcs1_der().ok()?;
            Some(Pair { private, public: STANDARD.encode(der.as_bytes()) })
        });
        made.as_ref()
    }

    /// base64 of the DER of a PKCS#1 `RSAPublicKey`, as `GET /secret` gives it.
    pub(super) fn public(&self) -> &str {
        self.pair().map_or("", |p| &p.public)
    }

    /// Opens base64 of RSA blocks of this key's size.
    pub(super) fn open(&self, text: &str) -> Result<Vec<u8>, Unopened> {
        let bytes = STANDARD.decode(text.trim()).map_err(|e| Unopened::Base64(offset(&e)))?;
        let private = &self.pair().ok_or(Unopened::Rsa)?.private;
        let size = private.size();
        if bytes.is_empty() || bytes.len() % size != 0 {
            return Err(Unopened::Rsa);
        }
        let mut clear = Vec::with_capacity(bytes.len());
        for block in bytes.chunks(size) {
            clear.extend(private.decrypt(Pkcs1v15Encrypt, block).map_err(|_| Unopened::Rsa)?);
        }
        Ok(clear)
    }
}

fn offset(error: &base64::DecodeError) -> usize {
    match error {
        base64::DecodeError::InvalidByte(at, _)
        | base64::DecodeError::InvalidLastSymbol { offset: at, .. } => *at,
        _ => 0,
    }
}

impl Seal {
    /// From `keys` of the header: base64 of key and IV, 32 bytes.
    pub(super) fn read(text: &str) -> Option<Seal> {
        let bytes = STANDARD.decode(text).ok()?;
        let (key, iv) = bytes.split_at_checked(16)?;
        Some(Seal { key: key.try_into().ok()?, iv: iv.try_into().ok()? })
    }

    /// Opens a body as it arrived.
    pub(super) fn open(&self, body: &[u8]) -> Result<Vec<u8>, BadBody> {
        let sealed = STANDARD.decode(body.trim_ascii()).map_err(|_| BadBody::Crash)?;
        if sealed.len() % 16 != 0 {
            return Err(BadBody::Length);
        }
        let cipher = cbc::Decryptor::<Aes128>::new(&self.key.into(), &self.iv.into());
        cipher.decrypt_padded_vec_mut::<Pkcs7>(&sealed).map_err(|_| BadBody::Crash)
    }

    /// Seals an answer (login).
    pub(super) fn close(&self, clear: &[u8]) -> String {
        let cipher = cbc::Encryptor::<Aes128>::new(&self.key.into(), &self.iv.into());
        STANDARD.encode(cipher.encrypt_padded_vec_mut::<Pkcs7>(clear))
    }
}

/// The story's randomness for the making of keys: the same seed, the same key. No secret of anybody depends on it.
struct Dice(Rng);

impl rand_core::CryptoRng for Dice {}

impl rand_core::RngCore for Dice {
    fn next_u32(&mut self) -> u32 {
        self.0.next() as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next()
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for chunk in dest.chunks_mut(8) {
            let bytes = self.0.next().to_le_bytes();
            chunk.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        }
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rsa::pkcs1::DecodeRsaPrivateKey;

    use super::*;

    #[test]
    fn a_key_opens_what_was_sealed_for_it_in_blocks_of_its_size() {
        for bits in [512, 1024] {
            let key = Key::make(&[7, 1], bits).unwrap();
            let mut dice = Dice(Rng::new(3));
            let public = key.pair().unwrap().private.to_public_key();
            let sealed: Vec<u8> = b"a header of more than one block: "
                .repeat(5)
                .chunks(public.size() - 11)
                .flat_map(|part| public.encrypt(&mut dice, Pkcs1v15Encrypt, part).unwrap())
                .collect();
            assert_eq!(key.open(&STANDARD.encode(sealed)).unwrap().len(), 33 * 5);
            assert_eq!(key.open("AAAA"), Err(Unopened::Rsa));
            assert_eq!(key.open("!"), Err(Unopened::Base64(0)));
        }
    }

    #[test]
    fn the_headers_of_the_worked_vectors_are_opened() {
        let text = include_str!("../../../tests/fixtures/obshell/crypto-vector.json");
        let all: serde_json::Value = serde_json::from_str(text).unwrap();
        for vector in all["vectors"].as_array().unwrap() {
            let at = |path: &str| vector.pointer(path).unwrap().as_str().unwrap();
            let der = STANDARD.decode(at("/rsa/private_key_test_only")).unwrap();
            let private = RsaPrivateKey::from_pkcs1_der(&der).unwrap();
            let made = OnceLock::from(Some(Pair { private, public: String::new() }));
            let key = Key { seed: 0, bits: 0, made: Arc::new(made) };
            let header = key.open(at("/header/value_on_the_wire")).unwrap();
            assert_eq!(header, at("/header/plaintext_json").as_bytes());
            let seal = Seal::read(at("/aes/keys_base64")).unwrap();
            let body = seal.open(at("/request/body_on_the_wire").as_bytes()).unwrap();
            assert_eq!(body, at("/request/body_plaintext").as_bytes());
            let session = at("/login_answer/session_id_plaintext");
            assert_eq!(seal.close(session.as_bytes()), at("/login_answer/data_on_the_wire"));
        }
    }

    #[test]
    fn a_seal_opens_what_it_closed_and_tells_lengths_from_crashes() {
        let seal = Seal::read("EBESExQVFhcYGRobHB0eH6ChoqOkpaanqKmqq6ytrq8=").unwrap();
        let body = "u34xeEWjGmMmxTJdqdV9oBU2nWSHWB0FlBAWz8GSmHwWLw4a0tBgc2s62DLKHJKT";
        assert_eq!(seal.open(body.as_bytes()).unwrap(), br#"{"scope":{"type":"GLOBAL"},"force":true}"#);
        assert_eq!(seal.open(seal.close(b"x").as_bytes()).unwrap(), b"x");
        assert_eq!(seal.open(b"{\"scope\":1}"), Err(BadBody::Crash));
        assert_eq!(seal.open(b"AAAA"), Err(BadBody::Length));
        assert_eq!(Seal::read("AAAA"), None);
    }
}
