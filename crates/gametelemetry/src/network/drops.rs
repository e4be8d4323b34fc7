//! Asks the system how many datagrams it has dropped because nobody took them in time.
//!
//! Only Linux tells, in a table of all sockets; elsewhere the answer is that it is not known.

#[cfg(target_os = "linux")]
pub(crate) use linux::DropCounter;

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::net::UdpSocket;
    use std::os::fd::AsRawFd as _;

    /// Reads the count of one socket.
    #[derive(Debug)]
    pub(crate) struct DropCounter {
        inode: String,
        tables: [&'static str; 2],
    }

    impl DropCounter {
        pub(crate) fn new(socket: &UdpSocket) -> Option<Self> {
            let link = fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).ok()?;
            let inode = link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned();
            Some(Self { inode, tables: ["/proc/self/net/udp", "/proc/self/net/udp6"] })
        }

        /// Datagrams dropped since the socket was opened.
        pub(crate) fn read(&self) -> Option<u64> {
            let tables = self.tables.iter().filter_map(|table| fs::read_to_string(table).ok());
            tables.into_iter().find_map(|table| find(&table, &self.inode))
        }
    }

    /// The last column of the row with `inode`, the tenth.
    fn find(table: &str, inode: &str) -> Option<u64> {
        let mut rows = table.lines().map(|row| row.split_whitespace().collect::<Vec<_>>());
        let row = rows.find(|row| row.get(9) == Some(&inode))?;
        row.last()?.parse().ok()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_nobody_takes_is_counted() {
            let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket2::SockRef::from(&receiver).set_recv_buffer_size(4096).unwrap();
            let counter = DropCounter::new(&receiver).unwrap();
            assert_eq!(counter.read(), Some(0));
            let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
            (0..100).for_each(|_| {
                sender.send_to(&[0; 1000], receiver.local_addr().unwrap()).unwrap();
            });
            let dropped = counter.read().unwrap();
            assert!((50..100).contains(&dropped), "{dropped}");
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::DropCounter;

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::net::UdpSocket;

    /// There is nothing to read.
    #[derive(Debug)]
    pub(crate) struct DropCounter;

    impl DropCounter {
        pub(crate) fn new(_: &UdpSocket) -> Option<Self> {
            None
        }

        pub(crate) fn read(&self) -> Option<u64> {
            None
        }
    }
}
