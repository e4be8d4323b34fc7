//! Any bytes as a `.dat`: as they are, and as the records in an LZ4 frame behind a head.
#![no_main]

use std::io::Write as _;

use gametelemetry_fuzz::use_all;
use libfuzzer_sys::fuzz_target;
use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};

fuzz_target!(|data: &[u8]| {
    use_all(data);
    let [shape, size, cut, records @ ..] = data else { return };
    let mode = if shape & 1 == 0 { BlockMode::Linked } else { BlockMode::Independent };
    let blocks = [BlockSize::Max64KB, BlockSize::Max256KB, BlockSize::Max1MB, BlockSize::Max4MB];
    let info = FrameInfo::new()
        .block_mode(mode)
        .block_size(blocks[usize::from(shape >> 1 & 3)])
        .block_checksums(shape & 8 != 0)
        .content_checksum(shape & 16 != 0);
    let mut head = b"GDT\0\x01\0\x03ACC\x01\0P\0\0\0\x01".to_vec();
    head.extend((i32::from(*size) - 1).to_le_bytes());
    head.extend([0; 16]);
    let mut encoder = FrameEncoder::with_frame_info(info, if shape & 32 == 0 { head } else { Vec::new() });
    encoder.write_all(records).expect("memory does not fail");
    let mut file = encoder.finish().expect("memory does not fail");
    file.truncate(file.len() - usize::from(*cut).min(file.len()));
    use_all(&file);
});
