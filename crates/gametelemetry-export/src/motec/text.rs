//! Texts in fields of fixed length: Latin-1 when written, whatever it is when read.
//!
//! Below reader and writer. A text that does not fit is cut, a character that Latin-1 does not have becomes `?`, so that
//! both can be seen in the file. Files of other programs have UTF-8 in the same fields; those are read as such.

use std::collections::{BTreeMap, BTreeSet};

/// Writes `text` into `field`, which is all zeros, and keeps its last byte zero as loggers do.
pub(crate) fn put(field: &mut [u8], text: &str) {
    let room = field.len().saturating_sub(1);
    for (byte, character) in field.iter_mut().take(room).zip(text.chars()) {
        *byte = latin1(character);
    }
}

/// What `field` says up to its first zero, without spaces at its ends.
pub(crate) fn get(field: &[u8]) -> String {
    let text = field.split(|byte| *byte == 0).next().unwrap_or_default();
    let text = match std::str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        Err(_) => text.iter().copied().map(char::from).collect(),
    };
    text.trim().to_owned()
}

/// The names as they fit into fields of `width` bytes; what is equal after the cut gets a number, so that every name
/// stands once.
pub(crate) fn unique_names<'a>(names: impl Iterator<Item = &'a str>, width: usize) -> Vec<String> {
    let room = width.saturating_sub(1);
    let mut taken = BTreeSet::new();
    // The number that the last of equal names got: counting from 2 each time would take hours for a hostile list.
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    names
        .map(|name| {
            let name = cut(name, room);
            let mut unique = name.clone();
            while !taken.insert(unique.clone()) {
                let number = numbers.entry(name.clone()).or_insert(1);
                *number = number.saturating_add(1);
                let suffix = format!("~{number}");
                unique = cut(&name, room.saturating_sub(suffix.len())) + &suffix;
            }
            unique
        })
        .collect()
}

fn cut(text: &str, room: usize) -> String {
    text.chars().map(|character| char::from(latin1(character))).take(room).collect()
}

/// Control characters go too: none belongs into a name, and a zero would end it.
fn latin1(character: char) -> u8 {
    match u8::try_from(u32::from(character)) {
        Ok(byte) if !character.is_control() => byte,
        _ => b'?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_latin_1_and_cut_before_the_last_byte() {
        for (text, bytes) in [
            ("C", b"C\0\0\0\0\0\0\0"),
            ("°C", b"\xb0C\0\0\0\0\0\0"),
            ("Zoë", b"Zo\xeb\0\0\0\0\0"),
            ("東京 GT", b"?? GT\0\0\0"),
            ("a\0b\n", b"a?b?\0\0\0\0"),
            ("Nürburgring", b"N\xfcrburg\0"),
        ] {
            let mut field = [0; 8];
            put(&mut field, text);
            assert_eq!(&field, bytes, "{text}");
        }
    }

    #[test]
    fn latin_1_and_utf_8_are_told_apart() {
        for (field, text) in [
            (&b"\xb0C\0garbage"[..], "°C"),
            ("Nürburgring".as_bytes(), "Nürburgring"),
            (b"full", "full"),
            (b"  spaces \0", "spaces"),
            (b"", ""),
        ] {
            assert_eq!(get(field), text);
        }
    }

    #[test]
    fn names_that_are_equal_after_the_cut_are_numbered() {
        let names = ["Tyre Temperature", "Tyre Temperature", "Tyre Tem", "Tyre Temperaments", "Gear"];
        let unique = unique_names(names.into_iter(), 9);
        assert_eq!(unique, ["Tyre Tem", "Tyre T~2", "Tyre T~3", "Tyre T~4", "Gear"]);
    }

    #[test]
    fn many_equal_names_are_numbered_in_no_time() {
        let unique = unique_names(std::iter::repeat_n("Tyre Temperature of the Front Left", 20_000), 32);
        assert_eq!(unique.last().map(String::as_str), Some("Tyre Temperature of the F~20000"));
        assert_eq!(unique.iter().collect::<BTreeSet<_>>().len(), 20_000);
    }
}
