//! From checked drafts to a program.

use std::collections::BTreeMap;

use pointsman_lead::Value;
use sha2::{Digest as _, Sha256};

use super::{
    Arm, Compiled, DestinationIdx, Leaves, NodeIdx, Op, Picker, Program, ProgramDestination, Salt,
    analysis::{Analysis, TooHard},
    encode::{Slot, Source},
    table::BitTable,
};
use crate::{
    Catalog, Diagnostic, Document, Hit, Mask, Node, Place, Severity,
    check::{Draft, Rule, TableRule, destinations_named},
    classes::{Accepted, ClassMap, ClassSet},
    formula::{Formula, SlotIdx},
    graph::Graph,
    inputs::{self, Input, InputSlot},
};

/// Most bytes of bitmaps and of sets of classes, each.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The program of a document, if nothing keeps it from being one. What is found on the way, such as
/// overlapping rows, is reported even if something else is wrong.
pub(crate) fn program(
    document: &Document,
    catalog: &Catalog,
    graph: &Graph<'_>,
    draft: Draft,
    found: &mut Vec<Diagnostic>,
) -> Option<Program> {
    let mut compiler = Compiler {
        document,
        catalog,
        maps: class_maps(&draft.inputs.slots, catalog, found)?,
        inputs: draft.inputs.slots,
        sets_bytes: MAX_BYTES,
        bitmaps_bytes: MAX_BYTES,
        found,
    };
    let mut pickers = BTreeMap::new();
    for (name, rule) in &draft.rules {
        let picker = compiler.picker(name, rule);
        pickers.insert(name.as_str(), picker);
    }
    let slots = compiler.slots();
    let criteria: Vec<_> = draft
        .criteria
        .iter()
        .map(|(name, formula)| (name.as_str(), compiler.formula(formula)))
        .collect();
    if compiler.sets_bytes == 0 {
        let message = "the predicates of this flow tell too many values apart";
        let error = Diagnostic::error("too_large", Place::default(), message);
        compiler
            .found
            .push(error.hint("use tables for long lists of values"));
    }
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    if compiler.found.iter().any(is_error) {
        return None;
    }
    let names: Vec<&str> = destinations_named(document, catalog, graph)
        .into_iter()
        .collect();
    let catalog = catalog.restricted_to(&names);
    let destinations: Vec<ProgramDestination> = catalog
        .destinations
        .iter()
        .map(|(name, settings)| ProgramDestination {
            name: name.clone(),
            settings: settings.clone(),
        })
        .collect();
    let n_destinations = u16::try_from(destinations.len()).ok()?;
    let idx_of = |name: &str| {
        let position = names.iter().position(|known| *known == name)?;
        u16::try_from(position).ok().map(DestinationIdx)
    };
    let mut unconditional = Mask::full(n_destinations);
    let mut conditional = Vec::new();
    for (name, formula) in criteria {
        let destination = idx_of(name)?;
        unconditional.clear(destination);
        conditional.push((destination, formula));
    }
    let mut nodes = nodes(document, catalog_schema(&catalog), graph, &idx_of, pickers)?;
    leaves(&mut nodes, n_destinations);
    Some(Program {
        flow_hash: document.hash(),
        catalog_hash: catalog.hash(),
        document: document.clone(),
        catalog,
        destinations,
        nodes,
        slots,
        unconditional,
        conditional,
    })
}

fn catalog_schema(catalog: &Catalog) -> &pointsman_lead::Schema {
    &catalog.schema
}

fn class_maps(
    slots: &[InputSlot],
    catalog: &Catalog,
    found: &mut Vec<Diagnostic>,
) -> Option<Vec<ClassMap>> {
    let maps: Vec<Option<ClassMap>> = slots
        .iter()
        .map(|slot| {
            let map = ClassMap::new(&slot.domain, &slot.tests).ok();
            if map.is_none() {
                let name = input_name(&slot.input, catalog);
                let message = format!("this flow tells more than 65,535 values of `{name}` apart");
                found.push(Diagnostic::error("too_large", Place::default(), message));
            }
            map
        })
        .collect();
    maps.into_iter().collect()
}

fn input_name(input: &Input, catalog: &Catalog) -> String {
    match input {
        Input::Field(field) | Input::Part(_, field, _) => catalog.schema.field(*field).name.clone(),
        Input::Scorecard(name) => name.clone(),
    }
}

