//! Finds values in a JSON text by their place, without building the values: whose token it is, and what must not be
//! kept.
//!
//! A tree of values is many times the size of its text, which a sender could use to fill the memory; here nothing is
//! built. The text is known to be JSON ([`is_json`]); of one that is not, something is found or nothing, without a
//! panic and without recursion.

use std::ops::Range;

use serde::de::IgnoredAny;

/// What stands where a secret stood.
const MASK: &[u8] = b"\"***\"";
/// The most members of one name, or of a section to be hidden.
const MOST: usize = 1000;

/// Whether `text` is one JSON value.
pub(super) fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

/// The texts at `pointer` (as `/auth/token`; members of objects only). A member that stands twice is found twice.
/// `None` when there are more than any game sends.
#[must_use]
pub fn texts_at(json: &[u8], pointer: &str) -> Option<Vec<String>> {
    let found = values_at(json, pointer)?;
    Some(found.into_iter().filter_map(|range| serde_json::from_slice(json.get(range)?).ok()).collect())
}

/// Puts `"***"` in the place of the value at `pointer`, or of each member of it when it is an object. The rest stays
/// byte for byte. Gives `false`, and hides nothing, when there are more than any game sends.
#[must_use]
pub fn mask(json: &mut Vec<u8>, pointer: &str) -> bool {
    let Some(found) = values_at(json, pointer) else { return false };
    let secrets = found.into_iter().flat_map(|value| {
        let members: Box<dyn Iterator<Item = Range<usize>>> = match json.get(value.start) {
            Some(b'{') => Box::new(Members::of(json, value.start).map(|(_, member)| member)),
            _ => Box::new(std::iter::once(value)),
        };
        members
    });
    let Some(secrets) = few(secrets.filter(|range| !range.is_empty())) else { return false };
    *json = replaced(json, secrets, MASK);
    true
}

/// `json` with `text` in the place of the value at `pointer` (members of objects only): what was hidden there, told
/// again. The rest stays byte for byte. `None` when there is no such value, or more than any game sends.
///
/// ```
/// let told = gametelemetry::put_text(br#"{"auth": {"token":"***"}}"#, "/auth/token", "secret");
/// assert_eq!(told.as_deref(), Some(&br#"{"auth": {"token":"secret"}}"#[..]));
/// ```
#[must_use]
pub fn put_text(json: &[u8], pointer: &str, text: &str) -> Option<Vec<u8>> {
    let found: Vec<_> = values_at(json, pointer)?.into_iter().filter(|range| !range.is_empty()).collect();
    let text = serde_json::to_vec(text).ok()?;
    (!found.is_empty()).then(|| replaced(json, found, &text))
}

/// `json` with `instead` in each of `places`.
fn replaced(json: &[u8], mut places: Vec<Range<usize>>, instead: &[u8]) -> Vec<u8> {
    places.sort_by_key(|range| range.start);
    let mut result = Vec::with_capacity(json.len());
    let mut kept = 0;
    for place in places {
        result.extend_from_slice(json.get(kept..place.start).unwrap_or_default());
        result.extend_from_slice(instead);
        kept = place.end;
    }
    result.extend_from_slice(json.get(kept..).unwrap_or_default());
    result
}

/// Where the values at `pointer` stand; `None` when there are too many.
fn values_at(json: &[u8], pointer: &str) -> Option<Vec<Range<usize>>> {
    let mut found = vec![Range { start: blanks(json, 0), end: json.len() }];
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        let members = found.into_iter().flat_map(|object| Members::of(json, object.start));
        let named =
            members.filter(|(key, _)| serde_json::from_slice::<String>(key).is_ok_and(|key| key == name));
        found = few(named.map(|(_, value)| value))?;
    }
    Some(found)
}

/// All of them, unless they are so many that somebody wants to fill the memory.
fn few(ranges: impl Iterator<Item = Range<usize>>) -> Option<Vec<Range<usize>>> {
    let ranges: Vec<_> = ranges.take(MOST + 1).collect();
    (ranges.len() <= MOST).then_some(ranges)
}

/// The members of an object, each with its key as it is written and the place of its value.
struct Members<'a> {
    json: &'a [u8],
    at: usize,
}

impl<'a> Members<'a> {
    /// The members of the object that begins at `start`; none when there is no object.
    fn of(json: &'a [u8], start: usize) -> Self {
        let is_object = json.get(start) == Some(&b'{');
        Self { json, at: if is_object { start + 1 } else { json.len() } }
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = blanks(self.json, self.at);
        if self.json.get(key) != Some(&b'"') {
            return None;
        }
        let key_end = end_of_text(self.json, key);
        let colon = blanks(self.json, key_end);
        let value = blanks(self.json, colon.saturating_add(1));
        let value_end = end_of_value(self.json, value);
        // Behind the comma, or at the end of the object, where no key begins.
        let behind = blanks(self.json, value_end);
        self.at = if self.json.get(behind) == Some(&b',') { behind + 1 } else { self.json.len() };
        Some((self.json.get(key..key_end)?, value..value_end))
    }
}

