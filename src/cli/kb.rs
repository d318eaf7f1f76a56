//! `lodge kb`: the articles of the knowledge base as a folder of Markdown files with their pictures, out and in.

use std::{
    fs,
    io::{self, Write},
    path::{Component, Path, PathBuf},
    process::ExitCode,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::{
    local::{Call, Line, Out, say_to},
    say,
};
use crate::{
    appliance::{Desk, files::Arriving},
    config::Config,
    desk::{actor::Actor, knowledge},
    error::{Code, Fault, Refusal, Result},
    id::ArticleId,
    language::say as phrase,
    limits,
    text::{amount::amount, filename},
};

#[derive(Subcommand)]
pub enum Kb {
    /// Write every article into a folder: a Markdown file each, and beside it its pictures and files.
    #[command(after_help = "Example:\n  lodge kb export ./articles")]
    Export { folder: PathBuf },
    /// Take Markdown and HTML files of a folder in, with the pictures that they show. A file whose slug is there changes that article.
    #[command(after_help = "Example:\n  lodge kb import ./articles")]
    Import { folder: PathBuf },
}

/// A line of what goes out.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Outgoing {
    Article {
        name: String,
        text: String,
    },
    /// Bytes of a file from one of them on; one that begins with the first begins the file.
    Piece {
        name: String,
        from: u64,
        base64: String,
    },
}

/// What became of an article that came in.
#[derive(Serialize, Deserialize)]
struct Incoming {
    article: ArticleId,
    taken: String,
    pictures: Vec<String>,
}

/// Files that one import takes.
const FILES_MAX: usize = limits::ARTICLES_MAX;
/// Folders within folders that are looked into.
const DEPTH_MAX: usize = 8;
/// Bytes of a file in one line.
const PIECE_BYTES: u64 = 256 * 1024;

/// Gives every article, and its files piece by piece.
pub async fn give(desk: &Desk, actor: &Actor, out: &Out) -> Result<()> {
    for it in desk.read(|tx| knowledge::export(tx, actor))? {
        let folder = it.name.rsplit_once('/').map_or("", |it| it.0).to_owned();
        line(out, &Outgoing::Article { name: it.name, text: it.text }).await?;
        for file in it.files {
            let name = format!("{folder}/{}", file.filename);
            let mut from = 0;
            while from == 0 || from < file.size {
                let to = file.size.min(from + PIECE_BYTES);
                let bytes = desk.blobs.range(file.blob, from, to).await?;
                line(out, &Outgoing::Piece { name: name.clone(), from, base64: STANDARD.encode(&bytes) }).await?;
                from = from.saturating_add(PIECE_BYTES);
            }
        }
    }
    Ok(())
}

/// Takes an article in.
pub async fn take(desk: &Desk, actor: Actor, name: String, body: Vec<u8>, out: &Out) -> Result<()> {
    let text = String::from_utf8_lossy(&body).into_owned();
    let it = desk.write(None, move |tx| knowledge::import(tx, &actor, &name, &text)).await?;
    line(out, &Incoming { article: it.article, taken: it.taken.name().to_owned(), pictures: it.pictures }).await
}

/// Takes a file of an article in.
pub async fn take_file(desk: &Desk, actor: Actor, article: ArticleId, name: &str, body: Vec<u8>, most: usize) -> Result<()> {
    let filename = filename::safe(name);
    if body.len() > most {
        let detail = phrase!("refused-larger-than", what = filename.as_str(), amount = amount(most as u64));
        return Err(Refusal::new(Code::TooLarge, detail).into());
    }
    let mut arriving = Arriving::default();
    arriving.add(desk, Bytes::from(body)).await?;
    let file = arriving.stored(desk, filename, None).await?;
    desk.write(None, move |tx| knowledge::add_files(tx, &actor, article, vec![file])).await?;
    Ok(())
}

async fn line(out: &Out, it: &impl Serialize) -> Result<()> {
    say_to(out, serde_json::to_string(it).map_err(|it| Fault::because("writing an article", it))?).await;
    Ok(())
}

pub async fn run(config: &Config, desk: Option<String>, command: Kb) -> Result<ExitCode> {
    let line = Line::open(config, desk).await?;
    match command {
        Kb::Export { folder } => export(line, &folder).await,
        Kb::Import { folder } => import(line, &folder).await,
    }
}

/// A place in the folder for a name that came from elsewhere, which leads nowhere else.
fn place(folder: &Path, name: &str) -> PathBuf {
    name.split('/').fold(folder.to_owned(), |place, part| place.join(filename::safe(part)))
}

async fn export(mut line: Line, folder: &Path) -> Result<ExitCode> {
    let doing = |it: io::Error| Fault::because(format!("writing into {}", folder.display()), it);
    fs::create_dir_all(folder).map_err(doing)?;
    let (mut count, mut files) = (0, 0);
    let mut keep = |text: &str| -> Result<()> {
        let it: Outgoing = serde_json::from_str(text).map_err(|it| Fault::because("reading an article", it))?;
        let (Outgoing::Article { name, .. } | Outgoing::Piece { name, .. }) = &it;
        let place = place(folder, name);
        if let Some(above) = place.parent() {
            fs::create_dir_all(above).map_err(doing)?;
        }
        match it {
            Outgoing::Article { text, .. } => {
                fs::write(place, text).map_err(doing)?;
                count += 1;
            }
            Outgoing::Piece { from, base64, .. } => {
                let bytes = STANDARD.decode(base64).map_err(|it| Fault::because("reading a file", it))?;
                let is_first = from == 0;
                let opened = fs::OpenOptions::new().create(true).write(true).truncate(is_first).append(!is_first).open(place);
                opened.and_then(|mut it| it.write_all(&bytes)).map_err(doing)?;
                files += usize::from(is_first);
            }
        }
        Ok(())
    };
    line.call(Call::KbExport, Vec::new(), &mut keep).await?;
    say(&format!("{count} articles and {files} files are in {}.", folder.display()))?;
    Ok(ExitCode::SUCCESS)
}

