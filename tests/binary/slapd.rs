//! A real directory (OpenLDAP) in a folder of its own: people, groups, encryption by an authority made for it.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::appliance::{PATIENCE, free_port};

pub const BASE: &str = "dc=example,dc=com";
pub const PASSWORD: &str = "rosa's own password";
/// Whoever searches.
pub const SEARCHER: &str = "cn=lodge,dc=example,dc=com";
pub const SEARCHER_PASSWORD: &str = "the searcher's password";

/// People besides those with names: more than a page holds, and more than one answer without pages.
pub const CROWD: usize = 60;

pub struct Slapd {
    folder: TempDir,
    process: Option<Child>,
    pub port: u16,
    pub tls_port: u16,
}

/// Where Debian has it; it is no command for everybody's path.
fn binary(name: &str) -> Option<PathBuf> {
    ["/usr/sbin", "/usr/bin", "/sbin", "/usr/local/sbin"].iter().map(|it| Path::new(it).join(name)).find(|it| it.exists())
}

impl Slapd {
    /// None where it is not installed.
    pub fn start() -> Option<Slapd> {
        let missing = ["slapd", "slapadd", "ldapmodify", "openssl"].iter().any(|it| binary(it).is_none());
        if missing {
            assert!(std::env::var_os("CI").is_none(), "slapd or ldap-utils is missing: run `make test`, which installs it");
            println!("skipped: slapd, ldap-utils or openssl is missing");
            return None;
        }
        let mut it = Slapd { folder: TempDir::new().unwrap(), process: None, port: free_port(), tls_port: free_port() };
        it.make_certificates();
        std::fs::create_dir(it.path("data")).unwrap();
        std::fs::write(it.path("slapd.conf"), it.configuration()).unwrap();
        std::fs::write(it.path("people.ldif"), people()).unwrap();
        let added = Command::new(binary("slapadd")?).arg("-f").arg(it.path("slapd.conf")).arg("-l").arg(it.path("people.ldif")).output();
        let added = added.unwrap();
        assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
        it.run();
        Some(it)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The authority's certificate, as PEM.
    pub fn authority(&self) -> String {
        std::fs::read_to_string(self.path("ca.pem")).unwrap()
    }

    fn make_certificates(&self) {
        let openssl = |args: &[&str]| {
            let done = Command::new("openssl").args(args).current_dir(self.folder.path()).output().unwrap();
            assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
        };
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        openssl(
            &[&["req", "-x509", "-days", "2", "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem"], &key[..]].concat(),
        );
        openssl(&[&["req", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"], &key[..]].concat());
        std::fs::write(self.path("names"), "subjectAltName=DNS:localhost\n").unwrap();
        let sign = ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2"];
        openssl(&[&sign[..], &["-extfile", "names", "-out", "server.pem"]].concat());
    }

    fn configuration(&self) -> String {
        let folder = self.folder.path().display();
        format!(
            "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\ninclude /etc/ldap/schema/inetorgperson.schema\n\
             modulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload memberof\nmoduleload ppolicy\n\
             pidfile {folder}/pid\n\
             TLSCACertificateFile {folder}/ca.pem\nTLSCertificateFile {folder}/server.pem\nTLSCertificateKeyFile {folder}/server.key\n\
             sizelimit size.soft=20 size.hard=20 size.pr=20 size.prtotal=unlimited\n\
             database mdb\nsuffix {BASE}\ndirectory {folder}/data\nmaxsize 67108864\n\
             rootdn cn=admin,{BASE}\nrootpw admin\n\
             overlay memberof\noverlay ppolicy\n\
             access to attrs=userPassword by anonymous auth by * none\n\
             access to * by dn.exact={SEARCHER} read by anonymous auth by * none\n"
        )
    }

    /// Starts it, or starts it again, and waits until it answers.
    pub fn run(&mut self) {
        let addresses = format!("ldap://127.0.0.1:{} ldaps://127.0.0.1:{}", self.port, self.tls_port);
        let process = Command::new(binary("slapd").unwrap())
            .args(["-d", "0", "-h", &addresses, "-f"])
            .arg(self.path("slapd.conf"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.process = Some(process);
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.tls_port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "slapd did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Changes entries, as LDIF.
    pub fn change(&self, ldif: &str) {
        std::fs::write(self.path("change.ldif"), ldif).unwrap();
        let done = Command::new(binary("ldapmodify").unwrap())
            .args(["-x", "-H", &format!("ldap://127.0.0.1:{}", self.port), "-D", &format!("cn=admin,{BASE}"), "-w", "admin", "-f"])
            .arg(self.path("change.ldif"))
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.stop();
    }
}

fn person(ldif: &mut String, uid: &str, name: &str) {
    let last = name.split(' ').next_back().unwrap();
    write!(
        ldif,
        "dn: uid={uid},ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {name}\nsn: {last}\ndisplayName: {name}\n\
         mail: {uid}@example.com\ndepartmentNumber: Finance\ntelephoneNumber: 12 34\nuserPassword: {PASSWORD}\n\n"
    )
    .unwrap();
}

fn people() -> String {
    let mut ldif = format!(
        "dn: {BASE}\nobjectClass: domain\ndc: example\n\n\
         dn: {SEARCHER}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\ncn: lodge\nuserPassword: {SEARCHER_PASSWORD}\n\n\
         dn: ou=people,{BASE}\nobjectClass: organizationalUnit\nou: people\n\n\
         dn: ou=groups,{BASE}\nobjectClass: organizationalUnit\nou: groups\n\n"
    );
    for (uid, name) in [("rosa", "Rosa Lind"), ("ada", "Ada Novak"), ("otto", "Otto (Sales) * Berg")] {
        person(&mut ldif, uid, name);
    }
    for i in 0..CROWD {
        person(&mut ldif, &format!("p{i:03}"), &format!("Person {i}"));
    }
    write!(ldif, "dn: cn=helpdesk,ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: helpdesk\nmember: uid=ada,ou=people,{BASE}\n\n")
        .unwrap();
    ldif
}
