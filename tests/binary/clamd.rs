//! A real virus scanner (ClamAV's daemon) in a folder of its own, with a signature of the EICAR test file and no other.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

pub struct Clamd {
    folder: TempDir,
    process: Option<Child>,
}

/// The test file that every scanner knows, put together here so that no scanner finds it in this one.
pub fn eicar() -> String {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD", "-ANTIVIRUS-TEST-FILE!$H+H*"].concat()
}

impl Clamd {
    /// Set up and not running yet; none where it is not installed.
    pub fn new() -> Option<Clamd> {
        if !Path::new("/usr/sbin/clamd").exists() {
            assert!(std::env::var_os("CI").is_none(), "clamd is missing: run `make test`, which installs it");
            println!("skipped: clamd is missing");
            return None;
        }
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        std::fs::create_dir(at("signatures")).unwrap();
        let bytes: String = eicar().bytes().map(|it| format!("{it:02x}")).collect();
        std::fs::write(at("signatures/eicar.ndb"), format!("Eicar-Test-Signature:0:0:{bytes}\n")).unwrap();
        let text = format!(
            "LocalSocket {}\nDatabaseDirectory {}\nTemporaryDirectory {}\nForeground yes\nStreamMaxLength 1M\nMaxThreads 2\n",
            at("socket"),
            at("signatures"),
            folder.path().display()
        );
        std::fs::write(at("clamd.conf"), text).unwrap();
        Some(Clamd { folder, process: None })
    }

    /// As the settings name it.
    pub fn address(&self) -> String {
        format!("unix:{}", self.folder.path().join("socket").display())
    }

    pub fn start(&mut self) {
        let mut command = Command::new("/usr/sbin/clamd");
        command.arg("-c").arg(self.folder.path().join("clamd.conf")).stdin(Stdio::null()).stdout(Stdio::null());
        self.process = Some(command.spawn().unwrap());
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
