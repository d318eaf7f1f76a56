//! Quotes in HTML: what is quoted goes into a `details` that a reader opens; answers inside stay visible. It takes HTML that was
//! cleaned by `sanitize`, which left marks for it, and makes lines of it that are judged like those of plain text.
//! Invariant: no text is left out, moved or added besides the words on the folds; the result is as well nested as the input.

use std::ops::Range;

use super::{
    Kind, judge,
    line::{Hint, Line, is_blank},
    markup,
    original::Originals,
};
use crate::text::html::{Reader, Token, VOID, decode};

/// Deeper nesting is left as it is; the sanitiser allows less.
const DEPTH_MAX: usize = 300;

/// HTML with its quotes folded. `originals`: what may have been answered, as plain text, the newest first.
pub fn fold(clean: &str, originals: &[&str]) -> String {
    let Some(tree) = Tree::read(clean) else { return clean.to_owned() };
    let judged = judge(&tree.lines, |at| tree.lines[at].words.as_ref(), &Originals::of(originals));
    if !judged.iter().any(|it| it.1) {
        return clean.to_owned();
    }
    let mut writer = Writer {
        tree: &tree,
        states: Vec::new(),
        signatures: judged.iter().map(|it| it.0 == Kind::Signature).collect(),
        out: String::with_capacity(clean.len() + 1024),
    };
    writer.states = tree.states(&judged.iter().map(|it| it.1).collect::<Vec<_>>());
    writer.children(0);
    writer.out
}

/// An element or a piece of text.
#[derive(Debug)]
struct Node<'a> {
    /// Empty for text and for the root.
    name: &'a str,
    attributes: &'a str,
    /// Text, as it stands; empty for elements.
    text: &'a str,
    /// The line that a leaf stands on.
    line: Option<usize>,
    children: Vec<usize>,
    /// The nodes of this one and all below it.
    nodes: Range<usize>,
    closed: bool,
}

/// What the leaves below a node are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No leaf at all.
    Empty,
    Shown,
    Folded,
    Mixed,
}

impl State {
    fn with(self, other: State) -> State {
        match (self, other) {
            (State::Empty, it) | (it, State::Empty) => it,
            (a, b) if a == b => a,
            _ => State::Mixed,
        }
    }
}

struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    lines: Vec<Line<'static>>,
}

/// Elements that begin and end lines.
const BLOCKS: [&str; 28] = [
    "blockquote",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
    "colgroup",
    "col",
];
/// Elements that a `details` may stand in.
const FLOWS: [&str; 10] = ["", "div", "blockquote", "td", "th", "li", "dd", "center", "details", "caption"];
/// Elements that hold nothing but elements of their own kind.
const FRAMES: [&str; 9] = ["table", "tbody", "thead", "tfoot", "tr", "ul", "ol", "dl", "colgroup"];

/// Where the reader of a document stands.
#[derive(Default)]
struct Place {
    open: Vec<usize>,
    /// The words of the line so far.
    words: String,
    /// Leaves that wait for their line.
    waiting: Vec<usize>,
    any: bool,
    line: Line<'static>,
    containers: usize,
    begins: bool,
}

