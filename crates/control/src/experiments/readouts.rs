//! What can be said of an experiment at a moment, from the sums of its leads.

use std::collections::BTreeMap;

use pointsman_experiment::{
    AdaptiveDraws, Assigned, Counts, CovariateSums, Evidence, MetricSums, Readout, Subject,
    UnitSums, UnitTotals, read,
};
use pointsman_lead::Timestamp;
use pointsman_store::{
    AssignedUnits, ExperimentCount, ExperimentCovariates, ExperimentLeadRow, ExperimentSums,
    ExperimentUnit, Read, Store,
};

use super::Experiment;
use crate::{Control, Error};

/// Fewer units than these are looked at one by one.
const FEW: i64 = 200;
/// Leads of a bandit that are read at once.
const PAGE: u64 = 5_000;

/// An experiment with what can be said of it; `None` if there is none of this name.
///
/// * `now`: the moment; of an experiment that is concluded, what was said then.
///
/// # Errors
///
/// [`Error::Stored`] and [`Error::Store`].
pub async fn read_experiment(
    store: &Store,
    name: &str,
    now: Timestamp,
) -> Result<Option<(Experiment, Readout)>, Error> {
    let Some(row) = store.read().find_experiment(name).await? else {
        return Ok(None);
    };
    let experiment = Experiment::of(row)?;
    let readout = match &experiment.conclusion {
        Some(conclusion) => conclusion.readout.clone(),
        None => readout_at(store, &experiment, now).await?,
    };
    Ok(Some((experiment, readout)))
}

impl Control {
    /// What can be said of an experiment now; of one that is concluded, what was said then.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Stored`] and [`Error::Store`].
    pub async fn experiment_readout(&self, name: &str) -> Result<Readout, Error> {
        let now = self.inner.clock.now();
        let found = read_experiment(&self.inner.store, name, now).await?;
        let (_, readout) = found.ok_or_else(|| Error::not_found("experiment", name))?;
        Ok(readout)
    }

    pub(crate) async fn readout_of(&self, experiment: &Experiment) -> Result<Readout, Error> {
        readout_at(&self.inner.store, experiment, self.inner.clock.now()).await
    }
}

async fn readout_at(
    store: &Store,
    experiment: &Experiment,
    now: Timestamp,
) -> Result<Readout, Error> {
    let name = &experiment.name;
    let mature_until = now.0.saturating_sub(experiment.plan.window_micros());
    let store = store.read();
    let is_bandit = matches!(experiment.plan.subject, Subject::Bandit { .. });
    let (adaptive, units, assigned) = if is_bandit {
        let draws = adaptive(&store, experiment, mature_until).await?;
        (Some(draws), Vec::new(), Vec::new())
    } else {
        let units = all_units(&store, experiment, mature_until).await?;
        let assigned = store.assigned_units(name).await?.into_iter();
        let assigned = assigned.map(assigned_units).collect::<Result<_, Error>>()?;
        (None, units, assigned)
    };
    let counts = store.experiment_counts(name, mature_until).await?;
    let last = store.order().await?.number;
    let row = store.find_experiment(name).await?;
    let started = row.filter(|row| row.started_seq.is_some());
    let n_behind = started.map_or(0, |row| u64::try_from(last - row.folded_seq).unwrap_or(0));
    let versions = store.experiment_versions(name).await?;
    let evidence = Evidence {
        units,
        assigned,
        adaptive,
        counts: counts.into_iter().map(counted).collect(),
        n_versions: versions.len(),
        n_behind,
        started_at: experiment.started_at,
        as_of: now,
    };
    Ok(read(&experiment.plan, &evidence))
}

/// What the units come to whose leads count, by weights and arm.
async fn all_units(
    store: &Read<'_>,
    experiment: &Experiment,
    mature_until: i64,
) -> Result<Vec<UnitSums>, Error> {
    let name = &experiment.name;
    let sums = store.experiment_sums(name, mature_until).await?;
    let few = store.few_experiment_units(name, mature_until, FEW).await?;
    let n_covariates = experiment.plan.covariates.len();
    let known = if n_covariates == 0 {
        Vec::new()
    } else {
        let read = store.experiment_covariates(name, mature_until, n_covariates);
        read.await?
    };
    let sums = sums.into_iter();
    sums.map(|row| unit_sums(row, &few, &known)).collect()
}

