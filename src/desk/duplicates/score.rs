//! How much two tickets are alike, from 0 to 1: pieces of three letters of their titles, the words of both by how rare they are among
//! recent tickets (TF-IDF), and whether their requesters sit together. Pure: it follows from the two and from the window alone.

use super::{
    text::{self, Features, Mark},
    window::{Entry, Window},
};
use crate::{
    desk::tickets::{Kind, Ticket},
    id::{DepartmentId, OrganizationId, TicketId},
};

/// A ticket, or what may become one, for which others are sought.
#[derive(Debug, Clone)]
pub struct Probe {
    pub kind: Kind,
    pub features: Features,
    pub organization: Option<OrganizationId>,
    pub department: Option<DepartmentId>,
    /// It is not like itself.
    pub except: Option<TicketId>,
}

impl Probe {
    pub fn of_ticket(it: &Ticket) -> Probe {
        Probe {
            kind: it.kind,
            features: text::features(&it.title, &it.description),
            organization: it.organization,
            department: it.department,
            except: Some(it.id),
        }
    }
}

/// From here two tickets are shown as alike.
pub const THRESHOLD: f32 = 0.5;
/// From here they are so alike that one may be put to the other without a person.
pub const SURE: f32 = 0.65;

/// What the titles weigh, and the words, where there are both.
const TITLE: f32 = 0.5;
const WORDS: f32 = 0.42;
/// Where the words are so alike that the titles need not be.
const WORDS_ALONE: f32 = 0.92;
/// Where one of the two says no more than its title, the title must do.
const TITLE_ALONE: f32 = 0.9;
const SAME_DEPARTMENT: f32 = 0.08;
const SAME_ORGANIZATION: f32 = 0.04;
/// Two numbers in titles that differ are two things: PRN-0431 is not PRN-0977.
const OTHER_CODES: f32 = 0.55;
/// People ask for the same things in the same words without meaning the same thing.
const REQUESTS: f32 = 0.85;

/// How alike they are.
pub fn score(window: &Window, probe: &Probe, entry: &Entry) -> f32 {
    let (a, b) = (&probe.features, &entry.features);
    let title = dice(&a.pieces, &b.pieces);
    let words = cosine(window, &a.words, &b.words);
    let are_requests = probe.kind == Kind::Request && entry.kind == Kind::Request;
    let mut score = match (a.pieces.is_empty() || b.pieces.is_empty(), a.has_text && b.has_text) {
        // A title that names nothing, such as `Help!`, says nothing either way.
        (true, true) => WORDS_ALONE * words,
        (true, false) => 0.0,
        // Who says the same at length says the same, whatever they call it.
        (false, true) if are_requests => TITLE * title + WORDS * words,
        (false, true) => (TITLE * title + WORDS * words).max(WORDS_ALONE * words),
        (false, false) => TITLE_ALONE * title,
    };
    let has = |it: &Features| !it.codes.is_empty();
    if has(a) && has(b) && !a.codes.iter().any(|it| b.codes.binary_search(it).is_ok()) {
        score *= OTHER_CODES;
    }
    if are_requests {
        score *= REQUESTS;
    }
    // Sitting together makes what is alike more so, and nothing else alike.
    if score >= THRESHOLD / 2.0 {
        if probe.department.is_some() && probe.department == entry.department {
            score += SAME_DEPARTMENT;
        } else if probe.organization.is_some() && probe.organization == entry.organization {
            score += SAME_ORGANIZATION;
        }
    }
    score.min(1.0)
}

/// Twice what is common, of all there is; both ascending.
fn dice(a: &[Mark], b: &[Mark]) -> f32 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let common = a.iter().filter(|it| b.binary_search(it).is_ok()).count();
    2.0 * common as f32 / (a.len() + b.len()) as f32
}

/// How much a word tells that stands in so many of the tickets. Where there are few tickets, rare and common are not told apart much.
pub(super) fn rarity(tickets: usize, with_it: usize) -> f32 {
    let all = tickets as f32 + 20.0;
    (1.0 + all / (with_it as f32 + 1.0)).ln()
}

/// The cosine of two texts as vectors of words, each worth what its rarity and (slowly) its count make of it.
fn cosine(window: &Window, a: &[(Mark, u16)], b: &[(Mark, u16)]) -> f32 {
    let weight = |(word, count): &(Mark, u16)| (1.0 + f32::from(*count).ln()) * rarity(window.len(), window.frequency(*word));
    let length = |list: &[(Mark, u16)]| list.iter().map(|it| weight(it).powi(2)).sum::<f32>().sqrt();
    let lengths = length(a) * length(b);
    if lengths <= f32::EPSILON {
        return 0.0;
    }
    let theirs = |word: Mark| b.binary_search_by_key(&word, |it| it.0).ok().map(|at| weight(&b[at]));
    let common: f32 = a.iter().filter_map(|it| theirs(it.0).map(|other| other * weight(it))).sum();
    common / lengths
}
