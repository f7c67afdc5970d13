//! Writes what the operator asked to have in files.

use std::path::Path;

use crate::app::keepsake::{Keepsake, Kept, NotKept, Saved};
use crate::domain::shown::Shown;
use crate::store::exports::{self, NotWritten};

/// Writes all files of a keepsake into `folder`, or none. Blocks.
pub(super) fn save(keepsake: &Keepsake, folder: Option<&Path>) -> Saved {
    let folder = folder.ok_or(NotKept::NoFolder)?;
    let files: Vec<(&str, &[u8])> =
        keepsake.files().iter().map(|f| (f.extension, f.content.as_bytes())).collect();
    let refused = |e: NotWritten| NotKept::Refused {
        what: Shown::filter(&at_home(&e.path)),
        why: Shown::filter(reason(&e.why.to_string())),
    };
    let paths = exports::write(folder, keepsake.stem(), &files).map_err(refused)?;
    let name = |p: &std::path::PathBuf| Some(Shown::filter(&p.file_name()?.to_string_lossy()));
    Ok(Kept { folder: Shown::filter(&at_home(folder)), names: paths.iter().filter_map(name).collect() })
}

/// The system's words without its number.
fn reason(error: &str) -> &str {
    error.split_once(" (os error").map_or(error, |(words, _)| words)
}

/// A path below the home directory as a shell takes it: the name of the file must not be cut from the message line.
fn at_home(path: &Path) -> String {
    let home = std::env::var_os("HOME").filter(|h| !h.is_empty());
    match home.as_deref().and_then(|h| path.strip_prefix(h).ok()) {
        Some(rest) => format!("~/{}", rest.display()),
        None => path.display().to_string(),
    }
}
