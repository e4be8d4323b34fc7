//! `cat`: prints frames as JSON Lines or CSV, of all sources merged by time.

use std::io::Write;
use std::time::Duration;

use anyhow::{Result, bail};
use gametelemetry::{
    ChannelKind, ChannelMapping, End, Field, FrameView, Recognized, Schema, SessionReader, StopToken,
    Timestamp, Value, channel,
};

use super::Outcome;
use super::record::stop_on_ctrl_c;
use crate::args::{Cat, Printed};
use crate::recordings::{self, Opened, Readable};
use crate::session_arg::Session;
use crate::{output, words};

/// How often a growing file is looked at.
const FOLLOW: Duration = Duration::from_millis(100);

pub(crate) fn run(args: &Cat) -> Result<Outcome> {
    let session = args.session.open(&args.cloud)?;
    if args.follow && matches!(session, Session::Remote(_)) {
        bail!("a session at a URL does not grow, leave out --follow");
    }
    let Readable { sources, unreadable } = recordings::open_readable(&session, args.source.as_deref())?;
    let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    let mut sources = select(sources, args)?;
    if args.format == Printed::Csv && sources.len() > 1 {
        bail!("CSV has one source, name it with --source: {}", names.join(", "));
    }
    let start = start_of(&mut sources)?;
    let to = args.to.map_or(Timestamp::MAX, |moment| moment.resolve(start));
    for source in &mut sources {
        source.reader.seek(args.from.map_or(Timestamp::MIN, |moment| moment.resolve(start)))?;
        source.advance()?;
    }
    print(&mut sources, args, to)?;
    let mut is_lost = unreadable > 0;
    for source in &sources {
        is_lost |= source.say_what_is_lost(args.follow);
    }
    Ok(Outcome::lost_if(is_lost))
}

/// Time of the first frame of all, which offsets count from; of the recording's start while there is none.
fn start_of(sources: &mut [Source]) -> Result<Timestamp> {
    let mut start = None;
    let started = sources.iter().map(|source| source.reader.header().clock.started).min();
    for Source { reader, .. } in sources {
        let first = match reader.index().and_then(|index| index.entries.first()) {
            Some(entry) => Some(entry.first),
            None => reader.next_record()?.map(|record| record.timestamp),
        };
        start = start.into_iter().chain(first).min();
    }
    Ok(start.or(started).unwrap_or_default())
}

/// One source being printed.
struct Source {
    name: String,
    reader: SessionReader,
    columns: Vec<Column>,
    /// The next record, if there is one.
    next: Option<(Timestamp, Vec<u8>)>,
    at_end: bool,
    is_being_written: bool,
}

impl Source {
    fn advance(&mut self) -> Result<()> {
        let next = self.reader.next_record()?;
        // The buffer of the record before is used again.
        match (next, &mut self.next) {
            (Some(record), Some((timestamp, data))) => {
                *timestamp = record.timestamp;
                data.clear();
                data.extend_from_slice(record.data);
            }
            (Some(record), none) => *none = Some((record.timestamp, record.data.to_vec())),
            (None, next) => (*next, self.at_end) = (None, true),
        }
        Ok(())
    }

    /// Says on stderr what of the file could not be printed; gives whether that was anything. Of a file that is
    /// followed, or still being recorded, an end that is missing is none.
    fn say_what_is_lost(&self, follow: bool) -> bool {
        for damage in self.reader.damage() {
            output::say(format_args!("{}: {damage}", self.name));
        }
        let is_growing = follow || self.is_being_written;
        let is_cut = self.at_end && !is_growing && self.reader.end() != End::Complete;
        if is_cut {
            output::say(format_args!(
                "{}: {}; `gametelemetry recover` makes it whole",
                self.name,
                self.reader.end()
            ));
        }
        is_cut || !self.reader.damage().is_empty()
    }
}

/// What one column shows.
struct Column {
    name: String,
    shows: Shows,
}

enum Shows {
    Field {
        name: String,
        element: Option<u32>,
    },
    /// The mappings of one channel: versions of a game may store it in different ways, each of its own kind.
    Channel(Vec<ChannelMapping>),
}

impl Column {
    fn value(&self, view: &FrameView<'_>) -> Value {
        match &self.shows {
            Shows::Field { name, element } => match (view.field(name), element) {
                (Some(field), Some(element)) => view.read_element(field, *element),
                (Some(field), None) => view.read(field),
                (None, _) => Value::Missing,
            },
            Shows::Channel(mappings) if is_text(&self.name) => {
                let text = mappings.iter().find_map(|mapping| mapping.read_text(view));
                text.map_or(Value::Missing, Value::Text)
            }
            Shows::Channel(mappings) => {
                let value = mappings.iter().find_map(|mapping| mapping.read(view));
                value.map_or(Value::Missing, Value::F64)
            }
        }
    }
}

