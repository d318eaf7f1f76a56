//! The process that takes one file apart: it gives up all that it does not need, reads the file from its input, answers on its output and
//! ends. It may end badly: nothing of it is believed then.

use std::{
    io::{Read, Write},
    process::ExitCode,
    time::{Duration, Instant},
};

use super::{Made, Sort, confine, frame, office, pdf, picture};
use crate::{
    limits::{PREVIEW_BYTES_MAX, PREVIEW_CPU_SECS, PREVIEW_TEXT_BYTES_MAX},
    mail::{charset, tnef::rtf},
    text::plain,
};

/// Runs it.
pub fn run(pictures: bool) -> ExitCode {
    if confine::confine().is_err() {
        return ExitCode::FAILURE;
    }
    let mut bytes = Vec::new();
    if std::io::stdin().lock().take(PREVIEW_BYTES_MAX + 1).read_to_end(&mut bytes).is_err() {
        return ExitCode::FAILURE;
    }
    let made = if bytes.len() as u64 > PREVIEW_BYTES_MAX { Made::default() } else { take_apart(bytes, pictures) };
    let mut out = std::io::stdout().lock();
    match out.write_all(&frame::encode(&made)).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// What the bytes give.
fn take_apart(bytes: Vec<u8>, pictures: bool) -> Made {
    match Sort::of(&bytes) {
        Some(Sort::Picture) if pictures => picture::made(&bytes),
        Some(Sort::Pdf) => pdf::made(bytes, pictures),
        Some(Sort::Office) => office::made(&bytes, pictures),
        Some(Sort::Text) if bytes.starts_with(RICH_TEXT) => rich_text(&bytes),
        Some(Sort::Text) => text_of(charset::decode(&bytes, None).text),
        Some(Sort::Markup) => text_of(plain::from_html(&charset::decode(&bytes, None).text)),
        Some(Sort::Picture) | None => Made::default(),
    }
}

/// What a document in the Rich Text Format begins with.
const RICH_TEXT: &[u8] = b"{\\rtf";

fn rich_text(bytes: &[u8]) -> Made {
    let document = rtf::read(bytes);
    text_of(if document.is_html { plain::from_html(&document.text) } else { document.text })
}

fn text_of(text: String) -> Made {
    let mut words = Words::default();
    words.push(&text);
    Made { text: words.whole(), ..Made::default() }
}

/// Text as it is gathered: bounded in size and in time, without what nobody can read.
pub struct Words {
    text: String,
    until: Instant,
}

impl Default for Words {
    fn default() -> Self {
        // What was gathered by then is worth more than all of it a second before the end.
        Words { text: String::new(), until: Instant::now() + Duration::from_secs(PREVIEW_CPU_SECS / 3) }
    }
}

impl Words {
    /// Whether nothing more is taken.
    pub fn is_full(&self) -> bool {
        self.text.len() >= PREVIEW_TEXT_BYTES_MAX || Instant::now() >= self.until
    }

    pub fn push(&mut self, text: &str) {
        for it in text.chars() {
            let it = if it.is_control() && it != '\n' { ' ' } else { it };
            if self.text.len() + it.len_utf8() > PREVIEW_TEXT_BYTES_MAX {
                return;
            }
            // One space says as much as many.
            if !(it == ' ' && self.text.ends_with([' ', '\n'])) {
                self.text.push(it);
            }
        }
    }

    /// What comes next stands apart.
    pub fn space(&mut self) {
        if !self.text.is_empty() {
            self.push(" ");
        }
    }

    pub fn line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.push("\n");
        }
    }

    /// All of it; none if there is nothing to read.
    pub fn whole(self) -> Option<String> {
        let text = self.text.trim();
        text.chars().any(char::is_alphanumeric).then(|| text.to_owned())
    }
}

#[cfg(test)]
mod tests;
