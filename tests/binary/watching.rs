//! What watches Lodge from outside: the rules and the dashboard of `watching/`, tried by Prometheus on what a running one says of itself.

use std::{path::Path, process::Command};

#[test]
fn rules_and_dashboard_ask_for_what_there_is() {
    if !["promtool", "prometheus"].iter().all(|it| Path::new("/usr/bin").join(it).exists()) {
        assert!(std::env::var_os("CI").is_none(), "prometheus is missing: run `make test`, which installs it");
        println!("skipped: prometheus is missing");
        return;
    }
    let check = Path::new(env!("CARGO_MANIFEST_DIR")).join("watching/check");
    let done = Command::new(check).env("LODGE", env!("CARGO_BIN_EXE_lodge")).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    print!("{said}");
}
