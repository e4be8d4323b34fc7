//! Forza Motorsport and Forza Horizon: what "Data Out" sends, and a simulator that sends it.
//!
//! The game sends one packet a picture over UDP to the address and port in its settings. Four lengths are known, each
//! made of the same parts: [`Sled`] alone (232 bytes), with [`Dash`] (311, Motorsport 7), with [`HorizonExtra`] between
//! the two and one byte behind (324, Horizon 4, 5 and 6), and with [`MotorsportExtra`] behind (331, Motorsport 2023).
//! A packet has no mark of its own: its length alone tells it, see [`schema`]. Opens no socket.
//!
//! Nothing in a packet counts packets: `timestamp_ms` advances by what a picture took (15 to 63 ms in one capture), so
//! kinds have no sequence, and lost packets cannot be counted.

mod channels;
mod dash;
mod game;
mod simulator;
mod sled;

use std::sync::OnceLock;

use gametelemetry::{PackedFrame as _, Schema};

use crate::kinds::joined;

pub use channels::{CHANNELS, NOT_AVAILABLE};
pub use dash::{Dash, HorizonExtra, HorizonTail, MotorsportExtra};
pub use game::{Forza, GAME};
pub use sled::Sled;

/// Name of the source, as [`CHANNELS`] and the files of a session call it.
pub const SOURCE: &str = "packets";

/// The port we listen on unless told otherwise.
///
/// The games have none of their own, the user types one in. It is outside 5200 to 5300, from which the Horizon games
/// take the port that they send from, and none that another game listed here uses.
pub const PORT: u16 = 20_127;

/// The four lengths of packets, which are their kinds.
#[must_use]
pub fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let (sled, dash) = (Sled::schema(), Dash::schema());
        let kinds = [
            joined("sled", "Motion only, for motion platforms; Data Out Packet Format \"Sled\".", &[sled]),
            joined("dash", "Forza Motorsport 7.", &[sled, dash]),
            joined(
                "horizon",
                "Forza Horizon 4, 5 and 6.",
                &[sled, HorizonExtra::schema(), dash, HorizonTail::schema()],
            ),
            joined("motorsport", "Forza Motorsport (2023).", &[sled, dash, MotorsportExtra::schema()]),
        ];
        Schema::of_kinds("ForzaPackets", kinds.map(|kind| kind.rate_hz(60.0)).into())
    })
}
