//! Predicates that say nothing: never true, or always.

use super::{Example, Question, TooHard, World};
use crate::{classes::ClassSet, formula::Formula};
use pointsman_cel::{self as cel, Expr, Span, Spans};

/// Words of work for one question about a predicate.
const PART_WORK: usize = 1 << 22;

/// Most parts of a conjunction of which every pair is tried.
const MAX_PAIRED: usize = 32;

/// A predicate or a part of one that every lead decides alike.
#[derive(Debug, Clone)]
pub(crate) struct Odd {
    /// `never_true` or `always_true`.
    pub(crate) code: &'static str,
    /// Where in the text.
    pub(crate) span: Option<Span>,
    pub(crate) message: String,
    pub(crate) hint: String,
    /// A lead that shows it.
    pub(crate) example: Option<Example>,
}

/// A predicate with what it asks in as few tests as can be, and its parts.
#[derive(Debug)]
struct Part<'p> {
    expr: &'p Expr,
    formula: Formula<ClassSet>,
    parts: Vec<Part<'p>>,
}

impl<'p> Part<'p> {
    fn new(expr: &'p Expr, formula: &Formula<ClassSet>) -> Self {
        let parts = match (expr, formula) {
            (Expr::And(exprs), Formula::All(formulas))
            | (Expr::Or(exprs), Formula::Any(formulas)) => {
                let pairs = exprs.iter().zip(formulas);
                pairs
                    .map(|(expr, formula)| Self::new(expr, formula))
                    .collect()
            }
            (Expr::Not(expr), Formula::Not(formula)) => vec![Self::new(expr, formula)],
            _ => Vec::new(),
        };
        Self {
            expr,
            formula: formula.joined(),
            parts,
        }
    }
}

/// Everything odd about a predicate, outermost parts first.
///
/// * `reported`: parts of the text about which something was found before.
///
/// # Errors
///
/// [`TooHard`] if a part could not be decided.
pub(crate) fn find(
    world: &World<'_>,
    text: &str,
    expr: &Expr,
    formula: &Formula<ClassSet>,
    reported: &[Span],
) -> Result<Vec<Odd>, TooHard> {
    let part = Part::new(expr, formula);
    let mut search = Search {
        world,
        spans: Spans::new(text),
        reported,
        found: Vec::new(),
    };
    search.judge(&part)?;
    Ok(search.found)
}

struct Search<'s, 'a> {
    world: &'s World<'a>,
    spans: Spans<'s>,
    reported: &'s [Span],
    found: Vec<Odd>,
}

