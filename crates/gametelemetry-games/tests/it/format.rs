//! Every game that is built in can be written as a packet format, and read back.

use std::path::PathBuf;

use gametelemetry::format::PacketFormat;
use gametelemetry::{ChannelMapping, Schema};
use gametelemetry_games::iracing::{self, IbtHead};
use gametelemetry_games::{GAMES, Game};

/// The layout of `source`, printed and read back, is the same.
fn check(game: &str, source: &str, schema: &Schema, channels: &[ChannelMapping]) {
    let format = PacketFormat::of_source(game, source, schema.clone(), channels);
    let text = format.to_toml();
    let again = PacketFormat::parse(&text).unwrap_or_else(|errors| panic!("{game}/{source}:\n{errors}"));
    assert_eq!(again, format, "{game}/{source}\n{text}");
}

#[test]
fn the_layouts_of_every_game_are_the_same_after_printing() {
    for game in GAMES {
        for (source, schema) in game.schemas() {
            check(game.info().id, source, schema, game.info().channels);
        }
    }
}

#[test]
fn a_layout_that_iracing_describes_itself_is_the_same_after_printing() {
    let Some(folder) = std::env::var_os("GAMETELEMETRY_REAL_DATA") else {
        println!("left out: set GAMETELEMETRY_REAL_DATA to the folder of real captures");
        return;
    };
    let file = std::fs::read(PathBuf::from(folder).join("ibt/racedirector_telemetry.ibt")).unwrap();
    let head = IbtHead::parse(&file[..72_530], file.len() as u64).unwrap();
    let schema = head.schema();
    let source = iracing::CHANNELS[0].source.as_ref();
    let here = |channel: &&ChannelMapping| schema.field(&channel.field).is_some();
    let channels: Vec<ChannelMapping> = iracing::CHANNELS.iter().filter(here).cloned().collect();
    assert!(channels.len() > 40);
    check(iracing::GAME.info().id, source, schema, &channels);
}
