//! The knowledge base as a folder of files, out of one real desk and into another.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::appliance::Appliance;

/// A picture of one pixel.
const PICTURE: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

fn put(folder: &Path, name: &str, bytes: &[u8]) {
    let place = folder.join(name);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, bytes).unwrap();
}

/// Every file below a folder, by its place.
fn all(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(here) = folders.pop() {
        for it in fs::read_dir(here).unwrap() {
            let path = it.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn read(appliance: &Appliance, slug: &str) -> Value {
    let answer = appliance.get(&format!("/v1/kb/articles/{slug}"));
    assert_eq!(answer.status, 200, "{slug}: {}", answer.json());
    answer.json()
}

/// The bytes of the only picture that an article shows.
fn shown(appliance: &Appliance, slug: &str) -> Vec<u8> {
    let html = read(appliance, slug)["contentHtml"].as_str().unwrap().to_owned();
    let address = html.split("src=\"").nth(1).unwrap_or_else(|| panic!("no picture: {html}")).split('"').next().unwrap().to_owned();
    assert!(html.contains("width=\"1\" height=\"1\""), "{html}");
    appliance.get(&address).body
}

#[test]
fn articles_go_out_with_their_pictures_and_come_in_elsewhere() {
    let around = tempfile::tempdir().unwrap();
    let (from, out, again) = (around.path().join("from"), around.path().join("out"), around.path().join("again"));
    put(&from, "printers/jam.md", b"# A paper jam\n\nOpen it. ![The lid](img/lid.gif)\n");
    put(&from, "printers/img/lid.gif", PICTURE);
    put(&from, "plain.html", b"<html><head><title>Plain</title></head><body><p>Text.</p></body></html>");
    put(&from, "form/form.md", b"---\ntitle: The form\nslug: form\nstatus: published\n---\n\nFill it.\n");
    // Larger than what goes in one line.
    let large: Vec<u8> = (0..900_000_u32).map(|it| (it % 251) as u8).collect();
    put(&from, "form/form.bin", &large);
    put(around.path(), "secret.gif", PICTURE);
    put(&from, "sly.md", b"# Sly\n\n![](../secret.gif)\n");

    let one = Appliance::new();
    let said = one.line(&["kb", "import", from.to_str().unwrap()]);
    assert!(said.contains("printers/jam.md\tcreated"), "{said}");
    assert_eq!(shown(&one, "a-paper-jam"), PICTURE);
    let beside = one.get("/v1/kb/articles/form/files").json();
    assert_eq!((&beside["items"][0]["filename"], &beside["items"][0]["size"]), (&"form.bin".into(), &large.len().into()));
    assert!(one.get(beside["items"][0]["url"].as_str().unwrap()).body == large);
    assert_eq!(one.get("/v1/kb/articles/sly/files").json()["total"], 0, "nothing comes from outside of the folder");

    let said = one.line(&["kb", "export", out.to_str().unwrap()]);
    assert!(said.starts_with("4 articles and 2 files"), "{said}");
    let files = all(&out);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["a-paper-jam/a-paper-jam.md", "a-paper-jam/lid.gif", "form/form.bin", "form/form.md", "plain.md", "sly.md"]);
    assert!(files["form/form.bin"] == large && files["a-paper-jam/lid.gif"] == PICTURE);

    let other = Appliance::new();
    other.line(&["kb", "import", out.to_str().unwrap()]);
    assert_eq!(shown(&other, "a-paper-jam"), PICTURE);
    assert_eq!(read(&other, "form")["status"], "published");
    other.line(&["kb", "export", again.to_str().unwrap()]);
    assert!(all(&again) == files, "what went out comes back the same");
    other.is_well();
}
