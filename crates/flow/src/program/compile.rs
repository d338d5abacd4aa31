//! From checked drafts to a program.

mod nodes;
mod predicates;
mod tables;
mod ways;

use std::{collections::BTreeMap, sync::Arc};

use pointsman_lead::Zone;

use super::{
    DestinationIdx, NodeIdx, Picker, Program, ProgramDestination,
    analysis::{TableFacts, World},
    encode::{Slot, Source},
    table::{BitTable, Index, Residuals},
    why::{Label, labels},
};
use crate::{
    Catalog, Diagnostic, Document, Mask, Place, Semantics, Severity,
    calculation::Calculation,
    check::{Draft, Proofs, Rule, TableRule, destinations_named},
    classes::{Accepted, ClassMap, ClassSet},
    formula::Formula,
    graph::Graph,
    inputs::{Input, InputSlot},
    subflow::Expanded,
};
use nodes::Assembly;

/// Most bytes of bitmaps and of sets of classes, each.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Words of work after which proofs are given up, about two seconds in all.
const MAX_WORK: usize = 1 << 31;

/// The program of a document, if nothing keeps it from being one. What is found on the way, such as
/// overlapping rows, is reported even if something else is wrong.
///
/// * `written`: the document as its authors wrote it, without its subflows.
pub(crate) fn program(
    (written, expanded, catalog, semantics): (&Arc<Document>, &Expanded<'_>, &Catalog, Semantics),
    graph: &Graph<'_>,
    draft: Draft,
    proofs: Proofs,
    found: &mut Vec<Diagnostic>,
) -> Option<Program> {
    let document = &*expanded.document;
    let mut compiler = Compiler {
        document,
        catalog,
        maps: class_maps(&draft.inputs.slots, catalog, found)?,
        inputs: draft.inputs.slots,
        sets_bytes: MAX_BYTES,
        bitmaps_bytes: MAX_BYTES,
        proofs,
        unproved: Vec::new(),
        found,
    };
    let slots = compiler.slots();
    let names = compiler.scorecards();
    let labels = labels(&compiler.inputs, &catalog.schema);
    let world = World::new(&catalog.schema, &slots, MAX_WORK);
    let residuals = compiler.residuals(&draft.rules);
    let facts = compiler.facts(&draft.rules, &residuals);
    let rules = draft.rules.iter();
    let pickers: BTreeMap<&str, Picker> = rules
        .map(|(name, rule)| {
            (
                name.as_str(),
                compiler.picker(name, rule, &residuals, &facts, &world),
            )
        })
        .collect();
    let criteria = draft.criteria.iter();
    let criteria: BTreeMap<&str, Formula<ClassSet>> = criteria
        .map(|(name, formula)| (name.as_str(), compiler.formula(formula)))
        .collect();
    if compiler.sets_bytes == 0 {
        let message = "the predicates of this flow tell too many values apart";
        let error = Diagnostic::error("too_large", Place::default(), message);
        compiler
            .found
            .push(error.hint("use tables for long lists of values"));
    }
    let mut unproved = std::mem::take(&mut compiler.unproved);
    let found = compiler.found;
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    let program = if found.iter().any(is_error) {
        None
    } else {
        let left = world.left();
        let parts = (pickers, slots, labels, criteria);
        let flow = (written, expanded, semantics);
        assemble(flow, catalog, graph, parts).inspect(|program| {
            if proofs == Proofs::Needed {
                return;
            }
            let forms = ways::forms(program);
            let world = World::new(&program.catalog.schema, &program.slots, left);
            predicates::report(program, &names, &world, found, &mut unproved);
            ways::report(program, (&facts, &forms), &world, found, &mut unproved);
        })
    };
    incomplete(&unproved, found);
    program
}

/// Says what proofs were given up about, if any were.
fn incomplete(unproved: &[String], found: &mut Vec<Diagnostic>) {
    const MAX_SAID: usize = 20;
    if unproved.is_empty() {
        return;
    }
    let mut said: Vec<&str> = unproved.iter().take(MAX_SAID).map(String::as_str).collect();
    if unproved.len() > MAX_SAID {
        said.push("and more");
    }
    let message = format!("it takes too long to prove that {}", said.join("; that "));
    let warning = Diagnostic::warning("checks_incomplete", Place::default(), message);
    let hint = "this may be as you want it; smaller tables and fewer paths are proved sooner";
    found.push(warning.hint(hint));
}

/// Pickers by node, slots and what they are called, and criteria by destination.
type Parts<'a> = (
    BTreeMap<&'a str, Picker>,
    Vec<Slot>,
    Vec<Label>,
    BTreeMap<&'a str, Formula<ClassSet>>,
);

