//! Predicates and cells as questions, each with its answer.

use super::{Asked, Readings};
use crate::{Cell, Literal, classes::ClassSet, formula::Formula, program::Program};
use pointsman_cel::{self as cel, Expr, named, quote};

impl Program {
    /// The parts of a predicate that are joined by `&&`, each with its answer.
    ///
    /// * `formula`: what the predicate was compiled to; it has the shape of its text.
    pub(super) fn asked(
        &self,
        text: &str,
        formula: &Formula<ClassSet>,
        readings: &Readings,
    ) -> Vec<Asked> {
        let whole = || vec![self.answered(text.to_owned(), formula, readings)];
        let Ok(expr) = cel::parse(text) else {
            return whole(); // The checks have parsed it.
        };
        let mut parts = Vec::new();
        match pairs(&expr, formula, &mut parts) {
            Some(()) => parts
                .into_iter()
                .map(|(expr, formula)| self.answered(cel::print(expr), formula, readings))
                .collect(),
            None => whole(),
        }
    }

    /// A question with the answer that decides.
    pub(super) fn answered(
        &self,
        text: String,
        formula: &Formula<ClassSet>,
        readings: &Readings,
    ) -> Asked {
        let slots = formula.slots().into_iter();
        Asked {
            text,
            answer: readings.codes.value(formula),
            seen: slots.map(|slot| self.seen_at(slot, readings)).collect(),
        }
    }
}

/// The parts of a text beside the parts that they were compiled to; `None` if the shapes differ.
fn pairs<'a, A>(
    expr: &'a Expr,
    formula: &'a Formula<A>,
    found: &mut Vec<(&'a Expr, &'a Formula<A>)>,
) -> Option<()> {
    match (expr, formula) {
        (Expr::And(exprs), Formula::All(formulas)) if exprs.len() == formulas.len() => {
            let both = exprs.iter().zip(formulas);
            both.map(|(expr, formula)| pairs(expr, formula, found))
                .collect()
        }
        (Expr::And(_), _) => None,
        _ => {
            found.push((expr, formula));
            Some(())
        }
    }
}

/// The parts of a predicate that are joined by `&&`, however they are bracketed.
pub(super) fn conjuncts(expr: Expr) -> Vec<Expr> {
    match expr {
        Expr::And(parts) => parts.into_iter().flat_map(conjuncts).collect(),
        Expr::Constant(true) => Vec::new(),
        other => vec![other],
    }
}

/// A cell as CEL text; `None` if it takes every value.
///
/// * `bare`: whether texts stand for numbers or times, which need no quotes.
pub(super) fn cell_text(column: &str, cell: &Cell, bare: bool) -> Option<String> {
    let column = named(column);
    let one = |literal: &Literal| match literal {
        Literal::Boolean(boolean) => boolean.to_string(),
        Literal::Integer(integer) => integer.to_string(),
        Literal::Text(text) if bare => text.clone(),
        Literal::Text(text) => quote(text),
    };
    let list = |literals: &[Literal]| {
        let literals: Vec<String> = literals.iter().map(one).collect();
        literals.join(", ")
    };
    Some(match cell {
        Cell::Any => return None,
        Cell::Missing => format!("!has({column})"),
        Cell::OneOf(literals) => match &literals[..] {
            [only] => format!("{column} == {}", one(only)),
            many => format!("{column} in [{}]", list(many)),
        },
        Cell::NoneOf(literals) => match &literals[..] {
            [only] => format!("{column} != {}", one(only)),
            many => format!("!({column} in [{}])", list(many)),
        },
        Cell::StartsWith(prefixes) => {
            let starts = prefixes.iter();
            let starts = starts.map(|prefix| format!("{column}.startsWith({})", quote(prefix)));
            starts.collect::<Vec<_>>().join(" || ")
        }
        Cell::Range { from, to } => {
            let from = from
                .as_ref()
                .map(|from| format!("{column} >= {}", one(from)));
            let to = to.as_ref().map(|to| format!("{column} < {}", one(to)));
            from.into_iter().chain(to).collect::<Vec<_>>().join(" && ")
        }
    })
}
