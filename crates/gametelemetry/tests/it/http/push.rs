//! `HttpPushSource` with well-behaved senders, and with everything that others may send.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use gametelemetry::{
    GameSession, HttpPushSource, Ledger, RunningSession, SessionError, SourceError, StopToken, Summary,
    TelemetrySource, clock,
};

use super::{connect, post, record, schema, status, texts};
use crate::support::{folder, wait_until};

/// Records what comes to a free port; gives the port too.
fn listen(source: HttpPushSource, out: &Path) -> (RunningSession, SocketAddr) {
    let mut source = source;
    let address = source.open().unwrap();
    (record(source, out), address)
}

fn source() -> HttpPushSource {
    HttpPushSource::new(0, schema().into())
}

fn ledger(summary: &Summary) -> &Ledger {
    &summary.sources[0].ledger
}

/// Waits until `count` records were taken, and stops.
fn stop_after(session: RunningSession, count: u64) -> Summary {
    wait_until("the records", || session.status()[0].1.frames >= count);
    session.stop().unwrap()
}

#[test]
fn posts_are_recorded_as_they_came_in_chunks_pipelined_and_one_by_one() {
    let out = folder("http_push");
    let (session, address) = listen(source(), out.path());
    let mut stream = connect(address);
    assert_eq!(post(&mut stream, "{\"n\": 1}"), Some(200));
    assert_eq!(post(&mut stream, "{\"n\":2,\r\n\t\"x\":1.50}"), Some(200));
    let chunked = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"n\r\n6;x=y\r\n\": 3 }\r\n0\r\nX: y\r\n\r\n";
    stream.write_all(chunked.as_bytes()).unwrap();
    assert_eq!(status(&mut stream), Some(200));
    let pipelined = "POST / HTTP/1.1\r\nContent-Length: 7\r\n\r\n{\"n\":4}".repeat(3);
    stream.write_all(pipelined.as_bytes()).unwrap();
    assert_eq!([(); 3].map(|()| status(&mut stream)), [Some(200); 3]);
    for byte in "POST / HTTP/1.1\r\nContent-Length: 7\r\n\r\n{\"n\":5}".bytes() {
        stream.write_all(&[byte]).unwrap();
    }
    assert_eq!(status(&mut stream), Some(200));
    let summary = stop_after(session, 7);
    let four = "{\"n\":4}";
    let expected = ["{\"n\": 1}", "{\"n\":2,\r\n\t\"x\":1.50}", "{\"n\": 3 }", four, four, four, "{\"n\":5}"];
    assert_eq!(texts(&summary.folder), expected);
    let ledger = ledger(&summary);
    assert_eq!((ledger.looks, ledger.frames, ledger.attached), (7, 7, 1));
    assert_eq!(ledger.messages.as_ref().unwrap().kinds["State"].received, 7);
    // The session's end ends the connection, and frees the port.
    assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
    TcpListener::bind(address).unwrap();
}

#[test]
fn without_the_right_token_nothing_is_recorded_and_the_token_never_is() {
    let out = folder("http_token");
    let (session, address) = listen(source().token("/auth/token", "s3cret").hide("/auth"), out.path());
    let mut stream = connect(address);
    for (body, expected) in [
        ("{\"n\":1}", 401),
        ("{\"auth\":{\"token\":5}}", 401),
        ("{\"auth\":{\"token\":\"wrong\"}}", 403),
        ("{\"auth\":{\"token\":\"s3cret \"}}", 403),
        ("{\"auth\":{\"token\":\"wrong\",\"token\":\"s3cret\"}}", 403),
        ("{\"auth\":{\"token\":\"s3cret\"}", 400),
        ("{ \"n\":2, \"auth\" : {\"token\":\"s3cret\", \"who\":\"me\"} }", 200),
        ("{\"auth\":{\"token\":\"s3cr\\u0065t\"},\"n\":3}", 200),
    ] {
        assert_eq!(post(&mut stream, body), Some(expected), "{body}");
    }
    let summary = stop_after(session, 2);
    let expected = [
        "{ \"n\":2, \"auth\" : {\"token\":\"***\", \"who\":\"***\"} }",
        "{\"auth\":{\"token\":\"***\"},\"n\":3}",
    ];
    assert_eq!(texts(&summary.folder), expected);
    let ledger = ledger(&summary);
    assert_eq!(ledger.messages.as_ref().unwrap().refused, 6);
    assert!(ledger.notices.iter().any(|notice| notice.contains("wrong token")), "{:?}", ledger.notices);
    let file = std::fs::read(summary.folder.join("state.gtel")).unwrap();
    assert!(!file.windows(6).any(|bytes| bytes == b"s3cret"));
}

