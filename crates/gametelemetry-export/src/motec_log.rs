//! MoTeC i2: `.ld` with its `.ldx`, and the CSV that i2 exports.
//!
//! Between the rows of an export and the pure writers of `motec`: names, units and rates as i2 has them, and beacons where
//! laps end. Texts have no place in a log; the session's are in its head.

use std::io::{self, Write};

use gametelemetry::{
    DataType, ExportInfo, Exporter, ExporterNeeds, OutputFile, OutputFiles, Rows, Timestamp, Values,
};

use crate::motec::{
    LdChannel, LdInfo, LdWriteError, LdWriter, Ldx, MotecCsvRange, MotecCsvWriter, MotecName, motec_name,
};

/// Writes a `.ld` file, and beside it the `.ldx` with the laps.
#[derive(Default)]
pub struct MotecExporter {
    writer: Option<LdWriter<OutputFile>>,
    laps: Option<OutputFile>,
    names: Vec<(usize, MotecName)>,
    notes: Vec<String>,
}

impl Exporter for MotecExporter {
    fn needs(&self) -> ExporterNeeds {
        ExporterNeeds::constant_rate()
    }

    fn begin(&mut self, info: &ExportInfo, files: &OutputFiles) -> io::Result<()> {
        let log = Log::of(info)?;
        self.writer = Some(LdWriter::create(files.create()?, &log.info, &log.channels).map_err(io_error)?);
        self.laps = Some(files.create_beside("ldx")?);
        self.names = log.names;
        Ok(())
    }

    fn rows(&mut self, _: usize, rows: &Rows) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        for (channel, (column, name)) in self.names.iter().enumerate() {
            if let Some(Values::F64(values)) = rows.columns().get(*column) {
                let mut values = values.iter().map(|value| name.value(*value));
                values.try_for_each(|value| writer.push(channel, value)).map_err(io_error)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, info: &ExportInfo) -> io::Result<()> {
        if let Some(mut file) = self.laps.take() {
            file.write_all(beacons(info).to_xml().as_bytes())?;
        }
        if let Some(writer) = self.writer.take() {
            let (mut file, summary) = writer.finish().map_err(io_error)?;
            file.flush()?;
            let held = summary.channels.iter().map(|channel| u64::from(channel.held)).sum();
            let clipped = summary.channels.iter().map(|channel| u64::from(channel.clipped)).sum();
            note_changes(
                &mut self.notes,
                held,
                "hold the value before them, or 0: a .ld has no unknown value",
                clipped,
            );
        }
        Ok(())
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }
}

/// Writes CSV in the layout of MoTeC i2's own export.
#[derive(Default)]
pub struct MotecCsvExporter {
    writer: Option<MotecCsvWriter<OutputFile>>,
    names: Vec<(usize, MotecName)>,
    row: Vec<f64>,
    notes: Vec<String>,
}

impl Exporter for MotecCsvExporter {
    fn needs(&self) -> ExporterNeeds {
        ExporterNeeds::constant_rate()
    }

    fn begin(&mut self, info: &ExportInfo, files: &OutputFiles) -> io::Result<()> {
        let log = Log::of(info)?;
        let range = MotecCsvRange {
            hz: log.hz,
            rows: info.row_count.unwrap_or(0),
            distance_m: None,
            beacons_us: beacons(info).beacons_us,
        };
        self.writer = Some(MotecCsvWriter::create(files.create()?, &log.info, &log.channels, &range)?);
        self.names = log.names;
        Ok(())
    }

