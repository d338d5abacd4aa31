//! The second pass: from a typed flow to a program.
//!
//! Formulas become sets of classes, tables become bitmaps, and names become positions.

mod nodes;

use std::{collections::BTreeMap, sync::Arc};

use pointsman_lead::Zone;

use crate::{
    Catalog, DestinationIdx, Diagnostic, Document, Mask, NamedList, NodeIdx, Place, Program,
    ProgramDestination, Semantics,
    calculation::Calculation,
    classes::{Accepted, ClassMap, ClassSet},
    formula::Formula,
    graph::Graph,
    inputs::{Input, InputSlot},
    program::{
        Picker,
        encode::{Slot, SlotSource},
        table::{Index, Residuals},
        why::{Label, labels},
    },
    subflow::Expanded,
    typed_flow::{Rule, TableRule, TypedFlow},
};
pub(crate) use nodes::{Assembly, LowerNode};

/// Most bytes of bitmaps and of sets of classes, each.
pub(crate) const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A typed flow in the terms of a program, before its nodes are numbered.
#[derive(Debug)]
pub(crate) struct Lowered {
    /// Which values of each slot no test tells apart.
    pub(crate) maps: Vec<ClassMap>,
    /// What is tested, in the order of the codes.
    pub(crate) slots: Vec<Slot>,
    /// For each slot the scorecard whose points it holds, if it is one.
    pub(crate) scorecards: Vec<Option<String>>,
    /// How the port of each rule is found, by node.
    pub(crate) pickers: BTreeMap<String, Picker>,
    /// The tables as they were typed, by node.
    pub(crate) tables: BTreeMap<String, TableRule>,
    labels: Vec<Label>,
    /// The lists that are asked, by name.
    lists: BTreeMap<String, NamedList>,
    /// What destinations want, by name.
    criteria: BTreeMap<String, Formula<ClassSet>>,
}

/// Lowers a typed flow. What is too large for a program is reported; `None` if nothing can be made of
/// the rest.
pub(crate) fn lower(
    catalog: &Catalog,
    flow: TypedFlow,
    found: &mut Vec<Diagnostic>,
) -> Option<Lowered> {
    let TypedFlow {
        inputs,
        rules,
        criteria,
    } = flow;
    let mut lowering = Lowering {
        catalog,
        maps: class_maps(&inputs.slots, catalog, found)?,
        inputs: inputs.slots,
        sets_bytes: MAX_BYTES,
        bitmaps_bytes: MAX_BYTES,
        found,
    };
    let slots = lowering.slots();
    let mut pickers = BTreeMap::new();
    let mut tables = BTreeMap::new();
    for (name, rule) in rules {
        pickers.insert(name.clone(), lowering.picker(&name, &rule));
        if let Rule::Table(rule) = rule {
            tables.insert(name, rule);
        }
    }
    let criteria = criteria.into_iter();
    let criteria = criteria
        .map(|(name, formula)| (name, lowering.formula(&formula)))
        .collect();
    if lowering.sets_bytes == 0 {
        let message = "the predicates of this flow tell too many values apart";
        let error = Diagnostic::error("too_large", Place::default(), message);
        lowering
            .found
            .push(error.hint("use tables for long lists of values"));
        return None;
    }
    Some(Lowered {
        labels: labels(&lowering.inputs, &catalog.schema),
        lists: lowering.lists(),
        scorecards: lowering.scorecards(),
        maps: lowering.maps,
        slots,
        pickers,
        tables,
        criteria,
    })
}

impl Lowered {
    /// The program. Only for a flow without errors; `None` shows that there was one.
    ///
    /// * `written`: the document as its authors wrote it, without its subflows.
    pub(crate) fn program(
        self,
        written: &Arc<Document>,
        expanded: &Expanded<'_>,
        catalog: &Catalog,
        graph: &Graph<'_>,
        semantics: Semantics,
    ) -> Option<Program> {
        let Self {
            slots,
            pickers,
            labels,
            criteria,
            lists,
            ..
        } = self;
        let document = &*expanded.document;
        let names = graph.destinations(document).into_iter();
        let names = names.filter(|name| catalog.destinations.contains_key(*name));
        let names: Vec<&str> = names.collect();
        let catalog = catalog.restricted_to(&names, expanded.used.clone(), lists);
        let settings = catalog.destinations.iter();
        let destinations: Vec<ProgramDestination> = settings
            .map(|(name, settings)| ProgramDestination {
                name: name.clone(),
                settings: settings.clone(),
            })
            .collect();
        let n_destinations = u16::try_from(destinations.len()).ok()?;
        let by_name: BTreeMap<&str, DestinationIdx> = names
            .into_iter()
            .zip((0..n_destinations).map(DestinationIdx))
            .collect();
        let mut unconditional = Mask::full(n_destinations);
        let mut conditional = Vec::new();
        for (name, formula) in criteria {
            let destination = *by_name.get(name.as_str())?;
            unconditional.clear(destination);
            conditional.push((destination, formula));
        }
        let assembly = Assembly::new((expanded, semantics), &catalog.schema, graph, &by_name);
        let nodes = assembly.nodes(pickers)?;
        let numbered = (0..).map(NodeIdx).zip(&nodes);
        let personal = numbered.filter(|(_, node)| node.op.is_personal());
        Some(Program {
            personal: personal.map(|(node, _)| node).collect(),
            flow_hash: written.hash(),
            semantics,
            catalog_hash: catalog.hash(),
            document: Arc::clone(written),
            expanded: (!expanded.flows.is_empty()).then(|| Box::new(document.clone())),
            catalog,
            destinations,
            nodes,
            slots,
            labels,
            unconditional,
            conditional,
        })
    }
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
        Input::Field(field) | Input::Part(_, field, _) | Input::Listed(field, _) => {
            catalog.schema.field(*field).name.clone()
        }
        Input::Scorecard(name) | Input::Derived(name) => name.clone(),
    }
}

