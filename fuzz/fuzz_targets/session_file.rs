//! Any bytes as a session file.
#![no_main]

use gametelemetry_fuzz::{file, use_all};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| use_all(&file(data)));
