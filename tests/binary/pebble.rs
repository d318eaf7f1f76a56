//! Pebble, a small authority that speaks ACME (RFC 8555) and looks, as a real one does, whether a name is ours.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;
use tempfile::TempDir;

use crate::{
    appliance::{PATIENCE, free_port},
    authority,
};

pub struct Pebble {
    folder: TempDir,
    asked: u16,
    managed: u16,
    processes: Vec<Child>,
}

impl Pebble {
    /// One that looks at this port when a name is to be proven; every name leads to this machine. None where it is not installed.
    pub fn start(port: u16) -> Option<Pebble> {
        if ["pebble", "pebble-challtestsrv"].iter().any(|it| !PathBuf::from("/usr/bin").join(it).exists()) {
            assert!(std::env::var_os("CI").is_none(), "pebble is missing");
            println!("skipped: pebble is missing");
            return None;
        }
        let folder = TempDir::new().unwrap();
        authority::make(folder.path(), "localhost");
        let at = |it: &str| folder.path().join(it).to_string_lossy().into_owned();
        let (asked, managed, names) = (free_port(), free_port(), free_port());
        let settings = json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{asked}"), "managementListenAddress": format!("127.0.0.1:{managed}"),
            "certificate": at("server.pem"), "privateKey": at("server.key"), "httpPort": free_port(), "tlsPort": port,
            "ocspResponderURL": "", "externalAccountBindingRequired": false,
        } });
        std::fs::write(at("pebble.json"), settings.to_string()).unwrap();
        let quiet = |command: &mut Command| command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let dns = format!("127.0.0.1:{names}");
        let mut of_names = Command::new("pebble-challtestsrv");
        of_names.args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", "", "-dns01", &dns]);
        of_names.args(["-management", &format!("127.0.0.1:{}", free_port())]);
        let mut of_proofs = Command::new("pebble");
        of_proofs.args(["-config", &at("pebble.json"), "-dnsserver", &dns]).env("PEBBLE_VA_NOSLEEP", "1");
        let processes = vec![quiet(&mut of_names), quiet(&mut of_proofs)];
        let it = Pebble { folder, asked, managed, processes };
        let began = Instant::now();
        while !it.answers() {
            assert!(began.elapsed() < PATIENCE, "pebble does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(it)
    }

    /// Where it is asked.
    pub fn directory(&self) -> String {
        format!("https://localhost:{}/dir", self.asked)
    }

    /// Who vouches for itself.
    pub fn ca(&self) -> String {
        self.folder.path().join("ca.pem").to_string_lossy().into_owned()
    }

    /// Who vouches for what it signs.
    pub fn root(&self) -> PathBuf {
        let file = self.folder.path().join("root.pem");
        let done = self.curl(&format!("https://localhost:{}/roots/0", self.managed)).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        std::fs::write(&file, done.stdout).unwrap();
        file
    }

    fn answers(&self) -> bool {
        self.curl(&self.directory()).output().is_ok_and(|it| it.status.success())
    }

    fn curl(&self, address: &str) -> Command {
        let mut command = Command::new("curl");
        command.args(["--silent", "--fail", "--cacert", &self.ca(), address]);
        command
    }
}

impl Pebble {
    /// It is away from now on; what it gave stays.
    pub fn end(&mut self) {
        for it in &mut self.processes {
            let _ = it.kill();
            let _ = it.wait();
        }
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        self.end();
    }
}
