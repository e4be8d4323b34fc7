//! Any bytes as the body of a POST: its token is found as a whole JSON parser finds it, and hidden without a change
//! to anything else.
#![no_main]

use gametelemetry::__fuzz::{mask, texts_at};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let mut hidden = data.to_vec();
    let texts = texts_at(data, "/auth/token");
    let done = mask(&mut hidden, "/auth");
    // What follows holds for JSON only; nothing may panic for anything else.
    let Ok(mut expected) = serde_json::from_slice::<Value>(data) else { return };
    // Of a member that stands twice the parser keeps the last, and we find all.
    if let (Some(texts), Some(token)) = (texts, expected.pointer("/auth/token").and_then(Value::as_str)) {
        assert!(texts.iter().any(|text| text == token), "{texts:?}");
    }
    if !done {
        assert_eq!(hidden, data);
        return;
    }
    match expected.get_mut("auth") {
        Some(Value::Object(members)) => members.values_mut().for_each(|member| *member = "***".into()),
        Some(other) => *other = "***".into(),
        None => assert_eq!(hidden, data),
    }
    let after: Value = serde_json::from_slice(&hidden).expect("still JSON");
    assert_eq!(after, expected);
});
