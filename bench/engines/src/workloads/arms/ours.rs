//! The split in our language, and the first step of a walk through it.

use anyhow::{Context as _, Result};
use pointsman_bandit::Allocation;
use pointsman_flow::{DestinationIdx, Mask, Op, Program, Salt, Typed};
use pointsman_lead::{Envelope, Lead as _, Schema};
use pointsman_router::{Conditions, Context, Event, HashKey, Step, Subject, Unit, Walk};
use serde_json::{Map, Value as Json, json};

use super::{Arrival, Split};
use crate::{
    engine::{Answer, Engine, NOBODY, Name},
    engines::pointsman::{destination, envelope, program},
    lead::Lookup,
};

/// The flow as a program.
#[derive(Debug)]
pub(super) struct Ours {
    program: Program,
    schema: Schema,
    typed: Typed<Lookup>,
    envelope: Envelope<'static>,
    allocation: Allocation,
    /// The sets of open destinations.
    conditions: Vec<Conditions>,
    answers: Vec<Answer>,
}

/// A lead that is prepared for its walk.
#[derive(Debug)]
pub(super) struct Native<'a> {
    subject: Subject,
    conditions: &'a Conditions,
}

impl Ours {
    /// Checks and compiles the flow.
    ///
    /// # Errors
    ///
    /// What keeps it from being a program.
    pub(super) fn new(split: &Split) -> Result<Self> {
        let program = program(&document(split), Lookup::schema())?;
        let destinations = program.destinations().iter();
        let answers: Vec<Answer> = destinations
            .map(|destination| destination.name[1..].parse().unwrap_or(NOBODY))
            .collect();
        let conditions = split.open.iter().map(|open| conditions(&answers, *open));
        Ok(Self {
            conditions: conditions.collect(),
            typed: program.typed()?,
            envelope: envelope(),
            schema: program.schema().clone(),
            allocation: Allocation::prior(),
            program,
            answers,
        })
    }

    /// What the draws of the split are keyed with.
    pub(super) fn salt(&self) -> Salt {
        let salts = self.program.nodes().filter_map(|(_, op)| match op {
            Op::Split { salt, .. } => Some(*salt),
            _ => None,
        });
        salts.last().expect("the flow has a split")
    }

    fn read(&self, json: &[u8]) -> Result<Native<'_>> {
        let mut members: Map<String, Json> = serde_json::from_slice(json)?;
        let unit = members.remove("unit").context("a unit")?;
        let open = members.remove("open").and_then(|open| open.as_u64());
        let fields = self.schema.parse(&members, &self.envelope);
        let fields = fields.ok().context("a lead")?;
        let unit = Unit::new(unit.as_str().context("a text")?, HashKey::default());
        Ok(Native {
            subject: Subject::new(&self.program, &self.allocation, &fields, unit),
            conditions: &self.conditions[usize::try_from(open.context("a number")?)?],
        })
    }
}

impl Engine<Arrival> for Ours {
    type Native<'a> = Native<'a>;

    fn name(&self) -> Name {
        Name::Pointsman
    }

    fn native(&self, arrival: &Arrival) -> Native<'_> {
        let lead = self.typed.lead(&arrival.lead, &self.envelope);
        let unit = Unit::new(&arrival.unit, HashKey::default());
        Native {
            subject: Subject::new(&self.program, &self.allocation, &lead, unit),
            conditions: &self.conditions[usize::from(arrival.open)],
        }
    }

    fn decide(&self, native: &Native<'_>) -> Answer {
        let context = Context {
            program: &self.program,
            subject: &native.subject,
        };
        match Walk::new(context).next(context, native.conditions, Event::Start) {
            Step::Offer(offer) => self.answers[usize::from(offer.destination.0)],
            Step::Ping(_) | Step::Done(_) => NOBODY,
        }
    }

    fn decide_json(&self, json: &[u8]) -> Answer {
        self.decide(&self.read(json).expect("leads are made to fit"))
    }
}

/// * `open`: the open destinations, as bits.
fn conditions(answers: &[Answer], open: u64) -> Conditions {
    let len = u16::try_from(answers.len()).unwrap_or(u16::MAX);
    let mut mask = Mask::with_len(len);
    let all = (0..len).map(DestinationIdx).zip(answers);
    all.filter(|(_, answer)| open >> **answer & 1 == 1)
        .for_each(|(destination, _)| mask.set(destination));
    mask.into()
}

/// The flow as text.
fn document(split: &Split) -> String {
    let mut nodes = Map::new();
    let mut arms = Vec::new();
    for (to, weight_ppm) in &split.arms {
        let to = destination(*to);
        nodes.insert(to.clone(), json!({ "kind": "destination" }));
        arms.push(json!({ "weight_ppm": weight_ppm, "to": to }));
    }
    nodes.insert("split".to_owned(), json!({ "kind": "split", "arms": arms }));
    json!({
        "flow": "arms", "vertical": Lookup::schema().vertical(), "currency": "USD",
        "root": "split", "nodes": nodes,
    })
    .to_string()
}
