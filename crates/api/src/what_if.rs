//! What-if leads: explained with the configuration and the state of the engine.

use pointsman_control::{Control, Error};
use pointsman_engine::Engine;
use pointsman_history::{Explanation, Present, WhatIfLead};

/// Explains where a what-if lead would go, with the weights, caps, breakers and turns of this
/// moment. Nothing is stored, and no cap is charged.
///
/// # Errors
///
/// [`Error::NotFound`] for an unknown flow, stage or version, [`Error::Problems`] for a lead that the
/// schema refuses, [`Error::Flow`] for a version that does not run with the destinations as they are.
pub async fn explain_lead(
    control: &Control,
    engine: &Engine,
    lead: &WhatIfLead,
) -> Result<Explanation, Error> {
    let program = control.program_of(&lead.flow, &lead.version).await?;
    let now = engine.clock().now();
    let fields = lead.fields(&program, now).map_err(Error::Problems)?;
    let allocation = engine.learner().allocation();
    let ledger = engine
        .sequencer()
        .ledger()
        .await
        .map_err(|_| Error::Stopping)?;
    let present = Present {
        program: &program,
        allocation: &allocation,
        ledger: &ledger,
        now,
    };
    let read = engine.store().read();
    Ok(lead.explain(&read, &fields, present).await?)
}
