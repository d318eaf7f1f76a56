//! Reads a query, by recursive descent over its bytes. Words end elsewhere in a value than in a text (`10:30` is one value, `a:b` is a
//! field and a value), so letters are taken as the parser asks for them. Every refusal names the column, counted in bytes from one.
//! Bounded by `QUERY_BYTES_MAX`, `QUERY_TERMS_MAX` and `QUERY_DEPTH_MAX`.

use crate::{
    error::Refusal,
    language::{Sentence, say},
    limits::{QUERY_BYTES_MAX, QUERY_DEPTH_MAX, QUERY_TERMS_MAX},
    text::nearest::nearest,
};

use super::{
    fields::{FIELDS, Field, FieldName},
    syntax::{At, Node, Op, Query, Value, Values},
};

/// The tree of a query, or a refusal of the field `q`. An empty text asks for everything.
pub fn parse(text: &str) -> Result<Query, Refusal> {
    if text.len() > QUERY_BYTES_MAX {
        return Err(Refusal::field(
            "q",
            "too_long",
            say!("refused-query-bytes-most-taken", count = text.len(), QUERY_BYTES_MAX = QUERY_BYTES_MAX),
        ));
    }
    let mut parser = Parser { text, at: 0, terms: 0, depth: 0 };
    parser.skip_space();
    let root = if parser.rest().is_empty() { None } else { Some(parser.query()?) };
    if parser.peek() == Some(')') {
        return Err(refusal(parser.at, say!("query-close-alone")));
    }
    Ok(Query { root, length: At { from: 0, to: text.len() } })
}

