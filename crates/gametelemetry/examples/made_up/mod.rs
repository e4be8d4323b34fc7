//! What examples work on: the session that is named on the command line, or else a small one made here, so that they run
//! without a game.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use gametelemetry::{
    BinarySessionWriter, ChannelMapping, Header, Ledger, PackedFrame, SessionWriter, Telemetry,
    WriterOptions, clock::Clock, telemetry,
};

/// What the made-up game tells.
#[telemetry(size = 8)]
struct Car {
    /// Speed.
    speed_m_s: f32,
    /// Gear.
    gear: i32,
}

/// The path of the session on the command line, or of a made-up one in `folder`: a minute of speeding up and braking.
pub(crate) fn session(folder: &tempfile::TempDir) -> Result<PathBuf, Box<dyn Error>> {
    if let Some(path) = std::env::args_os().nth(1) {
        return Ok(path.into());
    }
    let start = Clock::system().now();
    let mut header = Header::new("made_up", "car", Car::schema().clone(), start);
    header.session = "example".to_owned();
    header.channels =
        vec![ChannelMapping::new("speed", "car", "speed_m_s"), ChannelMapping::new("gear", "car", "gear")];
    let path = folder.path().join("car.gtel");
    let mut writer = BinarySessionWriter::create(&path, &header, WriterOptions::default())?;
    for frame in 0_u16..6000 {
        let wave = (f32::from(frame) / 1000.0 * std::f32::consts::TAU).sin();
        let mut car = Car::zeroed();
        car.set_speed_m_s(40.0 + 25.0 * wave);
        car.set_gear(if wave < -0.5 {
            2
        } else if wave < 0.5 {
            3
        } else {
            4
        });
        writer.write(start + Duration::from_millis(10) * u32::from(frame), Telemetry::as_bytes(&car))?;
    }
    writer.finish(&Ledger::default())?;
    Ok(path)
}
