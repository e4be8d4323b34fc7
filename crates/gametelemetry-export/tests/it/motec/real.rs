//! A log of a real car, made by a real logger.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gametelemetry_export::motec::{LdFile, SampleType, channel_of};

use super::{assert_close, independently_read};

fn sample() -> Option<Vec<u8>> {
    let path = "motec/Sample1.ld";
    let Some(folder) = std::env::var_os("GAMETELEMETRY_REAL_DATA") else {
        eprintln!("left out: {path} (set GAMETELEMETRY_REAL_DATA to the folder of real captures)");
        return None;
    };
    Some(std::fs::read(PathBuf::from(folder).join(path)).expect(path))
}

#[test]
fn a_real_log_says_what_is_known_of_it() {
    let Some(bytes) = sample() else { return };
    let file = LdFile::read(&bytes).unwrap();
    let header = &file.header;
    assert_eq!(
        [&header.date, &header.time, &header.driver, &header.vehicle, &header.venue, &header.session],
        ["23/11/2005", "09:53:00", "", "11A", "Calder", "2"]
    );
    assert_eq!(header.started(), Some(jiff::civil::date(2005, 11, 23).at(9, 53, 0, 0)));
    assert_eq!((header.event.as_str(), header.short_comment.as_str()), ("i2 data day", "second warmup"));
    assert_eq!(header.comment, "Calder Park, 23/11/05, fine sunny day");
    assert_eq!(
        (header.device_type.as_str(), header.device_version, header.device_serial),
        ("ADL", 420, 12007)
    );
    assert_eq!((file.channels.len(), header.channel_count), (78, 78));
    assert_eq!(file.damage, []);
    let mut rates = BTreeMap::new();
    for channel in &file.channels {
        assert_eq!((channel.duration_s(), channel.sample_type), (454.0, SampleType::I16), "{}", channel.name);
        *rates.entry(channel.hz).or_insert(0) += 1;
    }
    assert_eq!(rates, BTreeMap::from([(1, 14), (2, 3), (5, 15), (10, 12), (20, 27), (50, 3), (100, 4)]));
    assert_eq!(file.duration_s(), 454.0);
}

#[test]
fn a_real_log_has_plausible_values() {
    let Some(bytes) = sample() else { return };
    let file = LdFile::read(&bytes).unwrap();
    // The largest values that the logger itself noted for these channels.
    for (name, unit, most) in [
        ("Ground Speed", "km/h", 244.6),
        ("Engine RPM", "rpm", 6846.0),
        ("Throttle Pos", "%", 99.9),
        ("Steered Angle", "deg", 10.6),
        ("Gyro Yaw Velocity", "deg/s", 40.32),
        ("Gear", "", 5.0),
        ("G Force Lat", "G", 1.62),
    ] {
        let channel = file.channels.iter().find(|channel| channel.name == name).expect(name);
        assert_eq!(channel.unit, unit, "{name}");
        assert_close(file.samples(channel).fold(f64::MIN, f64::max), most, name);
    }
}

#[test]
fn a_real_log_is_read_as_an_independent_reader_does() {
    let Some(bytes) = sample() else { return };
    let file = LdFile::read(&bytes).unwrap();
    let theirs = independently_read(&bytes);
    assert_eq!(theirs.len(), file.channels.len());
    let mut compared = 0;
    for (channel, (their_channel, their_values)) in file.channels.iter().zip(theirs) {
        assert_eq!(
            (&channel.name, &channel.short_name, &channel.unit, channel.hz),
            (
                &their_channel.name,
                &their_channel.short_name.trim().to_owned(),
                &their_channel.unit,
                their_channel.sample_rate
            )
        );
        let values = file.samples(channel);
        assert_eq!(values.len(), their_values.len(), "{}", channel.name);
        values.zip(their_values).for_each(|(ours, theirs)| assert_close(ours, theirs, &channel.name));
        compared += channel.samples;
    }
    assert_eq!(compared, 592_470);
}

#[test]
fn a_real_log_has_channels_of_ours() {
    let Some(bytes) = sample() else { return };
    let file = LdFile::read(&bytes).unwrap();
    let ours: Vec<_> =
        file.channels.iter().filter_map(|found| channel_of(&found.name, &found.unit)).collect();
    for channel in
        ["speed", "throttle", "steer", "gear", "engine_rpm", "g_lat", "g_lon", "yaw_rate", "lap_distance"]
    {
        assert!(ours.iter().any(|(name, _)| *name == channel), "{channel}");
    }
    assert_eq!(ours.len(), 39);
}
