//! `cat`: prints frames as JSON Lines or CSV, of all sources merged by time.

use std::io::Write;
use std::time::Duration;

use anyhow::{Result, bail};
use gametelemetry::{ChannelMapping, End, Schema, SessionReader, StopToken, Timestamp, Value};

use super::Outcome;
use super::record::stop_on_ctrl_c;
use crate::args::{Cat, Format};
use crate::recordings::{self, Opened, Readable};
use crate::{output, words};

/// How often a growing file is looked at.
const FOLLOW: Duration = Duration::from_millis(100);

pub(crate) fn run(args: &Cat) -> Result<Outcome> {
    let Readable { sources, unreadable } = recordings::open_readable(&args.session, args.source.as_deref())?;
    let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    let mut sources = select(sources, args)?;
    if args.format == Format::Csv && sources.len() > 1 {
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
    Field { number: usize, element: Option<u32> },
    Channel(ChannelMapping),
}

impl Column {
    fn value(&self, schema: &Schema, frame: &[u8]) -> Value {
        match &self.shows {
            Shows::Field { number, element } => match (schema.fields.get(*number), element) {
                (Some(field), Some(element)) => field.read_element(frame, *element),
                (Some(field), None) => field.read(frame),
                (None, _) => Value::Missing,
            },
            Shows::Channel(mapping) => mapping.read(schema, frame).map_or(Value::Missing, Value::F64),
        }
    }
}

/// Keeps the sources that have any of the columns asked for.
fn select(sources: Vec<Opened>, args: &Cat) -> Result<Vec<Source>> {
    let mut selected = Vec::new();
    let mut found = vec![false; args.fields.len().max(args.channels.len())];
    let mut known = Vec::new();
    for Opened { name, reader, is_being_written } in sources {
        let columns = columns_of(&reader, args, &mut found, &mut known);
        if !columns.is_empty() {
            selected.push(Source { name, reader, columns, next: None, at_end: false, is_being_written });
        }
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
    let field = |number: usize, name: &str, element| Column {
        name: name.to_owned(),
        shows: Shows::Field { number, element },
    };
    if args.fields.is_empty() && args.channels.is_empty() {
        let fields = schema.fields.iter().enumerate();
        return fields.map(|(number, described)| field(number, &described.name, None)).collect();
    }
    known.extend(
        channels.iter().map(|mapping| mapping.channel.to_string()).filter(|_| !args.channels.is_empty()),
    );
    known.extend(schema.fields.iter().map(|field| field.name.clone()).filter(|_| args.channels.is_empty()));
    let mut columns = Vec::new();
    for (wanted, found) in args.fields.iter().zip(found.iter_mut()) {
        if let Some((number, element)) = find_field(schema, wanted) {
            columns.push(field(number, wanted, element));
            *found = true;
        }
    }
    for (wanted, found) in args.channels.iter().zip(found) {
        if let Some(mapping) = channels.iter().find(|mapping| mapping.channel == wanted.as_str()) {
            columns.push(Column { name: wanted.clone(), shows: Shows::Channel(mapping.clone()) });
            *found = true;
        }
    }
    columns
}

/// The field called `wanted`, or the element that `name[2]` means.
fn find_field(schema: &Schema, wanted: &str) -> Option<(usize, Option<u32>)> {
    let position = |name: &str| schema.fields.iter().position(|field| field.name == name);
    if let Some(number) = position(wanted) {
        return Some((number, None));
    }
    let (name, element) = wanted.strip_suffix(']')?.rsplit_once('[')?;
    let (number, element) = (position(name)?, element.parse().ok()?);
    let field = schema.fields.get(number)?;
    (element < field.count && !field.kind.is_text()).then_some((number, Some(element)))
}

/// Prints record after record, the earliest first.
fn print(sources: &mut [Source], args: &Cat, to: Timestamp) -> Result<()> {
    let mut out = output::stdout();
    if let (Format::Csv, [source]) = (args.format, &*sources) {
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
        match args.format {
            Format::Jsonl => write_json(&mut out, source)?,
            Format::Csv => write_csv(&mut out, source)?,
        }
        source.advance()?;
        left -= 1;
    }
    Ok(out.flush()?)
}

fn is_finished(sources: &[Source]) -> bool {
    sources.iter().all(|source| source.at_end && source.reader.end() == End::Complete)
}

fn write_json(out: &mut impl Write, source: &Source) -> Result<()> {
    use serde::ser::{SerializeMap, Serializer};
    let Some((timestamp, frame)) = &source.next else { return Ok(()) };
    let mut json = serde_json::Serializer::new(&mut *out);
    let mut map = json.serialize_map(None)?;
    map.serialize_entry("timestamp", &timestamp.to_string())?;
    map.serialize_entry("source", &source.name)?;
    for column in &source.columns {
        map.serialize_entry(&column.name, &column.value(source.reader.schema(), frame))?;
    }
    map.end()?;
    Ok(writeln!(out)?)
}

fn write_csv(out: &mut impl Write, source: &Source) -> Result<()> {
    let Some((timestamp, frame)) = &source.next else { return Ok(()) };
    write!(out, "{timestamp}")?;
    for column in &source.columns {
        write!(out, ",{}", csv_cell(&column.value(source.reader.schema(), frame).to_string()))?;
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
