//! How an app is used: where a login begins, and what shows who is logged in.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::path::Path;
use std::time::Duration;

use mock_idp::{Algorithm, Place, Requests};
use scraper::Selector;
use serde::Deserialize;
use url::Url;

use super::begin::Begin;
use super::case::{Feature, RealProvider};
use super::profile_error::{ProfileError, Unsuited};
use super::start::Start;

/// How an app is used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What the app is called in reports.
    pub name: String,
    /// How a login begins.
    pub login: Begin,
    /// How one at the second provider begins.
    #[serde(default)]
    pub second_login: Option<Begin>,
    /// The path at which another site begins a login, `initiate_login_uri`.
    #[serde(default)]
    pub third_party_login: Option<String>,
    /// The providers with a name that people log in at, and how a login there begins. Without, it is
    /// Google, by the usual login.
    #[serde(default)]
    pub flavours: Option<BTreeMap<RealProvider, Begin>>,
    /// What shows who is logged in.
    pub whoami: Whoami,
    /// How somebody logs out.
    #[serde(default)]
    pub logout: Option<Begin>,
    /// The path at which it takes logout tokens, `backchannel_logout_uri`.
    #[serde(default)]
    pub backchannel_logout: Option<String>,
    /// The path that a provider's logout page frames, `frontchannel_logout_uri`.
    #[serde(default)]
    pub frontchannel_logout: Option<String>,
    /// The path that a provider sends people back to after a logout; without, it is that of the redirect URI,
    /// or the start page.
    #[serde(default)]
    pub post_logout: Option<String>,
    /// The path of the redirect URI.
    #[serde(default = "callback")]
    pub callback: String,
    /// The path of the one for the second provider.
    #[serde(default)]
    pub second_callback: Option<String>,
    /// The algorithms of ID tokens that the app is set up for.
    #[serde(default = "rs256")]
    pub algorithms: Vec<Algorithm>,
    /// What the app does not do; cases that need it are not applicable.
    #[serde(default)]
    pub lacks: BTreeSet<Feature>,
    /// Whether its pages need JavaScript, and so a browser.
    #[serde(default)]
    pub javascript: bool,
    /// How long the app may take for a page, in seconds.
    #[serde(default = "patience")]
    pub patience: u64,
    /// How copies of the app are started; without, it has to run already.
    #[serde(default)]
    pub start: Option<Start>,
    /// How many copies may run at once.
    #[serde(default)]
    pub copies: Option<NonZero<usize>>,
}

/// What shows who is logged in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whoami {
    /// The path of the page, or of the JSON document.
    pub path: String,
    /// Where in the document the name, the e-mail address or the subject is (a JSON pointer,
    /// RFC 6901).
    #[serde(default)]
    pub json: Option<String>,
    /// Words that stand on the page when nobody is logged in.
    #[serde(default)]
    pub nobody: Option<String>,
    /// The status of the page when nobody is logged in.
    #[serde(default)]
    pub nobody_status: Option<u16>,
}

impl Whoami {
    /// A page with the name or the e-mail address of who is logged in.
    #[must_use]
    pub fn page(path: &str) -> Self {
        Self {
            path: path.into(),
            json: None,
            nobody: None,
            nobody_status: None,
        }
    }
}

impl Profile {
    /// A profile of an app of which no more is known than how somebody logs in: it lacks what only a
    /// profile can say.
    #[must_use]
    pub fn new(name: &str, login: Begin, whoami: Whoami) -> Self {
        let unknown = [
            Feature::SecondProvider,
            Feature::Logout,
            Feature::Log,
            Feature::ThirdPartyLogin,
            Feature::SignedUserinfo,
            Feature::ClaimSources,
            Feature::Algorithms,
            Feature::ProviderLogout,
            Feature::BackchannelLogout,
            Feature::FrontchannelLogout,
            Feature::Refresh,
        ];
        Self {
            name: name.into(),
            login,
            second_login: None,
            third_party_login: None,
            flavours: None,
            whoami,
            logout: None,
            backchannel_logout: None,
            frontchannel_logout: None,
            post_logout: None,
            callback: callback(),
            second_callback: None,
            algorithms: rs256(),
            lacks: unknown.into(),
            javascript: false,
            patience: patience(),
            start: None,
            copies: None,
        }
    }

