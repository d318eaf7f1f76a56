//! The stylesheet, the scripts and the pictures, embedded in the binary. Each is served under a name that holds the hash of its
//! bytes, so that a browser may keep it for ever. It is not for uploads. Invariant: the same bytes always have the same address.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use rust_embed::RustEmbed;

/// How long a browser may keep an asset: its address changes with its bytes.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// What is served as one file, in the order of its layers: for everybody, and besides for those who work in the console and the settings.
const STYLESHEETS: [(&str, &[&str]); 2] = [
    ("lodge.css", &["css/tokens.css", "css/base.css", "css/components.css", "css/editor.css", "css/portal.css"]),
    ("console.css", &["css/console.css", "css/admin.css"]),
];

/// Scripts in an order in which each imports only earlier ones.
const SCRIPTS: [&str; 20] = [
    "words.js",
    "lightbox.js",
    "upload.js",
    "complete.js",
    "lodge.js",
    "drafts.js",
    "live.js",
    "list.js",
    "keys.js",
    "palette.js",
    "alike.js",
    "fields.js",
    "editor.js",
    "picture.js",
    "compose.js",
    "notify.js",
    "presence.js",
    "tabs.js",
    "caller.js",
    "board.js",
];

/// Made by `npm run build` in `editor/`; fetched where somebody begins to write, and by nobody else.
const EDITOR: &str = "editor.js";

const PICTURES: [&str; 1] = ["icons/lodge.svg"];

/// What has an address of its own at the root, since its place says what it is for: the worker that serves a whole site, and the pictures
/// that it and its manifest name.
const ROOT: [(&str, &str, &str); 3] = [
    ("/worker.js", "js/worker.js", "text/javascript; charset=utf-8"),
    ("/icon-192.png", "icons/icon-192.png", "image/png"),
    ("/icon-512.png", "icons/icon-512.png", "image/png"),
];

/// One of those, by its path.
pub fn at_root(path: &str) -> Option<Asset> {
    let (_, file, content_type) = ROOT.iter().find(|it| it.0 == path)?;
    Some(Asset { content_type, bytes: Files::get(file)?.data })
}

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// One thing that can be fetched under `/assets/`.
#[derive(Debug)]
pub struct Asset {
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    pub bytes: Cow<'static, [u8]>,
}

struct Shelf {
    /// From the plain name (`lodge.css`) to the address (`/assets/lodge.0123456789abcdef.css`).
    addresses: BTreeMap<&'static str, String>,
    /// From the last part of the address to the bytes.
    assets: BTreeMap<String, Asset>,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(Shelf::fill);

impl Shelf {
    fn fill() -> Self {
        let mut shelf = Shelf { addresses: BTreeMap::new(), assets: BTreeMap::new() };
        for (name, layers) in STYLESHEETS {
            let css = layers.iter().map(|path| slim(&text(path))).collect::<String>();
            shelf.put(name, "text/css; charset=utf-8", css.into_bytes());
        }
        for name in SCRIPTS {
            let written = text(&format!("js/{name}"));
            // The editor is made small where it is built.
            let mut script = if name == EDITOR { written } else { slim_script(&written) };
            for (earlier, address) in &shelf.addresses {
                script = script.replace(&format!("\"./{earlier}\""), &format!("\"{address}\""));
            }
            shelf.put(name, "text/javascript; charset=utf-8", script.into_bytes());
        }
        for path in PICTURES {
            let name = path.rsplit('/').next().unwrap_or(path);
            shelf.put(name, "image/svg+xml", text(path).into_bytes());
        }
        shelf
    }

    fn put(&mut self, name: &'static str, content_type: &'static str, bytes: Vec<u8>) {
        let hash = blake3::hash(&bytes).to_hex();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let hashed = format!("{stem}.{}.{extension}", &hash[..16]);
        self.addresses.insert(name, format!("/assets/{hashed}"));
        self.assets.insert(hashed, Asset { content_type, bytes: bytes.into() });
    }
}

fn text(path: &str) -> String {
    Files::get(path).map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default()
}

/// A stylesheet without what is for its writers only: comments, and the space before lines.
fn slim(css: &str) -> String {
    let mut said = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        said.push_str(before);
        rest = after.split_once("*/").map_or("", |it| it.1);
    }
    said.push_str(rest);
    said.lines().map(str::trim).filter(|it| !it.is_empty()).fold(String::with_capacity(said.len()), |all, it| all + it + "\n")
}

