//! A server that speaks S3, from a crate.

use std::{
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::appliance::{Appliance, free_port};

/// A server that speaks S3: it checks signatures, and keeps objects as files.
pub struct S3 {
    process: Child,
    port: u16,
    folder: TempDir,
}

/// A bucket that is there.
pub const BUCKET: &str = "desk-files";
pub const ACCOUNT: &str = "somebody";
pub const SECRET: &str = "a secret";

impl S3 {
    pub fn start() -> Option<S3> {
        let python = std::env::var("LODGE_TEST_PYTHON").unwrap_or_else(|_| "target/tools/bin/python".into());
        let server = Path::new(env!("CARGO_MANIFEST_DIR")).join(&python).with_file_name("s3s-fs");
        if !server.exists() {
            assert!(std::env::var_os("CI").is_none(), "s3s-fs is missing: run `make test`, which installs it");
            println!("skipped: s3s-fs is missing");
            return None;
        }
        let (folder, port) = (TempDir::new().unwrap(), free_port());
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut command = Command::new(server);
        command.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--access-key", ACCOUNT, "--secret-key", SECRET]);
        command.arg(folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let it = S3 { process: command.spawn().unwrap(), port, folder };
        let began = std::time::Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < crate::appliance::PATIENCE, "the S3 server does not come up");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Some(it)
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// An appliance whose files lie there, by this secret.
    pub fn appliance(&self, secret: &str) -> Appliance {
        let settings = [
            ("LODGE_BLOBS__URL", format!("s3://{BUCKET}/here")),
            ("LODGE_BLOBS__ENDPOINT", self.endpoint()),
            ("LODGE_BLOBS__REGION", "eu-central-1".into()),
            ("LODGE_BLOBS__ACCOUNT", ACCOUNT.into()),
            ("LODGE_BLOBS__SECRET", secret.into()),
        ];
        let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Appliance::in_folder(TempDir::new().unwrap(), &settings)
    }

    /// The objects of the desk, with what each holds.
    pub fn objects(&self) -> Vec<Vec<u8>> {
        fn files(folder: &Path, found: &mut Vec<Vec<u8>>) {
            for it in std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
                match it.file_type().unwrap().is_dir() {
                    true => files(&it.path(), found),
                    false => found.push(std::fs::read(it.path()).unwrap()),
                }
            }
        }
        let mut found = Vec::new();
        files(&self.folder.path().join(BUCKET).join("here"), &mut found);
        found
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
