//! Whether a sticky field tells enough leads apart for its split to come out as its weights say.

use pointsman_lead::{Field, FieldKind};

use super::scope::Scope;
use crate::{Diagnostic, diagnostic::note};

/// Fewest values of a sticky field. Each value keeps its arm as a whole, so the share of an arm is that of
/// so many tosses: with 100 an even split strays by ten points (two standard deviations).
const MIN_VALUES: u64 = 100;

/// Fewest values that the smallest arm gets on average.
const MIN_VALUES_OF_ARM: u64 = 10;

const WHOLE_PPM: u64 = 1_000_000;

/// Warns of a split by a field with few values.
pub(crate) fn check(field: &Field, weights_ppm: &[u64], scope: &mut Scope<'_>) {
    let drawn = || weights_ppm.iter().filter(|weight| **weight > 0);
    let (Some(n_values), Some(smallest)) = (n_values(&field.kind), drawn().min()) else {
        return;
    };
    let of_arm = n_values.saturating_mul(*smallest) / WHOLE_PPM;
    if drawn().count() < 2 || (n_values >= MIN_VALUES && of_arm >= MIN_VALUES_OF_ARM) {
        return;
    }
    let name = &field.name;
    let message = format!(
        "`{name}` has {n_values} values, and each goes to one arm as a whole: too few to share by these weights"
    );
    let place = scope.place.clone().part("sticky");
    let warning = Diagnostic::warning("few_values", place, message);
    let hint = format!(
        "take a field that differs from person to person: {MIN_VALUES} values at least, {MIN_VALUES_OF_ARM} for the smallest arm"
    );
    note(scope.found, warning.hint(hint));
}

/// How many values a field may have, if its kind says so.
fn n_values(kind: &FieldKind) -> Option<u64> {
    match kind {
        FieldKind::Boolean => Some(2),
        FieldKind::Enum { labels } => u64::try_from(labels.len()).ok(),
        FieldKind::Integer {
            min: Some(min),
            max: Some(max),
        } => u64::try_from(i128::from(*max) - i128::from(*min) + 1).ok(),
        FieldKind::Country => Some(249),
        FieldKind::Text { .. }
        | FieldKind::Integer { .. }
        | FieldKind::Decimal { .. }
        | FieldKind::Timestamp
        | FieldKind::Date
        | FieldKind::Region
        | FieldKind::PostalCode
        | FieldKind::Phone
        | FieldKind::Email
        | FieldKind::Ip
        | FieldKind::Url => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::{checked, findings};

    fn found(sticky: &str, first_ppm: u32) -> String {
        let split = format!(
            r#""start": {{"kind": "split", "sticky": "{sticky}", "arms": [
                {{"weight_ppm": {first_ppm}, "to": "acme"}}, {{"weight_ppm": {}, "to": "zenith"}}]}},
            "rest": {{"kind": "waterfall", "to": ["start", "nobody"]}}"#,
            1_000_000 - first_ppm
        );
        let found = match checked(&split) {
            Ok(checked) => checked.warnings,
            Err(found) => found,
        };
        let own: Vec<_> = found
            .into_iter()
            .filter(|finding| finding.code == "few_values")
            .collect();
        findings(&own)
    }

    #[test]
    fn a_split_by_few_values_is_told() {
        insta::assert_snapshot!(found("home_owner", 500_000), @"few_values start:sticky: `home_owner` has 2 values, and each goes to one arm as a whole: too few to share by these weights | take a field that differs from person to person: 100 values at least, 10 for the smallest arm");
        assert!(found("credit", 500_000).contains("has 3 values"));
        assert!(found("is_test", 500_000).contains("has 2 values"));
        // 121 ages are enough for halves, and too few for one in a hundred.
        assert_eq!(found("age", 500_000), "");
        assert!(found("age", 10_000).contains("has 121 values"));
        assert_eq!(found("email", 10_000), "");
        assert_eq!(
            found("home_owner", 1_000_000),
            "",
            "there is nothing to share"
        );
    }
}
