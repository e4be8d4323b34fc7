//! Rows of samples as files: collects them into row groups, row groups into files, and hands whole files over.
//!
//! Behind `RateRows`. At most one row group and one file are in memory. A part of the session has files of its own, since it
//! may belong to another partition.

use std::collections::BTreeMap;
use std::sync::Arc;

use gametelemetry::{Cell, DataType, Laps, Rows, SessionPart, Table, Timestamp, Values};
use gametelemetry_export::{GroupWriter, microseconds};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;

use super::LakeError;
use super::parquet_file::{Done, ParquetFile};
use super::places::{Place, Places};
use super::table::{LakeTable, LakeType, OWN_SAMPLE_COLUMNS};

/// Rows of a group at most.
pub(super) const GROUP: usize = 1 << 17;
/// Bytes that the values of a group may take, so that wide rows do not fill the memory.
const GROUP_BYTES: usize = 64 << 20;
/// A file that is larger is ended; engines like files of this size.
const FILE: usize = 112 << 20;

/// What is said of every row of a session.
pub(super) struct SampleSession {
    pub(super) session: String,
    pub(super) version: i32,
    pub(super) started: Timestamp,
    pub(super) laps: Laps,
    pub(super) places: Places,
    pub(super) redact: bool,
}

/// Takes a file of a part, with its number there.
pub(super) type Emit = Box<dyn FnMut(usize, usize, Done) -> Result<(), LakeError> + Send>;

/// Makes files of rows.
pub(super) struct SampleRows {
    of: SampleSession,
    emit: Emit,
    /// For each column of the table behind our own the column of the rows, if they have it.
    channels: Vec<Option<usize>>,
    /// The columns of the rows that say how far round the lap the car is.
    position: Option<usize>,
    distance: Option<usize>,
    data: Vec<DataType>,
    group_rows: usize,
    group: Group,
    file: Option<ParquetFile>,
    part: usize,
    /// The number that the next file of each part has.
    numbers: BTreeMap<usize, usize>,
}

/// The rows that are being collected.
#[derive(Default)]
struct Group {
    times: Vec<Timestamp>,
    places: Vec<Place>,
    columns: Vec<Values>,
}

impl SampleRows {
    /// For rows of `table`.
    pub(super) fn new(of: SampleSession, table: &Table, emit: Emit) -> Self {
        let columns = LakeTable::Samples.columns().iter().skip(OWN_SAMPLE_COLUMNS.len());
        let place = |name: &str| table.columns.iter().position(|column| column.name == name);
        let data: Vec<DataType> = table.columns.iter().map(|column| column.data).collect();
        // A text is shared and counted: two words.
        let row = 64 + 16 * data.len();
        Self {
            of,
            emit,
            channels: columns.map(|column| place(column.name)).collect(),
            position: place("lap_position"),
            distance: place("lap_distance"),
            group_rows: (GROUP_BYTES / row).clamp(64, GROUP),
            group: Group::new(&data),
            data,
            file: None,
            part: 0,
            numbers: BTreeMap::new(),
        }
    }

    /// Takes the next rows.
    pub(super) fn take(&mut self, rows: &Rows) -> Result<(), LakeError> {
        for (row, time) in rows.times().iter().enumerate() {
            let place = self.of.places.at(*time);
            if place.part != self.part {
                self.end_file()?;
                self.part = place.part;
            }
            self.group.take(*time, place, rows, row);
            if self.group.times.len() >= self.group_rows {
                self.end_group()?;
            }
        }
        Ok(())
    }

    /// Ends the last file; gives how many files each part has.
    pub(super) fn finish(&mut self) -> Result<(), LakeError> {
        self.end_file()
    }

    fn end_file(&mut self) -> Result<(), LakeError> {
        self.end_group()?;
        let Some(file) = self.file.take() else { return Ok(()) };
        let number = self.numbers.entry(self.part).or_default();
        let own = *number;
        *number += 1;
        (self.emit)(self.part, own, file.finish()?)
    }

    fn end_group(&mut self) -> Result<(), LakeError> {
        if self.group.times.is_empty() {
            return Ok(());
        }
        let pairs = [("session", self.of.session.clone())];
        let mut file = match self.file.take() {
            Some(file) => file,
            None => ParquetFile::new(LakeTable::Samples, &pairs)?,
        };
        let group = std::mem::replace(&mut self.group, Group::new(&self.data));
        let rows = group.times.len();
        file.group(rows, |writer| self.write(&group, writer))?;
        let is_full = file.len() >= FILE;
        self.file = Some(file);
        if is_full { self.end_file() } else { Ok(()) }
    }

    fn write(&self, group: &Group, writer: &mut GroupWriter<'_, Vec<u8>>) -> Result<(), ParquetError> {
        let nothing = SessionPart::default();
        let part = self.of.laps.parts.get(self.part).unwrap_or(&nothing);
        let values = |place: Option<usize>| match place.and_then(|place| group.columns.get(place)) {
            Some(Values::F64(values)) => values.as_slice(),
            _ => &[],
        };
        let (position, distance) = (values(self.position), values(self.distance));
        let own = Own { of: &self.of, part, number: self.part, group, position, distance };
        for column in OWN_SAMPLE_COLUMNS {
            own.write(column.name, writer)?;
        }
        let columns = LakeTable::Samples.columns().iter().skip(OWN_SAMPLE_COLUMNS.len());
        for (column, place) in columns.zip(&self.channels) {
            match (place.and_then(|place| group.columns.get(place)), column.data) {
                (Some(values), _) => writer.values(values)?,
                (None, LakeType::Text) => writer.unknown::<ByteArrayType>(group.times.len())?,
                (None, _) => writer.unknown::<DoubleType>(group.times.len())?,
            }
        }
        Ok(())
    }
}

