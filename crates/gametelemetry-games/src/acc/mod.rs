//! Assetto Corsa Competizione: three pages in shared memory, and a simulator that fills them.
//!
//! The game writes [`Physics`] (about 333 times a second), [`Graphics`] (once a picture) and [`Static`] (once a
//! session) into three named maps, always, with no setting to switch on. The names are shared with Assetto Corsa,
//! Assetto Corsa Rally and tools that hold them open; [`looks_like`] tells from the static page whose they are.
//!
//! The layouts follow the ACC Shared Memory Documentation 1.8.12; offsets were compared with the definitions of
//! albertowd/live-telemetry-evo. Opens no map: it knows names, layouts, channels, and plays the game in
//! [`simulator`].

mod channels;
mod game;
mod graphics;
mod physics;
pub mod simulator;
mod static_info;
mod version;

use gametelemetry::telemetry;

pub use channels::{CHANNELS, NOT_AVAILABLE, combined_channels};
pub(crate) use game::configured;
pub use game::{Acc, GAME};
pub use graphics::Graphics;
pub use physics::Physics;
pub use static_info::Static;
pub(crate) use version::stated_version;
pub use version::{VERSIONS, VersionMismatch, check_version, looks_like};

/// Name of the map with the [`Physics`] page, without the `Local\` that Windows puts in front.
pub const PHYSICS_MAP: &str = "acpmf_physics";
/// Name of the map with the [`Graphics`] page, without the `Local\` that Windows puts in front.
pub const GRAPHICS_MAP: &str = "acpmf_graphics";
/// Name of the map with the [`Static`] page, without the `Local\` that Windows puts in front.
pub const STATIC_MAP: &str = "acpmf_static";

/// Name of the source that yields [`Physics`], as [`CHANNELS`] and the files of a session call it.
pub const PHYSICS_SOURCE: &str = "physics";
/// Name of the source that yields [`Graphics`], as [`CHANNELS`] and the files of a session call it.
pub const GRAPHICS_SOURCE: &str = "graphics";
/// Name of the source that yields [`Static`], as [`CHANNELS`] and the files of a session call it.
pub const STATIC_SOURCE: &str = "static";
/// Name of the source that yields [`Combined`].
pub const COMBINED_SOURCE: &str = "combined";

/// The three pages as one frame, for a source that takes them together at the rate of the physics.
#[telemetry(
    size = 3208,
    version = "1.8.12",
    counter = physics.packet_id,
    reference = "ACC Shared Memory Documentation 1.8.12"
)]
pub struct Combined {
    /// The physics page.
    #[field(nested)]
    physics: Physics,
    /// The graphics page, up to a picture older than the physics.
    #[field(nested)]
    graphics: Graphics,
    /// The static page.
    #[field(nested)]
    static_info: Static,
}

impl Combined {
    /// The three pages, put side by side.
    #[must_use]
    pub fn new(physics: &Physics, graphics: &Graphics, static_info: &Static) -> Self {
        Self { physics: *physics, graphics: *graphics, static_info: *static_info }
    }
}