    /// Reads a profile.
    ///
    /// # Errors
    /// When the file cannot be read, or is none; with the line.
    pub fn from_file(path: &Path) -> Result<Self, ProfileError> {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::from_toml(&text, &file),
            Err(source) => Err(ProfileError::Read { file, source }),
        }
    }

    /// Reads a profile; `file` is what a problem calls it.
    ///
    /// # Errors
    /// When it is none; with the line.
    pub fn from_toml(text: &str, file: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text).map_err(|problem| ProfileError::Syntax {
            file: file.into(),
            problem: Box::new(problem),
        })?;
        let begins = [
            Some(&profile.login),
            profile.second_login.as_ref(),
            profile.logout.as_ref(),
        ];
        let named = profile.flavours.iter().flat_map(BTreeMap::values);
        for begin in begins.into_iter().flatten().chain(named) {
            if let Begin::Select { css, .. } = begin
                && Selector::parse(css).is_err()
            {
                return Err(ProfileError::Selector {
                    file: file.into(),
                    css: css.clone(),
                });
            }
        }
        if let Some(start) = &profile.start {
            start.check().map_err(|problem| ProfileError::Start {
                file: file.into(),
                problem,
            })?;
        }
        Ok(profile)
    }

    /// How a login at this provider begins; none where nobody logs in there.
    #[must_use]
    pub fn login_at(&self, provider: RealProvider) -> Option<&Begin> {
        match &self.flavours {
            Some(flavours) => flavours.get(&provider),
            None => (provider == RealProvider::Google).then_some(&self.login),
        }
    }

    /// Leaves these providers alone; a login at one that the profile does not name is the usual one.
    pub fn log_in_at(&mut self, providers: &[RealProvider]) {
        let begin = |provider: &RealProvider| {
            let begin = self.login_at(*provider).unwrap_or(&self.login);
            (*provider, begin.clone())
        };
        self.flavours = Some(providers.iter().map(begin).collect());
    }

    /// The redirect URIs of an app that is here: for the first provider, and for the second.
    pub(super) fn redirect_uris(&self, base: &Url) -> (String, String) {
        let at = |path: &str| base.join(path).unwrap_or_else(|_| base.clone()).to_string();
        let second = self.second_callback.as_deref().unwrap_or(&self.callback);
        (at(&self.callback), at(second))
    }

    /// Where a provider may send people back to after a logout, beside a login with this redirect URI.
    pub(super) fn post_logout_redirect_uris(&self, redirect_uri: &str) -> Vec<String> {
        let own = Url::parse(redirect_uri).ok();
        let at = |path: &str| own.as_ref()?.join(path).ok().map(String::from);
        let paths = [Some("/"), self.post_logout.as_deref()];
        let mut uris = vec![redirect_uri.to_owned()];
        uris.extend(paths.into_iter().flatten().filter_map(at));
        // As some apps write their own address: without a path.
        uris.extend(own.as_ref().map(|own| own.origin().ascii_serialization()));
        uris
    }

    /// What UserInfo answers are signed with, where the app wants them signed.
    pub(super) fn userinfo_algorithm(&self) -> Option<Algorithm> {
        let is_signed = !self.lacks.contains(&Feature::SignedUserinfo);
        is_signed.then_some(Algorithm::Rs256)
    }

    /// Fits it to what the pages are seen with.
    ///
    /// # Errors
    /// When it needs a browser and there is none, or the other way round.
    pub fn suits(&mut self, is_in_browser: bool) -> Result<(), Unsuited> {
        match is_in_browser {
            false if self.javascript => Err(Unsuited::NeedsBrowser),
            true if self.whoami.json.is_none() && self.whoami.nobody.is_none() => {
                Err(Unsuited::NeedsNobody)
            }
            true => {
                self.lacks.insert(Feature::Crowd);
                Ok(())
            }
            false => Ok(()),
        }
    }

    /// How long the app may take for a page.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.patience)
    }

    /// What the app has by its profile, and did not do at a login that the provider saw.
    #[must_use]
    pub fn unseen(&self, requests: &Requests) -> Vec<Feature> {
        let authorization = requests.to(Place::Authorization);
        let sends = |name: &str| {
            let mut all = authorization.iter();
            all.any(|request| request.parameter(name).is_some())
        };
        let has = |name: &str, value: &str| {
            let mut all = authorization.iter();
            all.any(|request| request.parameter(name) == Some(value))
        };
        let seen = [
            (
                Feature::Discovery,
                !requests.to(Place::Discovery).is_empty(),
            ),
            (Feature::Userinfo, !requests.to(Place::UserInfo).is_empty()),
            (Feature::Signatures, !requests.to(Place::Jwks).is_empty()),
            (Feature::State, sends("state")),
            (Feature::Nonce, sends("nonce")),
            (Feature::MaxAge, sends("max_age")),
            (Feature::AcrValues, sends("acr_values") || sends("claims")),
            (Feature::PromptNone, has("prompt", "none")),
            (Feature::FormPost, has("response_mode", "form_post")),
        ];
        let unseen = seen
            .into_iter()
            .filter(|(feature, is_seen)| !is_seen && !self.lacks.contains(feature));
        unseen.map(|(feature, _)| feature).collect()
    }

    /// The features that a case needs and the app lacks.
    #[must_use]
    pub fn lacking(&self, needs: &[Feature]) -> Vec<Feature> {
        let lacking = needs.iter().filter(|need| self.lacks.contains(need));
        lacking.copied().collect()
    }
}

