//! Waiting for what must come: asking again and again, up to a deadline.

use std::time::{Duration, Instant};

/// Longest wait, generous for a machine that is busy with other things.
pub const TIMEOUT: Duration = Duration::from_secs(30);
/// Between two questions.
const PAUSE: Duration = Duration::from_millis(20);

/// Asks until there is an answer, and gives it.
///
/// * `what`: what is waited for, for whoever reads the failure.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(
            Instant::now() < deadline,
            "not within {} s: {what}",
            TIMEOUT.as_secs()
        );
        tokio::time::sleep(PAUSE).await;
    }
}
