//! Starting, stopping, the command line beside a running appliance, and the index that is deleted under it.

use serde_json::json;

use crate::appliance::Appliance;

#[test]
fn commands_work_whether_it_runs_or_not() {
    let mut appliance = Appliance::new();
    for running in [true, false] {
        let address = format!("ada-{running}@example.com");
        let made = appliance.run_with(
            &["user", "create", "--email", &address, "--name", "Ada", "--role", "agent", "--password-stdin"],
            &[],
            b"a good password\n",
        );
        assert!(made.status.success(), "{made:?}");
        assert!(appliance.line(&["user", "list"]).contains(&address));
        assert!(appliance.line(&["token", "create", "--user", &address, "--name", "x"]).starts_with("lodge_pat_"));
        assert!(appliance.line(&["audit", "verify"]).starts_with("The log holds"));
        assert!(appliance.line(&["reindex"]).contains("built anew"));
        appliance.is_well();
        let refused = appliance.run(&["token", "create", "--user", "nobody@example.com", "--name", "x"]);
        assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("nobody@example.com"), "{refused:?}");
        if running {
            assert_eq!(appliance.stop(), 0, "a stop that was asked for is no failure");
        }
    }
}

#[test]
fn an_exported_log_verifies_alone_and_a_changed_one_does_not() {
    let appliance = Appliance::new();
    for i in 0..5 {
        assert_eq!(appliance.ask("POST", "/v1/tickets", &json!({ "title": format!("ticket {i}") })).status, 201);
    }
    let export = appliance.run(&["audit", "export"]).stdout;
    let file = appliance.path().join("log.jsonl");
    std::fs::write(&file, &export).unwrap();
    let path = file.to_str().unwrap();
    assert!(appliance.run(&["audit", "verify", path]).status.success());
    let lines: Vec<&str> = std::str::from_utf8(&export).unwrap().lines().collect();
    let without_one = [&lines[..3], &lines[4..]].concat().join("\n");
    let swapped = [&lines[..2], &[lines[3], lines[2]], &lines[4..]].concat().join("\n");
    let changed = lines.join("\n").replacen("\"header\":\"01", "\"header\":\"02", 1);
    for (what, text) in [("a missing event", without_one), ("swapped events", swapped), ("a changed header", changed)] {
        std::fs::write(&file, text).unwrap();
        assert!(!appliance.run(&["audit", "verify", path]).status.success(), "{what} was not noticed");
    }
}

#[test]
fn a_deleted_index_is_filled_anew_while_it_serves() {
    let mut appliance = Appliance::new();
    for i in 0..30 {
        let body = json!({ "title": format!("printer number {i} is jammed"), "requester": "rosa@example.com" });
        assert_eq!(appliance.ask("POST", "/v1/tickets", &body).status, 201);
    }
    appliance.kill();
    let desks = appliance.path().join("data/desks");
    let desk = std::fs::read_dir(desks).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_dir_all(desk.join("index")).unwrap();
    appliance.start();
    assert_eq!(appliance.get("/v1/tickets/INC-000001").status, 200, "it serves while the index is filled");
    appliance.until("the index is filled", |it| it.get("/v1/search?q=jammed").json()["total"] == 30);
    let found = appliance.get("/v1/search?q=jammed").json();
    assert_eq!(found["stale"], false);
}

#[test]
fn two_appliances_never_share_a_folder() {
    let appliance = Appliance::new();
    let other = appliance.run_with(&["serve"], &[], b"");
    assert!(!other.status.success());
    assert!(String::from_utf8_lossy(&other.stderr).contains("Another lodge process"), "{other:?}");
}