/// The first place from `at` on that is not blank.
fn blanks(json: &[u8], at: usize) -> usize {
    let rest = json.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// The end of the text whose first quote is at `at`.
fn end_of_text(json: &[u8], at: usize) -> usize {
    let mut index = at + 1;
    loop {
        match json.get(index) {
            Some(b'"') => return index + 1,
            Some(b'\\') => index += 2,
            Some(_) => index += 1,
            None => return json.len(),
        }
    }
}

/// The end of the value that begins at `at`.
fn end_of_value(json: &[u8], at: usize) -> usize {
    let (mut index, mut depth) = (at, 0_usize);
    loop {
        match json.get(index) {
            Some(b'"') => index = end_of_text(json, index),
            Some(b'{' | b'[') => (index, depth) = (index + 1, depth + 1),
            Some(b'}' | b']') if depth > 0 => (index, depth) = (index + 1, depth - 1),
            Some(b',' | b':') if depth > 0 => index += 1,
            Some(b' ' | b'\t' | b'\n' | b'\r') if depth > 0 => index += 1,
            None | Some(b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\n' | b'\r') => {
                return index.min(json.len());
            }
            // A number, or a word: it ends with what comes behind.
            Some(_) => {
                index += 1;
                let is_part = |byte: &u8| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
                if json.get(index).is_some_and(is_part) {
                    continue;
                }
            }
        }
        if depth == 0 {
            return index.min(json.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(json: &str, pointer: &str) -> String {
        assert!(is_json(json.as_bytes()), "{json}");
        let mut bytes = json.as_bytes().to_vec();
        assert!(mask(&mut bytes, pointer));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_text_is_found_by_its_place() {
        let json =
            br#" { "a" : {"token":"no"}, "auth" : { "x":[1,{"token":"no"}], "token" : "y\u0065s\"" } } "#;
        assert_eq!(texts_at(json, "/auth/token").unwrap(), ["yes\""]);
        assert_eq!(texts_at(br#"{"a/b~c":"1"}"#, "/a~1b~0c").unwrap(), ["1"]);
        for absent in ["/auth", "/auth/x/token", "/token", "/auth/token/more", "/none/token"] {
            assert!(texts_at(json, absent).unwrap().is_empty(), "{absent}");
        }
        assert!(texts_at(br#"{"auth":{"token":5}}"#, "/auth/token").unwrap().is_empty());
    }

    #[test]
    fn a_secret_is_masked_and_the_rest_stays_as_it_was() {
        let json =
            "{ \"provider\":{\"token\": 1.50},\r\n\t\"auth\": {\"token\"  : \"a\\\"b\" , \"nick\":\"n\"} }";
        let expected =
            "{ \"provider\":{\"token\": 1.50},\r\n\t\"auth\": {\"token\"  : \"***\" , \"nick\":\"n\"} }";
        assert_eq!(masked(json, "/auth/token"), expected);
        let expected =
            "{ \"provider\":{\"token\": 1.50},\r\n\t\"auth\": {\"token\"  : \"***\" , \"nick\":\"***\"} }";
        assert_eq!(masked(json, "/auth"), expected);
        assert_eq!(masked(json, "/none"), json);
    }

    #[test]
    fn a_secret_that_stands_twice_or_under_an_escaped_name_is_masked_too() {
        let json = r#"{"auth":{"token":"a"},"\u0061uth":{"token":"b","token":12,"tok\u0065n":[{"c":"]"}]}}"#;
        let expected =
            r#"{"auth":{"token":"***"},"\u0061uth":{"token":"***","token":"***","tok\u0065n":"***"}}"#;
        assert_eq!(masked(json, "/auth/token"), expected);
        assert_eq!(masked(r#"{"auth":"x"}"#, "/auth"), r#"{"auth":"***"}"#);
        assert_eq!(masked(r#"{"auth":{}}"#, "/auth"), r#"{"auth":{}}"#);
    }

    #[test]
    fn too_many_are_not_collected() {
        let many = vec!["\"a\":{\"b\":1}"; MOST + 1].join(",");
        let mut json = format!("{{{many}}}").into_bytes();
        let before = json.clone();
        assert!(texts_at(&json, "/a").is_none() && !mask(&mut json, "/a"));
        assert_eq!(json, before);
        let mut wide = format!("{{\"s\":{{{many}}}}}").into_bytes();
        assert!(!mask(&mut wide, "/s"));
    }

    #[test]
    fn what_is_no_json_is_gone_over_without_a_panic() {
        for text in [
            "",
            "{",
            "{\"",
            "{\"a",
            "{\"a\\",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":]",
            "{\"a\":\"",
            "[",
            "}",
            "{\"a\":1]2,",
        ] {
            let mut bytes = text.as_bytes().to_vec();
            let _ = texts_at(&bytes, "/a");
            let _ = mask(&mut bytes, "/a");
        }
        let deep = "[".repeat(100_000);
        let mut bytes = format!("{{\"a\":{deep}").into_bytes();
        let _ = mask(&mut bytes, "/a");
        assert!(!is_json(&bytes));
    }
}