#[test]
fn a_user_s_own_rule_and_a_list_of_senders_keep_others_out() {
    let out = folder("http_rules");
    let (session, address) = listen(source().accept(|body| body.starts_with(b"{")), out.path());
    let mut stream = connect(address);
    assert_eq!([post(&mut stream, "[1]"), post(&mut stream, "{}")], [Some(403), Some(200)]);
    assert_eq!(ledger(&stop_after(session, 1)).messages.as_ref().unwrap().refused, 1);
    let mut source = source().allow(&["127.0.0.9".parse().unwrap()]);
    assert_eq!(post(&mut connect(source.open().unwrap()), "{}"), None);
    let stopped = StopToken::new();
    stopped.stop();
    assert!(source.next_frame(&stopped).unwrap().is_none());
    assert_eq!(source.quality().unwrap().messages.as_ref().unwrap().refused, 1);
}

#[test]
fn a_port_that_is_taken_is_said_at_the_start() {
    let out = folder("http_taken");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let source = HttpPushSource::new(port, schema().into());
    let error = GameSession::new("demo").source(source).save_to(out.path()).start().unwrap_err();
    assert!(matches!(error, SessionError::Begin { source: SourceError::PortTaken { .. }, .. }), "{error:?}");
    let source = HttpPushSource::new(0, schema().into()).listen("203.0.113.1".parse().unwrap());
    let error = GameSession::new("demo").source(source).save_to(out.path()).start().unwrap_err();
    assert!(matches!(error, SessionError::Begin { source: SourceError::Address { .. }, .. }), "{error:?}");
}

#[test]
fn a_game_that_does_not_send_is_waited_for_or_said() {
    let mut source = source().fail_fast(true).hint("switch it on");
    let error = source.next_frame(&StopToken::new()).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("switch it on"), "{error}");
}

/// What a stranger may send, and how it is answered; `None` where the connection may just end.
fn nonsense() -> Vec<(Vec<u8>, Option<u16>)> {
    let post = |rest: &str| format!("POST / HTTP/1.1\r\n{rest}").into_bytes();
    let mut random = 1_u64;
    let garbage = std::iter::repeat_with(|| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (random >> 33) as u8
    });
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    vec![
        (garbage.take(100_000).collect(), None),
        (vec![0; 100_000], None),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(), Some(405)),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), None),
        (post(&"X: y\r\n".repeat(100_000)), Some(431)),
        (post(&format!("X: {}", "y".repeat(1 << 20))), Some(431)),
        (post("Content-Length: 18446744073709551615\r\n\r\n{}"), Some(413)),
        (post("Content-Length: 99999999999999999999\r\n\r\n{}"), Some(400)),
        (post("Content-Length: -1\r\n\r\n{}"), Some(400)),
        (post("Host: a\r\n\r\n"), Some(411)),
        (post("Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}"), Some(413)),
        (post("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}"), Some(400)),
        (post("Transfer-Encoding: chunked\r\n\r\n+1\r\n{}"), Some(400)),
        (post("Transfer-Encoding: gzip\r\n\r\n{}"), Some(501)),
        (post("Origin: http://example.org\r\nContent-Length: 2\r\n\r\n{}"), Some(403)),
        (post(&format!("Content-Length: {}\r\n\r\n{}", 100_000, "[".repeat(100_000))), Some(400)),
        // Deep, but JSON: nothing here follows it down.
        (post(&format!("Content-Length: {}\r\n\r\n{deep}", deep.len())), Some(401)),
    ]
}

