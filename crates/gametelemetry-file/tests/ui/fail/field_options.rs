//! Options of `#[field]` that are wrong alone or together.
use gametelemetry_file::telemetry;

/// A frame.
#[telemetry(size = 4, crate = gametelemetry_file)]
struct Other {
    /// One.
    one: i32,
}

/// Every option that is wrong by itself.
#[telemetry(size = 48, crate = gametelemetry_file)]
struct Wrong {
    /// Unknown.
    #[field(units = "m")]
    unknown: i32,
    /// Twice in one list.
    #[field(unit = "m", unit = "m")]
    twice: i32,
    /// Twice in two lists.
    #[field(flag)]
    #[field(flag)]
    again: i32,
    /// Empty.
    #[field(unit = " ")]
    empty: i32,
    /// A value too many.
    #[field(flag = true)]
    too_many: i32,
    /// No list.
    #[field]
    no_list: i32,
}

/// Options that exclude each other.
#[telemetry(size = 28, crate = gametelemetry_file)]
struct Together {
    /// The unit stands inside.
    #[field(nested, unit = "m")]
    nested: Other,
    /// So does everything else.
    #[field(nested, labels(0 = "off"), flag)]
    nested_more: Other,
    #[field(skip, unit = "m", nested)]
    skipped: Other,
    /// Either one or the other.
    #[field(flag, labels(0 = "off"))]
    flag: i32,
    /// True has no unit.
    #[field(flag, unit = "m")]
    flag_unit: i32,
    /// Padding names nobody.
    #[field(skip, personal)]
    skipped_name: i32,
}

fn main() {}
