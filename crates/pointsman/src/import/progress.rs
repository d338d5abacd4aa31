//! How far an import is.

use indicatif::{ProgressBar, ProgressStyle};

use super::Summary;
use crate::out;

/// Lines for whoever has no terminal, such as a log file.
const LINES: u64 = 20;

/// A bar with a total where there is a terminal, and else a line for each twentieth of the rows.
pub(super) struct ImportProgress {
    bar: ProgressBar,
    n_rows: u64,
    /// Twentieths that were told.
    n_told: u64,
}

impl ImportProgress {
    pub(super) fn new(n_rows: u64, summary: &Summary) -> Self {
        let bar = ProgressBar::new(n_rows);
        let style = "{wide_bar} {pos}/{len} rows, {eta} left  {msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        let mut progress = Self {
            bar,
            n_rows,
            n_told: twentieths(summary.n_ended(), n_rows),
        };
        progress.show(summary);
        // What was done before says nothing of how fast it goes.
        progress.bar.reset_eta();
        progress
    }

    pub(super) fn show(&mut self, summary: &Summary) {
        let n_ended = summary.n_ended();
        self.bar.set_position(n_ended);
        self.bar.set_message(summary.counts());
        let n_told = twentieths(n_ended, self.n_rows);
        if self.bar.is_hidden() && n_told > self.n_told {
            let n_rows = self.n_rows;
            out::note(format!("{n_ended} of {n_rows} rows: {}", summary.counts()));
        }
        self.n_told = n_told;
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn twentieths(n_ended: u64, n_rows: u64) -> u64 {
    n_ended.saturating_mul(LINES) / n_rows.max(1)
}