impl<'a> Search<'_, 'a> {
    /// Whether some lead makes all of these true.
    fn can_be(&self, formulas: &[&'a Formula<ClassSet>]) -> Result<bool, TooHard> {
        let mut question = self.world.question();
        question.asked = formulas.iter().map(|&formula| (formula, true)).collect();
        self.is_possible(&question)
    }

    fn is_possible(&self, question: &Question<'a>) -> Result<bool, TooHard> {
        self.world
            .within(PART_WORK, || self.world.is_possible(question))
    }

    /// A lead that makes a formula true, or one that does not.
    fn example(&self, formula: &'a Formula<ClassSet>, wanted: bool) -> Option<Example> {
        let mut question = self.world.question();
        question.asked.push((formula, wanted));
        if !wanted {
            // A false value shows more than a missing one.
            formula.slots().into_iter().for_each(|slot| {
                let known = question.region.of(slot).clone().known();
                if !known.is_empty() {
                    question.region.narrow(slot, &known);
                }
            });
        }
        self.world
            .within(PART_WORK, || self.world.ask(&question))
            .ok()
            .flatten()
    }

    fn judge(&mut self, part: &'a Part<'_>) -> Result<(), TooHard> {
        let Part {
            expr,
            formula,
            parts,
        } = part;
        if matches!(expr, Expr::Constant(_)) {
            return Ok(()); // Written on purpose.
        }
        if !self.can_be(&[formula])? {
            return self.never(part);
        }
        if self.always(part)? {
            return Ok(());
        }
        parts.iter().try_for_each(|part| self.judge(part))
    }

    /// Reports a part that is always true; whether it is.
    fn always(&mut self, part: &'a Part<'_>) -> Result<bool, TooHard> {
        let Part { expr, formula, .. } = part;
        let mut question = self.world.question();
        question.asked.push((formula, false));
        let (message, hint) = if !self.is_possible(&question)? {
            ("is true of every lead", "drop it, or correct it")
        } else if asks_has(formula) {
            return Ok(false);
        } else {
            for slot in formula.slots() {
                let known = question.region.of(slot).clone().known();
                question.region.narrow(slot, &known);
            }
            if self.is_possible(&question)? {
                return Ok(false);
            }
            let message = "is true of every lead whose fields are known";
            (message, "ask `has(field)` if that is meant")
        };
        if !self.is_reported(expr) {
            let message = format!("{} {message}", quoted(expr));
            let example = self.example(formula, true);
            self.report("always_true", self.spans.of(expr), message, hint, example);
        }
        Ok(true)
    }

    /// Reports what keeps a part from ever being true.
    fn never(&mut self, part: &'a Part<'_>) -> Result<(), TooHard> {
        let Part {
            expr,
            formula,
            parts,
        } = part;
        match expr {
            Expr::Or(_) => return parts.iter().try_for_each(|part| self.judge(part)),
            Expr::And(_) => {
                for part in parts {
                    if !self.can_be(&[&part.formula])? {
                        return self.judge(part);
                    }
                }
                let paired = parts.iter().take(MAX_PAIRED).enumerate();
                for (position, a) in paired {
                    for b in parts.iter().take(MAX_PAIRED).skip(position + 1) {
                        if !self.can_be(&[&a.formula, &b.formula])? {
                            self.contradiction(a, b);
                            return Ok(());
                        }
                    }
                }
            }
            _ if self.is_reported(expr) => return Ok(()),
            _ => {}
        }
        let message = format!("{} is true of no lead", quoted(expr));
        let example = self.example(formula, false);
        self.report(
            "never_true",
            self.spans.of(expr),
            message,
            "correct it, or drop it",
            example,
        );
        Ok(())
    }

    fn contradiction(&mut self, a: &'a Part<'_>, b: &'a Part<'_>) {
        let (one, other) = (quoted(a.expr), quoted(b.expr));
        let message = format!("{one} and {other} are never both true");
        let span = self.spans.of(a.expr).zip(self.spans.of(b.expr));
        let span = span.map(|(a, b)| (a.0.min(b.0), a.1.max(b.1)));
        let example = self.example(&a.formula, true);
        let hint = "join alternatives with `||`, or correct one of them";
        self.report("never_true", span, message, hint, example);
    }

    fn report(
        &mut self,
        code: &'static str,
        span: Option<Span>,
        message: String,
        hint: &str,
        example: Option<Example>,
    ) {
        self.found.push(Odd {
            code,
            span,
            message,
            hint: hint.to_owned(),
            example,
        });
    }

    /// Whether something was said about a part of this before.
    fn is_reported(&self, expr: &Expr) -> bool {
        let within = |span: &Span| {
            self.spans
                .of(expr)
                .is_some_and(|whole| whole.0 <= span.0 && span.1 <= whole.1)
        };
        self.reported.iter().any(within)
    }
}

/// A part as text, the beginning of it if it is long.
fn quoted(expr: &Expr) -> String {
    const MAX_CHARS: usize = 60;
    let text = cel::print(expr);
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

fn asks_has(formula: &Formula<ClassSet>) -> bool {
    match formula {
        Formula::Has(_) => true,
        Formula::Constant(_) | Formula::Test(..) => false,
        Formula::Not(inner) => asks_has(inner),
        Formula::All(parts) | Formula::Any(parts) => parts.iter().any(asks_has),
    }
}
