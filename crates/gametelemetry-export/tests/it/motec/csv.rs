//! The CSV in the layout of MoTeC i2.

use gametelemetry_export::motec::{LdFile, LdInfo, Ldx, MotecCsvRange, MotecCsvWriter, Storage};

use super::{channel, write};

fn info() -> LdInfo {
    LdInfo {
        started: Some(jiff::civil::date(2005, 11, 23).at(9, 53, 0, 0)),
        driver: "D \"Ace\" K".to_owned(),
        vehicle: "11A".to_owned(),
        venue: "Calder, AU".to_owned(),
        comment: "second\nwarmup".to_owned(),
        session: "2".to_owned(),
        ..LdInfo::default()
    }
}

#[test]
fn the_file_is_laid_out_as_i2_does() {
    let channels = [
        channel("Ground Speed", 50, Storage::F32, 0),
        channel("GPS Latitude", 50, Storage::I32 { decimals: 7 }, 0),
        channel("Gear", 50, Storage::I16 { decimals: 0 }, 0),
    ];
    let beacons_us = Ldx::from_crossings(&[1_000_000_000, 91_234_567_000], 0).beacons_us;
    let range = MotecCsvRange { hz: 50, rows: 2, distance_m: Some(12.6), beacons_us };
    let mut writer = MotecCsvWriter::create(Vec::new(), &info(), &channels, &range).unwrap();
    writer.push_row(&[180.1, 50.437_222_1, 3.0]).unwrap();
    writer.push_row(&[f64::NAN, -0.5, 1e9]).unwrap();
    let short = writer.push_row(&[1.0]).unwrap_err();
    assert_eq!(short.to_string(), "a row of 1 values does not fit 3 channels");
    let (bytes, summary) = writer.finish().unwrap();
    assert_eq!((summary.rows, summary.missing, summary.clipped), (2, 1, 1));
    let expected = r#""Format","MoTeC CSV File",,,"Workbook",""
"Venue","Calder, AU",,,"Worksheet",""
"Vehicle","11A",,,"Vehicle Desc",""
"Driver","D ""Ace"" K",,,"Engine ID",""
"Device","ADL"
"Comment","second warmup",,,"Session","2"
"Log Date","23/11/2005",,,"Origin Time","0.000","s"
"Log Time","09:53:00",,,"Start Time","0.000","s"
"Sample Rate","50.000","Hz",,"End Time","0.020","s"
"Duration","0.040","s",,"Start Distance","0","m"
"Range","entire outing",,,"End Distance","13","m"
"Beacon Markers","1.000 91.235"


"Time","Ground Speed","GPS Latitude","Gear"
"s","m","m","m"


"0.000","180.1","50.4372221","3"
"0.020","","-0.5000000","32767"
"#;
    assert_eq!(String::from_utf8(bytes).unwrap(), expected.replace('\n', "\r\n"));
}

#[test]
fn it_says_the_same_as_the_ld_sample_by_sample() {
    let storages = [Storage::F32, Storage::F64, Storage::I16 { decimals: 1 }, Storage::I32 { decimals: 7 }];
    let channels: Vec<_> = storages
        .iter()
        .enumerate()
        .map(|(number, storage)| channel(&format!("C{number}"), 60, *storage, 500))
        .collect();
    let column = |height: f64| (0..500).map(|sample| (f64::from(sample) * 0.7).sin() * height).collect();
    let samples: Vec<Vec<f64>> = [250.0, 1e-9, 700.0, 180.0].map(column).to_vec();
    let (bytes, _) = write(&info(), &channels, &samples);
    let file = LdFile::read(&bytes).unwrap();

    let range = MotecCsvRange { hz: 60, rows: 500, ..MotecCsvRange::default() };
    let mut writer = MotecCsvWriter::create(Vec::new(), &info(), &channels, &range).unwrap();
    (0..500).for_each(|row| {
        writer.push_row(&samples.iter().map(|column| column[row]).collect::<Vec<_>>()).unwrap()
    });
    let text = String::from_utf8(writer.finish().unwrap().0).unwrap();
    let mut columns: Vec<_> = file.channels.iter().map(|channel| file.samples(channel)).collect();
    for line in text.lines().skip(18) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.trim_matches('"').parse().unwrap()).collect();
        for (number, (cell, column)) in cells[1..].iter().zip(&mut columns).enumerate() {
            // A float of 32 bits is shorter as text than as the number it is.
            let value = column.next().unwrap();
            let same = if number == 0 { *cell as f32 == value as f32 } else { *cell == value };
            assert!(same, "{cell} and {value}");
        }
    }
    assert!(columns.iter_mut().all(|column| column.next().is_none()));
}
