//! What is made of several packets, as processors see it: messages in parts, and the packets of one moment.

use std::path::Path;

use gametelemetry::format::PacketFormat;
use gametelemetry::{
    BinarySessionWriter, ChannelRequest, Field, FieldKind, FrameSize, Group, Header, Ledger, MessageKind,
    Moment, Reassembled, Schema, SessionFacts, SessionPass, SessionProcessor, SessionWriter, SourceFacts,
    Timestamp, WriterOptions,
};

use crate::support::folder;

/// Notes what comes, in its order.
#[derive(Default)]
struct Notes {
    wants: bool,
    notes: Vec<String>,
}

impl SessionProcessor for Notes {
    type Output = Vec<String>;

    fn begin(&mut self, channels: &mut ChannelRequest) {
        let _ = channels.want("packets:frame");
        if self.wants {
            channels.want_groups();
            channels.want_messages();
        }
    }

    fn push(&mut self, moment: &Moment<'_>) {
        self.notes.push(format!("moment at {}", moment.timestamp().ticks() / 10_000));
    }

    fn group(&mut self, source: &SourceFacts, group: &Group) {
        let kind = |bytes: &[u8]| source.header.schema.view(bytes).kind().unwrap().name.clone();
        let kinds: Vec<String> = group.messages.iter().map(|message| kind(&message.bytes)).collect();
        let state = if group.complete { "whole" } else { "cut" };
        self.notes.push(format!("{} {state}: {}", group.key[0], kinds.join(" ")));
    }

    fn message(&mut self, source: &SourceFacts, message: &Reassembled) {
        let names = message.parts.iter().map(|part| {
            let view = source.header.schema.view(part);
            view.read_element(view.field("names").unwrap(), 0).to_string()
        });
        self.notes.push(format!("{}: {}", message.kind, names.collect::<Vec<_>>().join(" ")));
    }

    fn finish(self, _: &SessionFacts) -> Vec<String> {
        self.notes
    }
}

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_ticks(milliseconds * 10_000)
}

fn write(folder: &Path, schema: Schema, records: &[(i64, Vec<u8>)]) {
    let header = Header::new("test", "packets", schema, at(0));
    let path = folder.join("packets.gtel");
    let mut writer = BinarySessionWriter::create(&path, &header, WriterOptions::default()).unwrap();
    for (time, record) in records {
        writer.write(at(*time), record).unwrap();
    }
    writer.finish(&Ledger::default()).unwrap();
}

/// What a processor noted of the session in `folder`; another that wants nothing of it notes moments only.
fn notes(folder: &Path) -> Vec<String> {
    let mut pass = SessionPass::open(folder).unwrap();
    let (all, none) = (pass.add(Notes { wants: true, ..Notes::default() }), pass.add(Notes::default()));
    pass.run().unwrap();
    let (all, none) = (all.take().unwrap(), none.take().unwrap());
    let moments = |notes: &[String]| notes.iter().filter(|note| note.starts_with("moment")).count();
    assert_eq!(moments(&all), moments(&none), "what is asked for beside them changes no moments");
    all
}

#[test]
fn the_drivers_of_project_cars_2_reach_a_processor_as_one_message() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../formats/project_cars_2.toml");
    let format = PacketFormat::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    let part = |message: u32, number: u8, name: &str| {
        let mut packet = vec![0; 1136];
        packet[4..8].copy_from_slice(&message.to_le_bytes());
        (packet[8], packet[9], packet[10]) = (number, 2, 2);
        packet[16..16 + name.len()].copy_from_slice(name.as_bytes());
        packet
    };
    let out = folder("participants");
    // Out of order, one part twice; then one whose second part comes when its time is over, by the recorded times.
    let records = [
        (10, part(7, 2, "Ben")),
        (11, part(7, 2, "Ben")),
        (12, part(7, 1, "Ann")),
        (2000, part(8, 1, "Late")),
        (3100, part(8, 2, "Later")),
        (4000, part(9, 1, "Cid")),
        (4001, part(9, 2, "Dan")),
    ];
    write(out.path(), format.schema, &records);
    let told: Vec<String> =
        notes(out.path()).into_iter().filter(|note| !note.starts_with("moment")).collect();
    assert_eq!(told, ["participants: Ann Ben", "participants: Cid Dan"]);
}

#[test]
fn a_group_comes_after_the_moments_of_its_packets_and_is_closed_by_their_times() {
    let kind = |id: i64| {
        let mut kind = MessageKind::new(format!("k{id}"), FrameSize::Fixed(2)).when(0, FieldKind::U8, &[id]);
        kind.fields = vec![Field { name: "frame".into(), offset: 1, count: 1, ..Field::default() }];
        kind.group(&["frame"]).sequence("frame", None, &[])
    };
    let out = folder("groups");
    let records = [(0, [1, 1]), (1, [2, 1]), (16, [1, 2]), (200, [2, 3]), (201, [2, 3]), (202, [1, 3])];
    let records = records.map(|(time, bytes)| (time, bytes.to_vec()));
    write(out.path(), Schema::of_kinds("P", vec![kind(1), kind(2)]), &records);
    let notes = notes(out.path());
    let groups: Vec<&String> = notes.iter().filter(|note| !note.starts_with("moment")).collect();
    assert_eq!(groups, ["1 whole: k1 k2", "2 cut: k1", "3 whole: k2 k1"]);
    let place = |note: &str| notes.iter().position(|other| other == note);
    assert!(place("1 whole: k1 k2") > place("moment at 1"), "{notes:?}");
    // Closed by the packet 184 ms later, and told before the next.
    assert!(place("2 cut: k1") < place("moment at 201"), "{notes:?}");
}
