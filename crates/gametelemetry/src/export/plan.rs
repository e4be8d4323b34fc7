//! Which channels an export has, and which source's frames set its pace.
//!
//! Looks at what the files say of themselves; reads no record.

use std::collections::BTreeMap;

use gametelemetry_file::{ChannelMapping, Field, FieldKind, Header, MessageKind, Schema};

use super::{Column, DataType, ExportError, Table};
use crate::channels::{CHANNELS, ChannelKind, channel};
use crate::moments::DerivedChannel;
use crate::nearest::nearest_word;
use crate::processor::SessionFacts;

/// What an export of channels is.
#[derive(Debug)]
pub(super) struct Plan {
    /// The one table; its columns are named as [`crate::ChannelRequest`] takes them.
    pub(super) table: Table,
    /// The columns that one kind of frame tells: where one of them is told a row is due.
    pub(super) pace: Vec<usize>,
}

impl Plan {
    /// The plan for the channels `wanted`, or for all of `available` when none are named.
    pub(super) fn new(
        facts: &SessionFacts,
        available: &[String],
        derived: &[DerivedChannel],
        wanted: &[String],
    ) -> Result<Self, ExportError> {
        let headers: Vec<&Header> = facts.sources.iter().map(|source| &source.header).collect();
        let names = if wanted.is_empty() { in_order(available) } else { without_doubles(wanted) };
        if names.is_empty() {
            return Err(ExportError::NoChannels);
        }
        let describe = |name: &String| describe(name, &headers, available, derived);
        let columns = names.iter().map(describe).collect::<Result<Vec<Column>, _>>()?;
        let pace = pace(&columns, &headers, derived);
        let table = Table { name: "channels".into(), source: String::new(), kind: String::new(), columns };
        Ok(Self { table, pace })
    }
}

/// In the order of the table of channels; those that are not in it come last.
fn in_order(available: &[String]) -> Vec<String> {
    let mut names = available.to_vec();
    let place =
        |name: &String| CHANNELS.iter().position(|channel| channel.name == name).unwrap_or(usize::MAX);
    names.sort_by_cached_key(place);
    names
}

fn without_doubles(wanted: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(wanted.len());
    for name in wanted {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

fn describe(
    name: &str,
    headers: &[&Header],
    available: &[String],
    derived: &[DerivedChannel],
) -> Result<Column, ExportError> {
    if let Some((source, field)) = name.split_once(':') {
        return describe_field(name, source, field, headers);
    }
    if !available.iter().any(|known| known == name) {
        let nearest = nearest_word(name, available.iter().map(String::as_str)).map(str::to_owned);
        return Err(ExportError::NoSuchChannel { name: name.to_owned(), nearest });
    }
    let mappings: Vec<ChannelMapping> =
        headers.iter().flat_map(|header| &header.channels).filter(|it| it.channel == name).cloned().collect();
    let own = derived.iter().find(|channel| mappings.is_empty() && channel.name == name);
    let (unit, kind, meaning) = match (own, channel(name)) {
        (Some(own), known) => (own.unit.as_str(), own.kind, known.map_or("", |channel| channel.meaning)),
        (None, Some(known)) => (known.unit, known.kind, known.meaning),
        (None, None) => ("", ChannelKind::Continuous, ""),
    };
    let data = if kind == ChannelKind::Text { DataType::Text } else { DataType::F64 };
    let (unit, meaning) = (unit.to_owned(), meaning.to_owned());
    Ok(Column { name: name.to_owned(), unit, kind, data, meaning, mappings, element: None })
}

/// A column that is a field of the game, as `physics:wheel_slip[2]`.
fn describe_field(name: &str, source: &str, field: &str, headers: &[&Header]) -> Result<Column, ExportError> {
    let plain = field.split_once('[').map_or(field, |(plain, _)| plain);
    let header = headers.iter().find(|header| header.source == source);
    let Some(found) = header.and_then(|header| fields_named(plain, &header.schema).next()) else {
        return Err(ExportError::NoSuchChannel {
            name: name.to_owned(),
            nearest: nearest_field(name, headers),
        });
    };
    if found.kind.is_text() || found.kind == FieldKind::Bytes {
        return Err(ExportError::TextField { name: name.to_owned() });
    }
    Ok(Column {
        name: name.to_owned(),
        unit: found.unit.clone(),
        kind: kind_of(found.kind),
        data: DataType::F64,
        meaning: found.description.clone(),
        mappings: Vec::new(),
        element: None,
    })
}

/// How the values of an original field lie between two samples.
pub(super) fn kind_of(kind: FieldKind) -> ChannelKind {
    match kind {
        FieldKind::F32 | FieldKind::F64 => ChannelKind::Continuous,
        kind if kind.is_text() || kind == FieldKind::Bytes => ChannelKind::Text,
        _ => ChannelKind::Step,
    }
}

fn fields_named<'a>(name: &str, schema: &'a Schema) -> impl Iterator<Item = &'a Field> {
    let kinds: Vec<Option<&MessageKind>> = kinds_of(schema);
    kinds.into_iter().filter_map(move |kind| field_of(name, schema, kind))
}

