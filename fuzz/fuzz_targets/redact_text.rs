//! Any bytes as a JSON or YAML text with names in it: its length stays, no value of a personal key is left, what is not
//! personal is the same to a whole JSON parser, and blanking twice changes nothing.
#![no_main]

use gametelemetry_file::{Blanked, FrameSize, Redactor, Schema};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let mut schema = Schema::new("Text", FrameSize::Variable { max: 1 << 20 });
    schema.personal_keys = vec!["name".to_owned(), "team/*/tag".to_owned(), "players/".to_owned()];
    let mut redactor = Redactor::new(&schema);
    let mut blank = data.to_vec();
    let done = redactor.blank(&mut blank);
    assert_eq!(blank.len(), data.len());
    match done {
        Blanked::Nothing => assert_eq!(blank, data),
        Blanked::Whole => assert!(blank.iter().all(|&byte| byte == b' ')),
        Blanked::Values => {
            let mut again = blank.clone();
            redactor.blank(&mut again);
            assert_eq!(again, blank);
        }
    }
    let is_json = data.trim_ascii_start().starts_with(b"{") || data.trim_ascii_start().starts_with(b"[");
    if is_json && done != Blanked::Whole {
        let before: Value = match serde_json::from_slice(data) {
            Ok(before) => before,
            // What is no text to a parser that makes values of it is still JSON to one that does not.
            Err(_) => return,
        };
        let after: Value = serde_json::from_slice(&blank).expect("still JSON");
        check(&before, &after, &mut Vec::new(), false);
    } else if done == Blanked::Values {
        check_lines(&blank);
    }
});

/// What is personal is empty in `after`, and what is not is as in `before`.
fn check<'v>(before: &'v Value, after: &Value, path: &mut Vec<&'v str>, is_personal: bool) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            if path.last() == Some(&"players") {
                // Their keys are numbers now, and a key that stood twice is two.
                assert!(after.keys().all(|key| key.bytes().all(|byte| byte.is_ascii_digit())));
                return;
            }
            assert_eq!(before.len(), after.len());
            for (key, value) in before {
                path.push(key);
                let is_tag = matches!(path.as_slice(), [.., "team", _, "tag"]);
                check(value, &after[key.as_str()], path, is_personal || key == "name" || is_tag);
                path.pop();
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            assert_eq!(before.len(), after.len());
            for (before, after) in before.iter().zip(after) {
                path.push("0");
                check(before, after, path, is_personal);
                path.pop();
            }
        }
        (Value::String(_), after) if is_personal => assert_eq!(after, ""),
        (Value::Number(_), after) if is_personal => assert_eq!(after.as_f64(), Some(0.0)),
        (before, after) => assert_eq!(before, after),
    }
}

/// No line says anything behind a personal key.
fn check_lines(text: &[u8]) {
    for line in text.split(|&byte| byte == b'\n') {
        let line = line.trim_ascii_start();
        let value = [b"name:".as_slice(), b"- name:"].iter().find_map(|key| line.strip_prefix(*key));
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | 0);
        assert!(value.is_none_or(|value| value.iter().all(is_blank)), "{}", line.escape_ascii());
    }
}
