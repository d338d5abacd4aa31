//! What a program says of one lead.

use pointsman_lead::Values;

use super::{NodeIdx, Picker, Program, encode::Codes};
use crate::{Mask, OfKind as _, Op, TableNode};

impl Program {
    /// Puts a lead into the terms of this program. Do it once, then walk.
    ///
    /// Nothing is allocated for a program that tests up to 32 things.
    ///
    /// * `values`: [`pointsman_lead::Fields`] of this program's schema, or a
    ///   [`crate::TypedLead`].
    #[inline]
    pub fn encode(&self, values: &impl Values) -> Codes {
        Codes::new(&self.slots, values)
    }

    /// Which port of an [`crate::Op::Rule`] this lead takes; 0 for any other node.
    ///
    /// No text is compared and nothing is allocated.
    ///
    /// # Panics
    ///
    /// If `node` or `codes` are of another program and beyond this one's end.
    #[inline]
    pub fn pick(&self, node: NodeIdx, codes: &Codes) -> u16 {
        let node = &self.nodes[usize::from(node.0)];
        match &node.picker {
            Picker::None => 0,
            Picker::When(formula) => u16::from(!codes.meets(formula) && node.op.n_children() > 1),
            Picker::Switch(slot, cases, ports) => {
                ports[usize::from(cases[usize::from(codes.0[slot.at()])])]
            }
            Picker::Table(index, residuals, ports) => {
                let row = index.first(codes, residuals);
                // Without `otherwise` some row always matches: the checks have proved it.
                let port = row.map_or(ports.last(), |row| ports.get(row));
                port.copied().unwrap_or(0)
            }
        }
    }

    /// Which rule of an [`crate::Op::Rule`] decides for this lead, by its place among [`Program::rules`]; `None` for any other node.
    ///
    /// # Panics
    ///
    /// If `node` or `codes` are of another program and beyond this one's end.
    pub fn rule(&self, node: NodeIdx, codes: &Codes) -> Option<u16> {
        match &self.nodes[usize::from(node.0)].picker {
            Picker::None => None,
            Picker::When(formula) => Some(u16::from(!codes.meets(formula))),
            Picker::Switch(slot, cases, _) => Some(cases[usize::from(codes.0[slot.at()])]),
            Picker::Table(index, residuals, ports) => {
                let row = index.first(codes, residuals);
                let last = ports.len().saturating_sub(1);
                u16::try_from(row.unwrap_or(last)).ok()
            }
        }
    }

    /// The rules of a node as parts of its document, such as `rows[3]`, each with the node that it leads to; none for a node
    /// that does not decide by rules.
    ///
    /// # Panics
    ///
    /// If `node` is of another program and beyond this one's end.
    pub fn rules(&self, node: NodeIdx) -> Vec<(String, NodeIdx)> {
        let compiled = &self.nodes[usize::from(node.0)];
        let Op::Rule { ports: nodes } = &compiled.op else {
            return Vec::new();
        };
        let to = |port: u16| nodes[usize::from(port).min(nodes.len() - 1)];
        let listed = |what: &str, ports: &[u16], n: usize| {
            let parts = ports.iter().enumerate().map(|(rule, port)| {
                let part = if rule < n {
                    format!("{what}[{rule}]")
                } else {
                    "otherwise".to_owned()
                };
                (part, to(*port))
            });
            parts.collect()
        };
        let written = self.expanded().nodes.get(&compiled.name);
        match &compiled.picker {
            Picker::None => Vec::new(),
            Picker::When(_) => vec![("then".to_owned(), to(0)), ("otherwise".to_owned(), to(1))],
            Picker::Switch(_, _, ports) => listed("cases", ports, ports.len() - 1),
            Picker::Table(_, _, ports) => {
                let rows = written.and_then(TableNode::of);
                listed(
                    "rows",
                    ports,
                    rows.map_or(ports.len(), |table| table.rows.len()),
                )
            }
        }
    }

    /// The tables of which some rows ask more than their cells say, with the number of those rows:
    /// such a row is tested by itself once its cells match.
    pub fn residual_rows(&self) -> Vec<(&str, usize)> {
        let tables = self.nodes.iter().filter_map(|node| match &node.picker {
            Picker::Table(_, residuals, _) => Some((node.name.as_str(), residuals.0.len())),
            Picker::None | Picker::When(_) | Picker::Switch(..) => None,
        });
        tables.filter(|(_, n_rows)| *n_rows > 0).collect()
    }

    /// The destinations whose criteria this lead meets.
    #[inline]
    pub fn criteria(&self, codes: &Codes) -> Mask {
        let mut mask = self.unconditional.clone();
        for (destination, formula) in &self.conditional {
            if codes.meets(formula) {
                mask.set(*destination);
            }
        }
        mask
    }
}
