//! What names mean in one place of a document.

use std::collections::BTreeMap;

use pointsman_cel::{Error, Span};
use pointsman_lead::{Field, FieldIdx, Schema};

use super::kind::Kind;
use crate::{
    Diagnostic, Document, NamedList, Place, Severity,
    diagnostic::{is_early, note},
    document::NodeValue,
    formula::SlotIdx,
    inputs::{Input, Inputs},
    subflow::{own_name, scope_of},
    suggest,
    typed_flow::Proofs,
};

/// Where a check looks names up and puts what it finds.
pub(crate) struct Scope<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) lists: &'a BTreeMap<String, NamedList>,
    /// The document whose scorecards and derived values can be read; none for the criteria of
    /// destinations.
    pub(crate) document: Option<&'a Document>,
    pub(crate) place: Place,
    pub(crate) proofs: Proofs,
    pub(crate) inputs: &'a mut Inputs,
    pub(crate) found: &'a mut Vec<Diagnostic>,
}

/// A name that was found.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(crate) name: String,
    pub(crate) slot: SlotIdx,
    pub(super) kind: Kind,
}

/// Why a literal does not fit a kind.
pub(crate) struct Misfit {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// Whether a version that is known runs on with it.
    pub(crate) is_borne: bool,
}

impl Scope<'_> {
    pub(crate) fn report(&mut self, part: &str, span: Option<Span>, misfit: Misfit) {
        let Misfit {
            code,
            message,
            hint,
            is_borne,
        } = misfit;
        let mut place = self.place.clone().part(part);
        place.span = span;
        let mut diagnostic = Diagnostic::error(code, place, message);
        if is_borne && self.proofs == Proofs::Needed {
            diagnostic.severity = Severity::Warning;
        }
        diagnostic.hint = hint;
        note(self.found, diagnostic);
    }

    pub(crate) fn warn(
        &mut self,
        code: &'static str,
        part: &str,
        span: Option<Span>,
        message: String,
    ) {
        let mut place = self.place.clone().part(part);
        place.span = span;
        note(self.found, Diagnostic::warning(code, place, message));
    }

    /// The field or computed value of a name; what is wrong is reported.
    pub(super) fn subject(
        &mut self,
        part: &str,
        name: &str,
        span: Option<Span>,
    ) -> Option<Subject> {
        let (slot, kind) = if let Some(idx) = self.schema.find(name) {
            let kind = Kind::of(self.schema.field(idx));
            let slot = self.inputs.slot(Input::Field(idx), || kind.domain());
            (slot, kind)
        } else if self.computes(name) {
            // One without a slot is part of a cycle or has mistakes, which are reported elsewhere.
            let (slot, scale) = self.inputs.computed(&self.in_place(name))?;
            (Some(slot), Kind::computed(scale))
        } else {
            self.unknown_field(part, name, span);
            return None;
        };
        let Some(slot) = slot else {
            self.too_many_slots(part, span);
            return None;
        };
        Some(Subject {
            name: name.to_owned(),
            slot,
            kind,
        })
    }

    /// The field of a name, where a computed value will not do.
    pub(crate) fn field(
        &mut self,
        part: &str,
        name: &str,
        span: Option<Span>,
    ) -> Option<(FieldIdx, &Field)> {
        let Some(idx) = self.schema.find(name) else {
            if let Some(NodeValue { noun, .. }) = self.computing(name) {
                let message = format!("`{name}` is a {noun}, but a field is needed here");
                self.report(part, span, Misfit::new("type_mismatch", message));
            } else {
                self.unknown_field(part, name, span);
            }
            return None;
        };
        Some((idx, self.schema.field(idx)))
    }

    pub(super) fn too_many_slots(&mut self, part: &str, span: Option<Span>) {
        let message = "this flow tests more things than 65,535".to_owned();
        self.report(part, span, Misfit::new("too_large", message));
    }

    /// Whether a name is that of a scorecard or derived value.
    pub(super) fn computes(&self, name: &str) -> bool {
        self.computing(name).is_some()
    }

    /// A name as the whole document knows it: nodes read the values of their own place.
    pub(super) fn in_place(&self, name: &str) -> String {
        let reader = self.place.node.as_deref().unwrap_or_default();
        format!("{}{name}", scope_of(reader))
    }

    fn computing(&self, name: &str) -> Option<NodeValue> {
        self.document?.nodes.get(&self.in_place(name))?.value()
    }

    fn unknown_field(&mut self, part: &str, name: &str, span: Option<Span>) {
        let vertical = self.schema.vertical();
        let nodes = self.document.map(|document| &document.nodes);
        let computed = nodes.into_iter().flatten();
        let scope = scope_of(self.place.node.as_deref().unwrap_or_default());
        let computed = computed
            .filter(|(name, node)| node.is_value() && scope_of(name) == scope)
            .map(|(name, _)| own_name(name));
        let fields = self.schema.fields().iter().map(|field| field.name.as_str());
        let hint = is_early(self.found)
            .then(|| suggest::closest(name, fields.chain(computed)))
            .flatten();
        let misfit = Misfit {
            code: "unknown_field",
            is_borne: false,
            message: format!("leads of `{vertical}` have no field `{name}`"),
            hint: hint.map(|field| format!("did you mean `{field}`?")),
        };
        self.report(part, span, misfit);
    }

    /// Reports why a text could not be read.
    pub(super) fn misread(&mut self, part: &str, error: Error) {
        let Error {
            code,
            span,
            message,
            hint,
        } = error;
        let misfit = Misfit {
            code,
            message,
            hint,
            is_borne: false,
        };
        self.report(part, Some(span), misfit);
    }
}

impl Misfit {
    pub(crate) fn new(code: &'static str, message: String) -> Self {
        Self {
            code,
            message,
            hint: None,
            is_borne: false,
        }
    }

    /// An error in what is new. A version that is known was published before anybody looked for it: it
    /// decides as it did, and must still start.
    pub(crate) fn unless_known(mut self) -> Self {
        self.is_borne = true;
        self
    }

    pub(crate) fn hint(mut self, hint: &str) -> Self {
        self.hint = Some(hint.to_owned());
        self
    }
}
