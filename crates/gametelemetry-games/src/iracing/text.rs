//! iRacing's texts: Windows-1252 by tradition, UTF-8 in newer builds, and nothing that says which.
//!
//! Used for variable descriptions and session information. Cannot fail: an odd driver name must never stop an
//! import. A text that iRacing has itself encoded twice is not undone; its raw bytes are in the session.

use gametelemetry::{Field, FieldKind, Value};

/// The text in `bytes` up to the first 0. Valid UTF-8 is taken as such, because accented Windows-1252 text is
/// practically never valid UTF-8 by chance; everything else is Windows-1252, where each byte means something.
pub(super) fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => windows_1252(bytes),
    }
}

fn windows_1252(bytes: &[u8]) -> String {
    let count = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let field = Field { kind: FieldKind::Windows1252, count, ..Field::default() };
    match field.read(bytes) {
        Value::Text(text) => text,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_are_read_and_neither_fails() {
        assert_eq!(decode(b"Jos\xe9 M\xfcller\0rest"), "José Müller");
        assert_eq!(decode("José Müller".as_bytes()), "José Müller");
        for byte in 1..=255 {
            assert_eq!(decode(&[byte]).chars().count(), 1);
        }
        assert_eq!(decode(b""), "");
    }
}
