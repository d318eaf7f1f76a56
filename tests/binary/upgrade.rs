//! Upgrades by the real binary: desks of older releases come through, a kill at any moment leaves one or the other, and there is a way back.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::appliance::{Appliance, PATIENCE, free_port, lodge};

/// What older releases left, each in a folder of its own: a place with one snapshot, and what is in it.
fn releases() -> Vec<PathBuf> {
    let all = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/releases")).unwrap();
    let mut all: Vec<_> = all.map(|it| it.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn desks_of_older_releases_come_through() {
    assert!(!releases().is_empty());
    for release in releases() {
        let known: Value = serde_json::from_slice(&std::fs::read(release.join("holds.json")).unwrap()).unwrap();
        // Nothing is written where it lies.
        let place = TempDir::new().unwrap();
        let copied = std::process::Command::new("cp").arg("-r").arg(release.join("place")).arg(place.path()).status().unwrap();
        assert!(copied.success());
        let from = place.path().join("place").display().to_string();
        let tried = lodge().args(["upgrade", "--rehearse", "--from", &from]).output().unwrap();
        let said = String::from_utf8_lossy(&tried.stdout);
        assert!(tried.status.success() && said.contains("came through"), "{}: {tried:?}", release.display());

        let folder = TempDir::new().unwrap();
        let restore = lodge().args(["snapshot", "restore", "--from", &from, "--into"]).arg(folder.path().join("data")).output().unwrap();
        assert!(restore.status.success(), "{restore:?}");
        let mut appliance = Appliance::of_folder(folder, &[]);
        appliance.token = appliance.line(&["token", "create", "--user", known["admin"].as_str().unwrap(), "--name", "tests"]);
        for (path, count) in known["totals"].as_object().unwrap() {
            assert_eq!(appliance.get(path).json()["total"], *count, "{}: {path}", release.display());
        }
        let found = appliance.get("/v1/tickets/INC-000001").json();
        assert_eq!(found["title"], known["first"], "{}", release.display());
        appliance.is_well();
    }
}

/// As if the release before had written the folder.
fn set_back(data: &Path) {
    let file = data.join("release.json");
    let mut release: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    release["version"] = json!("0.0.9");
    release["layout"] = json!(release["layout"].as_u64().unwrap() - 1);
    std::fs::write(file, release.to_string()).unwrap();
}

fn total(appliance: &Appliance) -> u64 {
    appliance.get("/v1/tickets").json()["total"].as_u64().unwrap()
}

#[test]
fn a_kill_at_any_moment_of_an_upgrade_leaves_one_or_the_other_and_there_is_a_way_back() {
    let mut appliance = Appliance::new();
    let lodge_one = |it: &Appliance, title: &str| assert_eq!(it.ask("POST", "/v1/tickets", &json!({ "title": title })).status, 201);
    for i in 0..20 {
        lodge_one(&appliance, &format!("Of before, {i}"));
    }
    assert_eq!(appliance.stop(), 0);
    let data = appliance.path().join("data");
    set_back(&data);
    let mut in_the_middle = 0;
    for pause in 0..12 {
        if !data.join("swapping.json").exists() && !std::fs::read_to_string(data.join("release.json")).unwrap().contains("0.0.9") {
            // It got through the time before.
            set_back(&data);
        }
        let mut command = lodge();
        command.arg("serve").env("LODGE_DATA_DIR", &data).env("LODGE_LISTEN", format!("127.0.0.1:{}", free_port()));
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let began = Instant::now();
        // From when it begins to copy, each time a little later.
        while !data.join("next").exists() && !data.join("swapping.json").exists() && began.elapsed() < PATIENCE {
            if std::fs::read_to_string(data.join("release.json")).is_ok_and(|it| !it.contains("0.0.9")) {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(3 * pause));
        process.kill().unwrap();
        process.wait().unwrap();
        in_the_middle += usize::from(data.join("next").exists() || data.join("swapping.json").exists());
    }
    assert!(in_the_middle > 0, "no kill came in the middle");
    appliance.start();
    assert_eq!(total(&appliance), 20);
    appliance.is_well();
    lodge_one(&appliance, "Since");
    let refused = appliance.run(&["rollback"]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("owns"), "{refused:?}");
    assert_eq!(appliance.stop(), 0);

    let done = appliance.run(&["rollback"]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() && said.contains("of release 0.0.9"), "{done:?}");
    let kept: Vec<_> = std::fs::read_dir(data.join("rolled-back")).unwrap().map(|it| it.unwrap().path()).collect();
    let lines: String = std::fs::read_dir(&kept[0]).unwrap().filter_map(|it| std::fs::read_to_string(it.unwrap().path()).ok()).collect();
    assert!(lines.contains("\"header\""), "{said}: {kept:?}");
    let release: Value = serde_json::from_slice(&std::fs::read(data.join("release.json")).unwrap()).unwrap();
    assert_eq!(release["version"], "0.0.9");
    // This release brings it up once more.
    appliance.start();
    assert_eq!(total(&appliance), 20);
    appliance.is_well();
    assert_eq!(appliance.stop(), 0);
    let mut newer = release;
    newer["layout"] = json!(1_000_000);
    std::fs::write(data.join("release.json"), newer.to_string()).unwrap();
    let refused = appliance.run(&["doctor"]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("newer"), "{refused:?}");
}
