//! Files that we write, read by us and by the crate `motec-i2`.

use std::io::{self, Cursor, Seek, SeekFrom, Write};

use gametelemetry_export::motec::{
    LdChannel, LdFile, LdInfo, LdWriteError, LdWriter, SampleType, Storage, motec_name,
};
use motec_i2::LDReader;

use super::{assert_close, channel, independently_read, write};

fn info() -> LdInfo {
    LdInfo {
        started: Some(jiff::civil::date(2026, 11, 23).at(12, 5, 9, 0)),
        driver: "A. Driver".to_owned(),
        vehicle: "GT3".to_owned(),
        venue: "Spa".to_owned(),
        event: "Test day".to_owned(),
        session: "Practice".to_owned(),
        comment: "dry".to_owned(),
    }
}

/// Enough samples that buffers are written many times, in the middle and at the end.
fn wave(count: u32, height: f64) -> Vec<f64> {
    (0..count).map(|sample| (f64::from(sample) * 0.01).sin() * height).collect()
}

#[test]
fn several_rates_and_types_are_read_by_an_independent_reader() {
    let channels = [
        channel("Ground Speed", 100, Storage::F32, 20_000),
        channel("GPS Latitude", 10, Storage::I32 { decimals: 7 }, 2000),
        channel("Gear", 50, Storage::I16 { decimals: 0 }, 10_000),
        channel("Fuel Level", 1, Storage::I16 { decimals: 1 }, 200),
    ];
    let heights = [300.0, 89.0, 7.0, 100.0];
    let samples: Vec<_> =
        channels.iter().zip(heights).map(|(channel, height)| wave(channel.samples, height)).collect();
    let (bytes, summary) = write(&info(), &channels, &samples);
    assert!(summary.channels.iter().all(|channel| channel.held == 0 && channel.clipped == 0));

    let file = LdFile::read(&bytes).unwrap();
    assert_eq!((file.damage.len(), file.duration_s()), (0, 200.0));
    let theirs = independently_read(&bytes);
    assert_eq!((file.channels.len(), theirs.len()), (4, 4));
    let steps = [2e-5, 5.1e-8, 0.5, 0.051];
    for (number, (ours, (theirs, their_values))) in file.channels.iter().zip(&theirs).enumerate() {
        let given = &channels[number];
        assert_eq!((&ours.name, &ours.unit, ours.hz), (&given.name, &given.unit, given.hz));
        assert_eq!((&theirs.name, &theirs.unit, theirs.sample_rate), (&given.name, &given.unit, given.hz));
        assert_eq!((ours.samples, their_values.len()), (given.samples, samples[number].len()));
        for ((ours, theirs), given) in file.samples(ours).zip(their_values).zip(&samples[number]) {
            assert_close(ours, *theirs, &channels[number].name);
            assert!((ours - given).abs() <= steps[number], "{given} became {ours}");
        }
    }
}

#[test]
fn the_head_is_read_by_an_independent_reader() {
    let (bytes, _) = write(&info(), &[channel("Gear", 10, Storage::F32, 1)], &[vec![3.0]]);
    let mut cursor = Cursor::new(&bytes);
    let mut reader = LDReader::new(&mut cursor);
    let header = reader.read_header().unwrap();
    assert_eq!((header.date_string.as_str(), header.time_string.as_str()), ("23/11/2026", "12:05:09"));
    assert_eq!(header.num_channels, 1);
    assert_eq!(
        (header.driver.as_str(), header.vehicleid.as_str(), header.venue.as_str()),
        ("A. Driver", "GT3", "Spa")
    );
    assert_eq!((header.session.as_str(), header.short_comment.as_str()), ("Practice", "dry"));
    let event = reader.read_event().unwrap().unwrap();
    assert_eq!(
        (event.name.as_str(), event.session.as_str(), event.comment.as_str()),
        ("Test day", "Practice", "dry")
    );
    assert_eq!(reader.read_venue().unwrap().unwrap().name, "Spa");
    assert_eq!(reader.read_vehicle().unwrap().unwrap().id, "GT3");

    let file = LdFile::read(&bytes).unwrap();
    assert_eq!(file.header.started(), info().started);
    assert_eq!((file.header.event.as_str(), file.header.channel_count), ("Test day", 1));
}

