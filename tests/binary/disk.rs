//! A disk that fills up under the running appliance: writes are refused with a clear error, reads go on, and when there is room again
//! so do writes, without a restart.

use std::{path::Path, process::Command};

use serde_json::json;
use tempfile::TempDir;

use crate::appliance::Appliance;

/// A small file system of its own, which needs the right to mount.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    pub fn mounted() -> Option<SmallDisk> {
        let folder = TempDir::new().unwrap();
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", "size=160m", "tmpfs"]).arg(folder.path()).output().ok()?;
        done.status.success().then_some(SmallDisk(folder))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[test]
fn a_full_disk_refuses_writes_and_recovers_without_a_restart() {
    let Some(disk) = SmallDisk::mounted() else {
        assert!(std::env::var_os("CI").is_none(), "a small disk could not be mounted; this test needs root");
        println!("skipped: a small disk could not be mounted, which needs root");
        return;
    };
    let data = disk.path().join("data");
    let appliance = Appliance::in_folder(TempDir::new().unwrap(), &[("LODGE_DATA_DIR", data.to_str().unwrap())]);
    let create = |title: &str| appliance.ask("POST", "/v1/tickets", &json!({ "title": title }));
    let first = create("before");
    assert_eq!(first.status, 201);
    let ballast = disk.path().join("ballast");
    std::fs::write(&ballast, vec![1; 130 * 1024 * 1024]).unwrap();
    for _ in 0..3 {
        let refused = create("while full");
        assert_eq!(refused.status, 503, "{}", String::from_utf8_lossy(&refused.body));
        assert_eq!(refused.json()["code"], "LODGE_UNAVAILABLE");
        assert!(refused.headers.contains_key("retry-after"));
    }
    let number = first.json()["number"].as_str().unwrap().to_owned();
    assert_eq!(appliance.get(&format!("/v1/tickets/{number}")).status, 200, "reads go on");
    assert_eq!(appliance.get("/readyz").status, 200);
    assert_eq!(appliance.get("/readyz").json()["status"], "warning");
    std::fs::remove_file(ballast).unwrap();
    let after = create("after");
    assert_eq!(after.status, 201, "{}", String::from_utf8_lossy(&after.body));
    assert_eq!(after.json()["number"], "INC-000002", "what was refused took no number");
    appliance.is_well();
}
