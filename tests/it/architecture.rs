//! The floors of DESIGN section 3: every path of the crate in every file, outside comments and strings.

mod paths;

use paths::{Import, imports, without_comments};
use placet_tests::sources::{Source, sources};

/// The files of the library `placet`.
fn kernel() -> Vec<Source> {
    sources("src")
}

/// The floor of a top module of the crate.
const FLOORS: &[(&str, u8)] = &[
    ("name", 0),
    ("identity", 1),
    ("consent", 2),
    ("contact", 3),
    ("signal", 3),
    ("event", 3),
    ("wire", 3),
    ("journey", 4),
    ("decide", 5),
    ("desk", 6),
    ("book", 7),
    ("interop", 8),
    ("testing", 8),
];

/// Who may import whom on one floor.
const NEIGHBOURS: &[(&str, &str)] = &[
    ("contact", "event"),
    ("contact", "signal"),
    ("wire", "contact"),
    ("wire", "event"),
    ("wire", "signal"),
];

/// Names that `lib.rs` re-exports, by the module that they come from, for paths such as `crate::Reason`.
fn home_of(name: &str, lib: &str) -> Option<String> {
    let lib = without_comments(lib);
    let exports = lib.split(';').filter_map(|line| line.trim().strip_prefix("pub use "));
    exports.filter_map(|line| line.split_once("::")).find_map(|(module, names)| {
        let mut names = names.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        names.any(|other| other == name).then(|| module.to_owned())
    })
}

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

/// The imports of one file that the floors forbid, each as a sentence.
fn faults(path: &str, text: &str, lib: &str) -> Vec<String> {
    let own = path.split(['/', '.']).next().unwrap();
    let Some(here) = floor(own) else {
        return vec![format!("src/{path}: this file stands on no floor")];
    };
    let mut faults = Vec::new();
    for Import { line, path: import } in imports(path, text) {
        let first = import.split("::").next().unwrap();
        let home = if floor(first).is_some() { Some(first.to_owned()) } else { home_of(first, lib) };
        let Some(there) = home.as_deref().and_then(floor) else {
            faults.push(format!("src/{path}:{line}: `crate::{import}` stands on no floor"));
            continue;
        };
        let home = home.unwrap();
        let neighbours = home == own || NEIGHBOURS.contains(&(own, home.as_str()));
        if there > here || (there == here && !neighbours) {
            faults
                .push(format!("src/{path}:{line}: floor {here} imports `crate::{import}` of floor {there}"));
        }
    }
    faults
}

fn lib() -> String {
    kernel().into_iter().find(|file| file.path == "lib.rs").unwrap().text
}

#[test]
fn no_file_imports_a_higher_floor() {
    let lib = lib();
    let files = kernel();
    let mut found = 0;
    let mut all = Vec::new();
    for file in files.iter().filter(|file| file.path != "lib.rs") {
        found += imports(&file.path, &file.text).len();
        all.extend(faults(&file.path, &file.text, &lib));
    }
    assert_eq!(all.join("\n"), "");
    assert!(found > 150, "only {found} paths were found: does the reader still read?");
}

#[test]
fn every_neighbour_is_needed() {
    let files = kernel();
    for (own, other) in NEIGHBOURS {
        let of_own = files.iter().filter(|file| file.path.split(['/', '.']).next() == Some(own));
        let mut paths = of_own.flat_map(|file| imports(&file.path, &file.text));
        assert!(
            paths.any(|import| import.path.split("::").next() == Some(other)),
            "{own} imports {other} no more"
        );
    }
}

