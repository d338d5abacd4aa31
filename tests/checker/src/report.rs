//! What was looked at, and what was found.

use std::fmt;

use serde::Serialize;

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// What kind of thing, in the table of the crate.
    pub code: &'static str,
    /// Which lead, delivery or sum, and how.
    pub what: String,
}

/// How much was looked at: nothing was found where nothing was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Leads that are stored.
    pub leads: usize,
    /// Leads that sources were told of.
    pub acknowledged: usize,
    /// Decisions that are stored.
    pub decisions: usize,
    /// Deliveries that are stored.
    pub deliveries: usize,
    /// Deliveries that were accepted.
    pub accepted: usize,
    /// Deliveries of which nobody knows the answer.
    pub held: usize,
    /// Answers that came after their lead was taken over, and said yes.
    pub late_acceptances: usize,
    /// Times that a server was killed.
    pub kills: usize,
    /// Posts that buyers had and had not answered at a kill, over all kills.
    pub in_flight_at_kills: usize,
    /// Posts that buyers got.
    pub posts: usize,
    /// Posts that they had got before.
    pub duplicates: usize,
    /// Caps that were followed commit by commit.
    pub caps: usize,
    /// Reports of buyers that were answered with a 2xx.
    pub reports: usize,
    /// Conversions that are stored.
    pub conversions: usize,
    /// What all leads are worth, micro-units.
    pub revenue: i64,
}

/// What came of a look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How much was looked at.
    pub counts: Counts,
    /// Everything that must not be.
    pub violations: Vec<Violation>,
}

impl Report {
    pub(crate) fn find(&mut self, code: &'static str, what: impl Into<String>) {
        let what = what.into();
        self.violations.push(Violation { code, what });
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, what } = self;
        write!(formatter, "{code}: {what}")
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            leads,
            acknowledged,
            decisions,
            deliveries,
            accepted,
            held,
            late_acceptances,
            kills,
            in_flight_at_kills,
            posts,
            duplicates,
            caps,
            reports,
            conversions,
            revenue,
        } = self;
        write!(
            formatter,
            "{leads} leads ({acknowledged} acknowledged), {decisions} decisions, {deliveries} deliveries ({accepted} accepted, \
             {held} unknown, {late_acceptances} late), {kills} kills with {in_flight_at_kills} posts under way, {posts} posts \
             ({duplicates} twice), {caps} caps, {reports} reports, {conversions} conversions, {revenue} micros"
        )
    }
}
