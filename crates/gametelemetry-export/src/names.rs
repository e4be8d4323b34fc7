//! Names of columns, and texts, as tables' readers bear them.
//!
//! For the formats with columns; changes names only where two would be one.

use gametelemetry::{Column, Table};

/// The columns that every table has before its own: the time since the session began, and the lap.
pub(crate) const TIME: &str = "time_s";
/// The lap.
pub(crate) const LAP: &str = "lap";

/// The names of our own columns `own` and of the table's, so that no two are equal: a game may have a field `lap`, and
/// ours gives way.
pub(crate) fn unique(own: &[&str], table: &Table) -> Vec<String> {
    let mut names: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let mut seen = std::collections::BTreeSet::new();
    for name in &mut names {
        while !seen.insert(name.clone()) {
            name.push('_');
        }
    }
    let own = own.iter().map(|own| {
        let mut name = (*own).to_owned();
        while seen.contains(&name) {
            name.insert_str(0, "session_");
        }
        name
    });
    let mut all: Vec<String> = own.collect();
    all.append(&mut names);
    all
}

/// `name` with the unit of `column` behind it.
pub(crate) fn with_unit(name: &str, column: &Column) -> String {
    if column.unit.is_empty() { name.to_owned() } else { format!("{name} [{}]", column.unit) }
}

/// A text that a spreadsheet would take for a formula gets an apostrophe before it: a driver's name must not run.
pub(crate) fn no_formula(text: &str) -> std::borrow::Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use gametelemetry::{ChannelKind, DataType};

    use super::*;

    #[test]
    fn our_own_names_give_way() {
        let column = |name: &str| Column {
            name: name.into(),
            unit: String::new(),
            kind: ChannelKind::Step,
            data: DataType::Int,
            meaning: String::new(),
            mappings: Vec::new(),
            element: None,
        };
        let columns = ["lap", "speed", "speed"].map(column).into();
        let table = Table { name: "t".into(), source: String::new(), kind: String::new(), columns };
        assert_eq!(unique(&[TIME, LAP], &table), ["time_s", "session_lap", "lap", "speed", "speed_"]);
    }

    #[test]
    fn formulas_are_only_texts() {
        assert_eq!(no_formula("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(no_formula("Max"), "Max");
    }
}
