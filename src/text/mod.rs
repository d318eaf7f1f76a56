//! Text as people write it: Markdown, HTML of mails, quotes, names of files. Pure functions over strings.

pub mod nearest;
