#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| placet_fuzz::import_table(data));
