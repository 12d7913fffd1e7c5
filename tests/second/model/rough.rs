//! Texts as they come: empty lines, carriage returns, and at the end perhaps a line that is damaged.

use super::fault::Fault;
use super::generate::any_text;
use super::oracle::answer_text;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What may happen to a line, and what it is then rejected as. Where several words are right, any is.
type Damage = (fn(&str) -> String, &'static [&'static str]);

const DAMAGES: &[Damage] = &[
    (|line| line[..line.len() - 1].to_owned(), &["bad_json"]),
    (|line| format!("{line}x"), &["bad_json"]),
    (|line| format!("{line}{line}"), &["bad_json"]),
    (|line| format!("[{line}]"), &["bad_fields"]),
    (|line| line.replacen('{', r#"{"id":"twice","#, 1), &["duplicate_key"]),
    (|line| line.replacen('{', r#"{"\u0069d":"twice","#, 1), &["duplicate_key"]),
    (|line| line.replacen('{', r#"{"more":null,"#, 1), &["bad_fields"]),
    (|line| line.replacen('{', r#"{"more":[1e999],"#, 1), &["bad_fields", "number"]),
    (|line| line.replacen(r#""id":""#, r#""id":"@"#, 1), &["bad_name"]),
    (|line| line.replacen(r#""id":""#, r#""Id":""#, 1), &["bad_fields"]),
    (|line| line.replacen(r#""type":""#, r#""type":"no-"#, 1), &["bad_type"]),
    (|line| format!("{line}{}", " ".repeat(65_536)), &["line_too_long"]),
];

/// A text, and the number of its damaged line with what it may be rejected as.
#[derive(Clone, Debug)]
pub struct Rough {
    pub text: String,
    pub damaged: Option<(usize, &'static [&'static str])>,
}

/// Any history, with empty lines and carriage returns between its lines, and with a damage in half of the cases.
pub fn rough() -> BoxedStrategy<Rough> {
    let endings = vec(select(vec!["\n", "\n", "\n", "\r\n", "\n \t\r\n", "\n\n\r\n"]), 1..6);
    let damage = prop::option::of((any::<Index>(), 0..DAMAGES.len()));
    (any_text(), endings, damage)
        .prop_map(|(text, endings, damage)| roughened(&text, &endings, damage))
        .boxed()
}

fn roughened(text: &str, endings: &[&str], damage: Option<(Index, usize)>) -> Rough {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let damage = damage.filter(|_| !lines.is_empty()).map(|(which, damage)| {
        let (place, (spoil, whys)) = (which.index(lines.len()), DAMAGES[damage]);
        lines[place] = spoil(&lines[place]);
        (place, whys)
    });
    let ended: Vec<String> =
        lines.iter().zip(endings.iter().cycle()).map(|(line, ending)| format!("{line}{ending}")).collect();
    let above = |place: usize| ended[..place].iter().map(|line| line.matches('\n').count()).sum::<usize>();
    Rough { damaged: damage.map(|(place, whys)| (above(place) + 1, whys)), text: ended.concat() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// S24: the damaged line is rejected where it stands, for what it has; nothing else is.
    #[test]
    fn a_damaged_line_is_rejected_and_no_other(rough in rough()) {
        let answers = answer_text(rough.text.as_bytes(), Fault::None);
        let rejected = answers.iter().find(|answer| answer.get("rejected").is_some());
        match (rejected, rough.damaged) {
            (None, None) => {}
            (Some(answer), Some((line, whys))) => {
                prop_assert_eq!(answer["line"].as_u64(), u64::try_from(line).ok(), "{}", answer);
                prop_assert!(whys.iter().any(|why| answer["rejected"] == *why), "{} is none of {:?}", answer, whys);
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