impl<'a> Tree<'a> {
    /// None if it is nested too deeply.
    fn read(html: &'a str) -> Option<Tree<'a>> {
        let mut tree = Tree { nodes: vec![node("", "", "")], lines: Vec::new() };
        let mut place = Place { open: vec![0], ..Place::default() };
        // The mark of each open element, beside `open`.
        let mut marks: Vec<Context> = vec![Context::default()];
        for token in Reader::new(html) {
            match token {
                Token::Text(text) => tree.text(text, &mut place, &marks),
                Token::Open(tag) => {
                    let name = tag.name;
                    if BLOCKS.contains(&name) {
                        tree.end_line(&mut place, false);
                    }
                    let at = tree.add(node(name, tag.attributes, ""), &place);
                    let mark = tag.attribute("class").unwrap_or_default();
                    place.begins |= mark == markup::BEGINS;
                    if VOID.contains(&name) {
                        tree.void(name, at, &mut place, &marks);
                        continue;
                    }
                    if place.open.len() >= DEPTH_MAX {
                        return None;
                    }
                    let mut context = marks.last().cloned().unwrap_or_default();
                    context.enter(name, &mark, &mut place.containers);
                    place.open.push(at);
                    marks.push(context);
                }
                Token::Close(name) => {
                    if BLOCKS.contains(&name) {
                        tree.end_line(&mut place, false);
                    }
                    let Some(depth) = place.open.iter().rposition(|it| tree.nodes[*it].name == name).filter(|it| *it > 0) else { continue };
                    for at in place.open.drain(depth..) {
                        tree.nodes[at].closed = true;
                        tree.nodes[at].nodes.end = tree.nodes.len();
                    }
                    marks.truncate(depth);
                }
            }
        }
        tree.end_line(&mut place, true);
        let end = tree.nodes.len();
        place.open.iter().for_each(|it| tree.nodes[*it].nodes.end = end);
        Some(tree)
    }

    fn add(&mut self, mut node: Node<'a>, place: &Place) -> usize {
        let at = self.nodes.len();
        node.nodes = at..at + 1;
        self.nodes.push(node);
        if let Some(parent) = place.open.last() {
            self.nodes[*parent].children.push(at);
        }
        at
    }

    fn text(&mut self, text: &'a str, place: &mut Place, marks: &[Context]) {
        let at = self.add(node("", "", text), place);
        let decoded = decode(text);
        // Line ends count where the sender's own are kept.
        let kept = place.open.iter().any(|it| self.nodes[*it].name == "pre");
        place.waiting.push(at);
        if decoded.chars().all(is_blank) {
            if !decoded.is_empty() {
                place.words.push(' ');
            }
            return;
        }
        place.take(marks);
        if kept && decoded.contains('\n') {
            place.words.push_str(decoded.split('\n').find(|it| !it.trim().is_empty()).unwrap_or(""));
            return;
        }
        place.words.push_str(&decoded);
    }

    fn void(&mut self, name: &str, at: usize, place: &mut Place, marks: &[Context]) {
        place.waiting.push(at);
        match name {
            "br" => {
                place.take(marks);
                self.end_line(place, true);
            }
            "img" => {
                place.take(marks);
                place.words.push_str("[image]");
            }
            _ => {}
        }
    }

    /// Ends the line, if something stands on it; `forced` also if nothing does.
    fn end_line(&mut self, place: &mut Place, forced: bool) {
        if !place.any && (!forced || place.waiting.is_empty()) {
            place.words.clear();
            return;
        }
        let at = self.lines.len();
        let mut words = String::with_capacity(place.words.len());
        for word in place.words.split(is_blank).filter(|it| !it.is_empty()) {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        let blank = words.is_empty();
        let begins = !blank && std::mem::take(&mut place.begins);
        let hint = if begins { Hint::Begins } else { place.line.hint };
        // Some clients mark with `>` in HTML as well.
        let marked = super::line::of_text(&words);
        let (depth, words) = (place.line.depth + marked.depth, marked.words.into_owned());
        self.lines.push(Line { words: words.into(), depth, hint, ..place.line.clone() });
        for leaf in place.waiting.drain(..) {
            self.nodes[leaf].line = Some(at);
        }
        place.words.clear();
        place.any = false;
    }

    /// The state of each node, given which lines are folded.
    fn states(&self, folded: &[bool]) -> Vec<State> {
        let mut states = vec![State::Empty; self.nodes.len()];
        // Children come behind their parents.
        for at in (0..self.nodes.len()).rev() {
            let own = match self.nodes[at].line.and_then(|it| folded.get(it)) {
                Some(true) => State::Folded,
                Some(false) => State::Shown,
                None => State::Empty,
            };
            states[at] = self.nodes[at].children.iter().fold(own, |sum, it| sum.with(states[*it]));
        }
        states
    }
}

impl Place {
    /// Something stands on the line: it is where its first word is.
    fn take(&mut self, marks: &[Context]) {
        if !self.any {
            self.any = true;
            self.line = marks.last().map(Context::line).unwrap_or_default();
        }
    }
}

fn node<'a>(name: &'a str, attributes: &'a str, text: &'a str) -> Node<'a> {
    Node { name, attributes, text, line: None, children: Vec::new(), nodes: 0..0, closed: false }
}

/// What the open elements say about a line.
#[derive(Debug, Clone, Default)]
struct Context {
    depth: usize,
    container: Option<usize>,
    indented: bool,
    hint: Hint,
}

impl Context {
    fn enter(&mut self, name: &str, mark: &str, containers: &mut usize) {
        match (name, mark) {
            ("blockquote", markup::QUOTE) => self.depth += 1,
            ("blockquote", _) => self.indented = true,
            (_, markup::QUOTE) if self.container.is_none() => {
                self.container = Some(*containers);
                *containers += 1;
            }
            (_, markup::SAYS) => self.hint = Hint::Announces,
            (_, markup::SIGN) => self.hint = Hint::Signature,
            _ => {}
        }
    }

    fn line(&self) -> Line<'static> {
        Line { depth: self.depth, container: self.container, indented: self.indented, hint: self.hint, ..Line::default() }
    }
}

struct Writer<'t, 'a> {
    tree: &'t Tree<'a>,
    states: Vec<State>,
    signatures: Vec<bool>,
    out: String,
}

impl Writer<'_, '_> {
    fn tag(&mut self, at: usize) {
        let it = &self.tree.nodes[at];
        self.out.push('<');
        self.out.push_str(it.name);
        self.out.push_str(it.attributes);
        self.out.push('>');
    }

