//! A WebDriver process of our own: started on a free port, and ended whatever happens.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{BrowserError, Kind};
use crate::environment;
use crate::process_group::{Ending, in_own_group, signal};

const STARTS_WITHIN: Duration = Duration::from_secs(30);
const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// What a kind of browser needs on this machine.
#[derive(Debug, Clone)]
pub(super) struct Programs {
    driver: PathBuf,
    pub(super) browser: PathBuf,
}

impl Programs {
    /// Finds them on `PATH`.
    pub(super) fn find(kind: Kind) -> Result<Self, BrowserError> {
        let missing = || BrowserError::Missing {
            kind,
            install: kind.install(),
        };
        let (driver, browsers) = kind.programs();
        Ok(Self {
            driver: environment::program(&[driver]).ok_or_else(missing)?,
            browser: environment::program(browsers).ok_or_else(missing)?,
        })
    }
}

/// A running driver. Dropping it ends the driver and the browser it started: TERM, a wait, KILL.
#[derive(Debug)]
pub(super) struct Driver {
    child: Option<Child>,
    pub(super) url: String,
}

impl Driver {
    /// Starts the driver on a port that it picks, and waits until it says which.
    pub(super) fn start(kind: Kind, programs: &Programs) -> Result<Self, BrowserError> {
        let failed = |detail: String| BrowserError::Driver { kind, detail };
        let mut command = Command::new(&programs.driver);
        command
            .args(kind.driver_arguments())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        in_own_group(&mut command);
        let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
        let output = child.stdout.take();
        let mut driver = Self {
            child: Some(child),
            url: String::new(),
        };
        let port = output.and_then(|output| announced_port(kind, output));
        let port =
            port.ok_or_else(|| failed("it did not say on which port it listens".to_owned()))?;
        driver.url = format!("http://127.0.0.1:{port}");
        Ok(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let group = child.id();
        signal(group, Ending::Politely);
        let (ended, wait) = mpsc::channel();
        thread::spawn(move || {
            let _status = child.wait();
            let _nobody_waits = ended.send(());
        });
        let _in_time = wait.recv_timeout(ENDS_WITHIN);
        // The driver may have left its browser behind: whatever is still in the group ends here.
        signal(group, Ending::AtOnce);
    }
}

/// Reads the driver's output until it names its port, and goes on reading so that it never blocks.
fn announced_port(kind: Kind, output: impl std::io::Read + Send + 'static) -> Option<u16> {
    let (said, port) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(port) = kind.port_in(&line) {
                let _nobody_waits = said.send(port);
            }
        }
    });
    port.recv_timeout(STARTS_WITHIN).ok()
}
