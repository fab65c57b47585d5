//! Times as data writes them: seconds, with a fraction where they are not whole; and as people read them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserializer, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// To the millisecond, as [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) has it; what is beyond the years that it
/// knows shows as 1970.
pub(crate) fn rfc3339(at: SystemTime) -> String {
    let since = at.duration_since(UNIX_EPOCH);
    let nanoseconds =
        i128::try_from(since.unwrap_or_default().as_millis()).map(|it| it * 1_000_000);
    let at = nanoseconds.map(OffsetDateTime::from_unix_timestamp_nanos);
    let at = at.ok().and_then(Result::ok);
    let at = at.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(&Rfc3339).unwrap_or_default()
}

/// Date and time in UTC, as people read them: `2026-04-09 19:21:00Z`.
pub(crate) fn date_and_time(at: SystemTime) -> String {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let at = i64::try_from(since.as_secs()).ok();
    let at = at.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
    let at = at.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second) = at.to_hms();
    let month = u8::from(month);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}Z")
}

/// Seconds since 1970, as [RFC 7519 section 2](https://www.rfc-editor.org/rfc/rfc7519#section-2) has
/// them.
pub(crate) mod unix_seconds {
    use super::{Deserializer, Duration, Serializer, SystemTime, UNIX_EPOCH, seconds};

    pub(crate) fn serialize<S: Serializer>(
        time: &SystemTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        // Before 1970 no clock of a provider ever is.
        let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        seconds::serialize(&since, serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<SystemTime, D::Error> {
        let since = seconds::deserialize(deserializer)?;
        let time = UNIX_EPOCH.checked_add(since);
        time.ok_or_else(|| serde::de::Error::custom(format!("{since:?} after 1970 is too late")))
    }
}

/// A length of time.
pub(crate) mod seconds {
    use super::{Deserializer, Duration, Serializer};
    use serde::Deserialize as _;

    pub(crate) fn serialize<S: Serializer>(
        duration: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if duration.subsec_nanos() == 0 {
            serializer.serialize_u64(duration.as_secs())
        } else {
            serializer.serialize_f64(duration.as_secs_f64())
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(seconds).map_err(|_| {
            serde::de::Error::custom(format!("{seconds} is no number of seconds from 0 on"))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Both {
        #[serde(with = "seconds")]
        seconds: Duration,
        #[serde(with = "unix_seconds")]
        at: SystemTime,
    }

    #[test]
    fn whole_seconds_are_whole_numbers() {
        let both = Both {
            seconds: Duration::from_mins(2),
            at: UNIX_EPOCH + Duration::from_millis(1_500),
        };
        let written = serde_json::to_string(&both).unwrap();
        assert_eq!(written, r#"{"seconds":120,"at":1.5}"#);
        assert_eq!(serde_json::from_str::<Both>(&written).unwrap(), both);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for wrong in ["-1", "1e300"] {
            let text = format!(r#"{{"seconds":{wrong},"at":0}}"#);
            let error = serde_json::from_str::<Both>(&text).unwrap_err().to_string();
            assert!(
                error.contains("is no number of seconds from 0 on"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_time_is_written_to_the_millisecond() {
        let check = |millis: u64, expected: &str| {
            let at = UNIX_EPOCH.checked_add(Duration::from_millis(millis));
            assert_eq!(rfc3339(at.unwrap()), expected);
        };
        check(0, "1970-01-01T00:00:00Z");
        check(1_795_867_399_120, "2026-11-28T12:03:19.12Z");
        check(253_402_300_799_000, "9999-12-31T23:59:59Z");
        check(253_402_300_800_000, "1970-01-01T00:00:00Z");
    }
}
