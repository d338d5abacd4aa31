//! What a node refers to: other nodes, fields, predicates.

use crate::{Document, Node, subflow::scope_of};

fn otherwise(port: &str) -> Part<'_> {
    ("otherwise".to_owned(), port)
}

fn numbered<'a>(list: &str, suffix: &str, ports: Vec<&'a String>) -> Vec<Part<'a>> {
    let ports = ports.into_iter().enumerate();
    ports
        .map(|(idx, port)| (format!("{list}[{idx}]{suffix}"), port.as_str()))
        .collect()
}

/// Something in a node, with the part of the node it is in.
pub(crate) type Part<'a> = (String, &'a str);

impl Node {
    /// The word for this kind of node.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Destination { .. } => "destination",
            Self::Reject { .. } => "reject",
            Self::When { .. } => "when",
            Self::Switch { .. } => "switch",
            Self::Table { .. } => "table",
            Self::Split { .. } => "split",
            Self::Bandit { .. } => "bandit",
            Self::Rotate { .. } => "rotate",
            Self::Auction { .. } => "auction",
            Self::Waterfall { .. } => "waterfall",
            Self::Subflow { .. } => "subflow",
            Self::Scorecard { .. } => "scorecard",
            Self::Derive { .. } => "derive",
        }
    }

    /// What this kind of node is called in a sentence.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Self::Derive { .. } => "derived value",
            other => other.kind(),
        }
    }

    /// Name of the destination that it offers leads to, if it is one.
    ///
    /// * `name`: its own name, which stands for that of its destination.
    pub(crate) fn destination<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        match self {
            Self::Destination { destination } => Some(destination.as_deref().unwrap_or(name)),
            Self::Reject { .. }
            | Self::When { .. }
            | Self::Switch { .. }
            | Self::Table { .. }
            | Self::Split { .. }
            | Self::Bandit { .. }
            | Self::Rotate { .. }
            | Self::Auction { .. }
            | Self::Waterfall { .. }
            | Self::Subflow { .. }
            | Self::Scorecard { .. }
            | Self::Derive { .. } => None,
        }
    }

    /// Whether it is no step but a value that other nodes read by its name.
    pub fn is_value(&self) -> bool {
        matches!(self, Self::Scorecard { .. } | Self::Derive { .. })
    }

    /// Its ports in order: the part of the node, such as `rows[3].to`, and the node it names.
    pub fn ports(&self) -> Vec<(String, &str)> {
        match self {
            Self::Destination { .. }
            | Self::Reject { .. }
            | Self::Subflow { .. }
            | Self::Scorecard { .. }
            | Self::Derive { .. } => Vec::new(),
            Self::When {
                then,
                otherwise: port,
                ..
            } => vec![("then".to_owned(), then), otherwise(port)],
            Self::Switch {
                cases,
                otherwise: port,
                ..
            } => {
                let cases = cases.iter().map(|case| &case.to).collect();
                let mut ports = numbered("cases", ".to", cases);
                ports.push(otherwise(port));
                ports
            }
            Self::Table {
                rows,
                otherwise: port,
                ..
            } => {
                let mut ports = numbered("rows", ".to", rows.iter().map(|row| &row.to).collect());
                ports.extend(port.as_ref().map(|port| otherwise(port)));
                ports
            }
            Self::Split { arms, .. } => {
                numbered("arms", ".to", arms.iter().map(|arm| &arm.to).collect())
            }
            Self::Bandit { arms, .. } => {
                numbered("arms", ".to", arms.iter().map(|arm| &arm.to).collect())
            }
            Self::Rotate { arms, .. } => {
                numbered("arms", ".to", arms.iter().map(|arm| &arm.to).collect())
            }
            Self::Auction { bidders, .. } => {
                let bidders = bidders.iter().map(|bidder| &bidder.to);
                numbered("bidders", ".to", bidders.collect())
            }
            Self::Waterfall { to } => numbered("to", "", to.iter().collect()),
        }
    }

    /// The nodes that its ports name, in order.
    pub(crate) fn targets(&self) -> Vec<&str> {
        match self {
            Self::Table {
                rows, otherwise, ..
            } => {
                let rows = rows.iter().map(|row| row.to.as_str());
                rows.chain(otherwise.as_deref()).collect()
            }
            _ => self.ports().into_iter().map(|(_, port)| port).collect(),
        }
    }

    /// Whether the last of its ports is called `otherwise`.
    pub(crate) fn has_otherwise(&self) -> bool {
        match self {
            Self::When { .. } | Self::Switch { .. } => true,
            Self::Table { otherwise, .. } => otherwise.is_some(),
            _ => false,
        }
    }

    /// Its ports in the order of [`Node::ports`], to be led elsewhere.
    pub fn ports_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Destination { .. }
            | Self::Reject { .. }
            | Self::Subflow { .. }
            | Self::Scorecard { .. }
            | Self::Derive { .. } => Vec::new(),
            Self::When {
                then, otherwise, ..
            } => vec![then, otherwise],
            Self::Switch {
                cases, otherwise, ..
            } => {
                let cases = cases.iter_mut().map(|case| &mut case.to);
                cases.chain([otherwise]).collect()
            }
            Self::Table {
                rows, otherwise, ..
            } => {
                let rows = rows.iter_mut().map(|row| &mut row.to);
                rows.chain(otherwise).collect()
            }
            Self::Split { arms, .. } => arms.iter_mut().map(|arm| &mut arm.to).collect(),
            Self::Bandit { arms, .. } => arms.iter_mut().map(|arm| &mut arm.to).collect(),
            Self::Rotate { arms, .. } => arms.iter_mut().map(|arm| &mut arm.to).collect(),
            Self::Auction { bidders, .. } => {
                bidders.iter_mut().map(|bidder| &mut bidder.to).collect()
            }
            Self::Waterfall { to } => to.iter_mut().collect(),
        }
    }

    /// Its predicates, as CEL text.
    pub fn predicates(&self) -> Vec<(String, &str)> {
        match self {
            Self::When { condition, .. } => vec![("if".to_owned(), condition)],
            Self::Scorecard { points } => {
                let points = points.iter().enumerate();
                points
                    .map(|(idx, points)| (format!("points[{idx}].if"), points.condition.as_str()))
                    .collect()
            }
            Self::Table { rows, .. } => {
                let rows = rows.iter().enumerate();
                rows.filter_map(|(idx, row)| {
                    Some((format!("rows[{idx}].if"), row.condition.as_deref()?))
                })
                .collect()
            }
            _ => Vec::new(),
        }
    }

    /// The fields and computed values that it tests by name, outside of predicates.
    pub(crate) fn subjects(&self) -> Vec<Part<'_>> {
        match self {
            Self::Switch { on, .. } => vec![("on".to_owned(), on)],
            Self::Table { columns, .. } => {
                let columns = columns.iter().enumerate();
                columns
                    .map(|(idx, column)| (format!("columns[{idx}]"), column.as_str()))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Everything that it reads, by name: fields and computed values.
    pub(crate) fn reads(&self) -> Vec<String> {
        let subjects = self.subjects().into_iter();
        let mut names: Vec<String> = subjects.map(|(_, name)| name.to_owned()).collect();
        for (_, text) in self.predicates() {
            if let Ok(expr) = pointsman_cel::parse(text) {
                names.extend(expr.fields().into_iter().map(str::to_owned));
            }
        }
        if let Self::Derive { value, .. } = self
            && let Ok(term) = pointsman_cel::parse_arithmetic(value)
        {
            names.extend(term.value.fields().into_iter().map(str::to_owned));
        }
        names
    }
}

impl Document {
    /// The name of an arm: its own, else that of the destination it leads to, else that of the node.
    pub fn arm_name<'a>(&'a self, own: Option<&'a str>, to: &'a str) -> &'a str {
        own.unwrap_or_else(|| match self.nodes.get(to) {
            Some(Node::Destination {
                destination: Some(destination),
            }) => destination,
            _ => to,
        })
    }

    /// The computed values that a node reads, by name, each once: those of its own place.
    pub(crate) fn values_read(&self, reader: &str, node: &Node) -> Vec<&str> {
        let scope = scope_of(reader);
        let mut names: Vec<&str> = node
            .reads()
            .iter()
            .filter_map(|name| self.nodes.get_key_value(&format!("{scope}{name}")))
            .filter(|(_, node)| node.is_value())
            .map(|(name, _)| name.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
