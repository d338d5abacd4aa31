//! What the typed builder and the derives must refuse, with the words they refuse it in.

#[test]
fn what_cannot_work_does_not_compile() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