struct Compiler<'a> {
    document: &'a Document,
    catalog: &'a Catalog,
    maps: Vec<ClassMap>,
    inputs: Vec<InputSlot>,
    /// Bytes that are left for sets of classes; 0 once they did not suffice.
    sets_bytes: usize,
    bitmaps_bytes: usize,
    found: &'a mut Vec<Diagnostic>,
}

impl Compiler<'_> {
    fn formula(&mut self, formula: &Formula<Accepted>) -> Formula<ClassSet> {
        let (maps, bytes) = (&self.maps, &mut self.sets_bytes);
        formula.map(&mut |slot, accepted| {
            let map = &maps[slot.at()];
            *bytes = bytes.saturating_sub(map.n_classes().div_ceil(64) * 8);
            if *bytes == 0 {
                return ClassSet::new(0); // Refused as a whole later.
            }
            map.classes(accepted)
        })
    }

    fn slots(&mut self) -> Vec<Slot> {
        let inputs = std::mem::take(&mut self.inputs);
        let slots = inputs.iter().zip(0..).map(|(slot, idx)| {
            let source = match &slot.input {
                Input::Field(field) => Source::Field(*field),
                // The zone was found when the predicate was checked.
                Input::Part(part, field, zone) => {
                    let zone = inputs::zone(zone).unwrap_or(jiff::tz::TimeZone::UTC);
                    Source::Part(*part, *field, zone)
                }
                Input::Scorecard(_) => {
                    let points = slot.points.iter();
                    let points = points.map(|(formula, points)| (self.formula(formula), *points));
                    Source::Scorecard(points.collect())
                }
            };
            Slot {
                source,
                classes: self.maps[SlotIdx(idx).at()].clone(),
            }
        });
        let slots = slots.collect();
        self.inputs = inputs;
        slots
    }

    fn picker(&mut self, name: &str, rule: &Rule) -> Picker {
        match rule {
            Rule::When(formula) => Picker::When(self.formula(formula)),
            Rule::Switch(slot, cases) => {
                let map = &self.maps[slot.at()];
                // The port after all cases is `otherwise`.
                let otherwise = to_u16(cases.len());
                let mut by_class = vec![otherwise; map.n_classes()];
                for (case, accepted) in cases.iter().enumerate() {
                    for class in map.classes(accepted).iter() {
                        by_class[usize::from(class)] = to_u16(case);
                    }
                }
                Picker::Switch(*slot, by_class)
            }
            Rule::Table(rule) => match BitTable::new(rule, &self.maps, &mut self.bitmaps_bytes) {
                Ok(table) => {
                    self.analyse(name, rule, &table);
                    Picker::Table(Box::new(table), Vec::new())
                }
                Err(column) => {
                    let place = Place::node(name).part(format!("columns[{column}]"));
                    let message = "this table tells too many values apart for its number of rows";
                    let error = Diagnostic::error("too_large", place, message);
                    self.found
                        .push(error.hint("put a switch before several smaller tables"));
                    Picker::None
                }
            },
        }
    }

    fn analyse(&mut self, name: &str, rule: &TableRule, table: &BitTable) {
        let Some(Node::Table { hit, otherwise, .. }) = self.document.nodes.get(name) else {
            return;
        };
        let analysis = Analysis {
            rule,
            table,
            maps: &self.maps,
        };
        let place = |row: usize| Place::node(name).part(format!("rows[{row}]"));
        let mut found = Vec::new();
        for row in analysis.impossible() {
            let message = format!("no lead matches row {}", row + 1);
            found.push(Diagnostic::warning("never_true", place(row), message));
        }
        let too_hard = |what: &str| {
            let message = format!("it takes too long to prove that {what}");
            Diagnostic::error("not_proved", Place::node(name), message)
        };
        match hit {
            Hit::Unique => match analysis.overlaps() {
                Ok(overlaps) => found.extend(overlaps.into_iter().map(|overlap| {
                    let (row, other) = (overlap.row + 1, overlap.other + 1);
                    let message =
                        format!("row {other} overlaps row {row}, and only one row may match");
                    Diagnostic::error("overlap", place(overlap.other), message)
                        .hint("narrow one of them, or take the `first` hit")
                        .example(self.example(rule, &overlap.classes))
                })),
                Err(TooHard) => {
                    found.push(too_hard("no two rows overlap").hint("take the `first` hit"))
                }
            },
            // Only a warning, so that giving up needs no words.
            Hit::First => {
                found.extend(analysis.shadowed().into_iter().flatten().map(|(row, by)| {
                    let message = format!(
                        "row {} never decides: row {} takes all of its leads",
                        row + 1,
                        by + 1
                    );
                    Diagnostic::warning("shadowed_row", place(row), message)
                        .hint("move it up, or delete it")
                }))
            }
        }
        if otherwise.is_none() {
            let hint = "add `otherwise`";
            match analysis.gap() {
                Ok(None) => {}
                Ok(Some(classes)) => {
                    let message = "some leads match no row, and there is no `otherwise`";
                    let place = Place::node(name).part("otherwise");
                    let error = Diagnostic::error("gap", place, message);
                    found.push(error.hint(hint).example(self.example(rule, &classes)));
                }
                Err(TooHard) => found.push(too_hard("every lead matches some row").hint(hint)),
            }
        }
        self.found.extend(found);
    }

    /// A lead with these classes in the columns of a table; null is a missing value. Scorecards are
    /// left out, since they cannot be given.
    fn example(&self, rule: &TableRule, classes: &[u16]) -> serde_json::Value {
        let schema = &self.catalog.schema;
        let columns = rule.columns.iter().zip(classes);
        let fields = columns.filter_map(|(slot, class)| {
            let Input::Field(field) = self.inputs[slot.at()].input else {
                return None;
            };
            let value = self.maps[slot.at()].example(*class);
            let field = schema.field(field);
            Some((field.name.clone(), in_json(value, &field.kind)))
        });
        serde_json::Value::Object(fields.collect())
    }
}

