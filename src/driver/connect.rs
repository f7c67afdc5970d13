//! A profile and its secret to a control plane.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::clock;
use crate::domain::capability::PlaneKind;
use crate::domain::secret::Secret;
use crate::domain::time::Span;
use crate::plane::ControlPlane;
use crate::plane::obshell::{Login, Obshell, ObshellProfile};
use crate::plane::ocp::{self, Ocp, OcpProfile, Proxy};
use crate::plane::tape::Tape;
use crate::store::config::{Auth, Profile};
use crate::store::secret::{self, NoSecret};

/// What the command line says on top of the profile.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Send nothing but reads, whatever the profile says.
    pub read_only: bool,
    /// Limit of one request, read or action.
    pub timeout: Option<Span>,
    /// Whether exchanges are kept.
    pub tape: Tape,
}

/// Why a profile cannot be used. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Its secret could not be had.
    #[error("{0}")]
    Secret(#[from] NoSecret),
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
    let label = format!("{} at {} (profile {})", profile.auth.user(), profile.url, profile.name);
    let secret = match profile.auth.secret() {
        Some(source) => secret::get(source, &label, hidden).await?,
        None => Secret::new(String::new()),
    };
    let setting = |e: ocp::ConnectError| ConnectError::Setting(e.to_string());
    let auth = match (profile.kind, &profile.auth) {
        (PlaneKind::Ocp, Auth::Basic { username, .. }) => {
            ocp::Auth::Basic { username: username.clone(), password: secret }
        }
        (PlaneKind::Ocp, Auth::AccessKey { id, .. }) => ocp::Auth::AccessKey { id: id.clone(), secret },
        (PlaneKind::Obshell, Auth::Password { .. } | Auth::AgentPassword { .. } | Auth::Socket) => {
            let settings = obshell(profile, secret, options)?;
            return Ok(Arc::new(Obshell::connect(settings, Arc::new(clock::now)).map_err(setting)?));
        }
        // The config check lets no other pair stand.
        (PlaneKind::Ocp, Auth::Password { .. } | Auth::AgentPassword { .. } | Auth::Socket)
        | (PlaneKind::Obshell, Auth::Basic { .. } | Auth::AccessKey { .. }) => {
            let why = format!("auth: not a login of {}", profile.kind.word());
            return Err(ConnectError::Setting(why));
        }
    };
    let mut settings = OcpProfile::new(profile.name.clone(), profile.url.to_string(), auth);
    settings.ca_pem = match &profile.tls.ca_file {
        Some(path) => Some(ca(path)?),
        None => None,
    };
    settings.insecure = profile.tls.insecure;
    settings.read_only = profile.read_only || options.read_only;
    settings.proxy = if profile.no_proxy { Proxy::None } else { Proxy::System };
    if let Some(limit) = options.timeout {
        settings.read_timeout = limit;
        settings.action_timeout = limit;
    }
    settings.tape = options.tape;
    Ok(Arc::new(Ocp::connect(settings, Arc::new(clock::now)).map_err(setting)?))
}

fn obshell(profile: &Profile, password: Secret, options: Options) -> Result<ObshellProfile, ConnectError> {
    let mut settings = ObshellProfile::new(profile.name.clone(), profile.url.to_string(), password);
    settings.login = match profile.auth {
        Auth::AgentPassword { .. } => Login::Agent,
        Auth::Password { .. } | Auth::Socket | Auth::Basic { .. } | Auth::AccessKey { .. } => Login::Root,
    };
    settings.peers = profile.peers.iter().map(ToString::to_string).collect();
    settings.ca_pem = profile.tls.ca_file.as_deref().map(ca).transpose()?;
    settings.insecure = profile.tls.insecure;
    settings.read_only = profile.read_only || options.read_only;
    if let Some(limit) = options.timeout {
        settings.read_timeout = limit;
        settings.action_timeout = limit;
    }
    settings.tape = options.tape;
    Ok(settings)
}

/// Largest CA file; a bundle of all public CAs is a quarter of it.
const CA_BYTES: u64 = 1024 * 1024;

fn ca(path: &Path) -> Result<Vec<u8>, ConnectError> {
    let fail = |why: String| ConnectError::Setting(format!("tls.ca_file {}: {why}", path.display()));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| fail(e.to_string()))?;
    file.take(CA_BYTES + 1).read_to_end(&mut bytes).map_err(|e| fail(e.to_string()))?;
    if bytes.len() as u64 > CA_BYTES {
        return Err(fail("larger than 1 MiB".to_owned()));
    }
    Ok(bytes)
}
