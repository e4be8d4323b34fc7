//! As much of S3 as an upload needs: takes objects, tells their MD5, and has none of them when asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gametelemetry::clock;
use md5::{Digest as _, Md5};

use crate::common::Outcome;

/// Serves until the program ends, over a line of so many bytes a second if any are named; where.
pub(crate) fn start(bytes_per_second: Option<u32>) -> Outcome<String> {
    let line = Arc::new(Line { bytes_per_second, free_at: Mutex::new(clock::monotonic()) });
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A connection that breaks ends its thread, nothing else.
            let line = Arc::clone(&line);
            std::thread::spawn(move || drop(serve(stream, &line)));
        }
    });
    Ok(address)
}

/// What all connections share.
struct Line {
    bytes_per_second: Option<u32>,
    free_at: Mutex<Instant>,
}

impl Line {
    /// Waits as long as `bytes` need.
    fn pass(&self, bytes: usize) {
        let Some(rate) = self.bytes_per_second else { return };
        let until = {
            let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
            *free_at =
                (*free_at).max(clock::monotonic()) + Duration::from_secs_f64(bytes as f64 / f64::from(rate));
            *free_at
        };
        std::thread::sleep(until.saturating_duration_since(clock::monotonic()));
    }
}

fn serve(stream: TcpStream, line: &Line) -> Outcome {
    stream.set_nodelay(true)?;
    let mut input = BufReader::with_capacity(256 << 10, stream.try_clone()?);
    let mut output = stream;
    let mut body = Vec::new();
    loop {
        let (mut method, mut length, mut text) = (String::new(), 0_usize, String::new());
        loop {
            text.clear();
            if input.read_line(&mut text)? == 0 {
                return Ok(());
            }
            let head = text.trim_end().to_ascii_lowercase();
            if head.is_empty() {
                break;
            }
            if method.is_empty() {
                method = head;
            } else if let Some(value) = head.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        body.resize(length, 0);
        for chunk in body.chunks_mut(64 << 10) {
            input.read_exact(chunk)?;
            line.pass(chunk.len());
        }
        let answer = if method.starts_with("put ") {
            let tag: String = Md5::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
            format!("HTTP/1.1 200 OK\r\nETag: \"{tag}\"\r\nContent-Length: 0\r\n\r\n")
        } else if method.contains("list-type=2") {
            let list = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{list}", list.len())
        } else {
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned()
        };
        output.write_all(answer.as_bytes())?;
    }
}
