//! A real mail server (Dovecot) in a folder of its own: IMAP and POP3, plain, STARTTLS and TLS by an authority made for it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    appliance::{PATIENCE, free_port},
    authority,
};

pub const USER: &str = "help@example.com";
pub const PASSWORD: &str = "the mailbox's own password";

/// Whose mail it is when everything is started by root, whom it lets read none: the system's user for mail.
const MAIL_USER: u32 = 8;

static MAILS: AtomicU64 = AtomicU64::new(0);

pub struct Dovecot {
    folder: TempDir,
    process: Option<Child>,
    pub imap: u16,
    pub imaps: u16,
    pub pop3: u16,
    pub pop3s: u16,
    more: String,
}

impl Dovecot {
    /// None where it is not installed.
    pub fn start() -> Option<Dovecot> {
        Dovecot::start_with("")
    }

    /// With more lines in its configuration.
    pub fn start_with(more: &str) -> Option<Dovecot> {
        let parts = ["/usr/sbin/dovecot", "/usr/lib/dovecot/imap", "/usr/lib/dovecot/pop3", "/usr/bin/openssl"];
        if parts.iter().any(|it| !Path::new(it).exists()) {
            assert!(std::env::var_os("CI").is_none(), "dovecot is missing: run `make test`, which installs it");
            println!("skipped: dovecot-imapd, dovecot-pop3d or openssl is missing");
            return None;
        }
        let mut it = Dovecot {
            folder: TempDir::with_prefix("dc").unwrap(),
            process: None,
            imap: free_port(),
            imaps: free_port(),
            pop3: free_port(),
            pop3s: free_port(),
            more: more.to_owned(),
        };
        authority::make(it.folder.path(), "localhost");
        fs::write(it.path("dovecot.conf"), it.configuration()).unwrap();
        fs::write(it.path("users"), format!("{USER}:{{PLAIN}}{PASSWORD}:::::\n")).unwrap();
        fs::create_dir(it.path("home")).unwrap();
        it.open_up(&it.path("home"));
        it.make_folder("");
        // Its workers may run as somebody else, who must come through to what is theirs.
        let _ = Command::new("chmod").arg("-R").arg("a+rX").arg(it.folder.path()).status();
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

    fn configuration(&self) -> String {
        let folder = self.folder.path().display();
        let me = rustix::process::getuid().as_raw();
        let user = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
        let group = String::from_utf8(Command::new("id").arg("-gn").output().unwrap().stdout).unwrap();
        let (user, group) = (user.trim(), group.trim());
        // As root it insists on the users that its package has made.
        let (internal, internal_group, login) = if me == 0 { ("dovecot", "dovecot", "dovenull") } else { (user, group, user) };
        let me = if me == 0 { MAIL_USER } else { me };
        let Dovecot { imap, imaps, pop3, pop3s, more, .. } = self;
        format!(
            "protocols = imap pop3\nbase_dir = {folder}/run\nstate_dir = {folder}/state\nlisten = 127.0.0.1\nlog_path = {folder}/log\n\
             auth_verbose = yes\ndefault_internal_user = {internal}\ndefault_internal_group = {internal_group}\ndefault_login_user = {login}\n\
             first_valid_uid = 0\nfirst_valid_gid = 0\n\
             ssl = yes\nssl_cert = <{folder}/server.pem\nssl_key = <{folder}/server.key\ndisable_plaintext_auth = no\n\
             auth_mechanisms = plain login\n\
             mail_location = maildir:{folder}/mail\nmail_uid = {me}\nmail_gid = {me}\nmailbox_list_index = no\n\
             maildir_very_dirty_syncs = no\nmailbox_idle_check_interval = 1 s\npop3_uidl_format = %08Xu%08Xv\n\
             userdb {{\n driver = static\n args = uid={me} gid={me} home={folder}/home\n}}\n\
             passdb {{\n driver = passwd-file\n args = {folder}/users\n}}\n\
             service anvil {{\n chroot =\n}}\nservice stats {{\n chroot =\n}}\n\
             service imap-login {{\n chroot =\n process_min_avail = 0\n\
             inet_listener imap {{\n port = {imap}\n }}\n inet_listener imaps {{\n port = {imaps}\n ssl = yes\n }}\n}}\n\
             service pop3-login {{\n chroot =\n\
             inet_listener pop3 {{\n port = {pop3}\n }}\n inet_listener pop3s {{\n port = {pop3s}\n ssl = yes\n }}\n}}\n{more}\n"
        )
    }

    /// Starts it, or starts it again, and waits until it answers.
    pub fn run(&mut self) {
        let process = Command::new("/usr/sbin/dovecot")
            .args(["-F", "-c"])
            .arg(self.path("dovecot.conf"))
            .stderr(fs::File::create(self.path("errors")).unwrap())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        self.process = Some(process);
        let began = Instant::now();
        while [self.imap, self.pop3].iter().any(|it| std::net::TcpStream::connect(("127.0.0.1", *it)).is_err()) {
            let said = || {
                let read = |name: &str| fs::read_to_string(self.path(name)).unwrap_or_default();
                format!("{}\n{}", read("errors"), read("log"))
            };
            assert!(began.elapsed() < PATIENCE, "dovecot did not start: {}", said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let pid = rustix::process::Pid::from_raw(i32::try_from(process.id()).unwrap()).unwrap();
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
            let _ = process.wait();
        }
    }

    fn maildir(&self, folder: &str) -> PathBuf {
        let root = self.path("mail");
        if folder.is_empty() || folder == "INBOX" { root } else { root.join(format!(".{folder}")) }
    }

    pub fn make_folder(&self, folder: &str) {
        for part in ["cur", "new", "tmp"] {
            fs::create_dir_all(self.maildir(folder).join(part)).unwrap();
        }
        fs::write(self.maildir(folder).join("maildirfolder"), "").unwrap();
        self.open_up(&self.maildir(folder));
    }

    /// Lets the server's workers write here, whoever they run as.
    fn open_up(&self, path: &Path) {
        let done = Command::new("chmod").arg("-R").arg("a+rwX").arg(path).status();
        assert!(done.is_ok_and(|it| it.success()));
    }

    /// Puts a mail into a folder, as a delivery does.
    pub fn deliver(&self, folder: &str, mail: &str) {
        let number = MAILS.fetch_add(1, Ordering::SeqCst);
        let name = format!("{}.M{number:08}.test", 1_700_000_000 + number);
        let tmp = self.maildir(folder).join("tmp").join(&name);
        fs::write(&tmp, mail.replace('\n', "\r\n")).unwrap();
        fs::set_permissions(&tmp, fs::Permissions::from_mode(0o666)).unwrap();
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

    /// Somebody deletes a mail.
    pub fn forget(&self, folder: &str, name: &str) {
        for part in ["cur", "new"] {
            let _ = fs::remove_file(self.maildir(folder).join(part).join(name));
        }
    }

    /// Somebody reads everything.
    pub fn see_all(&self, folder: &str) {
        let folder = self.maildir(folder);
        for part in ["cur", "new"] {
            for entry in fs::read_dir(folder.join(part)).unwrap().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                let bare = name.split(":2,").next().unwrap();
                fs::rename(entry.path(), folder.join("cur").join(format!("{bare}:2,S"))).unwrap();
            }
        }
    }

    /// The server counts its UIDs anew, as after a restore.
    pub fn recount(&self, folder: &str) {
        let folder = self.maildir(folder);
        for entry in fs::read_dir(&folder).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("dovecot") {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stop();
    }
}
