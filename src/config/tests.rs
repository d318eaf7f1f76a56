//! Settings by example; the table, the typed settings and the printed pages agree.

use std::{collections::BTreeSet, env, fs, path::Path};

use super::*;

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// Settings from a file with this text and these variables.
fn loaded(text: &str, pairs: &[(&str, &str)]) -> Result<Loaded, Refusal> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lodge.toml");
    fs::write(&path, text).unwrap();
    fs::write(folder.path().join("secret"), "hunter2\n").unwrap();
    fs::write(folder.path().join("nothing"), "\n").unwrap();
    load(Some(&path), variables(pairs))
}

fn config(text: &str, pairs: &[(&str, &str)]) -> Result<Config, Refusal> {
    loaded(text, pairs).and_then(|it| Config::from_loaded(&it))
}

#[test]
fn the_environment_beats_the_file_beats_the_default() {
    let text = "listen = \"0.0.0.0:80\"\n[smtp]\nhost = \"file.example.org\"\nport = 25\nfrom = \"a@example.org\"\n[limits]\nupload_bytes = \"10MB\"";
    let loaded =
        loaded(text, &[("LODGE_SMTP__HOST", "env.example.org"), ("LODGE_MAIL__ADDRESSES", "a@b.c, d@e.f"), ("HOME", "/")]).unwrap();
    let config = Config::from_loaded(&loaded).unwrap();
    assert_eq!(config.listen, "0.0.0.0:80".parse().unwrap());
    assert_eq!((config.smtp.host.as_deref(), config.smtp.port), (Some("env.example.org"), 25));
    assert_eq!(config.mail.addresses, ["a@b.c", "d@e.f"]);
    assert_eq!(config.limits.upload_bytes, 10 << 20);
    assert_eq!(config.store.cache_bytes, 64 << 20);
    assert_eq!(config.smtp.timeout.as_secs(), 30);
    let origin = |key: &str| loaded.values[key].origin.clone();
    assert_eq!(origin("smtp.host"), Origin::Variable("LODGE_SMTP__HOST".to_owned()));
    assert_eq!(origin("listen"), Origin::File(loaded.file.clone().unwrap()));
    assert_eq!(origin("log.level"), Origin::Default);
    assert!(loaded.warnings.is_empty());
}

#[test]
fn refuses_what_does_not_fit_and_says_what_would() {
    for (text, pairs, message) in [
        ("listn = \"1.2.3.4:5\"", &[][..], "There is no setting `listn`"),
        ("listn = \"1.2.3.4:5\"", &[], "did you mean `listen`?"),
        ("[smtp]\nhots = \"x\"", &[], "did you mean `smtp.host`?"),
        ("[weather]\nrain = true", &[], "`lodge config example` lists"),
        ("", &[("LODGE_LISTN", "x")], "did you mean LODGE_LISTEN?"),
        ("listen = 8080", &[], "a integer does not fit; write an address and a port"),
        ("listen = \"localhost\"", &[], "write an address and a port"),
        ("[smtp]\nport = 0", &[], "write a number from 1 to 65535"),
        ("", &[("LODGE_SMTP__PORT", "70000")], "`smtp.port` (LODGE_SMTP__PORT): `70000` does not fit"),
        ("[blobs]\nurl = \"file:///etc\"", &[], "begins with `s3://`"),
        ("[blobs]\nurl = \"s3://\"", &[], "begins with `s3://`"),
        ("[limits]\nupload_bytes = \"1\"", &[], "write a size like \"25MB\", from 1KB to 1024GB"),
        ("[scanner]\nclamd = \"/run/clamd\"", &[], "is written as `unix:"),
        ("[smtp]\ntimeout = 30", &[], "write a time like"),
        ("[smtp]\ntls = \"ssl\"", &[], "write one of none, starttls, tls"),
        ("base_url = \"desk\"", &[], "write an address like"),
        ("trusted_proxies = [\"10.0.0.0/99\"]", &[], "no range of addresses"),
        ("cors_origins = [\"*\"]", &[], "without a path"),
        ("cors_origins = [\"null\"]", &[], "without a path"),
        ("cors_origins = [\"https://a.example/b\"]", &[], "without a path"),
        ("[mail]\naddresses = \"a\"", &[], "write a list like"),
        ("[mail]\nreply_plus = \"maybe\"", &[], "write true or false"),
        ("[smtp]\npassword = \"a\"\npassword_file = \"secret\"", &[], "are both set"),
        ("[smtp]\npassword_file = \"nothing\"", &[], "is empty"),
        ("[smtp]\npassword_file = \"absent\"", &[], "cannot be read"),
        ("", &[("LODGE_SMTP__PASSWORD", "a"), ("LODGE_SMTP__PASSWORD_FILE", "b")], "are both set"),
        ("[smtp]\nhost = \"x\"", &[], "no sender"),
        ("[smtp]\nusername = \"x\"", &[], "without `smtp.password`"),
        ("\n\nlisten = ", &[], "line 3 is no TOML"),
        ("listn = 1\n[smtp]\nport = 0", &[], "2 settings do not fit."),
    ] {
        let refusal = config(text, pairs).unwrap_err();
        assert!(refusal.detail.contains(message), "{text}: {refusal}");
    }
    let absent = load(Some(Path::new("/nowhere/lodge.toml")), []).unwrap_err();
    assert!(absent.detail.contains("cannot be read"), "{absent}");
}

