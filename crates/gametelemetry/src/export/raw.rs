//! The original fields of every record: a table a source and kind of message, an element of an array a column.
//!
//! Reads records through their schema, merged by time. Converts nothing: units and meanings are the game's.

use std::io;
use std::sync::Arc;

use gametelemetry_file::{Field, FieldKind, MessageKind, Recognized, SessionReader, Timestamp, Value};

use super::columns::Element;
use super::plan::kind_of;
use super::rows::{RowSink, Target};
use super::{Column, DataType, Table, Values};
use crate::processor::{SessionFacts, SourceFacts};

/// The tables of a session, and which each source's records go to.
pub(super) struct RawTables {
    pub(super) tables: Vec<Table>,
    /// Of each source, the number of its first table.
    first: Vec<usize>,
}

impl RawTables {
    pub(super) fn of(facts: &SessionFacts) -> Self {
        let (mut tables, mut first) = (Vec::new(), Vec::new());
        for source in &facts.sources {
            first.push(tables.len());
            let schema = &source.header.schema;
            if schema.kinds.is_empty() {
                tables.push(table(&source.header.source, None, &schema.fields));
            }
            let of_kind = |kind: &MessageKind| table(&source.header.source, Some(kind), &kind.fields);
            tables.extend(schema.kinds.iter().map(of_kind));
        }
        Self { tables, first }
    }
}

fn table(source: &str, kind: Option<&MessageKind>, fields: &[Field]) -> Table {
    let kind = kind.map(|kind| kind.name.clone()).unwrap_or_default();
    let name = if kind.is_empty() { source.to_owned() } else { format!("{source}.{kind}") };
    let columns = fields.iter().flat_map(columns).collect();
    Table { name, source: source.to_owned(), kind, columns }
}

/// The columns of a field: one, or one an element.
fn columns(field: &Field) -> Vec<Column> {
    let column = |name: String, element| Column {
        name,
        unit: field.unit.clone(),
        kind: kind_of(field.kind),
        data: data_type(field),
        meaning: field.description.clone(),
        mappings: Vec::new(),
        element,
    };
    let lengths = lengths(field);
    if lengths.is_empty() {
        return vec![column(field.name.clone(), None)];
    }
    let (name, shape): (Arc<str>, Arc<[u32]>) = (field.name.as_str().into(), lengths.into());
    let count = shape.iter().fold(1_u32, |product, length| product.saturating_mul(*length));
    let of_element = |number: u32| {
        let place = place(number, &shape);
        let index: String = place.iter().map(|place| format!("[{place}]")).collect();
        let element = Element { field: Arc::clone(&name), shape: Arc::clone(&shape), place };
        column(format!("{}{index}", field.name), Some(element))
    };
    (0..count).map(of_element).collect()
}

/// The lengths of the field's arrays, outermost first; none of a single value.
fn lengths(field: &Field) -> Vec<u32> {
    if field.pointer.is_some() {
        return Vec::new();
    }
    match (field.shape.split_last(), is_run(field.kind)) {
        (Some((_, lengths)), true) => lengths.to_vec(),
        (None, true) => Vec::new(),
        (Some(_), false) => field.shape.clone(),
        (None, false) if field.count == 1 => Vec::new(),
        (None, false) => vec![field.count],
    }
}

/// The place of element `number`, counted through all dimensions.
fn place(number: u32, shape: &[u32]) -> Vec<u32> {
    let mut rest = number;
    let mut place: Vec<u32> = shape
        .iter()
        .rev()
        .map(|length| {
            let here = rest.checked_rem(*length).unwrap_or(0);
            rest = rest.checked_div(*length).unwrap_or(0);
            here
        })
        .collect();
    place.reverse();
    place
}

fn is_run(kind: FieldKind) -> bool {
    kind.is_text() || kind == FieldKind::Bytes
}

fn data_type(field: &Field) -> DataType {
    match field.kind {
        kind if is_run(kind) => DataType::Text,
        FieldKind::F64 => DataType::F64,
        // A number in a JSON text has all its digits.
        FieldKind::F32 if field.pointer.is_some() => DataType::F64,
        FieldKind::F32 => DataType::F32,
        FieldKind::Bool8 | FieldKind::Bool32 => DataType::Bool,
        FieldKind::I8 | FieldKind::I16 | FieldKind::I32 | FieldKind::I64 => DataType::Int,
        _ => DataType::UInt,
    }
}

/// What the records of a raw export come to.
pub(super) struct RawRows {
    pub(super) sinks: Vec<RowSink>,
    pub(super) target: Target,
    /// Records of no known kind or size: they have no fields.
    pub(super) unrecognized: u64,
}

