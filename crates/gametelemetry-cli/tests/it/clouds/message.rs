//! HTTP/1.1 as far as the proxy must know it: where a request or an answer ends. Whole messages are kept as they came.

use std::io::{self, BufRead, Read};

/// A head is refused beyond this.
const LONGEST_HEAD: u64 = 64 << 10;
/// A body is refused beyond this; no object of the tests is near it.
const LONGEST_BODY: u64 = 256 << 20;

/// A request or an answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    /// The first line and the headers, with the empty line behind them.
    pub(crate) head: Vec<u8>,
    /// What follows, as it travelled: a chunked body with its chunks.
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// The head of the next request; `None` when the client closed instead.
    pub(crate) fn read_request_head(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let head = read_head(from)?;
        Ok((!head.is_empty()).then(|| Self { head, body: Vec::new() }))
    }

    /// The body that belongs to a request's head.
    pub(crate) fn read_body(&mut self, from: &mut impl BufRead) -> io::Result<()> {
        if self.is_chunked() {
            self.read_chunks(from)
        } else {
            self.read_exactly(from, self.length().unwrap_or(0))
        }
    }

    /// The first half of the body, of one whose length is known.
    pub(crate) fn read_half_body(&mut self, from: &mut impl BufRead) -> io::Result<()> {
        self.read_exactly(from, self.length().unwrap_or(0) / 2)
    }

    /// The answer to a request with `method`, from a server that was asked to close behind it.
    pub(crate) fn read_answer(from: &mut impl BufRead, method: &str) -> io::Result<Self> {
        let head = read_head(from)?;
        let mut message = Self { head, body: Vec::new() };
        let status = message.status().ok_or_else(|| invalid("no answer"))?;
        match message.length() {
            _ if method == "HEAD" || matches!(status, 100..=199 | 204 | 304) => {}
            Some(length) => message.read_exactly(from, length)?,
            None if message.is_chunked() => message.read_chunks(from)?,
            None => drop(from.take(LONGEST_BODY).read_to_end(&mut message.body)?),
        }
        Ok(message)
    }

    /// An answer of the proxy's own.
    pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let mut head = format!("HTTP/1.1 {status} By The Proxy\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        Self { head: format!("{head}\r\n").into_bytes(), body: body.into() }
    }

    /// Method and target of a request.
    pub(crate) fn request_line(&self) -> Option<(String, String)> {
        let first = self.lines().into_iter().next()?;
        let mut words = first.split(' ');
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    }

    /// The status of an answer.
    pub(crate) fn status(&self) -> Option<u16> {
        self.lines().first()?.split(' ').nth(1)?.parse().ok()
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.lines().iter().skip(1).find_map(|line| {
            let (is, value) = line.split_once(':')?;
            is.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// The same message, which says that its connection ends behind it.
    pub(crate) fn closing(&self) -> Vec<u8> {
        let mut head = String::new();
        for line in self.lines() {
            let name = line.split(':').next().unwrap_or_default();
            if !line.is_empty() && !["connection", "keep-alive"].contains(&name.to_ascii_lowercase().as_str())
            {
                head += &format!("{line}\r\n");
            }
        }
        let mut bytes = format!("{head}Connection: close\r\n\r\n").into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    fn lines(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.head).split("\r\n").map(str::to_owned).collect()
    }

    fn length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    fn is_chunked(&self) -> bool {
        self.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    }

    fn read_exactly(&mut self, from: &mut impl BufRead, length: u64) -> io::Result<()> {
        if length > LONGEST_BODY {
            return Err(invalid("a body of unheard length"));
        }
        let before = self.body.len() as u64;
        from.take(length).read_to_end(&mut self.body)?;
        let got = self.body.len() as u64 - before;
        if got == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn read_chunks(&mut self, from: &mut impl BufRead) -> io::Result<()> {
        loop {
            let start = self.body.len();
            read_line(from, &mut self.body)?;
            let size = String::from_utf8_lossy(&self.body[start..]);
            let size = size.split([';', '\r', '\n']).next().unwrap_or_default();
            let size = u64::from_str_radix(size.trim(), 16).map_err(|_| invalid("no length of a chunk"))?;
            self.read_exactly(from, size)?;
            read_line(from, &mut self.body)?;
            if size == 0 {
                return Ok(());
            }
        }
    }
}

/// Everything up to the empty line; nothing when the other side closed before the first byte.
fn read_head(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut from = from.take(LONGEST_HEAD);
    while !head.ends_with(b"\r\n\r\n") {
        if from.read_until(b'\n', &mut head)? == 0 {
            return if head.is_empty() { Ok(head) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
    }
    Ok(head)
}

fn read_line(from: &mut impl BufRead, into: &mut Vec<u8>) -> io::Result<()> {
    if from.take(LONGEST_HEAD).read_until(b'\n', into)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
