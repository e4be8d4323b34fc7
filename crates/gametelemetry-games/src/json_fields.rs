//! Tables of fields of JSON texts, for games that speak JSON: one row a field, found by its pointer.
//!
//! Where such a text has the same members many times over (engines, weapons, players), one table is used for each.
//! Reads nothing: values are read by the schema.

use gametelemetry::{Field, FieldKind, FrameSize, Schema};

/// One field: name, pointer, kind, unit, and what it is.
pub(crate) type Row = (&'static str, &'static str, FieldKind, &'static str, &'static str);

/// A schema of JSON texts of at most `max` bytes.
pub(crate) fn schema(name: &str, reference: &str, max: u32, fields: Vec<Field>) -> Schema {
    let mut schema = Schema::new(name, FrameSize::Variable { max });
    reference.clone_into(&mut schema.reference);
    schema.fields = fields;
    schema
}

/// The fields of a table.
pub(crate) fn fields(rows: &[Row]) -> Vec<Field> {
    under("", "", rows)
}

/// The fields of a table whose members lie in the object at `pointer`; their names begin with `name`.
pub(crate) fn under(name: &str, pointer: &str, rows: &[Row]) -> Vec<Field> {
    let field = |&(of_row, place, kind, unit, description): &Row| Field {
        name: format!("{name}{of_row}"),
        kind,
        count: 1,
        pointer: Some(format!("{pointer}{place}")),
        unit: unit.to_owned(),
        description: description.to_owned(),
        ..Field::default()
    };
    rows.iter().map(field).collect()
}

/// Marks what names somebody: the fields called `names`, and what `keys` (see [`Schema::personal_keys`]) lead to.
pub(crate) fn personal(mut schema: Schema, names: &[&str], keys: &[&str]) -> Schema {
    for field in schema.fields.iter_mut().filter(|field| names.contains(&field.name.as_str())) {
        field.personal = Some(true);
    }
    schema.personal_keys = keys.iter().map(|&key| key.to_owned()).collect();
    schema
}

/// The pointer to the member called `key`, whatever signs are in it.
pub(crate) fn member(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_with_the_signs_of_pointers_is_found() {
        let rows: &[Row] = &[("speed_kmh", "", FieldKind::F64, "km/h", "Speed.")];
        let fields = under("true_", &member("TAS~, km/h"), rows);
        assert_eq!(
            (fields[0].name.as_str(), fields[0].pointer.as_deref()),
            ("true_speed_kmh", Some("/TAS~0, km~1h"))
        );
        let schema = schema("State", "", 100, fields);
        assert_eq!(schema.view(br#"{"TAS~, km/h":5}"#).get("true_speed_kmh"), gametelemetry::Value::Int(5));
    }
}