/// Whether the channel called `name` is a text.
fn is_text(name: &str) -> bool {
    channel(name).is_some_and(|channel| channel.kind == ChannelKind::Text)
}

/// Keeps the sources that have any of the columns asked for.
fn select(sources: Vec<Opened>, args: &Cat) -> Result<Vec<Source>> {
    let mut selected = Vec::new();
    let mut found = vec![false; args.fields.len().max(args.channels.len())];
    let (mut known, mut kinds) = (Vec::new(), Vec::new());
    for Opened { name, reader, is_being_written } in sources {
        kinds.extend(reader.schema().kinds.iter().map(|kind| kind.name.clone()));
        let columns = columns_of(&reader, args, &mut found, &mut known);
        let asks_nothing = args.fields.is_empty() && args.channels.is_empty();
        let has_kind = args.kind.as_ref().is_none_or(|kind| reader.schema().kind(kind).is_some());
        if (asks_nothing || !columns.is_empty()) && has_kind {
            selected.push(Source { name, reader, columns, next: None, at_end: false, is_being_written });
        }
    }
    if let Some(kind) = args.kind.as_ref().filter(|_| selected.is_empty()) {
        let guess = words::did_you_mean(kind, kinds.iter().map(String::as_str));
        bail!("no source has messages of kind {kind}{guess} (`gametelemetry info --json` lists all)");
    }
    let asked = args.fields.iter().chain(&args.channels);
    if let Some((missing, _)) = asked.zip(&found).find(|(_, found)| !**found) {
        let guess = words::did_you_mean(missing, known.iter().map(String::as_str));
        let what = if args.channels.is_empty() { "field" } else { "channel" };
        bail!("no source has a {what} {missing}{guess} (`gametelemetry info --json` lists all)");
    }
    Ok(selected)
}

fn columns_of(
    reader: &SessionReader,
    args: &Cat,
    found: &mut [bool],
    known: &mut Vec<String>,
) -> Vec<Column> {
    let (schema, channels) = (reader.schema(), &reader.header().channels);
    if args.channels.is_empty() {
        known.extend(all_fields(schema).map(|(_, field)| field.name.clone()));
    } else {
        known.extend(channels.iter().map(|mapping| mapping.channel.to_string()));
    }
    let mut columns = Vec::new();
    for (wanted, found) in args.fields.iter().zip(found.iter_mut()) {
        if let Some((name, element)) = find_field(schema, wanted) {
            columns.push(Column { name: wanted.clone(), shows: Shows::Field { name, element } });
            *found = true;
        }
    }
    for (wanted, found) in args.channels.iter().zip(found) {
        let mappings: Vec<_> =
            channels.iter().filter(|mapping| mapping.channel == wanted.as_str()).cloned().collect();
        if !mappings.is_empty() {
            columns.push(Column { name: wanted.clone(), shows: Shows::Channel(mappings) });
            *found = true;
        }
    }
    columns
}

/// Every field of `schema`, those of a kind with the kind's name.
fn all_fields(schema: &Schema) -> impl Iterator<Item = (Option<&str>, &Field)> {
    let kinds = schema.kinds.iter();
    let of_kinds = kinds.flat_map(|kind| kind.fields.iter().map(|field| (Some(kind.name.as_str()), field)));
    schema.fields.iter().map(|field| (None, field)).chain(of_kinds)
}

/// The columns of a CSV for which none were named: the fields that its records have.
fn every_field(source: &Source, args: &Cat) -> Result<Vec<Column>> {
    let schema = source.reader.schema();
    let fields = match (&args.kind, schema.kinds.as_slice()) {
        (Some(name), _) => schema.kind(name).map(|kind| &kind.fields),
        (None, []) => Some(&schema.fields),
        (None, kinds) => {
            let names: Vec<_> = kinds.iter().map(|kind| kind.name.as_str()).collect();
            bail!("CSV has one kind of messages, name it with --kind: {}", names.join(", "))
        }
    };
    let column = |field: &Field| Column {
        name: field.name.clone(),
        shows: Shows::Field { name: field.name.clone(), element: None },
    };
    Ok(fields.into_iter().flatten().map(column).collect())
}

