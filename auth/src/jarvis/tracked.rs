//! Whether git keeps a secrets file for everybody to see.

use std::path::Path;
use std::process::{Command, Stdio};

/// Whether git tracks the file. Where there is no git, or no repository, it does not.
#[must_use]
pub fn is_tracked(path: &Path) -> bool {
    let (Some(name), directory) = (path.file_name(), path.parent()) else {
        return false;
    };
    let directory = directory.filter(|directory| !directory.as_os_str().is_empty());
    let status = Command::new("git")
        .current_dir(directory.unwrap_or_else(|| Path::new(".")))
        .args(["ls-files", "--error-unmatch", "--"])
        .arg(name)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}
