//! Games that speak HTTP, over real sockets of the loopback address: asked for their state, and POSTing it; and
//! everything that a broken or hostile other side can do.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use gametelemetry::{Field, FieldKind, FrameSize, GameSession, RunningSession, Schema, TelemetrySource};

use crate::support::Contents;

mod polling;
mod push;

/// What the games here say: `{"n": 5, …}`.
fn schema() -> Schema {
    let mut schema = Schema::new("State", FrameSize::Variable { max: 1 << 20 });
    schema.fields.push(Field {
        name: "n".into(),
        kind: FieldKind::U32,
        pointer: Some("/n".into()),
        ..Field::default()
    });
    schema
}

fn record(source: impl TelemetrySource + 'static, out: &Path) -> RunningSession {
    GameSession::new("demo").source(source).save_to(out).start().unwrap()
}

/// The records of a session's only file, as texts.
fn texts(folder: &Path) -> Vec<String> {
    let contents = Contents::read(&folder.join("state.gtel"));
    contents.records.into_iter().map(|(_, data)| String::from_utf8(data).unwrap()).collect()
}

fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// The head of one message, or as much as came before the end.
fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|size| size == 1) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Sends a POST and gives the status of the answer; `None` when the connection ended without one.
fn post(stream: &mut TcpStream, body: &str) -> Option<u16> {
    let request = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let _ = stream.write_all(request.as_bytes());
    status(stream)
}

fn status(stream: &mut TcpStream) -> Option<u16> {
    read_head(stream).split(' ').nth(1)?.parse().ok()
}
