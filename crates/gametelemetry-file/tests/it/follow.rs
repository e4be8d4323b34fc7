//! A file that is still being written: records come as they reach the file, then the end.

use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use gametelemetry_file::{
    BinarySessionWriter, End, FrameSize, SessionReader, SessionWriter as _, Timestamp, WriterOptions, files,
};

use crate::support::{Records, file_of, folder, header, ledger, read_from, records};

const SIZE: FrameSize = FrameSize::Fixed(40);

fn write(writer: &mut BinarySessionWriter, records: &[(i64, Vec<u8>)]) {
    for (ticks, data) in records {
        writer.write(Timestamp::from_ticks(*ticks), data).unwrap();
    }
}

#[test]
fn records_are_read_as_they_are_flushed_and_then_the_end() {
    let records = records(60, 40);
    let folder = folder();
    let path = folder.path().join("test.gtel");
    let mut writer = BinarySessionWriter::create(&path, &header(SIZE), WriterOptions::default()).unwrap();
    let mut reader = files::open(&path).unwrap();
    assert_eq!(reader.header(), &header(SIZE));
    assert_eq!(reader.next_record().unwrap(), None);
    assert_eq!(reader.end(), End::Unfinished);

    // A block ends after ten records; the last five wait for a flush.
    write(&mut writer, &records[..25]);
    assert_eq!(read_from(&mut reader).records, records[..20]);
    writer.flush().unwrap();
    assert_eq!(read_from(&mut reader).records, records[20..25]);
    writer.ledger(&ledger(25)).unwrap();
    assert_eq!(reader.next_record().unwrap(), None);
    assert_eq!(reader.ledger().unwrap().recorded, 25);

    write(&mut writer, &records[25..]);
    writer.finish(&ledger(60)).unwrap();
    let rest = read_from(&mut reader);
    assert_eq!(rest.records, records[25..]);
    assert_eq!((rest.end, rest.damage.len()), (End::Complete, 0));
    assert_eq!(reader.ledger().unwrap().recorded, 60);
    // The index was not there when the file was opened; seeking reads from the start instead.
    reader.seek(Timestamp::from_ticks(records[50].0)).unwrap();
    assert_eq!(read_from(&mut reader).records, records[50..]);
}

/// A file of which only a part is there yet.
#[derive(Clone)]
struct Growing(Rc<RefCell<(Vec<u8>, usize)>>, u64);

impl Read for Growing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let file = self.0.borrow();
        let at = usize::try_from(self.1).unwrap();
        let mut there = file.0.get(at..file.1).unwrap_or_default();
        let got = there.read(buffer)?;
        self.1 += got as u64;
        Ok(got)
    }
}

impl Seek for Growing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.1 = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(0) => self.0.borrow().1 as u64,
            other => panic!("{other:?}"),
        };
        Ok(self.1)
    }
}

#[test]
fn a_file_that_grows_byte_by_byte_is_read_as_one_that_is_there_at_once() {
    let records = records(20, 40);
    let bytes = file_of(SIZE, &records, 7);
    let length = bytes.len();
    for step in [1, 3, 100] {
        let file = Growing(Rc::new(RefCell::new((bytes.clone(), 1))), 0);
        // Opened when a single byte is there: even the header comes later.
        let mut reader = SessionReader::new(file.clone()).unwrap();
        let mut read = Records::new();
        for there in (1..length).step_by(step).chain([length]) {
            file.0.borrow_mut().1 = there;
            let more = read_from(&mut reader);
            read.extend(more.records);
            assert_eq!(more.damage, [], "{there} bytes");
            assert_eq!(more.end == End::Complete, there == length, "{there} bytes");
        }
        assert_eq!(read, records);
        assert_eq!(reader.header(), &header(SIZE));
        assert!(reader.has_header());
    }
}