/// The field called `wanted`, or the element that `name[2]` means; `kind/field` is that of one kind of messages.
fn find_field(schema: &Schema, wanted: &str) -> Option<(String, Option<u32>)> {
    let find = |name: &str| {
        let (kind, plain) = name.split_once('/').map_or((None, name), |(kind, field)| (Some(kind), field));
        let mut fields = all_fields(schema);
        fields
            .find(|(of, field)| field.name == plain && (kind.is_none() || *of == kind))
            .map(|(_, field)| field)
    };
    if find(wanted).is_some() {
        return Some((wanted.to_owned(), None));
    }
    let (name, element) = wanted.strip_suffix(']')?.rsplit_once('[')?;
    let (field, element) = (find(name)?, element.parse().ok()?);
    let is_one_text = field.kind.is_text() && field.shape.is_empty() && field.pointer.is_none();
    let is_there = element < field.count || field.pointer.is_some();
    (is_there && !is_one_text).then(|| (name.to_owned(), Some(element)))
}

/// What of one record is printed: its kind, and the columns; `None` when it has none of those that were asked for.
struct Line<'a> {
    kind: Option<&'a str>,
    cells: Vec<(&'a str, Value)>,
}

impl<'a> Line<'a> {
    fn of(source: &'a Source, frame: &'a [u8], args: &Cat) -> Option<Self> {
        let view = source.reader.schema().view(frame);
        let kind = view.kind().map(|kind| kind.name.as_str());
        if args.kind.is_some() && args.kind.as_deref() != kind {
            return None;
        }
        let mut cells: Vec<(&str, Value)> =
            source.columns.iter().map(|column| (column.name.as_str(), column.value(&view))).collect();
        if !source.columns.is_empty() {
            let is_of_kinds = !source.reader.schema().kinds.is_empty();
            let has_any = cells.iter().any(|(_, value)| *value != Value::Missing);
            return (has_any || !is_of_kinds).then_some(Self { kind, cells });
        }
        cells.extend(view.values().map(|(field, value)| (field.name.as_str(), value)));
        if let Recognized::Unknown | Recognized::WrongSize(_) = view.recognized() {
            cells.push(("bytes", Value::Bytes(frame.to_vec())));
        }
        Some(Self { kind, cells })
    }
}

/// Prints record after record, the earliest first.
fn print(sources: &mut [Source], args: &Cat, to: Timestamp) -> Result<()> {
    let mut out = output::stdout();
    if let (Printed::Csv, [source]) = (args.format, &mut *sources) {
        if source.columns.is_empty() {
            source.columns = every_field(source, args)?;
        }
        let names = source.columns.iter().map(|column| csv_cell(&column.name));
        writeln!(out, "timestamp,{}", names.collect::<Vec<_>>().join(","))?;
    }
    let stop = StopToken::new();
    if args.follow {
        stop_on_ctrl_c(&stop)?;
    }
    let mut left = args.limit.unwrap_or(u64::MAX);
    while left > 0 {
        let times = sources.iter().enumerate();
        let times = times.filter_map(|(number, source)| Some((source.next.as_ref()?.0, number)));
        let Some((timestamp, number)) = times.min() else {
            out.flush()?;
            if !args.follow || is_finished(sources) || stop.wait_for(FOLLOW) {
                break;
            }
            sources.iter_mut().try_for_each(Source::advance)?;
            continue;
        };
        if timestamp > to {
            break;
        }
        let Some(source) = sources.get_mut(number) else { break };
        if let Some((timestamp, frame)) = &source.next
            && let Some(line) = Line::of(source, frame, args)
        {
            match args.format {
                Printed::Jsonl => write_json(&mut out, &source.name, *timestamp, &line)?,
                Printed::Csv => write_csv(&mut out, *timestamp, &line)?,
            }
            left -= 1;
        }
        source.advance()?;
    }
    Ok(out.flush()?)
}

fn is_finished(sources: &[Source]) -> bool {
    sources.iter().all(|source| source.at_end && source.reader.end() == End::Complete)
}

fn write_json(out: &mut impl Write, source: &str, timestamp: Timestamp, line: &Line<'_>) -> Result<()> {
    use serde::ser::{SerializeMap, Serializer};
    let mut json = serde_json::Serializer::new(&mut *out);
    let mut map = json.serialize_map(None)?;
    map.serialize_entry("timestamp", &timestamp.to_string())?;
    map.serialize_entry("source", source)?;
    if let Some(kind) = line.kind {
        map.serialize_entry("kind", kind)?;
    }
    for (name, value) in &line.cells {
        map.serialize_entry(name, value)?;
    }
    map.end()?;
    Ok(writeln!(out)?)
}

fn write_csv(out: &mut impl Write, timestamp: Timestamp, line: &Line<'_>) -> Result<()> {
    write!(out, "{timestamp}")?;
    for (_, value) in &line.cells {
        write!(out, ",{}", csv_cell(&value.to_string()))?;
    }
    Ok(writeln!(out)?)
}

/// A cell as RFC 4180 wants it: quoted when it has a comma, a quote or a line break.
fn csv_cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
