//! Which channels a field is: `channel = "speed"`, a list of them for an array, a table with scale and offset.

use crate::{CHANNELS, ChannelKind, ChannelMapping, Field, Lookup, Plus, channel};

use super::error::{Mistakes, Span};
use super::guess::did_you_mean;
use super::table::{Table, Text, Value, items, number_of, text_of};

/// A field that becomes a channel, as it is written.
#[derive(Clone, Debug)]
pub(super) struct Use<'t> {
    channel: Text<'t>,
    element: Option<u32>,
    scale: f64,
    offset: f64,
    missing: Option<f64>,
    instead: [Option<(f64, f64)>; 2],
    lookup: Option<LookupText<'t>>,
    plus: Option<PlusText<'t>>,
    bounds: Vec<f64>,
    /// Channels in the list it comes from, each of which is one element; 0 when it is from none.
    listed: usize,
    /// It stands in `channels` and not at its field, and is taken as it is written.
    is_entry: bool,
}

/// Where the player's part of an array of cars is, as it is written.
#[derive(Clone, Debug)]
struct LookupText<'t> {
    key: Text<'t>,
    list: Option<Text<'t>>,
    cars: Option<Text<'t>>,
    stride: Option<u32>,
    span: Span,
}

/// A field that is added, as it is written.
#[derive(Clone, Debug)]
struct PlusText<'t> {
    field: Text<'t>,
    scale: f64,
}

impl<'t> Use<'t> {
    /// Reads what stands behind `channel =`.
    pub(super) fn read(value: &'t Value<'t>, mistakes: &'t Mistakes) -> Vec<Self> {
        if !value.get_ref().is_table() {
            return Self::named(value, mistakes);
        }
        let Some(table) = Table::of(value, "`channel`", mistakes) else { return Vec::new() };
        table.required("name", "\"speed\"");
        let names = table.get("name").map_or_else(Vec::new, |value| Self::named(value, mistakes));
        let settings = Settings::read(&table);
        table.finish();
        names.into_iter().map(|name| settings.apply(name)).collect()
    }

    fn new(channel: Text<'t>) -> Self {
        Self {
            channel,
            element: None,
            scale: 1.0,
            offset: 0.0,
            missing: None,
            instead: [None; 2],
            lookup: None,
            plus: None,
            bounds: Vec::new(),
            listed: 0,
            is_entry: false,
        }
    }

    /// One channel, or one for each element.
    fn named(value: &'t Value<'t>, mistakes: &'t Mistakes) -> Vec<Self> {
        let listed = value.get_ref().as_array().map_or(0, |list| list.len());
        let channel = |(number, item)| {
            let name = text_of(item, "`channel`", mistakes)?;
            // An empty name leaves an element out.
            if listed > 0 && name.text.is_empty() {
                return None;
            }
            check_channel(&name, mistakes);
            let element = if listed > 0 { u32::try_from(number).ok() } else { None };
            Some(Self { element, listed, ..Self::new(name) })
        };
        items(value).enumerate().filter_map(channel).collect()
    }

    /// Reads an entry of `channels`, and the field that it names.
    pub(super) fn read_entry(table: &Table<'t>) -> Option<(Self, Text<'t>)> {
        table.required("name", "\"speed\"");
        table.required("field", "\"speed_kmh\"");
        let names = table.get("name").map_or_else(Vec::new, |value| Self::named(value, table.mistakes));
        let field = table.text("field");
        let settings = Settings::read(table);
        table.finish();
        let [name] = <[Self; 1]>::try_from(names).ok()?;
        Some((Self { is_entry: true, ..settings.apply(name) }, field?))
    }

    /// The mapping of `field` of `source`; `path` is how it is called there. What is wrong with it is noted.
    pub(super) fn mapping(
        &self,
        field: &Field,
        all: &[Field],
        (source, path): (&str, String),
        mistakes: &Mistakes,
    ) -> ChannelMapping {
        if self.is_entry {
            self.check_entry(field, mistakes);
        } else {
            self.check_elements(field, mistakes);
        }
        ChannelMapping {
            channel: self.channel.text.to_owned().into(),
            source: source.to_owned().into(),
            field: path.into(),
            element: self.element,
            scale: self.scale,
            offset: self.offset,
            missing: self.missing,
            instead: self.instead,
            lookup: self.lookup.as_ref().map(|lookup| lookup.resolve(field, all, mistakes)),
            plus: self.plus.as_ref().map(|plus| plus.resolve(all, mistakes)),
            bounds: self.bounds.clone().into(),
        }
    }

