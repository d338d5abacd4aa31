//! What the live stage of each flow means right now: a program, and where its destinations are.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use arc_swap::{ArcSwap, Guard};
use pointsman_delivery::Target;
use pointsman_experiment::Layer;
use pointsman_flow::Program;
use pointsman_source::SourceDocument;
use tokio::sync::{Notify, watch};

/// The live version of one flow, ready to take leads.
#[derive(Debug, Clone)]
pub struct Route {
    /// The compiled version.
    pub program: Arc<Program>,
    /// Where to post, by destination.
    pub targets: Arc<BTreeMap<String, Target>>,
}

/// A version that takes the place of the live one for a share of a flow's leads.
#[derive(Debug, Clone)]
pub struct CandidateRoute {
    /// Name of the experiment, by which leads are chosen.
    pub experiment: String,
    /// The share of leads that it takes, in parts per million.
    pub share_ppm: u32,
    /// The field by whose value leads are chosen; none, or where it is missing: each lead by itself.
    pub sticky: Option<String>,
    /// The part of a layer from which its leads are taken; none: from all of them.
    pub layer: Option<Layer>,
    /// The version, ready to take leads.
    pub route: Route,
}

/// How the payloads of one source are read.
#[derive(Debug, Clone)]
pub struct SourceRoute {
    /// Its document.
    pub document: Arc<SourceDocument>,
    /// One more with each change of it.
    pub revision: i64,
}

/// All live flows at one moment. Swapped as a whole.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    /// By flow name.
    pub flows: BTreeMap<String, Route>,
    /// Versions that are tried out, by flow name.
    pub candidates: BTreeMap<String, CandidateRoute>,
    /// The fields by which experiments know people, by flow. Their hashes are stored with decisions.
    pub kept: BTreeMap<String, BTreeSet<String>>,
    /// Sources whose payloads are read by a document, by name.
    pub sources: BTreeMap<String, SourceRoute>,
    /// Whether anybody is on the suppression list.
    pub suppresses: bool,
    /// Flows that take no leads for now, whatever is live.
    pub stopped: BTreeSet<String>,
    /// The number in commit order of the last change of settings that they follow.
    pub revision: i64,
}

impl Routes {
    /// The live version of a flow.
    pub fn find(&self, flow: &str) -> Option<&Route> {
        self.flows.get(flow)
    }

    /// Whatever takes leads, live or tried out.
    pub fn all(&self) -> impl Iterator<Item = &Route> {
        let candidates = self.candidates.values().map(|candidate| &candidate.route);
        self.flows.values().chain(candidates)
    }
}

/// The live flows as they are now: whoever configures flows publishes to it, whoever takes leads reads
/// from it, and neither knows the other. Cheap to clone; clones are the same.
#[derive(Debug, Clone, Default)]
pub struct LiveRoutes {
    routes: Arc<ArcSwap<Routes>>,
    changed: Arc<Notify>,
    revision: watch::Sender<i64>,
    /// Somebody has seen a later revision.
    wanted: Arc<Notify>,
}

impl LiveRoutes {
    /// The live flows of this moment, to look at for a moment: readers never wait.
    pub fn look(&self) -> Guard<Arc<Routes>> {
        self.routes.load()
    }

    /// The live flows of this moment, to keep.
    pub fn get(&self) -> Arc<Routes> {
        self.routes.load_full()
    }

    /// Lets leads go by other routes from now on.
    pub fn put(&self, routes: Routes) {
        let revision = routes.revision;
        self.routes.store(Arc::new(routes));
        self.changed.notify_one();
        self.revision.send_replace(revision);
    }

    /// The revision of the routes of this moment.
    pub fn revision(&self) -> i64 {
        *self.revision.borrow()
    }

    /// Says that there are settings of this revision, so that whoever publishes routes looks.
    pub fn want(&self, revision: i64) {
        if revision > self.revision() {
            self.wanted.notify_one();
        }
    }

    /// Waits until somebody wants routes of a later revision. For one who waits.
    pub async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// Waits until the routes are of this revision, or of a later one.
    pub async fn reach(&self, revision: i64) {
        self.want(revision);
        let mut reached = self.revision.subscribe();
        // The sender lives as long as this.
        let _ = reached.wait_for(|reached| *reached >= revision).await;
    }

    /// Waits until the routes are other ones than at the end of the last wait. For one who waits.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}
