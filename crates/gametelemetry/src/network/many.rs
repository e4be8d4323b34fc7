//! Many datagrams with one call of the system, where it has such a call (Linux); elsewhere each takes a call of its own.
//!
//! Entering the system costs about as much as a datagram does, and the receiver of what is sent on is woken once instead
//! of each time. It is for rushes only: a datagram that comes alone is taken and sent alone, at once.

use std::io;
use std::net::{SocketAddr, UdpSocket};

/// The most datagrams of one call.
pub(super) const MOST: usize = if cfg!(target_os = "linux") { 64 } else { 1 };

/// Takes what has come to `socket`, one datagram for each of `buffers`, [`MOST`] at most, and tells its size and
/// sender. Waits for the first as the socket is set to, and for no other.
#[cfg(target_os = "linux")]
pub(super) fn receive(
    socket: &UdpSocket,
    buffers: &mut [Vec<u8>],
    mut took: impl FnMut(usize, SocketAddr),
) -> io::Result<()> {
    use std::io::IoSliceMut;
    use std::os::fd::AsRawFd as _;

    use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg};

    let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(buffers.len().min(MOST), None);
    let mut slices: Vec<_> = buffers.iter_mut().map(|buffer| [IoSliceMut::new(buffer)]).collect();
    let came = recvmmsg(socket.as_raw_fd(), &mut headers, slices.iter_mut(), MsgFlags::MSG_WAITFORONE, None)?;
    for datagram in came {
        took(datagram.bytes, datagram.address.as_ref().map_or(NOBODY, sender));
    }
    Ok(())
}

/// See the one for Linux.
#[cfg(not(target_os = "linux"))]
pub(super) fn receive(
    socket: &UdpSocket,
    buffers: &mut [Vec<u8>],
    mut took: impl FnMut(usize, SocketAddr),
) -> io::Result<()> {
    let Some(buffer) = buffers.first_mut() else { return Ok(()) };
    socket.recv_from(buffer).map(|(size, from)| took(size, from))
}

/// A sender that the system does not name; none is allowed by its address.
pub(super) const NOBODY: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0);

#[cfg(target_os = "linux")]
fn sender(address: &nix::sys::socket::SockaddrStorage) -> SocketAddr {
    let v4 = address.as_sockaddr_in().map(|address| SocketAddr::V4((*address).into()));
    v4.or_else(|| address.as_sockaddr_in6().map(|address| SocketAddr::V6((*address).into())))
        .unwrap_or(NOBODY)
}

/// Sends the first of `datagrams`, and as many after it as one call can ([`MOST`] at most), to whom `socket` is connected;
/// gives how many were sent. An error is about the first.
#[cfg(target_os = "linux")]
pub(super) fn send(socket: &UdpSocket, datagrams: &[&[u8]]) -> io::Result<usize> {
    use std::io::IoSlice;
    use std::os::fd::AsRawFd as _;

    use nix::sys::socket::{ControlMessage, MsgFlags, MultiHeaders, sendmmsg};

    if let [only] = datagrams {
        return socket.send(only).map(|_| 1);
    }
    let slices: Vec<_> = datagrams.iter().take(MOST).map(|datagram| [IoSlice::new(datagram)]).collect();
    let mut headers = MultiHeaders::<()>::preallocate(slices.len(), None);
    let connected = vec![None; slices.len()];
    let nothing_more: [ControlMessage<'_>; 0] = [];
    let sent =
        sendmmsg(socket.as_raw_fd(), &mut headers, &slices, connected, nothing_more, MsgFlags::empty())?;
    Ok(sent.count())
}

/// See the one for Linux.
#[cfg(not(target_os = "linux"))]
pub(super) fn send(socket: &UdpSocket, datagrams: &[&[u8]]) -> io::Result<usize> {
    let Some(first) = datagrams.first() else { return Ok(0) };
    socket.send(first).map(|_| 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(of: &str) -> (UdpSocket, UdpSocket) {
        let (sender, receiver) = (UdpSocket::bind(of).unwrap(), UdpSocket::bind(of).unwrap());
        sender.connect(receiver.local_addr().unwrap()).unwrap();
        receiver.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
        (sender, receiver)
    }

    /// Sends these and takes them again, with as many calls as it takes.
    fn there_and_back(of: &str, datagrams: &[Vec<u8>]) {
        let (sender, receiver) = pair(of);
        let from = sender.local_addr().unwrap();
        let all: Vec<&[u8]> = datagrams.iter().map(Vec::as_slice).collect();
        let mut sent = 0;
        while sent < all.len() {
            sent += send(&sender, &all[sent..]).unwrap();
        }
        let mut buffers = vec![vec![0; 2000]; 5];
        let mut got = Vec::new();
        while got.len() < all.len() {
            let mut sizes = Vec::new();
            receive(&receiver, &mut buffers, |size, who| {
                assert_eq!(who, from);
                sizes.push(size);
            })
            .unwrap();
            assert!((1..=5).contains(&sizes.len()), "{sizes:?}");
            got.extend(sizes.iter().zip(&buffers).map(|(size, buffer)| buffer[..*size].to_vec()));
        }
        assert_eq!(got, datagrams);
    }

    #[test]
    fn all_come_in_their_order_with_their_sizes_and_their_sender() {
        // No more than what the system holds for a socket that asked for nothing.
        let datagrams: Vec<Vec<u8>> =
            (0_u8..70).map(|number| vec![number; 13 * usize::from(number)]).collect();
        assert!(datagrams.len() > MOST, "more than one call's worth");
        there_and_back("127.0.0.1:0", &datagrams);
        there_and_back("127.0.0.1:0", &datagrams[..1]);
        there_and_back("[::1]:0", &datagrams[..7]);
    }

    #[test]
    fn nothing_there_is_an_error_of_its_kind_and_an_empty_list_sends_nothing() {
        let (sender, receiver) = pair("127.0.0.1:0");
        receiver.set_nonblocking(true).unwrap();
        let error = receive(&receiver, &mut [vec![0; 10]], |_, _| panic!("nothing came")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert_eq!(send(&sender, &[]).unwrap(), 0);
    }
}
