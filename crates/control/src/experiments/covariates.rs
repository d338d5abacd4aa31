//! What keeps a plan from using the fields of leads that it names.

use pointsman_history::is_covariate;
use pointsman_lead::{Problem, Schema, closest};

use super::NewExperiment;
use crate::{Control, Error};

impl Control {
    /// What is wrong with the fields that a plan names, given the leads of the flow as they are now.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub(super) async fn field_problems(&self, new: &NewExperiment) -> Result<Vec<Problem>, Error> {
        if new.plan.covariates.is_empty() && new.plan.sticky.is_none() {
            return Ok(Vec::new());
        }
        // A flow that is not live is told of as such.
        let Some(live) = self.live_document(&new.flow).await? else {
            return Ok(Vec::new());
        };
        let Some(found) = self.find_schema(&live.vertical).await? else {
            return Ok(Vec::new());
        };
        let names = new.plan.covariates.iter().enumerate();
        let problems = names.filter_map(|(idx, name)| {
            let problem = problem_of(&found.schema, name)?;
            let path = format!("covariates[{idx}]");
            Some(Problem { path, ..problem })
        });
        let mut problems: Vec<Problem> = problems.collect();
        problems.extend(sticky_problem(&found.schema, new.plan.sticky.as_deref()));
        Ok(problems)
    }
}

/// What is wrong with keeping people by a field.
pub(super) fn sticky_problem(schema: &Schema, name: Option<&str>) -> Option<Problem> {
    let name = name.filter(|name| schema.find(name).is_none())?;
    let problem = Problem::new(
        "unknown_field",
        "sticky",
        format!("leads have no field `{name}`"),
    );
    let names = schema.declared().iter().map(|field| field.name.as_str());
    Some(match closest(name, names) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => {
            problem.hint("name the field by which you know a person, such as an e-mail address")
        }
    })
}

fn problem_of(schema: &Schema, name: &str) -> Option<Problem> {
    let declared = || schema.declared().iter();
    let Some(field) = declared().find(|field| field.name == name) else {
        let message = format!("leads have no field `{name}`");
        let problem = Problem::new("unknown_field", "", message);
        let fit = declared().filter(|field| is_covariate(&field.kind) && !field.pii);
        let fit: Vec<&str> = fit.map(|field| field.name.as_str()).collect();
        return Some(match closest(name, fit.iter().copied()) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None if fit.is_empty() => problem.hint("no field of theirs is a number"),
            None => problem.hint(format!("those that fit are {}", fit.join(", "))),
        });
    };
    if field.pii {
        let message = format!("`{name}` tells who a person is, and is not kept with experiments");
        let problem = Problem::new("personal_field", "", message);
        return Some(problem.hint("name a field that is not personal"));
    }
    if !is_covariate(&field.kind) {
        let message = format!("`{name}` is of kind {}", field.kind.name());
        let problem = Problem::new("not_adjustable", "", message);
        return Some(problem.hint("name an integer, a decimal or a boolean"));
    }
    None
}
