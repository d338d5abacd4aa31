//! A difference without what was known of leads before they drew: CUPED by fields of the lead.

use crate::{
    CovariateSums, Metric, Plan, UnitSums,
    evidence::{both_of, count},
};
use pointsman_stats::experiment::{
    ArmDifference, Mean,
    clusters::NORMAL_FROM,
    covariates::{AdjustedByAll, ArmsStratum, UnitMoments, adjust_by_all},
};

/// Both arms adjusted.
pub(crate) struct AdjustedArms {
    pub(crate) contrast: ArmDifference,
    pub(crate) base: Mean,
    pub(crate) variance_removed: f64,
    pub(crate) by: Vec<String>,
}

/// Two arms without what the covariates explain.
///
/// # Errors
///
/// In words, why they cannot be adjusted.
pub(crate) fn adjusted_arms(
    plan: &Plan,
    units: &[UnitSums],
    first: &str,
    arm: &str,
    metric: Metric,
) -> Result<AdjustedArms, String> {
    let mut strata = Vec::new();
    for (a, b) in both_of(units, first, arm) {
        let few = [a, b].into_iter().find(|it| it.is_few());
        if let Some(few) = few {
            return Err(format!(
                "`{}` has {} units of several leads each, and below {NORMAL_FROM} nothing is adjusted",
                few.arm, few.units
            ));
        }
        strata.push(ArmsStratum {
            control: a.unit_moments(metric)?,
            treatment: b.unit_moments(metric)?,
            leads: a.leads + b.leads,
        });
    }
    if plan.sticky.is_some() && strata.len() > 1 {
        return Err(
            "its people count under several shares, each of which has slopes of its own".to_owned(),
        );
    }
    let AdjustedByAll {
        control,
        treatment,
        is_used,
        variance_left,
        ..
    } = adjust_by_all(&strata).map_err(|error| match error {
        pointsman_stats::experiment::Error::NoSpread => {
            "none of the covariates differs between leads".to_owned()
        }
        other => other.to_string(),
    })?;
    let used = plan.covariates.iter().zip(is_used.chunks(2));
    let used = used.filter(|(_, columns)| columns.contains(&true));
    let contrast = ArmDifference::between(control, treatment);
    Ok(AdjustedArms {
        contrast: contrast.map_err(|error| error.to_string())?,
        base: control,
        variance_removed: 1.0 - variance_left,
        by: used.map(|(name, _)| name.clone()).collect(),
    })
}

/// What a reader should know of covariates that say nothing.
pub(crate) fn covariate_notes(plan: &Plan, units: &[UnitSums]) -> Vec<String> {
    let leads: u64 = units.iter().map(|it| it.leads).sum();
    if leads == 0 {
        return Vec::new();
    }
    let notes = plan.covariates.iter().enumerate().filter_map(|(idx, name)| {
        let of = units.iter().map(|it| it.covariates.sums.get(2 * idx + 1));
        let missing: f64 = of.map(|it| it.copied().unwrap_or(0.0)).sum();
        let share = missing / count(leads);
        if share >= 1.0 {
            return Some(format!("no lead that counts has a value of `{name}`, so nothing is adjusted by it"));
        }
        (share > MISSING_TOLD).then(|| {
            format!(
                "{:.0} % of the leads that count have no value of `{name}`; they are adjusted by their own mean",
                share * 100.0
            )
        })
    });
    notes.collect()
}

/// From this share of leads without a value on it is told.
const MISSING_TOLD: f64 = 0.1;

impl UnitSums {
    /// Whether the units are clusters of leads, and too few for an error by them.
    fn is_few(&self) -> bool {
        self.leads > self.units && self.units < NORMAL_FROM
    }

    /// Moments of value, leads and covariates.
    fn unit_moments(&self, metric: Metric) -> Result<UnitMoments, String> {
        let CovariateSums {
            sums,
            leads,
            metrics,
            products,
        } = &self.covariates;
        let own = Metric::ALL.iter().position(|it| *it == metric);
        let own = own.and_then(|idx| metrics.get(idx));
        let own = own.filter(|own| [own.len(), leads.len(), products.len()] == [sums.len(); 3]);
        let own = own.ok_or_else(|| "its covariates are not known".to_owned())?;
        let value = self.of(metric);
        let n = count(self.units);
        let mut totals = vec![value.sum, count(self.leads)];
        totals.extend(sums);
        let mut rows = vec![
            vec![value.squared, value.leads],
            vec![value.leads, self.leads_squared],
        ];
        rows[0].extend(own);
        rows[1].extend(leads);
        for (idx, row) in products.iter().enumerate() {
            let mut whole = vec![own[idx], leads[idx]];
            whole.extend(row);
            rows.push(whole);
        }
        for (row, total) in rows.iter_mut().zip(&totals) {
            for (cell, other) in row.iter_mut().zip(&totals) {
                *cell = (*cell - total * other / n) / (n - 1.0);
            }
        }
        let means = totals.iter().map(|total| total / n).collect();
        UnitMoments::new(self.units, means, rows).map_err(|error| error.to_string())
    }
}
