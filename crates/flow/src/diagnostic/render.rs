//! A finding as a compiler would print it.

use std::fmt::{self, Write as _};

use super::{Diagnostic, Place, Severity};
use crate::Source;

/// Most bytes of a source line that are shown; longer ones are cut around the mistake.
const MAX_LINE: usize = 160;

impl fmt::Display for Place {
    /// `node graded, if` or `destination acme, caps[0].zone`; `flow` where it is all of it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            node,
            destination,
            part,
            span: _,
        } = self;
        let whose = match (node, destination) {
            (Some(node), _) => format!("node `{node}`"),
            (None, Some(destination)) => format!("destination `{destination}`"),
            (None, None) => "flow".to_owned(),
        };
        formatter.write_str(&whose)?;
        part.iter()
            .try_for_each(|part| write!(formatter, ", {part}"))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(None))
    }
}

impl Diagnostic {
    /// The finding on several lines: code and message, place, the source line with carets under
    /// the mistake, hint and example. Without a newline at the end.
    ///
    /// * `source_text`: the text that the place's span counts in, such as the predicate; without
    ///   it, or without a span, no source line is shown.
    pub fn render(&self, source_text: Option<&str>) -> String {
        let mut text = self.head(&self.place);
        let span = self.place.span;
        let marked = source_text
            .zip(span)
            .and_then(|(source, span)| marked(source, span));
        // Writing to a String cannot fail.
        if let Some((line, carets)) = marked {
            let _ = write!(text, "\n   |\n   | {line}\n   | {carets}");
        }
        self.foot(text)
    }

    /// The same with the line of the file that the document was read from, where the place is in
    /// it: `--> flow.json:12:9: node `geo`, rows[3]`.
    pub fn render_in(&self, source: &Source<'_>) -> String {
        let Some(found) = source.find(&self.place) else {
            return self.render(None);
        };
        let (number, column) = source.line(found.start);
        let place = format_args!("{}:{number}:{column}: {}", source.name, self.place);
        let mut text = self.head(place);
        if let Some((line, carets)) = marked(source.text, (found.start, found.end)) {
            let number = number.to_string();
            let margin = " ".repeat(number.len());
            let _ = write!(
                text,
                "\n {margin} |\n {number} | {line}\n {margin} | {carets}"
            );
        }
        self.foot(text)
    }

    fn head(&self, place: impl fmt::Display) -> String {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        format!("{severity}[{}]: {}\n  --> {place}", self.code, self.message)
    }

    fn foot(&self, mut text: String) -> String {
        if let Some(hint) = &self.hint {
            let _ = write!(text, "\n   = hint: {hint}");
        }
        if let Some(example) = &self.example {
            let _ = write!(text, "\n   = example lead: {example}");
        }
        text
    }
}

/// The line that a span begins in, and carets under it.
fn marked(source: &str, (from, to): (usize, usize)) -> Option<(String, String)> {
    let before = source.get(..from)?;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let end = source[from..]
        .find('\n')
        .map_or(source.len(), |newline| from + newline);
    let to = to.clamp(from, end);
    // Cut by letters, so that the text stays one.
    let cut_start = boundary(source, start.max(from.saturating_sub(MAX_LINE / 2)));
    let cut_end = boundary(source, end.min(from + MAX_LINE));
    let tabless = |text: &str| text.replace('\t', " ");
    let line = source.get(cut_start..cut_end)?;
    let n_before = source.get(cut_start..from)?.chars().count();
    let n_marked = source
        .get(from..to.min(cut_end).max(from))?
        .chars()
        .count()
        .max(1);
    Some((
        tabless(line).trim_end().to_owned(),
        format!("{}{}", " ".repeat(n_before), "^".repeat(n_marked)),
    ))
}

/// The nearest place at or before `position` where a letter begins.
fn boundary(text: &str, position: usize) -> usize {
    (0..=position.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use crate::{Diagnostic, Place};

    fn rendered(source: &str, span: (usize, usize)) -> String {
        let place = Place::node("graded").part("if").span(span);
        Diagnostic::error("unknown_field", place, "leads have no field `stat`")
            .hint("did you mean `state`?")
            .render(Some(source))
    }

    #[test]
    fn the_mistake_is_underlined() {
        assert_snapshot!(rendered("age > 3 &&\n  stat == 'Zürich'", (13, 17)), @"
        error[unknown_field]: leads have no field `stat`
          --> node `graded`, if
           |
           |   stat == 'Zürich'
           |   ^^^^
           = hint: did you mean `state`?
        ");
        assert_snapshot!(rendered("é == stat", (6, 10)), @"
        error[unknown_field]: leads have no field `stat`
          --> node `graded`, if
           |
           | é == stat
           |      ^^^^
           = hint: did you mean `state`?
        ");
    }

    #[test]
    fn a_missing_end_is_marked_after_the_text() {
        assert_snapshot!(rendered("state ==", (8, 8)), @"
        error[unknown_field]: leads have no field `stat`
          --> node `graded`, if
           |
           | state ==
           |         ^
           = hint: did you mean `state`?
        ");
    }

    #[test]
    fn long_lines_are_cut_and_wrong_spans_do_no_harm() {
        let long = format!("{}stat{}", "é".repeat(500), "x".repeat(500));
        assert!(rendered(&long, (1000, 1004)).contains("^^^^\n"));
        assert!(!rendered("short", (3, 900)).is_empty());
        assert!(!rendered("é", (1, 2)).contains('^'));
    }

    #[test]
    fn an_example_lead_is_shown() {
        let gap = Diagnostic::error("gap", Place::node("geo"), "some leads match no row");
        assert_snapshot!(gap.example(json!({ "state": "ZZ" })).render(None), @r#"
        error[gap]: some leads match no row
          --> node `geo`
           = example lead: {"state":"ZZ"}
        "#);
    }
}