fn in_json(value: Option<Value>, kind: &pointsman_lead::FieldKind) -> serde_json::Value {
    use pointsman_lead::FieldKind;
    match (value, kind) {
        (None, _) => serde_json::Value::Null,
        (Some(Value::Boolean(boolean)), _) => boolean.into(),
        (Some(Value::Text(text)), _) => text.into(),
        (Some(Value::Timestamp(timestamp)), _) => timestamp.to_string().into(),
        (Some(Value::Integer(number) | Value::Decimal(number)), kind) => match kind {
            FieldKind::Timestamp => pointsman_lead::Timestamp(number).to_string().into(),
            FieldKind::Decimal { scale } => crate::cel::Decimal {
                digits: number,
                scale: *scale,
            }
            .to_string()
            .into(),
            _ => number.into(),
        },
    }
}

fn to_u16(position: usize) -> u16 {
    // Cases, rows, nodes and destinations are bounded by the checks.
    u16::try_from(position).unwrap_or(u16::MAX)
}

/// The reached nodes, parents before children, each with its rule.
fn nodes(
    document: &Document,
    schema: &pointsman_lead::Schema,
    graph: &Graph<'_>,
    destination_idx: &impl Fn(&str) -> Option<DestinationIdx>,
    mut pickers: BTreeMap<&str, Picker>,
) -> Option<Vec<Compiled>> {
    let steps = graph.reached.iter().rev().copied();
    let steps: Vec<&str> = steps
        .filter(|name| !matches!(document.nodes[*name], Node::Scorecard { .. }))
        .collect();
    let positions: BTreeMap<&str, NodeIdx> = (0..)
        .map(NodeIdx)
        .zip(&steps)
        .map(|(idx, name)| (*name, idx))
        .collect();
    let compiled = steps.iter().map(|&name| {
        let node = &document.nodes[name];
        let picker = pickers.remove(name).unwrap_or(Picker::None);
        let (op, picker) = match node {
            Node::When { .. } | Node::Switch { .. } | Node::Table { .. } => {
                rule(node, picker, &positions)?
            }
            _ => (
                op(document, schema, name, destination_idx, &positions)?,
                Picker::None,
            ),
        };
        Some(Compiled {
            name: name.to_owned(),
            op,
            leaves: Leaves {
                mask: Mask::with_len(0),
                can_reject: false,
                exact: true,
            },
            picker,
        })
    });
    compiled.collect()
}

