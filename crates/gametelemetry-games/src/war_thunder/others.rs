//! The fields of everything that is not the player's own vehicle: the map, the mission, messages.

use std::sync::LazyLock;

use gametelemetry::FieldKind::{Bool8, F64, I64, Utf8};
use gametelemetry::Schema;

use crate::json_fields::{Row, fields, personal, schema};

pub(crate) static MAP: LazyLock<Schema> = LazyLock::new(|| of("MapObjects", MAP_OBJECTS));
pub(crate) static MAP_INFO: LazyLock<Schema> = LazyLock::new(|| of("MapInfo", MAP_SIZE));
pub(crate) static MISSION: LazyLock<Schema> = LazyLock::new(|| of("Mission", OBJECTIVES));
pub(crate) static HUDMSG: LazyLock<Schema> =
    LazyLock::new(|| personal(of("HudMessages", MESSAGES), &[], PERSONAL_KEYS));
pub(crate) static GAMECHAT: LazyLock<Schema> =
    LazyLock::new(|| personal(of("GameChat", CHAT), &[], PERSONAL_KEYS));

fn of(name: &str, rows: &[Row]) -> Schema {
    schema(name, super::REFERENCE, super::MAX_ANSWER, fields(rows))
}

/// Who wrote, and what: messages of hits have players' names in them.
const PERSONAL_KEYS: &[&str] = &["sender", "msg"];

const MAP_OBJECTS: &[Row] = &[(
    "objects",
    "",
    Utf8,
    "",
    "Everything that the player sees on the map, one JSON object each: `type` (aircraft, airfield, ground_model, \
     bombing_point, capture_zone …), `color`, `icon` (`Player` is the player), `x` and `y` as shares of the map from \
     its north-west corner, `dx` and `dy` the direction, and for airfields `sx`, `sy`, `ex`, `ey`, the ends of the \
     runway.",
)];

const MAP_SIZE: &[Row] = &[
    ("valid", "/valid", Bool8, "", "There is a map; missing in older versions."),
    ("map_generation", "/map_generation", I64, "", "Number of the map, counted since the game's start."),
    (
        "map_min_m",
        "/map_min",
        F64,
        "m",
        "South-west corner, x and y; some versions write the numbers as texts.",
    ),
    ("map_max_m", "/map_max", F64, "m", "North-east corner, x and y."),
    ("grid_zero_m", "/grid_zero", F64, "m", "Where the grid begins, x and y."),
    ("grid_steps_m", "/grid_steps", F64, "m", "Size of a square of the grid, x and y."),
    ("grid_size_m", "/grid_size", F64, "m", "Size of the grid, x and y; missing in older versions."),
    ("hud_type", "/hud_type", I64, "", "Which display the map is of; missing in older versions."),
];

const OBJECTIVES: &[Row] = &[
    ("status", "/status", Utf8, "", "The mission: running, fail, success."),
    (
        "objectives",
        "/objectives",
        Utf8,
        "",
        "JSON objects with `primary`, `status` (in_progress, completed, failed), `text`.",
    ),
];

const MESSAGES: &[Row] = &[
    ("events", "/events", Utf8, "", "Events; empty as far as anyone saw."),
    (
        "damage",
        "/damage",
        Utf8,
        "",
        "Hits and losses since the game's start, JSON objects with `id`, `msg`, `sender`, `enemy`, `mode`.",
    ),
];

const CHAT: &[Row] = &[(
    "messages",
    "",
    Utf8,
    "",
    "What players wrote since the game's start, JSON objects with `id`, `msg`, `sender`, `enemy`, `mode`.",
)];
