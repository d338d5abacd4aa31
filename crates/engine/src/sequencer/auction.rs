//! The steps of auctions: asking for bids, and taking them in.

use pointsman_history::{
    record::{self, BidRecord, json},
    rotation,
};
use pointsman_lead::Timestamp;
use pointsman_router::{Event, Ping};
use pointsman_store::{BidsUpdate, DecisionStepRow, StepKind};

use super::state::{Sequencer, StepInput};
use crate::{
    active_lead::{ActiveLead, Pinging},
    sequencer::{Advance, batch::Rows},
};

impl Sequencer {
    /// Writes down whom a step asks. No cap is charged: a ping binds nobody.
    pub(super) fn ping(active: &mut ActiveLead, ping: &Ping, input: &StepInput, rows: &mut Rows) {
        let at = input.at;
        let program = &active.route.program;
        let trace = record::trace(active.context(), &ping.trace);
        active.attribution.asked(&trace, at);
        rows.steps.push(DecisionStepRow {
            decision_id: active.decision_id.clone(),
            n: active.n_steps,
            seq: input.seq,
            at: at.0,
            availability: input.conditions.free.to_hex(),
            trace_body: json(&trace),
            kind: StepKind::Ping,
            destination: None,
            propensity: ping.propensity,
            outlook_body: json(&record::outlook(program, &ping.outlook)),
            rotation_body: rotation::body(&input.rotations),
            node: Some(program.node_name(ping.node).to_owned()),
            asked: Some(ping.destinations.to_hex()),
            bids_body: None,
        });
        active.pinging = Some(Pinging {
            step: active.n_steps,
            destinations: record::destinations(program, &ping.destinations),
            deadline_ms: ping.deadline_ms,
        });
        active.n_steps += 1;
    }

    /// Writes down what was bid and takes the next step.
    pub(crate) fn take_bids(
        &mut self,
        mut active: Box<ActiveLead>,
        bids: &[BidRecord],
        at: Timestamp,
        rows: &mut Rows,
    ) -> Advance {
        let Some(pinging) = active.pinging.take() else {
            return Advance::Ended(Box::new(active.outcome("unsold", None)));
        };
        self.catch_up(&mut active, at);
        rows.bids.push(BidsUpdate {
            decision_id: active.decision_id.clone(),
            n: pinging.step,
            bids_body: json(&bids),
        });
        let observations = active.attribution.bid();
        if !active.is_test {
            rows.observations.extend(observations);
        }
        let event = Event::Bids(record::bids(&active.route.program, bids));
        active.remember(bids);
        let seq = self.next_seq();
        self.step(active, event, seq, at, rows)
    }
}
