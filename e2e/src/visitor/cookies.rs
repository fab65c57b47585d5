//! A browser's cookie rules.
//!
//! The `cookie_store` crate keeps RFC 6265: domain, path, expiry, which cookie replaces which. On
//! top stand the rules a browser adds: SameSite, the name prefixes, and `Secure` only from a
//! secure origin (RFC 6265bis, section 5.6 to 5.8).

use std::collections::HashMap;

use cookie::{Cookie, SameSite};
use cookie_store::{CookieDomain, CookieStore};
use http::Method;
use url::{Host, Url};

/// One person's cookies.
#[derive(Clone, Debug, Default)]
pub struct Cookies {
    store: CookieStore,
    /// What goes in place of a cookie's value; none for nothing at all.
    tampered: HashMap<String, Option<String>>,
}

/// A cookie as it would be sent, and a page that could have set it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held {
    pub(crate) place: Url,
    pub(crate) cookie: Cookie<'static>,
}

/// Who caused a request, as far as SameSite asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The address bar, or a page of the same site by way of that site alone.
    SameSite,
    /// A page of another site, or a redirect through one.
    CrossSite,
}

impl Cause {
    /// The cause of a navigation from `page` to `target`.
    #[must_use]
    pub fn of(page: Option<&Url>, target: &Url) -> Self {
        if page.is_none_or(|page| same_site(page, target)) {
            Self::SameSite
        } else {
            Self::CrossSite
        }
    }
}

impl Cookies {
    /// Takes what a response to a top-level navigation sets; keeps nothing that a browser refuses.
    ///
    /// # Errors
    /// Why a browser refuses this cookie.
    pub fn set(&mut self, url: &Url, header: &str) -> Result<(), &'static str> {
        let cookie = Cookie::parse(header.to_owned()).map_err(|_| "no cookie at all")?;
        check(url, &cookie)?;
        let set = self.store.insert_raw(&cookie, url);
        set.map_err(|_| "refused by RFC 6265")?;
        self.tampered.remove(cookie.name());
        Ok(())
    }

    /// Sends another value in place of a cookie's, until it is set anew.
    pub fn replace(&mut self, name: &str, value: &str) {
        self.tampered.insert(name.into(), Some(value.into()));
    }

    /// Does not send a cookie, until it is set anew.
    pub fn withhold(&mut self, name: &str) {
        self.tampered.insert(name.into(), None);
    }

    fn sent(&self, name: &str, value: &str) -> Option<String> {
        match self.tampered.get(name) {
            Some(tampered) => tampered.clone(),
            None => Some(value.into()),
        }
    }

    /// The Cookie header of a top-level navigation; `None` without any cookie.
    #[must_use]
    pub fn header(&self, url: &Url, method: &Method, cause: Cause) -> Option<String> {
        let goes_along = |same_site: Option<SameSite>| match (cause, same_site) {
            (Cause::SameSite, _) | (Cause::CrossSite, Some(SameSite::None)) => true,
            (Cause::CrossSite, Some(SameSite::Strict)) => false,
            (Cause::CrossSite, Some(SameSite::Lax) | None) => method.is_safe(),
        };
        let cookies: Vec<String> = self
            .store
            .matches(url)
            .into_iter()
            .filter(|cookie| goes_along(cookie.same_site()))
            .filter_map(|cookie| {
                let sent = self.sent(cookie.name(), cookie.value())?;
                Some(format!("{}={sent}", cookie.name()))
            })
            .collect();
        (!cookies.is_empty()).then(|| cookies.join("; "))
    }

    /// Every cookie that would be sent, wherever that is.
    pub(crate) fn held(&self) -> Vec<Held> {
        let mut held: Vec<_> = self
            .store
            .iter_unexpired()
            .filter_map(|known| {
                let value = self.sent(known.name(), known.value())?;
                let mut cookie = Cookie::new(known.name().to_owned(), value);
                let path: &str = &known.path;
                cookie.set_path(path.to_owned());
                cookie.set_http_only(known.http_only());
                cookie.set_secure(known.secure());
                // Browsers take a cookie without it for one with Lax, but not from a driver.
                cookie.set_same_site(known.same_site().unwrap_or(SameSite::Lax));
                let host = match &known.domain {
                    CookieDomain::HostOnly(host) => host,
                    CookieDomain::Suffix(domain) => {
                        cookie.set_domain(domain.clone());
                        domain
                    }
                    CookieDomain::NotPresent | CookieDomain::Empty => return None,
                };
                let place = Url::parse(&format!("http://{host}{path}")).ok()?;
                Some(Held { place, cookie })
            })
            .collect();
        held.sort_by(|one, other| {
            let key = |held: &Held| (held.place.clone(), held.cookie.name().to_owned());
            key(one).cmp(&key(other))
        });
        held
    }

    /// The value of a cookie that would go to `url`.
    #[must_use]
    pub fn value(&self, url: &Url, name: &str) -> Option<String> {
        let found = self
            .store
            .matches(url)
            .into_iter()
            .find(|cookie| cookie.name() == name)?;
        Some(found.value().to_owned())
    }

    /// The names of the cookies that would go to `url`.
    #[must_use]
    pub fn names(&self, url: &Url) -> Vec<String> {
        self.store
            .matches(url)
            .iter()
            .map(|cookie| cookie.name().to_owned())
            .collect()
    }
}

