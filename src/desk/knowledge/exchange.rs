//! Articles as files: Markdown with what is known of them at its head, and back. A file that says a slug which is there changes that
//! article; any other becomes a new one, a draft unless it says more. Its pictures and files lie beside it.

use super::{Article, ArticleChange, ArticleFile, Library, Readership, State, Visibility, access, article, files, library, revision};
use crate::{
    desk::{actor::Actor, attachments::Scan},
    error::{Refusal, Result},
    id::{ArticleCategoryId, ArticleId},
    language::say,
    store::Tx,
    text::plain,
};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Created,
    Changed,
    /// It says what is there already.
    Known,
}

impl Taken {
    pub fn name(self) -> &'static str {
        match self {
            Taken::Created => "created",
            Taken::Changed => "changed",
            Taken::Known => "unchanged",
        }
    }
}

/// An article on its way out.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// `jam.md`; an article with files has a folder of its own, `jam/jam.md`, in which its text finds them by their names.
    pub name: String,
    pub text: String,
    pub files: Vec<ArticleFile>,
}

/// An article that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub article: ArticleId,
    pub taken: Taken,
    /// Addresses of the pictures in its text.
    pub pictures: Vec<String>,
}

/// All articles, for those who write.
pub fn export(tx: &Tx, actor: &Actor) -> Result<Vec<Exported>> {
    access::need_write(tx, actor)?;
    let library = Library::of(tx)?;
    let mut all = Vec::new();
    for it in tx.scan::<Article>(&())? {
        let it = it?;
        let mut files = files::files(tx, it.id)?;
        files.retain(|it| !matches!(it.scan, Some(Scan::Infected(_))));
        let name = if files.is_empty() { format!("{}.md", it.slug) } else { format!("{0}/{0}.md", it.slug) };
        all.push(Exported { name, text: written(tx, &library, &it)?, files });
    }
    Ok(all)
}

fn written(tx: &Tx, library: &Library, it: &Article) -> Result<String> {
    let category = it.category.and_then(|id| library.category(id)).map(|it| it.name.clone());
    let original = if it.original == it.id { None } else { tx.get::<Article>(&it.original)?.map(|it| it.slug) };
    let facts = [
        ("title", Some(it.title.clone())),
        ("slug", Some(it.slug.clone())),
        ("summary", Some(it.summary.clone())),
        ("tags", Some(it.tags.join(", "))),
        ("category", category),
        ("language", Some(it.language.clone())),
        ("translationOf", original),
        ("visibility", Some(it.visibility.name().to_owned())),
        ("status", Some(it.state.name().to_owned())),
        ("reviewOn", it.review_on().map(|it| it.to_string())),
    ];
    let mut text = String::from("---\n");
    for (name, value) in facts {
        if let Some(value) = value.filter(|it| !it.is_empty()) {
            text.push_str(&format!("{name}: {value}\n"));
        }
    }
    text.push_str("---\n\n");
    text.push_str(&revision::current(tx, it)?.content);
    text.push('\n');
    Ok(text)
}

/// What stands at the head of a file, and what follows it.
fn head_and_body(text: &str) -> (Vec<(String, String)>, &str) {
    let text = text.trim_start_matches('\u{feff}');
    let Some(rest) = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n")) else { return (Vec::new(), text) };
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        at += line.len();
        let line = line.trim_end();
        if line == "---" || line == "..." {
            return (facts, &rest[at..]);
        }
        // A list, a line for each.
        if let (Some(it), Some(last)) = (line.trim_start().strip_prefix("- "), facts.last_mut()) {
            let parting = if last.1.is_empty() { "" } else { ", " };
            last.1 = format!("{}{parting}{}", last.1, bare(it));
        } else if let Some((name, value)) = line.split_once(':') {
            facts.push((name.trim().to_lowercase(), bare(value)));
        }
    }
    // It never ended, so it was no head.
    (Vec::new(), text)
}

fn bare(value: &str) -> String {
    value.trim().trim_start_matches('[').trim_end_matches(']').trim_matches(['"', '\'']).trim().to_owned()
}

/// The first heading of a text, and the text behind it.
fn heading(text: &str) -> Option<(String, String)> {
    let (line, rest) = text.trim_start().split_once('\n').unwrap_or((text.trim_start(), ""));
    line.strip_prefix("# ").map(|it| (it.trim().to_owned(), rest.to_owned()))
}

/// The title of an HTML page.
fn html_title(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let from = lower.find("<title")? + lower[lower.find("<title")?..].find('>')? + 1;
    let to = from + lower[from..].find("</title")?;
    Some(plain::from_html(html.get(from..to)?).trim().to_owned()).filter(|it| !it.is_empty())
}

