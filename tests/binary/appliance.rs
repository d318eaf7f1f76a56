//! Starting, asking, killing and looking into an appliance.

use std::{
    io::Write,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

pub const PASSWORD: &str = "a good password";

/// How long a start, or anything that is waited for, may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// An appliance with one desk, one admin and a token.
pub struct Appliance {
    pub folder: TempDir,
    pub token: String,
    port: u16,
    process: Option<Child>,
    environment: Vec<(String, String)>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    pub headers: ureq::http::HeaderMap,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|it| panic!("not JSON ({it}): {}", String::from_utf8_lossy(&self.body)))
    }
}

pub fn lodge() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lodge"));
    command.env_remove("LODGE_LISTEN").stdin(Stdio::null());
    command
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Appliance {
    /// A new desk in a new folder, running.
    pub fn new() -> Appliance {
        Appliance::in_folder(TempDir::new().unwrap(), &[])
    }

    pub fn in_folder(folder: TempDir, environment: &[(&str, &str)]) -> Appliance {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut it = Appliance { folder, token: String::new(), port: free_port(), process: None, environment };
        let args = ["setup", "--admin-email", "max@example.com", "--admin-password-stdin", "--desk-name", "Test desk"];
        let done = it.run_with(&args, &["--mail-address", "help@example.com"], format!("{PASSWORD}\n").as_bytes());
        assert!(done.status.success(), "{done:?}");
        it.token = it.line(&["token", "create", "--user", "max@example.com", "--name", "tests"]);
        it.start();
        it
    }

    /// The desk that lies in a folder, running.
    pub fn of_folder(folder: TempDir, environment: &[(&str, &str)]) -> Appliance {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut it = Appliance { folder, token: String::new(), port: free_port(), process: None, environment };
        it.start();
        it
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command on this appliance's data and gives what it did.
    pub fn run_with(&self, args: &[&str], more: &[&str], input: &[u8]) -> Output {
        let mut child = lodge()
            .args(args)
            .args(more)
            .env("LODGE_DATA_DIR", self.path().join("data"))
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input closes it, which is its right.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.run_with(args, &[], b"")
    }

    /// The only line that a successful command prints.
    pub fn line(&self, args: &[&str]) -> String {
        let done = self.run(args);
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim_end().to_owned()
    }

    pub fn start(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.path().join("log")).unwrap();
        let process = lodge()
            .arg("serve")
            .env("LODGE_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("LODGE_DATA_DIR", self.path().join("data"))
            .envs(self.environment.iter().cloned())
            .stderr(log)
            .spawn()
            .unwrap();
        self.process = Some(process);
        self.until("it serves", |it| it.try_ask("GET", "/healthz", &[], b"").is_ok_and(|it| it.status == 200));
    }

    /// Asks again and again, a little apart, until something holds.
    pub fn until(&self, what: &str, holds: impl Fn(&Appliance) -> bool) {
        let began = Instant::now();
        while !holds(self) {
            assert!(began.elapsed() < PATIENCE, "waited in vain until {what}; the log ends with:\n{}", self.log_tail());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(self.path().join("log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().rev().take(15).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// SIGKILL: no warning, no tidying up.
    pub fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// SIGTERM, and the exit code.
    pub fn stop(&mut self) -> i32 {
        let mut process = self.process.take().unwrap();
        let pid = rustix::process::Pid::from_raw(i32::try_from(process.id()).unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        process.wait().unwrap().code().unwrap_or(-1)
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The number of the running process.
    pub fn pid(&self) -> u32 {
        self.process.as_ref().unwrap().id()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn try_ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, ureq::Error> {
        try_ask(&self.address(), method, path, headers, body)
    }

    /// Asks as the admin.
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let bearer = format!("Bearer {}", self.token);
        self.try_ask(method, path, &[("authorization", &bearer), ("content-type", "application/json")], &bytes).unwrap()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &Value::Null)
    }

    /// What `lodge doctor` says of one thing.
    pub fn line_of_doctor(&self, what: &str) -> String {
        let done = self.run(&["doctor"]);
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        said.lines().find(|it| it.contains(&format!(" {what}: "))).unwrap_or_default().to_owned()
    }

    /// `lodge doctor` finds nothing ill.
    pub fn is_well(&self) {
        let done = self.run(&["doctor"]);
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success(), "{said}\n{}", self.log_tail());
    }
}

impl Drop for Appliance {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

pub fn try_ask(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .allow_non_standard_methods(true)
        .timeout_global(Some(PATIENCE))
        .build()
        .into();
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{address}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = agent.run(request.body(body).unwrap())?;
    let read = response.body_mut().with_config().limit(200 * 1024 * 1024).read_to_vec()?;
    Ok(Answer { status: response.status().as_u16(), body: read, headers: response.headers().clone() })
}
