//! Texts as games store them, turned into Rust strings; nothing here can fail, because a driver's odd name must
//! never stop telemetry.

/// The part before the first 0, or everything.
fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// UTF-8 up to the first 0; what is no UTF-8 becomes U+FFFD.
pub(crate) fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(until_zero(bytes)).into_owned()
}

/// UTF-16LE up to the first 0; a lone surrogate becomes U+FFFD, an odd last byte is left out.
pub(crate) fn utf16(bytes: &[u8]) -> String {
    let (units, _odd) = bytes.as_chunks::<2>();
    let codes = units.iter().map(|&unit| u16::from_le_bytes(unit)).take_while(|&code| code != 0);
    char::decode_utf16(codes).map(|code| code.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// What Windows-1252 has at 0x80 to 0x9F. The five bytes that it leaves open are the control characters of the
/// same number, as browsers and Windows itself read them, so that no byte is lost.
const WINDOWS_1252_HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Windows-1252 up to the first 0.
pub(crate) fn windows_1252(bytes: &[u8]) -> String {
    let to_char = |&byte: &u8| match byte {
        0x80..=0x9f => WINDOWS_1252_HIGH.get(usize::from(byte & 0x1f)).copied().unwrap_or(' '),
        _ => char::from(byte),
    };
    until_zero(bytes).iter().map(to_char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_1252_maps_every_byte() {
        assert_eq!(windows_1252(b"Jos\xe9 \x80 \x9f\0rest"), "José € Ÿ");
        for byte in 1..=255 {
            assert_eq!(windows_1252(&[byte]).chars().count(), 1);
        }
    }

    #[test]
    fn broken_utf16_is_still_a_text() {
        assert_eq!(utf16(&[0x41, 0, 0x00, 0xd8, 0x42, 0, 7]), "A\u{fffd}B");
    }
}
