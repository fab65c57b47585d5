//! `mock-idp [serve] ..`: what can be said on the command line, or in the environment.

mod mint;

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use mock_idp::{AutoLogin, Config, ConfigError};
use tracing::level_filters::LevelFilter;

pub(crate) use mint::MintToken;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// An OpenID provider that stands in for the real one: strict, offline, for tests.
///
/// The first line on standard output is the issuer; everything else goes to standard error.
#[derive(Debug, Parser)]
#[command(name = "mock-idp", version, args_conflicts_with_subcommands = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until stopped; this is what happens without a subcommand, too.
    Serve(Box<Serve>),
    /// Answer at the real hosts of a provider, for an app with its configuration of production.
    ///
    /// A forward proxy leads to those hosts, and nowhere else; a CA that can vouch for them alone,
    /// for a day, is what the app has to trust. The first line on standard output is the proxy.
    #[cfg(feature = "tls")]
    Impersonate(Box<Impersonate>),
    /// Make a token without a login, by the keys of a provider that runs; it is the one line on standard output.
    Mint(Box<MintToken>),
    /// Say what is wrong with a configuration, or what it holds.
    CheckConfig(ConfigToCheck),
    /// Ask a provider whether it is there, and fail where it is not: for a container's health check.
    Healthcheck(Running),
    /// List the providers that can be stood in for, with the dates of their snapshots.
    Flavours {
        /// And what is believed of each, and was seen nowhere or in one report alone.
        #[arg(long)]
        unverified: bool,
        /// And where what is known of each is from.
        #[arg(long)]
        sources: bool,
    },
}

/// What is to be done.
pub(crate) enum Task {
    Serve(Box<Serve>),
    #[cfg(feature = "tls")]
    Impersonate(Box<Impersonate>),
    Mint(Box<MintToken>),
    CheckConfig(ConfigToCheck),
    CheckHealth(Running),
    ListFlavours {
        with_unverified: bool,
        with_sources: bool,
    },
}

/// Who may use the control API.
#[derive(Debug, Args)]
pub(crate) struct Control {
    /// What a request to the control API (/_mock) must bring as a bearer token; none by default.
    #[arg(
        long,
        env = "MOCK_IDP_CONTROL_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub(crate) control_token: Option<String>,
}

/// A provider that runs.
#[derive(Debug, Args)]
pub(crate) struct Running {
    /// Where it is: what it printed when it started, or whatever else it is reached by from here, over http.
    #[arg(
        long,
        env = "MOCK_IDP_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:9000"
    )]
    pub(crate) url: String,
}

/// A configuration that nobody is served with.
#[derive(Debug, Args)]
pub(crate) struct ConfigToCheck {
    /// The TOML file with [[clients]] and [[personas]].
    #[arg(env = "MOCK_IDP_CONFIG")]
    pub(crate) file: PathBuf,
}

/// How to serve.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) provider: Provider,
    /// What the provider is called, such as `https://localhost/realms/team`: a URL that browser,
    /// host and container all reach it by. By default the address it listens on.
    #[arg(long, env = "MOCK_IDP_ISSUER", value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// Serve https, with a certificate that a CA of its own vouches for.
    #[cfg(feature = "tls")]
    #[arg(long, env = "MOCK_IDP_HTTPS")]
    pub(crate) https: bool,
    /// Where to write the CA's certificate, in PEM: what an app has to trust.
    #[cfg(feature = "tls")]
    #[arg(long, env = "MOCK_IDP_CA_OUT", value_name = "FILE", requires = "https")]
    pub(crate) ca_out: Option<PathBuf>,
    /// Call it whatever a request calls it: by Host, or by what a proxy says in Forwarded or
    /// X-Forwarded-Host, -Proto and -Prefix.
    #[arg(long, env = "MOCK_IDP_ISSUER_FROM_HOST", conflicts_with = "issuer")]
    pub(crate) issuer_from_host: bool,
    /// Where apps find it, such as `http://idp:9000`, when that is not where browsers do.
    #[arg(long, env = "MOCK_IDP_BACK_CHANNEL", value_name = "URL")]
    pub(crate) back_channel: Option<String>,
    /// The provider to stand in for, such as google or google@2026-04; overrides the file.
    #[arg(long, env = "MOCK_IDP_FLAVOUR", value_name = "NAME")]
    flavour: Option<String>,
}

