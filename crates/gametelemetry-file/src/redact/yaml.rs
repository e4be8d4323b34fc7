//! Blanks values of a text of `key: value` lines, as iRacing writes it: nearly YAML, which a YAML parser stops at.
//!
//! A value becomes spaces, so that no line moves. A name may hold a line break, quotes or colons: what follows a personal
//! key belongs to its value until a line that can only be the next key. What is neither is not guessed at.

use super::paths::Paths;

/// A line that has a key.
struct Keyed<'t> {
    /// Bytes before the key.
    column: usize,
    key: &'t str,
    /// Bytes before the value.
    value: usize,
    /// Whether the key is a plain word, as all of iRacing's names of drivers are followed by.
    is_word: bool,
}

/// Blanks the values of the keys of `paths` in `text`: whether there were any; `None` when a line is not understood, and
/// then some may be blank and others not.
pub(super) fn blank(text: &mut [u8], paths: &Paths) -> Option<bool> {
    let mut changed = false;
    // The column of the personal key whose value goes on.
    let mut open: Option<usize> = None;
    for line in text.split_mut(|&byte| byte == b'\n') {
        let line = match line.split_last_mut() {
            Some((b'\r', line)) => line,
            _ => line,
        };
        if is_empty(line) {
            continue;
        }
        if is_mark(line) {
            open = None;
            continue;
        }
        let keyed = keyed(line);
        let ends = |keyed: &Keyed<'_>| open.is_none_or(|column| keyed.is_word && keyed.column <= column);
        let Some(keyed) = keyed.filter(ends) else {
            // Not before the first key: such a text is something else.
            open?;
            line.fill(b' ');
            changed = true;
            continue;
        };
        let (column, start) = (keyed.column, keyed.value);
        let is_personal = paths.has_last_key(keyed.key);
        open = is_personal.then_some(column);
        let value = line.get_mut(start..)?;
        if is_personal && !is_empty(value) {
            value.fill(b' ');
            changed = true;
        } else if !is_personal && hides_key(value, paths) {
            return None;
        }
    }
    Some(changed)
}

/// Nothing, spaces, or the zeros that fill iRacing's buffer.
fn is_empty(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | 0))
}

/// The start or the end of a document.
fn is_mark(line: &[u8]) -> bool {
    matches!(line.trim_ascii(), b"---" | b"...")
}

/// `line` as spaces, any number of `- `, a key and a colon.
fn keyed(line: &[u8]) -> Option<Keyed<'_>> {
    let is_indent = |byte: &u8| matches!(byte, b' ' | b'\t' | b'-');
    let column = line.iter().take_while(|byte| is_indent(byte)).count();
    let rest = line.get(column..)?;
    let length = rest.iter().position(|&byte| byte == b':')?;
    let key = std::str::from_utf8(rest.get(..length)?).ok()?.trim_end();
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ' | '.' | '-' | '/' | '(' | ')' | '%');
    let is_key = key.starts_with(|c: char| c.is_ascii_alphanumeric()) && key.chars().all(is_plain);
    let is_word = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_key.then_some(Keyed { column, key, value: column + length + 1, is_word })
}

/// Whether a value that is not personal has a personal key in it, as in `{UserName: Ann}`.
fn hides_key(value: &[u8], paths: &Paths) -> bool {
    let before = |key: &str| {
        value.windows(key.len()).enumerate().any(|(at, window)| {
            let mut behind = value.iter().skip(at + key.len());
            window == key.as_bytes()
                && behind.find(|byte| !matches!(byte, b' ' | b'"' | b'\'')) == Some(&b':')
        })
    };
    value.contains(&b':') && paths.last_keys().filter(|key| !key.is_empty()).any(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanked(text: &[u8]) -> Option<Vec<u8>> {
        let keys = ["UserName", "TeamName"].map(str::to_owned);
        let mut bytes = text.to_vec();
        blank(&mut bytes, &Paths::new(&keys, std::iter::empty()))?;
        assert_eq!(bytes.len(), text.len());
        Some(bytes)
    }

    #[test]
    fn odd_names_are_blank_whatever_they_hold() {
        let names: [&[u8]; 12] = [
            b"Ann",
            b"\"Ann\"",
            b"'Ann: x'",
            b"#1 Ann: the 2nd",
            b"{Ann}",
            b"Jos\xe9",
            "Zoë Ångström".as_bytes(),
            b"broken\n line",
            b"broken\n\n- Ann\nAnn",
            b"|\n    Ann\n    more: Ann",
            b"Ann\r",
            b"",
        ];
        for name in names {
            let before = b"Drivers:\n - CarIdx: 1\n   UserName: ".as_slice();
            let behind = b"\n   Car: Ann GT\n - CarIdx: 2\n...\n\0\0".as_slice();
            let blank = blanked(&[before, name, behind].concat()).unwrap();
            let middle = &blank[before.len() - 1..blank.len() - behind.len()];
            assert!(middle.iter().all(|byte| byte.is_ascii_whitespace()), "{middle:?}");
            assert!(blank.starts_with(&before[..before.len() - 1]) && blank.ends_with(behind));
        }
    }

    #[test]
    fn a_list_and_a_section_below_a_personal_key_are_blank() {
        let text = b"A:\n TeamName:\n  - Ann\n  x: Bob\n Next: 1\n- UserName: Cid\n- Other: 2\n";
        assert_eq!(
            blanked(text).unwrap(),
            b"A:\n TeamName:\n       \n        \n Next: 1\n- UserName:    \n- Other: 2\n"
        );
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let texts: [&[u8]; 6] = [
            b"Ann",
            b"\"UserName\": Ann",
            b"A: {UserName: Ann}",
            b"A: { \"UserName\" : Ann}",
            b"? UserName\n: Ann",
            b"U\0s\0e\0r\0N\0a\0m\0e\0:\0 \0A\0n\0n\0",
        ];
        for text in texts {
            assert_eq!(blanked(text), None, "{text:?}");
        }
        assert_eq!(blanked(b"A: 12:30\nB: x UserNames y: z\n").unwrap(), b"A: 12:30\nB: x UserNames y: z\n");
    }
}
