//! Whether the example lead of a finding really shows what the finding says.
//!
//! The node is taken out of its flow and the example walks there, so nothing that found the mistake is
//! asked about it again.

mod bench;

use pointsman_flow::{Catalog, Diagnostic, Document};

use bench::Bench;

/// Lets the example of a finding prove it. A finding without one has nothing to prove.
///
/// # Errors
///
/// What the example does instead, or that nobody has said here what an example of this code has to
/// do.
pub(crate) fn shows(
    document: &Document,
    catalog: &Catalog,
    finding: &Diagnostic,
) -> Result<(), String> {
    let Some(example) = &finding.example else {
        return Ok(());
    };
    let bench = Bench {
        document,
        catalog,
        place: &finding.place,
        example,
    };
    let shown = match finding.code {
        // No row takes it.
        "gap" => bench.rows(|_| true).map(|hit| !hit),
        // The row takes it, and so does another one, or one before.
        "overlap" => bench.row_and_others(|row, other| row != other),
        "shadowed_row" | "duplicate_row" => bench.row_and_others(|row, other| other < row),
        // The row or predicate does not hold of it, though it may seem to.
        "never_true" | "missing_passes" if bench.is_row() => bench.row().map(|hit| !hit),
        "never_true" | "missing_passes" => bench.predicate().map(|hit| !hit),
        "always_true" => bench.predicate(),
        // It comes to the node, and goes another way.
        "never_taken" => bench.port().map(|hit| !hit),
        "unreachable_destination" => bench.criteria().map(|hit| !hit),
        "dead_end" => bench.is_unsold(),
        // The schema takes it: nothing lies nearer to what was asked.
        "out_of_range" => bench.comes_in(),
        // It gets the same offers in both arms, or with the port and without it.
        "same_arms" => bench.does_the_same_in_another_arm(),
        "duplicate_destination" => bench.needs_no_port(),
        _ => Err("nothing says yet what an example of this code has to do".to_owned()),
    };
    let failed = |why: &str| {
        let place = &finding.place;
        format!("the example of `{}` at {place}: {why}", finding.code)
    };
    match shown {
        Ok(true) => Ok(()),
        Ok(false) => Err(failed("it does not show what the finding says")),
        Err(why) => Err(failed(&why)),
    }
}
