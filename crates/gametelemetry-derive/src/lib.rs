//! `#[telemetry]`: describes a packed struct of a game once, and gets layout, schema, units, getters and the size
//! check from it.
//!
//! The first crate of the line; used through `gametelemetry_file::telemetry` or `gametelemetry::telemetry`, never
//! alone, because the code it makes names that crate's traits. Does not know any game and holds no types.
//!
//! An attribute and not a derive, because a derive cannot add `#[repr(C, packed)]` to the struct it stands on.
//! The way of an input: `options` reads the lists in the parentheses, `parse` checks everything and gives a plain
//! `model`, `expand` and `schema` write the code. Every mistake that can be seen is reported at once, not only the
//! first.

mod expand;
mod model;
mod options;
mod parse;
mod schema;
mod types;

use proc_macro::TokenStream;

/// Makes a struct the frame of a game: `#[repr(C, packed)]`, schema, getters and setters, size check.
///
/// ```ignore
/// use gametelemetry::{PackedFrame, telemetry};
///
/// /// What the physics step says of the player's car.
/// #[telemetry(size = 29, version = "1.8.12", counter = packet_id, reference = "ACC Shared Memory Documentation")]
/// pub struct Physics {
///     /// Index of the current step.
///     packet_id: i32,
///     /// Speed of the car.
///     #[field(unit = "km/h")]
///     speed_kmh: f32,
///     /// Slip of each tyre, FL FR RL RR.
///     wheel_slip: [f32; 4],
///     /// Pit limiter is on.
///     #[field(flag)]
///     pit_limiter_on: u8,
///     /// What the game is doing.
///     #[field(labels(0 = "off", 1 = "replay", 2 = "live", 3 = "pause"))]
///     status: u16,
///     #[field(skip)]
///     _pad: [u8; 2],
/// }
///
/// let mut physics = Physics::zeroed();
/// physics.set_speed_kmh(251.5);
/// println!("{} km/h", physics.speed_kmh());
/// ```
///
/// # Options of `#[telemetry(...)]`
///
/// | option | meaning |
/// |---|---|
/// | `size = 800` | Required. The bytes that the game's documentation states; the struct is checked against it. |
/// | `version = "1.8.12"` | Version of the layout, in the game's own words. |
/// | `counter = packet_id` | The integer field that the game advances; `player.ticks` is one of a nested frame. |
/// | `reference = "..."` | Where the layout is stated. |
/// | `name = "..."` | Name in the schema; the struct's name when left out. |
/// | `crate = path` | Where to find the traits; `::gametelemetry` when left out. |
///
/// # Options of `#[field(...)]`
///
/// | option | meaning |
/// |---|---|
/// | `unit = "km/h"` | Unit of the stored number. |
/// | `flag` | The integer (`u8`, `i8`, `u32`, `i32`) is a truth value; getter and setter speak `bool`. |
/// | `labels(0 = "off", -1 = "none")` | Names of the integer's values. |
/// | `personal` | The value names somebody (a driver, a player, an account): it is blanked in a recording that is given away. |
/// | `nested` | The type is another `#[telemetry]` struct, or an array of them. |
/// | `skip` | Padding: not in the schema, no getter. |
///
/// A field's doc comment becomes its description in every file, so every field but a skipped one needs one.
///
/// # What is made
///
/// The struct with `#[repr(C, packed)]` and `Clone`, `Copy`, `Debug` and the `zerocopy` traits; `Telemetry` and
/// `PackedFrame`; for each field a getter by value (a reference to a packed field does not compile) and a setter
/// `set_<field>`, as visible as the struct; a compile-time check of the size.
#[proc_macro_attribute]
pub fn telemetry(options: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    match parse::frame(options.into(), item.clone()) {
        Ok(frame) => expand::frame(&frame).into(),
        Err(error) => expand::refused(&error, item).into(),
    }
}