/// How to answer at the real hosts of a provider.
#[cfg(feature = "tls")]
#[derive(Debug, Args)]
pub(crate) struct Impersonate {
    /// The provider, such as google or google@2026-04.
    flavour: String,
    #[command(flatten)]
    pub(crate) provider: Provider,
    /// The port of the forward proxy; 0 takes a free one.
    #[arg(
        long,
        env = "MOCK_IDP_PROXY_PORT",
        value_name = "PORT",
        default_value_t = 9080
    )]
    pub(crate) proxy_port: u16,
    /// Serve the hosts at this port, too, for a network in which their names lead here (443).
    #[arg(long, env = "MOCK_IDP_HTTPS_PORT", value_name = "PORT")]
    pub(crate) https_port: Option<u16>,
    /// Where to write the CA's certificate, in PEM: what an app has to trust.
    #[arg(
        long,
        env = "MOCK_IDP_CA_OUT",
        value_name = "FILE",
        default_value = "mock-idp-ca.pem"
    )]
    pub(crate) ca_out: PathBuf,
    /// Where to write the CA's private key, in PEM. Nobody needs it but who wants certificates of
    /// their own for these hosts.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_key_out: Option<PathBuf>,
    /// Print what a program needs in order to use the proxy and trust the CA, and do nothing else.
    #[arg(long, value_name = "WHAT")]
    pub(crate) env: Option<Program>,
}

/// Who is to use the proxy and trust the CA.
#[cfg(feature = "tls")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Program {
    /// reqwest, and what else goes by the system's variables.
    Rust,
    /// urllib, httpx and requests.
    Python,
    Curl,
    /// Node 22 or later.
    Node,
    Java,
    Go,
    Firefox,
    Chromium,
}

/// What is said of a provider, wherever it is.
#[derive(Debug, Args)]
pub(crate) struct Provider {
    /// The port to listen on; 0 takes a free one.
    #[arg(short, long, env = "MOCK_IDP_PORT", default_value_t = 9000)]
    pub(crate) port: u16,
    /// The address to listen on. Whoever can reach it can log in as anybody.
    #[arg(short = 'H', long, env = "MOCK_IDP_HOST", value_name = "ADDRESS", default_value_t = LOOPBACK)]
    pub(crate) host: IpAddr,
    /// A TOML file with [[clients]] and [[personas]]; without it there is one client for port 8501.
    #[arg(short, long, env = "MOCK_IDP_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Answer without asking who is there: `never`, `login_hint`, or the id of a persona; overrides
    /// the file.
    #[arg(long, env = "MOCK_IDP_AUTO_LOGIN", value_name = "WHO")]
    auto_login: Option<AutoLogin>,
    /// The same identifiers and codes at every start; overrides the file.
    #[arg(long, env = "MOCK_IDP_SEED", value_name = "NUMBER")]
    seed: Option<u64>,
    #[command(flatten)]
    pub(crate) control: Control,
    /// How much to log on standard error: off, error, warn, info, debug or trace.
    #[arg(long, env = "MOCK_IDP_LOG", value_name = "LEVEL", default_value_t = LevelFilter::INFO)]
    pub(crate) log: LevelFilter,
}

