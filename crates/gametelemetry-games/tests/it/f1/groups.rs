//! A simulated race, recorded and gone through: a processor gets the packets of each of the game's moments together.

use std::collections::BTreeSet;

use gametelemetry::{
    BinarySessionWriter, ChannelRequest, Group, Header, Ledger, Moment, SessionFacts, SessionPass,
    SessionProcessor, SessionWriter, SourceFacts, Timestamp, Value, WriterOptions,
};
use gametelemetry_games::f1::simulator::Simulator;
use gametelemetry_games::f1::{self, Format};

use super::name_of;

/// Notes of each group: the kinds in it, and whether it is whole.
#[derive(Default)]
struct Groups(Vec<(BTreeSet<String>, bool)>);

impl SessionProcessor for Groups {
    type Output = Vec<(BTreeSet<String>, bool)>;

    fn begin(&mut self, channels: &mut ChannelRequest) {
        channels.want_groups();
    }

    fn push(&mut self, _: &Moment<'_>) {}

    fn group(&mut self, source: &SourceFacts, group: &Group) {
        assert_eq!(source.header.source, f1::SOURCE);
        let kinds = group.messages.iter().map(|message| name_of(&message.bytes)).collect();
        self.0.push((kinds, group.complete));
    }

    fn finish(self, _: &SessionFacts) -> Self::Output {
        self.0
    }
}

#[test]
fn packets_of_one_frame_reach_a_processor_together_also_out_of_order_and_with_one_lost() {
    let out = tempfile::tempdir().unwrap();
    let mut game = Simulator::of_format(Format::F2025, 3);
    let mut header = Header::new("f1", f1::SOURCE, f1::schema().clone(), Timestamp::from_ticks(0));
    header.channels = f1::CHANNELS.to_vec();
    let path = out.path().join(format!("{}.gtel", f1::SOURCE));
    let mut writer = BinarySessionWriter::create(&path, &header, WriterOptions::default()).unwrap();
    // The kinds of each moment, in the order in which the moments' first packets were sent.
    let mut sent: Vec<((Value, Value), BTreeSet<String>)> = Vec::new();
    let mut lost = None;
    for frame in 0..300_i64 {
        game.step(1.0 / 60.0);
        let mut packets: Vec<Vec<u8>> = game.packets();
        if frame == 200 {
            let place = packets.iter().position(|it| name_of(it) == "2025.car_telemetry").unwrap();
            packets.remove(place);
            lost = Some(sent.len());
        }
        packets.reverse();
        let at = Timestamp::from_ticks(frame * 10_000_000 / 60);
        for packet in &packets {
            writer.write(at, packet).unwrap();
            let view = f1::schema().view(packet);
            let key = (view.get("header.session_uid"), view.get("header.overall_frame_identifier"));
            let place = sent.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
                sent.push((key, BTreeSet::new()));
                sent.len() - 1
            });
            sent[place].1.insert(name_of(packet));
        }
    }
    writer.finish(&Ledger::default()).unwrap();
    let mut pass = SessionPass::open(out.path()).unwrap();
    let handle = pass.add(Groups::default());
    pass.run().unwrap();
    let groups = handle.take().unwrap();
    assert_eq!(
        groups.iter().map(|(kinds, _)| kinds).collect::<Vec<_>>(),
        sent.iter().map(|(_, kinds)| kinds).collect::<Vec<_>>()
    );
    // The event that begins the session is of a moment of its own.
    let has_motion = |place: &usize| groups[*place].0.contains("2025.motion");
    let cut: Vec<usize> = (0..groups.len()).filter(|place| !groups[*place].1 && has_motion(place)).collect();
    assert_eq!(cut, [lost.unwrap()]);
}
