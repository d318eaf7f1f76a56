//! Lodge on machines that are made from nothing: installed, used up to the first ticket, upgraded and taken off, as a package and by the
//! installer, with and without systemd. `tests/install/run` does it, and can be run by itself.

use std::{path::Path, process::Command};

/// Runs some of the parts; skipped where there is no machine to copy, or no right to.
fn on_a_new_machine(part: &str) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_ready = rustix::process::geteuid().is_root() && here.join("target/tools/bookworm/usr/bin/dpkg").exists();
    if !is_ready {
        assert!(std::env::var_os("CI").is_none(), "this needs root, and target/tools/bookworm: run `make test` as root");
        println!("skipped: this needs root, and target/tools/bookworm, which scripts/install-test-tools makes as root");
        return;
    }
    let done = Command::new(here.join("tests/install/run")).args([env!("CARGO_BIN_EXE_lodge"), part]).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    print!("{said}");
}

#[test]
fn a_package_on_a_bare_debian() {
    on_a_new_machine("package");
}

#[test]
fn the_installer_where_there_is_no_systemd() {
    on_a_new_machine("installer");
}

#[test]
fn both_where_systemd_runs() {
    // It runs in a control group of its own.
    let (probe, groups) = (format!("lodge-probe-{}", std::process::id()), Path::new("/sys/fs/cgroup"));
    let probe = if groups.join("unified").exists() { groups.join("unified").join(probe) } else { groups.join(probe) };
    if std::fs::create_dir(&probe).is_err() {
        println!("skipped: no control group can be made here");
        return;
    }
    std::fs::remove_dir(&probe).unwrap();
    on_a_new_machine("systemd");
}

/// What the image is made of is there, but for what is built; no container engine is needed to see that.
#[test]
fn the_image_copies_what_exists() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(here.join("installer/Containerfile")).unwrap();
    let ours = text.lines().filter_map(|it| it.strip_prefix("COPY ")).filter(|it| !it.contains("--from="));
    let mut sources = Vec::new();
    for line in ours {
        let words: Vec<_> = line.split_whitespace().filter(|it| !it.starts_with("--")).collect();
        let (_, copied) = words.split_last().unwrap();
        sources.extend_from_slice(copied);
    }
    let makefile = std::fs::read_to_string(here.join("Makefile")).unwrap();
    let target = makefile.lines().find_map(|it| it.strip_prefix("TARGET := ")).unwrap();
    let built = format!("target/{target}/dist/lodge");
    assert!(sources.contains(&built.as_str()), "the image is not of what `make dist` builds, {built}");
    for source in sources.into_iter().filter(|it| *it != built) {
        assert!(here.join(source).exists(), "installer/Containerfile copies {source}, which is not there");
    }
}
