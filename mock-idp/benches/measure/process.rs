//! A server in a process of its own, and what Linux knows about that process.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sched::{CpuSet, sched_setaffinity};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;

/// A server that was started; ended when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// Such as `127.0.0.1:9000`.
    pub(crate) address: String,
}

impl Server {
    /// Starts `mock-idp` on a free port, without logs.
    pub(crate) fn mock_idp(arguments: &[&str]) -> io::Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mock-idp"));
        Self::start(
            command
                .args(["--port", "0", "--log", "off"])
                .args(arguments),
        )
    }

    /// Starts the bare server.
    pub(crate) fn bare() -> io::Result<Self> {
        Self::start(Command::new(std::env::current_exe()?).arg(super::bare::FLAG))
    }

    /// Starts the bare server with a file of what it sends.
    pub(crate) fn bare_with(answers: &Path) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        Self::start(command.arg(super::bare::FLAG).arg(answers))
    }

    /// Has it run on this processor alone. Waking somebody on another one costs much more than on
    /// the same, so that where the system happens to put them decides what is measured.
    pub(crate) fn on_processor(self, number: usize) -> io::Result<Self> {
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let task = task?.file_name().to_string_lossy().parse();
            pin(Pid::from_raw(task.map_err(io::Error::other)?), number)?;
        }
        Ok(self)
    }

    /// Starts a command whose first line is its URL.
    fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let address = line.trim_end().trim_start_matches("http://").to_owned();
        Ok(Self { child, address })
    }

    /// How long its threads have been on a processor.
    pub(crate) fn cpu(&self) -> io::Result<Duration> {
        threads_cpu(&self.child.id().to_string())
    }

    /// The memory it occupies, in MB.
    pub(crate) fn memory(&self) -> io::Result<f64> {
        occupied(&fs::read_to_string(format!(
            "/proc/{}/status",
            self.child.id()
        ))?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Has this thread run on this processor alone.
pub(crate) fn run_on_processor(number: usize) -> io::Result<()> {
    pin(Pid::from_raw(0), number)
}

fn pin(task: Pid, processor: usize) -> io::Result<()> {
    let mut processors = CpuSet::new();
    processors.set(processor)?;
    Ok(sched_setaffinity(task, &processors)?)
}

/// The memory that this process occupies, in MB.
pub(crate) fn own_memory() -> io::Result<f64> {
    occupied(&fs::read_to_string("/proc/self/status")?)
}

/// The resident memory that a `status` file tells, in MB.
fn occupied(status: &str) -> io::Result<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: f64 = kilobytes
        .unwrap_or_default()
        .parse()
        .map_err(io::Error::other)?;
    Ok(kilobytes / 1024.0)
}

/// How long the threads of this process have been on a processor.
pub(crate) fn process_cpu() -> io::Result<Duration> {
    threads_cpu("self")
}

fn threads_cpu(process: &str) -> io::Result<Duration> {
    let mut sum = Duration::ZERO;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        sum += on_processor(&fs::read_to_string(task?.path().join("schedstat"))?)?;
    }
    Ok(sum)
}

/// How long this thread has been on a processor. What `schedstat` says of a thread that never sleeps
/// is some milliseconds old.
pub(crate) fn own_cpu() -> io::Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?.into())
}

/// The first number of a `schedstat` file: nanoseconds on a processor.
fn on_processor(schedstat: &str) -> io::Result<Duration> {
    let nanoseconds = schedstat.split(' ').next().unwrap_or_default();
    Ok(Duration::from_nanos(
        nanoseconds.parse().map_err(io::Error::other)?,
    ))
}
