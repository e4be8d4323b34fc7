//! Datagrams over real sockets: what comes is recorded as it came, what does not is counted, others get it too.

use std::collections::BTreeMap;
use std::net::{Ipv6Addr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use gametelemetry::{
    Field, FieldKind, FrameSize, GameSession, Greeting, Heartbeat, KindCounts, Ledger, MessageKind,
    NetworkSource, RunningSession, Schema, SessionError, SourceError, StopToken,
};

use crate::support::{Contents, folder, only_file, wait_until};

const SIZE: u32 = 60;

/// Kinds 1 to 3 come with every frame; `[kind, session, frame, moment, …]`.
pub(crate) fn schema() -> Arc<Schema> {
    let field = |name: &str, offset| Field {
        name: name.into(),
        kind: FieldKind::U32,
        offset,
        count: 1,
        ..Field::default()
    };
    let kind = |id: i64| {
        let mut kind =
            MessageKind::new(format!("kind{id}"), FrameSize::Fixed(SIZE)).when(0, FieldKind::U8, &[id]);
        kind.fields = vec![field("session", 1), field("frame", 5), field("moment", 9)];
        kind.group(&["session", "frame"]).sequence("frame", None, &["session"]).moment("moment")
    };
    Arc::new(Schema::of_kinds("Packets", (1..=3).map(kind).collect()))
}

pub(crate) fn packet(kind: u8, session: u32, frame: u32, moment: u32) -> Vec<u8> {
    let mut bytes = vec![kind];
    for number in [session, frame, moment] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.resize(SIZE as usize, kind ^ frame as u8);
    bytes
}

/// A port that nobody has at this moment.
pub(crate) fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A session that records what is sent to its port.
struct Recording {
    session: RunningSession,
    sender: UdpSocket,
    out: tempfile::TempDir,
    sent: u64,
    /// So many datagrams are sent before it is waited until all are taken.
    at_once: u64,
}

impl Recording {
    fn start(test: &str, change: impl FnOnce(NetworkSource) -> NetworkSource) -> Self {
        let (out, port) = (folder(test), free_port());
        let source = change(NetworkSource::udp(port, schema()));
        let session = GameSession::new("test").source(source).save_to(out.path()).start().unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.connect(("127.0.0.1", port)).unwrap();
        Self { session, sender, out, sent: 0, at_once: 50 }
    }

    fn ledger(&self) -> Ledger {
        self.session.status().remove(0).1
    }

    /// Sends a datagram, and now and then waits until all are taken: the system's buffer is small.
    fn send(&mut self, datagram: &[u8]) {
        self.sender.send(datagram).unwrap();
        self.sent += 1;
        if self.sent.is_multiple_of(self.at_once) {
            self.settle();
        }
    }

    fn settle(&self) {
        wait_until("every packet taken", || self.ledger().frames == self.sent);
    }

    /// Ends the session; gives the last ledger and what was recorded.
    fn finish(self) -> (Ledger, Vec<Vec<u8>>) {
        let summary = self.session.stop().unwrap();
        let contents = Contents::read(&only_file(self.out.path()));
        assert_eq!(contents.damaged, 0);
        let ledger = summary.sources.into_iter().next().unwrap().ledger;
        (ledger, contents.records.into_iter().map(|(_, data)| data).collect())
    }
}

/// Numbers that depend on the seed only.
struct Random(u64);

impl Random {
    /// Whether something happens that does in one of `one_in` cases.
    fn happens(&mut self, one_in: u64) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20).is_multiple_of(one_in)
    }
}

