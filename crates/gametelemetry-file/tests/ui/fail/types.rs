//! Types that are refused by their spelling, each with what to write instead.
use gametelemetry_file::telemetry;

/// Types that are refused by their spelling.
#[telemetry(size = 100, crate = gametelemetry_file)]
struct Types {
    /// A truth value.
    one: bool,
    /// Some of them.
    many: [[bool; 2]; 3],
    /// A character.
    letter: char,
    /// A number of the machine's width.
    width: usize,
    /// Another.
    signed: isize,
    /// A reference.
    reference: &'static i32,
    /// A pointer.
    pointer: *const u8,
    /// A function.
    function: fn(),
    /// Texts on the heap.
    text: std::string::String,
    /// Numbers on the heap.
    numbers: Vec<u8>,
    /// A number on the heap.
    number: Box<u8>,
    /// A slice.
    slice: [u8],
    /// A pair.
    pair: (i32, i32),
    #[field(skip)]
    padding: bool,
    /// A reference is no frame.
    #[field(nested)]
    nested: &'static Types,
}

fn main() {}
