//! A run with a state: the log is read again, in the order of time.

use super::{Doing, Progress, Run, load::Meter};
use crate::{
    Error,
    policy::Policy,
    stateful::{AnswersFrom, Compared, Model, StatefulReport, StatefulRun},
};

impl Run {
    /// What the run comes to with a state; none if that is not asked.
    ///
    /// # Errors
    ///
    /// As for [`Scenario::run`](super::Scenario::run).
    pub(super) fn stateful(
        &self,
        meter: &mut Meter,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Option<StatefulReport>, Error> {
        let (Some(plan), Policy::Flow(candidate)) = (&self.stateful, &self.candidate) else {
            return Ok(None);
        };
        let mut model = match &plan.from {
            AnswersFrom::Model(plan) => Some(Model::new(plan, &self.schema)),
            AnswersFrom::Recorded | AnswersFrom::World(..) => None,
        };
        if let Some(model) = &mut model {
            self.log
                .read(&self.schema, &self.survey, &mut |leads, n_bytes| {
                    for lead in leads {
                        model.fit(&lead);
                    }
                    progress(meter.at(Doing::Fitting, &self.name, n_bytes));
                    Ok(())
                })?;
            meter.pass(self.log.n_bytes());
        }
        let fitted = model.as_ref().map(Model::sentence);
        let answers = plan.answers(model, self.survey.oldest.unwrap_or_default());
        let compared = Compared {
            candidate,
            baseline: &self.baseline,
            known: &self.survey.destinations,
            is_in_order: self.survey.is_in_order,
        };
        let mut run = StatefulRun::new(plan, compared, &answers);
        if let Some(note) = fitted {
            run.note(note);
        }
        self.log
            .read(&self.schema, &self.survey, &mut |leads, n_bytes| {
                run.add(leads);
                progress(meter.at(Doing::ReplayingInTime, &self.name, n_bytes));
                Ok(())
            })?;
        meter.pass(self.log.n_bytes());
        Ok(Some(run.finish()))
    }
}
