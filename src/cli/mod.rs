//! The command line of `spec/api.md`: one file per command, none longer than what it calls. Commands about data work the same whether
//! the appliance runs (through its local socket) or not (they open the data themselves).

mod audit;
mod bench;
mod config;
mod demo;
mod desk;
mod doors;
mod ingest;
mod kb;
mod local;
mod mailbox;
mod operator;
mod serve;
mod snapshot;
mod standby;
mod systemd;
mod upgrade;

use std::{
    io::{IsTerminal, Read, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};

use crate::{
    config::{Config, Loaded, load},
    error::{Code, Fault, Refusal, Result},
    previews,
    secret::Secret,
};
use local::Call;

/// The IT service desk in one file.
#[derive(Parser)]
#[command(
    name = "lodge",
    version,
    about,
    after_help = "First steps:\n  lodge demo      try it with a made-up desk\n  lodge setup     set up a desk of your own\n  lodge serve     run it"
)]
struct Lodge {
    /// Configuration file (default: ./lodge.toml, then /etc/lodge/lodge.toml; neither is needed).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The desk that the command is about (default: the only one).
    #[arg(long, global = true, value_name = "NAME")]
    desk: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the appliance.
    #[command(after_help = "Example:\n  LODGE_LISTEN=0.0.0.0:8080 lodge serve")]
    Serve,
    /// Run a throw-away desk with a believable history of some weeks.
    #[command(after_help = "Examples:\n  lodge demo\n  lodge demo --tickets 100000 --seed 7 --into ./big --no-serve")]
    Demo(demo::Demo),
    /// Load this machine with a made-up desk and print latency per screen and headroom.
    #[command(after_help = "Examples:\n  lodge bench --tickets 100000 --live 1000,10000\n  lodge bench --desks 500")]
    Bench(bench::Bench),
    /// Set up a desk without a browser.
    #[command(
        after_help = "Example:\n  echo 'a good password' | lodge setup --admin-email max@example.com --admin-password-stdin --desk-name 'Example IT'"
    )]
    Setup(Setup),
    /// Make access tokens.
    #[command(subcommand, after_help = "Example:\n  lodge token create --user max@example.com --name backup-job --scopes tickets:read")]
    Token(Token),
    /// List, create and change people.
    #[command(
        subcommand,
        after_help = "Example:\n  lodge user create --email ada@example.com --name 'Ada Lindqvist' --role agent --password-stdin"
    )]
    User(User),
    /// List, make, change, export and delete desks.
    #[command(subcommand, after_help = "Examples:\n  lodge desk list\n  lodge desk create acme --host help.acme.example")]
    Desk(desk::DeskCommand),
    /// Say who looks after all desks of this server.
    #[command(subcommand, after_help = "Examples:\n  lodge operator list\n  lodge operator add max@example.com")]
    Operator(operator::OperatorCommand),
    /// Take raw mail in.
    #[command(
        subcommand,
        after_help = "Examples:\n  lodge mail ingest message.eml\n  lodge mail ingest < message.eml\n  lodge mail ingest old.mbox Maildir/"
    )]
    Mail(Mail),
    /// Take the articles of the knowledge base out as files, or in.
    #[command(subcommand, after_help = "Examples:\n  lodge kb export ./articles\n  lodge kb import ./articles")]
    Kb(kb::Kb),
    /// Prove or export the audit log.
    #[command(subcommand, after_help = "Examples:\n  lodge audit verify\n  lodge audit export > log.jsonl\n  lodge audit verify log.jsonl")]
    Audit(audit::Audit),
    /// Take, list, prove, restore and remove snapshots.
    #[command(
        subcommand,
        after_help = "Examples:\n  lodge snapshot create --to /mnt/backup/lodge\n  lodge snapshot restore --from /mnt/backup/lodge --into /var/lib/lodge"
    )]
    Snapshot(snapshot::Snapshot),
    /// Follow another appliance from the place of its snapshots, seconds behind, so that this machine can take over from it.
    #[command(after_help = "Example:\n  lodge standby --from s3://bucket/lodge --into /var/lib/lodge")]
    Standby {
        #[command(flatten)]
        place: standby::Where,
        /// Take in what is there now, and stop.
        #[arg(long)]
        once: bool,
        /// Follow no more, so that the other one need not count on it.
        #[arg(long, conflicts_with = "once")]
        leave: bool,
    },
    /// Have a standby take over. Stop `lodge standby` first. The other appliance writes nothing from then on.
    #[command(after_help = "Examples:\n  lodge promote --from s3://bucket/lodge --into /var/lib/lodge\n  lodge promote --other-is-off")]
    Promote {
        #[command(flatten)]
        place: standby::Where,
        /// The other one is off for sure and stays off, so nothing is waited for.
        #[arg(long)]
        other_is_off: bool,
    },
    /// Bring the data of an older release into the form of this one, as the next start does by itself; or only try it.
    #[command(after_help = "Examples:\n  lodge upgrade --rehearse --from /mnt/backup/lodge\n  lodge upgrade")]
    Upgrade {
        /// Try it on the newest snapshot of a place, and touch nothing that is in use.
        #[arg(long)]
        rehearse: bool,
        /// A folder or an object-store address (default: `snapshots.to`).
        #[arg(long, value_name = "PLACE", requires = "rehearse")]
        from: Option<String>,
    },
    /// Go back to the files from before the last upgrade. What was written since is exported.
    #[command(after_help = "Example:\n  lodge rollback")]
    Rollback,
    /// Let an appliance that was restored send and fetch again. See first that the one that it was taken from is off.
    #[command(after_help = "Example:\n  lodge release")]
    Release,
    /// Begin anew, as after the program was replaced: what has begun is finished, and who connects in between waits a moment.
    #[command(after_help = "Example:\n  lodge restart")]
    Restart,
    /// Build the search index anew, beside the one that serves.
    #[command(after_help = "Example:\n  lodge reindex")]
    Reindex,
    /// Check everything that can be checked, and say what to do.
    #[command(after_help = "Example:\n  lodge doctor")]
    Doctor,
    /// Set the clock of an appliance that runs for a test.
    #[command(hide = true, after_help = "Example:\n  LODGE_TEST_CLOCK=1 lodge serve & lodge clock --ahead 172800")]
    Clock {
        /// Seconds by which it goes forward.
        #[arg(long)]
        ahead: u64,
    },
    /// Take the file on standard input apart. Lodge runs it for itself, with all that it does not need given up.
    #[command(name = "take-apart", hide = true, after_help = "Example:\n  lodge take-apart < picture.png > answer")]
    TakeApart {
        /// Its text, and no pictures.
        #[arg(long)]
        text_only: bool,
    },
    /// Check, show or print an example of the configuration.
    #[command(subcommand, after_help = "Examples:\n  lodge config check\n  lodge config example > lodge.toml")]
    Config(config::ConfigCommand),
}