async fn import(mut line: Line, folder: &Path) -> Result<ExitCode> {
    let mut files = Vec::new();
    gather(folder, 0, &mut files).map_err(|it| Fault::because(format!("reading {}", folder.display()), it))?;
    files.sort();
    let mut read = Vec::new();
    for path in files {
        let text = fs::read(&path).map_err(|it| Fault::because(format!("reading {}", path.display()), it))?;
        let translates = String::from_utf8_lossy(&text[..text.len().min(4096)]).contains("\ntranslationOf:");
        read.push((translates, path, text));
    }
    // What translates another comes after it.
    read.sort_by_key(|it| it.0);
    let mut failed = 0;
    for (_, path, text) in read {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
        let mut said = None;
        let mut hear = |text: &str| -> Result<()> {
            said = Some(serde_json::from_str::<Incoming>(text).map_err(|it| Fault::because("reading what became of an article", it))?);
            Ok(())
        };
        if let Err(error) = line.call(Call::KbImport { name: name.clone() }, text, &mut hear).await {
            failed += 1;
            complain(&name, &error);
            continue;
        }
        let Some(said) = said else { continue };
        say(&format!("{name}\t{}", said.taken))?;
        for file in beside(folder, &path, &said.pictures) {
            let shown = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().into_owned();
            let last = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let sent = match fs::read(&file) {
                Ok(bytes) => line.call(Call::KbImportFile { article: said.article, name: last }, bytes, &mut say).await,
                Err(error) => Err(Fault::because("reading it", error).into()),
            };
            if let Err(error) = sent {
                failed += 1;
                complain(&shown, &error);
            }
        }
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn complain(name: &str, error: &crate::error::Error) {
    // Whoever closed standard error does not want to know.
    let _ = io::stderr().write_all(format!("lodge: {name}: {error}\n").as_bytes());
}

fn is_text(path: &Path) -> bool {
    let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default().to_ascii_lowercase();
    matches!(ending.as_str(), "md" | "markdown" | "html" | "htm")
}

fn gather(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && depth < DEPTH_MAX {
            gather(&path, depth + 1, files)?;
        } else if is_text(&path) && files.len() < FILES_MAX {
            files.push(path);
        }
    }
    Ok(())
}

/// The files that go with a text: the pictures that it shows, and where it lies in a folder that is called like it, all others there. None
/// lies outside of what is imported.
fn beside(folder: &Path, text: &Path, pictures: &[String]) -> Vec<PathBuf> {
    let here = text.parent().unwrap_or(folder);
    let mut found: Vec<PathBuf> = pictures.iter().filter(|it| !it.contains("://")).filter_map(|it| within(folder, here, it)).collect();
    if here != folder && here.file_name() == text.file_stem() {
        let all = fs::read_dir(here).into_iter().flatten().flatten().map(|it| it.path());
        found.extend(all.filter(|it| it.is_file() && !is_text(it)));
    }
    found.sort();
    found.dedup();
    found.truncate(limits::ARTICLE_FILES_MAX);
    found
}

/// The file at an address of a text.
fn within(folder: &Path, here: &Path, address: &str) -> Option<PathBuf> {
    let mut place = if address.starts_with('/') { folder.to_owned() } else { here.to_owned() };
    for part in Path::new(address).components() {
        match part {
            Component::Normal(it) => place.push(it),
            Component::ParentDir if place != folder => drop(place.pop()),
            Component::ParentDir => return None,
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    // A link of the file system may lead anywhere.
    let (real, top) = (place.canonicalize().ok()?, folder.canonicalize().ok()?);
    (real.starts_with(top) && real.is_file()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_go_with_their_texts_and_none_from_elsewhere() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("articles");
        for name in
            ["jam/jam.md", "jam/lid.png", "jam/form.pdf", "jam/other.md", "a.md", "images/a b.png", "images/unused.png", "../secret.png"]
        {
            let path = folder.join(name);
            fs::create_dir_all(folder.join("jam")).unwrap();
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        std::os::unix::fs::symlink("../secret.png", folder.join("link.png")).unwrap();
        for (text, pictures, expected) in [
            ("jam/jam.md", vec!["lid.png"], vec!["jam/form.pdf", "jam/lid.png"]),
            ("jam/other.md", vec![], vec![]),
            ("a.md", vec!["images/a b.png", "https://elsewhere.example/lid.png", "gone.png"], vec!["images/a b.png"]),
            ("jam/other.md", vec!["../images/a b.png", "/images/unused.png"], vec!["images/unused.png", "jam/../images/a b.png"]),
            ("a.md", vec!["../secret.png", "jam/../../secret.png", "link.png"], vec![]),
        ] {
            let pictures: Vec<String> = pictures.into_iter().map(str::to_owned).collect();
            let mut found = beside(&folder, &folder.join(text), &pictures);
            let mut expected: Vec<PathBuf> = expected.iter().map(|it| folder.join(it).canonicalize().unwrap()).collect();
            found = found.iter().map(|it| it.canonicalize().unwrap()).collect();
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{text} {pictures:?}");
        }
    }

    #[test]
    fn names_from_elsewhere_lead_nowhere_else() {
        for (name, expected) in [("jam/jam.md", "jam/jam.md"), ("../../etc/passwd", "file/file/etc/passwd"), ("a\\..\\b.md", "b.md")] {
            assert_eq!(place(Path::new("to"), name), Path::new("to").join(expected), "{name}");
        }
    }
}
