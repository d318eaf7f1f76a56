//! Beside a manager of services: what it is told, and a restart that nobody notices.

use std::{
    os::unix::net::UnixDatagram,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use serde_json::json;
use tempfile::TempDir;

use crate::appliance::{Appliance, PATIENCE, try_ask};

/// What was said to the manager, until it says this.
fn told(socket: &UnixDatagram, until: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut bytes = [0; 4096];
    while !all.iter().any(|it: &String| it.contains(until)) {
        let read = socket.recv(&mut bytes).unwrap_or_else(|it| panic!("not told of {until}: {it}: {all:?}"));
        all.push(String::from_utf8_lossy(&bytes[..read]).into_owned());
    }
    all
}

#[test]
fn the_manager_of_services_knows_how_it_goes_and_a_restart_drops_no_request() {
    let place = TempDir::new().unwrap();
    let path = place.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let path = path.to_string_lossy().into_owned();
    let environment = [("NOTIFY_SOCKET", path.as_str()), ("WATCHDOG_USEC", "900000")];
    let mut appliance = Appliance::in_folder(TempDir::new().unwrap(), &environment);
    told(&socket, "READY=1");
    told(&socket, "WATCHDOG=1");

    let (stop, made) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let workers: Vec<_> = (0..4)
        .map(|worker| {
            let (stop, made, address, token) = (stop.clone(), made.clone(), appliance.address(), appliance.token.clone());
            std::thread::spawn(move || {
                let bearer = format!("Bearer {token}");
                let mut count = 0;
                while !stop.load(Ordering::SeqCst) {
                    let body = json!({ "title": format!("Of {worker}, {count}"), "description": "x" }).to_string();
                    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
                    let answer = try_ask(&address, "POST", "/v1/tickets", &headers, body.as_bytes());
                    let answer = answer.unwrap_or_else(|it| panic!("a request was dropped: {it}"));
                    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
                    count += 1;
                    made.fetch_add(1, Ordering::SeqCst);
                }
                count
            })
        })
        .collect();
    let pid = appliance.pid();
    for _ in 0..2 {
        let before = made.load(Ordering::SeqCst);
        appliance.until("requests are answered", |_| made.load(Ordering::SeqCst) > before + 4);
        assert!(appliance.run(&["restart"]).status.success());
        told(&socket, "RELOADING=1");
        told(&socket, "READY=1");
        assert_eq!(appliance.pid(), pid);
    }
    let before = made.load(Ordering::SeqCst);
    appliance.until("requests are answered again", |_| made.load(Ordering::SeqCst) > before + 4);
    stop.store(true, Ordering::SeqCst);
    let counts: usize = workers.into_iter().map(|it| it.join().unwrap()).sum();
    assert_eq!(appliance.get("/v1/tickets?pageSize=1").json()["total"].as_u64().unwrap(), counts as u64);
    appliance.is_well();
    assert_eq!(appliance.stop(), 0);
    told(&socket, "STOPPING=1");
    let refused = appliance.run(&["restart"]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("Nothing runs"), "{refused:?}");
}
