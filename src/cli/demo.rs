//! `lodge demo`: a throw-away desk with a believable history, or a desk of any size for trying and measuring.

use std::{io::Write, path::PathBuf, process::ExitCode, time::Duration};

use bytes::Bytes;
use clap::Args;

use super::{local::desk_options, operator, say, serve};
use crate::{
    appliance::{Appliance, By, DeskChange, Member, files, password},
    config::Config,
    demo::{self, Cast, PASSWORD, Plan, SmallPlan},
    desk::{attachments::StoredFile, settings::Settings},
    error::{Code, Error, Fault, Refusal, Result},
    secret::Secret,
    store::{
        engine::redb::RedbFile,
        writer::{self, Options},
    },
    time::Instant,
};

#[derive(Args)]
pub struct Demo {
    /// How many tickets the history has.
    #[arg(long, default_value_t = 400)]
    tickets: usize,
    /// Another seed, another history.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Make all but the last weeks closed tickets that are taken in as they were, so that millions of them are there soon and have room.
    #[arg(long)]
    brief: bool,
    /// Keep the desk in this folder (default: a temporary one, which is removed at the end).
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Besides it, build this many small desks of two people and ten tickets each, on `desk-0001.localhost` and so on.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    desks: usize,
    /// Build the desk and stop.
    #[arg(long)]
    no_serve: bool,
}

/// Files that hang on some of the tickets.
const FILES: &[(&str, &str, &[u8])] = &[
    ("error-dialog.png", "image/png", include_bytes!("../../assets/demo/error-dialog.png")),
    ("vpn-client.log", "text/plain", include_bytes!("../../assets/demo/vpn-client.log")),
    ("quote.pdf", "application/pdf", include_bytes!("../../assets/demo/quote.pdf")),
];

pub async fn run(mut config: Config, demo: Demo) -> Result<ExitCode> {
    let temporary = demo.into.is_none();
    config.data_dir = demo.into.clone().unwrap_or_else(|| std::env::temp_dir().join(format!("lodge-demo-{}", std::process::id())));
    let built = build(&config, &demo).await;
    let outcome = match built {
        Ok(()) if demo.no_serve => {
            say(&format!("Built a desk with {} tickets in {}.", demo.tickets, config.data_dir.display())).map(|()| ExitCode::SUCCESS)
        }
        Ok(()) => {
            if config.smtp.host.is_none() && config.smtp.folder.is_none() {
                config.smtp.folder = Some(config.data_dir.join("outbox"));
            }
            introduce(&config)?;
            serve::run(config.clone()).await
        }
        Err(it) => Err(it),
    };
    if temporary && !demo.no_serve {
        // It was made by us and for this run; what stays behind is only untidy.
        let _ = std::fs::remove_dir_all(&config.data_dir);
    }
    outcome
}

async fn build(config: &Config, demo: &Demo) -> Result<()> {
    let appliance = Appliance::open(&config.data_dir, desk_options(config))?;
    let desk = appliance.desk(None)?;
    if desk.read(|tx| Ok(tx.get::<Settings>(&())?))?.is_some() {
        return match &demo.into {
            // A desk that was built before is served as it is.
            Some(_) if !demo.no_serve => Ok(()),
            _ => Err(Refusal::new(Code::Conflict, format!("There is a desk in {} already.", config.data_dir.display())).into()),
        };
    }
    let mut kept = Vec::new();
    for (filename, content_type, bytes) in FILES {
        let stored = desk.blobs.put(Bytes::from_static(bytes)).await?;
        kept.push(StoredFile {
            hash: stored.hash,
            size: stored.size,
            sha256: stored.sha256,
            filename: (*filename).to_owned(),
            content_type: (*content_type).to_owned(),
            inline: false,
            content_id: None,
            by_mail: false,
            pixels: files::pixels_of(content_type, bytes),
        });
    }
    let (id, folder) = (desk.id, desk.folder.clone());
    // The history is written by a writer of its own, whose clock stands in the past.
    drop(desk);
    drop(appliance);
    let base_url = config.base_url.clone().or_else(|| Some(format!("http://{}", config.listen)));
    let (tickets, seed, brief) = (demo.tickets, demo.seed, demo.brief);
    let cache_bytes = usize::try_from(config.store.cache_bytes).unwrap_or(usize::MAX);
    let building = tokio::task::spawn_blocking(move || {
        let plan = Plan {
            tickets,
            seed,
            brief,
            until: Instant::now().minus(Duration::from_secs(60)),
            password: Some(password::hash(&Secret::new(PASSWORD))?),
            files: kept,
            address: "help@harbourworks.example".into(),
            base_url,
        };
        let opener = RedbFile { path: folder.join("desk.redb"), cache_bytes };
        let (mut writer, _) = writer::open(Options { clock: Box::new(|| Instant::EPOCH), ..Options::new(opener) })?;
        demo::build(&mut writer, &plan)
    });
    let built = building.await.map_err(|it| Fault::because("building the demo", it))??;
    let appliance = Appliance::open(&config.data_dir, desk_options(config))?;
    operator::first(&appliance, Member { desk: id, person: built.cast.admin })?;
    if demo.desks > 0 {
        let own = Some(["localhost", "127.0.0.1"].map(str::to_owned).to_vec());
        appliance.change(By::CommandLine, id, DeskChange { hosts: own, ..DeskChange::default() }).await?;
        small_desks(config, appliance, demo.desks).await?;
    }
    Ok(())
}

/// Tickets of a small desk.
const SMALL_TICKETS: usize = 10;

async fn small_desks(config: &Config, appliance: Appliance, count: usize) -> Result<()> {
    let port = config.listen.port();
    let building = tokio::task::spawn_blocking(move || {
        let password = password::hash(&Secret::new(PASSWORD))?;
        for i in 1..=count {
            let name = demo::small_name(i);
            let host = format!("{name}.localhost");
            let entry = appliance.create(By::CommandLine, &name, std::slice::from_ref(&host))?;
            let folder = appliance.folder_of(entry.id)?;
            std::fs::create_dir_all(&folder).map_err(|it| Fault::because(format!("making {}", folder.display()), it))?;
            let opener = RedbFile { path: folder.join("desk.redb"), cache_bytes: SMALL_CACHE_BYTES };
            let (mut writer, _) = writer::open(Options { clock: Box::new(|| Instant::EPOCH), ..Options::new(opener) })?;
            let plan = SmallPlan {
                base_url: Some(format!("http://{host}:{port}")),
                name,
                tickets: SMALL_TICKETS,
                seed: i as u64,
                until: Instant::now().minus(Duration::from_secs(60)),
                password: password.clone(),
            };
            demo::build_small(&mut writer, plan)?;
        }
        Ok::<(), Error>(())
    });
    building.await.map_err(|it| Fault::because("building small desks", it))?
}

/// Pages that a small desk's store keeps in memory while it is built, in bytes.
const SMALL_CACHE_BYTES: usize = 1024 * 1024;

/// The address and one sign-in per role.
fn introduce(config: &Config) -> Result<()> {
    let mut text = format!("Lodge is at http://{} with a made-up desk.\n\nSign in with the password `{PASSWORD}` as\n", config.listen);
    for (name, email, role) in Cast::introduced() {
        text.push_str(&format!("  {email:<32}{name} ({role})\n"));
    }
    if let Some(folder) = &config.smtp.folder {
        text.push_str(&format!("\nWhat the desk writes by mail is put into {}.\nStop with Ctrl-C.\n", folder.display()));
    }
    say(&text)?;
    let _ = std::io::stdout().flush();
    Ok(())
}
