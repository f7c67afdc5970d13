//! Files that the console writes when the operator asks for them: drawings, timelines, requests.
//!
//! A file that is there is never touched, whoever made it and whatever it is: each is created with `O_EXCL` and mode
//! 0600, and a taken name gets a counter. What could not be written whole is taken away again.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::domain::limits;

/// Why nothing was written.
#[derive(Debug)]
pub struct NotWritten {
    /// File or folder it is about.
    pub path: PathBuf,
    /// The system's reason.
    pub why: io::Error,
}

/// Writes `files` (extension and content) as `stem.extension` into `folder`, which is made with mode 0700 if it is
/// missing. All files get the same counter, so that a pair stays one. On an error none of them is left.
pub fn write(folder: &Path, stem: &str, files: &[(&str, &[u8])]) -> Result<Vec<PathBuf>, NotWritten> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|why| NotWritten { path: folder.to_path_buf(), why })?;
    let name = |stem: &str, extension: &str| folder.join(format!("{stem}.{extension}"));
    for number in 1..=limits::FILES_OF_A_NAME {
        let stem = if number == 1 { stem.to_owned() } else { format!("{stem}-{number}") };
        match write_all(files.iter().map(|(extension, content)| (name(&stem, extension), *content))) {
            Err(e) if e.why.kind() == ErrorKind::AlreadyExists => {}
            ended => return ended,
        }
    }
    let path = folder.join(stem);
    Err(NotWritten { path, why: io::Error::other("too many files of this name") })
}

fn write_all<'a>(files: impl Iterator<Item = (PathBuf, &'a [u8])>) -> Result<Vec<PathBuf>, NotWritten> {
    let mut written = Vec::new();
    for (path, content) in files {
        if let Err(why) = write_one(&path, content, &mut written) {
            // Made by us a moment ago; half a file would pass for a whole one.
            for ours in &written {
                let _ = std::fs::remove_file(ours);
            }
            return Err(NotWritten { path, why });
        }
    }
    Ok(written)
}

fn write_one(path: &Path, content: &[u8], made: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    made.push(path.to_path_buf());
    file.write_all(content)?;
    // A full disk may be told only when the bytes really go there.
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_the_owners_alone_and_the_folder_too() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state/obdeck/exports");
        let paths = write(&folder, "task-1", &[("svg", b"<svg/>"), ("txt", b"x")]).unwrap();
        let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert!(paths.iter().all(|p| mode(p) == 0o600));
        assert_eq!(std::fs::read(&paths[0]).unwrap(), b"<svg/>");
    }

    #[test]
    fn a_file_that_is_there_is_never_touched_and_a_pair_keeps_one_counter() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("task-1.txt"), "theirs").unwrap();
        symlink("/nowhere", home.path().join("task-1-2.svg")).unwrap();
        let paths = write(home.path(), "task-1", &[("svg", b"a"), ("txt", b"b")]).unwrap();
        assert_eq!(paths, [home.path().join("task-1-3.svg"), home.path().join("task-1-3.txt")]);
        assert_eq!(names(home.path()), ["task-1-2.svg", "task-1-3.svg", "task-1-3.txt", "task-1.txt"]);
        assert_eq!(std::fs::read_to_string(home.path().join("task-1.txt")).unwrap(), "theirs");
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let error = write(home.path(), "task-1", &[("svg", b"a"), ("no/such", b"b")]).unwrap_err();
        assert_eq!(error.path, home.path().join("task-1.no/such"));
        assert_eq!(names(home.path()), Vec::<String>::new());
        let file = home.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(write(&file, "x", &[]).unwrap_err().path, file);
    }

    #[test]
    fn a_key_held_down_does_not_fill_the_disk() {
        let home = tempfile::tempdir().unwrap();
        let mut last = Ok(Vec::new());
        for _ in 0..=limits::FILES_OF_A_NAME {
            last = write(home.path(), "task-1", &[("txt", b"x")]);
        }
        assert!(last.is_err());
        assert_eq!(names(home.path()).len(), limits::FILES_OF_A_NAME as usize);
    }
}