#[test]
fn what_is_lost_reordered_and_repeated_on_the_way_is_what_the_ledger_says() {
    const FRAMES: u32 = 2000;
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let mut recording = Recording::start("injected", |source| source);
    let mut injected: BTreeMap<String, KindCounts> = BTreeMap::new();
    let mut held: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
    let mut sent = Vec::new();
    let (mut frames_with_loss, mut frames_with_delay) = (0, 0);
    for frame in 0..FRAMES {
        let (mut lost_any, mut delayed_any) = (false, false);
        for kind in 1..=3 {
            let counts = injected.entry(format!("kind{kind}")).or_default();
            let bytes = packet(kind, 7, frame, frame);
            let is_inside = frame > 0 && frame < FRAMES - 1;
            if is_inside && random.happens(10) {
                counts.lost += 1;
                lost_any = true;
                continue;
            }
            if is_inside && !held.contains_key(&kind) && random.happens(10) {
                held.insert(kind, bytes);
                delayed_any = true;
                continue;
            }
            let copies = if random.happens(10) { 2 } else { 1 };
            counts.duplicated += copies - 1;
            for _ in 0..copies {
                counts.received += 1;
                sent.push(bytes.clone());
            }
            if let Some(late) = held.remove(&kind) {
                counts.received += 1;
                counts.reordered += 1;
                sent.push(late);
            }
        }
        frames_with_loss += u64::from(lost_any);
        frames_with_delay += u64::from(delayed_any);
    }
    sent.iter().for_each(|datagram| recording.send(datagram));
    recording.settle();
    // Packets of no group go on coming; the last groups are closed by their time, not by the end of the session.
    let closed = |recording: &Recording| {
        recording.ledger().messages.map_or(0, |messages| messages.groups + messages.incomplete_groups)
    };
    let mut others = 0;
    wait_until("every group closed", || {
        recording.send(&[200]);
        others += 1;
        closed(&recording) == u64::from(FRAMES)
    });
    recording.settle();
    let (ledger, mut records) = recording.finish();
    assert_eq!(records.split_off(sent.len()).len(), others);
    assert!(records == sent, "every datagram is recorded, as it came and in the order in which it came");
    let messages = ledger.messages.unwrap();
    assert_eq!(messages.kinds, injected);
    println!("injected and found: {injected:?}");
    assert!(
        injected
            .values()
            .all(|counts| counts.lost > 150 && counts.reordered > 130 && counts.duplicated > 130)
    );
    assert_eq!(messages.groups + messages.incomplete_groups, u64::from(FRAMES));
    let incomplete = messages.incomplete_groups;
    assert!((frames_with_loss..=frames_with_loss + frames_with_delay).contains(&incomplete), "{incomplete}");
    assert_eq!(messages.dropped_by_system.unwrap_or(0), 0);
    assert_eq!((messages.unknown, ledger.rewind_count), (others as u64, 0));
}

#[test]
fn what_cannot_be_a_packet_is_counted_and_kept() {
    let mut recording = Recording::start("strange", |source| source);
    let mut strange = packet(2, 7, 1, 1);
    strange.pop();
    let datagrams = [packet(1, 7, 1, 1), strange, vec![9; 60], Vec::new(), vec![1; 65_507]];
    datagrams.iter().for_each(|datagram| recording.send(datagram));
    recording.settle();
    let (ledger, records) = recording.finish();
    assert!(records == datagrams);
    let messages = ledger.messages.unwrap();
    assert_eq!(messages.unknown, 2);
    assert_eq!(messages.kinds["kind2"], KindCounts { wrong_size: 1, ..KindCounts::default() });
    assert_eq!((messages.kinds["kind1"].received, messages.kinds["kind1"].wrong_size), (1, 1));
}

#[test]
fn a_flashback_is_kept_and_marked() {
    let mut recording = Recording::start("flashback", |source| source);
    for frame in 0..100 {
        // After frame 59 the game goes back to its moment 30.
        let moment = if frame < 60 { frame } else { frame - 30 };
        (1..=3).for_each(|kind| recording.send(&packet(kind, 7, frame, moment)));
    }
    // Another session: not a flashback.
    recording.send(&packet(1, 8, 0, 0));
    recording.settle();
    let (ledger, records) = recording.finish();
    assert_eq!(records.len(), 301);
    assert_eq!((ledger.rewind_count, ledger.rewinds), (1, vec![180]));
    assert!(ledger.messages.unwrap().kinds.values().all(|counts| counts.lost == 0));
}

#[test]
fn a_pause_is_neither_a_loss_nor_an_end() {
    let mut recording = Recording::start("pause", |source| source);
    for frame in 0..20 {
        if frame == 10 {
            std::thread::sleep(Duration::from_millis(400));
        }
        (1..=3).for_each(|kind| recording.send(&packet(kind, 7, frame, frame)));
    }
    recording.settle();
    let (ledger, records) = recording.finish();
    assert_eq!((records.len(), ledger.gap_count, ledger.rewind_count), (60, 0, 0));
    assert!(
        ledger
            .messages
            .unwrap()
            .kinds
            .values()
            .all(|counts| *counts == KindCounts { received: 20, ..*counts } && counts.lost == 0)
    );
}

#[test]
fn every_datagram_is_sent_on_byte_for_byte() {
    let receivers: Vec<UdpSocket> = (0..2).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    let absent = format!("127.0.0.1:{}", free_port());
    let mut to: Vec<gametelemetry::Forward> =
        receivers.iter().map(|it| it.local_addr().unwrap().to_string().parse().unwrap()).collect();
    to.push(absent.parse().unwrap());
    let mut recording = Recording::start("forward", |source| source.forward(&to));
    let datagrams: Vec<_> =
        (0..200).map(|frame| packet(1, 7, frame, frame)).chain([Vec::new(), vec![7; 9000]]).collect();
    datagrams.iter().for_each(|datagram| recording.send(datagram));
    recording.settle();
    let (_, records) = recording.finish();
    assert!(records == datagrams);
    for receiver in receivers {
        receiver.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut buffer = vec![0; 65_536];
        for datagram in &datagrams {
            let size = receiver.recv(&mut buffer).unwrap();
            assert!(buffer[..size] == *datagram);
        }
    }
}

