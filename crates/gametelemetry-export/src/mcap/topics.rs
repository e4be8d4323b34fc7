//! Which topics an MCAP file has, with their schemas, and a row as the message of one.
//!
//! Nothing here writes. Schemas say one type a member and require none, which every viewer understands.

use std::collections::BTreeMap;
use std::io::Write as _;

use gametelemetry::{Cell, Column, DataType, Rows, Table};
use serde_json::{Map, Value, json};

use crate::json::{JsonColumns, append_cell, quoted};
use crate::names::{LAP, unique};

/// Which group a channel is in, by how its name begins; the first that fits. What fits none is the car's.
const GROUPS: &[(&str, &[&str])] = &[
    ("tyres", &["tyre_", "wheel_", "slip_", "suspension_", "brake_temperature", "brake_pressure"]),
    (
        "motion",
        &[
            "speed",
            "position_",
            "velocity_",
            "latitude",
            "longitude",
            "altitude",
            "g_",
            "yaw",
            "pitch",
            "roll",
            "heading",
            "ride_height",
        ],
    ),
    (
        "timing",
        &[
            "lap",
            "laps_",
            "last_lap",
            "best_lap",
            "estimated_lap",
            "split_",
            "delta_",
            "sector",
            "distance",
            "race_position",
            "class_position",
            "session_",
            "time_of_day",
            "track_length",
            "point_to_point",
        ],
    ),
    ("surroundings", &["air_", "track", "wind_", "red_flag", "safety_car"]),
];

/// The member that the lap is, where no channel has the name.
const LAP_ALONE: &str = LAP;

/// One topic.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) name: String,
    pub(super) schema_name: String,
    /// The JSON Schema.
    pub(super) schema: String,
    /// Units of the members, for who reads them.
    pub(super) metadata: BTreeMap<String, String>,
    lap: String,
    columns: JsonColumns,
}

impl Topic {
    /// The topics of a table.
    pub(super) fn of(table: &Table) -> Vec<Self> {
        if !table.source.is_empty() {
            let kind = if table.kind.is_empty() { String::new() } else { format!("/{}", table.kind) };
            let name = format!("/{}{kind}", table.source);
            return vec![Self::new(name, format!("gametelemetry.{}", table.name), table, |_| true)];
        }
        let groups = GROUPS.iter().map(|(group, _)| *group).chain(["car"]);
        let is_used = |group: &&str| table.columns.iter().any(|column| group_of(&column.name) == *group);
        let topic = |group: &str| {
            let is_in = |column: &Column| group_of(&column.name) == group;
            Self::new(format!("/channels/{group}"), format!("gametelemetry.channels.{group}"), table, is_in)
        };
        groups.filter(is_used).map(topic).collect()
    }

    fn new(name: String, schema_name: String, table: &Table, is_in: impl Fn(&Column) -> bool) -> Self {
        let names = unique(&[LAP_ALONE], table);
        let lap = names.first().map_or(LAP_ALONE, String::as_str);
        let members = names.iter().skip(1).zip(&table.columns).enumerate();
        let members: Vec<_> = members
            .filter(|(_, (_, column))| is_in(column))
            .map(|(number, (name, column))| (number, name.as_str(), column))
            .collect();
        let units = members.iter().filter(|(_, _, column)| !column.unit.is_empty());
        let units = units.map(|(_, name, column)| (format!("unit.{name}"), column.unit.clone()));
        Self {
            name,
            schema: schema(&schema_name, lap, &members),
            schema_name,
            metadata: if table.source.is_empty() { units.collect() } else { BTreeMap::new() },
            lap: format!("{{{}:", quoted(lap)),
            columns: JsonColumns::new(members.into_iter()),
        }
    }

