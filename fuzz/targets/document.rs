//! The entry of libFuzzer to `pointsman_fuzz::document`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| pointsman_fuzz::document(input));
