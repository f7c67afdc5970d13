//! Which processes work with the same folder: each holds a lock on a file of its own as long as it lives (A09, T14).
//!
//! The lock tells, not the file: a process that was killed leaves the file and loses the lock.

use std::fs::File;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags};

use super::{JournalError, place};

/// Folder of the files, in the folder of the state.
const FOLDER: &str = "running";
/// Files that are looked at; more than a person ever starts.
const FILES: usize = 1_000;

/// This process's presence. Dropping it ends it.
#[derive(Debug)]
pub struct Instance {
    path: PathBuf,
    _lock: File,
}

impl Instance {
    /// Makes this process known, and tells which others are running.
    pub fn enter(state: &Path, pid: u32) -> Result<(Self, Vec<u32>), JournalError> {
        drop(place::folder(state)?);
        let at = state.join(FOLDER);
        let folder = place::folder(&at)?;
        let name = pid.to_string();
        let path = at.join(&name);
        let file = place::file(&folder, &at, &name, OFlags::empty())?;
        rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive)
            .map_err(|e| JournalError::io("lock", &path, &e.into()))?;
        Ok((Self { path, _lock: file }, others(state, pid)))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // One that stays is taken away by the next start.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The other processes that are running on this folder, in order. Files of those that are gone are removed.
pub fn others(state: &Path, pid: u32) -> Vec<u32> {
    let Ok(files) = std::fs::read_dir(state.join(FOLDER)) else { return Vec::new() };
    let mut found: Vec<u32> = files
        .take(FILES)
        .filter_map(|f| {
            let path = f.ok()?.path();
            let other: u32 = path.file_name()?.to_str()?.parse().ok().filter(|o| *o != pid)?;
            is_held(&path).then_some(other)
        })
        .collect();
    found.sort_unstable();
    found
}

fn is_held(path: &Path) -> bool {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let Ok(file) = rustix::fs::open(path, flags, rustix::fs::Mode::empty()) else { return false };
    if rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared).is_err() {
        return true;
    }
    let _ = std::fs::remove_file(path);
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t14_those_that_live_are_known_and_those_that_are_gone_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("obdeck");
        let (one, others_of_one) = Instance::enter(&state, 11).unwrap();
        assert_eq!(others_of_one, Vec::<u32>::new());
        let (two, others_of_two) = Instance::enter(&state, 22).unwrap();
        assert_eq!(others_of_two, [11]);
        assert_eq!(others(&state, 11), [22]);
        drop(two);
        // Killed: the file is there, the lock is not.
        std::fs::write(state.join(FOLDER).join("33"), "").unwrap();
        assert_eq!(others(&state, 11), Vec::<u32>::new());
        assert!(!state.join(FOLDER).join("33").exists());
        drop(one);
        assert_eq!(others(&state, 99), Vec::<u32>::new());
    }
}
