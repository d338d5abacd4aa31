//! The steps of auctions: asking for bids, and taking them in.

use pointsman_lead::Timestamp;
use pointsman_router::{Event, Ping};
use pointsman_store::{BidsUpdate, DecisionStepRow, StepKind};

use super::desk::{Desk, Moment, Stand, json};
use crate::{
    BidRecord,
    flight::{Flight, Pinging},
    record, rotation,
    writer::batch::Rows,
};

impl Desk {
    /// Writes down whom a step asks. No cap is charged: a ping binds nobody.
    pub(super) fn ping(flight: &mut Flight, ping: &Ping, moment: &Moment, rows: &mut Rows) {
        let at = moment.at;
        let program = &flight.route.program;
        let trace = record::trace(flight.context(), &ping.trace);
        flight.tally.asked(&trace, at);
        rows.steps.push(DecisionStepRow {
            decision_id: flight.decision_id.clone(),
            n: flight.n_steps,
            seq: moment.seq,
            at: at.0,
            availability: moment.standing.free.to_hex(),
            trace_body: json(&trace),
            kind: StepKind::Ping,
            destination: None,
            propensity: ping.propensity,
            outlook_body: json(&record::outlook(program, &ping.outlook)),
            rotation_body: rotation::body(&moment.rotations),
            node: Some(program.node_name(ping.node).to_owned()),
            asked: Some(ping.destinations.to_hex()),
            bids_body: None,
        });
        flight.pinging = Some(Pinging {
            step: flight.n_steps,
            destinations: record::destinations(program, &ping.destinations),
            deadline_ms: ping.deadline_ms,
        });
        flight.n_steps += 1;
    }

    /// Writes down what was bid and takes the next step.
    pub(crate) fn take_bids(
        &mut self,
        flight: &mut Flight,
        bids: &[BidRecord],
        at: Timestamp,
        rows: &mut Rows,
    ) -> Stand {
        let Some(pinging) = flight.pinging.take() else {
            return Stand::Ended(flight.outcome("unsold", None));
        };
        self.catch_up(flight, at);
        rows.bids.push(BidsUpdate {
            decision_id: flight.decision_id.clone(),
            n: pinging.step,
            bids_body: json(&bids),
        });
        let observations = flight.tally.bid();
        if !flight.is_test {
            rows.observations.extend(observations);
        }
        let event = Event::Bids(record::bids(&flight.route.program, bids));
        flight.remember(bids);
        let seq = self.next_seq();
        self.step(flight, event, seq, at, rows)
    }
}
