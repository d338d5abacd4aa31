//! What the code that `#[derive(Lead)]` writes calls. Not for use by hand.

use serde_json::{Map, Value};

use crate::{Field, FieldKind, FieldValue, Required, Schema};

/// Most characters of a text without a limit of its own.
pub(crate) const MAX_CHARS: u32 = 1_024;

/// Types that `min` and `max` may limit.
#[diagnostic::on_unimplemented(
    message = "`min` and `max` are for whole numbers, not for `{Self}`",
    label = "not a whole number"
)]
pub trait Whole: FieldValue {}

/// Types that `max_chars` may limit.
#[diagnostic::on_unimplemented(
    message = "`max_chars` is for `String`, not for `{Self}`",
    label = "not a `String`"
)]
pub trait FreeText: FieldValue {}

macro_rules! whole {
    ($($integer:ty),*) => {$(
        impl Whole for $integer {}
    )*};
}
whole!(i64, i32, i16, i8, u32, u16, u8);
impl<T: Whole> Whole for Option<T> {}
impl FreeText for String {}
impl FreeText for Option<String> {}

/// The kind of `T`, limited further.
pub fn limited<T: Whole>(min: Option<i64>, max: Option<i64>) -> FieldKind {
    let FieldKind::Integer {
        min: least,
        max: most,
    } = T::kind()
    else {
        return T::kind();
    };
    FieldKind::Integer {
        min: min.into_iter().chain(least).max(),
        max: max.into_iter().chain(most).min(),
    }
}

/// A text of at most `max_chars` characters.
pub fn text<T: FreeText>(max_chars: u32) -> FieldKind {
    FieldKind::text(max_chars)
}

/// A field of type `T`, needed at the post unless it is an `Option`.
pub fn field<T: FieldValue>(
    name: &str,
    kind: FieldKind,
    required: Option<Required>,
    pii: bool,
) -> Field {
    let unsaid = if T::OPTIONAL {
        Required::Never
    } else {
        Required::Post
    };
    Field {
        name: name.to_owned(),
        kind,
        required: required.unwrap_or(unsaid),
        pii,
    }
}

/// The declared fields of a derived lead by name.
pub fn json<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    let owned = fields.map(|(name, value)| (name.to_owned(), value));
    owned.into_iter().collect()
}

/// The schema of a derived lead.
///
/// # Panics
///
/// If the derived fields are no schema, which the derive itself refuses as far as it can see.
pub fn schema(vertical: &str, fields: Vec<Field>) -> Schema {
    match Schema::new(vertical, fields) {
        Ok(schema) => schema,
        Err(problems) => {
            let lines: Vec<String> = problems
                .iter()
                .map(|problem| format!("{}: {}", problem.path, problem.message))
                .collect();
            panic!("`{vertical}` is not a lead schema: {}", lines.join("; "))
        }
    }
}