#[test]
fn an_import_upward_is_caught() {
    let lib = "pub use consent::{Act, Reason};\npub use journey::Journey;\npub use book::Book;";
    let caught = |path: &str, text: &str| faults(path, text, lib).join("\n");
    let upward = [
        (
            "consent.rs",
            "use crate::journey::Journey;",
            "src/consent.rs:1: floor 2 imports `crate::journey::Journey` of floor 4",
        ),
        (
            "consent/row.rs",
            "\nuse crate::{name::Name, book::{Book, Outbox as Box}};",
            "src/consent/row.rs:2: floor 2 imports `crate::book::Book` of floor 7\nsrc/consent/row.rs:2: floor 2 imports `crate::book::Outbox` of floor 7",
        ),
        (
            "name/checked.rs",
            "fn f() { super::super::consent::act(); }",
            "src/name/checked.rs:1: floor 0 imports `crate::consent::act` of floor 2",
        ),
        (
            "identity.rs",
            "use super::consent;",
            "src/identity.rs:1: floor 1 imports `crate::consent` of floor 2",
        ),
        (
            "contact/entry.rs",
            "fn f(j: &crate :: Journey) {}",
            "src/contact/entry.rs:1: floor 3 imports `crate::Journey` of floor 4",
        ),
        (
            "signal.rs",
            "pub(in crate::book) fn f() {}",
            "src/signal.rs:1: floor 3 imports `crate::book` of floor 7",
        ),
        (
            "signal.rs",
            "use crate::event::Event;",
            "src/signal.rs:1: floor 3 imports `crate::event::Event` of floor 3",
        ),
        ("consent.rs", "use crate::*;", "src/consent.rs:1: `crate::*` stands on no floor"),
        ("upstairs.rs", "", "src/upstairs.rs: this file stands on no floor"),
    ];
    for (path, text, fault) in upward {
        assert_eq!(caught(path, text), fault);
    }
    let fine = [
        (
            "consent.rs",
            "// use crate::journey::Journey;\n/* crate::decide /* nested */ crate::book */ let s = \"crate::decide\";",
        ),
        (
            "consent.rs",
            "let s = r#\"use crate::engine \" \"#; let c = '\"'; use crate::name::Name; let l: &'static str;",
        ),
        (
            "decide/ask.rs",
            "use super::trace::Trace; use crate::journey::{Journey, self}; mod t { use super::Answer; }",
        ),
        ("consent/permit.rs", "use crate::name::Name; fn f() -> crate::Reason {}"),
        ("name/checked.rs", "macro_rules! m { ($x:ident) => { $crate::name::Name } }"),
    ];
    for (path, text) in fine {
        assert_eq!(caught(path, text), "");
    }
}

/// The kernel can be read in one sitting, and nobody else makes a permit.
#[test]
fn one_file_makes_permits() {
    let mut literals = Vec::new();
    for file in kernel() {
        let text = without_comments(&file.text);
        if file.path == "consent/permit.rs" {
            assert!(file.text.lines().count() < 200, "permit.rs must stay under 200 lines");
        }
        let words = text
            .split_inclusive('{')
            .filter(|part| part.trim_end_matches('{').trim_end().ends_with("Permit"));
        let made = words.filter(|part| {
            let word = part.trim_end_matches('{').trim_end();
            !word.ends_with("struct Permit") && !word.ends_with("impl Permit") && !word.ends_with("-> Permit")
        });
        literals.extend(made.map(|_| file.path.clone()));
    }
    assert_eq!(literals, ["consent/permit.rs"]);
}

#[test]
fn nothing_unsafe_nothing_long() {
    for folder in ["src", "crates/lab/src"] {
        for file in sources(folder) {
            let text = without_comments(&file.text);
            let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            assert!(!words.any(|word| word == "unsafe"), "{folder}/{} is unsafe", file.path);
            let lines = file.text.lines().count();
            assert!(
                lines < 470,
                "{folder}/{} has {lines} lines: nobody reads that in one sitting",
                file.path
            );
        }
    }
}

/// The lab is another crate, so that the compiler shows it what is public and nothing else. There is no back door: what is
/// public is in the docs.
#[test]
fn nothing_public_is_hidden() {
    for file in kernel() {
        assert!(!without_comments(&file.text).contains("doc(hidden)"), "src/{} hides something", file.path);
    }
    let imports: usize = sources("crates/lab/src")
        .iter()
        .map(|file| without_comments(&file.text).matches("use placet::").count())
        .sum();
    assert!(imports > 40, "the lab imports `placet` by its name: {imports}");
}

#[test]
fn lib_rs_is_a_map_that_forbids_unsafe_code() {
    let text = without_comments(&lib());
    let text = text.trim_start().strip_prefix("#![forbid(unsafe_code)]").expect("unsafe code is forbidden");
    for item in text.split(';').map(str::trim).filter(|item| !item.is_empty()) {
        // What stands behind a feature is no less of a map.
        let item = item
            .strip_prefix("#[cfg(feature =")
            .and_then(|item| item.split_once(")]"))
            .map_or(item, |(_, item)| item.trim());
        // A module that only gathers what others say by subject is a map, too.
        let item = item.trim_start_matches('}').trim();
        let gathers = item.starts_with("pub mod ") && item.contains("pub use ");
        let re_export =
            ["mod ", "pub mod ", "pub use ", "#[cfg(doctest)]"].iter().any(|begin| item.starts_with(begin));
        let plain = item.starts_with("pub use ") || !item.contains('{');
        assert!(item.is_empty() || re_export && (plain || gathers), "lib.rs holds `{item}`");
    }
}