/// A refusal that names the place.
pub(super) fn refusal(at: usize, what: Sentence) -> Refusal {
    Refusal::field("q", "invalid", say!("refused-column", what = what, at = at + 1))
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    terms: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Takes a mark if it stands here.
    fn take(&mut self, mark: &str) -> bool {
        let found = self.rest().starts_with(mark);
        if found {
            self.at += mark.len();
        }
        found
    }

    /// Takes a keyword if it stands here as a word of its own.
    fn take_keyword(&mut self, word: &str) -> bool {
        let found = self
            .rest()
            .strip_prefix(word)
            .is_some_and(|after| after.chars().next().is_none_or(|it| it.is_whitespace() || "()\"".contains(it)));
        if found {
            self.at += word.len();
            self.skip_space();
        }
        found
    }

    /// Whether an operand may follow: neither the end, nor a closing bracket, nor `OR`.
    fn at_operand(&mut self) -> bool {
        let before = self.at;
        let or = self.take_keyword("OR");
        self.at = before;
        !or && self.peek().is_some_and(|it| it != ')')
    }

    fn query(&mut self) -> Result<Node, Refusal> {
        let mut nodes = vec![self.and()?];
        while self.take_keyword("OR") {
            nodes.push(self.and()?);
        }
        Ok(one_or(nodes, Node::Or))
    }

    fn and(&mut self) -> Result<Node, Refusal> {
        let mut nodes = vec![self.not()?];
        while self.at_operand() {
            self.take_keyword("AND");
            nodes.push(self.not()?);
        }
        Ok(one_or(nodes, Node::And))
    }

    fn not(&mut self) -> Result<Node, Refusal> {
        let dash = self.rest().starts_with('-') && self.rest()[1..].chars().next().is_some_and(|it| !it.is_whitespace() && it != '-');
        let negated = if dash { self.take("-") } else { self.take_keyword("NOT") };
        if !negated {
            return self.term();
        }
        self.deeper()?;
        let node = self.not()?;
        self.depth -= 1;
        Ok(Node::Not(Box::new(node)))
    }

    fn deeper(&mut self) -> Result<(), Refusal> {
        self.depth += 1;
        if self.depth > QUERY_DEPTH_MAX {
            return Err(refusal(self.at, say!("query-too-deep", most = QUERY_DEPTH_MAX)));
        }
        Ok(())
    }

    fn count_term(&mut self) -> Result<(), Refusal> {
        self.terms += 1;
        if self.terms > QUERY_TERMS_MAX {
            return Err(refusal(self.at, say!("query-too-many-terms", most = QUERY_TERMS_MAX)));
        }
        Ok(())
    }

    fn term(&mut self) -> Result<Node, Refusal> {
        if !self.at_operand() || ["AND", "OR"].into_iter().any(|word| self.clone_at().take_keyword(word)) {
            return Err(refusal(self.at, say!("query-nothing-to-look-for")));
        }
        if self.take("(") {
            return self.bracketed();
        }
        self.count_term()?;
        if self.peek() == Some('"') {
            let phrase = self.phrase()?;
            self.skip_space();
            return searchable(phrase);
        }
        let from = self.at;
        let word = self.word(|letter| "()\":=<>".contains(letter), &["!="]);
        let after_word = self.at;
        self.skip_space();
        if let Some(op) = self.op() {
            let field = field_name(word, from)?;
            self.skip_space();
            let values = self.values(op)?;
            let at = At { from, to: self.at };
            self.skip_space();
            return Ok(Node::Test { field, op, values, at });
        }
        searchable(Value { text: word.to_owned(), quoted: false, at: At { from, to: after_word } })
    }

    /// A second reader at the same place, to look ahead.
    fn clone_at(&self) -> Parser<'a> {
        Parser { text: self.text, at: self.at, terms: self.terms, depth: self.depth }
    }

    fn bracketed(&mut self) -> Result<Node, Refusal> {
        let opened = self.at - 1;
        self.deeper()?;
        self.skip_space();
        let node = self.query()?;
        if !self.take(")") {
            return Err(refusal(opened, say!("query-open-alone")));
        }
        self.depth -= 1;
        self.skip_space();
        Ok(node)
    }

    /// `:` or a comparison; `:>` is taken as `>`.
    fn op(&mut self) -> Option<Op> {
        let colon = self.take(":");
        let op = [
            ("!=", Op::NotEqual),
            ("<=", Op::LessOrEqual),
            (">=", Op::GreaterOrEqual),
            ("<", Op::Less),
            (">", Op::Greater),
            ("=", Op::Equal),
        ]
        .into_iter()
        .find(|(mark, _)| self.take(mark))
        .map(|(_, op)| op);
        op.or(colon.then_some(Op::Is))
    }

    fn values(&mut self, op: Op) -> Result<Values, Refusal> {
        let from = self.at;
        if self.take("(") {
            let values = self.list(from)?;
            if !matches!(op, Op::Is | Op::Equal | Op::NotEqual) {
                return Err(refusal(from, say!("query-list-compared", sign = op.as_str())));
            }
            return Ok(Values::List(values));
        }
        let first = if self.rest().starts_with("..") { None } else { Some(self.value()?) };
        let dots = self.at;
        let values = if self.take("..") {
            let last = if self.at_value() { Some(self.value()?) } else { None };
            if first.is_none() && last.is_none() {
                return Err(refusal(from, say!("query-range-ends")));
            }
            if !matches!(op, Op::Is | Op::Equal | Op::NotEqual) {
                return Err(refusal(dots, say!("query-range-compared", sign = op.as_str())));
            }
            Values::Range(first, last)
        } else {
            // `values` begins with a value unless it begins with dots.
            first.map(Values::One).ok_or_else(|| refusal(from, say!("query-value-missing")))?
        };
        match self.peek() {
            Some(',') => Err(refusal(self.at, say!("query-list-brackets"))),
            Some(it) if it != ')' && !it.is_whitespace() => Err(refusal(self.at, say!("query-space-missing"))),
            _ => Ok(values),
        }
    }

    fn list(&mut self, opened: usize) -> Result<Vec<Value>, Refusal> {
        let mut values = Vec::new();
        loop {
            self.skip_space();
            values.push(self.value()?);
            self.count_term()?;
            self.skip_space();
            if self.take(")") {
                return Ok(values);
            }
            if self.rest().is_empty() {
                return Err(refusal(opened, say!("query-open-alone")));
            }
            if !self.take(",") {
                return Err(refusal(self.at, say!("query-comma-missing")));
            }
        }
    }

    fn at_value(&self) -> bool {
        self.peek().is_some_and(|it| !it.is_whitespace() && !"(),".contains(it))
    }

    fn value(&mut self) -> Result<Value, Refusal> {
        if self.peek() == Some('"') {
            return self.phrase();
        }
        let from = self.at;
        let text = self.word(|letter| "(),\"".contains(letter), &[".."]);
        if text.is_empty() {
            return Err(refusal(from, say!("query-value-missing")));
        }
        Ok(Value { text: text.to_owned(), quoted: false, at: At { from, to: self.at } })
    }

    /// Letters up to a space or one of the given ends.
    fn word(&mut self, ends: fn(char) -> bool, marks: &[&str]) -> &'a str {
        let rest = self.rest();
        let length = rest
            .char_indices()
            .find(|&(at, letter)| letter.is_whitespace() || ends(letter) || marks.iter().any(|mark| rest[at..].starts_with(mark)))
            .map_or(rest.len(), |(at, _)| at);
        self.at += length;
        &rest[..length]
    }

    /// A phrase; `\"` and `\\` stand for `"` and `\`, any other `\` for itself.
    fn phrase(&mut self) -> Result<Value, Refusal> {
        let from = self.at;
        self.take("\"");
        let mut text = String::new();
        let mut letters = self.rest().char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at += at + 1;
                    return Ok(Value { text, quoted: true, at: At { from, to: self.at } });
                }
                '\\' if letters.peek().is_some_and(|(_, next)| matches!(next, '"' | '\\')) => {
                    text.extend(letters.next().map(|(_, next)| next));
                }
                _ => text.push(letter),
            }
        }
        Err(refusal(from, say!("query-quote-open")))
    }
}

fn one_or(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(only) if nodes.is_empty() => only,
        last => {
            nodes.extend(last);
            many(nodes)
        }
    }
}

/// A text that holds no letter or digit would be found nowhere or everywhere; the writer is told instead.
fn searchable(value: Value) -> Result<Node, Refusal> {
    if !value.text.chars().any(char::is_alphanumeric) {
        let shown = if value.text.is_empty() { "\"\"" } else { &value.text };
        return Err(refusal(value.at.from, say!("query-no-words", text = shown)));
    }
    Ok(Node::Text(value))
}

fn field_name(word: &str, at: usize) -> Result<FieldName, Refusal> {
    if let Some(key) = word.strip_prefix("custom.") {
        if key.is_empty() {
            return Err(refusal(at, say!("query-custom-key")));
        }
        return Ok(FieldName::Custom(key.to_owned()));
    }
    if let Some(field) = Field::named(word) {
        return Ok(FieldName::Known(field));
    }
    if word.is_empty() {
        return Err(refusal(at, say!("query-field-missing")));
    }
    let names = FIELDS.iter().flat_map(|row| row.aliases.iter().chain([&row.name]).copied());
    let advice = match nearest(word, names) {
        Some(name) => say!("query-did-you-mean", name = name),
        None => say!("query-as-text"),
    };
    Err(Refusal::field("q", "unknown", say!("refused-there-no-field-column", word = word, at = at + 1, advice = advice)))
}
