//! Steps of the cases that look at cookies and change them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use mock_idp::{Mint, Place, Signing};
use url::Url;

use crate::conformance::Guest;
use crate::conformance::guest::Who;
use crate::conformance::lab::{Lab, LabError, SOMEBODY, SOMEBODY_ELSE};
use crate::conformance::seen::Seen;
use crate::visitor::{Cookies, Hop};

/// Who is logged in with these cookies, and the status of the page that says so.
async fn who_with(lab: &Lab, cookies: Cookies) -> Result<(Who, u16), LabError> {
    let mut guest = lab.guest();
    *guest.visitor.cookies() = cookies;
    let who = guest.who(&lab.personas()).await?;
    Ok((who, guest.visitor.status()))
}

/// The cookies without which nobody is logged in.
async fn session_cookies(lab: &Lab, guest: &mut Guest) -> Result<Vec<String>, LabError> {
    let mut needed = Vec::new();
    for name in guest.visitor.cookies().names(&lab.base) {
        let mut cookies = guest.visitor.cookies().clone();
        cookies.withhold(&name);
        if who_with(lab, cookies).await?.0 == Who::Nobody {
            needed.push(name);
        }
    }
    Ok(needed)
}

pub(super) async fn fixation(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    let names = session_cookies(lab, &mut guest).await?;
    let mut found = Ok(());
    let mut victim = lab.guest();
    victim.who(&lab.personas()).await?;
    let mut planted = victim.visitor.cookies().clone();
    for name in &names {
        let cookie = format!("{name}=chosen-by-somebody-else; Path=/");
        if victim.visitor.cookies().value(&lab.base, name).is_none() {
            // What a browser would not take cannot be planted.
            let _refused = victim.visitor.cookies().set(&lab.base, &cookie);
            let _refused = planted.set(&lab.base, &cookie);
        }
    }
    let step = victim.log_in().await;
    if let (who @ (Who::Persona(_) | Who::Somebody(_)), _) = who_with(lab, planted).await? {
        found = Err(format!("with the cookies from before the login: {who:?}"));
    }
    Ok(lab
        .seen(&mut victim, step, Duration::ZERO)
        .await
        .with(found))
}

/// The cookies that a login needs and that keep it, each with what was said when it was set.
async fn needed_cookies(lab: &mut Lab) -> Result<Vec<(String, String)>, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    let mut needed = session_cookies(lab, &mut guest).await?;
    let mut again = lab.guest();
    again.log_in().await?;
    let mut set = set_cookies(again.visitor.history());
    let mut begun = lab.guest();
    begun.callback_url().await?;
    set.extend(set_cookies(begun.visitor.history()));
    for name in begun.visitor.cookies().names(&lab.base) {
        let mut other = lab.guest();
        let callback = other.callback_url().await?;
        for known in other.visitor.cookies().names(&callback) {
            // Names that are made for one login end differently each time.
            if stem(&known) == stem(&name) {
                other.visitor.cookies().withhold(&known);
            }
        }
        other.open(&callback).await?;
        if other.who(&lab.personas()).await? == Who::Nobody {
            needed.push(name);
        }
    }
    set.retain(|(name, _)| needed.contains(name));
    Ok(set)
}

/// What stays of a cookie's name that is made for one login: what is before the first `_`, `-` or
/// `.`, behind the prefix that browsers know.
fn stem(name: &str) -> &str {
    let known = ["__Host-", "__Secure-"];
    let prefix = known.iter().find(|prefix| name.starts_with(**prefix));
    let begins = prefix.map_or(0, |prefix| prefix.len());
    let ends = name[begins..].find(['_', '-', '.']);
    ends.map_or(name, |at| &name[..begins + at])
}

/// The names of the cookies that were set, not deleted, and what was said.
fn set_cookies(hops: &[Hop]) -> Vec<(String, String)> {
    let said = hops
        .iter()
        .flat_map(|hop| hop.headers.get_all("set-cookie"));
    let said = said.filter_map(|said| said.to_str().ok());
    let mut set = Vec::new();
    for said in said {
        let pair = said.split(';').next().unwrap_or_default();
        if let Some((name, value)) = pair.split_once('=')
            && !value.trim_matches('"').is_empty()
        {
            set.push((name.trim().to_owned(), said.to_owned()));
        }
    }
    set
}

pub(super) async fn attributes(lab: &mut Lab, attribute: &'static str) -> Result<Seen, LabError> {
    let cookies = needed_cookies(lab).await?;
    if cookies.is_empty() {
        let why = "no cookie keeps a login there; its scripts do";
        return Err(LabError::NotApplicable(why.into()));
    }
    let mut found = Ok(());
    for (name, said) in cookies {
        let mut parts = said
            .split(';')
            .skip(1)
            .map(|part| part.trim().to_lowercase());
        let is_right = match attribute {
            "SameSite" => parts.any(|part| part == "samesite=lax" || part == "samesite=strict"),
            attribute => parts.any(|part| part == attribute.to_lowercase()),
        };
        if !is_right {
            found = Err(format!("the cookie {name} is set without {attribute}"));
        }
    }
    Ok(Seen::of(lab).with(found))
}

