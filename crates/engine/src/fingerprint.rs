//! Which requests are the same: a fingerprint of what the source sent.

use std::collections::BTreeMap;

use pointsman_history::record::json;
use serde_json::{Map, Value};

use crate::ident;

/// What a fingerprint starts with that was made by [`fingerprint`].
const FINGERPRINT: &str = "2:";

/// The fingerprint of everything that a source sent, in an order that does not depend on how it was written.
pub(crate) fn fingerprint(flow: &str, fields: &Map<String, Value>) -> String {
    let sent = json(&(flow, sent(fields).collect::<BTreeMap<_, _>>()));
    format!("{FINGERPRINT}{}", ident::fingerprint(&sent))
}

fn sent(fields: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    // When it came in is ours, not the source's.
    let theirs = fields.iter().filter(|(name, _)| *name != "received_at");
    theirs.map(|(name, value)| (name.as_str(), value))
}

/// Whether the fingerprint that is stored of a request is that of another one.
///
/// * `made`: the fingerprint of the other one, of this flow and these fields.
pub(crate) fn is_same(stored: &str, made: &str, flow: &str, fields: &Map<String, Value>) -> bool {
    if stored.starts_with(FINGERPRINT) {
        return stored == made;
    }
    stored == fingerprint_before(flow, fields)
}

/// As the releases before made it: it went by how Rust shows a map.
fn fingerprint_before(flow: &str, fields: &Map<String, Value>) -> String {
    let sent: BTreeMap<&str, String> = sent(fields)
        .map(|(name, value)| (name, value.to_string()))
        .collect();
    ident::fingerprint(&format!("{flow}\u{1f}{sent:?}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Fields in another order than that of their names.
    fn fields() -> Map<String, Value> {
        let fields = json!({"received_at": "2026-01-01T00:00:00Z", "name": "Zoë \"Z\"", "age": 41});
        fields.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_fingerprint_is_that_of_the_same_json_on_any_release() {
        // Of ["solar",{"age":41,"name":"Zoë \"Z\""}].
        let hash = "a6046fa43090f271454cb58f1973836d67e41739c35e39526cc9ed4e674a7539";
        assert_eq!(fingerprint("solar", &fields()), format!("2:{hash}"));
    }

    #[test]
    fn a_fingerprint_of_the_releases_before_is_still_known() {
        let hash = "b1315cc8b6caeb190ce3b43d2c200bad57d7f0d7604ed9b28ad02d751ba3615a";
        assert_eq!(fingerprint_before("solar", &fields()), hash);
    }
}
