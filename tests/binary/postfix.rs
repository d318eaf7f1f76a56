//! A real mail server (Postfix) of its own, with its queue and its rules in a temporary folder: it takes, puts off, refuses and
//! greylists, and delivers into Maildirs that can be looked into.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use tempfile::TempDir;

use crate::appliance::free_port;

pub struct Postfix {
    pub port: u16,
    folder: TempDir,
}

const MASTER: &str = "\
postlog   unix-dgram n  -       n       -       1       postlogd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
proxymap  unix  -       -       n       -       -       proxymap
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
virtual   unix  -       n       n       -       -       virtual
anvil     unix  -       -       n       -       1       anvil
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
";

/// Who owns what is delivered: `nobody`.
const NOBODY: u32 = 65_534;

impl Postfix {
    /// None, and said so, where Postfix is missing or nobody may start it.
    pub fn start() -> Option<Postfix> {
        let known = Command::new("postfix").arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
        if !known || !rustix::process::geteuid().is_root() {
            assert!(
                std::env::var_os("CI").is_none(),
                "postfix is missing, or the tests are not run as root: run `scripts/install-test-tools`"
            );
            println!("skipped: Postfix is not here, or may not be started");
            return None;
        }
        let it = Postfix { port: free_port(), folder: TempDir::new().unwrap() };
        it.write_down();
        it.run("start");
        it.until_it_answers();
        Some(it)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_down(&self) {
        let grey = greylist();
        for name in ["etc", "queue", "data", "mail"] {
            fs::create_dir(self.path(name)).unwrap();
        }
        fs::set_permissions(self.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::chown(self.path("mail"), Some(NOBODY), Some(NOBODY)).unwrap();
        let owned = Command::new("chown").arg("postfix").arg(self.path("data")).status();
        assert!(owned.is_ok_and(|it| it.success()));
        let folder = self.folder.path().display();
        fs::write(
            self.path("etc/main.cf"),
            format!(
                "compatibility_level = 3.6\nqueue_directory = {folder}/queue\ndata_directory = {folder}/data\nmail_owner = postfix\nsetgid_group = postdrop\n\
                 myhostname = mx.example.net\nmydestination =\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmynetworks =\n\
                 maillog_file = {folder}/log\nmaillog_file_prefixes = {folder}\nalias_maps =\nlocal_recipient_maps =\nbiff = no\n\
                 virtual_mailbox_domains = example.org, example.net\nvirtual_mailbox_base = {folder}/mail\nvirtual_mailbox_maps = texthash:{folder}/etc/boxes\n\
                 virtual_uid_maps = static:{NOBODY}\nvirtual_gid_maps = static:{NOBODY}\nmessage_size_limit = 200000\nvirtual_mailbox_limit = 0\n\
                 smtpd_relay_restrictions = permit_auth_destination, reject\n\
                 smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/etc/access, check_policy_service inet:127.0.0.1:{grey}, permit\n\
                 smtpd_peername_lookup = no\nsmtpd_client_connection_rate_limit = 0\nsmtpd_client_connection_count_limit = 0\n"
            ),
        )
        .unwrap();
        let boxes = ["rosa@example.org", "hidden@example.org", "supplier@example.net", "grey@example.net", "later@example.net"];
        let boxes: String = boxes.iter().map(|it| format!("{it} {}/\n", it.split('@').next().unwrap_or_default())).collect();
        fs::write(self.path("etc/boxes"), boxes).unwrap();
        let rules = "/^gone@/ 550 5.1.1 There is nobody of this name\n/^later@/ 450 4.2.0 Come back another time\n/^policy@/ 550 5.7.1 We do not want this\n";
        fs::write(self.path("etc/access"), rules).unwrap();
        fs::write(self.path("etc/master.cf"), format!("127.0.0.1:{} inet n - n - - smtpd\n{MASTER}", self.port)).unwrap();
        self.run("check");
    }

    fn run(&self, what: &str) {
        let done = Command::new("postfix")
            .arg("-c")
            .arg(self.path("etc"))
            .arg(what)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let log = fs::read_to_string(self.path("log")).unwrap_or_default();
        assert!(done.status.success() || what != "start", "postfix {what}: {}\n{log}", String::from_utf8_lossy(&done.stderr));
    }

    fn until_it_answers(&self) {
        let began = std::time::Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = fs::read_to_string(self.path("log")).unwrap_or_default();
            assert!(began.elapsed() < crate::appliance::PATIENCE, "Postfix did not start:\n{log}");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    pub fn stop(&self) {
        self.run("stop");
    }

    pub fn start_again(&self) {
        self.run("start");
        self.until_it_answers();
    }

    /// The mails that were delivered to somebody, by their name before the `@`, in the order in which they came.
    pub fn mails(&self, name: &str) -> Vec<String> {
        let folder = self.path("mail").join(name).join("new");
        let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
        let mut files: Vec<PathBuf> = files.flatten().map(|it| it.path()).collect();
        files.sort_by_key(|it| fs::metadata(it).and_then(|it| it.modified()).unwrap());
        files.into_iter().map(|it| String::from_utf8_lossy(&fs::read(it).unwrap()).into_owned()).collect()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.run("stop");
    }
}

/// A policy service that puts the first attempt for `grey@` off, as greylists do. Gives its port.
fn greylist() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(0));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let seen = seen.clone();
            std::thread::spawn(move || {
                let mut answers = stream.try_clone().unwrap();
                let mut grey = false;
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    grey |= line.starts_with("recipient=grey@");
                    if line.is_empty() {
                        let mut seen = seen.lock().unwrap();
                        *seen += u32::from(grey);
                        let action = if grey && *seen == 1 { "DEFER_IF_PERMIT 4.7.1 Greylisted" } else { "DUNNO" };
                        let _ = write!(answers, "action={action}\n\n");
                        grey = false;
                    }
                }
            });
        }
    });
    port
}
