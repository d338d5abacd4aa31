//! Holds every row of `cargo run -p pointsman-stats --example golden` to its class.

macro_rules! rows {
    ($($name:ident $path:literal),* $(,)?) => { $(#[path = $path] mod $name;)* };
}
rows! {
    all "../examples/golden/all.rs",
    best "../examples/golden/best.rs",
    differences "../examples/golden/differences.rs",
    late "../examples/golden/late.rs",
    line "../examples/golden/line.rs",
    plans "../examples/golden/plans.rs",
    policies "../examples/golden/policies.rs",
    rates "../examples/golden/rates.rs",
    sequences "../examples/golden/sequences.rs",
    special "../examples/golden/special.rs",
    splits "../examples/golden/splits.rs",
}

#[test]
fn every_quantity_is_within_its_class() {
    let lines = all::lines();
    for line in &lines {
        assert!(
            line.is_met() && !line.errors.is_empty(),
            "{}, {}: {:e} of {} cases is not within {:e}",
            line.file,
            line.quantity,
            line.worst(),
            line.errors.len(),
            line.tolerance
        );
    }
    assert!(lines.len() > 60);
}
