//! Imports a MoTeC `.ld`: a source for each rate of the log, one for its texts, and one for the beacons of a `.ldx` beside it.

use std::path::Path;

use anyhow::{Context, Result};
use gametelemetry::{
    BinarySessionWriter, ChannelMapping, Field, FieldKind, FrameSize, Header, Ledger, Schema, SessionWriter,
    Timestamp, WriterOptions, files,
};
use gametelemetry_export::motec::{LdChannelData, LdFile, Ldx, channel_of};

use super::import::{Imported, session_id};
use crate::output::Progress;

/// First bytes of a `.ld`.
const START: &[u8] = &[0x40, 0, 0, 0];
/// Source of the log's texts, one record.
const LOG: &str = "log";
/// Source of the beacons, one record each.
const BEACONS: &str = "beacons";
/// Bytes of a value.
const VALUE: u32 = 8;

/// Whether the first bytes are those of a `.ld`.
pub(crate) fn looks_like(start: &[u8]) -> bool {
    start.starts_with(START)
}

pub(crate) fn import(path: &Path, out: &Path) -> Result<Imported> {
    let bytes = std::fs::read(path)?;
    let file = LdFile::read(&bytes)?;
    let mut notices: Vec<String> = file.damage.iter().map(ToString::to_string).collect();
    let lost_data = !file.damage.is_empty();
    let started = started(&file).unwrap_or_else(|| {
        notices.push("the log does not say when it was made; it begins in 1970 now".to_owned());
        Timestamp::from_unix_nanoseconds(0)
    });
    let folder = files::create_session_folder(out, started, "motec")?;
    let id = session_id("ld", path, started)?;
    let session = Session { folder: &folder, started, id, imported_from: file_name(path) };
    write_texts(&session, &file)?;
    write_beacons(&session, path, &mut notices)?;
    let mut rates: Vec<u16> = file.channels.iter().map(|channel| channel.hz).collect();
    rates.sort_unstable();
    rates.dedup();
    let mut mapped = Vec::new();
    for &hz in rates.iter().rev().filter(|hz| **hz > 0) {
        let channels: Vec<&LdChannelData> = file.channels.iter().filter(|it| it.hz == hz).collect();
        write_rate(&session, &file, hz, &channels, &mut mapped)?;
    }
    let without_rate = file.channels.iter().filter(|channel| channel.hz == 0).count();
    if without_rate > 0 {
        notices.push(format!("{without_rate} channels have no sample rate and were left out"));
    }
    Ok(Imported { folder, notices, lost_data: lost_data || without_rate > 0 })
}

/// What the files of the session have in common.
struct Session<'a> {
    folder: &'a Path,
    started: Timestamp,
    id: String,
    imported_from: String,
}

impl Session<'_> {
    fn create(
        &self,
        source: &str,
        schema: Schema,
        channels: Vec<ChannelMapping>,
    ) -> Result<BinarySessionWriter> {
        let mut header = Header::new("motec", source, schema, self.started);
        header.session.clone_from(&self.id);
        header.imported_from.clone_from(&self.imported_from);
        header.channels = channels;
        let path = self.folder.join(format!("{source}.{}", files::EXTENSION));
        Ok(BinarySessionWriter::create(&path, &header, WriterOptions::default())?)
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// When the log began. It says so in local time, without the zone: taken for UTC.
fn started(file: &LdFile<'_>) -> Option<Timestamp> {
    let zoned = file.header.started()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp::from_unix_nanoseconds(zoned.timestamp().as_nanosecond()))
}

fn mapping(channel: &str, source: &str, field: &str, scale: f64) -> ChannelMapping {
    let mut mapping = ChannelMapping::new("", "", "").scale(scale);
    mapping.channel = channel.to_owned().into();
    mapping.source = source.to_owned().into();
    mapping.field = field.to_owned().into();
    mapping
}

/// The texts of the header as one JSON record.
fn write_texts(session: &Session<'_>, file: &LdFile<'_>) -> Result<()> {
    let header = &file.header;
    let texts = [
        ("driver", "driver", &header.driver),
        ("vehicle", "car", &header.vehicle),
        ("venue", "track", &header.venue),
        ("event", "", &header.event),
        ("session", "session_type", &header.session),
        ("short_comment", "", &header.short_comment),
        ("comment", "", &header.comment),
        ("device_type", "", &header.device_type),
    ];
    let record: serde_json::Map<String, serde_json::Value> =
        texts.iter().map(|(name, _, text)| ((*name).to_owned(), (*text).clone().into())).collect();
    let record = serde_json::to_vec(&record)?;
    let max = u32::try_from(record.len()).unwrap_or(u32::MAX);
    let mut schema = Schema::new("Log", FrameSize::Variable { max });
    schema.fields = texts
        .iter()
        .map(|(name, ..)| Field {
            name: (*name).to_owned(),
            kind: FieldKind::Utf8,
            count: 1,
            pointer: Some(format!("/{name}")),
            // Comments are whatever somebody wrote.
            personal: matches!(*name, "driver" | "short_comment" | "comment").then_some(true),
            ..Field::default()
        })
        .collect();
    let named = texts.iter().filter(|(_, channel, _)| !channel.is_empty());
    let channels = named.map(|(name, channel, _)| mapping(channel, LOG, name, 1.0)).collect();
    let mut writer = session.create(LOG, schema, channels)?;
    writer.write(session.started, &record)?;
    finish(writer, 1, session.started, session.started, None)
}