fn callback() -> String {
    "/oauth2callback".into()
}

fn rs256() -> Vec<Algorithm> {
    vec![Algorithm::Rs256]
}

const fn patience() -> u64 {
    30
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORTEST: &str = "name = 'app'\nlogin = '/login'\nwhoami.path = '/'\n";

    #[test]
    fn a_logout_returns_to_the_app_however_it_writes_its_address() {
        let profile =
            Profile::from_toml(&format!("{SHORTEST}post_logout = '/bye'"), "p.toml").unwrap();
        let uris = profile.post_logout_redirect_uris("http://localhost:1/callback");
        let expected =
            ["/callback", "/", "/bye", ""].map(|path| format!("http://localhost:1{path}"));
        assert_eq!(uris, expected);
    }

    #[test]
    fn a_profile_needs_a_login_and_a_whoami() {
        let profile = Profile::from_toml(SHORTEST, "p.toml").unwrap();
        assert_eq!(profile.login, Begin::Path("/login".into()));
        assert_eq!(profile.callback, "/oauth2callback");
        let check = |text: &str, words: &str| {
            let error = Profile::from_toml(text, "p.toml").unwrap_err().to_string();
            assert!(
                error.starts_with("p.toml: ") && error.contains(words),
                "{error}"
            );
        };
        check("name = 'app'\nwhoami.path = '/'", "missing field `login`");
        check(&format!("{SHORTEST}lack = []"), "unknown field `lack`");
        check(
            &format!("{SHORTEST}lacks = ['user_info']"),
            "unknown variant `user_info`",
        );
    }

    #[test]
    fn a_profile_says_what_a_browser_has_to_wait_for() {
        let check = |more: &str, is_in_browser: bool, expected: Result<(), Unsuited>| {
            let mut profile = Profile::from_toml(&format!("{SHORTEST}{more}"), "p.toml").unwrap();
            assert_eq!(profile.suits(is_in_browser), expected, "{more}");
            assert_eq!(
                profile.lacks.contains(&Feature::Crowd),
                is_in_browser && expected.is_ok()
            );
        };
        check("", false, Ok(()));
        check("", true, Err(Unsuited::NeedsNobody));
        check("whoami.nobody = 'Log in'", true, Ok(()));
        check("whoami.json = '/email'", true, Ok(()));
        let script = "javascript = true\nwhoami.nobody = 'Log in'";
        check(script, true, Ok(()));
        check(script, false, Err(Unsuited::NeedsBrowser));
    }

    #[test]
    fn a_login_at_a_provider_with_a_name_begins_as_the_profile_says() {
        let mut profile = Profile::from_toml(SHORTEST, "p.toml").unwrap();
        let path = |path: &str| Some(Begin::Path(path.into()));
        let begins = |profile: &Profile, provider| profile.login_at(provider).cloned();
        assert_eq!(begins(&profile, RealProvider::Google), path("/login"));
        assert_eq!(begins(&profile, RealProvider::Github), None);
        profile.log_in_at(&[RealProvider::Github]);
        assert_eq!(begins(&profile, RealProvider::Google), None);
        assert_eq!(begins(&profile, RealProvider::Github), path("/login"));
        let text = format!("{SHORTEST}[flavours]\nmicrosoft = '/login/ms'\ngoogle = '/login/g'\n");
        let mut profile = Profile::from_toml(&text, "p.toml").unwrap();
        profile.log_in_at(&[RealProvider::Microsoft, RealProvider::Linkedin]);
        assert_eq!(begins(&profile, RealProvider::Microsoft), path("/login/ms"));
        assert_eq!(begins(&profile, RealProvider::Linkedin), path("/login"));
        assert_eq!(begins(&profile, RealProvider::Google), None);
        let text = format!("{SHORTEST}flavours.gogle = '/'");
        let error = Profile::from_toml(&text, "p.toml").unwrap_err().to_string();
        assert!(error.contains("unknown variant `gogle`"), "{error}");
    }

    #[test]
    fn what_is_lacking_is_named() {
        let text = format!("{SHORTEST}lacks = ['userinfo', 'logout']");
        let profile = Profile::from_toml(&text, "p.toml").unwrap();
        let needs = [Feature::MaxAge, Feature::Userinfo];
        assert_eq!(profile.lacking(&needs), [Feature::Userinfo]);
    }
}