struct Lowering<'a> {
    catalog: &'a Catalog,
    maps: Vec<ClassMap>,
    inputs: Vec<InputSlot>,
    /// Bytes that are left for sets of classes; 0 once they did not suffice.
    sets_bytes: usize,
    bitmaps_bytes: usize,
    found: &'a mut Vec<Diagnostic>,
}

impl Lowering<'_> {
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
        let slots = inputs.iter().enumerate().map(|(idx, slot)| {
            let source = match &slot.input {
                Input::Field(field) => SlotSource::Field(*field),
                // The zone was found when the predicate was checked.
                Input::Part(part, field, zone) => {
                    let zone = Zone::parse(zone).unwrap_or_else(|_| Zone::utc());
                    SlotSource::Part(*part, *field, zone)
                }
                Input::Listed(field, list) => {
                    let list = self.catalog.lists.get(list).and_then(NamedList::values);
                    // A list without its values is a mistake, so that there is no program.
                    SlotSource::Listed(*field, list.map_or_else(Arc::default, Arc::clone))
                }
                Input::Scorecard(_) => {
                    let points = slot.points.iter();
                    let points = points.map(|(formula, points)| (self.formula(formula), *points));
                    SlotSource::Scorecard(points.collect())
                }
                Input::Derived(_) => {
                    let derivation = slot.derivation.as_ref();
                    // A value without a calculation has mistakes, so that there is no program.
                    let calculation = derivation.map_or(Calculation::Constant(0), |derivation| {
                        derivation.calculation.clone()
                    });
                    let default = derivation.and_then(|derivation| derivation.default);
                    SlotSource::Derived(calculation, default)
                }
            };
            Slot {
                source,
                classes: self.maps[idx].clone(),
            }
        });
        let slots = slots.collect();
        self.inputs = inputs;
        slots
    }

    /// For each slot the scorecard whose points it holds, if it is one.
    fn scorecards(&self) -> Vec<Option<String>> {
        let inputs = self.inputs.iter().map(|slot| match &slot.input {
            Input::Scorecard(name) => Some(name.clone()),
            Input::Field(_) | Input::Part(..) | Input::Listed(..) | Input::Derived(_) => None,
        });
        inputs.collect()
    }

    /// The lists that are asked.
    fn lists(&self) -> BTreeMap<String, NamedList> {
        let names = self.inputs.iter().filter_map(|slot| match &slot.input {
            Input::Listed(_, list) => Some(list),
            _ => None,
        });
        let lists = names.filter_map(|name| self.catalog.lists.get_key_value(name));
        lists
            .map(|(name, list)| (name.clone(), list.clone()))
            .collect()
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
                Picker::Switch(*slot, by_class, Vec::new())
            }
            Rule::Table(rule) => self.table(name, rule),
        }
    }

    fn table(&mut self, name: &str, rule: &TableRule) -> Picker {
        let residuals = rule.residuals.iter();
        let residuals = residuals.map(|(&row, formula)| (row, self.formula(formula)));
        let residuals = Residuals(residuals.collect());
        match Index::new(rule, &self.maps, &mut self.bitmaps_bytes) {
            Ok(index) => Picker::Table(Box::new(index), residuals, Vec::new()),
            Err(column) => {
                let place = Place::node(name).part(format!("columns[{column}]"));
                let slot = rule.columns.get(column).map(|column| column.slot);
                let name = slot.map(|slot| input_name(&self.inputs[slot.at()].input, self.catalog));
                let message = format!(
                    "`{}` tells too many values apart for {} rows",
                    name.unwrap_or_default(),
                    rule.n_rows
                );
                let error = Diagnostic::error("too_large", place, message);
                self.found
                    .push(error.hint("put a switch before several smaller tables"));
                Picker::None
            }
        }
    }
}

fn to_u16(position: usize) -> u16 {
    // Cases, rows, nodes and destinations are bounded by the checks.
    u16::try_from(position).unwrap_or(u16::MAX)
}
