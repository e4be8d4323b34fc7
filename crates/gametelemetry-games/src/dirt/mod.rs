//! DiRT Rally, DiRT Rally 2.0 and DiRT 4: the packet of 66 numbers, and a simulator that sends it.
//!
//! The games send one packet a picture over UDP when `extradata` is 3 in a settings file. It has no mark: its length of
//! 264 bytes tells it, see [`schema`]. Behind the last packet of a stage DiRT Rally 2.0 sends one of zeros only, which
//! is a kind of its own, so that its zeros are taken for no values. Opens no socket.

mod channels;
mod game;
mod simulator;
mod telemetry;

use std::sync::OnceLock;

use gametelemetry::{FieldKind, FrameSize, MessageKind, Schema};

pub use channels::{CHANNELS, NOT_AVAILABLE};
pub use game::{Dirt, GAME};
pub use telemetry::Telemetry;

/// Name of the source, as [`CHANNELS`] and the files of a session call it.
pub const SOURCE: &str = "packets";
/// The port that the games send to unless told otherwise.
pub const PORT: u16 = 20_777;

/// Bytes of either packet.
const SIZE: u32 = 264;
const _: () = assert!(size_of::<Telemetry>() == SIZE as usize);

/// The packet, and the one of zeros.
#[must_use]
pub fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        // The time, the stage's length and the engine's highest speed are never all 0 while a car drives.
        let zeros = MessageKind::new("stage_end", FrameSize::Fixed(SIZE))
            .description("Zeros only: DiRT Rally 2.0 sends it once when a stage ends.")
            .when(0, FieldKind::U32, &[0])
            .when(244, FieldKind::U32, &[0])
            .when(252, FieldKind::U32, &[0]);
        let telemetry = MessageKind::of::<Telemetry>("telemetry")
            .description("The car, the stage and its times.")
            .rate_hz(60.0);
        Schema::of_kinds("DirtPackets", vec![zeros, telemetry])
    })
}