#[test]
fn secrets_come_from_files_too_and_are_never_shown() {
    for (text, pairs) in [
        ("[smtp]\npassword = \"hunter2\"", &[][..]),
        ("[smtp]\npassword_file = \"secret\"", &[]),
        ("[smtp]\npassword = \"other\"", &[("LODGE_SMTP__PASSWORD", "hunter2")]),
    ] {
        let loaded = loaded(text, pairs).unwrap();
        assert_eq!(Config::from_loaded(&loaded).unwrap().smtp.password.reveal(), "hunter2");
        for shown in [show(&loaded), format!("{loaded:?}")] {
            assert!(!shown.contains("hunter2") && shown.contains("***"), "{shown}");
        }
    }
    let wrong = loaded("[smtp]\npassword = [\"hunter2\"]", &[]).unwrap_err();
    assert!(!format!("{wrong:?}").contains("hunter2"), "{wrong}");
}

#[test]
fn what_others_set_is_told_and_ignored() {
    let loaded = loaded("", &[("LODGE_SERVICE_HOST", "10.0.0.1"), ("LODGE_LISTEN", "")]).unwrap();
    assert_eq!(loaded.warnings.len(), 2, "{:?}", loaded.warnings);
    assert_eq!(loaded.values["listen"].origin, Origin::Default);
}

#[test]
fn every_key_reaches_the_typed_settings() {
    let bare = config("", &[]).unwrap();
    let mut names = BTreeSet::new();
    for key in KEYS {
        assert!(names.insert(key.name), "{} stands twice", key.name);
        assert!(key.doc.ends_with('.'), "{}", key.name);
        let other = match key.kind {
            ValueKind::Bool => (key.default_text().as_deref() != Some("true")).to_string(),
            ValueKind::Integer { max, .. } => max.to_string(),
            ValueKind::Bytes { min, .. } if key.name == "limits.mail_bytes" => (min + (30 << 20)).to_string(),
            ValueKind::Bytes { min, .. } => (min + 1).to_string(),
            ValueKind::Duration { max_secs, .. } => format!("{max_secs}s"),
            ValueKind::Path => "/elsewhere".to_owned(),
            ValueKind::SocketAddress => "[::1]:1".to_owned(),
            ValueKind::Url => "https://desk.example.org".to_owned(),
            ValueKind::Text | ValueKind::List | ValueKind::Secret => "other".to_owned(),
            ValueKind::Choice(choices) => {
                (*choices.iter().rev().find(|it| Some(**it) != key.default_text().as_deref()).unwrap()).to_owned()
            }
            ValueKind::IpRanges => "10.0.0.0/8".to_owned(),
            ValueKind::Origins => "https://intranet.example.org".to_owned(),
        };
        let changed = load::Reading::new(&loaded("", &[(&key.variable(), &other)]).unwrap()).config();
        assert_ne!(changed, bare, "{} = {other} changes nothing", key.name);
    }
    assert_eq!(loaded("", &[]).unwrap().values.len(), KEYS.iter().filter(|key| key.default_text().is_some()).count());
}

#[test]
fn the_example_is_a_file_that_changes_nothing_until_it_is_uncommented() {
    let values = |text: &str| loaded(text, &[]).map(|it| it.values.into_iter().map(|(key, held)| (key, held.setting)).collect::<Vec<_>>());
    assert_eq!(values(&example()).unwrap(), values("").unwrap());
    let uncommented: String = example()
        .lines()
        .filter(|line| !line.contains("_file ="))
        .map(|line| line.strip_prefix("# ").filter(|it| it.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))).unwrap_or(line))
        .fold(String::new(), |text, line| text + line + "\n");
    assert_eq!(values(&uncommented).unwrap().len(), KEYS.len(), "{uncommented}");
    // What is shown is TOML again, and means the same.
    let shown = show(&loaded("", &[]).unwrap());
    assert_eq!(values(&shown).unwrap(), values("").unwrap(), "{shown}");
}

#[test]
fn the_printed_pages_are_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, fresh) in [("config.example.toml", example()), ("docs/config.md", docs())] {
        let path = root.join(name);
        if env::var_os("LODGE_BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &fresh).unwrap();
        }
        let stands = fs::read_to_string(&path).unwrap_or_default();
        assert!(stands == fresh, "{name} is stale; run the tests with LODGE_BLESS=1 and commit it");
    }
}
