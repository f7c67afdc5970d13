//! A value that prints as `***` and is wiped when dropped.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A password or key. `Debug` and `Display` print `***`; the only way to the text is [`Secret::expose`].
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the secret; the caller should not keep another copy.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }
    /// The text itself, to be put into a header and nowhere else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn k03_a_secret_prints_as_stars() {
        let s = Secret::new("canary-4711".to_owned());
        assert_eq!(format!("{s:?} {s}"), "*** ***");
    }
}