pub(super) async fn tampered(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    let mut other = lab.good_login(SOMEBODY_ELSE).await?;
    let mut found = Ok(());
    let places = if lab.is_in_browsers() {
        PLACES_IN_A_BROWSER
    } else {
        PLACES
    };
    for name in session_cookies(lab, &mut guest).await? {
        let value = |guest: &mut Guest| guest.visitor.cookies().value(&lab.base, &name);
        let (Some(value), Some(other)) = (value(&mut guest), value(&mut other)) else {
            continue;
        };
        for (what, changed) in changes(&value, &other, places) {
            let mut cookies = guest.visitor.cookies().clone();
            cookies.replace(&name, &changed);
            match who_with(lab, cookies).await? {
                (Who::Nobody, status) if status != 500 => {}
                (Who::Nobody, _) => {
                    found = Err(format!("a page of status 500 for the cookie {name} {what}"));
                }
                (who, _) => found = Err(format!("{who:?} with the cookie {name} {what}")),
            }
        }
    }
    Ok(Seen::of(lab).with(found))
}

/// At most so many places of a cookie are changed.
const PLACES: usize = 300;
/// The same where every change is looked at in a browser, which takes a second.
const PLACES_IN_A_BROWSER: usize = 30;

/// A cookie's value with a character changed, cut, longer, and mixed with another's.
fn changes(value: &str, other: &str, places: usize) -> Vec<(String, String)> {
    let mut changes = vec![
        ("cut in half".into(), value[..value.len() / 2].to_owned()),
        (
            "cut by one".into(),
            value[..value.len().saturating_sub(1)].to_owned(),
        ),
        ("with more behind it".into(), format!("{value}.AAAA")),
    ];
    for at in (0..value.len()).step_by(value.len().div_ceil(places).max(1)) {
        let mut bytes = value.as_bytes().to_vec();
        bytes[at] = flipped(bytes[at]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        changes.push((format!("changed at {at}"), text));
    }
    let mixed = |at: usize| Some(format!("{}{}", value.get(..at)?, other.get(at..)?));
    if let Some(mixed) = mixed(value.len() / 2).filter(|mixed| mixed != value && mixed != other) {
        changes.push(("mixed with somebody else's".into(), mixed));
    }
    let parts = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (own, theirs) = (parts(value), parts(other));
    if own.len() > 1 && own.len() == theirs.len() {
        for part in 0..own.len() {
            let mut mixed = own.clone();
            mixed[part].clone_from(&theirs[part]);
            if mixed != own {
                let what = format!("with part {part} of somebody else's");
                changes.push((what, mixed.join(".")));
            }
        }
    }
    changes
}

/// Another character of the same kind, in whose highest bit base64 differs: the lowest bits of a
/// last character mean nothing.
fn flipped(byte: u8) -> u8 {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    match ALPHABET.iter().position(|known| *known == byte) {
        Some(index) => ALPHABET[index ^ 32],
        None => b'A',
    }
}

pub(super) async fn token_in_place_of_a_session(lab: &mut Lab) -> Result<Seen, LabError> {
    let mut guest = lab.good_login(SOMEBODY).await?;
    let mint = || Mint::id_token(SOMEBODY, lab.client.client_id.clone());
    let tokens = [
        (
            "an unsigned",
            lab.provider
                .mint(mint().sign_with(Signing::None("none".into()))),
        ),
        (
            "an expired",
            lab.provider.mint(mint().age(Duration::from_hours(48))),
        ),
        ("another provider's", lab.second.mint(mint())),
    ];
    let mut found = Ok(());
    for name in session_cookies(lab, &mut guest).await? {
        for (what, token) in &tokens {
            let mut cookies = guest.visitor.cookies().clone();
            cookies.replace(&name, token);
            if let (who @ (Who::Persona(_) | Who::Somebody(_)), _) = who_with(lab, cookies).await? {
                found = Err(format!(
                    "{who:?} with {what} ID token for the cookie {name}"
                ));
            }
        }
    }
    Ok(Seen::of(lab).with(found))
}

pub(super) async fn forged_transaction(lab: &mut Lab) -> Result<Seen, LabError> {
    lab.launch().await?;
    let callback = lab.guest().callback_url().await?;
    let mut victim = lab.guest();
    let own = victim.callback_url().await?;
    let (Some(state), Some(own)) = (state(&callback), state(&own)) else {
        return Ok(Seen::of(lab).with(Err("the app sends no state".into())));
    };
    let mut found = Ok(());
    for name in victim.visitor.cookies().names(&callback) {
        let value = victim.visitor.cookies().value(&callback, &name);
        for forged in forgeries(&value.unwrap_or_default(), &own, &state) {
            let mut browser = lab.guest();
            *browser.visitor.cookies() = victim.visitor.cookies().clone();
            browser.visitor.cookies().replace(&name, &forged);
            if name.contains(&own) {
                let planted = format!("{}={forged}; Path=/", name.replace(&own, &state));
                let _refused = browser.visitor.cookies().set(&callback, &planted);
            }
            browser.open(&callback).await?;
            let who = browser.who(&lab.personas()).await?;
            if who != Who::Nobody {
                found = Err(format!("{who:?} with a forged cookie {name}"));
            } else if !lab.requests().to(Place::Token).is_empty() {
                found = Err(format!("the code was sent on, with a forged cookie {name}"));
            }
        }
    }
    Ok(Seen::of(lab).with(found))
}

fn state(callback: &Url) -> Option<String> {
    let state = callback.query_pairs().find(|(name, _)| name == "state")?;
    Some(state.1.into_owned())
}

/// A state that can be read, with every URL and path in it replaced by this one.
pub(super) fn changed_urls(state: &str, elsewhere: &str) -> Vec<String> {
    let mut readings = vec![(state.to_owned(), None)];
    for part in state.split(['.', '|', ':']) {
        for encoding in [&URL_SAFE_NO_PAD, &STANDARD] {
            let decoded = encoding.decode(part).ok();
            let decoded = decoded.and_then(|decoded| String::from_utf8(decoded).ok());
            readings.extend(decoded.map(|decoded| (decoded, Some((part, encoding)))));
        }
    }
    let changed = readings.into_iter().filter_map(|(reading, inside)| {
        let from = reading.find("http").or_else(|| reading.find('/'))?;
        let length = reading[from..].find(['"', '&', '\'', ';', '|']);
        let ends = length.map_or(reading.len(), |length| from + length);
        let changed = format!("{}{elsewhere}{}", &reading[..from], &reading[ends..]);
        Some(match inside {
            None => changed,
            Some((part, encoding)) => state.replace(part, &encoding.encode(changed)),
        })
    });
    changed.collect()
}

/// Cookies that somebody could make who knows no secret of the app: the state itself, and the cookie
/// with one state put in the place of another, wherever it can be read.
fn forgeries(value: &str, own: &str, state: &str) -> Vec<String> {
    let mut forgeries = vec![state.to_owned()];
    if value.contains(own) {
        forgeries.push(value.replace(own, state));
    }
    for part in value.split(['.', '|', ':']) {
        let encodings = [&URL_SAFE_NO_PAD, &STANDARD];
        for encoding in encodings {
            let decoded = encoding.decode(part).ok();
            let decoded = decoded.and_then(|decoded| String::from_utf8(decoded).ok());
            if let Some(decoded) = decoded.filter(|decoded| decoded.contains(own)) {
                let forged = encoding.encode(decoded.replace(own, state));
                forgeries.push(value.replace(part, &forged));
            }
        }
    }
    // Both encodings read some texts, and a cookie may be the state alone.
    forgeries.dedup();
    forgeries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_forged_wherever_its_state_can_be_read() {
        let inner = URL_SAFE_NO_PAD.encode(r#"{"s":"mine"}"#);
        let forged = URL_SAFE_NO_PAD.encode(r#"{"s":"evil"}"#);
        let check = |value: &str, expected: &[&str]| {
            assert_eq!(forgeries(value, "mine", "evil"), expected, "{value}");
        };
        check("mine", &["evil"]);
        check("opaque", &["evil"]);
        check(
            &format!("{inner}.signature"),
            &["evil", &format!("{forged}.signature")],
        );
    }

    #[test]
    fn a_url_in_a_state_is_found_and_changed() {
        let state = URL_SAFE_NO_PAD.encode(r#"{"n":1,"to":"/home"}"#);
        let evil = URL_SAFE_NO_PAD.encode(r#"{"n":1,"to":"http://evil/"}"#);
        assert_eq!(
            changed_urls(&format!("{state}.s"), "http://evil/"),
            [format!("{evil}.s")]
        );
        assert_eq!(changed_urls("x;/home", "http://evil/"), ["x;http://evil/"]);
        assert!(changed_urls("f00ba7", "http://evil/").is_empty());
    }

    #[test]
    fn every_change_is_one() {
        let changes = changes("aGVsbG8.x", "d29ybGQ.y", PLACES);
        assert_eq!(changes.len(), 3 + 9 + 1 + 2);
        assert!(changes.iter().all(|(_, changed)| changed != "aGVsbG8.x"));
    }

    #[test]
    fn a_stem_is_what_stays_of_a_name() {
        assert_eq!(stem("tx_4f2a"), "tx");
        assert_eq!(stem("__Host-login-4f2a"), "__Host-login");
        assert_eq!(stem("__Host-session"), "__Host-session");
    }
}
