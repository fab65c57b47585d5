//! The conformance kit: a verdict on any login app.
//!
//! A [`Case`] is a row of a table: what a provider or an attacker does, and what the app has to make
//! of it. Each is played in a [`Lab`]: a provider, a second one, a canary that must hear nothing, and
//! a copy of the app. Four oracles judge it: who the app says is logged in, asked with the same
//! cookies; what the provider saw; the canary; and a good login right after.
//!
//! A lie that the app never met is [`NotReached`](Outcome::NotReached), never a pass.

mod app;
mod begin;
mod browsers;
mod canary;
mod case;
pub mod cases;
mod evidence;
mod expectations;
mod feature;
mod guest;
pub mod init;
mod lab;
mod oracle;
mod plan;
mod profile;
mod profile_error;
pub mod report;
mod runner;
mod running;
mod seen;
pub mod spec;
mod start;
mod template;
mod verdict;

pub use app::{Copy, Guard, LaunchError, Launcher, Log, Provided, Providers, Settings, StartCopy};
pub use begin::{Begin, Fields};
pub use browsers::Browsers;
pub use canary::Canary;
pub use case::{Case, Expect, Feature, Grade, Group, Lies, Play, RealProvider, Script, Severity};
pub use evidence::Evidence;
pub use expectations::{Expectations, ExpectationsError};
pub use guest::{Guest, Guests, Who};
pub use lab::{Lab, LabError};
pub use plan::{Plan, Selection, UnknownCase};
pub use profile::{Profile, Whoami};
pub use profile_error::{ProfileError, Unsuited};
pub use runner::{Played, Run, run, run_one};
pub use running::RunningApp;
pub use seen::Seen;
pub use start::{CommandLauncher, Start, StartError};
pub use template::UnknownPlace;
pub use verdict::{Outcome, Verdict};
