//! What an engine is asked to do: give the answer to a lead, from three starting points.

use std::{fmt, ops::Range};

use serde::{Deserialize, Serialize};

/// Number of the destination that a lead goes to.
pub type Answer = u16;

/// The answer if nobody gets the lead.
pub const NOBODY: Answer = Answer::MAX;

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Name {
    /// Ours.
    Pointsman,
    /// zen-engine, compiled, without its trace.
    Zen,
    /// zen-engine, compiled, with its trace.
    ZenTrace,
    /// The `cel` crate: one expression a row, tried in turn. It has no tables.
    Cel,
    /// What one would write by hand in Rust for just this workload.
    Match,
}

/// Where the clock starts. It stops at the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Boundary {
    /// At what the engine itself decides by, made before.
    Codes,
    /// At a Rust struct.
    Typed,
    /// At the bytes of a JSON text.
    Json,
}

/// An engine, ready to decide about leads of one type.
pub trait Engine<L> {
    /// A lead in the engine's own terms.
    type Native<'a>
    where
        Self: 'a,
        L: 'a;

    /// Who it is.
    fn name(&self) -> Name;

    /// Puts a lead into the engine's own terms.
    fn native<'a>(&'a self, lead: &'a L) -> Self::Native<'a>;

    /// Decides.
    fn decide(&self, native: &Self::Native<'_>) -> Answer;

    /// Reads a JSON text in the way that is fastest for the engine, and decides.
    fn decide_json(&self, json: &[u8]) -> Answer;
}

/// Leads of one type, each as a struct and as a JSON text.
#[derive(Debug)]
pub struct Leads<L> {
    /// As structs.
    pub typed: Vec<L>,
    /// The same as JSON.
    pub json: Vec<Vec<u8>>,
}

/// Answers some leads, by position, into a slice of the same length.
type Run<'a> = Box<dyn Fn(Range<usize>, &mut [Answer]) + 'a>;

/// One engine at one boundary.
pub struct Contender<'a> {
    /// Who it is.
    pub engine: Name,
    /// Where its clock starts.
    pub boundary: Boundary,
    run: Run<'a>,
}

impl<'a> Contender<'a> {
    /// An engine at a boundary. For [`Boundary::Codes`] all leads are put into its terms here.
    pub fn new<L, E: Engine<L>>(engine: &'a E, boundary: Boundary, leads: &'a Leads<L>) -> Self {
        let run: Run<'a> = match boundary {
            Boundary::Codes => {
                let natives: Vec<_> = leads.typed.iter().map(|lead| engine.native(lead)).collect();
                Box::new(move |range, answers| {
                    each(&natives[range], answers, |native| engine.decide(native));
                })
            }
            Boundary::Typed => Box::new(move |range, answers| {
                each(&leads.typed[range], answers, |lead| {
                    engine.decide(&engine.native(lead))
                });
            }),
            Boundary::Json => Box::new(move |range, answers| {
                each(&leads.json[range], answers, |json| engine.decide_json(json));
            }),
        };
        Self {
            engine: engine.name(),
            boundary,
            run,
        }
    }

    /// Answers the leads at these positions.
    pub fn answer(&self, range: Range<usize>, answers: &mut [Answer]) {
        (self.run)(range, answers);
    }
}

fn each<T>(leads: &[T], answers: &mut [Answer], decide: impl Fn(&T) -> Answer) {
    for (lead, answer) in leads.iter().zip(answers) {
        *answer = decide(lead);
    }
}

impl Name {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 5] = [
        Self::Pointsman,
        Self::Zen,
        Self::ZenTrace,
        Self::Cel,
        Self::Match,
    ];
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Pointsman => "pointsman",
            Self::Zen => "zen",
            Self::ZenTrace => "zen-trace",
            Self::Cel => "cel",
            Self::Match => "match",
        })
    }
}

impl fmt::Display for Boundary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Codes => "codes",
            Self::Typed => "typed",
            Self::Json => "json",
        })
    }
}

impl fmt::Debug for Contender<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} from {}", self.engine, self.boundary)
    }
}
