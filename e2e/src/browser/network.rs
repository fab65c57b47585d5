//! What a browser is told of the network: by which proxy it goes, and whom it trusts.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{BrowserError, Kind};
use crate::environment;

/// What makes a database of certificates; Firefox and Chromium both read it.
const CERTUTIL: &str = "certutil";

/// What a browser is told of the network.
#[derive(Debug, Default)]
pub struct Network {
    pub(super) proxy: Option<SocketAddr>,
    /// Whether this machine is asked by way of the proxy, too.
    pub(super) is_for_all: bool,
    /// Firefox's profile, and the home of Chromium.
    pub(super) home: Option<TempDir>,
}

/// Whether a browser can be told whom to trust here.
///
/// # Errors
/// [`BrowserError::NoCertutil`], with what to install.
pub fn can_trust() -> Result<(), BrowserError> {
    certutil().map(|_| ())
}

fn certutil() -> Result<PathBuf, BrowserError> {
    environment::program(&[CERTUTIL]).ok_or(BrowserError::NoCertutil)
}

impl Network {
    /// Every request goes to this proxy, also one for this machine.
    pub(super) fn all_by(proxy: Option<SocketAddr>) -> Self {
        Self {
            proxy,
            is_for_all: true,
            home: None,
        }
    }

    /// Requests for other machines go to this proxy, and these certification authorities, in PEM,
    /// are trusted beside the usual ones.
    ///
    /// # Errors
    /// Where `certutil` is missing, or makes no database.
    pub fn trusting(
        kind: Kind,
        proxy: SocketAddr,
        authorities: &[&str],
    ) -> Result<Self, BrowserError> {
        let certutil = certutil()?;
        let failed = |detail: String| BrowserError::Driver { kind, detail };
        let io = |error: std::io::Error| failed(error.to_string());
        let home = TempDir::new().map_err(io)?;
        let database = database(kind, home.path());
        std::fs::create_dir_all(&database).map_err(io)?;
        let sql = format!("sql:{}", database.display());
        let run = |arguments: &[&str]| {
            let mut command = Command::new(&certutil);
            let command = command.args(arguments).args(["-d", &sql]);
            let output = command.stdin(Stdio::null()).output().map_err(io)?;
            if output.status.success() {
                return Ok(());
            }
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(failed(format!("certutil {arguments:?}: {said}")))
        };
        run(&["-N", "--empty-password"])?;
        for (number, pem) in authorities.iter().enumerate() {
            let file = home.path().join("authority.pem");
            std::fs::write(&file, pem).map_err(io)?;
            let (file, name) = (file.display().to_string(), format!("authority {number}"));
            run(&["-A", "-n", &name, "-t", "C,,", "-i", &file])?;
        }
        Ok(Self {
            proxy: Some(proxy),
            is_for_all: false,
            home: Some(home),
        })
    }

    /// The folder that Firefox has for its profile, where it is to have one.
    pub(super) fn profile(&self, kind: Kind) -> Option<PathBuf> {
        let home = self.home.as_ref().filter(|_| kind == Kind::Firefox)?;
        Some(database(kind, home.path()))
    }
}

fn database(kind: Kind, home: &Path) -> PathBuf {
    match kind {
        Kind::Firefox => home.join("profile"),
        Kind::Chromium => home.join(".pki/nssdb"),
    }
}
