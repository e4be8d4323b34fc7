//! The whole text of a format: its head, its layout, its kinds and its channels, in the order in which each needs the
//! one before.

use toml::de::DeTable;

use crate::{
    ChannelMapping, Field, FrameSize, MAX_KINDS, MAX_PERSONAL_KEYS, MAX_RECORD_SIZE, MessageKind, Schema,
};

use super::error::{FormatErrors, Mistakes};
use super::guess::did_you_mean;
use super::kinds::{self, read_items, read_size};
use super::layout::{Layout, Rules};
use super::mapping::Use;
use super::structs::Structs;
use super::table::{Table, Text, items, text_of};
use super::{MAX_TEXT, PacketFormat, Transport, field, transport};

/// Reads a format; see [`PacketFormat::parse`].
pub(super) fn parse(text: &str) -> Result<PacketFormat, FormatErrors> {
    if text.len() > MAX_TEXT {
        let message = format!("the format has {} bytes, at most {MAX_TEXT} are allowed", text.len());
        return Err(FormatErrors::of_text(&message));
    }
    let mistakes = Mistakes::default();
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        mistakes.add(&error.span().unwrap_or(0..0), error.message().trim());
    }
    // What the TOML parser made of a broken text would be called wrong for what the user did not write.
    let format = if errors.is_empty() { read(&Table::new(root.get_ref(), 0..0, &mistakes)) } else { None };
    if let Some(format) = &format
        && mistakes.count() == 0
        && let Err(error) = format.schema.check()
    {
        mistakes.add(&(0..0), error.to_string());
    }
    match (mistakes.into_errors(text), format) {
        (None, Some(format)) => Ok(format),
        (Some(errors), _) => Err(errors),
        (None, None) => Err(FormatErrors::of_text("the format has no name")),
    }
}

fn read(root: &Table<'_>) -> Option<PacketFormat> {
    let mistakes = root.mistakes;
    root.required("name", "\"my_game\"");
    let name = root.text("name").filter(|name| check_id(name, mistakes));
    let transport = root.table("transport").and_then(|table| transport::read(&table));
    let source = root.text("source").filter(|name| check_id(name, mistakes));
    let source = source.map_or_else(|| default_source(transport.as_ref()), |text| text.text.to_owned());
    let rules = read_rules(root);
    let mut structs = root.table("structs").map(|table| Structs::read(&table)).unwrap_or_default();
    structs.check_all(&rules);
    let mut head = Layout::default();
    head.add_all(&read_items(root), &mut structs, &rules);
    let kinds = read_kinds(root, &head, &mut structs, &rules);
    let channels = read_channels(root, &head, &kinds, &source);
    let schema = Schema {
        version: root.words("version"),
        counter: read_counter(root, &head),
        reference: root.words("reference"),
        personal_keys: read_personal_keys(root),
        ..Schema::new(root.words("schema"), read_total(root, &head, &kinds, &rules))
    };
    let format = PacketFormat {
        title: root.words("title"),
        enable: root.words("enable"),
        source,
        transport,
        channels,
        ..PacketFormat::new("", schema)
    };
    root.finish();
    finish(format, name?.text, head, kinds)
}

/// Puts the schema together.
fn finish(
    mut format: PacketFormat,
    name: &str,
    head: Layout<'_>,
    kinds: Vec<Kind<'_>>,
) -> Option<PacketFormat> {
    name.clone_into(&mut format.name);
    if format.schema.name.is_empty() {
        name.clone_into(&mut format.schema.name);
    }
    format.schema.fields = head.fields;
    format.schema.kinds = kinds.into_iter().map(|kind| kind.kind).collect();
    Some(format)
}

/// A kind and how it lies.
struct Kind<'t> {
    kind: MessageKind,
    layout: Layout<'t>,
    /// Channels of the head, which come from every kind.
    of_head: usize,
}

/// Names of formats and sources become names of folders and files.
fn check_id(name: &Text<'_>, mistakes: &Mistakes) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    let fits = name.text.chars().all(is_plain)
        && name.text.len() <= 64
        && name.text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !fits {
        let message = "this becomes the name of files: write 1 to 64 small letters, digits, `_` and `-`, a letter or digit first";
        mistakes.add(&name.span, message);
    }
    fits
}

/// What the source is called unless it is said.
pub(super) fn default_source(transport: Option<&Transport>) -> String {
    match transport {
        Some(Transport::SharedMemory(_)) => "frames".to_owned(),
        _ => "packets".to_owned(),
    }
}

fn read_rules<'t>(root: &Table<'t>) -> Rules<'t> {
    let packing = root.count("packing", 1, 8).unwrap_or(1);
    if !packing.is_power_of_two() {
        let span = root.get("packing").map_or(0..0, toml::Spanned::span);
        root.mistakes.add(&span, "`packing` is 1, 2, 4 or 8");
    }
    let big_endian = field::read_endian(root).unwrap_or_default();
    let packing = if packing.is_power_of_two() { packing } else { 1 };
    Rules::new(root.mistakes, big_endian, packing, root.flag("json").unwrap_or_default())
}

/// The keys of texts that name somebody.
fn read_personal_keys(root: &Table<'_>) -> Vec<String> {
    let Some(value) = root.get("personal_keys") else { return Vec::new() };
    let keys: Vec<_> = items(value).collect();
    if keys.len() > MAX_PERSONAL_KEYS {
        root.mistakes.add(&value.span(), format!("at most {MAX_PERSONAL_KEYS} personal keys are allowed"));
        return Vec::new();
    }
    let keys = keys.into_iter().filter_map(|key| text_of(key, "a personal key", root.mistakes));
    keys.map(|key| key.text.to_owned()).collect()
}

