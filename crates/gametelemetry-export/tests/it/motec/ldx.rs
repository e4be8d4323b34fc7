//! Laps in a `.ldx`.

use gametelemetry_export::motec::{Ldx, LdxError};

const SECOND: i64 = 1_000_000_000;

#[test]
fn lap_times_come_back_as_they_were_given() {
    // Out lap, three laps, in lap; the log begins at some moment of a clock.
    let first_sample = 1_234_567_890_123;
    let ends: [i64; 4] = [95_250_000_000, 186_117_000_000, 276_500_123_000, 368_000_000_000];
    let crossings: Vec<i64> = ends.iter().map(|end| first_sample + end).collect();
    let written = Ldx::from_crossings(&crossings, first_sample)
        .with_detail("Venue", "Spa & <Zandvoort> \"Nürburgring\"");
    let read = Ldx::read(written.to_xml().as_bytes()).unwrap();
    assert_eq!(read, written);
    assert_eq!(read.beacons_us, [95_250_000, 186_117_000, 276_500_123, 368_000_000]);
    assert_eq!(read.lap_times_us(), [90_867_000, 90_383_123, 91_499_877]);
    assert_eq!((read.total_laps, read.fastest_lap, read.fastest_time_ms), (Some(5), Some(3), Some(90_383)));
    assert_eq!(read.details, [("Venue".to_owned(), "Spa & <Zandvoort> \"Nürburgring\"".to_owned())]);
}

#[test]
fn the_first_piece_is_a_lap_only_when_the_log_begins_at_the_line() {
    for (crossings, beacons, total, fastest) in [
        (&[0, 80 * SECOND, 170 * SECOND][..], &[80_000_000, 170_000_000][..], 3, Some((1, 80_000))),
        (&[80 * SECOND, 170 * SECOND], &[80_000_000, 170_000_000], 3, Some((2, 90_000))),
        (&[80 * SECOND], &[80_000_000], 2, None),
        (&[0, 80 * SECOND], &[80_000_000], 2, Some((1, 80_000))),
        (&[], &[], 1, None),
        (
            &[-SECOND, 170 * SECOND, 80 * SECOND, 80 * SECOND],
            &[80_000_000, 170_000_000],
            3,
            Some((2, 90_000)),
        ),
    ] {
        let ldx = Ldx::from_crossings(crossings, 0);
        assert_eq!(ldx.beacons_us, beacons);
        assert_eq!(ldx.total_laps, Some(total));
        assert_eq!(ldx.fastest_lap.zip(ldx.fastest_time_ms), fastest, "{crossings:?}");
    }
}

#[test]
fn another_lap_can_be_the_fastest() {
    let crossings = [10 * SECOND, 100 * SECOND, 180 * SECOND, 271 * SECOND];
    let ldx = Ldx::from_crossings(&crossings, 0);
    assert_eq!((ldx.fastest_lap, ldx.fastest_time_ms), (Some(3), Some(80_000)));
    let ldx = ldx.with_fastest(Some(100 * SECOND), 0);
    assert_eq!((ldx.fastest_lap, ldx.fastest_time_ms), (Some(2), Some(90_000)));
    let ldx = ldx.with_fastest(None, 0);
    assert_eq!((ldx.fastest_lap, ldx.fastest_time_ms), (None, None));
    assert!(!ldx.to_xml().contains("Fastest"));
}

#[test]
fn files_of_other_programs_are_read() {
    let i2 = r#"<?xml version="1.0"?>
<LDXFile Locale="English_United States.1252" DefaultLocale="C" Version="1.6">
 <Layers><Layer><MarkerBlock><MarkerGroup Name="Beacons" Index="1">
  <Marker Version="100" ClassName="BCN" Name="Auto GPS 2" Flags="77" Time="6.62360432425654292e+08"/>
  <Marker Version="100" ClassName="BCN" Name="Auto GPS 1" Flags="77" Time="2.58129811370032370e+08"/>
  <Marker Version="100" ClassName="OTHER" Name="x" Time="5"/>
  <Marker ClassName="BCN" Time="NaN"/><Marker ClassName="BCN"/><Marker ClassName="BCN" Time="-1"/>
  <Marker ClassName="BCN" Time="0.1"/><Marker ClassName="BCN" Time="1e300"/>
 </MarkerGroup></MarkerBlock></Layer>
 <Details><Numeric Id="x" Value="72"/><String Id="Total Laps" Value="3"/><String Id="Fastest Time" Value="6:44.231"/>
  <String Id="Fastest Lap" Value="2"/><String Id="Driver" Value="Zo&#235;"/></Details></Layers></LDXFile>"#;
    let ldx = Ldx::read(i2.as_bytes()).unwrap();
    assert_eq!(ldx.beacons_us, [258_129_811, 662_360_432]);
    assert_eq!((ldx.total_laps, ldx.fastest_lap, ldx.fastest_time_ms), (Some(3), Some(2), Some(404_231)));
    assert_eq!(ldx.details, [("Driver".to_owned(), "Zoë".to_owned())]);
    let sample = "<LDXFile><Details><String Id=\"Venue\" Value=\"N\u{fc}rburg\"/></Details></LDXFile>";
    let latin_1: Vec<u8> = sample.chars().map(|character| character as u8).collect();
    assert_eq!(Ldx::read(&latin_1).unwrap().details[0].1, "Nürburg");
}

#[test]
fn what_is_no_ldx_is_an_error_and_what_is_cut_is_not() {
    for bytes in [&b""[..], b"not xml", b"<html></html>", b"<", b"\xff\xfe<\0L\0"] {
        assert_eq!(Ldx::read(bytes), Err(LdxError::NotLdx), "{bytes:?}");
    }
    let whole = Ldx::from_crossings(&[SECOND, 2 * SECOND, 4 * SECOND], 0).to_xml();
    let mut most = 0;
    for end in 0..whole.len() {
        if let Ok(ldx) = Ldx::read(&whole.as_bytes()[..end]) {
            assert!(ldx.beacons_us.len() >= most && ldx.beacons_us.len() <= 3);
            most = ldx.beacons_us.len();
        }
    }
    assert_eq!(most, 3);
}

#[test]
fn a_beacon_without_end_is_bounded() {
    let many = format!("<LDXFile>{}", "<Marker Time='1'/>".repeat(200_000));
    assert_eq!(Ldx::read(many.as_bytes()).unwrap().beacons_us, [1]);
    let ampersands = format!("<LDXFile a='{};'>", "&".repeat(1_000_000));
    assert!(Ldx::read(ampersands.as_bytes()).is_ok());
}
