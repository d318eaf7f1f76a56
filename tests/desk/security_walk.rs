//! The walk in `docs/security.md`, held against the sources: every test that its tables name is there, every item of the standard
//! stands once with a verdict, what is met says by which test or why by construction, and the sums are right.
//!
//! It reads sources and page as text and runs none of the tests that it finds. Invariant: a name means exactly one test.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Items of levels 1 and 2 in the chapters 1 to 14 of ASVS 4.0.3.
const ITEMS: [usize; 14] = [38, 53, 18, 9, 30, 13, 12, 15, 7, 5, 8, 15, 13, 23];
const VERDICTS: [&str; 3] = ["met", "not met", "does not apply"];
/// Begins the last cell of what is met and needs no test.
const BY_CONSTRUCTION: &str = "by construction: ";
/// Begins the name of a file of `tests/browser`.
const BROWSER: &str = "browser: ";
/// A reason of fewer characters is none.
const REASON_CHARS_MIN: usize = 10;
/// A name of fewer characters would be met by accident.
const NAME_CHARS_MIN: usize = 12;
/// A function is a test if one of so many lines before it says so.
const MARK_LINES: usize = 3;

/// A test of ours, and everything that stands around it: folders, file, modules.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Test {
    around: Vec<String>,
    name: String,
}

#[derive(Debug, Default)]
struct Sources {
    tests: Vec<Test>,
    /// Files of `tests/browser`.
    walks: BTreeSet<String>,
}

#[test]
fn the_walk_names_tests_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/security.md")).expect("docs/security.md is there");
    let flaws = flaws(&page, &sources(root));
    assert!(flaws.is_empty(), "docs/security.md:\n{}", flaws.join("\n"));
}

/// Everything that is wrong with the page.
fn flaws(page: &str, sources: &Sources) -> Vec<String> {
    let mut flaws = Vec::new();
    let mut walk = Vec::new();
    for (at, line) in page.lines().enumerate().filter(|(_, it)| it.starts_with('|')) {
        let told = |it: String| format!("line {}: {it}", at + 1);
        let cells = cells(line);
        flaws.extend(names(line).into_iter().filter_map(|it| trouble(it, sources)).map(told));
        if let Some(chapter) = chapter(&cells) {
            flaws.extend(row_flaws(&cells).into_iter().map(told));
            walk.push((chapter, cells));
        }
    }
    flaws.extend(count_flaws(page, &walk));
    flaws
}

fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_start_matches('|').trim_end_matches('|').split('|').map(str::trim).collect()
}

/// The chapter of an item of the walk, which begins with a number such as `4.2.1`.
fn chapter(cells: &[&str]) -> Option<usize> {
    let parts: Vec<usize> = cells.first()?.split('.').map(|it| it.parse().ok()).collect::<Option<_>>()?;
    (parts.len() == 3).then(|| parts[0])
}

/// What is quoted in a line and is the name of a test.
fn names(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).filter(|it| it.contains("::") || it.starts_with(BROWSER)).collect()
}

/// What is wrong with an item of the walk, besides names of tests.
fn row_flaws(cells: &[&str]) -> Vec<String> {
    let [number, asks, verdict, how, shown] = cells else {
        return vec![format!("{} has {} cells, not number, asks, verdict, how and shown by", cells[0], cells.len())];
    };
    let mut flaws = Vec::new();
    if asks.is_empty() || how.is_empty() {
        flaws.push(format!("{number} does not say what it asks for, or how"));
    }
    if !VERDICTS.contains(verdict) {
        flaws.push(format!("{number} is `{verdict}`; it is one of {VERDICTS:?}"));
    }
    let reason = shown.strip_prefix(BY_CONSTRUCTION);
    let is_shown = !names(shown).is_empty() || reason.is_some_and(|it| it.chars().count() >= REASON_CHARS_MIN);
    if *verdict == "met" && !is_shown {
        flaws.push(format!("{number} is met and names no test, and does not say `{BY_CONSTRUCTION}` and why"));
    }
    if *verdict != "met" && !shown.is_empty() {
        flaws.push(format!("{number} is {verdict} and is shown by something"));
    }
    flaws
}

