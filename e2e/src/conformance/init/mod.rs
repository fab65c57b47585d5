//! A profile for an app that runs: found by trying, as somebody would who sees it for the first time.

mod candidates;
mod session;
mod start;
mod whoami;
mod written;

use std::collections::BTreeSet;
use std::sync::Arc;

use mock_idp::Place;
use url::Url;

use super::begin::Begin;
use super::browsers::Browsers;
use super::case::Feature;
use super::guest::{Guest, Guests, Who};
use super::lab::LabError;
use super::profile::{Profile, Whoami};
use super::running::RunningApp;
pub use start::{StartProblem, Starting};

/// What is known of an app before it is tried.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// The path that begins a login.
    pub login: Option<String>,
    /// The path of the page that shows who is logged in.
    pub whoami: Option<String>,
    /// The path that ends a session.
    pub logout: Option<String>,
}

/// What was found out about an app.
#[derive(Clone, Debug)]
pub struct Found {
    /// How it is used.
    pub profile: Profile,
    /// What could not be found out, each with what a profile says of it.
    pub unknown: Vec<String>,
}

impl Found {
    /// Copies can be started, so that what they say can be read.
    pub fn works_as_copies(&mut self) {
        self.profile.lacks.remove(&Feature::Log);
    }
}

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// No login was found.
    #[error(
        "no login was found that leads to {issuer}; tried: {tried}. Is the app set up for this provider? Say \
         how a login begins (--login PATH), or --browser firefox where its pages need JavaScript"
    )]
    NoLogin {
        /// The provider.
        issuer: String,
        /// What was tried.
        tried: String,
    },
    /// A login fails although nothing is wrong.
    #[error("the login that {begin} begins fails although nothing is wrong: {problem}")]
    LoginFails {
        /// How it begins.
        begin: String,
        /// What went wrong.
        problem: String,
    },
    /// No page shows who is logged in.
    #[error(
        "no page shows the name or the e-mail address of who is logged in, and something else to everybody \
         else; tried: {tried}. Say which does (--whoami PATH)"
    )]
    NoWhoami {
        /// What was tried.
        tried: String,
    },
    /// There is no provider.
    #[error(transparent)]
    Lab(#[from] LabError),
}

/// Tries an app.
pub struct Explorer<'a> {
    app: &'a RunningApp,
    base: Url,
    browsers: Option<Arc<Browsers>>,
    hints: Hints,
}

impl<'a> Explorer<'a> {
    /// For an app that runs here, and is set up for these providers.
    #[must_use]
    pub fn new(
        app: &'a RunningApp,
        base: Url,
        browsers: Option<Arc<Browsers>>,
        hints: Hints,
    ) -> Self {
        Self {
            app,
            base,
            browsers,
            hints,
        }
    }

    /// Finds out how the app is used. What is found is said as soon as it is.
    ///
    /// # Errors
    /// What could not be found, and a profile cannot do without.
    pub async fn explore(&self, mut say: impl FnMut(&str)) -> Result<Found, InitError> {
        let login = self.login().await?;
        say(&format!("A login begins with {}.", in_words(&login)));
        let (whoami, user) = self.whoami(&login).await?;
        say(&format!("Who is logged in shows at {}.", whoami.path));
        let name = self.base.as_str().trim_end_matches('/');
        let mut profile = Profile::new(name, login, whoami);
        profile.javascript = self.browsers.is_some();
        let redirect_uri = self.app.settings().provider.redirect_uri;
        if let Ok(redirect_uri) = Url::parse(&redirect_uri) {
            profile.callback = redirect_uri.path().into();
        }
        let mut lacks: BTreeSet<_> = profile
            .unseen(&self.app.provider().requests())
            .into_iter()
            .collect();
        // An app that runs for longer may have metadata and keys already.
        lacks.remove(&Feature::Discovery);
        lacks.remove(&Feature::Signatures);
        profile.lacks.extend(lacks);
        self.add_refresh(&mut profile, user).await?;
        self.add_relogin(&mut profile).await?;
        self.add_response_iss(&mut profile).await?;
        if profile.lacks.contains(&Feature::ResponseIss) {
            say(
                "It does not compare the iss of an answer (RFC 9207). An app with one provider need not; \
                 the cases about it are left out (lacks: response_iss).",
            );
        }
        self.add_logout(&mut profile).await?;
        match &profile.logout {
            Some(logout) => say(&format!("A session ends with {}.", in_words(logout))),
            None => say("No logout was found."),
        }
        Ok(Found {
            unknown: unknown(&profile),
            profile,
        })
    }

    /// How many logins were begun at the provider.
    fn logins_begun(&self) -> usize {
        let requests = self.app.provider().requests();
        requests.to(Place::Authorization).len()
    }

    fn guest(&self, profile: Profile) -> Guest {
        let guests = Guests {
            profile: Arc::new(profile),
            browsers: self.browsers.clone(),
        };
        Guest::new(self.base.clone(), guests)
    }

    fn guest_by(&self, login: &Begin) -> Guest {
        self.guest(Profile::new("app", login.clone(), Whoami::page("/")))
    }

