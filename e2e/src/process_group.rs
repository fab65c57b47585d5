//! A process with everything that it starts, so that all of it can be ended.

use std::process::Command;

/// How a group of processes is ended.
#[derive(Clone, Copy)]
pub(crate) enum Ending {
    Politely,
    AtOnce,
}

/// Makes a command the first of a group of its own.
#[cfg(unix)]
pub(crate) fn in_own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

/// Ends the group that this process is the first of.
#[cfg(unix)]
pub(crate) fn signal(group: u32, ending: Ending) {
    use nix::sys::signal::{Signal, killpg};
    let signal = match ending {
        Ending::Politely => Signal::SIGTERM,
        Ending::AtOnce => Signal::SIGKILL,
    };
    if let Ok(group) = i32::try_from(group) {
        let _gone_already = killpg(nix::unistd::Pid::from_raw(group), signal);
    }
}

#[cfg(not(unix))]
pub(crate) fn in_own_group(_command: &mut Command) {}

#[cfg(not(unix))]
pub(crate) fn signal(process: u32, ending: Ending) {
    if matches!(ending, Ending::AtOnce) {
        let process = process.to_string();
        let _gone_already = Command::new("taskkill")
            .args(["/F", "/T", "/PID", &process])
            .output();
    }
}
