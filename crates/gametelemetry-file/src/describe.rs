//! How the code made by `#[telemetry]` builds a schema: one call a field, resolved by the field's Rust type.
//!
//! Runs once a type, at first use. Does not parse Rust; that is the derive crate.

use crate::{Field, FieldKind, Schema, Utf8, Utf16};

/// A type that may stand in a packed frame: every bit pattern is a value of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a frame",
    label = "not known to be a value for every pattern of bytes",
    note = "an enum of the game: use its integer type with `#[field(labels(0 = \"off\", 1 = \"on\"))]`",
    note = "another #[telemetry] struct: add `#[field(nested)]`",
    note = "integers of 8 to 64 bits, f32, f64, `Utf8<N>`, `Utf16<N>` and arrays of them can stand in a frame"
)]
pub trait Described {
    /// The kind of one element.
    const KIND: FieldKind;
    /// Elements of one value of this type: more than 1 for arrays and texts.
    const COUNT: u32;
    /// Pushes the array lengths, outermost first.
    fn shape(lengths: &mut Vec<u32>);
}

macro_rules! described_numbers {
    ($($type:ty => $kind:ident),* $(,)?) => {$(
        impl Described for $type {
            const KIND: FieldKind = FieldKind::$kind;
            const COUNT: u32 = 1;
            fn shape(_: &mut Vec<u32>) {}
        }
    )*};
}

described_numbers! {
    u8 => U8, i8 => I8, u16 => U16, i16 => I16, u32 => U32, i32 => I32, u64 => U64, i64 => I64, f32 => F32,
    f64 => F64,
}

impl<T: Described, const N: usize> Described for [T; N] {
    const KIND: FieldKind = T::KIND;
    const COUNT: u32 = length(N) * T::COUNT;
    fn shape(lengths: &mut Vec<u32>) {
        lengths.push(length(N));
        T::shape(lengths);
    }
}

impl<const N: usize> Described for Utf16<N> {
    const KIND: FieldKind = FieldKind::Utf16;
    const COUNT: u32 = length(N);
    fn shape(lengths: &mut Vec<u32>) {
        lengths.push(length(N));
    }
}

impl<const N: usize> Described for Utf8<N> {
    const KIND: FieldKind = FieldKind::Utf8;
    const COUNT: u32 = length(N);
    fn shape(lengths: &mut Vec<u32>) {
        lengths.push(length(N));
    }
}

/// An array length as the schema stores it; one that does not fit stops the compilation.
const fn length(elements: usize) -> u32 {
    assert!(elements <= u32::MAX as usize, "an array of a frame has at most 2^32 - 1 elements");
    #[expect(clippy::cast_possible_truncation, reason = "asserted in the line above")]
    let length = elements as u32;
    length
}

/// Adds one field of type `T` to `schema`, with kind, count and shape from the type.
pub fn describe<T: Described>(schema: &mut Schema, field: Field) {
    let mut shape = Vec::new();
    T::shape(&mut shape);
    if shape.len() < 2 {
        shape.clear();
    }
    let kind = match (T::KIND, field.kind) {
        // `flag` on an integer makes it a truth value of the same width.
        (FieldKind::U8 | FieldKind::I8, FieldKind::Bool8) => FieldKind::Bool8,
        (FieldKind::U32 | FieldKind::I32, FieldKind::Bool8) => FieldKind::Bool32,
        (kind, _) => kind,
    };
    schema.fields.push(Field { kind, count: T::COUNT, shape, ..field });
}

/// Adds the fields of a nested frame that starts at `offset`, their names joined to `prefix` by a dot. Of an array of
/// nested frames each field becomes one array; `dimensions` are the array's lengths with their strides in bytes,
/// outermost first.
pub fn describe_nested(
    schema: &mut Schema,
    prefix: &str,
    offset: usize,
    dimensions: &[(usize, usize)],
    nested: &Schema,
) {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let base = number(offset);
    schema.fields.extend(nested.fields.iter().map(|field| {
        let mut field = field.clone();
        field.name = format!("{prefix}.{}", field.name);
        field.offset = base.saturating_add(field.offset);
        if !dimensions.is_empty() {
            let (shape, strides) = inner_dimensions(&field);
            let (lengths, steps) =
                dimensions.iter().map(|&(length, step)| (number(length), number(step))).unzip();
            (field.shape, field.strides) = (lengths, steps);
            field.shape.extend(shape);
            field.strides.extend(strides);
            field.count = field.shape.iter().fold(1, |product: u32, &length| product.saturating_mul(length));
        }
        field
    }));
}

/// The shape of a field with the stride of each length, also where they are implied.
fn inner_dimensions(field: &Field) -> (Vec<u32>, Vec<u32>) {
    let single = field.count == 1 && field.shape.is_empty() && !field.kind.is_run();
    let shape = match field.shape.as_slice() {
        _ if single => Vec::new(),
        [] => vec![field.count],
        shape => shape.to_vec(),
    };
    if !field.strides.is_empty() {
        return (shape, field.strides.clone());
    }
    let mut inner = field.kind.size();
    let mut strides: Vec<u32> = shape
        .iter()
        .rev()
        .map(|&length| {
            let stride = inner;
            inner = inner.saturating_mul(length);
            stride
        })
        .collect();
    strides.reverse();
    (shape, strides)
}
