//! How a back-test is shown: as data, in the terminal and as a page.

use super::{ada_who_likes, entry, journeys, second, signal};
use crate::support::{facebook, grant, name};
use placet::{Identity, Journey, JourneySpec, channel::EMAIL, entry::Body, name::Name, purpose::NEWSLETTER};
use placet_lab::{Backtest, Recording};

/// Three contacts through three journeys, with something in every table.
fn backtest() -> Backtest {
    let (eve, card) = (Identity::email("eve@example.org").unwrap(), Identity::of_kind("card", "7").unwrap());
    let day = 86_400;
    let lines = vec![
        entry("eve", Body::Opened(eve.clone().into())),
        entry("eve", Body::Act(grant("a-1", NEWSLETTER.by(EMAIL), eve.clone(), second(10)).into())),
        signal("eve", "s-1", &eve, "newsletter-signup", second(20), second(20)),
        signal("eve", "s-2", &eve, "purchase", second(2 * day), second(2 * day)),
        signal("eve", "s-3", &eve, "recommendation", second(3 * day), second(3 * day)),
        signal("eve", "s-4", &facebook(), "like", second(4 * day), second(4 * day)),
        signal("eve", "s-5", &eve, "campaign", second(4 * day), second(4 * day)),
        entry("zoe", Body::Opened(card.clone().into())),
        signal("zoe", "s-1", &card, "purchase", second(5 * day), second(5 * day)),
    ];
    Backtest::of(&journeys(), &Recording::of([ada_who_likes(), lines].concat()).unwrap(), |_| {})
}

/// Compares with a golden file; `PLACET_BLESS=1` writes it.
fn golden(file: &str, found: &str) {
    let path = placet_tests::project().join("crates/lab/tests/it/golden").join(file);
    if std::env::var_os("PLACET_BLESS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{file} is not what is shown; run with PLACET_BLESS=1 and look at the change");
}

#[test]
fn in_the_terminal_as_data_and_as_a_page() {
    let backtest = backtest();
    golden("backtest.txt", &backtest.to_string());
    golden("backtest.json", &(serde_json::to_string_pretty(&backtest).unwrap() + "\n"));
    golden("backtest.html", &backtest.page(&[]));
}

#[test]
fn nothing_changes_is_said() {
    let journey = Journey::reference().unwrap();
    let same = Backtest::of(&[journey.clone(), journey], &Recording::of(ada_who_likes()).unwrap(), |_| {});
    assert!(same.to_string().ends_with("\nreference-2013 changes nothing for anybody\n"), "{same}");
    assert!(same.page(&[]).contains("<p>reference-2013 changes nothing for anybody</p>"));
    let nothing = Backtest::default();
    assert_eq!(nothing.to_string(), "back-test of no journey\n");
}

/// The page loads nothing, runs nothing, and every tag that is opened is closed.
#[test]
fn the_page_is_self_contained_and_well_formed() {
    let page = backtest().page(&journeys());
    assert!(journeys().iter().all(|journey| page.contains(&placet_lab::draw::svg(journey))));
    // The name of a name space is no address that is loaded.
    let page = page.replace(" xmlns=\"http://www.w3.org/2000/svg\"", "");
    for outside in ["<script", "http:", "https:", "url(", "@import", "<link", "<img", "onload", "src="] {
        assert!(!page.contains(outside), "{outside}");
    }
    let mut open = Vec::new();
    for tag in page.split('<').skip(1) {
        let name: String =
            tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/' || *c == '!').collect();
        match name.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop().as_deref(), Some(closed)),
            None if name.starts_with('!')
                || name == "meta"
                || tag.split('>').next().unwrap().ends_with('/') => {}
            None => open.push(name),
        }
    }
    assert_eq!(open, Vec::<String>::new());
}

/// Nothing that a page shows can hold markup: every word on it is a name, and a name has no such character.
#[test]
fn no_word_on_the_page_is_markup() {
    for hostile in ["<script>", "a&b", "a\"b", "a'b", "a>b"] {
        assert!(Name::new(hostile).is_err());
    }
    let every: String = (' '..='~').filter(|c| Name::new(&format!("a{c}")).is_ok()).collect();
    assert_eq!(every, "+-./0123456789:_abcdefghijklmnopqrstuvwxyz");
    let mut spec = JourneySpec::from_json(Journey::REFERENCE_JSON).unwrap();
    spec.name = name(&format!("a{every}"));
    let odd = Journey::compile(spec).unwrap();
    let page = Backtest::of(&[odd], &Recording::of(ada_who_likes()).unwrap(), |_| {}).page(&[]);
    assert!(page.contains(&format!("<title>back-test of a{every}, until")));
}