#[test]
fn a_sender_that_is_not_allowed_is_not_recorded() {
    let console = UdpSocket::bind("127.0.0.1:0").unwrap();
    console.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let (to, every) = (console.local_addr().unwrap().to_string(), Duration::from_millis(1));
    let heartbeat = Heartbeat { to, message: b"A".to_vec(), every };
    let source = |source: NetworkSource| source.allow(&[[192, 0, 2, 1].into()]).heartbeat(heartbeat);
    let recording = Recording::start("refused", source);
    for frame in 0..3 {
        recording.sender.send(&packet(1, 7, frame, frame)).unwrap();
    }
    // Before each heartbeat but the first it has looked for a datagram, and these were there; some may be from before.
    console.set_nonblocking(true).unwrap();
    while console.recv(&mut [0; 10]).is_ok() {}
    console.set_nonblocking(false).unwrap();
    (0..6).for_each(|_| assert_eq!(console.recv(&mut [0; 10]).unwrap(), 1));
    let (ledger, records) = recording.finish();
    assert_eq!((ledger.frames, records.len(), ledger.messages.unwrap().refused), (0, 0, 3));
}

// Wine has no second loopback address.
#[cfg(unix)]
#[test]
fn of_two_senders_only_the_allowed_one_is_recorded() {
    let mut recording =
        Recording::start("allowed", |source| source.allow(&[std::net::Ipv4Addr::LOCALHOST.into()]));
    let stranger = UdpSocket::bind("127.0.0.2:0").unwrap();
    stranger.send_to(&packet(1, 7, 1, 1), recording.sender.peer_addr().unwrap()).unwrap();
    recording.send(&packet(2, 7, 1, 1));
    recording.settle();
    let (ledger, records) = recording.finish();
    assert_eq!((ledger.frames, records), (1, vec![packet(2, 7, 1, 1)]));
    assert_eq!(ledger.messages.unwrap().refused, 1);
}

#[test]
fn one_socket_serves_both_families() {
    let (out, port) = (folder("ipv6"), free_port());
    let source = NetworkSource::udp(port, schema()).listen(Ipv6Addr::UNSPECIFIED.into());
    if let Err(error) = UdpSocket::bind("[::1]:0") {
        return println!("left out: both families on one socket, no IPv6 here ({error})");
    }
    let session = GameSession::new("test").source(source).save_to(out.path()).start().unwrap();
    UdpSocket::bind("127.0.0.1:0").unwrap().send_to(&packet(1, 7, 1, 1), ("127.0.0.1", port)).unwrap();
    UdpSocket::bind("[::1]:0").unwrap().send_to(&packet(2, 7, 1, 1), ("::1", port)).unwrap();
    wait_until("both came", || session.status()[0].1.frames == 2);
    session.stop().unwrap();
}

#[test]
fn a_port_that_is_taken_is_said_before_anything_is_recorded() {
    let out = folder("taken");
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let source = NetworkSource::udp(taken.local_addr().unwrap().port(), schema());
    let error = GameSession::new("test").source(source).save_to(out.path()).start().err().unwrap();
    let SessionError::Begin { source: error @ SourceError::PortTaken { .. }, .. } = error else {
        panic!("{error}");
    };
    assert!(error.to_string().contains("is taken by another program"), "{error}");
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0, "no empty session is left behind");
}

#[test]
fn an_address_of_another_machine_and_a_name_that_means_nothing_are_refused() {
    let out = folder("address");
    let start = |source: NetworkSource| {
        let error = GameSession::new("test").source(source).save_to(out.path()).start().err().unwrap();
        let SessionError::Begin { source, .. } = error else { panic!("{error}") };
        source.to_string()
    };
    let source = || NetworkSource::udp(free_port(), schema());
    // Wine takes any address for one of its own.
    if cfg!(unix) {
        assert!(start(source().listen([192, 0, 2, 1].into())).contains("cannot listen on 192.0.2.1"));
    }
    let to = gametelemetry::Forward { to: "no.such.host.invalid:20777".into(), max_hz: None };
    assert!(start(source().forward(&[to])).contains("cannot send on to no.such.host.invalid:20777"));
}