/// The kinds of a source's messages; one that is none, when it has no kinds.
fn kinds_of(schema: &Schema) -> Vec<Option<&MessageKind>> {
    if schema.kinds.is_empty() { vec![None] } else { schema.kinds.iter().map(Some).collect() }
}

/// The field `name`, or `kind/name`, in messages of `kind`.
fn field_of<'a>(name: &str, schema: &'a Schema, kind: Option<&'a MessageKind>) -> Option<&'a Field> {
    let (wanted, name) = name.split_once('/').map_or((None, name), |(kind, name)| (Some(kind), name));
    match kind {
        Some(kind) if wanted.is_none_or(|wanted| wanted == kind.name) => kind.field(name),
        None if wanted.is_none() => schema.field(name),
        _ => None,
    }
}

fn nearest_field(name: &str, headers: &[&Header]) -> Option<String> {
    let of_source = |header: &&Header| {
        let fields = kinds_of(&header.schema).into_iter().flat_map(|kind| {
            let (kind, fields) = match kind {
                Some(kind) => (format!("{}/", kind.name), &kind.fields),
                None => (String::new(), &header.schema.fields),
            };
            let source = &header.source;
            fields.iter().map(move |field| format!("{source}:{kind}{}", field.name)).collect::<Vec<_>>()
        });
        fields.collect::<Vec<String>>()
    };
    let known: Vec<String> = headers.iter().flat_map(of_source).collect();
    nearest_word(name, known.iter().map(String::as_str)).map(str::to_owned)
}

/// The columns of the kind of frame that tells the most in a second: what moves counts more than what jumps, so that a
/// slow source with many settings does not win.
fn pace(columns: &[Column], headers: &[&Header], derived: &[DerivedChannel]) -> Vec<usize> {
    let mut best = (0.0, Vec::new());
    for header in headers {
        for kind in kinds_of(&header.schema) {
            let frames = Frames { header, kind, derived };
            let told = columns.iter().enumerate().filter(|(_, column)| frames.tell(&column.name, 0));
            let told: Vec<(usize, f64)> = told.map(|(at, column)| (at, weight(column.kind))).collect();
            let score = frames.usual_hz() * told.iter().map(|(_, weight)| weight).sum::<f64>();
            if score > best.0 {
                let told: Vec<usize> = told.into_iter().map(|(at, _)| at).collect();
                best = (score, only_here(&told, columns, &frames));
            }
        }
    }
    best.1
}

/// Those of `told` that the same kinds of frames tell as most of them: each packet of a port tells the time, and several
/// versions of one packet tell the same.
fn only_here(told: &[usize], columns: &[Column], here: &Frames<'_>) -> Vec<usize> {
    let kinds: Vec<Frames<'_>> =
        kinds_of(&here.header.schema).into_iter().map(|kind| Frames { kind, ..*here }).collect();
    let mut groups: BTreeMap<Vec<bool>, Vec<usize>> = BTreeMap::new();
    for &at in told {
        let name = columns.get(at).map_or("", |column| column.name.as_str());
        groups.entry(kinds.iter().map(|kind| kind.tell(name, 0)).collect()).or_default().push(at);
    }
    // Of two that are as large the one that fewer kinds tell.
    let size = |(tellers, at): &(Vec<bool>, Vec<usize>)| {
        (at.len(), std::cmp::Reverse(tellers.iter().filter(|tells| **tells).count()))
    };
    groups.into_iter().max_by_key(size).map(|(_, at)| at).unwrap_or_default()
}

fn weight(kind: ChannelKind) -> f64 {
    match kind {
        ChannelKind::Continuous | ChannelKind::Angle | ChannelKind::Resetting => 1.0,
        ChannelKind::Step => 0.25,
        ChannelKind::Text => 0.01,
    }
}

/// The frames of one kind of a source.
#[derive(Clone, Copy)]
struct Frames<'a> {
    header: &'a Header,
    kind: Option<&'a MessageKind>,
    derived: &'a [DerivedChannel],
}

impl Frames<'_> {
    /// How often they come, Hz: as it was asked for, or as the game says, or as most games do.
    fn usual_hz(&self) -> f64 {
        let said = self.kind.and_then(|kind| kind.rate_hz).or(self.header.requested_hz);
        said.filter(|hz| hz.is_finite() && *hz > 0.0).unwrap_or(60.0)
    }

    /// Whether they tell the channel `name`; one that is worked out is told with any of its inputs.
    fn tell(&self, name: &str, depth: usize) -> bool {
        /// Channels worked out from others that are worked out: a user's slip may make a circle of them.
        const DEEPEST: usize = 8;
        if let Some((source, field)) = name.split_once(':') {
            return source == self.header.source && self.has(field.split_once('[').map_or(field, |it| it.0));
        }
        let mut mappings = self.header.channels.iter().filter(|mapping| mapping.channel == name);
        let inputs = || self.derived.iter().filter(|it| it.name == name).flat_map(|it| &it.inputs);
        mappings.any(|mapping| self.has(&mapping.field))
            || (depth < DEEPEST && inputs().any(|input| self.tell(input, depth + 1)))
    }

    fn has(&self, field: &str) -> bool {
        field_of(field, &self.header.schema, self.kind).is_some()
    }
}
