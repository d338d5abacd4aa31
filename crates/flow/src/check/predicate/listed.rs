//! Fields that are asked whether they stand in a named list.

use pointsman_cel::{FieldName, Spanned};

use super::Typing;
use crate::{
    ListKind,
    check::scope::Misfit,
    classes::{Accepted, Domain},
    diagnostic::is_early,
    formula::Formula,
    inputs::Input,
    suggest,
};

impl Typing<'_, '_, '_> {
    /// `field in list("name")`.
    pub(super) fn in_list(
        &mut self,
        field: &FieldName,
        list: &Spanned<String>,
    ) -> Option<Formula<Accepted>> {
        let known = self.scope.lists.get(&list.value);
        if known.is_none() {
            self.unknown_list(list);
        }
        let (idx, declared) = self
            .scope
            .field(self.part, &field.value, Some(field.span))?;
        let Some(kind) = ListKind::of_field(&declared.kind) else {
            let message = format!(
                "`{}` is of kind {}, and lists hold texts",
                field.value,
                declared.kind.name()
            );
            let misfit = Misfit::new("type_mismatch", message);
            let kinds = ListKind::ALL.map(ListKind::word).join(", ");
            let hint = format!("fields that lists may be asked for are enums and those of {kinds}");
            return self.fail(field.span, misfit.hint(&hint));
        };
        let (known, name) = (known?, &list.value);
        if known.kind() != kind {
            let message = format!(
                "list `{name}` is of kind {}, and `{}` is asked for lists of kind {}",
                known.kind().word(),
                field.value,
                kind.word()
            );
            let misfit = Misfit::new("list_kind", message);
            let hint = format!("put it as another list, of kind {}", kind.word());
            return self.fail(list.span, misfit.hint(&hint));
        }
        if known.values().is_none() {
            let message = format!("the values of list `{name}` are not at hand");
            let misfit = Misfit::new("unread_list", message);
            let hint = "write its `values` into the catalog, not its hash alone";
            return self.fail(list.span, misfit.hint(hint));
        }
        let input = Input::Listed(idx, name.clone());
        let Some(slot) = self.scope.inputs.slot(input, || Domain::Boolean) else {
            self.scope.too_many_slots(self.part, Some(list.span));
            return None;
        };
        let (no, yes) = (false, true);
        let accepted = Accepted::Booleans { no, yes };
        self.scope.inputs.test(slot, &accepted);
        Some(Formula::Test(slot, accepted))
    }

    fn unknown_list(&mut self, list: &Spanned<String>) {
        let name = &list.value;
        let known = self.scope.lists.keys().map(String::as_str);
        let close = is_early(self.scope.found)
            .then(|| suggest::closest(name, known))
            .flatten();
        let hint = match close {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("put it first: pointsman list put {name} FILE"),
        };
        let misfit = Misfit::new("unknown_list", format!("there is no list `{name}`"));
        self.fail::<()>(list.span, misfit.hint(&hint));
    }
}
