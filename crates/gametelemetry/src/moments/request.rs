//! Which channels processors want, and where each one's value will be.

use std::collections::BTreeSet;

use gametelemetry_file::{ChannelMapping, ChannelReader, Header};

use super::{DerivedChannel, WantedWholes};
use crate::channels::{ChannelKind, channel};

/// Where a wanted channel's value is in every [`super::Moment`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot(pub(crate) usize);

/// Collects which channels are wanted.
///
/// A channel is named as in the table of channels, or as one that was added by [`crate::SessionPass::derive`], or as
/// `source:field` for a field as the game has it: `physics:abs`, `physics:wheel_slip[2]`,
/// `packets:2025.motion/cars.yaw_rad[0]`.
#[derive(Debug, Default)]
pub struct ChannelRequest {
    names: Vec<String>,
    available: BTreeSet<String>,
    derived: Vec<DerivedChannel>,
    wholes: WantedWholes,
}

impl ChannelRequest {
    /// For a session whose files begin with `headers`.
    pub(crate) fn new<'a>(headers: impl Iterator<Item = &'a Header>, derived: Vec<DerivedChannel>) -> Self {
        let mut available = BTreeSet::new();
        for header in headers {
            let told = |mapping: &&ChannelMapping| {
                ChannelReader::new(&header.schema, &[(0, (*mapping).clone())], &[]).reads_something()
            };
            available.extend(header.channels.iter().filter(told).map(|it| it.channel.clone().into_owned()));
        }
        let mut request = Self { available, derived, ..Self::default() };
        let mut added: Vec<String> = Vec::new();
        for derived in &request.derived {
            let has_inputs =
                derived.inputs.iter().all(|name| request.is_available(name) || added.contains(name));
            if has_inputs {
                added.push(derived.name.clone());
            }
        }
        // A derived channel stands in for a game that does not have it, never before the game's own.
        request.derived.retain(|derived| !request.available.contains(&derived.name));
        request.available.extend(added);
        request
    }

    /// Wants the channel `name`; wanting it twice is wanting it once. One that the session does not have is never told.
    pub fn want(&mut self, name: &str) -> Slot {
        if let Some(known) = self.names.iter().position(|wanted| wanted == name) {
            return Slot(known);
        }
        self.names.push(name.to_owned());
        let slot = Slot(self.names.len() - 1);
        // What is worked out needs its inputs; what nobody wants is neither read nor worked out.
        let derived = self.derived.iter().filter(|derived| derived.name == name);
        let inputs: Vec<String> = derived.flat_map(|derived| derived.inputs.iter().cloned()).collect();
        for input in inputs {
            let _ = self.want(&input);
        }
        slot
    }

    /// Wants the groups of every source whose schema says which of its messages are of one moment; they come to
    /// [`crate::SessionProcessor::group`].
    pub fn want_groups(&mut self) {
        self.wholes.groups = true;
    }

    /// Wants the messages of every source whose schema says how they are split over datagrams; they come to
    /// [`crate::SessionProcessor::message`].
    pub fn want_messages(&mut self) {
        self.wholes.messages = true;
    }

    pub(super) fn wholes(&self) -> WantedWholes {
        self.wholes
    }

    /// Whether some source of the session can tell the channel `name`.
    #[must_use]
    pub fn is_available(&self, name: &str) -> bool {
        self.available.contains(name) || name.contains(':')
    }

    /// The names of the channels that the session can tell, sorted.
    pub fn available(&self) -> impl Iterator<Item = &str> {
        self.available.iter().map(String::as_str)
    }

    /// The unit of the channel `name`, and how its values lie between two samples. A field by its own name holds until it
    /// is told again, as nothing is known of it.
    #[must_use]
    pub fn unit_and_kind(&self, name: &str) -> (String, ChannelKind) {
        if let Some(derived) = self.derived.iter().find(|derived| derived.name == name) {
            return (derived.unit.clone(), derived.kind);
        }
        match channel(name) {
            Some(channel) => (channel.unit.to_owned(), channel.kind),
            None => (String::new(), ChannelKind::Step),
        }
    }

    /// The derived channels that are wanted, in the order in which they were added.
    pub(super) fn take_derived(&mut self) -> Vec<DerivedChannel> {
        let mut derived = std::mem::take(&mut self.derived);
        derived.retain(|derived| self.names.contains(&derived.name));
        derived
    }

    pub(super) fn count(&self) -> usize {
        self.names.len()
    }

    /// What is to be read out of the source that begins with `header`: numbers, then texts, each with its slot.
    pub(super) fn of_source(&self, header: &Header) -> (Vec<Wanted>, Vec<Wanted>) {
        let (mut numbers, mut texts) = (Vec::new(), Vec::new());
        for (slot, name) in self.names.iter().enumerate() {
            let is_text = channel(name).is_some_and(|channel| channel.kind == ChannelKind::Text);
            let list = if is_text { &mut texts } else { &mut numbers };
            match name.split_once(':') {
                Some((source, field)) if source == header.source => {
                    list.push((slot, field_mapping(source, field)));
                }
                Some(_) => {}
                None => {
                    let of_channel = header.channels.iter().filter(|mapping| mapping.channel == *name);
                    list.extend(of_channel.map(|mapping| (slot, mapping.clone())));
                }
            }
        }
        (numbers, texts)
    }
}

/// A mapping and the slot of its channel.
pub(super) type Wanted = (usize, ChannelMapping);

/// The mapping of a field by its own name, as `wheel_slip[2]`.
fn field_mapping(source: &str, field: &str) -> ChannelMapping {
    let element = field.strip_suffix(']').and_then(|field| field.rsplit_once('['));
    let (field, element) = match element.and_then(|(name, number)| Some((name, number.parse().ok()?))) {
        Some((name, number)) => (name, Some(number)),
        None => (field, None),
    };
    let mut mapping = ChannelMapping::new("", "", "");
    (mapping.source, mapping.field) = (source.to_owned().into(), field.to_owned().into());
    mapping.element = element;
    mapping
}
