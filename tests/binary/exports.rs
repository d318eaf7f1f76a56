//! Files of lists made by the real binary in the background: right to the last row, over a kill, and read by programs that are not ours.

use std::process::Command;

use serde_json::{Value, json};

use crate::appliance::Appliance;

/// More than one handful of rows.
const TICKETS: usize = 1_200;

fn lodge(appliance: &Appliance) {
    for at in 0..TICKETS {
        let title = if at % 100 == 0 { format!("=Printer, \"{at}\" ü") } else { format!("Printer {at}") };
        let made = appliance.ask("POST", "/v1/tickets", &json!({ "title": title, "priority": at % 4 + 1 }));
        assert_eq!(made.status, 201, "{}", made.json());
    }
}

fn order(appliance: &Appliance, wanted: &Value) -> String {
    let made = appliance.ask("POST", "/v1/exports/tickets", wanted);
    assert_eq!(made.status, 202, "{}", made.json());
    made.headers["location"].to_str().unwrap().to_owned()
}

/// The bytes of an order when it is made.
fn made(appliance: &Appliance, place: &str) -> Vec<u8> {
    appliance.until("the file is made", |it| it.get(place).json()["state"] == "done");
    let export = appliance.get(place).json();
    assert_eq!((&export["rows"], &export["total"]), (&json!(TICKETS), &json!(TICKETS)));
    let answer = appliance.get(export["url"].as_str().unwrap());
    assert_eq!((answer.status, answer.body.len() as u64), (200, export["size"].as_u64().unwrap()));
    answer.body
}

#[test]
fn a_list_becomes_a_file_in_the_background() {
    let mut appliance = Appliance::new();
    lodge(&appliance);
    let columns = json!(["number", "title", "priority", "createdAt", "impact", "resolvedAt"]);
    let csv = order(&appliance, &json!({ "q": "status:open", "sort": "number:asc", "columns": columns }));
    let text = String::from_utf8(made(&appliance, &csv)).unwrap();
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').split_terminator("\r\n").collect();
    assert_eq!((lines.len(), lines[0]), (TICKETS + 1, "number,title,priority,createdAt,impact,resolvedAt"));
    assert!(lines[1].starts_with("INC-000001,\"'=Printer, \"\"0\"\" ü\","), "{}", lines[1]);
    for (at, line) in lines[1..].iter().enumerate() {
        assert!(line.starts_with(&format!("INC-{:06},", at + 1)), "each once and in order: {line}");
    }

    // What is under way when everything ends is made after the next start.
    let parquet = order(&appliance, &json!({ "sort": "number:asc", "format": "parquet", "columns": columns }));
    appliance.kill();
    appliance.start();
    let bytes = made(&appliance, &parquet);
    let file = appliance.path().join("tickets.parquet");
    std::fs::write(&file, &bytes).unwrap();
    let python = std::env::var("LODGE_TEST_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = "import duckdb, json, sys\n\
        rows = duckdb.sql(f\"select count(*), count(distinct number), min(title), sum(impact), count(resolvedAt), \
        max(createdAt) > timestamptz '2020-01-01', list(number)[2] from read_parquet('{sys.argv[1]}')\").fetchall()[0]\n\
        print(json.dumps(rows))";
    let read = Command::new(python).args(["-c", script]).arg(&file).output().unwrap();
    let error = String::from_utf8_lossy(&read.stderr);
    if error.contains("No module named 'duckdb'") && std::env::var_os("CI").is_none() {
        println!("skipped: duckdb is missing");
        return;
    }
    assert!(read.status.success(), "{error}");
    let row: Value = serde_json::from_slice(&read.stdout).unwrap();
    assert_eq!((&row[0], &row[1], &row[2]), (&json!(TICKETS), &json!(TICKETS), &json!("=Printer, \"0\" ü")));
    assert!(row[3].as_u64().unwrap() >= TICKETS as u64);
    assert_eq!((&row[4], &row[5], &row[6]), (&json!(0), &json!(true), &json!("INC-000002")));
    appliance.is_well();
}
