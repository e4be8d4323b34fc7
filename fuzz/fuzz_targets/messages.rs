//! Datagrams of a made-up game in any order, with any numbers: grouped, put together from parts, cut from a stream.
//!
//! The first two bytes of the input choose how much may wait; memory stays within that whatever comes.

#![no_main]

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use gametelemetry::{
    Deframer, Field, FieldKind, FrameSize, Framing, GroupOptions, Grouper, MessageKind, Parts, Reassembler,
    ReassemblyOptions, Schema, Timestamp,
};
use libfuzzer_sys::fuzz_target;

/// `[kind, session, frame, frame, part, parts]`.
fn schema() -> Arc<Schema> {
    static SCHEMA: OnceLock<Arc<Schema>> = OnceLock::new();
    let field = |name: &str, kind, offset| Field { name: name.into(), kind, offset, count: 1, ..Field::default() };
    let kind = |id: i64| {
        let size = FrameSize::Variable { max: 40 };
        let mut kind = MessageKind::new(format!("kind{id}"), size).when(0, FieldKind::U8, &[id]);
        kind.fields = vec![
            field("session", FieldKind::U8, 1),
            field("frame", FieldKind::U16, 2),
            field("part", FieldKind::I8, 4),
            field("parts", FieldKind::U8, 5),
        ];
        let kind = kind.group(&["session", "frame"]).sequence("frame", None, &["session"]);
        let parts = Parts {
            number: "part".into(),
            count: "parts".into(),
            first: 1,
            message: vec!["session".into()],
            running: (id == 2).then(|| "frame".into()),
        };
        if id < 3 { MessageKind { parts: Some(parts), ..kind } } else { kind }
    };
    Arc::clone(SCHEMA.get_or_init(|| Arc::new(Schema::of_kinds("Packets", (1..=4).map(kind).collect()))))
}

fuzz_target!(|input: &[u8]| {
    let Some((&[room, step], datagrams)) = input.split_first_chunk() else { return };
    let max_bytes = usize::from(room) * 8;
    let deadline = Duration::from_millis(u64::from(room));
    let mut grouper =
        Grouper::new(schema(), GroupOptions { deadline, later_groups: usize::from(room % 5), max_bytes });
    let mut reassembler = Reassembler::new(
        schema(),
        ReassemblyOptions { deadline, max_messages: usize::from(room % 9), max_bytes, max_parts: 16 },
    );
    let mut deframer = Deframer::new(Framing { max_message: 64, ..Framing::length(1) });
    let mut pushed = 0;
    let mut grouped = 0;
    deframer.push(datagrams);
    let mut number = 0;
    while let Ok(Some(datagram)) = deframer.next_message() {
        let now = Timestamp::from_ticks(number * i64::from(step) * 10_000);
        number += 1;
        grouper.push_message(now, datagram);
        pushed += 1;
        while let Some(group) = grouper.next_group() {
            grouped += group.messages.len();
        }
        if let Some(message) = reassembler.push(now, datagram) {
            assert!(message.parts.len() <= 16);
        }
    }
    grouper.finish();
    reassembler.finish();
    while let Some(group) = grouper.next_group() {
        grouped += group.messages.len();
    }
    assert!(grouped <= pushed, "no message is given twice");
    let (reassembled, incomplete) = reassembler.counted();
    assert!(reassembled + incomplete <= 2 * pushed as u64);
});
