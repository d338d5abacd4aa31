//! How far this process knows the commit order, for whoever waits for it to move.

use tokio::sync::watch;

/// How far a process knows the commit order, whoever has committed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// The last number.
    pub number: i64,
    /// The last number of a transaction of which nothing is folded, such as every change of settings.
    pub settings: i64,
}

/// Where it is told. Whoever is slow sees the newest. Clones are the same.
#[derive(Debug, Clone)]
pub(super) struct ReachedSender(watch::Sender<Reached>);

impl ReachedSender {
    /// * `number`: the last number at the start.
    pub(super) fn of(number: i64) -> Self {
        Self(watch::Sender::new(Reached {
            number,
            settings: number,
        }))
    }

    pub(super) fn follow(&self) -> watch::Receiver<Reached> {
        self.0.subscribe()
    }

    /// * `settings`: the last number of which nothing is folded, if there is a new one.
    pub(super) fn tell(&self, number: i64, settings: Option<i64>) {
        self.0.send_if_modified(|reached| {
            let before = *reached;
            reached.number = number;
            reached.settings = settings.unwrap_or(before.settings);
            *reached != before
        });
    }
}
