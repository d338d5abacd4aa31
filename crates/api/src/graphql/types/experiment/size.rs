//! Sizes of experiments.

use async_graphql::SimpleObject;
use pointsman_experiment::Size;

/// How many leads an experiment needs to find a change.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExperimentSize {
    /// Mean per lead of past leads.
    mean: f64,
    /// Change to find: in shares of leads, or in units of the currency per lead.
    difference: f64,
    /// Leads of both arms, with as many looks as one likes.
    leads: u64,
    /// Days until these leads count, at the past rate.
    days: f64,
    /// Leads of both arms, with a single look at the end.
    leads_for_one_look: u64,
    /// Days until these leads count, at the past rate.
    days_for_one_look: f64,
    /// How many times more leads that is than if no two leads were of one person; 1 if each lead counts by itself.
    design_effect: f64,
}

impl From<Size> for ExperimentSize {
    fn from(size: Size) -> Self {
        let Size {
            mean,
            difference,
            leads,
            days,
            leads_for_one_look,
            days_for_one_look,
            design_effect,
        } = size;
        Self {
            mean,
            difference,
            leads,
            days,
            leads_for_one_look,
            days_for_one_look,
            design_effect,
        }
    }
}