#[derive(Args)]
struct Setup {
    /// Mail address of the first admin.
    #[arg(long, value_name = "ADDRESS")]
    admin_email: String,
    /// Name of the first admin.
    #[arg(long, value_name = "NAME", default_value = "")]
    admin_name: String,
    /// Read the admin's password from the first line of standard input.
    #[arg(long, required = true)]
    admin_password_stdin: bool,
    /// What the desk is called.
    #[arg(long, value_name = "NAME")]
    desk_name: String,
    /// Mail address of the desk itself.
    #[arg(long, value_name = "ADDRESS")]
    mail_address: Option<String>,
}

#[derive(Subcommand)]
enum Token {
    /// Make a personal access token and print it, and nothing else.
    #[command(after_help = "Example:\n  lodge token create --user max@example.com --name backup-job")]
    Create {
        /// Mail address of its owner.
        #[arg(long, value_name = "ADDRESS")]
        user: String,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// Permissions that it carries (default: all that its owner has).
        #[arg(long, value_delimiter = ',', num_args = 1..)]
        scopes: Vec<String>,
    },
}

#[derive(Subcommand)]
enum User {
    /// List people.
    #[command(after_help = "Example:\n  lodge user list")]
    List,
    /// Add a person.
    #[command(after_help = "Example:\n  lodge user create --email ada@example.com --name 'Ada Lindqvist' --role agent")]
    Create {
        #[arg(long, value_name = "ADDRESS")]
        email: String,
        #[arg(long, default_value = "")]
        name: String,
        /// requester, agent, team_lead, manager, admin or tenant_owner; may be given several times.
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        /// Read a password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Keep a person from signing in.
    #[command(after_help = "Example:\n  lodge user disable ada@example.com")]
    Disable {
        /// Mail address of the person.
        email: String,
    },
    /// Let a person sign in again.
    #[command(after_help = "Example:\n  lodge user enable ada@example.com")]
    Enable {
        /// Mail address of the person.
        email: String,
    },
    /// Set a person's password, read from the first line of standard input.
    #[command(after_help = "Example:\n  echo 'a good password' | lodge user reset-password ada@example.com")]
    ResetPassword {
        /// Mail address of the person.
        email: String,
    },
    /// Give a person these roles and no others.
    #[command(after_help = "Example:\n  lodge user roles ada@example.com agent team_lead")]
    Roles {
        /// Mail address of the person.
        email: String,
        /// requester, agent, team_lead, manager, admin, tenant_owner.
        #[arg(required = true)]
        roles: Vec<String>,
    },
}

#[derive(Subcommand)]
enum Mail {
    /// Take raw messages in as if they had arrived by mail: files, mbox files, Maildir folders, or one message on standard input.
    #[command(after_help = "Examples:\n  lodge mail ingest message.eml old.mbox Maildir/\n  lodge mail ingest --quiet-import old.mbox")]
    Ingest {
        /// Files and folders; `-` or none for standard input.
        files: Vec<PathBuf>,
        /// Take an old mailbox over: tickets are made, and nobody is told.
        #[arg(long)]
        quiet_import: bool,
    },
    /// List the mailboxes from which mail is fetched, and how each is.
    #[command(after_help = "Example:\n  lodge mail mailboxes")]
    Mailboxes,
    /// Compare what lies in a mailbox with the ledger, mail by mail, and take in what is lacking.
    #[command(after_help = "Example:\n  lodge mail statement Support")]
    Statement {
        /// Name or id; all that are on if none.
        mailbox: Option<String>,
    },
    /// Look for mail now. Only while the appliance runs.
    #[command(after_help = "Example:\n  lodge mail poll Support")]
    Poll {
        /// Name or id.
        mailbox: String,
    },
}

/// Parses the arguments, runs the command, and says what went wrong.
pub fn main() -> ExitCode {
    let lodge = Lodge::parse();
    if let Some(Command::TakeApart { text_only }) = lodge.command {
        return previews::child::run(!text_only);
    }
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("another TLS provider was installed before");
    }
    // What is written is for this account alone: password hashes, keys, mail.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    raise_file_limit();
    match run(lodge) {
        Ok(code) => code,
        Err(error) => {
            let mut out = std::io::stderr().lock();
            // With nobody to tell, the exit code says it.
            let _ = writeln!(out, "lodge: {error}");
            if let crate::error::Error::Refused(refusal) = &error {
                for field in refusal.fields.iter().filter(|it| it.message != refusal.detail) {
                    let _ = writeln!(out, "  {}: {}", field.field, field.message);
                }
            }
            ExitCode::FAILURE
        }
    }
}

