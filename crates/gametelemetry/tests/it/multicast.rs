//! Groups of IPv4 and IPv6: several sources join one, and get what is sent to it and nothing else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::time::Duration;

use gametelemetry::{GameSession, NetworkSource};

use crate::network::{free_port, packet, schema};
use crate::support::{folder, wait_until};

fn left_out(what: &str) {
    println!("left out: {what}");
}

/// A socket that sends to groups from the loopback interface of the group's family.
fn group_sender(group: IpAddr) -> std::io::Result<UdpSocket> {
    let any: IpAddr = if group.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let sender = UdpSocket::bind((any, 0))?;
    if group.is_ipv4() {
        socket2::SockRef::from(&sender).set_multicast_if_v4(&Ipv4Addr::LOCALHOST)?;
    }
    Ok(sender)
}

/// Whether datagrams to `group` reach those who joined it on this machine, by bare sockets.
fn has_multicast(group: IpAddr) -> std::io::Result<bool> {
    let any: IpAddr =
        if group.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let receiver = UdpSocket::bind((any, 0))?;
    match group {
        IpAddr::V4(group) => receiver.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST)?,
        IpAddr::V6(group) => receiver.join_multicast_v6(&group, 0)?,
    }
    receiver.set_read_timeout(Some(Duration::from_secs(2)))?;
    group_sender(group)?.send_to(b"?", (group, receiver.local_addr()?.port()))?;
    Ok(receiver.recv(&mut [0; 10]).is_ok())
}

/// Whether a socket can be bound to `group`; one that is bound to every address gets also what is not sent to the group.
fn is_bound_to(group: IpAddr) -> bool {
    let is_of_one_link = matches!(group, IpAddr::V6(group) if group.segments()[0] & 0xf <= 2);
    cfg!(unix) && !is_of_one_link
}

/// Two sources of one session join `group`; both get what is sent to it, and neither what is not.
fn check_multicast(test: &str, group: IpAddr) {
    match has_multicast(group) {
        Ok(true) => {}
        other => return left_out(&format!("multicast to {group}: none here ({other:?})")),
    }
    let (out, port) = (folder(test), free_port());
    let source = |name: &str| {
        let source = NetworkSource::udp(port, schema()).multicast(group).name(name);
        if group.is_ipv4() { source.listen(Ipv4Addr::LOCALHOST.into()) } else { source }
    };
    let session = GameSession::new("test").source(source("one")).source(source("two"));
    let session = session.save_to(out.path()).start().unwrap();
    let sender = group_sender(group).unwrap();
    if is_bound_to(group) {
        let here: IpAddr =
            if group.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        // On Linux the sender is told that nobody is there.
        let _ = UdpSocket::bind((here, 0)).unwrap().send_to(&packet(2, 7, 1, 1), (here, port));
    }
    for frame in 0..3 {
        sender.send_to(&packet(1, 7, frame, frame), (group, port)).unwrap();
    }
    wait_until("both got all", || session.status().iter().all(|(_, ledger)| ledger.frames == 3));
    for source in session.stop().unwrap().sources {
        let kinds = source.ledger.messages.unwrap().kinds;
        assert_eq!(kinds.keys().map(String::as_str).collect::<Vec<_>>(), ["kind1"]);
    }
}

#[test]
fn a_multicast_group_is_joined_and_may_have_several_listeners() {
    check_multicast("multicast", [224, 0, 0, 150].into());
}

#[test]
fn a_multicast_group_of_ipv6_is_joined_too() {
    check_multicast("multicast6", "ff05::7576".parse().unwrap());
    check_multicast("multicast6_link", "ff02::7576".parse().unwrap());
}
