//! A session made without a recorder: its frames, times and places in the file are known.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gametelemetry::{
    BinarySessionWriter, EncoderOptions, Header, Ledger, Schema, SessionWriter, Telemetry, Timestamp,
    WriterOptions,
};
use gametelemetry_games::acc;
use gametelemetry_games::acc::simulator::Simulator;

/// Frames of physics; one every 10 ms. There are half as many of graphics, and one of the static page.
pub(crate) const FRAMES: usize = 600;
/// When the first frame was taken.
pub(crate) const START: &str = "2026-11-23T12:00:00Z";

/// A drive of six seconds in `folder`/drive: three sources, several segments each.
pub(crate) fn drive(folder: &Path) -> PathBuf {
    let folder = folder.join("drive");
    std::fs::create_dir_all(&folder).unwrap();
    let mut game = Simulator::new(1);
    let (mut physics, mut graphics) = (Vec::new(), Vec::new());
    for _ in 0..FRAMES {
        // Ten times as fast as time, so that something happens.
        game.step(0.1);
        physics.push(game.physics().as_bytes().to_vec());
        graphics.push(game.graphics().as_bytes().to_vec());
    }
    let statics = [game.static_info().as_bytes().to_vec()];
    let every_second: Vec<_> = graphics.into_iter().step_by(2).collect();
    let schemas = gametelemetry_games::Game::schemas(&acc::GAME);
    let schema = |source: &str| schemas.iter().find(|(name, _)| *name == source).unwrap().1;
    write(&folder, acc::PHYSICS_SOURCE, schema(acc::PHYSICS_SOURCE), 10, &physics);
    write(&folder, acc::GRAPHICS_SOURCE, schema(acc::GRAPHICS_SOURCE), 20, &every_second);
    write(&folder, acc::STATIC_SOURCE, schema(acc::STATIC_SOURCE), 1000, &statics);
    folder
}

fn write(folder: &Path, source: &str, schema: &Schema, every_ms: u64, frames: &[Vec<u8>]) {
    let start: Timestamp = START.parse().unwrap();
    let mut header = Header::new("acc", source, schema.clone(), start);
    header.session = "sample".to_owned();
    header.channels = acc::CHANNELS.iter().filter(|mapping| mapping.source == source).cloned().collect();
    let encoder = EncoderOptions { segment_bytes: 64 << 10, ..EncoderOptions::default() };
    let path = folder.join(format!("{source}.gtel"));
    let mut writer = BinarySessionWriter::create(&path, &header, WriterOptions { encoder }).unwrap();
    let mut at = start;
    let mut ledger = Ledger { finished: true, first_frame: Some(start), ..Ledger::default() };
    for frame in frames {
        writer.write(at, frame).unwrap();
        ledger.last_frame = Some(at);
        at = at + Duration::from_millis(every_ms);
    }
    let count = frames.len() as u64;
    (ledger.looks, ledger.frames, ledger.recorded) = (count, count, count);
    writer.finish(&ledger).unwrap();
}

/// Cuts the last `bytes` off a file.
pub(crate) fn cut(path: &Path, bytes: u64) {
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    let length = file.metadata().unwrap().len();
    file.set_len(length - bytes).unwrap();
}

/// Flips one bit in the middle of a file.
pub(crate) fn flip(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(path, bytes).unwrap();
}