/// A script without the lines that are for its writers only, and the space before lines. Its own texts never go over lines.
fn slim_script(js: &str) -> String {
    let is_said = |it: &&str| !it.is_empty() && !["//", "/**", "* ", "*/"].iter().any(|begin| it.starts_with(begin));
    js.lines().map(str::trim).filter(is_said).fold(String::with_capacity(js.len()), |all, it| all + it + "\n")
}

/// The address of an asset by its plain name, such as `lodge.css`. A name that is not there gives an address that is not found.
pub fn address(name: &str) -> &'static str {
    SHELF.addresses.get(name).map_or("/assets/none", String::as_str)
}

/// The asset whose address ends in `hashed`, as in `/assets/{hashed}`.
pub fn find(hashed: &str) -> Option<&'static Asset> {
    SHELF.assets.get(hashed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::event::EventKind;

    #[test]
    fn every_name_leads_to_its_bytes() {
        for name in SCRIPTS.into_iter().chain(["lodge.css", "console.css", "lodge.svg"]) {
            let hashed = address(name).strip_prefix("/assets/").unwrap();
            assert!(find(hashed).unwrap_or_else(|| panic!("{name} is not on the shelf")).bytes.len() > 100, "{name} is empty");
        }
        assert!(find("lodge.css").is_none(), "only hashed names are served");
    }

    #[test]
    fn a_stylesheet_is_served_without_what_is_for_its_writers() {
        let css = "/* The\n   whole. */\n@layer a {\n  /* one */ .b { color: red; }\n\n  .c { d: e } /* two */\n}\n";
        assert_eq!(slim(css), "@layer a {\n.b { color: red; }\n.c { d: e }\n}\n");
        for path in STYLESHEETS.into_iter().flat_map(|it| it.1) {
            assert!(
                !text(path).lines().any(|it| it.matches('"').count() % 2 == 1 || it.contains("\"/*")),
                "{path}: a text of its own goes over lines"
            );
        }
    }

    #[test]
    fn a_script_is_served_without_what_is_for_its_writers() {
        let js = "// What it is.\n\n/** Does it.\n *  Twice. */\nconst a = \"// b\"; // why\n  go(a);\n";
        assert_eq!(slim_script(js), "const a = \"// b\"; // why\ngo(a);\n");
        for name in SCRIPTS.into_iter().filter(|it| *it != EDITOR) {
            let script = text(&format!("js/{name}"));
            let over_lines = script.lines().find(|it| it.matches('`').count() % 2 == 1);
            assert!(over_lines.is_none(), "{name}: a text of its own goes over lines: {over_lines:?}");
        }
    }

    #[test]
    fn imports_are_rewritten() {
        for name in SCRIPTS {
            let script = String::from_utf8(find(address(name).trim_start_matches("/assets/")).unwrap().bytes.to_vec()).unwrap();
            assert!(!script.contains("\"./"), "{name} imports something that stands after it in SCRIPTS");
        }
    }

    #[test]
    fn live_parts_hear_of_everything_that_happens_to_a_ticket() {
        let script = String::from_utf8(find(address("live.js").trim_start_matches("/assets/")).unwrap().bytes.to_vec()).unwrap();
        let about = ["ticket.", "comment.", "attachment.", "draft.", "letter.", "target.", "satisfaction.", "time."];
        for kind in EventKind::ALL.iter().map(|it| it.name()).filter(|it| about.iter().any(|about| it.starts_with(about))) {
            let told = format!("\"{}\"", kind.strip_prefix("ticket.").unwrap_or(kind));
            assert!(script.contains(&told), "live.js does not listen to {kind}");
        }
    }

    /// The portal's first visit must stay below 60 KB compressed; raw bytes bound it from above.
    #[test]
    fn budgets_hold() {
        let weigh = |names: &[&str]| {
            names.iter().map(|name| find(address(name).trim_start_matches("/assets/")).unwrap().bytes.len()).sum::<usize>()
        };
        assert!(weigh(&["lodge.css", "lodge.js", "drafts.js"]) < 110_000);
        assert!(weigh(&["console.css"]) < 60_000);
        // Fetched once somebody needs them.
        let later = [EDITOR, "upload.js", "complete.js", "picture.js", "lightbox.js"];
        let always: Vec<&str> = SCRIPTS.into_iter().filter(|it| !later.contains(it)).collect();
        assert!(weigh(&always) < 76_000, "{}", weigh(&always));
        assert!(weigh(&[EDITOR]) < 360_000, "about 110 KB compressed, fetched only where somebody writes");
    }
}