    fn check_entry(&self, field: &Field, mistakes: &Mistakes) {
        let reach = field.pointer.is_none() && self.lookup.is_none();
        if let Some(element) = self.element.filter(|&element| reach && element >= field.count) {
            let (name, count) = (&field.name, field.count);
            let text =
                format!("`{name}` has {count} elements, the first is 0: there is no element {element}");
            mistakes.add(&self.channel.span, text);
        }
    }

    fn check_elements(&self, field: &Field, mistakes: &Mistakes) {
        if field.pointer.is_some() {
            return;
        }
        let (name, span) = (&field.name, &self.channel.span);
        let inner = if self.lookup.is_some() { stride_of(field) } else { inner_of(field) };
        if field.kind.is_run() && !is_text_of_text(self.channel.text, field) {
            mistakes.add(span, format!("`{name}` is a text, and this channel is a number"));
        } else if self.listed > 0 && self.listed != inner as usize {
            let listed = self.listed;
            mistakes.add(
                span,
                format!("{listed} channels for the {inner} elements of `{name}`; \"\" leaves one out"),
            );
        } else if self.element.is_some_and(|element| element >= inner) {
            let element = self.element.unwrap_or_default();
            mistakes.add(
                span,
                format!("`{name}` has {inner} elements, the first is 0: there is no element {element}"),
            );
        } else if self.element.is_none() && inner > 1 {
            let text = format!(
                "`{name}` has {inner} elements: write a list of channels, one an element, or {{ name = \"{}\", element = 0 }}",
                self.channel.text
            );
            mistakes.add(span, text);
        }
    }
}

/// Notes a channel that there is not.
fn check_channel(name: &Text<'_>, mistakes: &Mistakes) {
    if channel(name.text).is_none() {
        let guess = did_you_mean(name.text, CHANNELS.iter().map(|channel| channel.name));
        let help = if guess.is_empty() { "; docs/formats.md says where they are listed" } else { &guess };
        mistakes.add(&name.span, format!("there is no channel `{}`{help}", name.text));
    }
}

/// What a table may say of a channel beside its name.
struct Settings<'t> {
    element: Option<u32>,
    scale: f64,
    offset: f64,
    missing: Option<f64>,
    instead: [Option<(f64, f64)>; 2],
    lookup: Option<LookupText<'t>>,
    plus: Option<PlusText<'t>>,
    bounds: Vec<f64>,
}

impl<'t> Settings<'t> {
    fn read(table: &Table<'t>) -> Self {
        Self {
            element: table.count("element", 0, u32::MAX),
            scale: table.number("scale").unwrap_or(1.0),
            offset: table.number("offset").unwrap_or(0.0),
            missing: table.number("missing"),
            instead: read_instead(table),
            lookup: table.table("lookup").and_then(|table| LookupText::read(&table)),
            plus: table.table("plus").and_then(|table| PlusText::read(&table)),
            bounds: read_bounds(table),
        }
    }

