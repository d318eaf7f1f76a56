//! An authority of certificates, made for one test, and certificates of it: what real and scripted servers show to whoever asks for TLS.

use std::{fs, path::Path, process::Command};

/// Makes `ca.pem`, and `server.pem` with `server.key` for this DNS name, in a folder.
pub fn make(folder: &Path, name: &str) {
    let openssl = |args: &[&str]| {
        let done = Command::new("openssl").args(args).current_dir(folder).output().unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    openssl(&[&["req", "-x509", "-days", "2", "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem"], &key[..]].concat());
    openssl(&[&["req", "-subj", &format!("/CN={name}"), "-keyout", "server.key", "-out", "server.csr"], &key[..]].concat());
    fs::write(folder.join("names"), format!("subjectAltName=DNS:{name}\n")).unwrap();
    let sign = ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2"];
    openssl(&[&sign[..], &["-extfile", "names", "-out", "server.pem"]].concat());
}
