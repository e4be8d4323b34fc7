//! EA SPORTS WRC: the two layouts that the game brings along, and a simulator that sends them.
//!
//! The game sends what the user's files ask for. Those that it brings are here: structure `wrc`, one packet of 237
//! bytes without a head, and `wrc_experimental`, whose packets begin with four letters and say only once what does not
//! change. Fields have the names of the game's own list of channels (`readme/channels.json`), even where they leave
//! out the unit, so that the channels hold for a user's own structure as well. Opens no socket, reads no file.
//!
//! A packet of structure `wrc` is told by its length, and by two places that no packet of F1 has so (MotionEx of F1 24
//! has 237 bytes, too, and the same port): a truth value, and the number of gears.

mod channels;
mod config;
mod described;
mod game;
mod parts;
mod simulator;

use std::sync::OnceLock;

use gametelemetry::{FieldKind, MessageKind, PackedFrame as _, Schema};

use crate::kinds::joined;

pub use channels::{CHANNELS, NOT_AVAILABLE};
pub use config::configured_port;
pub use described::{WrcError, described};
pub use game::{GAME, Wrc};
pub use parts::{Clock, Controls, EngineLimits, Head, Length, Motion, StartLimits, UpdateHead, UpdateStart};

/// Name of the source, as [`CHANNELS`] and the files of a session call it.
pub const SOURCE: &str = "packets";
/// What the layout of the game's own descriptions is called.
const DESCRIBED_SCHEMA: &str = "wrc";

/// The port in the file that the game makes.
pub const PORT: u16 = 20_777;

/// The packets of both structures.
#[must_use]
pub fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let (motion, controls, clock) = (Motion::schema(), Controls::schema(), Clock::schema());
        let whole = [UpdateHead::schema(), motion, EngineLimits::schema(), controls, clock, Length::schema()];
        let update = joined("session_update", "The car and the stage, once a picture.", &whole)
            .when(36, FieldKind::U8, &[0, 1])
            .when(40, FieldKind::U8, &(1..=10).collect::<Vec<_>>())
            .sequence("packet_uid", None, &[])
            .rate_hz(60.0);
        let head = Head::schema();
        let kinds = vec![
            update,
            experimental("session_start", *b"SESS", "A stage begins.", &[head, StartLimits::schema()]),
            experimental(
                "session_update_experimental",
                *b"SESU",
                "The car, once a picture, without what does not change.",
                &[head, UpdateStart::schema(), motion, controls, clock],
            ),
            experimental("session_pause", *b"SESP", "The stage is paused.", &[head, clock]),
            experimental("session_resume", *b"SESR", "The stage goes on.", &[head, clock]),
            experimental("session_end", *b"SESE", "A stage ended.", &[head, clock]),
        ];
        Schema::of_kinds("WrcPackets", kinds)
    })
}

/// A packet of structure `wrc_experimental`.
fn experimental(name: &str, letters: [u8; 4], description: &str, parts: &[&Schema]) -> MessageKind {
    let mark = u32::from_le_bytes(letters);
    joined(name, description, parts).when(0, FieldKind::U32, &[mark.into()])
}
