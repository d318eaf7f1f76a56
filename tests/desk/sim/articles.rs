//! The knowledge base among everything else that happens: articles are written, changed, published, brought back and deleted, files come and
//! go. What an article says is always its newest revision, an address leads to one article, and nothing is left of one that is gone.

use std::collections::BTreeSet;

use lodge::{
    desk::{
        Tx,
        actor::Actor,
        knowledge::{self, Article, ArticleChange, ArticleFile, Readership, Revision, State, by_slug},
        permission::Permission,
    },
    error::{Code, Result},
    id::ArticleId,
};
use rand::{Rng, seq::IndexedRandom};

use super::{
    acts::{Act, Stage, file, person},
    model::{self, Told},
};

/// Few, so that acts meet.
const ARTICLES: usize = 12;

/// What becomes of somebody who changes this article, before anything else is looked at.
fn refused(actor: &Actor, it: &Article) -> Option<Code> {
    let writes = actor.may(Permission::KnowledgeWrite);
    let reads = it.state == State::Published && (actor.may(Permission::PortalUse) || actor.may(Permission::TicketsRead));
    match () {
        () if !writes && !reads => Some(Code::NotFound),
        () if !writes => Some(Code::Forbidden),
        () => None,
    }
}

/// The same where readers may see what is changed.
fn refused_if_published(actor: &Actor, it: &Article) -> Option<Code> {
    let publishes = actor.may(Permission::KnowledgePublish);
    refused(actor, it).or((it.is_published() && !publishes).then_some(Code::Forbidden))
}

impl Stage<'_> {
    /// Somebody writes, or does something to what is written.
    pub fn write_article(&mut self) -> Act {
        let (who, complaints) = (self.who(), self.complaints.clone());
        let (what, nth, word) = (self.rng.random_range(0..12), self.rng.random::<u32>() as usize, self.rng.random_range(0..4));
        let (new, state) = (file(self.rng), *State::ALL.choose(self.rng).expect("states"));
        Box::new(move |tx| {
            let me = person(tx, who)?;
            let actor = model::actor(&me);
            let all = tx.scan::<Article>(&())?.collect::<Result<Vec<_>, _>>()?;
            let publishes = actor.may(Permission::KnowledgePublish);
            let change = ArticleChange {
                title: Some(format!("How to {word}")),
                content: Some(format!("Do it {nth}.")),
                slug: (what % 2 == 0).then(|| format!("way-{}", nth % 5)),
                ..ArticleChange::default()
            };
            if all.is_empty() || (what < 3 && all.len() < ARTICLES) {
                let wanted = (!actor.may(Permission::KnowledgeWrite)).then_some(Code::Forbidden);
                let got = knowledge::create(tx, &actor, ArticleChange { slug: None, ..change });
                complaints.judge("write an article", wanted, &got);
                return got.map(|_| Told::default());
            }
            let it = all[nth % all.len()].clone();
            match what {
                0..5 => {
                    let is_taken =
                        change.slug.as_ref().is_some_and(|slug| all.iter().any(|other| other.id != it.id && other.slug == *slug));
                    let wanted = refused_if_published(&actor, &it).or(is_taken.then_some(Code::Validation));
                    let got = knowledge::change(tx, &actor, it.id, None, change);
                    complaints.judge("change an article", wanted, &got);
                    got.map(drop)
                }
                5..7 => {
                    let wanted = refused(&actor, &it).or(match (it.state, state) {
                        (before, after) if before == after => None,
                        (State::Published, _) | (_, State::Published) if !publishes => Some(Code::Forbidden),
                        (State::Published | State::Archived, State::Review) => Some(Code::Conflict),
                        _ => None,
                    });
                    let got = knowledge::settle(tx, &actor, it.id, None, state);
                    complaints.judge("move an article", wanted, &got);
                    got.map(drop)
                }
                7 => {
                    let got = knowledge::add_files(tx, &actor, it.id, vec![new]);
                    complaints.judge("add a picture", refused_if_published(&actor, &it), &got);
                    got.map(drop)
                }
                8 => match knowledge::files(tx, it.id)?.first() {
                    Some(file) => {
                        let got = knowledge::remove_file(tx, &actor, it.id, file.id);
                        complaints.judge("take a picture off", refused_if_published(&actor, &it), &got);
                        got.map(drop)
                    }
                    None => Ok(()),
                },
                9 => {
                    let got = knowledge::restore(tx, &actor, it.id, 1);
                    complaints.judge("restore an article", refused_if_published(&actor, &it), &got);
                    got.map(drop)
                }
                _ => {
                    let once = it.published_at.is_some() && !publishes;
                    let got = knowledge::delete(tx, &actor, it.id);
                    complaints.judge("delete an article", refused(&actor, &it).or(once.then_some(Code::Forbidden)), &got);
                    got.map(drop)
                }
            }?;
            Ok(Told::default())
        })
    }
}

/// What holds of the knowledge base whatever happened.
pub fn check(tx: &Tx) {
    let all: Vec<Article> = tx.scan::<Article>(&()).unwrap().map(|it| it.unwrap()).collect();
    let ids: BTreeSet<ArticleId> = all.iter().map(|it| it.id).collect();
    let readers = Readership::of(tx, Some(&Actor::system("test"))).unwrap();
    for it in &all {
        let said: Vec<Revision> = tx.scan::<Revision>(&it.id).unwrap().map(|it| it.unwrap()).collect();
        let current: Vec<u64> = said.iter().filter(|it| it.current).map(|it| it.number).collect();
        assert_eq!(current, [it.revision], "what {} says", it.slug);
        assert_eq!(said.iter().map(|it| it.number).max(), Some(it.revision), "the newest of {}", it.slug);
        assert_eq!(by_slug(tx, &readers, &it.slug).unwrap().0.id, it.id, "the address of {}", it.slug);
        let files = knowledge::files(tx, it.id).unwrap();
        let names: BTreeSet<&str> = files.iter().map(|it| it.filename.as_str()).collect();
        assert_eq!(names.len(), files.len(), "names of files of {}", it.slug);
    }
    let strays = tx.scan::<Revision>(&()).unwrap().map(|it| it.unwrap().article);
    let strays = strays.chain(tx.scan::<ArticleFile>(&()).unwrap().map(|it| it.unwrap().article));
    assert_eq!(strays.filter(|it| !ids.contains(it)).count(), 0, "what is left of articles that are gone");
}