impl CommandLine {
    /// What is to be done; to serve, whether or not the word was said.
    pub(crate) fn task(self) -> Task {
        match self.command {
            Some(Command::Serve(serve)) => Task::Serve(serve),
            #[cfg(feature = "tls")]
            Some(Command::Impersonate(impersonate)) => Task::Impersonate(impersonate),
            Some(Command::Mint(asked)) => Task::Mint(asked),
            Some(Command::CheckConfig(asked)) => Task::CheckConfig(asked),
            Some(Command::Healthcheck(asked)) => Task::CheckHealth(asked),
            Some(Command::Flavours {
                unverified,
                sources,
            }) => Task::ListFlavours {
                with_unverified: unverified,
                with_sources: sources,
            },
            None => Task::Serve(Box::new(self.serve)),
        }
    }
}

impl Serve {
    /// The configuration, with what the command line says instead.
    pub(crate) fn config(&self) -> Result<Config, ConfigError> {
        self.provider.config(self.flavour.as_ref())
    }
}

#[cfg(feature = "tls")]
impl Impersonate {
    /// The configuration, with what the command line says instead.
    pub(crate) fn config(&self) -> Result<Config, ConfigError> {
        self.provider.config(Some(&self.flavour))
    }
}

impl Provider {
    /// The file's configuration, or that without a file, with what the command line says instead.
    fn config(&self, flavour: Option<&String>) -> Result<Config, ConfigError> {
        let mut config = match &self.config {
            Some(file) => Config::from_file(file)?,
            None => Config::without_file(),
        };
        config.flavour = flavour.cloned().or(config.flavour);
        config.seed = self.seed.or(config.seed);
        if let Some(auto_login) = &self.auto_login {
            config.set_auto_login(auto_login.clone(), "--auto-login")?;
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn parse(arguments: &str) -> Serve {
        let words = std::iter::once("mock-idp").chain(arguments.split_whitespace());
        let parsed = CommandLine::try_parse_from(words);
        match parsed.unwrap_or_else(|error| panic!("{error}")).task() {
            Task::Serve(serve) => *serve,
            _ => panic!("{arguments} does not serve"),
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn serve_may_be_said_or_left_out() {
        for arguments in ["--port 7 --seed 3", "serve --port 7 --seed 3"] {
            let serve = parse(arguments);
            let provider = serve.provider;
            assert_eq!((provider.port, provider.seed), (7, Some(3)), "{arguments}");
        }
        let provider = parse("").provider;
        assert_eq!((provider.port, provider.host), (9000, LOOPBACK));
        assert_eq!(provider.log, LevelFilter::INFO);
    }

    #[test]
    fn without_flags_the_configuration_is_that_without_a_file() {
        assert_eq!(parse("").config(), Ok(Config::without_file()));
    }

    #[test]
    fn flags_override_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("m.toml");
        std::fs::write(&file, "flavour = \"a\"\nseed = 1\nauto_login = \"alice\"").unwrap();
        let read = |flags: &str| {
            parse(&format!("--config {} {flags}", file.display()))
                .config()
                .unwrap()
        };
        let of_the_file = read("");
        assert_eq!(
            (of_the_file.flavour.as_deref(), of_the_file.seed),
            (Some("a"), Some(1))
        );
        assert_eq!(of_the_file.auto_login, AutoLogin::Persona("alice".into()));
        let overridden = read("--flavour b --seed 2 --auto-login login_hint");
        assert_eq!(
            (overridden.flavour.as_deref(), overridden.seed),
            (Some("b"), Some(2))
        );
        assert_eq!(overridden.auto_login, AutoLogin::LoginHint);
    }

    #[test]
    fn the_issuer_is_the_address_unless_told() {
        assert_eq!(parse("").issuer, None);
        let serve = parse("--issuer https://idp.example/x");
        assert_eq!(serve.issuer.as_deref(), Some("https://idp.example/x"));
    }

    #[test]
    fn auto_login_must_name_somebody() {
        let error = parse("--auto-login alise").config().unwrap_err();
        let expected = "--auto-login: is \"alise\", which is no persona; did you mean alice?";
        assert_eq!(error.to_string(), expected);
    }
}
