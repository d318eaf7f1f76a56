//! A line between two programs that cuts, stalls, delays, corrupts and doubles what passes over it, as it is told.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

/// What happens to one connection, counted in bytes from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Both ends hang up after this byte.
    CutAt(u64),
    /// After this byte nothing more comes, and nobody hangs up for a while.
    StallAt(u64),
    /// This byte comes out as another.
    CorruptAt(u64),
    /// The bytes around this one come twice.
    DoubleAt(u64),
    /// Each piece waits.
    Slow,
}

pub struct Line {
    pub port: u16,
    next: Arc<Mutex<Vec<Fault>>>,
    pub connections: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Line {
    /// A line to this port. Connections have no faults but those that are asked for.
    pub fn to(server: u16) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let line = Line { port, next: Arc::default(), connections: Arc::default(), is_over: Arc::default(), open: Arc::default() };
        let (next, connections, is_over, open) = (line.next.clone(), line.connections.clone(), line.is_over.clone(), line.open.clone());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                connections.fetch_add(1, Ordering::SeqCst);
                let fault = {
                    let mut next = next.lock().unwrap();
                    if next.is_empty() { Fault::None } else { next.remove(0) }
                };
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                open.lock().unwrap().push(client.try_clone().unwrap());
                let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || pass(from_client, to_server, Fault::None));
                std::thread::spawn(move || pass(server, client, fault));
            }
        });
        line
    }

    /// The next connections have these faults, one after the other.
    pub fn will(&self, faults: &[Fault]) {
        self.next.lock().unwrap().extend_from_slice(faults);
    }

    /// Ends every conversation that there is.
    pub fn hang_up(&self) {
        for it in self.open.lock().unwrap().drain(..) {
            let _ = it.shutdown(Shutdown::Both);
        }
    }

    /// Nothing passes any more.
    pub fn cut(&self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        self.hang_up();
    }

    /// Faults that nobody has met yet.
    pub fn left(&self) -> usize {
        self.next.lock().unwrap().len()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, fault: Fault) {
    let mut passed = 0;
    let mut buffer = [0; 4096];
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(it) => it,
        };
        let mut piece = buffer[..count].to_vec();
        let end = passed + count as u64;
        let here = |at: u64| at >= passed && at < end;
        let index = |at: u64| usize::try_from(at - passed).unwrap();
        let mut is_last = false;
        match fault {
            Fault::CutAt(at) if here(at) => {
                piece.truncate(index(at));
                is_last = true;
            }
            Fault::StallAt(at) if here(at) => {
                let _ = to.write_all(&piece[..index(at)]);
                // Longer than anybody waits; the other end gives up first.
                let _ = from.set_read_timeout(Some(Duration::from_secs(1)));
                let mut rest = [0; 1];
                while to.peek(&mut rest).is_ok_and(|it| it > 0) {
                    std::thread::sleep(Duration::from_millis(50));
                }
                break;
            }
            Fault::CorruptAt(at) if here(at) => piece[index(at)] ^= 0x15,
            Fault::DoubleAt(at) if here(at) => {
                let double = piece[..index(at)].to_vec();
                piece = [double.clone(), piece].concat();
            }
            Fault::Slow => std::thread::sleep(Duration::from_millis(20)),
            _ => {}
        }
        passed = end;
        if to.write_all(&piece).is_err() || is_last {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
