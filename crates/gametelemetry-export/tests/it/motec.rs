//! MoTeC's files: what we write is read by us and by an independent reader, a real log is read with its known facts, and
//! hostile bytes hurt nobody.

mod csv;
mod hostile;
mod ldx;
mod real;
mod written;

use std::io::Cursor;

use gametelemetry_export::motec::{LdChannel, LdInfo, LdSummary, LdWriter, Storage};
use motec_i2::{ChannelMetadata, LDReader};

/// A channel with everything but its name left plain.
fn channel(name: &str, hz: u16, storage: Storage, samples: u32) -> LdChannel {
    let (short_name, unit) = (name.chars().take(4).collect(), "m".to_owned());
    LdChannel { name: name.to_owned(), short_name, unit, hz, storage, samples }
}

/// The file of `channels` with `samples` of each, pushed channel by channel.
fn write(info: &LdInfo, channels: &[LdChannel], samples: &[Vec<f64>]) -> (Vec<u8>, LdSummary) {
    let mut writer = LdWriter::create(Cursor::new(Vec::new()), info, channels).unwrap();
    for (number, values) in samples.iter().enumerate() {
        values.iter().for_each(|value| writer.push(number, *value).unwrap());
    }
    let (out, summary) = writer.finish().unwrap();
    (out.into_inner(), summary)
}

/// What the crate `motec-i2` reads: each channel with its values.
fn independently_read(bytes: &[u8]) -> Vec<(ChannelMetadata, Vec<f64>)> {
    let mut cursor = Cursor::new(bytes);
    let mut reader = LDReader::new(&mut cursor);
    let channels = reader.read_channels().unwrap();
    let values = |channel: ChannelMetadata| {
        let samples = reader.channel_data(&channel).unwrap();
        let values = samples.iter().map(|sample| sample.decode_f64(&channel)).collect();
        (channel, values)
    };
    channels.into_iter().map(values).collect()
}

/// The two multiply and divide in another order, which costs the last bit.
fn assert_close(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-12 * theirs.abs().max(1.0), "{what}: {ours} and {theirs}");
}
