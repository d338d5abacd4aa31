//! How large a document is once every fragment stands where it is spread.

use std::collections::{BTreeMap, HashMap};

use async_graphql::{
    Name, Positioned, Value as ConstValue, Variables,
    parser::types::{
        Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
    },
};
use async_graphql_value::Value;

use super::Refused;

/// Most parts (selections, arguments, values, directives) of a document, each fragment counted as often as
/// it is spread: in all operations together, whichever is asked for, since all are validated.
const PARTS_MAX: u64 = 20_000;
/// Deepest nesting of selections, through fragments.
const SELECTION_DEPTH_MAX: usize = 32;
/// Most values that the variables bring in, each variable counted as often as it is used.
const VALUES_MAX: u64 = 300_000;
/// Most arguments of one field or directive: fields of one name are compared argument by argument, and each
/// difference is an error.
const ARGUMENTS_MAX: usize = 16;
/// Most variables of one operation: each use looks for its own among them.
const VARIABLES_MAX: usize = 128;
/// The fields of an introspection that lead from a type to further ones. Lists in lists multiply, and one
/// inside the list of all types is what tools need.
const TYPE_LISTS: [&str; 4] = ["fields", "inputFields", "interfaces", "possibleTypes"];
/// How many of them may stand in each other.
const TYPE_LISTS_MAX: usize = 2;
/// Bytes of a text that count as one value.
const BYTES_PER_VALUE: usize = 64;

/// Checks what a document costs.
///
/// # Errors
///
/// The limit that it goes beyond, or a fragment that spreads itself.
pub(super) fn check(document: &ExecutableDocument, variables: &Variables) -> Result<(), Refused> {
    let weights = weights(document, variables);
    let operations = document.operations.iter().map(|(_, operation)| {
        let mut own = Own::new(&weights);
        own.operation(&operation.node)?;
        Ok(own.part)
    });
    let operations = operations.collect::<Result<Vec<Part<'_>>, Refused>>()?;
    let fragments = document.fragments.iter().map(|(name, fragment)| {
        let mut own = Own::new(&weights);
        own.directives(&fragment.node.directives)?;
        own.selections(&fragment.node.selection_set, OUTERMOST)?;
        Ok((name.as_str(), own.part))
    });
    // By name: the reported mistake must not depend on how a map hashes.
    let fragments = fragments.collect::<Result<BTreeMap<&str, Part<'_>>, Refused>>()?;
    let sizes = expanded(&fragments)?;
    let mut total = Size::default();
    for part in operations.iter().chain(fragments.values()) {
        let size = part.with(&sizes);
        total = Size {
            parts: total.parts.saturating_add(size.parts),
            values: total.values.saturating_add(size.values),
            depth: total.depth.max(size.depth),
            type_lists: total.type_lists.max(size.type_lists),
        };
    }
    total.check()
}

/// How many values each variable stands for, given or by default, in whichever operation there are most.
fn weights<'a>(
    document: &'a ExecutableDocument,
    variables: &'a Variables,
) -> HashMap<&'a Name, u64> {
    let given = variables
        .iter()
        .map(|(name, value)| (name, values_in(value)));
    let mut weights: HashMap<&Name, u64> = given.collect();
    for (_, operation) in document.operations.iter() {
        for definition in &operation.node.variable_definitions {
            let default = definition.node.default_value.as_ref();
            let default = default.map_or(1, |default| values_in(&default.node));
            let weight = weights.entry(&definition.node.name.node).or_default();
            *weight = default.max(*weight);
        }
    }
    weights
}

/// What something amounts to, with its fragments in place.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    parts: u64,
    values: u64,
    depth: usize,
    /// How many of [`TYPE_LISTS`] stand in each other.
    type_lists: usize,
}

impl Size {
    fn check(self) -> Result<(), Refused> {
        if self.type_lists > TYPE_LISTS_MAX {
            let message =
                "an introspection asks for the types of the types of a type; ask in steps";
            return Err(Refused::beyond(message));
        }
        if self.depth > SELECTION_DEPTH_MAX {
            return Err(too_deep());
        }
        if self.parts > PARTS_MAX {
            let message = format!(
                "with every fragment in its place the document has more than {PARTS_MAX} parts; ask for less"
            );
            return Err(Refused::beyond(message));
        }
        if self.values > VALUES_MAX {
            let message = format!(
                "the variables bring more than {VALUES_MAX} values into the document; use large ones once"
            );
            return Err(Refused::beyond(message));
        }
        Ok(())
    }
}

/// An operation or fragment by itself, and what it spreads.
#[derive(Debug, Default)]
struct Part<'a> {
    size: Size,
    spreads: Vec<Spread<'a>>,
}

/// A fragment that is spread.
#[derive(Debug, Clone, Copy)]
struct Spread<'a> {
    name: &'a str,
    within: Level,
}

/// Where in a definition a selection stands.
#[derive(Debug, Clone, Copy)]
struct Level {
    depth: usize,
    type_lists: usize,
}

const OUTERMOST: Level = Level {
    depth: 1,
    type_lists: 0,
};

impl Part<'_> {
    /// Its size with the fragments whose sizes are known. Unknown ones are a matter of validation.
    fn with(&self, sizes: &HashMap<&str, Size>) -> Size {
        let mut size = self.size;
        for Spread { name, within } in &self.spreads {
            let Some(spread) = sizes.get(name) else {
                continue;
            };
            size.parts = size.parts.saturating_add(spread.parts);
            size.values = size.values.saturating_add(spread.values);
            size.depth = size.depth.max(within.depth + spread.depth);
            size.type_lists = size.type_lists.max(within.type_lists + spread.type_lists);
        }
        size
    }
}

