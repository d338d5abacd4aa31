//! Destinations as a made-up lead is tried on them.

use pointsman_delivery::Target;
use pointsman_flow::Destination;
use pointsman_lead::{Problem, Schema};
use serde_json::{Value, json};

use super::{members::members, with_known_secrets};
use crate::{Control, Error, compile::read_destination, names};

/// How a destination is reached, with its secrets. It goes to the client that sends and nowhere else.
#[derive(Debug, Clone)]
pub struct DestinationTrial {
    /// How it is reached.
    pub target: Target,
    /// What decides whether it may get a lead.
    pub settings: Destination,
}

impl Control {
    /// A destination to try a made-up lead on: as it is, or with another target that is not put yet.
    ///
    /// * `target`: as in [`NewDestination`](crate::NewDestination); `None`: the stored one.
    /// * `schema`: of the made-up lead.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a destination without a target, [`Error::Problems`] for mistakes in the target,
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn destination_to_try(
        &self,
        name: &str,
        target: Option<&Value>,
        schema: &Schema,
    ) -> Result<DestinationTrial, Error> {
        let mut problems: Vec<Problem> = names::check("destination", name).into_iter().collect();
        let row = self.inner.store.read().find_destination(name).await?;
        let stored = row.as_ref().map(read_destination).transpose()?;
        let trial = match (target, stored) {
            (None, None) => return Err(Error::not_found("destination", name)),
            (None, Some((target, settings))) => Some(DestinationTrial { target, settings }),
            (Some(target), stored) => {
                let example = json!({ "url": "https://example.com/" });
                if target.get("url").is_none() {
                    let message = "`url` is missing";
                    let problem = Problem::new("missing_member", "target.url", message);
                    problems.push(problem.hint("write the address that takes the leads"));
                }
                let target = members::<Target>("target", target, &example, &mut problems);
                let (known, settings) = stored.unzip();
                target.map(|target| DestinationTrial {
                    // Stored secrets go where they go anyway: a trial leaves no record.
                    target: with_known_secrets(
                        target.clone(),
                        known
                            .as_ref()
                            .filter(|known| target.keeps_to_hosts_of(known)),
                    ),
                    settings: settings.unwrap_or_default(),
                })
            }
        };
        if let Some(trial) = &trial {
            problems.extend(trial.target.check(schema));
        }
        match trial {
            Some(trial) if problems.is_empty() => Ok(trial),
            _ => Err(Error::Problems(problems)),
        }
    }
}