/// The commands that a help text lists.
fn commands(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|it| !it.starts_with("Commands:")).skip(1).take_while(|it| it.starts_with("  "));
    // A description that goes on stands further to the right.
    listed
        .filter(|it| !it.starts_with("   "))
        .filter_map(|it| it.split_whitespace().next())
        .filter(|it| *it != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_has_help_with_an_example() {
    let appliance = Appliance::new();
    let mut count = 0;
    for command in commands(&appliance.line(&["--help"])) {
        let said = appliance.line(&[&command, "--help"]);
        assert!(said.contains("Example"), "`lodge {command} --help` shows no example");
        for below in commands(&said) {
            let said = appliance.line(&[&command, &below, "--help"]);
            assert!(said.contains("Example"), "`lodge {command} {below} --help` shows no example");
            count += 1;
        }
        count += 1;
    }
    assert!(count >= 20, "only {count} commands were found");
}

#[test]
fn desks_are_made_changed_exported_and_deleted_while_it_serves() {
    let mut appliance = Appliance::new();
    let export = appliance.path().join("acme-export");
    let made = appliance.line(&["desk", "create", "acme", "--host", "help.acme.example"]);
    assert!(made.contains("lodge --desk acme setup"), "{made}");
    let setup = ["--desk", "acme", "setup", "--admin-email", "max@acme.example", "--admin-password-stdin", "--desk-name", "Acme IT"];
    assert!(appliance.run_with(&setup, &[], b"a good password\n").status.success());
    // With two of them, one must be named.
    assert!(!appliance.run(&["user", "list"]).status.success());
    assert!(appliance.line(&["--desk", "acme", "user", "list"]).contains("max@acme.example"));
    assert!(appliance.line(&["desk", "rename", "acme", "acme-group"]).starts_with("acme-group\t"));
    assert!(appliance.line(&["desk", "plan", "acme-group", "Gold, 5 agents"]).contains("\tGold, 5 agents\t"));
    let listed = appliance.line(&["desk", "list"]);
    assert!(listed.lines().any(|it| it.starts_with("acme-group\t") && it.contains("people 1, tickets 0 (open 0)")), "{listed}");
    assert!(appliance.line(&["desk", "suspend", "acme-group"]).contains("suspended"));
    assert!(!appliance.run(&["--desk", "acme-group", "user", "list"]).status.success());
    let suspended = appliance.path().join("acme-suspended");
    assert!(appliance.line(&["desk", "export", "acme-group", suspended.to_str().unwrap()]).starts_with("Exported"));
    assert!(appliance.line(&["desk", "resume", "acme-group"]).contains("active"));
    assert!(appliance.line(&["desk", "export", "acme-group", export.to_str().unwrap()]).starts_with("Exported"));
    assert!(export.join("desk.redb").exists());
    assert!(!appliance.run(&["desk", "export", "acme-group", export.to_str().unwrap()]).status.success(), "it is there already");
    assert!(!appliance.run(&["desk", "delete", "acme-group"]).status.success(), "nobody said that this is meant");
    // Whoever set the first desk up looks after the server, whoever set up a later one does not.
    assert!(appliance.line(&["operator", "list"]).starts_with("max@example.com\t"));
    assert_eq!(appliance.line(&["operator", "list"]).lines().count(), 1);
    assert!(!appliance.run(&["operator", "remove", "max@example.com", "--desk", "main"]).status.success(), "the last one stays");
    let added = appliance.line(&["operator", "add", "max@acme.example", "--desk", "acme-group"]);
    assert!(added.contains("is an operator of this server"), "{added}");
    assert!(appliance.line(&["operator", "remove", "max@example.com", "--desk", "main"]).contains("no operator any more"));
    assert!(!appliance.run(&["desk", "delete", "acme-group", "--confirm", "acme-group"]).status.success(), "all operators are of it");
    assert!(appliance.line(&["operator", "add", "max@example.com", "--desk", "main"]).contains("is an operator"));
    assert!(appliance.line(&["desk", "delete", "acme-group", "--confirm", "acme-group"]).starts_with("Deleted"));
    assert_eq!(appliance.line(&["desk", "list"]).lines().count(), 1);
    assert_eq!(std::fs::read_dir(appliance.path().join("data/desks")).unwrap().count(), 1);
    assert_eq!(appliance.stop(), 0);
}