/// Goes through all records in the order of time.
pub(super) fn run(
    readers: Vec<SessionReader>,
    facts: &mut SessionFacts,
    tables: &RawTables,
    target: Target,
) -> RawRows {
    let sink = |(number, table)| RowSink::new(number, table, facts.started);
    let sinks = tables.tables.iter().enumerate().map(sink).collect();
    let mut rows = RawRows { sinks, target, unrecognized: 0 };
    let mut sources: Vec<Source> = readers.into_iter().map(Source::new).collect();
    let span = rows.target.laps.span();
    for (source, facts) in sources.iter_mut().zip(&mut facts.sources) {
        if let Some((start, _)) = span {
            source.reader.seek(start).unwrap_or_else(|error| facts.error = Some(error));
        }
        source.advance(facts);
    }
    loop {
        let waiting = sources.iter().enumerate().filter_map(|(number, it)| Some((it.waiting?, number)));
        let Some((time, number)) = waiting.min() else { break };
        if rows.target.error.is_some() || span.is_some_and(|(_, end)| time >= end) {
            break;
        }
        let first = tables.first.get(number).copied().unwrap_or(0);
        if let (Some(source), Some(facts)) = (sources.get_mut(number), facts.sources.get_mut(number)) {
            if rows.target.laps.is_chosen(time) {
                rows.take(facts, first, time, &source.data);
            }
            source.advance(facts);
        }
    }
    for sink in &mut rows.sinks {
        sink.hand_over(&mut rows.target);
    }
    rows
}

/// A source with the record that comes next.
struct Source {
    reader: SessionReader,
    waiting: Option<Timestamp>,
    data: Vec<u8>,
}

impl Source {
    fn new(reader: SessionReader) -> Self {
        Self { reader, waiting: None, data: Vec::new() }
    }

    /// Reads the next record.
    fn advance(&mut self, facts: &mut SourceFacts) {
        self.waiting = None;
        match self.reader.next_record() {
            Ok(Some(record)) => {
                self.waiting = Some(record.timestamp);
                self.data.clear();
                self.data.extend_from_slice(record.data);
                facts.records += 1;
                facts.first = facts.first.or(self.waiting);
                facts.last = self.waiting;
                return;
            }
            Ok(None) => facts.end = Some(self.reader.end()),
            Err(error) => facts.error = Some(error),
        }
        facts.damage = self.reader.damage().to_vec();
        facts.ledger = self.reader.ledger().cloned().or(facts.ledger.take());
    }
}

impl RawRows {
    /// Makes a row of `record`, which is of the source whose first table is number `first`.
    fn take(&mut self, facts: &SourceFacts, first: usize, time: Timestamp, record: &[u8]) {
        let schema = &facts.header.schema;
        let view = schema.view(record);
        let kind = match view.recognized() {
            Recognized::Kind(kind) => schema.kinds.iter().position(|known| std::ptr::eq(known, kind)),
            Recognized::Frame => Some(0),
            _ => None,
        };
        let Some(sink) = kind.and_then(|kind| self.sinks.get_mut(first + kind)) else {
            self.unrecognized += 1;
            return;
        };
        sink.rows.times.push(time);
        let mut columns = sink.rows.columns.iter_mut();
        for (field, value) in view.values() {
            match lengths(field).as_slice() {
                [] => columns.next().into_iter().for_each(|column| push(column, &value)),
                lengths => push_list(&mut columns, lengths, &value),
            }
        }
        if sink.is_full() {
            sink.hand_over(&mut self.target);
        }
    }
}

/// Gives each element of `value`, an array of `lengths`, to its column; what is not there is unknown.
fn push_list<'a>(columns: &mut impl Iterator<Item = &'a mut Values>, lengths: &[u32], value: &Value) {
    let Some((length, inner)) = lengths.split_first() else {
        columns.next().into_iter().for_each(|column| push(column, value));
        return;
    };
    let elements = match value {
        Value::List(elements) => elements.as_slice(),
        Value::Missing => &[],
        // An array whose length the record says is one value when that is one.
        one => std::slice::from_ref(one),
    };
    for number in 0..*length as usize {
        push_list(columns, inner, elements.get(number).unwrap_or(&Value::Missing));
    }
}

fn push(column: &mut Values, value: &Value) {
    match column {
        Values::F64(values) => values.push(value.as_f64().unwrap_or(f64::NAN)),
        Values::F32(values) => values.push(if let Value::F32(value) = value { *value } else { f32::NAN }),
        Values::Int(values) => values.push(match *value {
            Value::Int(value) => Some(value),
            Value::UInt(value) => i64::try_from(value).ok(),
            _ => None,
        }),
        Values::UInt(values) => values.push(match *value {
            Value::UInt(value) => Some(value),
            Value::Int(value) => u64::try_from(value).ok(),
            _ => None,
        }),
        Values::Bool(values) => values.push(if let Value::Bool(value) = value { Some(*value) } else { None }),
        Values::Text(values) => values.push(match value {
            Value::Missing => None,
            Value::Text(text) => Some(text.as_str().into()),
            value => Some(value.to_string().into()),
        }),
    }
}

/// The error of a schema with more columns than any format takes.
pub(super) fn check_size(tables: &RawTables) -> io::Result<()> {
    /// More than the fields of any game's frame.
    const MOST: usize = 200_000;
    match tables.tables.iter().find(|table| table.columns.len() > MOST) {
        None => Ok(()),
        Some(table) => Err(io::Error::other(format!(
            "{} has {} columns, the most is {MOST}",
            table.name,
            table.columns.len()
        ))),
    }
}
