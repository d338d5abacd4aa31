//! What settings say, as it is kept with their changes.

use pointsman_delivery::Target;
use pointsman_flow::Destination;
use serde::Serialize;
use serde_json::{Value, json};

/// What stands for a secret that the change has put in place of another.
const CHANGED_SECRET: &str = "[secret, changed]";

/// What a record says, as JSON.
pub(crate) fn said<T: Serialize>(value: &T) -> Value {
    // Plain records become JSON without fail.
    serde_json::to_value(value).unwrap_or_default()
}

/// What a destination says, without its secrets. A secret that differs from the one before is marked.
pub(crate) fn destination_said(
    target: &Target,
    settings: &Destination,
    before: Option<&Target>,
) -> Value {
    let mut shown = said(&target.redacted());
    for (name, secret) in &target.secrets {
        let old = before.and_then(|before| before.secrets.get(name));
        if old.is_some_and(|old| old.reveal() != secret.reveal()) {
            shown["secrets"][name] = Value::from(CHANGED_SECRET);
        }
    }
    json!({ "target": shown, "settings": said(settings) })
}