#[test]
fn rows_and_single_samples_give_the_same_file() {
    let channels = [channel("A", 20, Storage::F32, 5000), channel("B", 20, Storage::F64, 5000)];
    let samples = [wave(5000, 1.0), wave(5000, -2.0)];
    let (by_channel, _) = write(&info(), &channels, &samples);
    let mut writer = LdWriter::create(Cursor::new(Vec::new()), &info(), &channels).unwrap();
    for (a, b) in samples[0].iter().zip(&samples[1]) {
        writer.push_row(&[*a, *b]).unwrap();
    }
    assert!(by_channel == writer.finish().unwrap().0.into_inner());
}

#[test]
fn floats_of_64_bits_come_back_whole() {
    let values = vec![50.437_222_123_456, -1e-300, f64::MAX];
    let (bytes, _) = write(&info(), &[channel("Lat", 1, Storage::F64, 3)], std::slice::from_ref(&values));
    let file = LdFile::read(&bytes).unwrap();
    assert_eq!(file.channels[0].sample_type, SampleType::F64);
    assert_eq!(file.samples(&file.channels[0]).collect::<Vec<_>>(), values);
}

#[test]
fn a_place_on_earth_keeps_a_centimetre() {
    let name = motec_name("longitude", "deg");
    let longitude = LdChannel { samples: 1, hz: 1, ..LdChannel::of("longitude", "deg") };
    for degrees in [179.999_999_9, -179.999_999_9, 5.971_417, 150.123_456_7] {
        let (bytes, summary) = write(&info(), std::slice::from_ref(&longitude), &[vec![name.value(degrees)]]);
        let file = LdFile::read(&bytes).unwrap();
        assert!((file.samples(&file.channels[0]).next().unwrap() - degrees).abs() < 1e-7);
        assert_eq!(summary.channels[0].clipped, 0);
    }
}

#[test]
fn what_is_missing_is_held_and_what_does_not_fit_is_clipped_and_both_are_counted() {
    let channels = [channel("A", 10, Storage::F32, 4), channel("B", 10, Storage::I16 { decimals: 0 }, 4)];
    let samples = [vec![f64::NAN, 1.5, f64::NAN, 2.0], vec![1e6, -1e6, 3.0, f64::INFINITY]];
    let (bytes, summary) = write(&info(), &channels, &samples);
    let counts: Vec<_> = summary.channels.iter().map(|channel| (channel.held, channel.clipped)).collect();
    assert_eq!(counts, [(2, 0), (1, 2)]);
    let file = LdFile::read(&bytes).unwrap();
    assert_eq!(file.samples(&file.channels[0]).collect::<Vec<_>>(), [0.0, 1.5, 1.5, 2.0]);
    assert_eq!(file.samples(&file.channels[1]).collect::<Vec<_>>(), [32767.0, -32768.0, 3.0, 3.0]);
}

#[test]
fn a_channel_that_got_fewer_samples_is_shorter() {
    let channels = [channel("A", 10, Storage::F32, 100), channel("B", 10, Storage::F32, 100)];
    let (bytes, summary) = write(&info(), &channels, &[vec![1.0; 7], vec![2.0; 93]]);
    let file = LdFile::read(&bytes).unwrap();
    assert_eq!(file.damage, []);
    for (channel, (expected, value)) in file.channels.iter().zip([(7, 1.0), (93, 2.0)]) {
        assert_eq!(channel.samples, expected);
        assert!(file.samples(channel).all(|sample| sample == value));
    }
    assert_eq!(summary.channels.iter().map(|channel| channel.samples).collect::<Vec<_>>(), [7, 93]);
}

