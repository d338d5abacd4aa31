//! The flows of a sweep: the candidate with one number changed, again and again.

use pointsman_flow::Document;
use pointsman_lead::Problem;

use super::{policies::Policies, sources::Sources};
use crate::sweep::{Place, Plan, Swept};

/// Makes the flows that a sweep asks for; mistakes go to the problems of `sources`.
///
/// * `text`: as it stands in the scenario.
/// * `candidate`: none where it is what was done.
pub(super) fn swept(
    text: &str,
    candidate: Option<&Document>,
    policies: &Policies<'_>,
    sources: &mut Sources<'_>,
) -> Option<Swept> {
    let Some(document) = candidate else {
        let message = "what was done at the time has no parameters";
        let problem = Problem::new("sweep_of_logged", "sweep", message);
        sources
            .problems
            .push(problem.hint("name a flow as the candidate"));
        return None;
    };
    let found = Plan::parse(text).and_then(|plan| {
        let place = Place::find(document, &plan.parameter)?;
        Ok((plan, place))
    });
    let (plan, place) = found
        .map_err(|problem| sources.problems.push(problem))
        .ok()?;
    let n_before = sources.problems.len();
    let mut points = Vec::new();
    for value in plan.values(place.scale()) {
        let document = place.with(value);
        let policy = document
            .map_err(|diagnostics| sources.refuse("sweep", &diagnostics))
            .ok()
            .and_then(|document| policies.of("sweep", Some(&document), sources, &mut Vec::new()));
        // One value that cannot stand there is told; the others have the same mistake, or none.
        let Some(policy) = policy else {
            for problem in &mut sources.problems[n_before..] {
                problem.message =
                    format!("with {value} for `{}`: {}", plan.parameter, problem.message);
            }
            return None;
        };
        points.push((value, policy));
    }
    Some(Swept {
        parameter: plan.parameter,
        present: place.present(),
        points,
    })
}
