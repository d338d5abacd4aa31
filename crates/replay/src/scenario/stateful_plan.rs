//! From the table `stateful` to what is to be replayed, with the files that it names.

use std::sync::Arc;

use pointsman_lead::{FieldIdx, Problem, Schema};

use super::{
    sources::Sources,
    stateful::{From, Stateful},
};
use crate::{
    log::{Log, Mapping},
    maturity::Maturity,
    policy::Policy,
    stateful::{AnswersFrom, ModelPlan, ServiceState, StatefulPlan, World},
};

impl Stateful {
    /// What is to be replayed, with the service's own state beside the log, if there is one.
    pub(super) fn plan(
        &self,
        (name, log): (&str, &Log),
        (candidate, schema): (Option<&Policy>, &Schema),
        maturity: Option<Maturity>,
        sources: &mut Sources<'_>,
    ) -> Option<StatefulPlan> {
        if matches!(candidate, Some(Policy::Logged)) {
            let message = "what was done cannot be replayed with a state: it is no flow";
            let problem = Problem::new("candidate_is_logged", "candidate", message);
            sources.problems.push(
                problem.hint("name a flow document as the candidate, or leave out `stateful`"),
            );
            return None;
        }
        if maturity.is_some_and(|maturity| maturity.is_as_of) {
            let message = "a log as it was at a past moment is not replayed with a state: what was to come then is not told apart";
            let problem = Problem::new("stateful_as_of", "stateful", message);
            sources
                .problems
                .push(problem.hint("leave out `as_of` or `stateful`"));
            return None;
        }
        if let Mapping::Flat(columns) = log.mapping()
            && columns.at.is_none()
        {
            let message =
                "what happens in the order of time cannot be replayed without `columns.at`";
            let problem = Problem::new("at_missing", "stateful", message);
            sources
                .problems
                .push(problem.hint("map the column that says when the lead came in"));
            return None;
        }
        let mut is_sound = true;
        for name in &self.segment_by {
            if schema.fields().iter().any(|field| field.name == *name) {
                continue;
            }
            let message = format!("the leads have no field `{name}`");
            sources.problems.push(Problem::new(
                "field_unknown",
                "stateful.segment_by",
                message,
            ));
            is_sound = false;
        }
        let service = format!("{name}.service.json");
        let has_service = sources.path(&service).is_file();
        let service = has_service.then(|| sources.parsed::<ServiceState>("stateful", &service));
        let service = match service {
            Some(None) => return None,
            Some(Some(service)) if service.format == ServiceState::FORMAT => {
                Some(Arc::new(service))
            }
            _ => None,
        };
        let from = self.answers(maturity, schema, sources)?;
        is_sound.then(|| StatefulPlan {
            from,
            seeds: self.seeds,
            first_seed: self.first_seed,
            pace: self.pace.clone(),
            service,
        })
    }

    fn answers(
        &self,
        maturity: Option<Maturity>,
        schema: &Schema,
        sources: &mut Sources<'_>,
    ) -> Option<AnswersFrom> {
        let name = match &self.from {
            From::Recorded => return Some(AnswersFrom::Recorded),
            From::Model => {
                return Some(AnswersFrom::Model(ModelPlan {
                    segment_by: self.segment_by.clone(),
                    maturity,
                }));
            }
            From::World(name) => name,
        };
        let world: World = sources.parsed("answers", name)?;
        let refuse = |sources: &mut Sources<'_>, message: String, hint: &str| {
            let problem = Problem::new("world_invalid", "stateful.answers", message);
            sources.problems.push(problem.hint(hint));
        };
        if let Some(problem) = world.problem() {
            let hint = "docs/src/worlds.md has the format";
            refuse(sources, format!("`{name}` is no world: {problem}"), hint);
            return None;
        }
        if world.has_segments() != (self.segment_by.len() == 1) || self.segment_by.len() > 1 {
            let hint = "name the one lead field whose values are the names of the segments";
            let message = if world.has_segments() {
                format!("`{name}` has segments, and `segment_by` does not say how to tell them")
            } else {
                format!("`{name}` has no segments to tell by `segment_by`")
            };
            refuse(sources, message, hint);
            return None;
        }
        let field = self.segment_by.first().and_then(|field| {
            let mut fields = schema.fields().iter();
            let position = fields.position(|known| known.name == *field)?;
            u16::try_from(position).ok().map(FieldIdx)
        });
        Some(AnswersFrom::World(Arc::new(world), field))
    }
}
