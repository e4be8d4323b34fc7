//! As much of S3 as an upload needs: takes objects, tells their MD5, and has none of them when asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use md5::{Digest as _, Md5};

use crate::common::Outcome;

/// Serves until the program ends; where.
pub(crate) fn start() -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A connection that breaks ends its thread, nothing else.
            std::thread::spawn(move || drop(serve(stream)));
        }
    });
    Ok(address)
}

fn serve(stream: TcpStream) -> Outcome {
    stream.set_nodelay(true)?;
    let mut input = BufReader::with_capacity(256 << 10, stream.try_clone()?);
    let mut output = stream;
    let mut body = Vec::new();
    loop {
        let (mut method, mut length, mut line) = (String::new(), 0_usize, String::new());
        loop {
            line.clear();
            if input.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let text = line.trim_end().to_ascii_lowercase();
            if text.is_empty() {
                break;
            }
            if method.is_empty() {
                method = text;
            } else if let Some(value) = text.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        body.resize(length, 0);
        input.read_exact(&mut body)?;
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
