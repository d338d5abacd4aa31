//! The entry of libFuzzer to `pointsman_fuzz::predicate`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| pointsman_fuzz::predicate(input));