    /// The first way to begin a login that leads to the provider.
    async fn login(&self) -> Result<Begin, InitError> {
        let mut tried = Vec::new();
        for begin in self.logins().await {
            let mut guest = self.guest_by(&begin);
            let began = guest.log_in().await;
            // The provider refuses a URI that it does not know yet, and has seen it all the same.
            if self
                .app
                .learn_redirect_uri(began.err().map(|error| error.to_string()))
                .is_ok()
            {
                return Ok(begin);
            }
            tried.push(in_words(&begin));
        }
        Err(InitError::NoLogin {
            issuer: self.app.settings().provider.issuer,
            tried: tried.join(", "),
        })
    }

    async fn logins(&self) -> Vec<Begin> {
        if let Some(path) = &self.hints.login {
            return vec![Begin::Path(path.clone())];
        }
        let mut guest = self.guest_by(&Begin::Path("/".into()));
        let mut begins = Vec::new();
        if guest.open(&self.base).await.is_ok()
            && let Ok(page) = guest.page().await
            && page.url.origin() == self.base.origin()
        {
            begins = candidates::logins_on(&page);
        }
        begins.extend(
            candidates::LOGINS
                .iter()
                .map(|path| Begin::Path((*path).into())),
        );
        begins
    }

    /// The page that shows who is logged in, and whoever it shows.
    async fn whoami(&self, login: &Begin) -> Result<(Whoami, Guest), InitError> {
        let mut guest = self.guest_by(login);
        let fails = |problem: String| InitError::LoginFails {
            begin: in_words(login),
            problem,
        };
        let logged_in = guest.log_in().await;
        logged_in.map_err(|error| fails(error.to_string()))?;
        let end = guest
            .page()
            .await
            .map_err(|error| fails(error.to_string()))?;
        if end.url.origin() != self.base.origin() {
            return Err(fails(format!("it ends at {}: {}", end.url, end.words())));
        }
        let paths = match &self.hints.whoami {
            Some(path) => vec![path.clone()],
            None => candidates::whoamis(&end),
        };
        let mut tried = Vec::new();
        for path in paths {
            match self.shows(&path, login, &mut guest).await {
                Ok(whoami) => return Ok((whoami, guest)),
                Err(why) => tried.push(format!("{path} ({why})")),
            }
        }
        let tried = tried.join(", ");
        Err(InitError::NoWhoami {
            tried: format!(
                "{tried}; the login ended with: {}",
                super::guest::shortened(&end.words())
            ),
        })
    }

    /// Whether this page shows who is logged in, and something else to everybody else.
    async fn shows(&self, path: &str, login: &Begin, guest: &mut Guest) -> Result<Whoami, String> {
        let words = |error: crate::person::VisitError| error.to_string();
        let url = guest.url(path);
        guest.open(&url).await.map_err(words)?;
        let somebody = guest.page().await.map_err(words)?;
        let personas = self.app.provider().personas();
        let mut whoami = whoami::on(path, &somebody, &personas).ok_or("it shows nobody")?;
        let mut stranger = self.guest_by(login);
        let begun = self.logins_begun();
        stranger.open(&url).await.map_err(words)?;
        if self.logins_begun() > begun {
            return Err("it begins a login by itself".into());
        }
        let nobody = stranger.page().await.map_err(words)?;
        whoami::tell_nobody(&mut whoami, &somebody, &nobody);
        let profile = Profile::new("app", login.clone(), whoami.clone());
        match self.guest(profile).who(&personas).await {
            Ok(Who::Nobody) => Ok(whoami),
            Ok(_) => Err("it shows somebody to everybody".into()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What trying does not show.
fn unknown(profile: &Profile) -> Vec<String> {
    let all = [
        (
            Feature::SecondProvider,
            "whether people can log in at a second provider (second_login, second_callback)",
        ),
        (Feature::Logout, "how a session ends (logout)"),
        (
            Feature::BackchannelLogout,
            "where it takes logout tokens (backchannel_logout)",
        ),
        (
            Feature::FrontchannelLogout,
            "what of it a provider's logout page frames (frontchannel_logout)",
        ),
        (
            Feature::ThirdPartyLogin,
            "where another site begins a login there (third_party_login)",
        ),
        (
            Feature::Algorithms,
            "which algorithms of ID tokens it is set up for (algorithms)",
        ),
        (
            Feature::SignedUserinfo,
            "whether it registered for signed UserInfo answers",
        ),
        (
            Feature::ClaimSources,
            "whether it uses aggregated or distributed claims",
        ),
    ];
    let lacking = all
        .iter()
        .filter(|(feature, _)| profile.lacks.contains(feature));
    lacking.map(|(_, words)| (*words).to_owned()).collect()
}

fn in_words(begin: &Begin) -> String {
    match begin {
        Begin::Path(path) => path.clone(),
        Begin::Press { page, press, .. } => format!("{press:?} on {page}"),
        Begin::Select { page, css, .. } => format!("{css} on {page}"),
    }
}
