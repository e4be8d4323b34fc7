//! Gran Turismo 7: the console's packets, decrypted, and a simulated console.
//!
//! The console sends 60 packets a second to whoever asks: a heartbeat of one letter to its port 33739 says which of
//! four packets is wanted, and must come again within about 16 s ([`HEARTBEAT`]). Packets come encrypted; [`decrypt`]
//! makes them readable before they are kept and [`encrypt`] gives back the datagram that came, so that a recording
//! can be replayed. Each longer packet begins with the shorter ones: [`PacketA`] (296 bytes), with [`AddedB`] (316),
//! [`AddedTilde`] (344), [`AddedC`] (368). They are told apart by magic and length, see [`schema`]. Opens no socket.

mod added;
mod channels;
mod cipher;
mod game;
mod packet;
mod simulator;

use std::sync::OnceLock;

use gametelemetry::{BitRange, Field, FieldKind, MessageKind, PackedFrame as _, Schema};

use crate::kinds::joined;

pub use added::{AddedB, AddedC, AddedTilde};
pub use channels::{CHANNELS, NOT_AVAILABLE};
pub use cipher::{MAGIC, decrypt, encrypt};
pub use game::{GAME, Gt7};
pub use packet::PacketA;

/// Name of the source, as [`CHANNELS`] and the files of a session call it.
pub const SOURCE: &str = "packets";
/// The port that the console sends to.
pub const PORT: u16 = 33_740;
/// The port at which the console waits for heartbeats.
pub const HEARTBEAT_PORT: u16 = 33_739;

/// The packet that is asked for: `C`, which has everything the others have, and comes in replays and online too.
///
/// The others lack more than bytes: `B` does not come in Sport mode, `~` not in replays. A game older than update
/// 1.68 does not know `C`; a console that is online has a newer one.
pub const HEARTBEAT: u8 = b'C';

/// The four packets, which are the kinds.
#[must_use]
pub fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let parts = [PacketA::schema(), AddedB::schema(), AddedTilde::schema(), AddedC::schema()];
        let [a, b, tilde, c] = parts;
        let kinds = vec![
            kind("a", "Asked for by A.", &[a]),
            kind("b", "Asked for by B: with steering and accelerations.", &[a, b]),
            kind("tilde", "Asked for by ~: with pedals before and after the aids.", &[a, b, tilde]),
            kind("c", "Asked for by C: with surfaces and the time of the lap.", &[a, b, tilde, c]),
        ];
        Schema::of_kinds("Gt7Packets", kinds)
    })
}

fn kind(name: &str, description: &str, parts: &[&Schema]) -> MessageKind {
    let mut kind = joined(name, description, parts)
        .when(0, FieldKind::U32, &[MAGIC.into()])
        .sequence("packet_id", Some(1), &[])
        .rate_hz(60.0);
    kind.fields.extend(gears().into_iter().chain(flags()));
    kind
}

/// The two halves of the byte with the gears.
fn gears() -> [Field; 2] {
    let half = |name: &str, first, description: &str, labels: &[(i64, &str)]| Field {
        name: name.to_owned(),
        kind: FieldKind::U8,
        offset: 0x90,
        count: 1,
        bits: Some(BitRange { first, count: 4 }),
        description: description.to_owned(),
        labels: labels.iter().map(|&(value, label)| (value, label.to_owned())).collect(),
        ..Field::default()
    };
    [
        half("gear", 0, "Gear: 0 reverse, 1 first.", &[(0, "reverse"), (15, "neutral")]),
        half("suggested_gear", 4, "Gear that the game suggests to shift down to.", &[(15, "none")]),
    ]
}

/// The single bits of `flags`.
fn flags() -> impl Iterator<Item = Field> {
    let names = [
        ("car_on_track", "The player drives the car; in replays it is not set."),
        ("paused", "The simulation stands still; online it never does."),
        ("loading", "Track or car is being loaded."),
        ("in_gear", "A gear is engaged; not while the gearbox shifts."),
        ("has_turbo", "The car has a turbo."),
        ("rev_limiter_alert", "The shift light flashes."),
        ("hand_brake_active", "The handbrake is pulled."),
        ("lights_active", "The lights are on."),
        ("high_beam_active", "The high beam is on."),
        ("low_beam_active", "The low beam is on."),
        ("asm_active", "The stability control is working."),
        ("tcs_active", "The traction control is working."),
    ];
    (0..).zip(names).map(|(bit, (name, description))| Field {
        name: name.to_owned(),
        kind: FieldKind::U16,
        offset: 0x8E,
        count: 1,
        bits: Some(BitRange { first: bit, count: 1 }),
        description: description.to_owned(),
        ..Field::default()
    })
}