fn check(url: &Url, cookie: &Cookie<'_>) -> Result<(), &'static str> {
    let secure = cookie.secure() == Some(true);
    let name = cookie.name().to_ascii_lowercase();
    if secure && !is_secure(url) {
        return Err("Secure from an insecure origin");
    }
    if name.starts_with("__secure-") && !secure {
        return Err("__Secure- without Secure");
    }
    if name.starts_with("__host-")
        && !(secure && cookie.domain().is_none() && cookie.path() == Some("/"))
    {
        return Err("__Host- without Secure and Path=/, or with Domain");
    }
    if cookie.same_site() == Some(SameSite::None) && !secure {
        return Err("SameSite=None without Secure");
    }
    if cookie.domain().is_some_and(is_public_suffix) {
        return Err("Domain is a public suffix");
    }
    Ok(())
}

/// Whether a browser takes this origin as secure: https, or this machine itself.
fn is_secure(url: &Url) -> bool {
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
}

fn is_public_suffix(domain: &str) -> bool {
    let domain = domain.trim_start_matches('.');
    psl::suffix_str(domain) == Some(domain)
}

/// Whether two URLs are of one site: the same scheme and the same registrable domain, or the same
/// host where there is none (an address, `localhost`). Ports do not matter.
#[must_use]
pub fn same_site(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme() && site(one) == site(other)
}

fn site(url: &Url) -> Option<&str> {
    match url.host()? {
        Host::Domain(name) => psl::domain_str(name).or(Some(name)),
        Host::Ipv4(_) | Host::Ipv6(_) => url.host_str(),
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use url::Url;

    use super::{Cause, Cookies, same_site};

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn a_cookie_goes_along_as_its_same_site_attribute_says() {
        let check = |attributes: &str, method: Method, cause: Cause, goes: bool| {
            let app = url("https://app.example.com/");
            let mut cookies = Cookies::default();
            cookies.set(&app, &format!("a=1; {attributes}")).unwrap();
            assert_eq!(
                cookies.header(&app, &method, cause).is_some(),
                goes,
                "{attributes} {method} {cause:?}"
            );
        };
        for attributes in [
            "SameSite=Strict",
            "SameSite=Lax",
            "SameSite=None; Secure",
            "Path=/",
        ] {
            check(attributes, Method::POST, Cause::SameSite, true);
        }
        check("SameSite=Strict", Method::GET, Cause::CrossSite, false);
        check("SameSite=Lax", Method::GET, Cause::CrossSite, true);
        check("SameSite=Lax", Method::POST, Cause::CrossSite, false);
        check("Path=/", Method::POST, Cause::CrossSite, false);
        check(
            "SameSite=None; Secure",
            Method::POST,
            Cause::CrossSite,
            true,
        );
    }

    #[test]
    fn a_browser_refuses_a_cookie_that_promises_what_it_does_not_keep() {
        let check = |from: &str, header: &str, expected: Result<(), &str>| {
            assert_eq!(
                Cookies::default().set(&url(from), header),
                expected,
                "{header}"
            );
        };
        let (https, http) = ("https://app.example.com/", "http://app.example.com/");
        check(https, "__Host-a=1; Secure; Path=/", Ok(()));
        check("http://localhost:8501/", "a=1; Secure", Ok(()));
        check(http, "a=1; Secure", Err("Secure from an insecure origin"));
        check(
            https,
            "__Host-a=1; Secure; Path=/x",
            Err("__Host- without Secure and Path=/, or with Domain"),
        );
        check(
            https,
            "__Host-a=1; Secure; Path=/; Domain=example.com",
            Err("__Host- without Secure and Path=/, or with Domain"),
        );
        check(
            https,
            "__Host-a=1; Path=/",
            Err("__Host- without Secure and Path=/, or with Domain"),
        );
        check(https, "__Secure-a=1", Err("__Secure- without Secure"));
        check(
            https,
            "a=1; SameSite=None",
            Err("SameSite=None without Secure"),
        );
        check(https, "a=1; Domain=com", Err("Domain is a public suffix"));
        check(
            https,
            "a=1; Domain=other.example",
            Err("refused by RFC 6265"),
        );
    }

    #[test]
    fn a_cookie_is_tampered_with_until_it_is_set_anew() {
        let app = url("http://localhost:8501/");
        let mut cookies = Cookies::default();
        let sent = |cookies: &Cookies| cookies.header(&app, &Method::GET, Cause::SameSite);
        cookies.set(&app, "a=1").unwrap();
        cookies.replace("a", "2");
        assert_eq!(sent(&cookies).as_deref(), Some("a=2"));
        cookies.withhold("a");
        assert_eq!(sent(&cookies), None);
        cookies.set(&app, "a=3").unwrap();
        assert_eq!(sent(&cookies).as_deref(), Some("a=3"));
    }

    #[test]
    fn path_and_domain_decide_where_a_cookie_goes() {
        let mut cookies = Cookies::default();
        cookies
            .set(&url("http://localhost:8501/x"), "narrow=1; Path=/x")
            .unwrap();
        cookies
            .set(&url("http://localhost:8501/x"), "wide=1; Path=/")
            .unwrap();
        let names = |to: &str| cookies.names(&url(to));
        assert_eq!(names("http://localhost:8501/x/y").len(), 2);
        assert_eq!(
            names("http://localhost:9/"),
            ["wide"],
            "a port does not keep cookies apart"
        );
        assert!(names("http://127.0.0.1:8501/x").is_empty());
    }

    #[test]
    fn a_site_is_a_scheme_and_a_registrable_domain() {
        let check = |one: &str, other: &str, same: bool| {
            assert_eq!(same_site(&url(one), &url(other)), same, "{one} {other}");
        };
        check("http://localhost:1/", "http://localhost:2/", true);
        check("http://localhost/", "http://127.0.0.1/", false);
        check("http://127.0.0.1/", "http://127.0.0.2/", false);
        check("https://a.example.com/", "https://b.example.com/", true);
        check("https://a.co.uk/", "https://b.co.uk/", false);
        check("http://a.example.com/", "https://a.example.com/", false);
    }
}
