//! The lead schema of the generated vertical.

use pointsman_lead::{Field, FieldKind, Required, Schema};

use super::people::{Credit, STATES};

/// The schema of the vertical `auto-insurance`, which every generated lead fits.
///
/// # Panics
///
/// Never: the fields are fixed, and a test reads them.
pub(crate) fn schema() -> Schema {
    let labels = |labels: Vec<&str>| FieldKind::Enum {
        labels: labels.into_iter().map(str::to_owned).collect(),
    };
    let text = FieldKind::text(80);
    let age = FieldKind::Integer {
        min: Some(16),
        max: Some(120),
    };
    let mut states: Vec<&str> = STATES.iter().map(|(_, state, _)| *state).collect();
    states.sort_unstable();
    let credits = Credit::ALL.map(Credit::label).to_vec();
    let fields = vec![
        field("state", labels(states), Required::Ping, false),
        field("credit", labels(credits), Required::Ping, false),
        field("age", age, Required::Never, false),
        field("home_owner", FieldKind::Boolean, Required::Ping, false),
        field(
            "currently_insured",
            FieldKind::Boolean,
            Required::Never,
            false,
        ),
        field("phone", FieldKind::Phone, Required::Post, true),
        field("email", FieldKind::Email, Required::Post, true),
        field("first_name", text.clone(), Required::Post, true),
        field("last_name", text, Required::Post, true),
        field("postal_code", FieldKind::PostalCode, Required::Post, false),
    ];
    Schema::new("auto-insurance", fields).expect("the fields are right, as a test holds")
}

fn field(name: &str, kind: FieldKind, required: Required, pii: bool) -> Field {
    Field {
        name: name.to_owned(),
        kind,
        required,
        pii,
    }
}
