//! F1: layouts against the published sizes, packets that games sent, broken bytes, and the simulator.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::print_stderr,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]

mod captures;
mod groups;
mod layout;
mod simulator;
mod stated;

use gametelemetry::{FrameView, Recognized};
use gametelemetry_games::f1;

/// What a packet is by the schema.
fn name_of(packet: &[u8]) -> String {
    match f1::schema().recognize(packet) {
        Recognized::Kind(kind) => kind.name.clone(),
        Recognized::WrongSize(kind) => format!("wrong size of {}", kind.name),
        Recognized::Unknown => "unknown".to_owned(),
        Recognized::Frame => "frame".to_owned(),
    }
}

/// The number in the field called `name`.
fn number(view: &FrameView<'_>, name: &str) -> f64 {
    view.get(name).as_f64().unwrap_or_else(|| panic!("{:?} has no number {name}", view.recognized()))
}

/// Element `index` of the field called `name`.
fn element(view: &FrameView<'_>, name: &str, index: usize) -> f64 {
    let field = view.field(name).unwrap_or_else(|| panic!("no field {name}"));
    view.read_element(field, u32::try_from(index).unwrap()).as_f64().unwrap()
}

/// The channel `name` of a packet; `None` when it does not have it.
fn channel(view: &FrameView<'_>, name: &str) -> Option<f64> {
    let mut mappings = f1::CHANNELS.iter().filter(|mapping| mapping.channel == name).peekable();
    assert!(mappings.peek().is_some(), "no channel {name}");
    mappings.find_map(|mapping| mapping.read(view))
}
