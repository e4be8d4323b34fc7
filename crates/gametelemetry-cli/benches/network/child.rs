//! What runs as this same program started again: the sender, the bare loops, and the receiver of what is sent on.

use std::io::Read;
use std::net::UdpSocket;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gametelemetry::clock::{self, Pacer};

use super::common::Outcome;
use super::packets::Packets;

/// Says to a started-again program what it is to do.
const ASKED: &str = "GAMETELEMETRY_BENCH_CHILD";
/// The sender sends so many times a second, each time what has come together: nobody wakes up 100,000 times.
const BURSTS_HZ: u32 = 1000;

/// Sends `rate` packets a second to `port` for `time`, then prints how many it sent.
pub(crate) fn sender(port: u16, rate: u32, time: Duration) -> Outcome<Command> {
    again(&format!("send {port} {rate} {}", time.as_secs_f64()))
}

/// Receives at `port` until its input ends, then prints how many came; sends each on to `forward` if there is one.
pub(crate) fn bare(port: u16, forward: Option<u16>) -> Outcome<Command> {
    again(&format!("bare {port} {}", forward.unwrap_or(0)))
}

fn again(asked: &str) -> Outcome<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.env(ASKED, asked);
    Ok(command)
}

/// Does what this process was started for; `false` when that is the benchmark itself.
pub(crate) fn run_if_asked() -> Outcome<bool> {
    let Ok(asked) = std::env::var(ASKED) else { return Ok(false) };
    match asked.split(' ').collect::<Vec<_>>()[..] {
        ["send", port, rate, seconds] => {
            let time = Duration::from_secs_f64(seconds.parse()?);
            println!("{}", send(port.parse()?, rate.parse()?, time)?);
        }
        ["bare", port, forward] => println!("{}", receive(port.parse()?, forward.parse()?)?),
        _ => return Err(format!("{ASKED} is not understood: {asked}").into()),
    }
    Ok(true)
}

fn send(port: u16, rate: u32, time: Duration) -> Outcome<u64> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(("127.0.0.1", port))?;
    let mut packets = Packets::new();
    let start = clock::monotonic();
    let mut pacer = Pacer::new(f64::from(BURSTS_HZ));
    let mut sent = 0;
    while start.elapsed() < time {
        std::thread::sleep(pacer.next_deadline().saturating_duration_since(clock::monotonic()));
        // What is due by now: a burst that came late is made up for.
        let due = u64::from(rate) * u64::try_from(start.elapsed().as_micros())? / 1_000_000;
        while sent < due {
            socket.send(packets.next())?;
            sent += 1;
        }
    }
    Ok(sent)
}

fn receive(port: u16, forward: u16) -> Outcome<u64> {
    let socket = UdpSocket::bind(("127.0.0.1", port))?;
    socket2::SockRef::from(&socket).set_recv_buffer_size(8 << 20)?;
    socket.set_read_timeout(Some(Duration::from_millis(50)))?;
    let to = UdpSocket::bind("127.0.0.1:0")?;
    to.connect(("127.0.0.1", forward))?;
    to.set_nonblocking(true)?;
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        told.store(true, Ordering::Relaxed);
    });
    let mut buffer = vec![0; 65_536];
    let mut received = 0;
    loop {
        match socket.recv_from(&mut buffer) {
            Ok((size, _)) => {
                received += 1;
                if forward > 0 {
                    let _ = to.send(buffer.get(..size).unwrap_or_default());
                }
            }
            Err(_) if stop.load(Ordering::Relaxed) => return Ok(received),
            Err(_) => {}
        }
    }
}
