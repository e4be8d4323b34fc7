//! Bytes that nobody would write: cut, overwritten, and lists that never end.

use gametelemetry_export::motec::{LdDamage, LdFile, LdInfo, LdReadError, Storage};

use super::{channel, write};

const FIRST: usize = 0x3448;

fn small() -> Vec<u8> {
    let channels = [
        channel("A", 10, Storage::F32, 20),
        channel("B", 10, Storage::I16 { decimals: 1 }, 20),
        channel("C", 5, Storage::F64, 10),
    ];
    let samples = [vec![1.0; 20], vec![2.0; 20], vec![3.0; 10]];
    write(&LdInfo { event: "e".to_owned(), ..LdInfo::default() }, &channels, &samples).0
}

/// Reads everything there is; gives the number of samples.
fn use_all(bytes: &[u8]) -> usize {
    let Ok(file) = LdFile::read(bytes) else { return 0 };
    let samples: usize = file.channels.iter().map(|channel| file.samples(channel).count()).sum();
    assert!(samples <= bytes.len(), "more samples than bytes");
    let _ = (file.duration_s(), file.header.started());
    samples
}

#[test]
fn every_cut_yields_what_is_whole() {
    let whole = small();
    let mut most = 0;
    for end in 0..=whole.len() {
        let samples = use_all(&whole[..end]);
        assert!(samples >= most, "a longer file has no fewer samples");
        most = samples;
    }
    assert_eq!(most, 50);
    assert_eq!(LdFile::read(&whole[..100]).unwrap_err(), LdReadError::Truncated { needed: 1762, got: 100 });
    let cut = &whole[..whole.len() - 9];
    let missing = LdDamage::SamplesMissing { channel: "C".to_owned(), expected: 10, got: 8 };
    assert_eq!(LdFile::read(cut).unwrap().damage, [missing]);
}

#[test]
fn every_field_may_say_anything() {
    let whole = small();
    // Where something is: the header, the pointers of event and venue, the list. Between them are zeros.
    let places =
        (0..1762).chain(2900..2930).chain(4918..4930).chain(6010..6024).chain(FIRST..FIRST + 3 * 124);
    for at in places {
        for value in [[0; 4], [0xff; 4], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80], [0x48, 0x34, 0, 0]] {
            let mut bytes = whole.clone();
            bytes[at..at + 4].copy_from_slice(&value);
            use_all(&bytes);
        }
    }
}

#[test]
fn a_list_that_bites_its_tail_ends() {
    for back_to in [FIRST, FIRST + 124] {
        let mut bytes = small();
        let next = FIRST + 2 * 124 + 4;
        bytes[next..next + 4].copy_from_slice(&u32::try_from(back_to).unwrap().to_le_bytes());
        let file = LdFile::read(&bytes).unwrap();
        assert_eq!(file.channels.len(), 3);
        assert_eq!(file.damage, [LdDamage::ListLoops { place: u32::try_from(back_to).unwrap() }]);
    }
}

#[test]
fn a_list_that_leaves_the_file_ends() {
    let mut bytes = small();
    bytes[FIRST + 4..FIRST + 8].copy_from_slice(&[0xf0, 0xff, 0xff, 0xff]);
    let file = LdFile::read(&bytes).unwrap();
    assert_eq!(file.channels.len(), 1);
    assert_eq!(file.damage, [LdDamage::ListLeavesFile { place: 0xffff_fff0 }]);
}

#[test]
fn channels_that_share_their_samples_do_not_multiply_them() {
    // As many entries as fit, one every four bytes, each of which claims the whole file.
    let mut bytes = small();
    bytes.resize(400_000, 0);
    for (number, at) in (0x4000..390_000).step_by(124).enumerate() {
        let next = u32::try_from(at + 124).unwrap();
        for (field, value) in
            [(4, next), (8, 1762), (12, u32::MAX), (18, 0x0001_0003), (32, 65 + number as u32 % 20)]
        {
            bytes[at + field..at + field + 4].copy_from_slice(&value.to_le_bytes());
        }
    }
    bytes[8..12].copy_from_slice(&0x4000_u32.to_le_bytes());
    assert!(LdFile::read(&bytes).unwrap().channels.len() > 3000);
    assert!(use_all(&bytes) > 390_000);
}

#[test]
fn a_type_that_nobody_knows_is_said() {
    let mut bytes = small();
    bytes[FIRST + 18..FIRST + 22].copy_from_slice(&[6, 0, 4, 0]);
    let file = LdFile::read(&bytes).unwrap();
    assert_eq!(file.damage, [LdDamage::UnknownType { channel: "A".to_owned(), class: 6, width: 4 }]);
    assert_eq!((file.channels.len(), file.samples(&file.channels[0]).count()), (3, 0));
}

#[test]
fn what_is_no_log_is_named_by_its_beginning() {
    for (bytes, begins_with) in [(&b""[..], ""), (b"PK\x03\x04....", "PK\\x03\\x04...."), (b"@\0", "@\\x00")]
    {
        let error = LdFile::read(bytes).unwrap_err();
        assert_eq!(error, LdReadError::NotLd { begins_with: begins_with.to_owned() });
    }
}
