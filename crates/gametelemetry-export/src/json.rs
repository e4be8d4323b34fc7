//! Rows as JSON objects: for JSON Lines and for MCAP.
//!
//! What stands around each value is made once; arrays are nested as the game has them.

use std::io::Write as _;

use gametelemetry::{Cell, Column, Rows};

/// How some columns of a table become members of an object.
#[derive(Debug)]
pub(crate) struct JsonColumns {
    columns: Vec<Member>,
}

#[derive(Debug)]
struct Member {
    /// The column's number in its table.
    column: usize,
    /// Whether it begins a member, which a comma goes before.
    begins: bool,
    /// Whether it is a value of its own and no element of an array.
    alone: bool,
    before: String,
    after: String,
}

impl JsonColumns {
    /// The members of `columns`, each with its number in its table and its name.
    pub(crate) fn new<'a>(columns: impl Iterator<Item = (usize, &'a str, &'a Column)>) -> Self {
        let columns = columns.map(|(number, name, column)| member(number, name, column)).collect();
        Self { columns }
    }

    /// Appends the members of row `row`; `has_members` says whether some stand before them. An unknown value is `null`,
    /// or is left out if `sparse`; in an array it is always `null`.
    pub(crate) fn append(
        &self,
        rows: &Rows,
        row: usize,
        mut has_members: bool,
        sparse: bool,
        out: &mut Vec<u8>,
    ) {
        for member in &self.columns {
            let cell = finite(rows.cell(member.column, row));
            if sparse && member.alone && cell == Cell::Empty {
                continue;
            }
            if member.begins && has_members {
                out.push(b',');
            }
            has_members = true;
            out.extend_from_slice(member.before.as_bytes());
            append_cell(cell, out);
            out.extend_from_slice(member.after.as_bytes());
        }
    }
}

fn member(number: usize, name: &str, column: &Column) -> Member {
    let Some(element) = &column.element else {
        let before = format!("{}:", quoted(name));
        return Member { column: number, begins: true, alone: true, before, after: String::new() };
    };
    let pairs = || element.place.iter().zip(element.shape.iter()).rev();
    let opens = pairs().take_while(|(place, _)| **place == 0).count();
    let closes = pairs().take_while(|(place, length)| **place + 1 == **length).count();
    let begins = opens == element.place.len();
    let key = if begins { format!("{}:", quoted(&element.field)) } else { ",".to_owned() };
    let before = key + &"[".repeat(opens);
    Member { column: number, begins, alone: false, before, after: "]".repeat(closes) }
}

/// JSON knows no infinity.
fn finite(cell: Cell<'_>) -> Cell<'_> {
    match cell {
        Cell::F64(value) if !value.is_finite() => Cell::Empty,
        Cell::F32(value) if !value.is_finite() => Cell::Empty,
        cell => cell,
    }
}

/// Appends one value.
pub(crate) fn append_cell(cell: Cell<'_>, out: &mut Vec<u8>) {
    // Writing to memory cannot fail.
    let _ = match finite(cell) {
        Cell::Empty => out.write_all(b"null"),
        Cell::Text(text) => out.write_all(quoted(text).as_bytes()),
        cell => write!(out, "{cell}"),
    };
}

/// A text as JSON.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
