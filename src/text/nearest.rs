//! The nearest known name to a mistyped one. Used wherever an error names what the writer probably meant.
//! Not a search: it looks at short lists of names, and says nothing rather than something far-fetched.

/// The name that is at most two edits (a third of a short word) away from `written`; the first such of the nearest.
pub fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    let allowed = match written.chars().count() {
        0 | 1 => return None,
        2..=5 => 1,
        _ => 2,
    };
    names
        .into_iter()
        .map(|name| (distance(&written, &name.to_lowercase()), name))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// The number of insertions, deletions, replacements and swaps of neighbours between two words.
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &right) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(left != right)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && left == b[j - 1] && a[i - 1] == right {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant_and_nothing_far_fetched() {
        let names = ["status", "queue", "team", "tag", "created"];
        for (written, expected) in [
            ("staus", Some("status")),
            ("STATUS", Some("status")),
            ("qeuue", Some("queue")),
            ("tam", Some("team")),
            ("craeted", Some("created")),
            ("weather", None),
            ("t", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, names), expected, "{written}");
        }
    }

    #[test]
    fn counts_edits() {
        for (a, b, edits) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("ab", "ba", 1), ("kitten", "sitting", 3), ("größe", "grösse", 2)]
        {
            assert_eq!(distance(a, b), edits, "{a} {b}");
            assert_eq!(distance(b, a), edits, "{b} {a}");
        }
    }
}