/// Items that are missing or stand twice, and sums that are wrong.
fn count_flaws(page: &str, walk: &[(usize, Vec<&str>)]) -> Vec<String> {
    let mut flaws = Vec::new();
    let mut seen = BTreeSet::new();
    let mut sums: BTreeMap<usize, [usize; 3]> = BTreeMap::new();
    for (chapter, cells) in walk {
        if !seen.insert(cells[0]) {
            flaws.push(format!("{} stands twice", cells[0]));
        }
        if let Some(at) = cells.get(2).and_then(|verdict| VERDICTS.iter().position(|it| it == verdict)) {
            sums.entry(*chapter).or_default()[at] += 1;
        }
    }
    let mut all = [0; 3];
    for (chapter, expected) in (1..).zip(ITEMS) {
        let sum = sums.remove(&chapter).unwrap_or_default();
        if sum.iter().sum::<usize>() != expected {
            flaws.push(format!("chapter {chapter} has {} items, and the standard {expected}", sum.iter().sum::<usize>()));
        }
        all = [all[0] + sum[0], all[1] + sum[1], all[2] + sum[2]];
        flaws.extend(sum_flaw(page, &format!("V{chapter} "), sum));
    }
    flaws.extend(sums.keys().map(|it| format!("the standard has no chapter {it}")));
    flaws.extend(sum_flaw(page, "all", all));
    flaws
}

/// Whether the table of sums says something else in the row that begins so.
fn sum_flaw(page: &str, begins: &str, sum: [usize; 3]) -> Option<String> {
    let row = page.lines().find(|it| it.strip_prefix("| ").is_some_and(|it| it.starts_with(begins)));
    let said: Option<Vec<usize>> = row.and_then(|it| cells(it)[1..].iter().map(|it| it.parse().ok()).collect());
    (said.as_deref() != Some(sum.as_slice())).then(|| format!("the sums of `{}` are {sum:?}, and the page says {said:?}", begins.trim()))
}

/// Why a name does not mean exactly one test, if it does not.
fn trouble(name: &str, sources: &Sources) -> Option<String> {
    if let Some(file) = name.strip_prefix(BROWSER) {
        return (!sources.walks.contains(file)).then(|| format!("`{name}`: there is no tests/browser/{file}"));
    }
    let mut around: Vec<&str> = name.split("::").collect();
    let last = around.pop().unwrap_or_default();
    if last.chars().count() < NAME_CHARS_MIN {
        return Some(format!("`{name}`: so short a name is met by accident"));
    }
    let alike: Vec<&Test> = sources.tests.iter().filter(|it| it.name == last).collect();
    match alike.iter().filter(|it| stands_in(it, &around)).count() {
        1 => None,
        0 if alike.is_empty() => Some(format!("`{name}`: there is no such test")),
        0 => Some(format!("`{name}`: there is no such test there; there is {}", told(&alike))),
        _ => Some(format!("`{name}` means several: {}", told(&alike))),
    }
}

/// Whether these stand around the test, in this order.
fn stands_in(test: &Test, wanted: &[&str]) -> bool {
    let mut around = test.around.iter();
    wanted.iter().all(|it| around.any(|place| place == it))
}

fn told(tests: &[&Test]) -> String {
    tests.iter().map(|it| format!("{}::{}", it.around.join("::"), it.name)).collect::<Vec<_>>().join(", ")
}

