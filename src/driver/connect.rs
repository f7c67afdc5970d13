//! A profile and its secret to a control plane.

use std::sync::Arc;

use crate::domain::capability::PlaneKind;
use crate::domain::time::Span;
use crate::plane::ControlPlane;
use crate::store::config::Profile;
use crate::store::secret::{self, NoSecret};

/// What the command line says on top of the profile.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Send nothing but reads, whatever the profile says.
    pub read_only: bool,
    /// Limit of one request, read or action.
    pub timeout: Option<Span>,
}

/// Why a profile cannot be used. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Its secret could not be had.
    #[error("{0}")]
    Secret(#[from] NoSecret),
    /// Control planes of this kind are not spoken to by this version.
    #[error("control planes of kind {} are not in this version yet", .0.word())]
    NotYet(PlaneKind),
    /// A setting of the profile cannot be used.
    #[error("{0}")]
    Setting(String),
}

/// Makes the connection: gets the secret (which may ask on the terminal) and sets up the client. Sends nothing.
/// `hidden` are variables that a secret's command must not see.
pub async fn connect(
    profile: &Profile,
    hidden: &[String],
    options: Options,
) -> Result<Arc<dyn ControlPlane>, ConnectError> {
    if profile.kind == PlaneKind::Obshell {
        return Err(ConnectError::NotYet(profile.kind));
    }
    let label = format!("{} at {} (profile {})", profile.auth.user(), profile.url, profile.name);
    let secret = secret::get(profile.auth.secret(), &label, hidden).await?;
    let _ = (secret, options);
    Err(ConnectError::NotYet(profile.kind))
}
