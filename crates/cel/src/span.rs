//! Where the parts of a predicate stand in its text.

use super::{Expr, Span, Subject};

impl Subject {
    /// From the name of the field to the zone, without brackets.
    pub fn span(&self) -> Span {
        match self {
            Self::Field(field) => field.span,
            Self::Part(_, field, zone) => (field.span.0, zone.span.1),
        }
    }
}

/// A predicate with its brackets, so that they are looked for once.
#[derive(Debug)]
pub struct Spans<'t> {
    text: &'t str,
    brackets: Vec<(usize, bool)>,
}

impl<'t> Spans<'t> {
    /// Finds the brackets of a predicate.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            brackets: brackets(text),
        }
    }

    /// The text of a part that was read from this one, so that it can be read by itself; none for a
    /// constant.
    pub fn of(&self, part: &Expr) -> Option<Span> {
        part.within(self.text, &self.brackets)
    }
}

impl Expr {
    fn within(&self, text: &str, brackets: &[(usize, bool)]) -> Option<Span> {
        let call = |span| called(text, balanced(span, brackets), brackets);
        let span = match self {
            Self::Constant(_) => return None,
            Self::And(parts) | Self::Or(parts) => {
                let spans = parts.iter().filter_map(|part| part.within(text, brackets));
                spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?
            }
            Self::Not(inner) => {
                let (from, to) = inner.within(text, brackets)?;
                // What stands between the mark and its part are brackets and spaces.
                let mark = text.get(..from)?.rfind('!').unwrap_or(from);
                (mark, to)
            }
            Self::Holds(field) => field.span,
            Self::Has(field) => call((field.span.0, after(field.span.1, brackets))),
            Self::StartsWith(field, prefix) => call((field.span.0, after(prefix.span.1, brackets))),
            Self::InList(field, list) => (field.span.0, after(list.span.1, brackets)),
            Self::Compare(subject, _, literal) => {
                let (subject, literal) = (self::subject(subject, text, brackets), literal.span);
                (subject.0.min(literal.0), subject.1.max(literal.1))
            }
            Self::In(subject, literals) => {
                let (from, to) = self::subject(subject, text, brackets);
                let last = literals.iter().map(|literal| literal.span.1).max();
                (from, after(last.unwrap_or(to), brackets))
            }
        };
        Some(balanced(span, brackets))
    }
}

/// A subject with its call, if it is one.
fn subject(subject: &Subject, text: &str, brackets: &[(usize, bool)]) -> Span {
    match subject {
        Subject::Field(field) => field.span,
        Subject::Part(..) => {
            let (from, to) = subject.span();
            called(
                text,
                balanced((from, after(to, brackets)), brackets),
                brackets,
            )
        }
    }
}

/// Brackets outside of texts, and whether they open.
fn brackets(text: &str) -> Vec<(usize, bool)> {
    let mut brackets = Vec::new();
    let mut quote = None;
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (Some(_), '\\') => drop(letters.next()),
            (Some(open), letter) if letter == open => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, '(' | '[') => brackets.push((at, true)),
            (None, ')' | ']') => brackets.push((at, false)),
            _ => {}
        }
    }
    brackets
}

/// The place after the next bracket that closes.
fn after(at: usize, brackets: &[(usize, bool)]) -> usize {
    let from = brackets.partition_point(|(position, _)| *position < at);
    let next = brackets[from..].iter().find(|(_, opens)| !opens);
    next.map_or(at, |(position, _)| position + 1)
}

/// The span with the brackets that belong to those inside.
fn balanced((mut from, mut to): Span, brackets: &[(usize, bool)]) -> Span {
    let first = brackets.partition_point(|(at, _)| *at < from);
    let after = first + brackets[first..].partition_point(|(at, _)| *at < to);
    let inside = &brackets[first..after];
    let (mut n_open, mut n_closing) = (0_usize, 0_usize);
    for (_, opens) in inside {
        match (opens, n_open) {
            (true, _) => n_open += 1,
            (false, 0) => n_closing += 1,
            (false, _) => n_open -= 1,
        }
    }
    let mut depth = 0_usize;
    for (at, opens) in brackets[..first].iter().rev() {
        if n_closing == 0 {
            break;
        }
        match (opens, depth) {
            (false, _) => depth += 1,
            (true, 0) if n_closing > 0 => {
                n_closing -= 1;
                from = *at;
            }
            (true, _) => depth = depth.saturating_sub(1),
        }
    }
    depth = 0;
    for (at, opens) in &brackets[after..] {
        if n_open == 0 {
            break;
        }
        match (opens, depth) {
            (true, _) => depth += 1,
            (false, 0) if n_open > 0 => {
                n_open -= 1;
                to = at + 1;
            }
            (false, _) => depth = depth.saturating_sub(1),
        }
    }
    (from, to)
}

/// A span that begins with a bracket, with the name that is called; and without a bracket before a
/// method of a field, which has its name already.
fn called(text: &str, (from, to): Span, brackets: &[(usize, bool)]) -> Span {
    let here = brackets.binary_search_by_key(&from, |(at, _)| *at);
    if !here.is_ok_and(|position| brackets[position].1) {
        return (from, to);
    }
    let name = text.get(..from).unwrap_or_default();
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    (name.trim_end().trim_end_matches(is_letter).len(), to)
}

#[cfg(test)]
mod tests {
    use crate::{Expr, Spans, parse};

    /// The text of every part, innermost last.
    fn parts(expr: &Expr, text: &str, found: &mut Vec<String>) {
        let (from, to) = Spans::new(text).of(expr).unwrap();
        found.push(text[from..to].to_owned());
        match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                for part in parts {
                    self::parts(part, text, found);
                }
            }
            Expr::Not(inner) => parts(inner, text, found),
            _ => {}
        }
    }

    #[test]
    fn every_part_can_be_read_by_itself() {
        let texts = [
            "age < 18 && (age > 65 || !(has(zip) && !has(zip)))",
            "(a == 1 || b == 2) && (c == ')' || !home_owner)",
            "zip.startsWith('9') || startsWith(zip, \"(\") && !startsWith(zip, '8')",
            "hour(received_at, 'UTC') < 9 || 9 < hour(received_at, 'UTC')",
            "state in ['CA', 'TX'] && !(age in [1, 2]) && at >= timestamp('2026-01-01T00:00:00Z')",
            "zip in list('ours') && (!(zip in list(\"a \\\"b)\")) || age > 3)",
        ];
        for text in texts {
            let expr = parse(text).unwrap();
            let mut found = Vec::new();
            parts(&expr, text, &mut found);
            assert_eq!(found[0], text);
            for part in found {
                assert!(parse(&part).is_ok(), "{part} of {text}");
            }
        }
    }
}
