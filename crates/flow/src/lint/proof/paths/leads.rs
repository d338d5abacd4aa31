//! Sets of leads that come to a node, never too many of them.

use crate::lint::proof::{Question, Region};

/// Most covers of a node; more are joined into one that may hold more leads than really come.
const MAX_COVERS: usize = 8;

/// Most witnesses of a node.
const MAX_WITNESSES: usize = 4;

/// Leads that come to a node.
#[derive(Debug, Clone)]
pub(super) struct Leads<'a> {
    pub(super) question: Question<'a>,
    /// Whether every one of them does.
    pub(super) is_witness: bool,
    /// Whether they are needed to hold all that do.
    pub(super) is_cover: bool,
}

/// What is known about the leads that come to one node.
#[derive(Debug, Clone, Default)]
pub(super) struct Reached<'a> {
    pub(super) covers: Vec<Question<'a>>,
    pub(super) witnesses: Vec<Question<'a>>,
}

impl<'a> Leads<'a> {
    pub(super) fn cover(question: Question<'a>) -> Self {
        Self {
            question,
            is_witness: false,
            is_cover: true,
        }
    }

    pub(super) fn witness(question: Question<'a>) -> Self {
        Self {
            question,
            is_witness: true,
            is_cover: false,
        }
    }
}

impl<'a> Reached<'a> {
    /// What comes here, each as often as it has a part to play.
    pub(super) fn leads(&self) -> Vec<Leads<'a>> {
        let covers = self.covers.iter().cloned().map(Leads::cover);
        let witnesses = self.witnesses.iter().cloned().map(Leads::witness);
        covers.chain(witnesses).collect()
    }

    pub(super) fn add_witness(&mut self, question: Question<'a>) {
        if self.witnesses.len() < MAX_WITNESSES {
            self.witnesses.push(question);
        }
    }

    pub(super) fn add_cover(&mut self, question: Question<'a>) {
        self.covers.push(question);
        if self.covers.len() > MAX_COVERS {
            let joined = self.covers.drain(..).reduce(|a, b| hull(&a, &b));
            self.covers.extend(joined);
        }
    }

    /// Whether all leads come here without a condition.
    pub(super) fn is_everything(&self, everything: &Region) -> bool {
        let mut witnesses = self.witnesses.iter();
        witnesses.any(|question| {
            question.asked.is_empty()
                && question.avoided.is_empty()
                && question.region == *everything
        })
    }
}

/// Too many sets of leads: witnesses are dropped, covers are joined.
pub(super) fn bound(leads: &mut Vec<Leads<'_>>) {
    if leads.len() <= 2 * MAX_COVERS {
        return;
    }
    let (covers, witnesses): (Vec<_>, Vec<_>) = leads.drain(..).partition(|leads| leads.is_cover);
    let (exact, rest): (Vec<_>, Vec<_>) = covers.into_iter().partition(|leads| leads.is_witness);
    leads.extend(witnesses.into_iter().take(MAX_WITNESSES));
    leads.extend(
        exact
            .iter()
            .take(MAX_WITNESSES)
            .cloned()
            .map(|leads| Leads {
                is_cover: false,
                ..leads
            }),
    );
    let joined = exact
        .into_iter()
        .chain(rest)
        .map(|leads| leads.question)
        .reduce(|a, b| hull(&a, &b));
    leads.extend(joined.map(Leads::cover));
}

/// Leads that hold both sets of leads, and perhaps more.
fn hull<'a>(a: &Question<'a>, b: &Question<'a>) -> Question<'a> {
    Question {
        region: a.region.or(&b.region),
        asked: Vec::new(),
        avoided: Vec::new(),
    }
}
