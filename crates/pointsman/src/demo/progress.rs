//! What a person sees while the demonstration runs.

use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

/// Counts, and a bar that shows them if a terminal listens.
#[derive(Debug)]
pub(super) struct Progress {
    // Drawn on stderr, and not at all if that is no terminal.
    bar: ProgressBar,
    sold: AtomicU64,
    postbacks: AtomicU64,
}

impl Progress {
    pub(super) fn new(n_leads: usize) -> anyhow::Result<Self> {
        let style = "{elapsed:>4} {bar:30} {pos}/{len} leads, {msg}";
        let bar = ProgressBar::new(u64::try_from(n_leads)?)
            .with_style(ProgressStyle::with_template(style)?);
        let none = || AtomicU64::new(0);
        Ok(Self {
            bar,
            sold: none(),
            postbacks: none(),
        })
    }

    pub(super) fn lead(&self, is_sold: bool) {
        self.sold.fetch_add(u64::from(is_sold), Ordering::Relaxed);
        self.bar.inc(1);
        self.show();
    }

    pub(super) fn postback(&self) {
        self.postbacks.fetch_add(1, Ordering::Relaxed);
        self.show();
    }

    /// Postbacks so far, repeated ones too.
    pub(super) fn postbacks(&self) -> u64 {
        self.postbacks.load(Ordering::Relaxed)
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn show(&self) {
        if !self.bar.is_hidden() {
            let sold = self.sold.load(Ordering::Relaxed);
            self.bar
                .set_message(format!("{sold} sold, {} postbacks", self.postbacks()));
        }
    }
}