#[test]
fn long_and_foreign_texts_are_cut_and_replaced() {
    let long = "Circuit de Spa-Francorchamps, Belgium, the longest of them all, in the rain";
    let info = LdInfo {
        venue: "Nürburgring".to_owned(),
        driver: "佐藤 Zoë".to_owned(),
        comment: long.repeat(20),
        vehicle: long.to_owned(),
        ..info()
    };
    let mut named = channel("Tyre Surface Temperature Outer FL", 1, Storage::F32, 1);
    named.unit = "°C".to_owned();
    let same = LdChannel { name: "Tyre Surface Temperature Outer FR".to_owned(), ..named.clone() };
    let (bytes, _) = write(&info, &[named, same], &[vec![1.0], vec![2.0]]);
    assert!(bytes.windows(11).any(|window| window == b"N\xfcrburgring"));
    let file = LdFile::read(&bytes).unwrap();
    assert_eq!((file.header.venue.as_str(), file.header.driver.as_str()), ("Nürburgring", "?? Zoë"));
    assert_eq!(file.header.vehicle, long[..63].trim());
    assert_eq!(file.header.comment, long.repeat(20)[..1023].trim());
    let texts: Vec<_> =
        file.channels.iter().map(|channel| (channel.name.as_str(), channel.unit.as_str())).collect();
    assert_eq!(texts, [("Tyre Surface Temperature Outer", "°C"), ("Tyre Surface Temperature Oute~2", "°C")]);
}

#[test]
fn the_extremes_stand_where_loggers_write_them() {
    let (bytes, _) =
        write(&info(), &[channel("A", 1, Storage::I16 { decimals: 1 }, 3)], &[vec![1.5, -20.0, 7.0]]);
    let extremes = &bytes[0x3448 + 0x54..0x3448 + 0x5c];
    assert_eq!(extremes, [70_i32.to_le_bytes(), (-200_i32).to_le_bytes()].concat());
}

#[test]
fn a_log_that_cannot_be_is_refused() {
    let create =
        |channels: &[LdChannel]| LdWriter::create(Cursor::new(Vec::new()), &info(), channels).map(drop);
    let hours = channel("A", 1000, Storage::F64, 500_000_000);
    let error = create(&[hours.clone(), hours]).unwrap_err();
    assert!(
        matches!(error, LdWriteError::TooLarge { bytes: 8_000_013_632, most: 4_294_967_295 }),
        "{error:?}"
    );
    assert!(error.to_string().contains("8000013632 bytes"), "{error}");
    assert!(matches!(create(&[]), Err(LdWriteError::NoChannels)));
    assert!(matches!(create(&[channel("A", 0, Storage::F32, 1)]), Err(LdWriteError::NoRate { .. })));
    let many = vec![channel("A", 1, Storage::F32, 0); 65_536];
    assert!(matches!(create(&many), Err(LdWriteError::TooManyChannels { got: 65_536, .. })));

    let mut writer =
        LdWriter::create(Cursor::new(Vec::new()), &info(), &[channel("A", 1, Storage::F32, 1)]).unwrap();
    writer.push(0, 1.0).unwrap();
    assert!(matches!(writer.push(0, 2.0), Err(LdWriteError::TooManySamples { expected: 1, .. })));
    assert!(matches!(writer.push(1, 2.0), Err(LdWriteError::NoSuchChannel { got: 1, count: 1 })));
    assert!(matches!(writer.push_row(&[]), Err(LdWriteError::Row { got: 0, count: 1 })));
}

/// A disk with room for so many bytes.
struct Disk(Cursor<Vec<u8>>, u64);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.position() + bytes.len() as u64 > self.1 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Disk {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_full_disk_is_an_error_wherever_it_happens() {
    let channels = [channel("A", 100, Storage::F32, 20_000), channel("B", 100, Storage::F32, 20_000)];
    for room in [0, 100, 13_384, 13_500, 50_000, 100_000, 173_631] {
        let written = || {
            let mut writer = LdWriter::create(Disk(Cursor::default(), room), &info(), &channels)?;
            (0..20_000).try_for_each(|sample| writer.push_row(&[f64::from(sample), 0.0]))?;
            writer.finish()
        };
        assert!(
            matches!(written(), Err(LdWriteError::Io(error)) if error.kind() == io::ErrorKind::StorageFull),
            "{room}"
        );
    }
}
