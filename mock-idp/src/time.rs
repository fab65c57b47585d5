//! Times as data writes them: seconds, with a fraction where they are not whole.

use std::time::Duration;

use serde::{Deserializer, Serializer};

/// Seconds since 1970, as [RFC 7519 section 2](https://www.rfc-editor.org/rfc/rfc7519#section-2) has
/// them.
pub(crate) mod unix_seconds {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::{Deserializer, Duration, Serializer, seconds};

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
    use std::time::{SystemTime, UNIX_EPOCH};

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
}