/// A rule with each port once, and a picker that answers with positions among them.
fn rule(node: &Node, picker: Picker, positions: &BTreeMap<&str, NodeIdx>) -> Option<(Op, Picker)> {
    let mut ports = Vec::new();
    let mut seen = BTreeMap::new();
    let mut picks = Vec::new();
    for (_, port) in node.ports() {
        let idx = *positions.get(port)?;
        let pick = *seen.entry(idx).or_insert_with(|| {
            ports.push(idx);
            to_u16(ports.len() - 1)
        });
        picks.push(pick);
    }
    let picker = match picker {
        Picker::Switch(slot, by_class) => {
            let by_class = by_class.into_iter().map(|case| picks[usize::from(case)]);
            Picker::Switch(slot, by_class.collect())
        }
        Picker::Table(table, _) => Picker::Table(table, picks),
        other => other,
    };
    Some((Op::Rule { ports }, picker))
}

fn op(
    document: &Document,
    schema: &pointsman_lead::Schema,
    name: &str,
    destination_idx: &impl Fn(&str) -> Option<DestinationIdx>,
    positions: &BTreeMap<&str, NodeIdx>,
) -> Option<Op> {
    let salt = Salt::new(&document.flow, name);
    let arm = |own: Option<&str>, to: &str| {
        Some(Arm {
            name: document.arm_name(own, to).to_owned(),
            to: *positions.get(to)?,
        })
    };
    Some(match &document.nodes[name] {
        Node::Destination { destination } => {
            Op::Destination(destination_idx(destination.as_deref().unwrap_or(name))?)
        }
        Node::Reject { reason } => Op::Reject {
            reason: reason.clone(),
        },
        Node::Split { arms, sticky } => Op::Split {
            salt,
            arms: arms
                .iter()
                .map(|of| arm(of.name.as_deref(), &of.to))
                .collect::<Option<_>>()?,
            weights_ppm: arms.iter().map(|arm| arm.weight_ppm).collect(),
            sticky: match sticky {
                Some(field) => Some(schema.find(field)?),
                None => None,
            },
        },
        Node::Bandit {
            arms,
            maximize,
            explore_ppm,
            segment_by,
        } => Op::Bandit {
            salt,
            arms: arms
                .iter()
                .map(|of| arm(of.name.as_deref(), &of.to))
                .collect::<Option<_>>()?,
            segment_by: segment_by
                .iter()
                .map(|field| schema.find(field))
                .collect::<Option<_>>()?,
            maximize: *maximize,
            explore_ppm: *explore_ppm,
        },
        Node::Waterfall { to } => Op::Waterfall {
            to: to
                .iter()
                .map(|to| positions.get(to.as_str()).copied())
                .collect::<Option<_>>()?,
        },
        Node::When { .. } | Node::Switch { .. } | Node::Table { .. } | Node::Scorecard { .. } => {
            return None;
        }
    })
}

impl Salt {
    /// The salt of a node, the same in every version of its flow.
    fn new(flow: &str, node: &str) -> Self {
        let mut sha = Sha256::new();
        for part in ["pointsman/draw/v1", "\0", flow, "\0", node] {
            sha.update(part.as_bytes());
        }
        let digest: [u8; 32] = sha.finalize().into();
        let mut salt = [0; 16];
        salt.copy_from_slice(&digest[..16]);
        Self(salt)
    }
}

/// Fills in what lies below each node, children first.
fn leaves(nodes: &mut [Compiled], n_destinations: u16) {
    for at in (0..nodes.len()).rev() {
        let mut leaves = Leaves {
            mask: Mask::with_len(n_destinations),
            can_reject: false,
            exact: true,
        };
        match &nodes[at].op {
            Op::Destination(destination) => leaves.mask.set(*destination),
            Op::Reject { .. } => leaves.can_reject = true,
            Op::Rule { .. } => leaves.exact = false,
            Op::Split { .. } | Op::Bandit { .. } | Op::Waterfall { .. } => {}
        }
        for child in nodes[at].op.children() {
            let below = &nodes[usize::from(child.0)].leaves;
            leaves.mask.add(&below.mask);
            leaves.can_reject |= below.can_reject;
            leaves.exact &= below.exact;
        }
        nodes[at].leaves = leaves;
    }
}
