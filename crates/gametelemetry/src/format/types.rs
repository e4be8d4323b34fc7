//! What users write as a field's type: `u8`, `f32[4]`, `utf16[33]`, `car[22]`.

use crate::{FieldKind, nearest_word};

/// The types of one value, as users write them and as they are printed.
const NAMES: &[(&str, FieldKind)] = &[
    ("u8", FieldKind::U8),
    ("i8", FieldKind::I8),
    ("u16", FieldKind::U16),
    ("i16", FieldKind::I16),
    ("u32", FieldKind::U32),
    ("i32", FieldKind::I32),
    ("u64", FieldKind::U64),
    ("i64", FieldKind::I64),
    ("f32", FieldKind::F32),
    ("f64", FieldKind::F64),
    ("bool8", FieldKind::Bool8),
    ("bool32", FieldKind::Bool32),
    ("bits8", FieldKind::Bits8),
    ("bits16", FieldKind::Bits16),
    ("bits32", FieldKind::Bits32),
    ("utf16", FieldKind::Utf16),
    ("utf8", FieldKind::Utf8),
    ("windows1252", FieldKind::Windows1252),
    ("bytes", FieldKind::Bytes),
    // Every ASCII text is a UTF-8 text; printed as utf8.
    ("ascii", FieldKind::Utf8),
];

/// What the types are called elsewhere. `char` is not here: it may be a text or a small number.
const ELSEWHERE: &[(&str, &str)] = &[
    ("byte", "u8"),
    ("sbyte", "i8"),
    ("uint8", "u8"),
    ("uint8_t", "u8"),
    ("int8", "i8"),
    ("int8_t", "i8"),
    ("unsigned char", "u8"),
    ("signed char", "i8"),
    ("ushort", "u16"),
    ("word", "u16"),
    ("uint16", "u16"),
    ("uint16_t", "u16"),
    ("unsigned short", "u16"),
    ("short", "i16"),
    ("int16", "i16"),
    ("int16_t", "i16"),
    ("uint", "u32"),
    ("dword", "u32"),
    ("unsigned", "u32"),
    ("unsigned int", "u32"),
    ("uint32", "u32"),
    ("uint32_t", "u32"),
    ("int", "i32"),
    ("int32", "i32"),
    ("int32_t", "i32"),
    ("ulong", "u64"),
    ("uint64", "u64"),
    ("uint64_t", "u64"),
    ("int64", "i64"),
    ("int64_t", "i64"),
    ("float", "f32"),
    ("single", "f32"),
    ("float32", "f32"),
    ("double", "f64"),
    ("float64", "f64"),
    ("bool", "bool8 (one byte) or bool32 (four)"),
    ("boolean", "bool8 (one byte) or bool32 (four)"),
    ("char", "ascii[N] for a text of N bytes, i8 for a small number"),
    ("string", "utf8[N], utf16[N], ascii[N] or windows1252[N], N being its room"),
    ("text", "utf8[N], utf16[N], ascii[N] or windows1252[N], N being its room"),
    ("wchar", "utf16[N] for a text of N units"),
    ("wchar_t", "utf16[N] for a text of N units"),
    ("long", "i32 or i64, as the game's compiler has it"),
];

/// A type as it is written: its name, and the numbers in brackets behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TypeText<'t> {
    pub(super) name: &'t str,
    pub(super) lengths: Vec<u32>,
}

/// Takes `f32[3][4]` apart; the error says what is wrong.
pub(super) fn split(text: &str) -> Result<TypeText<'_>, String> {
    let (name, mut rest) = match text.find('[') {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let mut lengths = Vec::new();
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let Some((number, behind)) = inner else {
            return Err(format!("`{text}` is no type: write a length in brackets, as {name}[4]"));
        };
        match number.trim().parse::<u32>() {
            Ok(0) => return Err(format!("`{text}` has no elements: write a length of 1 or more")),
            Ok(length) => lengths.push(length),
            Err(_) => {
                return Err(format!("`{number}` is no length: write a whole number, as {name}[4]"));
            }
        }
        rest = behind.trim_start();
    }
    Ok(TypeText { name: name.trim(), lengths })
}

/// The kind called `name`.
pub(super) fn kind(name: &str) -> Option<FieldKind> {
    NAMES.iter().find(|(known, _)| *known == name).map(|&(_, kind)| kind)
}

/// What `kind` is called.
pub(super) fn name(kind: FieldKind) -> &'static str {
    NAMES.iter().find(|&&(_, known)| known == kind).map_or("u8", |&(name, _)| name)
}

/// What we call the type that is called `name` elsewhere.
fn elsewhere(name: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(theirs, _)| *theirs == name).map(|&(_, ours)| ours)
}

/// What to write instead of the unknown type `name`.
pub(super) fn unknown<'t>(name: &str, structs: impl Iterator<Item = &'t str>) -> String {
    let lower = name.to_lowercase();
    let lower = lower.strip_prefix("std::").unwrap_or(&lower);
    if let Some(ours) = elsewhere(lower) {
        return format!("unknown type `{name}`: write {ours}");
    }
    if let Some(near) = nearest_word(name, NAMES.iter().map(|&(name, _)| name).chain(structs)) {
        return format!("unknown type `{name}`, did you mean `{near}`?");
    }
    if let Some(ours) = nearest_word(lower, ELSEWHERE.iter().map(|&(theirs, _)| theirs)).and_then(elsewhere) {
        return format!("unknown type `{name}`: write {ours}");
    }
    format!(
        "unknown type `{name}`: write u8 to u64, i8 to i64, f32, f64, bool8, bool32, bits8 to bits32, ascii[N], utf8[N], \
         utf16[N], windows1252[N], bytes[N], or the name of a struct of `structs`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_a_name_and_lengths() {
        let lengths = |text| split(text).unwrap().lengths;
        assert_eq!(split("f32").unwrap(), TypeText { name: "f32", lengths: vec![] });
        assert_eq!(
            (lengths("utf16[33]"), lengths("f32[22][4]"), lengths("u8 [ 3 ]")),
            (vec![33], vec![22, 4], vec![3])
        );
        for wrong in ["f32[", "f32[0]", "f32[-1]", "f32]", "f32[4]x", "f32[]", "f32[99999999999]", "[", "]["]
        {
            let unknown = split(wrong).is_ok_and(|text| kind(text.name).is_some());
            assert!(!unknown, "{wrong} is taken for a type");
        }
    }

    #[test]
    fn names_from_elsewhere_are_understood() {
        let none = || std::iter::empty();
        assert_eq!(unknown("float", none()), "unknown type `float`: write f32");
        assert_eq!(unknown("flaot", none()), "unknown type `flaot`: write f32");
        assert_eq!(unknown("std::uint16_t", none()), "unknown type `std::uint16_t`: write u16");
        assert_eq!(unknown("cra", ["car"].into_iter()), "unknown type `cra`, did you mean `car`?");
        for &(name, kind) in NAMES {
            assert_eq!(super::kind(name), Some(kind));
            assert_eq!(super::kind(super::name(kind)), Some(kind));
        }
    }
}
