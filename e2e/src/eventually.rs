//! [`eventually`]: the one place where waiting takes time.

use std::time::Duration;

const LONGEST: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(20);

/// Asks until the answer is there, and gives it; `None` after 20 seconds without one.
///
/// For what another process does in its own time, a browser above all. Whatever this process
/// knows by itself is awaited, not asked for.
pub async fn eventually<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            pause().await;
        }
    };
    tokio::time::timeout(LONGEST, asking).await.ok()
}

/// A pause before another process is asked again.
#[expect(
    clippy::disallowed_methods,
    reason = "the one pause, between two questions to another process"
)]
pub(crate) async fn pause() {
    tokio::time::sleep(PAUSE).await;
}

#[cfg(test)]
mod tests {
    use super::eventually;

    #[tokio::test]
    async fn asks_again_until_there_is_an_answer() {
        let mut asked = 0;
        let answer = eventually(async || {
            asked += 1;
            (asked == 3).then_some("there")
        })
        .await;
        assert_eq!(answer, Some("there"));
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_in_the_end() {
        assert_eq!(eventually(async || None::<()>).await, None);
    }
}