impl Group {
    fn new(data: &[DataType]) -> Self {
        let column = |data: &DataType| match data {
            DataType::Text => Values::Text(Vec::new()),
            _ => Values::F64(Vec::new()),
        };
        Self { times: Vec::new(), places: Vec::new(), columns: data.iter().map(column).collect() }
    }

    fn take(&mut self, time: Timestamp, place: Place, rows: &Rows, row: usize) {
        self.times.push(time);
        self.places.push(place);
        for (values, more) in self.columns.iter_mut().zip(rows.columns()) {
            match (values, more) {
                (Values::F64(values), Values::F64(more)) => {
                    values.push(more.get(row).copied().unwrap_or(f64::NAN));
                }
                (Values::Text(values), Values::Text(more)) => values.push(more.get(row).cloned().flatten()),
                (Values::F64(values), more) => values.push(more.cell(row).as_f64().unwrap_or(f64::NAN)),
                (Values::Text(values), more) => values.push(match more.cell(row) {
                    Cell::Text(text) => Some(Arc::from(text)),
                    _ => None,
                }),
                _ => {}
            }
        }
    }
}

/// The columns that are not channels.
struct Own<'a> {
    of: &'a SampleSession,
    part: &'a SessionPart,
    number: usize,
    group: &'a Group,
    /// Values of these channels; empty where they are not told.
    position: &'a [f64],
    distance: &'a [f64],
}

impl Own<'_> {
    fn write(&self, name: &str, writer: &mut GroupWriter<'_, Vec<u8>>) -> Result<(), ParquetError> {
        let (times, places) = (&self.group.times, &self.group.places);
        let lap = |place: &Place| place.lap.and_then(|lap| self.of.laps.laps.get(lap));
        let int = |number: usize| i32::try_from(number).ok();
        match name {
            "timestamp" => writer.known::<Int64Type, _>(times, |time| Some(microseconds(*time))),
            "time_s" => {
                writer.known::<DoubleType, _>(times, |time| Some(time.seconds_since(self.of.started)))
            }
            "session" => self.text(writer, &self.of.session),
            "session_version" => writer.known::<Int32Type, _>(times, |_| Some(self.of.version)),
            "part" => writer.known::<Int32Type, _>(times, |_| int(self.number)),
            "lap_index" => writer.known::<Int32Type, _>(places, |place| place.lap.and_then(int)),
            "lap" => writer.known::<Int32Type, _>(places, |place| {
                lap(place).and_then(|lap| i32::try_from(lap.lap).ok())
            }),
            "lap_elapsed_s" => {
                let both: Vec<(&Timestamp, &Place)> = times.iter().zip(places).collect();
                writer.known::<DoubleType, _>(&both, |(time, place)| {
                    lap(place)?.time_at(**time).map(|elapsed| elapsed.as_secs_f64())
                })
            }
            "lap_share" => {
                let rows: Vec<usize> = (0..times.len()).collect();
                writer.known::<DoubleType, _>(&rows, |row| self.share(*row))
            }
            "lap_kind" => {
                let mut last: Option<(&str, ByteArray)> = None;
                writer.known::<ByteArrayType, _>(places, |place| {
                    let name = lap(place)?.kind.name();
                    if last.as_ref().is_none_or(|(known, _)| *known != name) {
                        last = Some((name, ByteArray::from(name)));
                    }
                    last.as_ref().map(|(_, bytes)| bytes.clone())
                })
            }
            "is_taken_back" => writer.known::<BoolType, _>(places, |place| Some(place.is_taken_back)),
            "driver" => self.text(writer, if self.of.redact { "" } else { &self.part.driver }),
            "track_name" => self.text(writer, &self.part.track),
            "track_layout" => self.text(writer, &self.part.track_layout),
            "car_name" => self.text(writer, &self.part.car),
            "session_type" => self.text(writer, &self.part.session_type),
            _ => Err(ParquetError::General(format!("no such column: {name}"))),
        }
    }

    /// How far round its lap row number `row` is, 0 to 1.
    fn share(&self, row: usize) -> Option<f64> {
        self.group.places.get(row)?.lap?;
        let told = |values: &[f64]| values.get(row).copied().filter(|value| value.is_finite());
        let length = self.part.track_length_m.filter(|length| *length > 0.0);
        told(self.position).or_else(|| Some(told(self.distance)? / length?))
    }

    /// A column with one text; null where it is empty.
    fn text(&self, writer: &mut GroupWriter<'_, Vec<u8>>, text: &str) -> Result<(), ParquetError> {
        let bytes = (!text.is_empty()).then(|| ByteArray::from(text));
        writer.known::<ByteArrayType, _>(&self.group.times, |_| bytes.clone())
    }
}