    fn rows(&mut self, _: usize, rows: &Rows) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        for row in 0..rows.count() {
            let value = |column: usize| rows.cell(column, row).as_f64().unwrap_or(f64::NAN);
            self.row.clear();
            self.row.extend(self.names.iter().map(|(column, name)| name.value(value(*column))));
            writer.push_row(&self.row)?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &ExportInfo) -> io::Result<()> {
        if let Some(writer) = self.writer.take() {
            let (mut file, summary) = writer.finish()?;
            file.flush()?;
            note_changes(&mut self.notes, summary.missing, "are empty", summary.clipped);
        }
        Ok(())
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }
}

fn note_changes(notes: &mut Vec<String>, unknown: u64, become_what: &str, clipped: u64) {
    if unknown > 0 {
        notes.push(format!("{unknown} values that the game did not tell {become_what}"));
    }
    if clipped > 0 {
        notes.push(format!("{clipped} values are beyond what the format holds and were clipped"));
    }
}

/// What both formats begin with.
struct Log {
    info: LdInfo,
    hz: u16,
    channels: Vec<LdChannel>,
    /// Of each channel the column it is in, and what it is called.
    names: Vec<(usize, MotecName)>,
}

impl Log {
    fn of(info: &ExportInfo) -> io::Result<Self> {
        let hz = whole_rate(info.hz)?;
        let samples = u32::try_from(info.row_count.unwrap_or(0)).unwrap_or(u32::MAX);
        let columns = info.tables.first().map_or(&[] as &[_], |table| &table.columns);
        let (mut channels, mut names) = (Vec::new(), Vec::new());
        let numbers = columns.iter().enumerate().filter(|(_, column)| column.data == DataType::F64);
        for (number, column) in numbers {
            channels.push(LdChannel { hz, samples, ..LdChannel::of(&column.name, &column.unit) });
            names.push((number, motec_name(&column.name, &column.unit)));
        }
        Ok(Self { info: head(info), hz, channels, names })
    }
}

/// A MoTeC rate is a whole number.
fn whole_rate(hz: Option<f64>) -> io::Result<u16> {
    let hz = hz.unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with what it was")]
    let whole = hz.round() as u16;
    if whole == 0 || f64::from(whole) != hz {
        let text =
            format!("a MoTeC log has a whole number of samples a second, not {hz}: choose another --hz");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    Ok(whole)
}

fn head(info: &ExportInfo) -> LdInfo {
    let part = info.part();
    let venue = if part.track_layout.is_empty() {
        part.track
    } else {
        format!("{} {}", part.track, part.track_layout)
    };
    LdInfo {
        started: local_time(info.first.unwrap_or(info.facts.started), info.facts.utc_offset_seconds),
        driver: part.driver,
        vehicle: part.car,
        venue,
        event: info.facts.game.clone(),
        session: part.session_type,
        comment: format!("{} of {}", info.program(), info.facts.session),
    }
}

/// `time` on the clock of the place; UTC where that is not known.
fn local_time(time: Timestamp, utc_offset_seconds: Option<i32>) -> Option<jiff::civil::DateTime> {
    let moment = jiff::Timestamp::from_nanosecond(time.unix_nanoseconds()).ok()?;
    let offset = jiff::tz::Offset::from_seconds(utc_offset_seconds.unwrap_or(0)).ok()?;
    Some(offset.to_datetime(moment))
}

/// The laps, on the time of the first row.
fn beacons(info: &ExportInfo) -> Ldx {
    let nanoseconds = |time: Timestamp| i64::try_from(time.unix_nanoseconds()).unwrap_or(0);
    let first = info.first.unwrap_or(info.facts.started);
    #[expect(clippy::cast_precision_loss, reason = "a number of rows is far below 2^53")]
    let length_s = info.row_count.unwrap_or(0) as f64 / info.hz.unwrap_or(1.0);
    let is_in = |time: Timestamp| (0.0..=length_s).contains(&time.seconds_since(first));
    // A lap without a time was not driven from line to line; where it touches one that was, that one says so.
    let timed = info.laps.laps.iter().filter(|lap| lap.time.is_some());
    let crossings = timed.flat_map(|lap| [lap.start, lap.end]).filter(|time| is_in(*time));
    let crossings: Vec<i64> = crossings.map(nanoseconds).collect();
    let best = info.laps.best().and_then(|best| info.laps.laps.get(best));
    let best = best.filter(|lap| is_in(lap.start) && is_in(lap.end)).map(|lap| nanoseconds(lap.end));
    let head = head(info);
    let details = [("Venue", head.venue), ("Vehicle", head.vehicle), ("Driver", head.driver)];
    let laps = Ldx::from_crossings(&crossings, nanoseconds(first)).with_fastest(best, nanoseconds(first));
    let known = details.into_iter().filter(|(_, text)| !text.is_empty());
    known.fold(laps, |laps, (name, text)| laps.with_detail(name, &text))
}

/// What the disk said, where it was the disk.
fn io_error(error: LdWriteError) -> io::Error {
    match error {
        LdWriteError::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidInput, other),
    }
}