fn sources(root: &Path) -> Sources {
    let mut sources = Sources::default();
    for folder in ["src", "tests"] {
        for path in files(&root.join(folder)) {
            let place = path.strip_prefix(root).unwrap_or(&path);
            if place.starts_with("tests/browser") {
                sources.walks.extend(place.file_name().map(|it| it.to_string_lossy().into_owned()));
            } else if place.extension().is_some_and(|it| it == "rs") {
                let text = fs::read_to_string(&path).unwrap_or_else(|it| panic!("reading {}: {it}", path.display()));
                sources.tests.extend(tests_in(place, &text));
            }
        }
    }
    sources
}

/// Every file below a folder, but for packages that others wrote.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|it| panic!("reading {}: {it}", folder.display())) {
        let path = entry.unwrap_or_else(|it| panic!("reading {}: {it}", folder.display())).path();
        if !path.is_dir() {
            found.push(path);
        } else if !path.ends_with("node_modules") {
            found.extend(files(&path));
        }
    }
    found
}

/// The tests of a file at this place below the root.
fn tests_in(place: &Path, source: &str) -> Vec<Test> {
    let outer: Vec<String> = place.with_extension("").iter().map(|it| it.to_string_lossy().into_owned()).collect();
    let mut inner: Vec<(usize, String)> = Vec::new();
    let mut marked = None;
    let mut found = Vec::new();
    for (at, line) in source.lines().enumerate() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        if code.starts_with('}') {
            inner.retain(|it| it.0 < indent);
        }
        if code.starts_with("#[test]") || code.starts_with("#[tokio::test") {
            marked = Some(at);
        } else if let Some(name) = after(code, "mod ").filter(|_| code.ends_with('{')) {
            inner.push((indent, name));
        } else if let Some(name) = after(code, "fn ")
            && marked.take().is_some_and(|it| at - it <= MARK_LINES)
        {
            found.push(Test { around: outer.iter().chain(inner.iter().map(|it| &it.1)).cloned().collect(), name });
        }
    }
    found
}

/// The word after a keyword with which an item begins.
fn after(code: &str, keyword: &str) -> Option<String> {
    let code = code.strip_prefix("pub ").unwrap_or(code);
    let rest = code.strip_prefix("async ").unwrap_or(code).strip_prefix(keyword)?;
    Some(rest.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect())
}

#[test]
fn tests_are_found_by_their_marks() {
    for (place, source, expected) in [
        ("src/a/b.rs", "#[test]\nfn it_is_so() {}\n", vec!["src::a::b::it_is_so"]),
        ("tests/a/main.rs", "#[tokio::test(flavor = \"multi_thread\")]\nasync fn it_is_so() {}\n", vec!["tests::a::main::it_is_so"]),
        (
            "src/a.rs",
            "mod tests {\n    proptest! {\n        #[test]\n        fn any(it: u8) {\n        }\n    }\n}\n",
            vec!["src::a::tests::any"],
        ),
        ("src/a.rs", "mod one {\n    fn x() {}\n}\n#[test]\nfn outside() {}\n", vec!["src::a::outside"]),
        ("src/a.rs", "#[test]\n#[cfg(unix)]\n// Why.\nfn near() {}\n", vec!["src::a::near"]),
        ("src/a.rs", "#[test]\n//\n//\n//\nfn far() {}\n", vec![]),
        ("src/a.rs", "fn plain() {}\n// #[test]\nfn commented() {}\n", vec![]),
        ("src/a.rs", "#[test]\nfn first() {}\nfn second() {}\n", vec!["src::a::first"]),
    ] {
        let found = tests_in(Path::new(place), source);
        assert_eq!(found.iter().map(|it| told(&[it])).collect::<Vec<_>>(), expected, "{source}");
    }
}

