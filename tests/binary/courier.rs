//! A second real mail server, of another make (Courier), in a folder of its own: IMAP, plain, STARTTLS and TLS. Its paths are built into
//! it, so it runs where it sees our folders at those paths and its processes alone, and all of them end with the first.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant, SystemTime},
};

use tempfile::TempDir;

use crate::{
    appliance::{PATIENCE, free_port},
    authority,
    dovecot::{PASSWORD, USER},
};

/// Whose mail it is: `nobody`. It serves nobody's as root.
const NOBODY: u32 = 65_534;

/// As its package has it, without UIDPLUS and IDLE, which some installations leave out.
pub const BARE: &str = "IMAP4rev1 CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA";
/// As its package has it.
pub const USUAL: &str = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE";

static MAILS: AtomicU64 = AtomicU64::new(0);

/// A part of the server's own package: its maker lets nobody install it beside another IMAP server, so it is unpacked beside the other tools.
fn unpacked(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/courier").join(part)
}

pub struct Courier {
    folder: TempDir,
    process: Option<Child>,
    pub imap: u16,
    pub imaps: u16,
    /// A port that offers no encryption.
    pub bare: u16,
}

impl Courier {
    /// None, and said so, where it is not installed or nobody may start it.
    pub fn start(capabilities: &str) -> Option<Courier> {
        let parts = [unpacked("usr/bin/imapd"), "/usr/lib/courier-authlib/libauthuserdb.so".into(), "/usr/sbin/couriertcpd".into()];
        if parts.iter().any(|it| !it.exists()) || !rustix::process::geteuid().is_root() {
            assert!(
                std::env::var_os("CI").is_none(),
                "courier is missing, or the tests are not run as root: run `scripts/install-test-tools`"
            );
            println!("skipped: courier-imap, its user database or openssl is missing, or may not be started");
            return None;
        }
        let folder = TempDir::with_prefix("co").unwrap();
        let mut it = Courier { folder, process: None, imap: free_port(), imaps: free_port(), bare: free_port() };
        for name in ["etc", "run", "run/courier", "run/courier/authdaemon", "home"] {
            fs::create_dir(it.path(name)).unwrap();
            fs::set_permissions(it.path(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        fs::set_permissions(it.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        authority::make(it.folder.path(), "localhost");
        let both = ["server.key", "server.pem"].map(|name| fs::read_to_string(it.path(name)).unwrap()).concat();
        fs::write(it.path("both.pem"), both).unwrap();
        it.write_users();
        it.make_folder("INBOX");
        fs::write(it.path("run.sh"), it.script(capabilities)).unwrap();
        it.run();
        Some(it)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The authority's certificate, as PEM.
    pub fn authority(&self) -> String {
        fs::read_to_string(self.path("ca.pem")).unwrap()
    }

    fn write_users(&self) {
        let home = self.path("home");
        let salted = Command::new("openssl").args(["passwd", "-1", PASSWORD]).output().unwrap();
        let password = String::from_utf8(salted.stdout).unwrap();
        let user = format!(
            "{USER}\tuid={NOBODY}|gid={NOBODY}|home={home}|mail={home}/Maildir|imappw={password}",
            home = home.display(),
            password = password.trim()
        );
        fs::write(self.path("etc/userdb"), user + "\n").unwrap();
        // It reads none that others could.
        fs::set_permissions(self.path("etc/userdb"), fs::Permissions::from_mode(0o600)).unwrap();
        let daemon =
            "authmodulelist=\"authuserdb\"\ndaemons=3\nauthdaemonvar=/run/courier/authdaemon\nDEBUG_LOGIN=0\nDEFAULTOPTIONS=\"\"\n";
        fs::write(self.path("etc/authdaemonrc"), daemon).unwrap();
    }

    /// What runs where `/etc/courier` and `/run` are ours. What tells it of files that changed is by default one for all of nobody's servers,
    /// and would end with the first of them.
    fn script(&self, capabilities: &str) -> String {
        let folder = self.folder.path().display();
        let Courier { imap, imaps, bare, .. } = self;
        let listen = "couriertcpd -address=127.0.0.1 -maxprocs=40 -maxperip=40 -nodnslookup -noidentlookup";
        let (login, imapd) = (unpacked("usr/lib/courier/courier/imaplogin"), unpacked("usr/bin/imapd"));
        let serve = format!("{} {} Maildir", login.display(), imapd.display());
        format!(
            "set -e\nmount --bind {folder}/etc /etc/courier\nmount --bind {folder}/run /run\nmakeuserdb\n\
             /usr/lib/courier/courier-authlib/authdaemond &\n\
             export IMAP_CAPABILITY='{capabilities}' IMAP_CAPABILITY_TLS='{capabilities} AUTH=PLAIN' IMAP_IDLE_TIMEOUT=1\n\
             export IMAP_KEYWORDS=1 IMAP_ACL=1 IMAP_USELOCKS=1 IMAP_MAILBOX_SANITY_CHECK=1 IMAP_CHECK_ALL_FOLDERS=0\n\
             export IMAP_TRASHFOLDERNAME=Trash IMAP_EMPTYTRASH=Trash:7 IMAP_ENHANCEDIDLE=0 MAILDIRPATH=Maildir\n\
             export GAM_CLIENT_ID=lodge-{imap}\n\
             export COURIERTLS=/usr/bin/couriertls TLS_CERTFILE={folder}/both.pem TLS_VERIFYPEER=NONE TLS_TRUSTCERTS={folder}/ca.pem\n\
             IMAP_STARTTLS=NO {listen} {bare} {serve} &\n\
             IMAP_STARTTLS=YES {listen} {imap} {serve} &\n\
             IMAP_TLS=1 {listen} {imaps} /usr/bin/couriertls -server -tcpd {serve} &\n\
             wait\n"
        )
    }

    /// Starts it, and waits until it answers.
    fn run(&mut self) {
        let log = fs::File::create(self.path("log")).unwrap();
        let process = Command::new("unshare")
            .args(["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "sh"])
            .arg(self.path("run.sh"))
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap();
        self.process = Some(process);
        let began = Instant::now();
        let socket = self.path("run/courier/authdaemon/socket");
        let answers = |port: u16| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        while ![self.imap, self.imaps, self.bare].into_iter().all(answers) || !socket.exists() {
            let log = || fs::read_to_string(self.path("log")).unwrap_or_default();
            assert!(began.elapsed() < PATIENCE, "courier did not start: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn maildir(&self, folder: &str) -> PathBuf {
        let root = self.path("home").join("Maildir");
        match folder.strip_prefix("INBOX.") {
            Some(it) => root.join(format!(".{it}")),
            None => root,
        }
    }

    /// Makes a folder by its name on the server, such as `INBOX.Sales`.
    pub fn make_folder(&self, folder: &str) {
        for part in ["cur", "new", "tmp"] {
            fs::create_dir_all(self.maildir(folder).join(part)).unwrap();
        }
        if folder != "INBOX" {
            fs::write(self.maildir(folder).join("maildirfolder"), "").unwrap();
        }
        let owned = Command::new("chown").arg("-R").arg(format!("{NOBODY}:{NOBODY}")).arg(self.path("home")).status();
        assert!(owned.is_ok_and(|it| it.success()));
    }

    /// Puts a mail into a folder, as a delivery does.
    pub fn deliver(&self, folder: &str, mail: &str) {
        let number = MAILS.fetch_add(1, Ordering::SeqCst);
        let name = format!("{}.M{number:08}.test", 1_700_000_000 + number);
        let tmp = self.maildir(folder).join("tmp").join(&name);
        fs::write(&tmp, mail.replace('\n', "\r\n")).unwrap();
        std::os::unix::fs::chown(&tmp, Some(NOBODY), Some(NOBODY)).unwrap();
        fs::rename(tmp, self.maildir(folder).join("new").join(name)).unwrap();
    }

    /// What lies in a folder: file names, whose end has the flags.
    pub fn lying(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        for part in ["cur", "new"] {
            let Ok(entries) = fs::read_dir(self.maildir(folder).join(part)) else { continue };
            found.extend(entries.flatten().map(|it| it.file_name().to_string_lossy().into_owned()));
        }
        found
    }

    /// The server counts its UIDs anew, as after a restore. Their validity is a time of seconds, so it is a later one when this returns.
    pub fn recount(&self, folder: &str) {
        let counted = self.maildir(folder).join("courierimapuiddb");
        let second = |it: SystemTime| it.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let before = second(fs::metadata(&counted).unwrap().modified().unwrap());
        while second(SystemTime::now()) <= before {
            std::thread::sleep(Duration::from_millis(10));
        }
        fs::remove_file(counted).unwrap();
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
