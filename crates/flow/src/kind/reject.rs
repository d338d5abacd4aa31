//! The kind `reject`: declines the lead.

use super::{DescribeNode, PartText, Shape, part};
use crate::{
    Catalog, Document, RejectNode,
    check::{CheckNode, Misfit, Scope},
    document::{NodeParts, Part, ReadNode, Reader, Reads},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::Op,
    typed_flow::Rule,
};

impl ReadNode for RejectNode {
    const MEMBERS: &'static [&'static str] = &["kind", "reason"];

    fn read(reader: &mut Reader) -> Option<Self> {
        let reason = reader.required("reason");
        Some(Self { reason: reason? })
    }
}

impl NodeParts for RejectNode {
    fn ports(&self) -> Vec<Part<'_>> {
        Vec::new()
    }

    fn ports_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }

    fn reads(&self) -> Reads<'_> {
        Reads::default()
    }
}

impl DescribeNode for RejectNode {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.text(&self.reason);
    }

    fn shape(&self) -> Shape {
        Shape::End
    }

    fn said(&self) -> String {
        self.reason.clone()
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<PartText> {
        vec![part("reason", &self.reason)]
    }
}

impl CheckNode for RejectNode {
    fn check(
        &self,
        _name: &str,
        _document: &Document,
        _catalog: &Catalog,
        scope: &mut Scope<'_>,
    ) -> Option<Rule> {
        if self.reason.trim().is_empty() {
            let misfit = Misfit::new("empty", "a rejection needs a reason".to_owned());
            let misfit = misfit.hint("say why no destination gets this lead");
            scope.report("reason", None, misfit);
        }
        None
    }
}

impl LowerNode for RejectNode {
    fn op(&self, _name: &str, _assembly: &Assembly<'_>) -> Option<Op> {
        Some(Op::Reject {
            reason: self.reason.as_str().into(),
        })
    }
}
