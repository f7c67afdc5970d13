//! Opens the journal's folder and files, private to the user or not at all (F04).
//!
//! The opened thing is judged, never its name: the name may point elsewhere a moment later.

use std::fs::File;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FileType, FlockOperation, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::JournalError;

/// Tries for the lock, and the pause between two: 5 s in all, then whoever holds it is stuck.
const LOCK_TRIES: u32 = 500;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// The folder, made if it is not there.
pub(in crate::store) fn folder(path: &Path) -> Result<File, JournalError> {
    let fail = |e: io::Error| JournalError::io("make the folder", path, &e);
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let open = || rustix::fs::open(path, flags, Mode::empty());
    let opened = match open() {
        Err(Errno::NOENT) => {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(fail)?;
            sync_above(path);
            open()
        }
        other => other,
    };
    let folder = File::from(opened.map_err(|e| refused(e, path))?);
    keep_private(&folder, path, FileType::Directory, 0o700)?;
    Ok(folder)
}

/// A new folder outlives a power cut only if the one above was synced; a file system that cannot do that is none we
/// can do better on.
fn sync_above(path: &Path) {
    if let Some(above) = path.parent().and_then(|p| File::open(p).ok()) {
        let _ = above.sync_all();
    }
}

/// A file of the folder for reading and writing, made if it is not there. `more`: `APPEND` where it only grows.
pub(in crate::store) fn file(
    folder: &File,
    at: &Path,
    name: &str,
    more: OFlags,
) -> Result<File, JournalError> {
    let path = at.join(name);
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY | more;
    let opened = match rustix::fs::openat(folder, name, flags, Mode::empty()) {
        Err(Errno::NOENT) => {
            let made = rustix::fs::openat(folder, name, flags | OFlags::CREATE, Mode::RUSR | Mode::WUSR);
            if made.is_ok() {
                folder.sync_all().map_err(|e| JournalError::io("sync the folder", at, &e))?;
            }
            made
        }
        other => other,
    };
    let file = File::from(opened.map_err(|e| refused(e, &path))?);
    keep_private(&file, &path, FileType::RegularFile, 0o600)?;
    Ok(file)
}

/// The file for reading; `None` where there is none yet. Reading repairs nothing and makes nothing.
pub(in crate::store) fn existing(at: &Path, name: &str) -> Result<Option<File>, JournalError> {
    let path = at.join(name);
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    match rustix::fs::open(&path, flags, Mode::empty()) {
        Ok(fd) => {
            let file = File::from(fd);
            let stat = stat(&file, &path)?;
            owned(&stat, &path)?;
            kind(&stat, &path, FileType::RegularFile)?;
            Ok(Some(file))
        }
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(e) => Err(refused(e, &path)),
    }
}

fn stat(file: &File, path: &Path) -> Result<Stat, JournalError> {
    rustix::fs::fstat(file).map_err(|e| JournalError::io("look at", path, &e.into()))
}

fn kind(stat: &Stat, path: &Path, want: FileType) -> Result<(), JournalError> {
    if FileType::from_raw_mode(stat.st_mode) == want {
        Ok(())
    } else {
        Err(JournalError::NotAFile { path: path.to_path_buf() })
    }
}

fn owned(stat: &Stat, path: &Path) -> Result<(), JournalError> {
    if stat.st_uid == rustix::process::geteuid().as_raw() {
        Ok(())
    } else {
        Err(JournalError::Foreign { path: path.to_path_buf(), uid: stat.st_uid })
    }
}

fn keep_private(file: &File, path: &Path, want: FileType, mode: u32) -> Result<(), JournalError> {
    let stat = stat(file, path)?;
    kind(&stat, path, want)?;
    owned(&stat, path)?;
    if stat.st_mode & 0o077 != 0 {
        rustix::fs::fchmod(file, Mode::from_raw_mode(mode))
            .map_err(|e| JournalError::io("make private", path, &e.into()))?;
    }
    Ok(())
}

fn refused(e: Errno, path: &Path) -> JournalError {
    match e {
        // What `O_NOFOLLOW` says of a symlink, for files and for folders.
        Errno::LOOP | Errno::MLINK => JournalError::Symlink { path: path.to_path_buf() },
        Errno::NOTDIR if std::fs::symlink_metadata(path).is_ok_and(|m| m.is_symlink()) => {
            JournalError::Symlink { path: path.to_path_buf() }
        }
        e => JournalError::io("open", path, &e.into()),
    }
}

/// Takes the lock that keeps other processes out, or says that it could not be had. Given back on closing.
pub(in crate::store) fn lock(file: &File, path: &Path, how: FlockOperation) -> Result<(), JournalError> {
    for _ in 0..LOCK_TRIES {
        match rustix::fs::flock(file, how) {
            Ok(()) => return Ok(()),
            Err(Errno::WOULDBLOCK | Errno::INTR) => std::thread::sleep(LOCK_PAUSE),
            Err(e) => return Err(JournalError::io("lock", path, &e.into())),
        }
    }
    Err(JournalError::Locked { path: PathBuf::from(path) })
}
