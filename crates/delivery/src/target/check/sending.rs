//! What is wrong with retries and limits.

use super::Check;
use crate::retry::{COUNT_MAX, WAIT_MS_MAX};

impl Check<'_> {
    /// The schedule of retries, and how many exchanges there may be at once.
    pub(super) fn sending(&mut self) {
        if let Some(retry) = self.target.retry {
            if !(1..=COUNT_MAX).contains(&retry.count) {
                let message = format!("{} retries are not between 1 and {COUNT_MAX}", retry.count);
                self.report("retry_count", "retry.count", message, "2 or 3 are usual");
            }
            for (name, wait_ms) in [
                ("wait_ms", retry.wait_ms),
                ("longest_wait_ms", retry.longest_wait_ms),
            ] {
                if !(10..=WAIT_MS_MAX).contains(&wait_ms) {
                    let message = format!("{wait_ms} ms is not between 10 and 60,000 ms");
                    let hint = "a lead has 30 seconds, if its source does not say otherwise";
                    self.report("retry_wait", &format!("retry.{name}"), message, hint);
                }
            }
            if retry.jitter_percent > 100 {
                let message = format!("{} percent is more than all", retry.jitter_percent);
                self.report(
                    "retry_jitter",
                    "retry.jitter_percent",
                    message,
                    "20 is usual",
                );
            }
        }
        if let Some(places) = self.target.concurrency
            && !(1..=1_000).contains(&places)
        {
            let message = format!("{places} exchanges at once are not between 1 and 1,000");
            let hint = "leave it out for as many as the process allows";
            self.report("concurrency_range", "concurrency", message, hint);
        }
    }
}
