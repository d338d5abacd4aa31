//! Flows written in Rust: what cannot work does not compile.
//!
//! * A step exists before anything leads to it, so that a flow has no cycle.
//! * The lifetime `'f` brands the ports and scorecards of one flow; another flow cannot use them.
//! * A predicate knows its lead: that of another vertical, or a value of another type, is refused.
//! * What is not finished, such as a `when` without `otherwise`, is no port.
//!
//! What is left for [`crate::check`] is what Rust does not see: weights that do not sum up,
//! destinations that are not in the catalog, rows that never match.
//!
//! ```
//! use pointsman_flow::{
//!     Enumerated, Lead, Objective,
//!     build::{Flow, Integer, State, us::{CA, TX}},
//! };
//!
//! #[derive(Enumerated)]
//! enum Credit { Good, Poor }
//!
//! #[derive(Lead)]
//! struct AutoInsurance { state: State, credit: Credit, age: Option<Integer>, home_owner: bool }
//!
//! let flow = Flow::<AutoInsurance>::build("auto-insurance", |f| {
//!     let (acme, zenith) = (f.destination("acme"), f.destination("zenith"));
//!     let nobody = f.reject("no buyer wants it");
//!     let premium = f
//!         .bandit("premium", [acme, zenith])
//!         .maximize(Objective::NetRevenue)
//!         .explore_ppm(20_000);
//!     let standard = f.waterfall([zenith, acme]);
//!     let quality = f
//!         .scorecard("quality")
//!         .points(AutoInsurance::CREDIT.is(Credit::Good), 40)
//!         .points(AutoInsurance::HOME_OWNER.is(true), 20);
//!     let graded = f.when(quality.at_least(50)).then(premium).otherwise(standard);
//!     f.when(AutoInsurance::STATE.one_of([CA, TX])).then(graded).otherwise(nobody)
//! });
//! assert_eq!(flow.document().root, "when-2");
//! ```

use std::marker::PhantomData;

use pointsman_lead::{Currency, Lead, Schema};

use crate::{
    Catalog, Checked, Dedupe, DestinationNode, Diagnostic, Document, Hash, RejectNode, SubflowNode,
    WaterfallNode, check,
};

mod amount;
mod auction;
mod derive;
#[doc(hidden)]
pub mod derived;
mod draw;
mod field;
mod predicate;
mod rotate;
mod score;
mod steps;
mod table;
mod when;
mod write;

pub use amount::{Amount, BelongsTo, Free, Joins, Numeric, Of, Operand, max, min};
pub use auction::{Auction, BidderPort};
pub use derive::{Derive, Derived};
pub use draw::{ArmPort, Bandit, EmptySplit, Split};
pub use field::{Column, FieldOf, HalfOpen, NumberOf, ValueOf, WeekdayOf};
pub use pointsman_lead::{
    Country, Decimal, Email, Integer, Phone, PostalCode, Region, State, Timestamp, Url, Weekday,
    Zone, us,
};
pub use predicate::Predicate;
pub use rotate::{Deficit, EmptyDeficit, Target};
pub use score::Score;
pub use steps::Port;
pub use table::{CellOf, Columns, Table, any, missing, none_of, one_of, starts_with, within};
pub use when::{Switch, Then, When};

use steps::{Brand, Steps};

/// A flow over the leads `L`, as a document that is well typed but not yet checked.
pub struct Flow<L> {
    document: Document,
    lead: PhantomData<fn() -> L>,
}

