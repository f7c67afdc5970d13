//! The log that `--log` asks for: private, rotated, and never in anybody's way (F08).

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::domain::limits;

/// The log. A write never fails for whoever logs: the first that does ends the logging, with one notice.
pub struct Log {
    path: PathBuf,
    file: Option<File>,
    written: u64,
    /// Bytes of one file; a device has no bound, and is never moved away.
    limit: Option<u64>,
    notice: Box<dyn FnMut(&str) + Send>,
}

impl Log {
    /// Opens it, mode 0600. `notice` is told once, should writing end.
    pub fn open(path: &Path, notice: impl FnMut(&str) + Send + 'static) -> io::Result<Self> {
        let (file, written, is_file) = opened(path)?;
        let limit = is_file.then_some(limits::LOG_FILE_BYTES);
        Ok(Self { path: path.to_path_buf(), file: Some(file), written, limit, notice: Box::new(notice) })
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.limit.is_some_and(|l| self.written > 0 && self.written + bytes.len() as u64 > l) {
            // Closed first: a full disk gets its oldest file back before the next one grows.
            self.file = None;
            rotate(&self.path)?;
            let (file, written, _) = opened(&self.path)?;
            (self.file, self.written) = (Some(file), written);
        }
        if let Some(file) = &mut self.file {
            file.write_all(bytes)?;
            self.written += bytes.len() as u64;
        }
        Ok(())
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.file.is_some() || self.written == 0)
            && let Err(e) = self.put(bytes)
        {
            self.file = None;
            // Ended for good: no later write tries again.
            self.written = u64::MAX;
            self.limit = None;
            (self.notice)(&format!("the log {} ends here: {e}", self.path.display()));
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The file, its size, and whether it is one (a device is not ours to change).
fn opened(path: &Path) -> io::Result<(File, u64, bool)> {
    let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    let meta = file.metadata()?;
    // A file that was there may be open to others.
    if meta.is_file() {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok((file, meta.len(), meta.is_file()))
}

/// `log` becomes `log.1`, that `log.2`, and so on; the oldest is gone.
fn rotate(path: &Path) -> io::Result<()> {
    let numbered = |n: usize| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{n}"));
        PathBuf::from(name)
    };
    for n in (1..limits::LOG_FILES.saturating_sub(1)).rev() {
        match std::fs::rename(numbered(n), numbered(n + 1)) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
    std::fs::rename(path, numbered(1))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    type Notices = Arc<Mutex<Vec<String>>>;

    fn log(path: &Path) -> (Log, Notices) {
        let notices = Notices::default();
        let to = notices.clone();
        (Log::open(path, move |n| to.lock().unwrap().push(n.to_owned())).unwrap(), notices)
    }

    #[test]
    fn f08_it_rotates_at_its_size_keeps_so_many_files_and_all_are_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let (mut log, notices) = log(&path);
        let line = vec![b'x'; 1024 * 1024];
        for _ in 0..(limits::LOG_FILES as u64 + 2) * limits::LOG_FILE_BYTES / 1024 / 1024 {
            log.write_all(&line).unwrap();
        }
        let mut files: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|f| f.unwrap()).collect();
        files.sort_by_key(std::fs::DirEntry::file_name);
        assert_eq!(files.len(), limits::LOG_FILES);
        for file in &files {
            let meta = file.metadata().unwrap();
            assert!(meta.len() <= limits::LOG_FILE_BYTES);
            assert_eq!(meta.permissions().mode() & 0o777, 0o600, "{:?}", file.path());
        }
        assert!(notices.lock().unwrap().is_empty());
    }

    #[test]
    fn f08_a_full_disk_ends_it_with_one_notice_and_nothing_else() {
        let (mut log, notices) = log(Path::new("/dev/full"));
        for _ in 0..3 {
            log.write_all(b"a line\n").unwrap();
        }
        let notices = notices.lock().unwrap();
        assert_eq!(notices.len(), 1, "{notices:?}");
        assert!(notices[0].contains("/dev/full"), "{notices:?}");
    }
}
