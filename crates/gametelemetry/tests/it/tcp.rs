//! A TCP stream is cut into messages, whatever its pieces are, and connected to again when it ends.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use gametelemetry::{FrameSize, Framing, GameSession, NetworkSource, RunningSession, Schema, SessionError};

use crate::support::{Contents, folder, only_file, wait_until};

fn start(test: &str, framing: Framing) -> (RunningSession, TcpListener, tempfile::TempDir) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (out, to) = (folder(test), listener.local_addr().unwrap().to_string());
    let schema = Schema::opaque("Message", FrameSize::Variable { max: 1000 });
    let source = NetworkSource::tcp(&to, framing, schema.into());
    let session = GameSession::new("test").source(source).save_to(out.path()).start().unwrap();
    (session, listener, out)
}

fn accept(listener: &TcpListener) -> TcpStream {
    let stream = listener.accept().unwrap().0;
    stream.set_nodelay(true).unwrap();
    stream
}

fn recorded(session: RunningSession, out: &tempfile::TempDir) -> Vec<Vec<u8>> {
    session.stop().unwrap();
    Contents::read(&only_file(out.path())).records.into_iter().map(|(_, data)| data).collect()
}

#[test]
fn messages_come_whole_from_whatever_pieces_and_over_several_connections() {
    let (session, listener, out) = start("tcp", Framing::length(2));
    let mut stream = accept(&listener);
    for piece in [&b"\x05"[..], b"\0hel", b"lo\x03\0one\x01", b"\0"] {
        stream.write_all(piece).unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
    wait_until("two messages", || session.status()[0].1.frames == 2);
    // The connection ends inside a message; the next begins with a whole one.
    drop(stream);
    let mut stream = accept(&listener);
    stream.write_all(b"\x05\0again").unwrap();
    wait_until("a third", || session.status()[0].1.frames == 3);
    let attached = || session.status()[0].1.attached;
    wait_until("the second connection counted", || {
        attached() == 2 || session.is_stopping() || {
            stream.write_all(b"\x01\0.").unwrap();
            false
        }
    });
    let records = recorded(session, &out);
    assert_eq!(records[..3], [b"hello".to_vec(), b"one".to_vec(), b"again".to_vec()]);
}

#[test]
fn a_stream_that_cannot_be_cut_is_left_and_counted() {
    let (session, listener, out) = start("tcp_wrong", Framing { max_message: 100, ..Framing::length(4) });
    accept(&listener).write_all(b"\xff\xff\xff\xffGET / HTTP").unwrap();
    let mut stream = accept(&listener);
    stream.write_all(b"\x02\0\0\0ok").unwrap();
    wait_until("the message of the next connection", || session.status()[0].1.frames == 1);
    let summary = session.stop().unwrap();
    let ledger = &summary.sources[0].ledger;
    assert_eq!(ledger.messages.as_ref().unwrap().truncated, 1);
    assert!(ledger.notices[0].contains("at most 100 are allowed"), "{:?}", ledger.notices);
    assert_eq!(Contents::read(&only_file(out.path())).records[0].1, b"ok");
}

#[test]
fn a_game_that_is_not_there_is_waited_for_and_fail_fast_does_not() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let out = folder("tcp_absent");
    let schema = || Schema::opaque("Message", FrameSize::Variable { max: 1000 }).into();
    let source = NetworkSource::tcp(&port.to_string(), Framing::delimiter(b"\n"), schema());
    let session = GameSession::new("test").source(source).save_to(out.path()).start().unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let Ok(listener) = TcpListener::bind(port) else { return println!("the port was taken meanwhile") };
    accept(&listener).write_all(b"late\n").unwrap();
    wait_until("the message", || session.status()[0].1.frames == 1);
    session.stop().unwrap();
    drop(listener);
    let source = NetworkSource::tcp(&port.to_string(), Framing::delimiter(b"\n"), schema()).fail_fast(true);
    let session = GameSession::new("test").source(source).save_to(out.path()).start().unwrap();
    session.wait();
    assert!(matches!(session.stop(), Err(SessionError::Source { .. })));
}