/// Puts the compiled parts together. Only for a flow without errors; `None` shows that there was one.
fn assemble(
    (written, expanded, semantics): (&Arc<Document>, &Expanded<'_>, Semantics),
    catalog: &Catalog,
    graph: &Graph<'_>,
    (pickers, slots, labels, criteria): Parts<'_>,
) -> Option<Program> {
    let document = &*expanded.document;
    let names = destinations_named(document, catalog, graph);
    let names: Vec<&str> = names.into_iter().collect();
    let catalog = catalog.restricted_to(&names, expanded.used.clone());
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
        let destination = *by_name.get(name)?;
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
        Input::Scorecard(name) | Input::Derived(name) => name.clone(),
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
    proofs: Proofs,
    /// What proofs were given up about.
    unproved: Vec<String>,
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
        let slots = inputs.iter().enumerate().map(|(idx, slot)| {
            let source = match &slot.input {
                Input::Field(field) => Source::Field(*field),
                // The zone was found when the predicate was checked.
                Input::Part(part, field, zone) => {
                    let zone = Zone::parse(zone).unwrap_or_else(|_| Zone::utc());
                    Source::Part(*part, *field, zone)
                }
                Input::Scorecard(_) => {
                    let points = slot.points.iter();
                    let points = points.map(|(formula, points)| (self.formula(formula), *points));
                    Source::Scorecard(points.collect())
                }
                Input::Derived(_) => {
                    let derivation = slot.derivation.as_ref();
                    // A value without a calculation has mistakes, so that there is no program.
                    let calculation = derivation.map_or(Calculation::Constant(0), |derivation| {
                        derivation.calculation.clone()
                    });
                    let default = derivation.and_then(|derivation| derivation.default);
                    Source::Derived(calculation, default)
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
            Input::Field(_) | Input::Part(..) | Input::Derived(_) => None,
        });
        inputs.collect()
    }

    /// What the rows of each table ask besides their cells.
    fn residuals<'r>(&mut self, rules: &'r BTreeMap<String, Rule>) -> BTreeMap<&'r str, Residuals> {
        let mut all = BTreeMap::new();
        for (name, rule) in rules {
            let Rule::Table(rule) = rule else { continue };
            let residuals = rule.residuals.iter();
            let residuals = residuals.map(|(&row, formula)| (row, self.formula(formula)));
            all.insert(name.as_str(), Residuals(residuals.collect()));
        }
        all
    }

    /// What the rows of each table ask, as far as something is to be proved about it.
    fn facts<'r>(
        &self,
        rules: &'r BTreeMap<String, Rule>,
        residuals: &BTreeMap<&str, Residuals>,
    ) -> BTreeMap<&'r str, TableFacts> {
        let tables = rules.iter().filter_map(|(name, rule)| match rule {
            Rule::Table(rule) if self.asks_for_proofs(name) => {
                let residuals = residuals.get(name.as_str()).cloned().unwrap_or_default();
                Some((name.as_str(), TableFacts::new(rule, residuals, &self.maps)))
            }
            _ => None,
        });
        tables.collect()
    }

    fn picker<'w>(
        &mut self,
        name: &str,
        rule: &Rule,
        residuals: &BTreeMap<&str, Residuals>,
        facts: &'w BTreeMap<&str, TableFacts>,
        world: &World<'w>,
    ) -> Picker {
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
            Rule::Table(rule) => {
                let residuals = residuals.get(name).cloned().unwrap_or_default();
                self.table((name, rule), residuals, facts.get(name), world)
            }
        }
    }
}

impl Compiler<'_> {
    /// * `facts`: what is to be proved about it, if anything.
    fn table(
        &mut self,
        (name, rule): (&str, &TableRule),
        residuals: Residuals,
        facts: Option<&TableFacts>,
        world: &World<'_>,
    ) -> Picker {
        match Index::new(rule, &self.maps, &mut self.bitmaps_bytes) {
            Ok(index) => {
                if let Some(facts) = facts {
                    self.analyse_rule((name, rule), facts, &index, world);
                }
                Picker::Table(Box::new(index), residuals, Vec::new())
            }
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

    fn analyse_rule(
        &mut self,
        (name, rule): (&str, &TableRule),
        facts: &TableFacts,
        index: &Index,
        world: &World<'_>,
    ) {
        if let Some(table) = index.in_order() {
            return self.analyse(name, facts, table, world);
        }
        // Proofs are about rows before others. The table has fewer words than its arrangement, so
        // the bytes of that one suffice.
        let mut bytes = MAX_BYTES;
        if let Ok(table) = BitTable::new(rule, &self.maps, &mut bytes) {
            self.analyse(name, facts, &table, world);
        }
    }
}

fn to_u16(position: usize) -> u16 {
    // Cases, rows, nodes and destinations are bounded by the checks.
    u16::try_from(position).unwrap_or(u16::MAX)
}
