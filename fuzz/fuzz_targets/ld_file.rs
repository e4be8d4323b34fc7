//! Any bytes as a MoTeC log: every sample of every channel, and what was read written and read again; then as the file
//! with its laps.
#![no_main]

use std::io::Cursor;

use gametelemetry_export::motec::{LdChannel, LdChannelData, LdFile, LdInfo, LdWriter, Ldx, Storage};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(file) = LdFile::read(data) {
        let _ = (file.duration_s(), file.header.started());
        let samples: usize = file.channels.iter().map(|channel| file.samples(channel).count()).sum();
        assert!(samples <= data.len(), "no sample stands in two channels");
        write_again(&file);
    }
    if let Ok(ldx) = Ldx::read(data) {
        let again = Ldx::read(ldx.to_xml().as_bytes()).expect("ours");
        assert_eq!((again.beacons_us, again.fastest_lap), (ldx.beacons_us, ldx.fastest_lap));
    }
});

/// As floats of 64 bits nothing is lost but what is not finite.
fn write_again(file: &LdFile<'_>) {
    let channel = |channel: &LdChannelData| LdChannel {
        name: channel.name.clone(),
        short_name: channel.short_name.clone(),
        unit: channel.unit.clone(),
        hz: channel.hz.max(1),
        storage: Storage::F64,
        samples: channel.samples,
    };
    let channels: Vec<_> = file.channels.iter().map(channel).collect();
    let info = LdInfo { venue: file.header.venue.clone(), event: file.header.event.clone(), ..LdInfo::default() };
    let Ok(mut writer) = LdWriter::create(Cursor::new(Vec::new()), &info, &channels) else { return };
    for (number, channel) in file.channels.iter().enumerate() {
        file.samples(channel).for_each(|sample| writer.push(number, sample).expect("room was kept"));
    }
    let (bytes, summary) = writer.finish().expect("a cursor does not fail");
    let bytes = bytes.into_inner();
    let again = LdFile::read(&bytes).expect("ours");
    assert!(again.damage.is_empty(), "{:?}", again.damage);
    // A channel without name and samples is the end of some loggers' lists.
    let kept = channels.iter().filter(|channel| channel.samples > 0 || !channel.name.is_empty());
    assert!(again.channels.len() >= kept.count());
    for (channel, written) in file.channels.iter().zip(&summary.channels) {
        assert_eq!(written.samples, channel.samples);
    }
}
