//! What can be said of a field's type from its spelling alone: a macro runs before types are known.
//!
//! Types that are spelled harmlessly and still are no plain bytes (an enum, say) are refused later, by the trait
//! `Described`.

use std::ops::RangeInclusive;

use syn::{PathSegment, Type};

use crate::model::Element;

/// The types that `flag` takes.
pub(crate) const FLAG_TYPES: [&str; 4] = ["u8", "i8", "u32", "i32"];

/// The types that are surely described, if nobody shadows their names.
pub(crate) const PLAIN_TYPES: [&str; 12] =
    ["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64", "Utf8", "Utf16"];

/// `a, b and c`, each in backticks.
pub(crate) fn one_of(words: &[&str], joined: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {joined} {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Takes the array lengths off.
pub(crate) fn element(ty: &Type) -> Element<'_> {
    let mut element = Element { ty, lengths: Vec::new() };
    loop {
        element.ty = match element.ty {
            Type::Array(array) => {
                element.lengths.push(&array.len);
                &array.elem
            }
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return element,
        };
    }
}

/// The last word of a type's path: `String` of `std::string::String`.
fn last_word(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    }
}

/// Whether the elements of `ty` are spelled as one of `words`.
pub(crate) fn is_any(ty: &Type, words: &[&str]) -> bool {
    last_word(element(ty).ty).is_some_and(|last| words.iter().any(|word| last.ident == word))
}

/// What the elements of `ty` can hold, if they are integers.
pub(crate) fn integer_range(ty: &Type) -> Option<RangeInclusive<i128>> {
    Some(match last_word(element(ty).ty)?.ident.to_string().as_str() {
        "u8" => 0..=u8::MAX.into(),
        "i8" => i8::MIN.into()..=i8::MAX.into(),
        "u16" => 0..=u16::MAX.into(),
        "i16" => i16::MIN.into()..=i16::MAX.into(),
        "u32" => 0..=u32::MAX.into(),
        "i32" => i32::MIN.into()..=i32::MAX.into(),
        "u64" => 0..=u64::MAX.into(),
        "i64" => i64::MIN.into()..=i64::MAX.into(),
        _ => return None,
    })
}

/// Why a type that is spelled so cannot stand in a frame, and what to write instead.
pub(crate) fn refusal(ty: &Type) -> Option<String> {
    let reason = match element(ty).ty {
        Type::Reference(_) | Type::Ptr(_) | Type::BareFn(_) => {
            "an address means nothing outside the game: use `u64` for its bytes, or the value itself"
        }
        Type::Slice(_) => "a slice has no fixed length: use an array `[T; N]`",
        Type::Tuple(_) => {
            "a tuple has no stated layout: use another #[telemetry] struct with `#[field(nested)]`"
        }
        Type::Path(_) => {
            return last_word(element(ty).ty).and_then(|word| refused_word(&word.ident.to_string()));
        }
        // A macro's type is not known here; `Described` decides.
        Type::Macro(_) => return None,
        _ => "such a type is no plain bytes: use a number, `Utf8<N>`, `Utf16<N>` or an array `[T; N]`",
    };
    Some(reason.to_owned())
}

fn refused_word(word: &str) -> Option<String> {
    let reason = match word {
        "bool" => "foreign bytes are not always 0 or 1: use `u8` or `i32` with `#[field(flag)]`",
        "char" => "not every number is a char: use `u32`, or `Utf8<N>` or `Utf16<N>` for a text",
        "usize" => "its width differs between machines: use `u32` or `u64`, as the game has it",
        "isize" => "its width differs between machines: use `i32` or `i64`, as the game has it",
        "String" => "a String is an address, not plain bytes: use `Utf8<N>` or `Utf16<N>`",
        "Vec" => "a Vec is an address, not plain bytes: use an array `[T; N]`",
        "Box" | "Rc" | "Arc" | "Cow" => "this is an address, not plain bytes: use the type inside it",
        _ => return None,
    };
    Some(format!("`{word}` cannot stand in a frame; {reason}"))
}
