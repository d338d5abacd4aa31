//! How full the targets of arms are.

use std::cmp::Ordering;

use pointsman_flow::ArmTargets;

/// How full a target is: leads over target, compared without rounding.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fill {
    pub(super) n_leads: u64,
    pub(super) target: u32,
}

impl Fill {
    pub(super) const EMPTY: Self = Self {
        n_leads: 0,
        target: 1,
    };

    /// How full the fuller of an arm's targets is.
    pub(super) fn of((today, this_month): (u64, u64), targets: ArmTargets) -> Self {
        let ArmTargets { daily, monthly } = targets;
        let of = |n_leads, target: Option<u32>| target.map(|target| Self { n_leads, target });
        of(today, daily)
            .max(of(this_month, monthly))
            .unwrap_or(Self::EMPTY)
    }
}

impl Ord for Fill {
    fn cmp(&self, other: &Self) -> Ordering {
        let ours = u128::from(self.n_leads) * u128::from(other.target);
        ours.cmp(&(u128::from(other.n_leads) * u128::from(self.target)))
    }
}

impl PartialOrd for Fill {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Fill {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Fill {}