    /// Appends row `row`, in lap `lap`, as a message.
    pub(super) fn message(&self, rows: &Rows, row: usize, lap: Cell<'_>, out: &mut Vec<u8>) {
        let has_lap = lap != Cell::Empty;
        if has_lap {
            out.extend_from_slice(self.lap.as_bytes());
            append_cell(lap, out);
        } else {
            out.push(b'{');
        }
        self.columns.append(rows, row, has_lap, true, out);
        out.push(b'}');
    }
}

fn group_of(name: &str) -> &'static str {
    let fits = |(_, beginnings): &&(&str, &[&str])| beginnings.iter().any(|it| name.starts_with(it));
    GROUPS.iter().find(fits).map_or("car", |(group, _)| group)
}

fn schema(title: &str, lap: &str, members: &[(usize, &str, &Column)]) -> String {
    let mut properties = Map::new();
    properties.insert(lap.to_owned(), json!({ "type": "integer" }));
    for (_, name, column) in members {
        let mut kind = json!({ "type": type_of(column.data) });
        let name = match &column.element {
            None => *name,
            Some(element) => {
                for _ in element.shape.iter() {
                    kind = json!({ "type": "array", "items": kind });
                }
                &element.field
            }
        };
        let unit = if column.unit.is_empty() { String::new() } else { format!(" [{}]", column.unit) };
        let description = format!("{}{unit}", column.meaning);
        if let (Some(kind), false) = (kind.as_object_mut(), description.is_empty()) {
            kind.insert("description".to_owned(), Value::from(description.trim()));
        }
        properties.entry(name).or_insert(kind);
    }
    json!({ "title": title, "type": "object", "properties": properties }).to_string()
}

fn type_of(data: DataType) -> &'static str {
    match data {
        DataType::Int | DataType::UInt => "integer",
        DataType::Bool => "boolean",
        DataType::Text => "string",
        _ => "number",
    }
}

/// The places on Earth, as Foxglove's `LocationFix`.
#[derive(Debug)]
pub(super) struct Location {
    latitude: usize,
    longitude: usize,
    altitude: Option<usize>,
}

impl Location {
    /// The name by which viewers know the schema.
    pub(super) const SCHEMA_NAME: &'static str = "foxglove.LocationFix";
    /// The members that are written of it.
    pub(super) const SCHEMA: &'static str = r#"{"title":"foxglove.LocationFix","type":"object","properties":{"timestamp":{"type":"object","title":"time","properties":{"sec":{"type":"integer"},"nsec":{"type":"integer"}}},"frame_id":{"type":"string"},"latitude":{"type":"number"},"longitude":{"type":"number"},"altitude":{"type":"number"},"position_covariance":{"type":"array","items":{"type":"number"}},"position_covariance_type":{"type":"integer"}}}"#;

    /// Of a table that has both.
    pub(super) fn of(table: &Table) -> Option<Self> {
        let place = |name: &str| table.columns.iter().position(|column| column.name == name);
        let (latitude, longitude) = (place("latitude")?, place("longitude")?);
        Some(Self { latitude, longitude, altitude: place("altitude") })
    }

    /// Appends the place in row `row`; gives `false` where there is none.
    pub(super) fn message(&self, rows: &Rows, row: usize, time: u64, out: &mut Vec<u8>) -> bool {
        let value = |column: usize| rows.cell(column, row).as_f64().filter(|value| value.is_finite());
        let (Some(latitude), Some(longitude)) = (value(self.latitude), value(self.longitude)) else {
            return false;
        };
        let altitude = self.altitude.and_then(value).unwrap_or(0.0);
        let (sec, nsec) = (time / 1_000_000_000, time % 1_000_000_000);
        // Writing to memory cannot fail.
        let _ = write!(
            out,
            r#"{{"timestamp":{{"sec":{sec},"nsec":{nsec}}},"frame_id":"car","latitude":{latitude},"longitude":{longitude},"altitude":{altitude},"position_covariance":[0,0,0,0,0,0,0,0,0],"position_covariance_type":0}}"#
        );
        true
    }
}
