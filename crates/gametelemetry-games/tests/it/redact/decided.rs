//! Every text of every game is either personal or known to be harmless: a new one must be decided.

use std::collections::BTreeSet;

use gametelemetry::format::PacketFormat;
use gametelemetry::{ReplayFile, Schema};
use gametelemetry_games::iracing::{self, IbtBuilder, IbtHead};
use gametelemetry_games::{GAMES, Game as _};

/// Texts that name nobody, by game and type; `#` is any number. Where a JSON text has names further in, its personal
/// keys find them.
const HARMLESS: &[(&str, &str, &[&str])] = &[
    ("ac", "Graphics", &["best_time", "current_time", "last_time", "split", "tyre_compound"]),
    ("ac", "Static", &["ac_version", "car_model", "sm_version", "track", "track_configuration"]),
    (
        "acc",
        "Combined",
        &[
            "graphics.best_time",
            "graphics.current_time",
            "graphics.delta_lap_time",
            "graphics.estimated_lap_time",
            "graphics.last_time",
            "graphics.split",
            "graphics.track_status",
            "graphics.tyre_compound",
            "static_info.ac_version",
            "static_info.car_model",
            "static_info.dry_tyres_name",
            "static_info.sm_version",
            "static_info.track",
            "static_info.track_configuration",
            "static_info.wet_tyres_name",
        ],
    ),
    (
        "acc",
        "Graphics",
        &[
            "best_time",
            "current_time",
            "delta_lap_time",
            "estimated_lap_time",
            "last_time",
            "split",
            "track_status",
            "tyre_compound",
        ],
    ),
    (
        "acc",
        "Static",
        &[
            "ac_version",
            "car_model",
            "dry_tyres_name",
            "sm_version",
            "track",
            "track_configuration",
            "wet_tyres_name",
        ],
    ),
    (
        "assetto_corsa_remote",
        "assetto_corsa_remote",
        &["car_name", "identifier", "track_config", "track_name"],
    ),
    ("beamng_outgauge", "beamng_outgauge", &["car", "display_#"]),
    (
        "cs2",
        "State",
        &[
            "added",
            "allplayers",
            "auth",
            "bomb_countdown_s",
            "bomb_position",
            "bomb_state",
            "grenades",
            "map_mode",
            "map_name",
            "map_phase",
            "map_round_wins",
            "phase",
            "phase_ends_in_s",
            "player_activity",
            "player_forward",
            "player_position",
            "player_team",
            "player_weapon_#_name",
            "player_weapon_#_paintkit",
            "player_weapon_#_state",
            "player_weapon_#_type",
            "previously",
            "provider_name",
            "round_bomb",
            "round_phase",
            "round_win_team",
        ],
    ),
    (
        "dota2",
        "State",
        &[
            "abilities",
            "ability_#_name",
            "added",
            "auth",
            "buildings",
            "couriers",
            "draft",
            "events",
            "hero#_name",
            "hero_name",
            "item_#_contains_rune",
            "item_#_name",
            "item_neutral_contains_rune",
            "item_neutral_name",
            "item_teleport_contains_rune",
            "item_teleport_name",
            "items",
            "league",
            "map_customgamename",
            "map_game_state",
            "map_name",
            "map_roshan_state",
            "map_win_team",
            "minimap",
            "neutralitems",
            "player_activity",
            "player_kill_list",
            "player_team_name",
            "previously",
            "provider_name",
            "wearables",
        ],
    ),
    ("f1", "F1", &["details", "event_code"]),
    ("gt7", "Gt7Packets", &["category"]),
    ("iracing", "IbtHead", &["before", "behind"]),
    ("iracing", "Session", &["build_version", "car", "event", "track", "track_layout"]),
    ("iracing", "SessionInfo", &["yaml"]),
    ("lfs_outgauge", "lfs_outgauge", &["car", "display_#"]),
    (
        "project_cars_2",
        "project_cars_2",
        &[
            "classes.name",
            "track_location",
            "track_variation",
            "translated_track_location",
            "translated_track_variation",
            "tyre_compound",
            "vehicles.name",
        ],
    ),
    ("war_thunder", "GameChat", &["messages"]),
    ("war_thunder", "HudMessages", &["damage", "events"]),
    ("war_thunder", "Indicators", &["army", "type"]),
    ("war_thunder", "MapObjects", &["objects"]),
    ("war_thunder", "Mission", &["objectives", "status"]),
    ("wrc", "WrcPackets", &["packet_#cc"]),
];

/// Every schema with its game.
fn schemas() -> Vec<(String, Schema)> {
    let mut all: Vec<(String, Schema)> = Vec::new();
    for game in GAMES {
        let id = game.info().id;
        all.extend(game.schemas().into_iter().map(|(_, schema)| (id.to_owned(), schema.clone())));
    }
    let bytes = IbtBuilder::sample().rows(1).finish().unwrap();
    let head = IbtHead::parse(&bytes, bytes.len() as u64).unwrap();
    let of_iracing = [
        iracing::session_info_schema(10),
        iracing::head_schema(head.header(), 10_000),
        iracing::session_schema(10),
        head.schema().clone(),
    ];
    all.extend(of_iracing.map(|schema| (iracing::GAME.info().id.to_owned(), schema)));
    all.push(("any".to_owned(), ReplayFile::schema().as_ref().clone()));
    let formats = concat!(env!("CARGO_MANIFEST_DIR"), "/../../formats");
    for entry in std::fs::read_dir(formats).unwrap() {
        let format = PacketFormat::parse(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        all.push((format.name, format.schema));
    }
    all
}

/// `name` with every number as `#`.
fn numberless(name: &str) -> String {
    let mut plain = String::new();
    for c in name.chars() {
        match c.is_ascii_digit() {
            true if plain.ends_with('#') => {}
            true => plain.push('#'),
            false => plain.push(c),
        }
    }
    plain
}

#[test]
fn every_text_of_every_game_is_personal_or_known_to_be_harmless() {
    let mut found = BTreeSet::new();
    let mut personal = 0;
    for (game, schema) in schemas() {
        for field in schema.all_fields().filter(|field| field.kind.is_run()) {
            if field.personal == Some(true) {
                personal += 1;
            } else {
                found.insert(format!("{game} {} {}", schema.name, numberless(&field.name)));
            }
        }
    }
    let fields = HARMLESS
        .iter()
        .flat_map(|(game, name, fields)| fields.iter().map(move |field| format!("{game} {name} {field}")));
    let harmless: BTreeSet<String> = fields.collect();
    let undecided: Vec<_> = found.difference(&harmless).collect();
    assert!(undecided.is_empty(), "mark these as personal, or list them as harmless: {undecided:#?}");
    let gone: Vec<_> = harmless.difference(&found).collect();
    assert!(gone.is_empty(), "these are no texts any more: {gone:#?}");
    assert!(personal > 50, "{personal}");
}

#[test]
fn every_layout_with_texts_is_judged_by_itself_or_by_its_game() {
    for (game, schema) in schemas() {
        let may_name = schema.all_fields().any(|field| field.kind.is_run() || field.pointer.is_some());
        let is_known = gametelemetry_games::known_schema(&game, &schema.name).is_some();
        assert!(!may_name || schema.has_personal_marks() || is_known, "{game} {}", schema.name);
    }
}