impl<L: Lead> Flow<L> {
    /// Writes a flow.
    ///
    /// * `name`: of the flow; draws depend on it.
    /// * `write`: makes the steps, the last ones first, and returns the one where leads start.
    ///
    /// # Panics
    ///
    /// If two steps were given the same name.
    pub fn build(name: &str, write: impl for<'f> FnOnce(Builder<'f, L>) -> Port<'f, L>) -> Self {
        let steps = Steps::default();
        let root = write(Builder {
            steps: &steps,
            brand: PhantomData,
        })
        .step();
        let document = write::document(name, L::schema().vertical(), root, steps);
        Self {
            document,
            lead: PhantomData,
        }
    }

    /// The flow as everything else knows it.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The lead schema that its predicates are typed by.
    pub fn schema(&self) -> Schema {
        L::schema()
    }

    /// Checks and compiles it, as [`crate::check`] does.
    ///
    /// # Errors
    ///
    /// Every mistake at once.
    pub fn check(&self, catalog: &Catalog) -> Result<Checked, Vec<Diagnostic>> {
        check(&self.document, catalog)
    }
}

/// Makes the steps of one flow.
///
/// Steps take the names that they are given with [`Port::named`]; the others are called after
/// their kind in the order in which they are made, such as `waterfall-1`. Splits, bandits,
/// rotations and scorecards are always given theirs: draws, learning, counts and predicates depend
/// on them.
pub struct Builder<'f, L> {
    steps: &'f Steps,
    brand: Brand<'f, L>,
}

impl<'f, L> Builder<'f, L> {
    /// A destination of the catalog. Asked for twice, it is the same step.
    #[track_caller]
    pub fn destination(self, name: &str) -> Port<'f, L> {
        let step = match self.steps.find_destination(name) {
            Some(known) => known,
            None => self.steps.add(DestinationNode {
                destination: Some(name.to_owned()),
            }),
        };
        Port::at(self, step)
    }

    /// Declines the lead.
    ///
    /// * `reason`: in words for the source.
    #[track_caller]
    pub fn reject(self, reason: &str) -> Port<'f, L> {
        Port::at(
            self,
            self.steps.add(RejectNode {
                reason: reason.to_owned(),
            }),
        )
    }

    /// Offers the lead to each port in turn until one takes it.
    #[track_caller]
    pub fn waterfall(self, to: impl IntoIterator<Item = impl Into<Port<'f, L>>>) -> Port<'f, L> {
        let to = to.into_iter().map(|port| port.into().position()).collect();
        Port::at(self, self.steps.add(WaterfallNode { to }))
    }

    /// Stands for the nodes of another flow: of its live version, whichever that is.
    #[track_caller]
    pub fn subflow(self, flow: &str) -> Port<'f, L> {
        self.add_subflow(flow, None)
    }

    /// Stands for the nodes of one version of another flow, for good.
    #[track_caller]
    pub fn subflow_version(self, flow: &str, version: Hash) -> Port<'f, L> {
        self.add_subflow(flow, Some(version))
    }

    #[track_caller]
    fn add_subflow(self, flow: &str, version: Option<Hash>) -> Port<'f, L> {
        let flow = flow.to_owned();
        Port::at(self, self.steps.add(SubflowNode { flow, version }))
    }

    /// The currency of all the flow's money; US dollars if nothing is said.
    pub fn currency(self, currency: Currency) {
        self.steps.settings.borrow_mut().currency = currency;
    }

    /// How many destinations one lead may be sold to, 1 to 16; 1 if nothing is said.
    pub fn max_sold(self, max_sold: u8) {
        self.steps.settings.borrow_mut().max_sold = max_sold;
    }

    /// Which leads count as duplicates of earlier ones, and are offered to nobody; none if nothing is said.
    pub fn dedupe(self, dedupe: Dedupe) {
        self.steps.settings.borrow_mut().dedupe = Some(dedupe);
    }

    /// A title for people.
    pub fn title(self, title: &str) {
        self.steps.settings.borrow_mut().title = Some(title.to_owned());
    }

    /// Notes for people.
    pub fn notes(self, notes: &str) {
        self.steps.settings.borrow_mut().notes = Some(notes.to_owned());
    }
}

impl<L> Clone for Flow<L> {
    fn clone(&self) -> Self {
        Self {
            document: self.document.clone(),
            lead: PhantomData,
        }
    }
}

impl<L> std::fmt::Debug for Flow<L> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Flow").field(&self.document).finish()
    }
}

steps::plain!(Builder);

#[cfg(test)]
mod tests;
