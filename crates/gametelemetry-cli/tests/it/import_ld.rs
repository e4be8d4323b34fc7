//! `import` of MoTeC's `.ld`: every sample is in the session, texts and laps too.

use std::path::Path;

use gametelemetry_export::motec::{LdChannel, LdFile, LdInfo, LdWriter, Ldx};

use crate::support::{Place, count, find};

/// A log of 30 s: speed at 50 Hz, fuel at 2 Hz, a name that comes twice; the line is crossed at 5, 15 and 24.5 s.
fn write_log(folder: &Path) {
    let info = LdInfo {
        driver: "Ann".to_owned(),
        vehicle: "GT3".to_owned(),
        venue: "Spa".to_owned(),
        ..LdInfo::default()
    };
    let channel = |name: &str, unit: &str, hz: u16| {
        let mut channel = LdChannel::of(name, unit);
        (channel.hz, channel.samples) = (hz, u32::from(hz) * 30);
        channel
    };
    let channels = [channel("speed", "m/s", 50), channel("fuel_volume", "l", 2), channel("odd/name", "", 50)];
    let file = std::fs::File::create(folder.join("lap.ld")).unwrap();
    let mut writer = LdWriter::create(file, &info, &channels).unwrap();
    for number in 0..30 * 50 {
        writer.push(0, f64::from(number) * 0.1 * 3.6).unwrap();
        writer.push(2, f64::from(number)).unwrap();
    }
    for number in 0..30 * 2 {
        writer.push(1, 50.0 - f64::from(number) * 0.01).unwrap();
    }
    let _ = writer.finish().unwrap();
    let ldx = Ldx::from_crossings(&[5_000_000_000, 15_000_000_000, 24_500_000_000], 0);
    std::fs::write(folder.join("lap.ldx"), ldx.to_xml()).unwrap();
}

#[test]
fn a_log_becomes_a_session_with_its_channels_and_laps() {
    let place = Place::new();
    write_log(place.path());
    let ran = place.run(["import", "lap.ld"]).code(0);
    let session = ran.stdout.trim();
    let verified = place.run(["verify", session, "--json"]).code(0).json();
    let records = |source: &str| count(find(&verified, "file", source), "records");
    assert_eq!(
        [records("50hz.gtel"), records("2hz.gtel"), records("log.gtel"), records("beacons.gtel")],
        [1500, 60, 1, 4]
    );
    let cat = place.run([
        "cat",
        session,
        "--source",
        "50hz",
        "--channels",
        "speed",
        "--from",
        "20s",
        "--limit",
        "1",
    ]);
    let frame = cat.code(0).json();
    assert!((frame["speed"].as_f64().unwrap() - 100.0).abs() < 1e-4, "{frame}");
    let laps = place.run(["laps", session, "--json"]).code(0).json();
    let whole: Vec<_> =
        laps.as_array().unwrap().iter().filter(|lap| lap["official_time_ms"].is_u64()).collect();
    let times: Vec<u64> = whole.iter().map(|lap| count(lap, "official_time_ms")).collect();
    assert_eq!(times, [10_000, 9_500], "{laps:#}");
}

#[test]
fn a_log_without_laps_or_with_damage_is_imported_as_far_as_it_is_there() {
    let place = Place::new();
    write_log(place.path());
    std::fs::remove_file(place.path().join("lap.ldx")).unwrap();
    let _ = place.run(["import", "lap.ld"]).code(0).says(&["no .ldx beside the log"]);
    let bytes = std::fs::read(place.path().join("lap.ld")).unwrap();
    std::fs::write(place.path().join("cut.ld"), &bytes[..bytes.len() - 4000]).unwrap();
    let _ = place.run(["import", "cut.ld"]).code(3).says(&["samples of"]);
    std::fs::write(place.path().join("stub.ld"), &bytes[..100]).unwrap();
    let _ = place.run(["import", "stub.ld"]).code(1).says(&["ends inside its header"]);
}

/// The sample log of MoTeC i2: every sample of every channel is in the session.
#[test]
fn a_real_log_is_imported_sample_by_sample() {
    let Some(data) = std::env::var_os("GAMETELEMETRY_REAL_DATA") else {
        eprintln!("left out: GAMETELEMETRY_REAL_DATA names no folder with real recordings");
        return;
    };
    let path = Path::new(&data).join("motec/Sample1.ld");
    let bytes = std::fs::read(&path).unwrap();
    let log = LdFile::read(&bytes).unwrap();
    let place = Place::new();
    let ran = place.run(["import".as_ref(), path.as_os_str()]).code(0);
    let session = place.path().join(ran.stdout.trim());
    assert!(session.ends_with("2005-11-23_095300_motec"), "{}", session.display());
    let mut compared = 0;
    for hz in [1_u16, 2, 5, 10, 20, 50, 100] {
        let records = crate::support::records(&session.join(format!("{hz}hz.gtel")));
        let channels: Vec<_> = log.channels.iter().filter(|channel| channel.hz == hz).collect();
        for (place, channel) in channels.iter().enumerate() {
            for ((_, record), sample) in records.iter().zip(log.samples(channel)) {
                let stored = f64::from_le_bytes(record[place * 8..place * 8 + 8].try_into().unwrap());
                assert!(stored == sample, "{} {stored} {sample}", channel.name);
                compared += 1;
            }
        }
    }
    println!("compared {compared} samples");
    assert_eq!(compared, 592_470);
}