/// The crossings of a `.ldx` beside the log: at each, the number of the lap that begins and the time of the one that
/// ended.
fn write_beacons(session: &Session<'_>, path: &Path, notices: &mut Vec<String>) -> Result<()> {
    let Ok(bytes) = std::fs::read(path.with_extension("ldx")) else {
        notices.push("there is no .ldx beside the log, so that nothing tells its laps apart".to_owned());
        return Ok(());
    };
    let ldx = match Ldx::read(&bytes) {
        Ok(ldx) => ldx,
        Err(error) => {
            notices.push(format!("the .ldx beside the log was left out: {error}"));
            return Ok(());
        }
    };
    let field = |name: &str, offset: u32, unit: &str| Field {
        name: name.to_owned(),
        kind: FieldKind::F64,
        offset,
        count: 1,
        unit: unit.to_owned(),
        ..Field::default()
    };
    let mut schema = Schema::new("Beacons", FrameSize::Fixed(2 * VALUE));
    schema.fields = vec![field("lap_number", 0, ""), field("last_lap_time_s", VALUE, "s")];
    let channels = vec![
        mapping("lap_number", BEACONS, "lap_number", 1.0),
        mapping("last_lap_time", BEACONS, "last_lap_time_s", 1.0).missing(-1.0),
    ];
    let mut writer = session.create(BEACONS, schema, channels)?;
    let mut records: Vec<(u64, f64)> = vec![(0, -1.0)];
    for (number, &at) in ldx.beacons_us.iter().enumerate() {
        // What lies before the first beacon is no whole lap, unless the log begins at the line.
        let before = number.checked_sub(1).and_then(|before| ldx.beacons_us.get(before));
        #[expect(clippy::cast_precision_loss, reason = "microseconds of a lap")]
        let time = before.map_or(-1.0, |before| at.saturating_sub(*before) as f64 / 1e6);
        records.push((at, time));
    }
    let mut last = session.started;
    for (number, (at, time)) in records.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "the number of a lap")]
        let lap = number as f64;
        last = session.started + std::time::Duration::from_micros(*at);
        writer.write(last, &[lap.to_le_bytes(), time.to_le_bytes()].concat())?;
    }
    finish(writer, records.len() as u64, session.started, last, None)
}

/// All channels of one rate as one source; a channel that ends early is NaN from there on.
fn write_rate(
    session: &Session<'_>,
    file: &LdFile<'_>,
    hz: u16,
    channels: &[&LdChannelData],
    mapped: &mut Vec<&'static str>,
) -> Result<()> {
    let source = format!("{hz}hz");
    let size = u32::try_from(channels.len()).unwrap_or(u32::MAX).saturating_mul(VALUE);
    let mut schema = Schema::new(format!("Log{hz}Hz"), FrameSize::Fixed(size));
    let mut mappings = Vec::new();
    for (number, channel) in channels.iter().enumerate() {
        let taken = |name: &str| schema.fields.iter().any(|field| field.name == name);
        let name = unique_name(&channel.name, taken);
        if let Some((ours, scale)) = channel_of(&channel.name, &channel.unit)
            && !mapped.contains(&ours)
        {
            mapped.push(ours);
            mappings.push(mapping(ours, &source, &name, scale));
        }
        schema.fields.push(Field {
            name,
            kind: FieldKind::F64,
            offset: u32::try_from(number).unwrap_or(u32::MAX).saturating_mul(VALUE),
            count: 1,
            unit: channel.unit.clone(),
            description: channel.short_name.clone(),
            ..Field::default()
        });
    }
    let mut writer = session.create(&source, schema, mappings)?;
    let rows = channels.iter().map(|channel| channel.samples).max().unwrap_or(0);
    let progress = Progress::new("importing", Some(rows.into()));
    let mut samples: Vec<_> = channels.iter().map(|channel| file.samples(channel)).collect();
    let mut record = Vec::new();
    let mut last = session.started;
    for row in 0..rows {
        record.clear();
        for channel in &mut samples {
            record.extend_from_slice(&channel.next().unwrap_or(f64::NAN).to_le_bytes());
        }
        let nanoseconds = u64::from(row) * 1_000_000_000 / u64::from(hz);
        last = session.started + std::time::Duration::from_nanos(nanoseconds);
        writer.write(last, &record).context("cannot store the samples")?;
        if row.is_multiple_of(1024) {
            progress.set(row.into());
        }
    }
    finish(writer, rows.into(), session.started, last, Some(hz.into()))
}

/// The name of a channel as a field: a slash would stand for a kind of message, and names come twice in logs.
fn unique_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let name = name.replace('/', "-");
    let name = if name.is_empty() { "unnamed".to_owned() } else { name };
    if !taken(&name) {
        return name;
    }
    (2_u32..).map(|number| format!("{name} {number}")).find(|name| !taken(name)).unwrap_or_default()
}

fn finish(
    mut writer: BinarySessionWriter,
    records: u64,
    first: Timestamp,
    last: Timestamp,
    hz: Option<f64>,
) -> Result<()> {
    let ledger = Ledger {
        looks: records,
        frames: records,
        recorded: records,
        requested_hz: hz,
        first_frame: (records > 0).then_some(first),
        last_frame: (records > 0).then_some(last),
        finished: true,
        ..Ledger::default()
    };
    writer.finish(&ledger)?;
    Ok(())
}
