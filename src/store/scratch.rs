//! A private folder that is gone with its owner: where the demo keeps what a real console keeps for good.

use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Names that are tried.
const TRIES: u32 = 100;

/// The folder. Dropping it removes it with all that is in it.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes one below the system's place for temporary files, mode 0700. One that is there already is never taken:
    /// somebody else may have put it there.
    pub fn new() -> io::Result<Self> {
        let mut last = io::Error::other("no name is free");
        for n in 0..TRIES {
            let path = std::env::temp_dir().join(format!("obdeck-{}-{n}", std::process::id()));
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => last = e,
                Err(e) => return Err(e),
            }
        }
        Err(last)
    }
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is the system's to clean up, as everything there.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_private_its_own_and_gone_afterwards() {
        let (one, two) = (Scratch::new().unwrap(), Scratch::new().unwrap());
        assert_ne!(one.path(), two.path());
        assert_eq!(std::fs::metadata(one.path()).unwrap().permissions().mode() & 0o777, 0o700);
        let path = one.path().to_path_buf();
        std::fs::write(path.join("x"), "").unwrap();
        drop(one);
        assert!(!path.exists() && two.path().exists());
    }
}
