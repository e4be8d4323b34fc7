//! Names of the user's module do not change what is made, and nothing needs to be imported.
//!
//! Only `u8` and `usize` cannot be shadowed: zerocopy's derives name them.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![allow(dead_code, non_camel_case_types)]

mod core {}
mod std {}
mod zerocopy {}
mod gametelemetry {}
struct i128;
struct bool;
struct str;
struct Some;
struct None;
struct Ok;
struct Err;
struct Option;
struct Result;
struct Vec;
struct Field;
struct Schema;
struct FieldKind;
struct OnceLock;
trait From {}
trait Clone {}
trait Copy {}
trait Debug {}
trait PackedFrame {}
trait Telemetry {}
trait Default {}
trait Described {}

/// A frame called as a type of the prelude.
#[::gametelemetry_file::telemetry(size = 9, counter = clone, crate = ::gametelemetry_file)]
pub struct String {
    /// Called as a method.
    clone: i32,
    /// Called as a local of the macro.
    value: f32,
    /// Called as another.
    #[field(flag)]
    schema: i8,
}

/// A frame that holds it.
#[::gametelemetry_file::telemetry(size = 25, counter = offset.clone, crate = ::gametelemetry_file)]
pub struct Box {
    /// Called as a local.
    #[field(nested)]
    offset: String,
    /// Called as a local.
    #[field(nested)]
    prefix: [String; 1],
    /// Called as a formatter.
    f: i16,
    /// Called as a trait's method.
    #[field(labels(0 = "{}"))]
    fmt: [i8; 2],
    /// Called as a parameter.
    frame: i8,
    /// Called as a loop variable.
    #[field(unit = "{index}")]
    index: [i8; 2],
}

fn main() {
    let mut frame = <Box as ::gametelemetry_file::PackedFrame>::zeroed();
    frame.set_fmt([1, 2]);
    ::std::assert_eq!(frame.fmt(), [1, 2]);
    ::std::assert_eq!(frame.offset().schema(), false);
    let schema = <Box as ::gametelemetry_file::PackedFrame>::schema();
    ::std::assert!(::std::matches!(schema.check(), ::std::result::Result::Ok(())));
    ::std::println!("{:?}", frame);
}