#[test]
fn a_game_that_wants_to_be_asked_is_asked_again_and_again() {
    let console = UdpSocket::bind("127.0.0.1:0").unwrap();
    console.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let heartbeat = Heartbeat {
        to: console.local_addr().unwrap().to_string(),
        message: b"A".to_vec(),
        every: Duration::from_millis(20),
    };
    let recording = Recording::start("heartbeat", |source| source.heartbeat(heartbeat));
    let mut buffer = [0; 10];
    for _ in 0..3 {
        let (size, from) = console.recv_from(&mut buffer).unwrap();
        assert_eq!(&buffer[..size], b"A");
        console.send_to(&packet(1, 7, 1, 1), from).unwrap();
    }
    wait_until("the answers recorded", || recording.ledger().frames >= 3);
    recording.finish();
}

#[test]
fn a_game_that_wants_a_handshake_is_greeted_until_it_sends() {
    let game = UdpSocket::bind("127.0.0.1:0").unwrap();
    game.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let greeting = Greeting {
        to: game.local_addr().unwrap().to_string(),
        messages: vec![b"hello".to_vec(), b"go".to_vec()],
    };
    let recording = Recording::start("greeting", |source| source.greeting(greeting));
    let mut buffer = [0; 10];
    // The first time nobody hears it; it is said again, in its order.
    for expected in [&b"hello"[..], b"go", b"hello", b"go"] {
        let (size, from) = game.recv_from(&mut buffer).unwrap();
        assert_eq!(&buffer[..size], expected);
        if expected == b"go" {
            game.send_to(&packet(1, 7, 1, 1), from).unwrap();
        }
    }
    wait_until("an answer recorded", || recording.ledger().frames >= 1);
    recording.finish();
}

#[test]
fn fail_fast_says_what_to_switch_on() {
    let out = folder("fail_fast");
    let source = NetworkSource::udp(free_port(), schema()).fail_fast(true).hint("switch telemetry on");
    let session = GameSession::new("test").source(source).save_to(out.path()).start().unwrap();
    session.wait();
    let error = session.stop().unwrap_err();
    let SessionError::Source { source, .. } = error else { panic!("{error}") };
    assert!(source.to_string().ends_with("switch telemetry on"), "{source}");
}

#[test]
fn a_rush_is_taken_whole_and_ends() {
    let mut recording = Recording::start("rush", |source| source);
    let datagrams: Vec<_> =
        (0..5000).map(|frame| packet(1 + (frame % 3) as u8, 7, frame / 3, frame / 3)).collect();
    datagrams.iter().for_each(|datagram| recording.send(datagram));
    recording.settle();
    std::thread::sleep(Duration::from_millis(20));
    recording.send(&packet(1, 7, 9000, 9000));
    recording.settle();
    let (ledger, records) = recording.finish();
    assert_eq!(records.len(), 5001);
    assert_eq!(ledger.messages.unwrap().dropped_by_system.unwrap_or(0), 0);
}

/// Bytes that this process holds in memory; `None` where the system does not tell it so.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

#[test]
fn two_hundred_thousand_random_datagrams_do_no_harm_and_leave_nothing_in_memory() {
    const COUNT: u64 = 200_000;
    let mut recording = Recording::start("hostile", |source| source);
    recording.at_once = 100;
    let mut random = Random(99);
    let mut before = None;
    for number in 0..COUNT {
        // Now and then a long one, so that memory would show what is kept.
        let size = if number % 8 == 0 { 1000 } else { number % 80 };
        let mut datagram = Vec::new();
        while (datagram.len() as u64) < size {
            let sparse = random.happens(3);
            datagram.extend(if sparse { [0; 8] } else { random.0.to_le_bytes() });
        }
        if let Some(kind) = datagram.first_mut() {
            *kind %= 5;
        }
        recording.send(&datagram);
        if number == COUNT / 10 {
            recording.settle();
            before = resident();
        }
    }
    recording.settle();
    if let (Some(before), Some(after)) = (before, resident()) {
        // 30 MB were sent since then.
        assert!(after < before + (16 << 20), "{before} bytes held, then {after}");
        println!("{before} bytes held after {}, {after} after {COUNT}", COUNT / 10);
    }
    let (ledger, records) = recording.finish();
    assert_eq!((records.len() as u64, ledger.frames), (COUNT, COUNT));
}

#[test]
fn a_source_ends_soon_after_it_is_told_to() {
    let recording = Recording::start("stop", |source| source);
    let stop = StopToken::new();
    stop.stop();
    let start = gametelemetry::clock::monotonic();
    recording.finish();
    assert!(start.elapsed() < Duration::from_secs(5));
}
