//! [`Cache`]: one document of a provider, kept for as long as the provider allows.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use http::{HeaderMap, header::CACHE_CONTROL};
use tokio::sync::Mutex;
use url::Url;

use super::Rules;
use crate::{LoginError, http::Http};

/// The shortest and longest time a document is kept, in seconds, whatever its `max-age`.
const LIFETIME: std::ops::RangeInclusive<i64> = 300..=86_400;

/// How long a document without `max-age` is kept, in seconds.
const DEFAULT_LIFETIME: i64 = 3_600;

/// How long nothing is asked again, in seconds, after asking ahead of time or in vain: tokens with
/// invented key identifiers must not turn into requests.
const COOL_DOWN: i64 = 30;

/// What a provider publishes at a URL.
pub(super) trait Document: Sized {
    /// How long it may be used beyond its lifetime while the provider does not answer, in seconds.
    const STALE_FOR: i64;

    /// Reads and checks it; what is special about its provider may make it right.
    fn parse(url: &Url, body: &[u8], rules: Rules<'_>) -> Result<Self, LoginError>;
}

/// One document. Whoever comes while it is being fetched waits for that one answer, good or bad.
#[derive(Debug)]
pub(super) struct Cache<T> {
    rules: Rules<'static>,
    slot: Mutex<Slot<T>>,
    /// How many fetches have ended: who waited sees by it that one ended meanwhile.
    fetches: AtomicU64,
}

#[derive(Debug)]
struct Slot<T> {
    kept: Option<Kept<T>>,
    failure: Option<LoginError>,
    asked_ahead_at: Option<i64>,
}

#[derive(Debug)]
struct Kept<T> {
    url: Url,
    document: Arc<T>,
    fresh_until: i64,
    /// Until when it may be used where there is no newer one.
    stale_until: i64,
}

impl<T> Cache<T> {
    pub(super) fn new(rules: Rules<'static>) -> Self {
        let slot = Slot {
            kept: None,
            failure: None,
            asked_ahead_at: None,
        };
        Self {
            rules,
            slot: Mutex::new(slot),
            fetches: AtomicU64::new(0),
        }
    }
}

impl<T: Document> Cache<T> {
    /// The document, fetched where the one kept is no longer fresh.
    pub(super) async fn current(
        &self,
        http: &Http,
        url: &Url,
        now: i64,
    ) -> Result<Arc<T>, LoginError> {
        let fetches_before = self.fetches.load(Ordering::Acquire);
        let mut slot = self.slot.lock().await;
        if let Some(kept) = slot
            .kept
            .as_ref()
            .filter(|kept| kept.url == *url && now < kept.fresh_until)
        {
            return Ok(Arc::clone(&kept.document));
        }
        if self.fetches.load(Ordering::Acquire) != fetches_before
            && let Some(failure) = &slot.failure
        {
            return Err(failure.clone());
        }
        let fetched = self.fetch(&mut slot, http, url, now).await;
        fetched.or_else(|failure| slot.stale(url, now).ok_or(failure))
    }

    /// A document newer than one in which something was missing; the same one during a cool-down.
    pub(super) async fn newer_than(
        &self,
        seen: &Arc<T>,
        http: &Http,
        url: &Url,
        now: i64,
    ) -> Result<Arc<T>, LoginError> {
        let mut slot = self.slot.lock().await;
        if let Some(kept) = slot
            .kept
            .as_ref()
            .filter(|kept| !Arc::ptr_eq(&kept.document, seen))
        {
            return Ok(Arc::clone(&kept.document));
        }
        if slot
            .asked_ahead_at
            .is_some_and(|asked| (asked..asked + COOL_DOWN).contains(&now))
        {
            return Ok(Arc::clone(seen));
        }
        slot.asked_ahead_at = Some(now);
        self.fetch(&mut slot, http, url, now).await
    }

    async fn fetch(
        &self,
        slot: &mut Slot<T>,
        http: &Http,
        url: &Url,
        now: i64,
    ) -> Result<Arc<T>, LoginError> {
        let answer = http.fetch(url).await;
        let fetched = answer.and_then(|answer| {
            let document = Arc::new(T::parse(url, answer.body(), self.rules)?);
            let fresh_until = now.saturating_add(lifetime(answer.headers()));
            Ok(Kept {
                url: url.clone(),
                document,
                fresh_until,
                stale_until: fresh_until.saturating_add(T::STALE_FOR),
            })
        });
        self.fetches.fetch_add(1, Ordering::Release);
        match fetched {
            Ok(kept) => {
                let document = Arc::clone(&kept.document);
                (slot.kept, slot.failure) = (Some(kept), None);
                Ok(document)
            }
            Err(failure) => {
                slot.failure = Some(failure.clone());
                Err(failure)
            }
        }
    }
}

impl<T: Document> Slot<T> {
    /// What was kept beyond its time, for a little longer.
    fn stale(&mut self, url: &Url, now: i64) -> Option<Arc<T>> {
        let kept = self
            .kept
            .as_mut()
            .filter(|kept| now < kept.stale_until && kept.url == *url)?;
        tracing::warn!(%url, "the provider does not answer: its last document is used");
        kept.fresh_until = now.saturating_add(COOL_DOWN);
        Some(Arc::clone(&kept.document))
    }
}

/// `max-age` ([RFC 9111 5.2.2.1](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.1)) within
/// limits, in seconds.
fn lifetime(headers: &HeaderMap) -> i64 {
    let values = headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut directives = values.flat_map(|value| value.split(',')).map(str::trim);
    let max_age = directives.find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        name.eq_ignore_ascii_case("max-age")
            .then(|| value.trim_matches('"').parse::<i64>().ok())?
    });
    max_age
        .unwrap_or(DEFAULT_LIFETIME)
        .clamp(*LIFETIME.start(), *LIFETIME.end())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header::CACHE_CONTROL};

    use super::lifetime;

    #[test]
    fn max_age_counts_within_limits() {
        let check = |value: &'static str, expected| {
            let headers = HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static(value))]);
            assert_eq!(lifetime(&headers), expected, "{value}");
        };
        check(
            "public, max-age=23641, must-revalidate, no-transform",
            23_641,
        );
        check("Max-Age=\"600\"", 600);
        check("max-age=5", 300);
        check("max-age=-5", 300);
        check("max-age=31536000", 86_400);
        check("max-age=soon", 3_600);
        check("s-maxage=400", 3_600);
        assert_eq!(lifetime(&HeaderMap::new()), 3_600);
    }
}
