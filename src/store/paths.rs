//! Where config, state and logs live: the XDG base directories.
//!
//! An empty or relative `XDG_*` is ignored, as its specification asks (F05): a relative one would make the place
//! depend on where the program was started.

use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy, Xdg};

/// Names the config file from outside.
pub const CONFIG_VARIABLE: &str = "OBDECK_CONFIG";
const FOLDER: &str = "obdeck";

/// Where things live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The config file. `None`: no home directory is known and none was named.
    pub config: Option<PathBuf>,
    /// Whether the config file was named by `--config` or `OBDECK_CONFIG`: then it must exist.
    pub config_named: bool,
    /// Journal, recordings and logs. `None`: no home directory is known.
    pub state: Option<PathBuf>,
}

impl Paths {
    /// The places as the environment and `--config` name them; a flag wins over a variable.
    pub fn find(flag: Option<&Path>) -> Self {
        let named = flag
            .map(Path::to_path_buf)
            .or_else(|| std::env::var_os(CONFIG_VARIABLE).filter(|v| !v.is_empty()).map(PathBuf::from));
        let xdg = Xdg::new().ok();
        Self {
            config_named: named.is_some(),
            config: named.or_else(|| Some(xdg.as_ref()?.config_dir().join(FOLDER).join("config.toml"))),
            state: xdg.as_ref().and_then(Xdg::state_dir).map(|d| d.join(FOLDER)),
        }
    }
    /// Folder of the logs.
    pub fn logs(&self) -> Option<PathBuf> {
        self.state.as_ref().map(|s| s.join("logs"))
    }
    /// Folder of the files that the console writes when asked to: one place, wherever the program was started.
    pub fn exports(&self) -> Option<PathBuf> {
        self.state.as_ref().map(|s| s.join("exports"))
    }
    /// Folder of the user's themes: beside the config file.
    pub fn themes(&self) -> Option<PathBuf> {
        self.config.as_ref().and_then(|c| c.parent()).map(|d| d.join("themes"))
    }
}