    fn end_tag(&mut self, at: usize) {
        let name = self.tree.nodes[at].name;
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// A node as it is.
    fn whole(&mut self, at: usize) {
        let tree = self.tree;
        let it = &tree.nodes[at];
        if it.name.is_empty() {
            self.out.push_str(it.text);
            return;
        }
        self.tag(at);
        it.children.iter().for_each(|it| self.whole(*it));
        if !VOID.contains(&it.name) {
            self.end_tag(at);
        }
    }

    /// The children of an element that a fold may stand in.
    fn children(&mut self, at: usize) {
        let tree = self.tree;
        let runs = self.runs(&tree.nodes[at].children);
        self.write(runs);
    }

    /// Writes pieces, those that are folded in a fold.
    fn write(&mut self, runs: Vec<(bool, Vec<Piece>)>) {
        for (folded, pieces) in runs {
            if folded && pieces.iter().any(|it| self.says(it)) {
                let only_signature = pieces.iter().all(|it| self.is_signature(it));
                self.out.push_str("<details class=\"");
                self.out.push_str(markup::FOLD);
                self.out.push_str(if only_signature { "\"><summary>Signature</summary>" } else { "\"><summary>Quoted text</summary>" });
                pieces.into_iter().for_each(|it| self.piece(it));
                self.out.push_str("</details>");
            } else {
                pieces.into_iter().for_each(|it| self.piece(it));
            }
        }
    }

    /// Whether there is a word to fold: line ends alone are left as they are.
    fn says(&self, piece: &Piece) -> bool {
        match piece {
            Piece::Node(at) => {
                let mut lines = self.tree.nodes[self.tree.nodes[*at].nodes.clone()].iter().filter_map(|it| it.line);
                lines.any(|it| self.tree.lines.get(it).is_some_and(|it| !it.is_blank()))
            }
            Piece::Part(_, inner) => inner.iter().any(|it| self.says(it)),
        }
    }

    fn is_signature(&self, piece: &Piece) -> bool {
        match piece {
            Piece::Node(at) => {
                let mut leaves = self.tree.nodes[self.tree.nodes[*at].nodes.clone()].iter().filter_map(|it| it.line);
                leaves.all(|it| self.signatures.get(it).copied().unwrap_or(false))
            }
            Piece::Part(_, inner) => inner.iter().all(|it| self.is_signature(it)),
        }
    }

    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Part(at, inner) => {
                self.tag(at);
                inner.into_iter().for_each(|it| self.piece(it));
                self.end_tag(at);
            }
            Piece::Node(at) if self.states[at] != State::Mixed => self.whole(at),
            Piece::Node(at) => {
                self.tag(at);
                if FRAMES.contains(&self.tree.nodes[at].name) {
                    self.frame(at);
                } else {
                    self.children(at);
                }
                self.end_tag(at);
            }
        }
    }

    /// A table or list: folds stand inside its cells and items.
    fn frame(&mut self, at: usize) {
        let tree = self.tree;
        for &child in &tree.nodes[at].children {
            let name = tree.nodes[child].name;
            match self.states[child] {
                State::Shown | State::Empty => self.whole(child),
                _ if name.is_empty() || VOID.contains(&name) => self.whole(child),
                _ => {
                    self.tag(child);
                    if FRAMES.contains(&name) {
                        self.frame(child);
                    } else if FLOWS.contains(&name) {
                        self.children(child);
                    } else {
                        tree.nodes[child].children.iter().for_each(|it| self.whole(*it));
                    }
                    self.end_tag(child);
                }
            }
        }
    }

    /// Neighbours that are folded or shown together. An element that no fold may stand in is taken apart.
    fn runs(&self, children: &[usize]) -> Vec<(bool, Vec<Piece>)> {
        let mut runs: Vec<(bool, Vec<Piece>)> = Vec::new();
        let mut add = |folded: bool, piece: Piece| match runs.last_mut() {
            Some((last, pieces)) if *last == folded => pieces.push(piece),
            _ => runs.push((folded, vec![piece])),
        };
        let mut last = false;
        for &child in children {
            let name = self.tree.nodes[child].name;
            match self.states[child] {
                State::Folded => last = true,
                State::Shown => last = false,
                // Nothing to see: it stays with its neighbour.
                State::Empty => {}
                State::Mixed if FLOWS.contains(&name) || FRAMES.contains(&name) => last = false,
                State::Mixed => {
                    for (folded, pieces) in self.runs(&self.tree.nodes[child].children) {
                        add(folded, Piece::Part(child, pieces));
                        last = folded;
                    }
                    continue;
                }
            }
            add(last, Piece::Node(child));
        }
        runs
    }
}

/// What is written: a node, or a part of one that is taken apart.
enum Piece {
    Node(usize),
    Part(usize, Vec<Piece>),
}

#[cfg(test)]
mod tests;
