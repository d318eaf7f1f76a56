//! What differs between two texts, line by line.

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Stayed,
    Added,
    Removed,
}

/// A line of either text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    pub fate: Fate,
    pub text: &'a str,
}

/// Pairs of lines that are compared at most; beyond that, what lies between the common beginning and end counts as written anew.
const PAIRS_MAX: usize = 4_000_000;

/// The lines of both, in order: what was removed stands before what took its place.
pub fn lines<'a>(before: &'a str, after: &'a str) -> Vec<Line<'a>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let (was, is) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let line = |fate| move |text: &&'a str| Line { fate, text };
    let mut found: Vec<Line<'a>> = old[..head].iter().map(line(Fate::Stayed)).collect();
    if was.len().saturating_mul(is.len()) > PAIRS_MAX {
        found.extend(was.iter().map(line(Fate::Removed)));
        found.extend(is.iter().map(line(Fate::Added)));
    } else {
        found.extend(compared(was, is));
    }
    found.extend(old[old.len() - tail..].iter().map(line(Fate::Stayed)));
    found
}

/// By the longest run of lines that both have in the same order.
fn compared<'a>(was: &[&'a str], is: &[&'a str]) -> Vec<Line<'a>> {
    let width = is.len() + 1;
    // How long that run is from here on, for each pair of places.
    let mut common = vec![0u32; (was.len() + 1) * width];
    for i in (0..was.len()).rev() {
        for j in (0..is.len()).rev() {
            common[i * width + j] = if was[i] == is[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::with_capacity(was.len() + is.len()));
    while i < was.len() || j < is.len() {
        if i < was.len() && j < is.len() && was[i] == is[j] {
            found.push(Line { fate: Fate::Stayed, text: was[i] });
            i += 1;
            j += 1;
        } else if j == is.len() || (i < was.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]) {
            found.push(Line { fate: Fate::Removed, text: was[i] });
            i += 1;
        } else {
            found.push(Line { fate: Fate::Added, text: is[j] });
            j += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &str, after: &str) -> String {
        let sign = |it: &Line<'_>| match it.fate {
            Fate::Stayed => ' ',
            Fate::Added => '+',
            Fate::Removed => '-',
        };
        lines(before, after).iter().map(|it| format!("{}{}", sign(it), it.text)).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn what_stayed_came_and_went() {
        for (before, after, expected) in [
            ("", "", ""),
            ("a\nb", "a\nb", " a| b"),
            ("", "a", "+a"),
            ("a", "", "-a"),
            ("a\nb\nc", "a\nx\nc", " a|-b|+x| c"),
            ("a\nb\nc\nd", "b\nd\ne", "-a| b|-c| d|+e"),
            ("a\na", "a", " a|-a"),
            ("one\r\ntwo", "one\ntwo", " one| two"),
        ] {
            assert_eq!(told(before, after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn each_text_can_be_read_out_of_the_difference() {
        let (before, after) = ("a\nb\nc\na\nb\nb\na", "c\nb\na\nb\na\nc");
        let of = |gone: Fate| lines(before, after).iter().filter(|it| it.fate != gone).map(|it| it.text).collect::<Vec<_>>().join("\n");
        assert_eq!((of(Fate::Added), of(Fate::Removed)), (before.to_owned(), after.to_owned()));
    }

    #[test]
    fn long_texts_end_soon() {
        let text = |sign: &str| (0..5000).map(|it| format!("{sign}{it}\n")).collect::<String>();
        let (before, after) = (text("a"), text("b"));
        assert_eq!(lines(&before, &after).len(), 10_000);
    }
}
