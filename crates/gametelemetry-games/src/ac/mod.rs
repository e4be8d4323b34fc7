//! Assetto Corsa: three pages in shared memory under the names that ACC took over.
//!
//! The game writes [`Physics`] (about 333 times a second), [`Graphics`] (once a picture) and [`Static`] (once a
//! session) into three named maps, with nothing to switch on. The pages are shorter than ACC's, and the same field
//! may have another unit. Opens no map: it knows layouts and channels.

mod channels;
mod game;
mod graphics;
mod physics;
mod static_info;
mod version;

pub use channels::{CHANNELS, NOT_AVAILABLE};
pub use game::{Ac, GAME};
pub use graphics::Graphics;
pub use physics::Physics;
pub use static_info::Static;
pub use version::{VERSIONS, check_version, looks_like};

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
