//! Parts of layers, so that no unit is in two experiments of one layer.

use pointsman_experiment::{Layer, Plan};
use pointsman_lead::Problem;

use super::Experiment;
use crate::{Control, Error};

impl Control {
    /// Gives an experiment that starts its part of its layer; what stands in the way. One that had a part before keeps it.
    ///
    /// The caller has the turn, and stores the plan with the start: nobody else is given the same part.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub(super) async fn reserve(
        &self,
        experiment: &mut Experiment,
    ) -> Result<Option<Problem>, Error> {
        let Some(layer) = &experiment.plan.layer else {
            return Ok(None);
        };
        if !layer.stretches.is_empty() {
            return Ok(None);
        }
        let mut others: Vec<Layer> = Vec::new();
        for row in self.inner.store.read().open_experiments().await? {
            let plan: Plan = Experiment::of(row)?.plan;
            others.extend(plan.layer.filter(|other| other.name == layer.name));
        }
        match layer.reserved(&others) {
            Ok(reserved) => {
                experiment.plan.layer = Some(reserved);
                Ok(None)
            }
            Err(free_ppm) => {
                let message = format!(
                    "{free_ppm} parts per million of layer `{}` are free, and it asks for {}",
                    layer.name, layer.share_ppm
                );
                let problem = Problem::new("layer_full", "layer", message);
                Ok(Some(problem.hint(
                    "conclude another experiment of the layer, or plan this one anew with a smaller share",
                )))
            }
        }
    }
}
