//! A WebDriver process of our own: started on a free port, and ended whatever happens.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{BrowserError, Kind};
use crate::environment;
use crate::process_group::{Ending, in_own_group, signal};

const STARTS_WITHIN: Duration = Duration::from_secs(30);
/// How often a driver is started because the port it picked was taken.
const PORTS_TRIED: u32 = 10;
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
    /// Starts the driver on a port that it picks, and waits until it says which. Chromium has its
    /// certificates in its home.
    ///
    /// chromedriver takes a free port of IPv4 and then wants the same one of IPv6, which somebody
    /// else may have: it ends then, and has to be started once more for another port.
    pub(super) fn start(
        kind: Kind,
        programs: &Programs,
        home: Option<&Path>,
    ) -> Result<Self, BrowserError> {
        let mut said = String::new();
        for _ in 0..PORTS_TRIED {
            let (mut driver, port) = Self::spawn(kind, programs, home)?;
            match port {
                Ok(port) => {
                    driver.url = format!("http://127.0.0.1:{port}");
                    return Ok(driver);
                }
                Err(words) => said = words,
            }
            if !kind.wants_another_port(&said) {
                break;
            }
        }
        let detail = format!("it did not say on which port it listens; it said {said:?}");
        Err(BrowserError::Driver { kind, detail })
    }

    /// Starts the driver once: the port it named, or all that it said instead.
    fn spawn(
        kind: Kind,
        programs: &Programs,
        home: Option<&Path>,
    ) -> Result<(Self, Result<u16, String>), BrowserError> {
        let mut command = Command::new(&programs.driver);
        if let (Kind::Chromium, Some(home)) = (kind, home) {
            command.env("HOME", home);
        }
        command
            .args(kind.driver_arguments())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        in_own_group(&mut command);
        let mut child = command.spawn().map_err(|error| BrowserError::Driver {
            kind,
            detail: error.to_string(),
        })?;
        let output = child.stdout.take();
        let driver = Self {
            child: Some(child),
            url: String::new(),
        };
        let port = output.map_or_else(|| Err(String::new()), |output| announced_port(kind, output));
        Ok((driver, port))
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
/// Where it names none, what it said.
fn announced_port(kind: Kind, output: impl Read + Send + 'static) -> Result<u16, String> {
    let (found, port) = mpsc::channel();
    thread::spawn(move || {
        let mut said = Vec::new();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            match kind.port_in(&line) {
                Some(port) => _ = found.send(Ok(port)),
                None => said.push(line),
            }
        }
        let _nobody_waits = found.send(Err(said.join("\n")));
    });
    let nothing = |_| Err(format!("nothing within {STARTS_WITHIN:?}"));
    port.recv_timeout(STARTS_WITHIN).unwrap_or_else(nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_line_that_names_it() {
        let words =
            "Starting ChromeDriver 1\nChromeDriver was started successfully on port 4444.\n";
        assert_eq!(announced_port(Kind::Chromium, words.as_bytes()), Ok(4444));
    }

    #[test]
    fn a_driver_whose_port_was_taken_wants_another() {
        let words = "Starting ChromeDriver 1\nIPv6 port not available. Exiting...\n";
        let said = announced_port(Kind::Chromium, words.as_bytes()).unwrap_err();
        assert_eq!(said, words.trim_end());
        assert!(Kind::Chromium.wants_another_port(&said));
        assert!(!Kind::Chromium.wants_another_port("Invalid port. Exiting..."));
    }
}
