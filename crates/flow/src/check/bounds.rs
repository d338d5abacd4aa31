//! Tests that the declared range of a field decides alone.

use pointsman_cel::Span;
use serde_json::json;

use super::{
    kind::Kind,
    scope::{Scope, Subject},
};
use crate::{Diagnostic, classes::Accepted, diagnostic::note};

impl Scope<'_> {
    /// Warns of a test that no value of the schema can change.
    pub(super) fn out_of_range(
        &mut self,
        part: &str,
        span: Option<Span>,
        subject: &Subject,
        accepted: &Accepted,
    ) {
        let ranges = match accepted {
            Accepted::Numbers(ranges) => ranges,
            Accepted::Texts(texts) => {
                for text in texts {
                    self.never_held(part, span, subject, text);
                }
                return;
            }
            Accepted::Booleans { .. } | Accepted::Prefixes(_) => return,
        };
        let (min, max) = match subject.kind {
            Kind::Integer(min, max) => (min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX)),
            _ => (i64::MIN, i64::MAX),
        };
        let name = &subject.name;
        let (message, hint, nearest) = if ranges.iter().all(|&(low, high)| high < min || low > max)
        {
            let message = match subject.kind {
                Kind::Decimal(scale) => {
                    format!("`{name}` has {scale} decimals, so it is never that")
                }
                _ => format!("`{name}` is from {min} to {max}, so this never holds"),
            };
            let above = ranges.first().is_some_and(|&(low, _)| low > max);
            (message, None, if above { max } else { min })
        } else if let Some(&(low, _)) = ranges
            .iter()
            .find(|&&(low, high)| low <= min && high >= max)
        {
            let message = format!("`{name}` is always so, wherever it is known");
            let hint = format!("ask `has({name})` if that is meant");
            (message, Some(hint), if low == min { min } else { max })
        } else {
            return;
        };
        // A cell has no other way to ask for any known value.
        if hint.is_some() && span.is_none() {
            return;
        }
        let mut place = self.place.clone().part(part);
        place.span = span;
        let mut warning = Diagnostic::warning("out_of_range", place, message);
        warning.hint = hint.filter(|_| self.schema.find(name).is_some());
        // Only values of fields can be given, and only ends that were declared are worth showing.
        if self.schema.find(name).is_some() && ![i64::MIN, i64::MAX].contains(&nearest) {
            warning.example = Some(json!({ name: nearest }));
        }
        note(self.found, warning);
    }

    /// Warns of a text that no lead can have although it has no shape.
    fn never_held(&mut self, part: &str, span: Option<Span>, subject: &Subject, text: &str) {
        let Kind::Text(kind, None) = &subject.kind else {
            return; // A shape was asked already.
        };
        let name = &subject.name;
        let (message, hint) = if text.is_empty() {
            let hint = "ask `has(field)`, or write {\"missing\": true}".to_owned();
            (format!("`{name}` is never empty"), hint)
        } else if let Err(hint) = kind.may_start_with(text) {
            (format!("`{name}` is never `{text}`"), hint)
        } else {
            return;
        };
        let mut place = self.place.clone().part(part);
        place.span = span;
        let warning = Diagnostic::warning("never_true", place, message);
        note(self.found, warning.hint(hint));
    }
}
