//! Checks of a ping: those of any request, and fields that may not be sent before a sale.

use pointsman_lead::{Problem, Schema};

use crate::{
    PingTarget, Target,
    response::path::Path,
    target::check::{Check, Request},
};

impl PingTarget {
    /// Everything that keeps leads of this schema from being asked about, in a fixed order. Paths
    /// start with `target.ping.`.
    ///
    /// * `target`: whose secrets it shares.
    pub(crate) fn check(&self, target: &Target, schema: &Schema) -> Vec<Problem> {
        let plain = self.plain_target(target);
        let mut problems = Check::new(&plain, schema, Request::Ping).request();
        let ping_id = self.response.ping_id.as_deref();
        if let Some(path) = ping_id.filter(|path| Path::parse(path).is_none()) {
            let message = format!("`{path}` is not a path");
            let problem = Problem::new("path_invalid", "target.ping.response.ping_id", message);
            problems.push(problem.hint("start with `$`, then `.name` and `[0]`: $.id"));
        }
        problems
    }
}