/// The draws of a bandit one by one, with the probabilities that were stored with them.
async fn adaptive(
    store: &Read<'_>,
    experiment: &Experiment,
    mature_until: i64,
) -> Result<AdaptiveDraws, Error> {
    let mut draws = AdaptiveDraws::new(&experiment.plan);
    // Neighbours mostly have the weights of one allocation.
    let mut known: (String, BTreeMap<String, u32>) = Default::default();
    let mut after = -1;
    loop {
        let page = store
            .experiment_leads(&experiment.name, after, PAGE)
            .await?;
        let Some(last) = page.last() else {
            return Ok(draws);
        };
        after = last.seq;
        for lead in page.iter().filter(|lead| lead.is_comparable) {
            if lead.weights_body != known.0 {
                known = (lead.weights_body.clone(), weights(&lead.weights_body)?);
            }
            let counts = lead.drawn_at <= mature_until && !lead.is_open;
            let totals = counts.then(|| totals_of(lead));
            let added = draws.add(&lead.arm, &known.1, totals.as_ref());
            added.map_err(|_| Error::Stored {
                what: format!("the draw of lead {}", lead.lead_id),
            })?;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "an amount of one lead")]
fn totals_of(lead: &ExperimentLeadRow) -> UnitTotals {
    UnitTotals {
        leads: 1.0,
        accepted: lead.accepted as f64,
        converted: lead.converted as f64,
        returned: lead.returned as f64,
        revenue: lead.revenue as f64 / 1e6,
        latency: lead.latency_ms as f64,
        slow: lead.slow as f64,
    }
}

fn weights(body: &str) -> Result<BTreeMap<String, u32>, Error> {
    serde_json::from_str(body).map_err(|_| Error::Stored {
        what: "the weights of an experiment's leads".to_owned(),
    })
}

fn assigned_units(row: AssignedUnits) -> Result<Assigned, Error> {
    Ok(Assigned {
        weights: weights(&row.weights_body)?,
        arm: row.arm,
        units: u64::try_from(row.units).unwrap_or(0),
    })
}

/// * `known`: what covariates come to; none where the plan has none.
fn unit_sums(
    row: ExperimentSums,
    few: &[ExperimentUnit],
    known: &[ExperimentCovariates],
) -> Result<UnitSums, Error> {
    let covariates = known
        .iter()
        .find(|it| it.weights_body == row.weights_body && it.arm == row.arm);
    let covariates = covariates.map(|it| CovariateSums {
        sums: it.sums.clone(),
        leads: it.leads.clone(),
        metrics: it.metrics.clone(),
        products: it.products.clone(),
    });
    let own = few
        .iter()
        .filter(|unit| unit.weights_body == row.weights_body && unit.arm == row.arm);
    let few = own.map(|unit| UnitTotals {
        leads: unit.leads,
        accepted: unit.accepted,
        converted: unit.converted,
        returned: unit.returned,
        revenue: unit.revenue,
        latency: unit.latency,
        slow: unit.slow,
    });
    let few = few.collect();
    let weights = weights(&row.weights_body)?;
    let metric = |sum, squared, leads| MetricSums {
        sum,
        squared,
        leads,
    };
    Ok(UnitSums {
        weights,
        arm: row.arm,
        units: u64::try_from(row.units).unwrap_or(0),
        leads: u64::try_from(row.leads).unwrap_or(0),
        leads_squared: row.leads_squared,
        accepted: metric(row.accepted, row.accepted_squared, row.accepted_leads),
        converted: metric(row.converted, row.converted_squared, row.converted_leads),
        returned: metric(row.returned, row.returned_squared, row.returned_leads),
        revenue: metric(row.revenue, row.revenue_squared, row.revenue_leads),
        latency: metric(row.latency, row.latency_squared, row.latency_leads),
        slow: metric(row.slow, row.slow_squared, row.slow_leads),
        few,
        covariates: covariates.unwrap_or_default(),
    })
}

fn counted(row: ExperimentCount) -> Counts {
    let n = |count: i64| u64::try_from(count).unwrap_or(0);
    Counts {
        arm: row.arm,
        is_comparable: row.is_comparable,
        is_mature: row.is_mature,
        leads: n(row.leads),
        crossed: n(row.crossed),
        first_at: row.first_at,
        last_at: row.last_at,
    }
}
