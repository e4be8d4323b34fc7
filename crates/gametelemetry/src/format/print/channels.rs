//! Channels as text: at their fields when that gives the same list, all in one list otherwise.

use crate::{ChannelMapping, Field, Lookup};

use super::super::PacketFormat;
use super::super::mapping::{inner_of, is_text_of_text, stride_of};
use super::toml::{Entry, decimal, quoted, quoted_list};

/// More channels than this at one field are listed.
const MOST_AT_A_FIELD: u32 = 64;

/// The channels of a format, and where they are written.
pub(super) struct Channels<'f> {
    all: &'f [ChannelMapping],
    /// They stand at their fields.
    inline: bool,
}

impl<'f> Channels<'f> {
    pub(super) fn of(format: &'f PacketFormat) -> Self {
        let channels = Self { all: &format.channels, inline: true };
        Self { inline: channels.fit(format), ..channels }
    }

    /// Whether what is written at the fields, read in their order, is the list of channels.
    fn fit(&self, format: &PacketFormat) -> bool {
        let schema = &format.schema;
        let heads = schema.fields.iter().map(|field| (field, None));
        let of_kinds = schema.kinds.iter().flat_map(|kind| {
            let own = kind.fields.strip_prefix(schema.fields.as_slice()).unwrap_or(&kind.fields);
            own.iter().map(move |field| (field, Some(kind.name.as_str())))
        });
        let mut rest = self.all;
        for (field, kind) in heads.chain(of_kinds) {
            let path = path(field, kind);
            let here = rest.iter().take_while(|channel| channel.field == path).count();
            let (mine, behind) = rest.split_at_checked(here).unwrap_or((&[], rest));
            if here > 0 && text(field, mine).is_none() {
                return false;
            }
            rest = behind;
        }
        rest.is_empty()
    }

    /// What stands behind `channel =` at `field` of `kind`.
    pub(super) fn inline(&self, field: &Field, kind: Option<&str>) -> Option<String> {
        if !self.inline {
            return None;
        }
        let path = path(field, kind);
        let mine: Vec<ChannelMapping> =
            self.all.iter().filter(|channel| channel.field == path).cloned().collect();
        text(field, &mine)
    }

    /// The entries of the list `channels`.
    pub(super) fn entries(&self) -> Vec<String> {
        let entry = |channel: &ChannelMapping| {
            let mut entry = Entry::default();
            entry.text("name", &channel.channel);
            entry.text("field", &channel.field);
            if let Some(element) = channel.element {
                entry.raw("element", element);
            }
            settings(&mut entry, channel);
            if let Some(lookup) = &channel.lookup {
                entry.raw("lookup", lookup_entry(lookup, Some(lookup.stride)));
            }
            entry.to_string()
        };
        if self.inline { Vec::new() } else { self.all.iter().map(entry).collect() }
    }
}

fn path(field: &Field, kind: Option<&str>) -> String {
    kind.map_or_else(|| field.name.clone(), |kind| format!("{kind}/{}", field.name))
}

/// `mine` as the channels of `field`; `None` when there are none, or they cannot be written there.
fn text(field: &Field, mine: &[ChannelMapping]) -> Option<String> {
    let first = mine.first()?;
    let inner = if first.lookup.is_some() { stride_of(field) } else { inner_of(field) };
    let settings_of =
        |channel: &ChannelMapping| ChannelMapping { channel: "".into(), element: None, ..channel.clone() };
    let is_text = |channel: &ChannelMapping| is_text_of_text(&channel.channel, field);
    if (field.kind.is_run() && field.pointer.is_none() && !mine.iter().all(is_text))
        || mine.iter().any(|one| settings_of(one) != settings_of(first))
    {
        return None;
    }
    let names = match (mine, first.element) {
        ([_], None) if inner == 1 || field.pointer.is_some() => quoted(&first.channel),
        ([_], Some(element)) if element < inner && inner > 1 => quoted(&first.channel),
        ([_], _) => return None,
        _ => quoted_list(&listed(mine, inner)?),
    };
    let alone = matches!(mine, [_]).then_some(first.element).flatten();
    let mut entry = Entry::default();
    entry.raw("name", &names);
    if let Some(element) = alone {
        entry.raw("element", element);
    }
    settings(&mut entry, first);
    if let Some(lookup) = &first.lookup {
        let is_default = lookup.stride == stride_of(field) && field.count != 1;
        entry.raw("lookup", lookup_entry(lookup, (!is_default).then_some(lookup.stride)));
    }
    let mut plain = Entry::default();
    plain.raw("name", &names);
    Some(if entry.to_string() == plain.to_string() { names } else { entry.to_string() })
}

/// The channels of the `inner` elements, with empty names where there is none.
fn listed(mine: &[ChannelMapping], inner: u32) -> Option<Vec<String>> {
    if !(2..=MOST_AT_A_FIELD).contains(&inner) {
        return None;
    }
    let mut names = vec![String::new(); inner as usize];
    let mut last = None;
    for channel in mine {
        let element = channel.element.filter(|element| last.is_none_or(|last| *element > last))?;
        last = Some(element);
        channel.channel.as_ref().clone_into(names.get_mut(element as usize)?);
    }
    Some(names)
}

/// Scale, offset, what means "not known", numbers outside the scale, what is added, and bounds.
fn settings(entry: &mut Entry, channel: &ChannelMapping) {
    if channel.scale != 1.0 {
        entry.raw("scale", decimal(channel.scale));
    }
    if channel.offset != 0.0 {
        entry.raw("offset", decimal(channel.offset));
    }
    if let Some(missing) = channel.missing {
        entry.raw("missing", decimal(missing));
    }
    let pairs = channel.instead.iter().flatten();
    let pairs: Vec<String> =
        pairs.map(|(stored, channel)| format!("[{}, {}]", decimal(*stored), decimal(*channel))).collect();
    if !pairs.is_empty() {
        entry.raw("instead", format!("[{}]", pairs.join(", ")));
    }
    if let Some(plus) = &channel.plus {
        let mut field = Entry::default();
        field.text("field", &plus.field);
        if plus.scale != 1.0 {
            field.raw("scale", decimal(plus.scale));
        }
        entry.raw("plus", field);
    }
    if !channel.bounds.is_empty() {
        let bounds: Vec<String> = channel.bounds.iter().map(|bound| decimal(*bound)).collect();
        entry.raw("bounds", format!("[{}]", bounds.join(", ")));
    }
}

fn lookup_entry(lookup: &Lookup, stride: Option<u32>) -> Entry {
    let mut entry = Entry::default();
    entry.text("key", &lookup.key);
    entry.words("list", &lookup.list);
    entry.words("cars", &lookup.cars);
    if let Some(stride) = stride {
        entry.raw("stride", stride);
    }
    entry
}