fn read_counter(table: &Table<'_>, head: &Layout<'_>) -> Option<String> {
    let name = table.text("counter")?;
    head.find(&name, table.mistakes).map(|field| field.name.clone())
}

fn read_kinds<'t>(
    root: &Table<'t>,
    head: &Layout<'t>,
    structs: &mut Structs<'t>,
    rules: &Rules<'t>,
) -> Vec<Kind<'t>> {
    let mut kinds: Vec<Kind<'t>> = Vec::new();
    for table in root.tables("kinds") {
        if kinds.len() >= MAX_KINDS {
            root.mistakes.add(&table.span, format!("at most {MAX_KINDS} kinds are allowed"));
            break;
        }
        let Some((kind, layout, name)) = kinds::read(&table, head, structs, rules) else { continue };
        if kinds.iter().any(|other| other.kind.name == kind.name) {
            root.mistakes.add(&name.span, format!("two kinds are called `{}`", kind.name));
        }
        let hides = |other: &&Kind<'_>| other.kind.when == kind.when && other.kind.size == kind.size;
        if let Some(other) = kinds.iter().find(hides) {
            let message = format!(
                "`{}` would never be found: `{}` has the same size and the same `when`",
                kind.name, other.kind.name
            );
            root.mistakes.add(&name.span, message);
        }
        let of_head = if table.flag("head").unwrap_or(true) { head.uses.len() } else { 0 };
        kinds.push(Kind { kind, layout, of_head });
    }
    kinds
}

/// The size of a frame: of the only layout, or of the longest kind unless more is said.
fn read_total(root: &Table<'_>, head: &Layout<'_>, kinds: &[Kind<'_>], rules: &Rules<'_>) -> FrameSize {
    if !root.has("kinds") {
        return read_size(root, head, rules);
    }
    let sizes = kinds.iter().map(|kind| MessageKind::new("", kind.kind.size)).collect();
    let size = root.count("size", 1, MAX_RECORD_SIZE).map(FrameSize::Fixed);
    let max = root.count("max_size", 1, MAX_RECORD_SIZE).map(|max| FrameSize::Variable { max });
    let Some(said) = size.or(max) else { return Schema::of_kinds("", sizes).size };
    if let Some(kind) = kinds.iter().find(|kind| kind.kind.size.max() > said.max()) {
        let span = root.get("max_size").or(root.get("size")).map_or(0..0, toml::Spanned::span);
        let (name, needs, got) = (&kind.kind.name, kind.kind.size.max(), said.max());
        let message =
            format!("kind `{name}` has up to {needs} bytes, but all kinds have {got} at most by this");
        root.mistakes.add(&span, message);
    }
    said
}

/// The channels: those that stand at fields, then those that stand for themselves.
fn read_channels(
    root: &Table<'_>,
    head: &Layout<'_>,
    kinds: &[Kind<'_>],
    source: &str,
) -> Vec<ChannelMapping> {
    let mistakes = root.mistakes;
    let mapping = |layout: &Layout<'_>, number: usize, one: &Use<'_>, kind: Option<&str>| {
        let field = layout.fields.get(number)?;
        let path = kind.map_or_else(|| field.name.clone(), |kind| format!("{kind}/{}", field.name));
        Some(one.mapping(field, &layout.fields, (source, path), mistakes))
    };
    let mut channels: Vec<ChannelMapping> =
        head.uses.iter().filter_map(|(number, one)| mapping(head, *number, one, None)).collect();
    for kind in kinds {
        let own = kind.layout.uses.iter().skip(kind.of_head);
        channels.extend(
            own.filter_map(|(number, one)| mapping(&kind.layout, *number, one, Some(&kind.kind.name))),
        );
    }
    for table in root.tables("channels") {
        let Some((one, path)) = Use::read_entry(&table) else { continue };
        let Some((field, all)) = find_path(&path, head, kinds, mistakes) else { continue };
        channels.push(one.mapping(field, all, (source, path.text.to_owned()), mistakes));
    }
    channels
}

/// The field that `path` names, as `field` or `kind/field`, and those beside it.
fn find_path<'k>(
    path: &Text<'_>,
    head: &'k Layout<'_>,
    kinds: &'k [Kind<'_>],
    mistakes: &Mistakes,
) -> Option<(&'k Field, &'k [Field])> {
    let (wanted, name) =
        path.text.split_once('/').map_or((None, path.text), |(kind, name)| (Some(kind), name));
    let named = kinds.iter().filter(|kind| wanted.is_none_or(|wanted| kind.kind.name == wanted));
    let heads = [head].into_iter().filter(|_| wanted.is_none());
    let mut layouts = heads.chain(named.map(|kind| &kind.layout));
    let found = layouts.find_map(|layout| {
        layout.fields.iter().find(|field| field.name == name).map(|field| (field, layout.fields.as_slice()))
    });
    if found.is_none() {
        let of_kinds = kinds.iter().flat_map(|kind| kind.layout.names());
        let guess = did_you_mean(name, head.names().chain(of_kinds));
        mistakes.add(&path.span, format!("there is no field `{}`{guess}", path.text));
    }
    found
}
