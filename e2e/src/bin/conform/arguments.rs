//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use e2e::browser::Kind;
use e2e::conformance::{Begin, Plan, Profile, RealProvider, Selection, Whoami};
use url::Url;

/// A verdict on any login app, in whatever language, without a network.
///
/// It exits with 0 where the app is right, 1 where something is wrong, and 2 where there is no
/// verdict.
#[derive(Debug, Parser)]
#[command(name = "conform", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge an app that logs people in (a relying party).
    Rp(Box<RpArguments>),
    /// Write a profile for an app that runs, by asking and trying.
    Init(Box<InitArguments>),
    /// List the cases.
    Cases(CasesArguments),
    /// Show a case: what is done, what the app has to do, where that is written.
    Show {
        /// Its name, or the one that the OpenID Foundation's suite has for it.
        case: String,
    },
    /// Print the JSON schema of a report.
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// Where the app is; asked for where it is not said.
    #[arg(long, value_name = "URL")]
    pub(crate) app: Option<Url>,

    /// The path that begins a login; tried out where it is not said, as are the next two.
    #[arg(long, value_name = "PATH")]
    pub(crate) login: Option<String>,

    /// The path of the page that shows the name or e-mail address of who is logged in.
    #[arg(long, value_name = "PATH")]
    pub(crate) whoami: Option<String>,

    /// The path that ends a session.
    #[arg(long, value_name = "PATH")]
    pub(crate) logout: Option<String>,

    /// The command that starts the app, such as "node server.js"; asked for where it is not said.
    #[arg(long, value_name = "COMMAND")]
    pub(crate) start: Option<String>,

    /// The file that tells the app of the provider, such as .env.
    #[arg(long, value_name = "FILE", requires = "start")]
    pub(crate) settings: Option<PathBuf>,

    /// See the app's pages in a browser, for those that need JavaScript.
    #[arg(long, value_enum)]
    pub(crate) browser: Option<Kind>,

    /// The port of the provider that the app is set up for.
    #[arg(long, default_value_t = 9000)]
    pub(crate) port: u16,

    /// How long to wait for the app, in seconds.
    #[arg(long, default_value_t = 300, value_name = "SECONDS")]
    pub(crate) wait: u64,

    /// The profile to write.
    #[arg(short, long, value_name = "FILE", default_value = "conform.toml")]
    pub(crate) profile: PathBuf,

    /// Write it although it is there.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RpArguments {
    /// A TOML file that says how the app is used, and perhaps how it is started.
    #[arg(short, long, value_name = "FILE", required_unless_present = "app")]
    pub(crate) profile: Option<PathBuf>,

    /// Where the app is, such as <http://localhost:8501>; without, the profile starts it.
    #[arg(long, value_name = "URL")]
    pub(crate) app: Option<Url>,

    /// The path that begins a login.
    #[arg(
        long,
        value_name = "PATH",
        conflicts_with = "profile",
        requires = "app"
    )]
    login: Option<String>,

    /// The path of the page that shows the name or e-mail address of who is logged in.
    #[arg(
        long,
        value_name = "PATH",
        conflicts_with = "profile",
        requires = "app"
    )]
    whoami: Option<String>,

    /// The providers with a name that people log in at: what each of them alone does, on the days on
    /// which it changed. Without, those of the profile, or Google.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "NAMES")]
    flavours: Vec<RealProvider>,

    /// See the app's pages in a browser, for those that need JavaScript.
    #[arg(long, value_enum)]
    pub(crate) browser: Option<Kind>,

    /// Words on that page when nobody is logged in.
    #[arg(
        long,
        value_name = "WORDS",
        conflicts_with = "profile",
        requires = "app"
    )]
    nobody: Option<String>,

    /// The port of the provider that a running app is set up for; the next one is the second's.
    #[arg(long, default_value_t = 9000)]
    pub(crate) port: u16,

    /// How long to wait for a running app, in seconds.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub(crate) wait: u64,

    #[command(flatten)]
    pub(crate) selection: SelectionArguments,

    /// How many copies of the app run at once; by default four for each processor.
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<std::num::NonZero<usize>>,

    /// A TOML file of cases that may go wrong, each with a reason: `case = "reason"`.
    #[arg(long, value_name = "FILE")]
    pub(crate) expect: Option<PathBuf>,

    /// Write the report as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// Write the report as one page in HTML, with every exchange drawn.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,

    /// Say what became of the app since an earlier run: its report as --json wrote it.
    #[arg(long, value_name = "FILE")]
    pub(crate) compare: Option<PathBuf>,

    /// Write the report as JUnit.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SelectionArguments {
    /// Which cases.
    #[arg(long, value_enum, default_value_t = Plan::All)]
    plan: Plan,

    /// Only this case, whatever the plan; `jws-*` for all that begin so. Can be said again.
    #[arg(long, value_name = "CASE")]
    only: Vec<String>,

    /// Not this case. Can be said again.
    #[arg(long, value_name = "CASE")]
    skip: Vec<String>,
}

impl SelectionArguments {
    pub(crate) fn selection(&self) -> Selection {
        Selection {
            plan: self.plan,
            only: self.only.clone(),
            skip: self.skip.clone(),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CasesArguments {
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,

    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

impl RpArguments {
    /// The profile that the file or the other arguments make.
    pub(crate) fn profile(&self) -> Result<Profile, crate::Failure> {
        let mut profile = self.usual_profile()?;
        if !self.flavours.is_empty() {
            profile.log_in_at(&self.flavours);
        }
        Ok(profile)
    }

    fn usual_profile(&self) -> Result<Profile, crate::Failure> {
        if let Some(file) = &self.profile {
            return Ok(Profile::from_file(file)?);
        }
        let (Some(app), Some(login), Some(whoami)) = (&self.app, &self.login, &self.whoami) else {
            return Err("an app without a profile needs --login and --whoami".into());
        };
        Ok(Profile::new(
            app.as_str().trim_end_matches('/'),
            Begin::Path(login.clone()),
            Whoami {
                nobody: self.nobody.clone(),
                ..Whoami::page(whoami)
            },
        ))
    }
}