#[test]
fn whatever_a_stranger_sends_is_refused_and_the_game_gets_through() {
    let out = folder("http_hostile");
    let (session, address) = listen(source().token("/auth/token", "t"), out.path());
    let good = "{\"auth\":{\"token\":\"t\"}}";
    let all = nonsense();
    let count = all.len() as u64;
    for (bytes, expected) in all {
        let mut stream = connect(address);
        let _ = stream.write_all(&bytes);
        let got = status(&mut stream);
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        assert!(expected.is_none() || got == expected, "{got:?} for {start:?}");
        assert_eq!(post(&mut connect(address), good), Some(200));
    }
    let summary = stop_after(session, count);
    assert_eq!(ledger(&summary).frames, count);
    assert!(ledger(&summary).messages.as_ref().unwrap().refused >= count - 1);
}

#[test]
fn a_sender_that_takes_too_long_is_sent_away() {
    let out = folder("http_slow");
    let (session, address) = listen(source().patience(Duration::from_millis(150)), out.path());
    for start in [
        "POST",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n{",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5",
    ] {
        let mut stream = connect(address);
        let begun = clock::monotonic();
        stream.write_all(start.as_bytes()).unwrap();
        assert_eq!(status(&mut stream), Some(408), "{start:?}");
        assert!(begun.elapsed() >= Duration::from_millis(100));
    }
    // One that says nothing at all is not worth an answer.
    assert_eq!(connect(address).read(&mut [0]).unwrap(), 0);
    assert_eq!(post(&mut connect(address), "{}"), Some(200));
    assert_eq!(ledger(&stop_after(session, 1)).messages.as_ref().unwrap().refused, 3);
}

#[test]
fn a_thousand_connections_cost_eight_threads_and_the_game_gets_through() {
    let out = folder("http_thousand");
    let (session, address) = listen(source().patience(Duration::from_millis(300)), out.path());
    let before = resident_mib();
    let mut streams = Vec::new();
    for number in 0..1000 {
        let Ok(mut stream) = std::net::TcpStream::connect(address) else { continue };
        let _ = stream.set_write_timeout(Some(Duration::from_millis(50)));
        let _ = stream.write_all(b"POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n{");
        if number % 20 == 0 {
            let _ = stream.write_all(&[b'['; 900_000]);
        }
        streams.push(stream);
    }
    assert!(streams.len() > 100);
    assert!(resident_mib() < before + 200.0);
    #[cfg(target_os = "linux")]
    assert!(connection_threads() <= 8 * 12, "each test of this binary may have eight");
    wait_until("the game getting through", || post(&mut connect(address), "{}") == Some(200));
    drop(streams);
    let summary = stop_after(session, 1);
    assert_eq!(texts(&summary.folder), ["{}"]);
}

#[test]
fn connections_that_are_kept_open_make_room_for_new_ones() {
    let out = folder("http_idle");
    let (session, address) = listen(source(), out.path());
    let mut open = Vec::new();
    for _ in 0..40 {
        let mut stream = connect(address);
        wait_until("an answer", || {
            // The one before may not be idle yet for the server.
            let done = post(&mut stream, "{\"n\":1}") == Some(200);
            if !done {
                stream = connect(address);
            }
            done
        });
        open.push(stream);
    }
    assert!(ledger(&stop_after(session, 40)).frames == 40);
}

#[cfg(target_os = "linux")]
fn connection_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    tasks
        .filter(|task| {
            std::fs::read_to_string(task.path().join("comm")).is_ok_and(|it| it.starts_with("http conn"))
        })
        .count()
}

/// MiB of this process in memory; 0 where the system does not say.
fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1024.0
}
