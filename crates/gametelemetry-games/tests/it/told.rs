//! A simulated game that is driven, and its channels as they were told last: what tests of laps read.
//!
//! Takes what the simulator publishes as the recorder would, pages when they change and datagrams as they come, and reads
//! it by the game's schemas and mappings only.

use std::collections::{BTreeMap, HashMap};

use gametelemetry::{ChannelKind, ChannelMapping, FrameView, Schema, channel};
use gametelemetry_games::{Game, Simulator, Transport, gt7};

/// Time between two looks at the game.
pub(crate) const STEP_S: f64 = 1.0 / 60.0;

/// A simulated game, and what each channel was told last.
pub(crate) struct Told {
    game: &'static dyn Game,
    simulator: Box<dyn Simulator>,
    channels: Vec<ChannelMapping>,
    schemas: HashMap<&'static str, &'static Schema>,
    /// Which mappings a source and a kind of message have.
    mapped: HashMap<(&'static str, String), Vec<usize>>,
    pages: HashMap<&'static str, Vec<u8>>,
    values: BTreeMap<String, f64>,
    texts: BTreeMap<String, String>,
    /// Mappings that have given a value or a text at least once.
    pub(crate) read: Vec<bool>,
}

impl Told {
    pub(crate) fn new(game: &'static dyn Game, seed: u64) -> Self {
        let simulator = game.simulator(seed).unwrap();
        let channels = game.info().channels.to_vec();
        Self {
            read: vec![false; channels.len()],
            channels,
            schemas: game.schemas().into_iter().collect(),
            game,
            simulator,
            mapped: HashMap::new(),
            pages: HashMap::new(),
            values: BTreeMap::new(),
            texts: BTreeMap::new(),
        }
    }

    /// Lets a sixtieth of a second pass, and reads every frame that the game gave.
    pub(crate) fn step(&mut self) {
        self.simulator.heartbeat(b"C");
        self.simulator.step(STEP_S);
        for mut datagram in self.simulator.datagrams() {
            gt7::decrypt(&mut datagram.bytes);
            self.frame(datagram.source, &datagram.bytes);
        }
        for (source, bytes) in self.new_pages() {
            self.frame(source, &bytes);
        }
    }

    /// The pages, and the answers of a server, that are not what they were.
    fn new_pages(&mut self) -> Vec<(&'static str, Vec<u8>)> {
        let mut new = Vec::new();
        let pages: HashMap<_, _> =
            self.simulator.pages().iter().map(|page| (page.region, page.bytes.to_vec())).collect();
        for source in self.game.info().sources {
            let bytes = match source.transport {
                Transport::SharedMemory { regions: [region] } => pages.get(region).cloned(),
                Transport::HttpPolling { urls: [url] } => {
                    let path = url.splitn(4, '/').nth(3).unwrap();
                    self.simulator.answer(&format!("/{path}")).map(String::into_bytes)
                }
                _ => None,
            };
            if let Some(bytes) = bytes.filter(|bytes| self.pages.get(source.name) != Some(bytes)) {
                self.pages.insert(source.name, bytes.clone());
                new.push((source.name, bytes));
            }
        }
        new
    }

    fn frame(&mut self, source: &'static str, bytes: &[u8]) {
        let Some(schema) = self.schemas.get(source) else { return };
        let view = schema.view(bytes);
        let kind = view.kind().map_or_else(String::new, |kind| kind.name.clone());
        let is_here =
            |mapping: &ChannelMapping| mapping.source == source && view.field(&mapping.field).is_some();
        let all = &self.channels;
        let mapped = self.mapped.entry((source, kind)).or_insert_with(|| {
            all.iter().enumerate().filter(|(_, mapping)| is_here(mapping)).map(|(number, _)| number).collect()
        });
        let mut said: BTreeMap<&str, (Option<f64>, Option<String>)> = BTreeMap::new();
        for number in mapped.iter().copied() {
            let mapping = &all[number];
            // Of several mappings of a channel the first that reads holds.
            let slot = said.entry(&mapping.channel).or_default();
            if slot.0.is_none() && slot.1.is_none() {
                *slot = read(mapping, &view);
                self.read[number] |= slot.0.is_some() || slot.1.is_some();
            }
        }
        for (channel, (value, text)) in said {
            keep(&mut self.values, channel, value);
            keep(&mut self.texts, channel, text);
        }
    }

    /// What the channel was told last; `None` when the game then said that it does not know.
    pub(crate) fn get(&self, channel: &str) -> Option<f64> {
        self.values.get(channel).copied()
    }

    /// The text that the channel was told last.
    pub(crate) fn text(&self, channel: &str) -> Option<&str> {
        self.texts.get(channel).map(String::as_str)
    }

    /// All numbers that were told last.
    pub(crate) fn moment(&self) -> BTreeMap<String, f64> {
        self.values.clone()
    }
}

/// The number and, where the channel is a text, the text.
fn read(mapping: &ChannelMapping, view: &FrameView<'_>) -> (Option<f64>, Option<String>) {
    let is_text = channel(&mapping.channel).is_some_and(|channel| channel.kind == ChannelKind::Text);
    if is_text { (None, mapping.read_text(view)) } else { (mapping.read(view), None) }
}

fn keep<T>(all: &mut BTreeMap<String, T>, channel: &str, value: Option<T>) {
    match value {
        Some(value) => drop(all.insert(channel.to_owned(), value)),
        None => drop(all.remove(channel)),
    }
}