/// Takes a file in. What it is called matters where it says no title.
pub fn import(tx: &mut Tx, actor: &Actor, name: &str, text: &str) -> Result<Imported> {
    access::need_write(tx, actor)?;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "md"));
    let is_html = matches!(ending.to_ascii_lowercase().as_str(), "html" | "htm");
    let (facts, body) = if is_html { (Vec::new(), text) } else { head_and_body(text) };
    let fact = |name: &str| facts.iter().find(|it| it.0 == name).map(|it| it.1.clone()).filter(|it| !it.is_empty());
    let mut content = if is_html { plain::from_html(body) } else { body.to_owned() };
    let mut title = fact("title").or_else(|| html_title(body).filter(|_| is_html));
    if title.is_none()
        && let Some((said, rest)) = heading(&content)
    {
        (title, content) = (Some(said), rest);
    }
    let title = title.unwrap_or_else(|| stem.rsplit('/').next().unwrap_or(stem).replace(['-', '_'], " "));
    let change = ArticleChange {
        title: Some(title),
        summary: fact("summary").or_else(|| fact("description")),
        content: Some(content.trim().to_owned()),
        tags: fact("tags").map(|it| it.split(',').map(str::to_owned).collect()),
        category: fact("category").map(|it| place(tx, actor, &it)).transpose()?.map(Some),
        language: fact("language").or_else(|| fact("lang")),
        translation_of: fact("translationof").map(|it| original(tx, actor, &it)).transpose()?.map(Some),
        visibility: fact("visibility").map(|it| visibility(&it)).transpose()?,
        review_on: fact("reviewon").map(|it| day(&it)).transpose()?.map(Some),
        ..ArticleChange::default()
    };
    let state = fact("status").map(|it| state(&it)).transpose()?;
    let slug = fact("slug");
    let present = slug.as_ref().map(|it| tx.find_one(&super::BY_SLUG, it)).transpose()?.flatten();
    let (it, taken) = match present {
        Some(before) => {
            let after = article::change(tx, actor, before.id, None, change)?;
            let taken = if after.version == before.version { Taken::Known } else { Taken::Changed };
            (after, taken)
        }
        None => (article::create(tx, actor, ArticleChange { slug, ..change })?, Taken::Created),
    };
    let taken = match state {
        Some(state) if state != it.state => {
            article::settle(tx, actor, it.id, None, state)?;
            if taken == Taken::Known { Taken::Changed } else { taken }
        }
        _ => taken,
    };
    Ok(Imported { article: it.id, taken, pictures: files::named_in(&revision::current(tx, &it)?.content) })
}

/// The category of this name; a new one, if there is none.
fn place(tx: &mut Tx, actor: &Actor, name: &str) -> Result<ArticleCategoryId> {
    match Library::of(tx)?.named(name) {
        Some(it) => Ok(it.id),
        None => Ok(library::add_category(tx, actor, name, "")?.id),
    }
}

fn original(tx: &Tx, actor: &Actor, text: &str) -> Result<ArticleId> {
    Ok(article::known(tx, &Readership::of(tx, Some(actor))?, text)?.0.id)
}

fn visibility(text: &str) -> Result<Visibility> {
    Visibility::named(text).ok_or_else(|| Refusal::field("visibility", "unknown", say!("refused-article-visibility")).into())
}

fn state(text: &str) -> Result<State> {
    State::named(text).ok_or_else(|| Refusal::field("status", "unknown", say!("refused-article-state")).into())
}

fn day(text: &str) -> Result<jiff::civil::Date> {
    text.parse().map_err(|_| Refusal::field("reviewOn", "invalid", say!("refused-article-day")).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{knowledge, stage::Stage};

    fn take(world: &Stage, name: &'static str, text: String) -> Result<Taken> {
        let max = world.max.clone();
        world.write(move |tx| import(tx, &max, name, &text)).map(|it| it.taken)
    }

    #[test]
    fn what_goes_out_comes_in_again() {
        let (one, other) = (Stage::new(), Stage::new());
        let whole = "---\ntitle: Paper: a jam\nslug: jam\nsummary: In short\ntags: printer, paper\ncategory: Printing\nlanguage: de\n\
                     visibility: public\nstatus: published\nreviewOn: 2027-01-02\n---\n\n# Do this\n\n---\n\nOpen the lid.\n";
        assert_eq!(take(&one, "x.md", whole.into()).unwrap(), Taken::Created);
        let files = one.read(|tx| export(tx, &one.max));
        assert_eq!(files, [Exported { name: "jam.md".into(), text: whole.into(), files: vec![] }]);
        for expected in [Taken::Created, Taken::Known] {
            assert_eq!(take(&other, "jam.md", files[0].text.clone()).unwrap(), expected);
        }
        assert_eq!(take(&other, "jam.md", whole.replace("the lid", "the rear lid")).unwrap(), Taken::Changed);
        assert_eq!(other.read(|tx| export(tx, &other.max)).len(), 1);
    }

    #[test]
    fn files_of_others_are_read_as_they_are_meant() {
        let world = Stage::new();
        for (name, text, title, content) in [
            ("a.md", "# The title\n\nText.", "The title", "Text."),
            ("docs/how-to_print.md", "Text.", "how to print", "Text."),
            ("b.md", "---\ntitle: \"Quoted\"\ntags:\n- One\n- Two\n---\nText.", "Quoted", "Text."),
            ("c.md", "---\nnever ends", "c", "---\nnever ends"),
            ("d.html", "<html><head><title>A &amp; B</title></head><body><p>One</p><p>Two</p></body></html>", "A & B", "One\n\nTwo"),
        ] {
            assert_eq!(take(&world, name, text.into()).unwrap(), Taken::Created, "{name}");
            let (it, said) = world.read(|tx| {
                let all = tx.scan::<Article>(&())?.collect::<std::result::Result<Vec<_>, _>>()?;
                let it = all.into_iter().find(|it| it.title == title).unwrap();
                let said = revision::current(tx, &it)?.content;
                Ok((it, said))
            });
            assert_eq!((it.title.as_str(), said.as_str(), it.state), (title, content, State::Draft), "{name}");
            if name == "b.md" {
                assert_eq!(it.tags, ["one", "two"]);
            }
        }
        assert!(take(&world, "e.md", "---\nstatus: gone\n---\nText.".into()).is_err());
        assert_eq!(world.read(|tx| Ok(tx.count::<Article>()?)), 5, "what is refused leaves nothing");
        let rosa = world.rosa.clone();
        assert!(world.write(move |tx| import(tx, &rosa, "a.md", "# A\n\nText.")).is_err());
        assert!(world.read(|tx| Ok(knowledge::export(tx, &world.rosa).is_err())));
    }
}