fn run(lodge: Lodge) -> Result<ExitCode> {
    let Lodge { config: file, desk, command } = lodge;
    let Some(command) = command else {
        say("Lodge is not told what to do. Try `lodge demo`, or `lodge --help` for everything.")?;
        return Ok(ExitCode::SUCCESS);
    };
    if let Command::Config(command) = command {
        return config::run(&command, file.as_deref());
    }
    if let Command::Audit(audit::Audit::Verify { file: Some(export) }) = &command {
        return audit::verify_export(export);
    }
    let config = Config::from_loaded(&loaded(file.as_deref())?)?;
    let runtime = runtime()?;
    match command {
        Command::Serve => runtime.block_on(serve::run(config)),
        Command::Demo(demo) => runtime.block_on(demo::run(config, demo)),
        Command::Bench(bench) => runtime.block_on(bench::run(bench)),
        command => runtime.block_on(about_data(&config, desk, command)),
    }
}

/// Ten thousand live viewers are ten thousand open files; the usual soft limit of 1024 is far below the hard one.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_err() {
        tracing::debug!("the limit of open files could not be raised");
    }
}

/// The commands that work on a desk's data, running or not.
async fn about_data(config: &Config, desk: Option<String>, command: Command) -> Result<ExitCode> {
    let mut calls = Vec::new();
    match command {
        Command::Setup(it) => calls.push(Call::Setup {
            email: it.admin_email,
            name: it.admin_name,
            password: password_from_stdin()?.reveal().to_owned(),
            desk_name: it.desk_name,
            address: it.mail_address,
        }),
        Command::Token(Token::Create { user, name, scopes }) => calls.push(Call::TokenCreate { user, name, scopes }),
        Command::User(User::List) => calls.push(Call::UserList),
        Command::User(User::Create { email, name, roles, password_stdin }) => {
            let password = if password_stdin { Some(password_from_stdin()?.reveal().to_owned()) } else { None };
            calls.push(Call::UserCreate { email, name, roles, password });
        }
        Command::User(User::Disable { email }) => calls.push(Call::UserActive { email, active: false }),
        Command::User(User::Enable { email }) => calls.push(Call::UserActive { email, active: true }),
        Command::User(User::ResetPassword { email }) => {
            calls.push(Call::UserPassword { email, password: password_from_stdin()?.reveal().to_owned() });
        }
        Command::User(User::Roles { email, roles }) => calls.push(Call::UserRoles { email, roles }),
        Command::Clock { ahead } => calls.push(Call::ClockAhead { seconds: ahead }),
        Command::Desk(command) => calls.push(Call::Desk(command.here()?)),
        Command::Operator(command) => calls.push(Call::Operator(command)),
        Command::Mail(Mail::Ingest { files, quiet_import }) => return ingest::run(config, desk, files, quiet_import).await,
        Command::Kb(command) => return kb::run(config, desk, command).await,
        Command::Snapshot(command) => return snapshot::run(config, desk, command).await,
        Command::Standby { place, once, leave } => return standby::run(config, place, once, leave).await,
        Command::Promote { place, other_is_off } => return standby::promote(config, place, other_is_off).await,
        Command::Upgrade { rehearse: true, from } => return upgrade::rehearse(config, from).await,
        Command::Upgrade { .. } => return upgrade::upgrade(config),
        Command::Rollback => return upgrade::roll_back(config),
        Command::Release => calls.push(Call::Release),
        Command::Mail(Mail::Mailboxes) => calls.push(Call::Mailboxes),
        Command::Mail(Mail::Statement { mailbox }) => calls.push(Call::MailStatement { mailbox }),
        Command::Mail(Mail::Poll { mailbox }) => calls.push(Call::MailPoll { mailbox }),
        Command::Audit(audit::Audit::Verify { .. }) => calls.push(Call::AuditVerify),
        Command::Audit(audit::Audit::Export) => calls.push(Call::AuditExport),
        Command::Restart => calls.push(Call::Restart),
        Command::Reindex => calls.push(Call::Reindex),
        Command::Doctor => calls.push(Call::Doctor),
        Command::Serve | Command::Demo(_) | Command::Bench(_) | Command::Config(_) | Command::TakeApart { .. } => {}
    }
    let mut line = local::Line::open(config, desk).await?;
    for call in calls {
        line.call(call, Vec::new(), &mut say).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The configuration in force.
fn loaded(file: Option<&std::path::Path>) -> Result<Loaded> {
    let loaded = load(file, std::env::vars())?;
    for warning in &loaded.warnings {
        let _ = writeln!(std::io::stderr(), "lodge: {warning}");
    }
    Ok(loaded)
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|it| Fault::because("starting", it).into())
}

/// Prints a line. A reader that closed the pipe has seen enough, which is no error.
fn say(line: &str) -> Result<()> {
    match writeln!(std::io::stdout().lock(), "{line}") {
        Err(it) if it.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(it) => Err(Fault::because("printing", it).into()),
        Ok(()) => Ok(()),
    }
}

/// The first line of standard input.
fn password_from_stdin() -> Result<Secret> {
    if std::io::stdin().is_terminal() {
        let _ = writeln!(std::io::stderr(), "Password, then Enter:");
    }
    let mut text = String::new();
    std::io::BufRead::read_line(&mut std::io::stdin().lock().take(4096), &mut text)
        .map_err(|it| Fault::because("reading standard input", it))?;
    let text = text.trim_end_matches(['\n', '\r']);
    if text.is_empty() {
        return Err(Refusal::new(Code::Validation, "Standard input holds no password.").into());
    }
    Ok(Secret::new(text))
}
