//! The commented config file that `obdeck init` writes.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// The sample as it is.
pub const SAMPLE: &str = include_str!("../../assets/config.sample.toml");

/// What was asked on the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Name of the profile.
    pub name: String,
    /// `ocp` or `obshell`.
    pub kind: String,
    /// Base URL.
    pub url: String,
    /// User; OBShell has `root` only.
    pub user: String,
}

/// The file's text: the sample, with the profile that was asked for written in front.
pub fn text(wanted: Option<&Wanted>) -> String {
    let Some(w) = wanted else {
        return SAMPLE.to_owned();
    };
    let quote = |s: &str| toml::Value::String(s.to_owned()).to_string();
    let auth = if w.kind == "obshell" {
        "{ type = \"password\" }".to_owned()
    } else {
        format!("{{ type = \"basic\", username = {} }}", quote(&w.user))
    };
    format!(
        "[[profile]]\nname = {}\nkind = {}\nurl = {}\n# no source of the secret: it is asked for on the terminal\nauth = {auth}\n\n{SAMPLE}",
        quote(&w.name),
        quote(&w.kind),
        quote(&w.url)
    )
}

/// Writes the file with mode 0600, whole or not at all. Without `force` a file that is there is left alone
/// (`AlreadyExists`).
pub fn write(path: &Path, text: &str, force: bool) -> std::io::Result<()> {
    let dir = path.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    if !force {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        return file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let beside = dir.join(format!(".{name}.{}.new", std::process::id()));
    let written = (|| {
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_reads_back_as_a_profile() {
        let w = Wanted {
            name: "prod \"1\"".to_owned(),
            kind: "ocp".to_owned(),
            url: "https://h:8443".to_owned(),
            user: "on\\call".to_owned(),
        };
        let c =
            crate::store::config::parse(&text(Some(&w)), &crate::store::config::Around::default()).unwrap();
        assert_eq!(c.profiles.len(), 1);
        assert_eq!(c.profiles[0].auth.user(), "on\\call");
        assert_eq!(c.profiles[0].name.raw(), "prod \"1\"");
    }

    #[test]
    fn a_config_that_is_there_is_never_overwritten_by_itself() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/config.toml");
        write(&path, "one", false).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = write(&path, "two", false).unwrap_err();
        assert_eq!(again.kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        write(&path, "two", true).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
    }
}
