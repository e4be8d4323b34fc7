//! What an input says, after all checks: plain data between `parse` and `expand`.

use proc_macro2::Span;
use syn::{Expr, Ident, ItemStruct, Path, Type};

/// A struct with `#[telemetry(...)]`.
pub(crate) struct Frame {
    /// The struct as the user wrote it, without the `#[field]` attributes.
    pub(crate) item: ItemStruct,
    /// The options in the parentheses.
    pub(crate) options: FrameOptions,
    /// The fields, in the order of the layout.
    pub(crate) fields: Vec<FrameField>,
}

/// The options of `#[telemetry(...)]`, with defaults where the user gave none.
pub(crate) struct FrameOptions {
    /// Bytes that the game's documentation states, and where the user wrote that.
    pub(crate) size: (u32, Span),
    /// Name in the schema.
    pub(crate) name: String,
    /// Version of the layout.
    pub(crate) version: Option<String>,
    /// The field that counts frames, with the fields that lead to it.
    pub(crate) counter: Vec<Ident>,
    /// Where the layout is stated.
    pub(crate) reference: Option<String>,
    /// The crate that has the traits.
    pub(crate) krate: Path,
}

/// One field of the struct.
pub(crate) struct FrameField {
    /// The field's identifier, as written.
    pub(crate) ident: Ident,
    /// The name in the schema: the identifier without `r#`.
    pub(crate) name: String,
    /// The type, as written.
    pub(crate) ty: Type,
    /// The doc comment, in one line.
    pub(crate) description: String,
    /// What the user says of it.
    pub(crate) role: Role,
}

/// What a field is for.
pub(crate) enum Role {
    /// Numbers or a text.
    Value {
        /// Unit of the stored number.
        unit: Option<String>,
        /// Whether the integer is a truth value.
        flag: bool,
        /// Names of the integer's values.
        labels: Vec<(i64, String)>,
        /// Whether the value names somebody.
        personal: bool,
    },
    /// Another frame, or an array of them.
    Nested,
    /// Padding.
    Skip,
}

/// A type with its array lengths taken off.
pub(crate) struct Element<'a> {
    /// What the innermost array holds, or the type itself.
    pub(crate) ty: &'a Type,
    /// The lengths, outermost first.
    pub(crate) lengths: Vec<&'a Expr>,
}