/// A page whose sums are right for an empty walk is still told about its missing items, so those are left out here.
fn flaws_of_rows(rows: &str) -> Vec<String> {
    let long = "#[test]\nfn a_name_that_is_long_enough() {}\n";
    let mut sources = Sources { walks: BTreeSet::from(["accounts.mjs".to_owned()]), ..Sources::default() };
    for place in ["src/one/tests.rs", "src/two.rs", "tests/doors/two.rs"] {
        sources.tests.extend(tests_in(Path::new(place), long));
    }
    sources.tests.extend(tests_in(Path::new("src/one.rs"), "#[test]\nfn short() {}\n"));
    flaws(rows, &sources).into_iter().filter(|it| !it.contains("the sums of") && !it.contains("and the standard")).collect()
}

#[test]
fn a_row_that_shows_nothing_is_told() {
    for (rows, expected) in [
        ("| 1.1.1 | a | met | b | `one::a_name_that_is_long_enough` |", None),
        ("| 1.1.1 | a | met | b | `one::tests::a_name_that_is_long_enough`, `browser: accounts.mjs` |", None),
        ("| 1.1.1 | a | met | b | by construction: there is no way to do it |", None),
        ("| 1.1.1 | a | not met | b | |", None),
        ("| 1.1.1 | a | does not apply | b | |", None),
        ("No table: `one::no_such_test_is_there`.", None),
        ("| where | `one::no_such_test_is_there` |", Some("no such test")),
        ("| 1.1.1 | a | met | b | `one::no_such_test_is_there` |", Some("no such test")),
        ("| 1.1.1 | a | met | b | `three::a_name_that_is_long_enough` |", Some("no such test there")),
        ("| 1.1.1 | a | met | b | `tests::one::a_name_that_is_long_enough` |", Some("no such test there")),
        ("| 1.1.1 | a | met | b | `two::a_name_that_is_long_enough` |", Some("means several")),
        ("| 1.1.1 | a | met | b | `one::short` |", Some("by accident")),
        ("| 1.1.1 | a | met | b | `browser: nothing.mjs` |", Some("no tests/browser/nothing.mjs")),
        ("| 1.1.1 | a | met | b | |", Some("names no test")),
        ("| 1.1.1 | a | met | b | `a_name_without_a_place` |", Some("names no test")),
        ("| 1.1.1 | a | met | b | by construction: so |", Some("names no test")),
        ("| 1.1.1 | a | not met | b | `one::a_name_that_is_long_enough` |", Some("is shown by something")),
        ("| 1.1.1 | a | nearly | b | |", Some("it is one of")),
        ("| 1.1.1 | a | not met | | |", Some("or how")),
        ("| 1.1.1 | a | not met | b |", Some("4 cells")),
        ("| 1.1.1 | a | not met | b | |\n| 1.1.1 | a | not met | b | |", Some("stands twice")),
        ("| 15.1.1 | a | not met | b | |", Some("no chapter 15")),
    ] {
        let found = flaws_of_rows(rows);
        match expected {
            None => assert!(found.is_empty(), "{rows}: {found:?}"),
            Some(it) => assert!(found.iter().any(|flaw| flaw.contains(it)), "{rows}: {found:?}"),
        }
    }
}

#[test]
fn items_and_sums_are_counted() {
    let row = "| 10.2.1 | a | not met | b | |\n";
    for (page, expected, is_told) in [
        (row.to_owned(), "chapter 10 has 1 items, and the standard 5", true),
        (row.to_owned(), "the sums of `V10` are [0, 1, 0], and the page says None", true),
        (format!("| V10 Code | 0 | 2 | 0 |\n{row}"), "the sums of `V10` are [0, 1, 0], and the page says Some([0, 2, 0])", true),
        (format!("| V10 Code | 0 | 1 | 0 |\n| all | 0 | 1 | 0 |\n{row}"), "the sums of `V10`", false),
        (format!("| V10 Code | 0 | 1 | 0 |\n| all | 0 | 1 | 0 |\n{row}"), "the sums of `all`", false),
    ] {
        let found = flaws(&page, &Sources::default());
        assert_eq!(found.iter().any(|it| it.contains(expected)), is_told, "{page}: {found:?}");
    }
}