/// The sizes of all fragments: those that spread nothing first, then those that spread only known ones. A
/// loop and no recursion, for a chain of fragments may be as long as the document.
fn expanded<'a>(
    fragments: &BTreeMap<&'a str, Part<'a>>,
) -> Result<HashMap<&'a str, Size>, Refused> {
    let mut waits: HashMap<&str, usize> = HashMap::new();
    let mut spread_in: HashMap<&str, Vec<&'a str>> = HashMap::new();
    for (name, part) in fragments {
        let spreads = part.spreads.iter().map(|spread| spread.name);
        let mut n_known = 0;
        for spread in spreads.filter(|spread| fragments.contains_key(spread)) {
            n_known += 1;
            spread_in.entry(spread).or_default().push(name);
        }
        waits.insert(name, n_known);
    }
    let mut ready: Vec<&'a str> = fragments
        .keys()
        .copied()
        .filter(|name| waits[name] == 0)
        .collect();
    let mut sizes = HashMap::new();
    while let Some(name) = ready.pop() {
        sizes.insert(name, fragments[name].with(&sizes));
        for user in spread_in.remove(name).unwrap_or_default() {
            let left = waits.entry(user).and_modify(|left| *left -= 1).or_default();
            if *left == 0 {
                ready.push(user);
            }
        }
    }
    match fragments.keys().find(|name| !sizes.contains_key(*name)) {
        None => Ok(sizes),
        Some(name) => {
            let message = format!("fragment `{name}` spreads itself, by itself or through others");
            Err(Refused::beyond(message))
        }
    }
}

/// Counts one definition. What it descends into nests no deeper than the parser lets it.
struct Own<'a, 'w> {
    part: Part<'a>,
    weights: &'w HashMap<&'w Name, u64>,
}

impl<'a, 'w> Own<'a, 'w> {
    fn new(weights: &'w HashMap<&'w Name, u64>) -> Self {
        Self {
            part: Part::default(),
            weights,
        }
    }

    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<(), Refused> {
        let OperationDefinition {
            ty: _,
            variable_definitions,
            directives,
            selection_set,
        } = operation;
        within(
            variable_definitions.len(),
            VARIABLES_MAX,
            "an operation",
            "variables",
        )?;
        for definition in variable_definitions {
            self.part.size.parts += 1;
            self.directives(&definition.node.directives)?;
            if let Some(default) = &definition.node.default_value {
                self.part.size.parts += values_in(&default.node);
            }
        }
        self.directives(directives)?;
        self.selections(selection_set, OUTERMOST)
    }

    fn selections(
        &mut self,
        selections: &'a Positioned<SelectionSet>,
        level: Level,
    ) -> Result<(), Refused> {
        if level.depth > SELECTION_DEPTH_MAX {
            return Err(too_deep());
        }
        let size = &mut self.part.size;
        size.depth = size.depth.max(level.depth);
        size.type_lists = size.type_lists.max(level.type_lists);
        let deeper = Level {
            depth: level.depth + 1,
            ..level
        };
        for selection in &selections.node.items {
            self.part.size.parts += 1;
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, deeper)?,
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.node.directives)?;
                    self.selections(&fragment.node.selection_set, deeper)?;
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives)?;
                    self.part.spreads.push(Spread {
                        name: spread.node.fragment_name.node.as_str(),
                        within: level,
                    });
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &'a Field, below: Level) -> Result<(), Refused> {
        self.arguments(&field.arguments)?;
        self.directives(&field.directives)?;
        if field.selection_set.node.items.is_empty() {
            return Ok(());
        }
        let is_list = TYPE_LISTS.contains(&field.name.node.as_str());
        let below = Level {
            type_lists: below.type_lists + usize::from(is_list),
            ..below
        };
        self.selections(&field.selection_set, below)
    }

    fn directives(&mut self, directives: &'a [Positioned<Directive>]) -> Result<(), Refused> {
        for directive in directives {
            self.part.size.parts += 1;
            self.arguments(&directive.node.arguments)?;
        }
        Ok(())
    }

    fn arguments(
        &mut self,
        arguments: &'a [(Positioned<Name>, Positioned<Value>)],
    ) -> Result<(), Refused> {
        within(
            arguments.len(),
            ARGUMENTS_MAX,
            "a field or directive",
            "arguments",
        )?;
        for (_, value) in arguments {
            self.part.size.parts += 1;
            self.value(&value.node);
        }
        Ok(())
    }

    fn value(&mut self, value: &'a Value) {
        self.part.size.parts += 1;
        match value {
            Value::Variable(name) => {
                let weight = self.weights.get(name).copied().unwrap_or(1);
                self.part.size.values = self.part.size.values.saturating_add(weight);
            }
            Value::List(values) => values.iter().for_each(|value| self.value(value)),
            Value::Object(members) => members.values().for_each(|value| self.value(value)),
            _ => {}
        }
    }
}

/// How many values there are in a value, itself among them; long texts count by their length.
fn values_in(value: &ConstValue) -> u64 {
    match value {
        ConstValue::List(values) => 1 + values.iter().map(values_in).sum::<u64>(),
        ConstValue::Object(members) => 1 + members.values().map(values_in).sum::<u64>(),
        ConstValue::String(text) => 1 + (text.len() / BYTES_PER_VALUE) as u64,
        _ => 1,
    }
}

fn within(n: usize, n_max: usize, what: &str, of: &str) -> Result<(), Refused> {
    if n <= n_max {
        return Ok(());
    }
    Err(Refused::beyond(format!(
        "{what} has {n} {of}; at most {n_max}"
    )))
}

fn too_deep() -> Refused {
    let message = format!(
        "with every fragment in its place the document nests deeper than {SELECTION_DEPTH_MAX} selections"
    );
    Refused::beyond(message)
}
