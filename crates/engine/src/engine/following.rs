//! What one process does for all beside the leads.

use std::sync::Arc;

use pointsman_delivery::Client;

use super::Inner;
use crate::{
    BulkOperations,
    bulk::BulkJobs,
    erasures::Erasures,
    experiments::Experiments,
    follower::Follower,
    payouts::Payouts,
    postback_sender::{PostbackSender, PostbackSending},
    rollups::Rollups,
    shadows::Shadows,
    source_postbacks::SourcePostbacks,
    status::StatusQuestions,
};

impl Inner {
    /// Runs it.
    ///
    /// * `trackers`: what postbacks to sources are sent by.
    pub(super) fn follow(&self, trackers: Client) {
        let follower = Follower::new(&self.store, &self.lease, &self.stopping);
        let (supervisor, hash_key) = (&self.supervisor, self.intake.hash_key);
        follower.start(supervisor, move || Experiments::new(hash_key));
        follower.start(supervisor, Rollups::default);
        follower.start(supervisor, Payouts::default);
        follower.start(supervisor, SourcePostbacks::default);
        let sending = PostbackSending {
            client: trackers,
            clock: self.clock.clone(),
            routes: self.routes.clone(),
            figures: self.figures.clone(),
        };
        follower.start(supervisor, move || PostbackSender::new(sending.clone()));
        follower.start(supervisor, move || Shadows::new(hash_key));
        let (clock, routes) = (self.clock.clone(), self.routes.clone());
        follower.start(supervisor, move || {
            Erasures::new(hash_key, clock.clone(), routes.clone())
        });
        let releases = self.releases.clone();
        follower.start(supervisor, move || StatusQuestions(releases.clone()));
    }

    /// Runs what does one operation to many items.
    pub(super) fn run_bulk_jobs(&self, operations: Arc<dyn BulkOperations>) {
        let follower = Follower::new(&self.store, &self.lease, &self.stopping);
        let clock = self.clock.clone();
        follower.start(&self.supervisor, move || {
            BulkJobs::new(Arc::clone(&operations), clock.clone())
        });
    }
}