    fn apply(&self, named: Use<'t>) -> Use<'t> {
        Use {
            element: named.element.or(self.element),
            scale: self.scale,
            offset: self.offset,
            missing: self.missing,
            instead: self.instead,
            lookup: self.lookup.clone(),
            plus: self.plus.clone(),
            bounds: self.bounds.clone(),
            ..named
        }
    }
}

/// `instead = [[15, 0], [0, -1]]`: stored numbers, each with what the channel is then.
fn read_instead(table: &Table<'_>) -> [Option<(f64, f64)>; 2] {
    let Some(value) = table.get("instead") else { return [None; 2] };
    let wrong = || {
        let help = "`instead` is one or two pairs of a stored number and the channel's: write [[15, 0]]";
        table.mistakes.add(&value.span(), help);
    };
    let mut pairs = Vec::new();
    for pair in items(value) {
        let numbers: Vec<f64> =
            items(pair).filter_map(|number| number_of(number, "instead", table.mistakes)).collect();
        match numbers[..] {
            [stored, channel] => pairs.push((stored, channel)),
            _ => wrong(),
        }
    }
    match pairs[..] {
        [one] => [Some(one), None],
        [one, two] => [Some(one), Some(two)],
        _ => {
            wrong();
            [None; 2]
        }
    }
}

/// `bounds = [0.3, 0.6]`: ascending numbers.
fn read_bounds(table: &Table<'_>) -> Vec<f64> {
    let Some(value) = table.get("bounds") else { return Vec::new() };
    let bounds: Vec<f64> =
        items(value).filter_map(|number| number_of(number, "bounds", table.mistakes)).collect();
    if !bounds.is_sorted_by(|one, next| one < next) {
        table.mistakes.add(&value.span(), "`bounds` must ascend: write [0.3, 0.6]");
    }
    bounds
}

impl<'t> PlusText<'t> {
    fn read(table: &Table<'t>) -> Option<Self> {
        table.required("field", "\"minutes\"");
        let (field, scale) = (table.text("field"), table.number("scale").unwrap_or(1.0));
        table.finish();
        Some(Self { field: field?, scale })
    }

    /// The field is called as in the schema, under its whole name.
    fn resolve(&self, all: &[Field], mistakes: &Mistakes) -> Plus {
        let name = self.field.text;
        if !all.iter().any(|field| field.name == name) {
            let guess = did_you_mean(name, all.iter().map(|field| field.name.as_str()));
            mistakes.add(&self.field.span, format!("there is no field `{name}` here{guess}"));
        }
        Plus { field: name.to_owned().into(), scale: self.scale }
    }
}

impl<'t> LookupText<'t> {
    fn read(table: &Table<'t>) -> Option<Self> {
        table.required("key", "\"player_car_index\"");
        let lookup = (table.text("key"), table.text("list"), table.text("cars"));
        let stride = table.count("stride", 0, u32::MAX);
        table.finish();
        let (key, list, cars) = lookup;
        Some(Self { key: key?, list, cars, stride, span: table.span.clone() })
    }

    fn resolve(&self, field: &Field, all: &[Field], mistakes: &Mistakes) -> Lookup {
        for name in [Some(&self.key), self.list.as_ref(), self.cars.as_ref()].into_iter().flatten() {
            if !name.text.is_empty() && !all.iter().any(|field| field.name == name.text) {
                let guess = did_you_mean(name.text, all.iter().map(|field| field.name.as_str()));
                mistakes.add(&name.span, format!("there is no field `{}` here{guess}", name.text));
            }
        }
        if field.count == 1 && self.stride.is_none() && field.pointer.is_none() {
            mistakes.add(&self.span, format!("`{}` is no array: there is nothing to look up", field.name));
        }
        let text =
            |text: Option<&Text<'_>>| text.map_or_else(String::new, |text| text.text.to_owned()).into();
        Lookup {
            list: text(self.list.as_ref()),
            key: text(Some(&self.key)),
            cars: text(self.cars.as_ref()),
            stride: self.stride.unwrap_or_else(|| stride_of(field)),
        }
    }
}

/// Whether `field` is a text and `name` a channel that is one.
pub(super) fn is_text_of_text(name: &str, field: &Field) -> bool {
    field.kind.is_text() && channel(name).is_some_and(|channel| channel.kind == ChannelKind::Text)
}

/// Elements of `field` that a channel may be one of: a text is one, whatever its length.
pub(super) fn inner_of(field: &Field) -> u32 {
    if field.kind.is_run() {
        field.shape.split_last().map_or(1, |(_, of)| of.iter().product())
    } else {
        field.count
    }
}

/// Elements of one car, when the outermost length counts cars.
pub(super) fn stride_of(field: &Field) -> u32 {
    let count = inner_of(field);
    let cars = field.shape.first().copied().unwrap_or(count);
    count.checked_div(cars).unwrap_or(1)
}
