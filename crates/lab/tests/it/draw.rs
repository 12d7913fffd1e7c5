//! Pictures of journeys: the golden ones, and what holds of any.
//!
//! `PLACET_BLESS=1 cargo test --test it placet_lab::draw` writes `docs/reference-journey.svg` and the golden files anew.

mod journeys;
mod read;

use std::collections::BTreeSet;

use journeys::{any_journey, journey};
use placet::{Journey, JourneySpec};
use placet_lab::draw;
use placet_tests::{golden, samples};
use proptest::prelude::*;
use read::{Picture, Way};
use serde_json::json;

fn lines(text: &str) -> Vec<String> {
    text.lines().map(ToOwned::to_owned).collect()
}

#[test]
fn the_reference_journey_in_the_readme_is_current() {
    let drawn = draw::svg(&Journey::reference().unwrap());
    golden::compare("docs", "reference-journey.svg", &lines(&drawn));
}

#[test]
fn one_with_guards_in_three_languages() {
    let journey = Journey::from_json(&samples::journey().to_string()).unwrap();
    golden::compare("crates/lab/tests/it/golden", "journey.svg", &lines(&draw::svg(&journey)));
    golden::compare("crates/lab/tests/it/golden", "journey.mmd", &lines(&draw::mermaid(&journey)));
    golden::compare("crates/lab/tests/it/golden", "journey.dot", &lines(&draw::dot(&journey)));
}

/// What is asked before an effect, and when its event may leave, stands below it.
#[test]
fn the_occasion_of_an_effect_is_drawn() {
    let journey = crate::scenario::with_an_occasion(
        r#""when": { "not": { "recency": { "kind": "purchase", "within": "7d" } } }, "within": "24h", "still": ["subscriber", "none"]"#,
    );
    for text in [draw::mermaid(&journey), draw::dot(&journey)] {
        assert!(text.contains("leaves within 24h"), "{text}");
        assert!(text.contains("leaves at subscriber or no"), "{text}");
        assert!(text.contains("if not"), "{text}");
    }
    let svg = draw::svg(&journey);
    assert!(svg.contains("leaves within 24h") && svg.contains("leaves at subscriber or no"), "{svg}");
}

#[test]
fn it_stands_alone() {
    let drawn = draw::svg(&Journey::reference().unwrap());
    let name_space = "http://www.w3.org/2000/svg";
    assert_eq!(drawn.matches("http").count(), drawn.matches(name_space).count());
    for outside in ["<script", "href", "url(", "@import", "@font-face", "<image", "<foreignObject"] {
        assert!(!drawn.contains(outside), "{outside}");
    }
    assert!(drawn.contains("prefers-color-scheme:dark"));
}

/// Names that the three languages would read as words of their own.
#[test]
fn names_with_a_meaning_elsewhere_are_names() {
    let stages = ["end", "subgraph", "1.", "www.x.org", "a--b", "x_y__", "http://x.org/a", "node", "o"];
    let kinds = ["click", "graph", "style"];
    let rules = stages.iter().enumerate().map(|(at, stage)| {
        let kind = kinds[at % 3];
        json!({"name": format!("r{at}"), "on": kind, "from": ["none"], "to": stage,
            "when": {"attribute": {"name": "n_m", "is": "less", "value": {"integer": -3}}},
            "effects": [{"name": "x--o", "purpose": "p:q", "channel": "social/*"}]})
    });
    let spec = json!({"placet": 1, "name": "digraph", "controller": "end",
        "catalogue": {"purposes": ["p:q"], "channels": [{"name": "social/o"}]},
        "stages": stages.map(|name| json!({"name": name})),
        "signals": kinds.map(|kind| json!({"kind": kind, "attributes": [{"name": "n_m", "type": "integer"}]})),
        "rules": rules.collect::<Vec<_>>()});
    let journey = Journey::from_json(&spec.to_string()).unwrap();
    let mermaid = draw::mermaid(&journey);
    for line in mermaid.lines().filter(|line| line.contains('"')) {
        let (before, label) = line.split_once('"').unwrap();
        let (label, _) = label.split_once('"').unwrap();
        assert!(before.trim_start().starts_with(['s', 'c']), "{line}");
        assert!(!label.contains(['*', '_', ':', '`', '&', '"']), "{line}");
    }
    assert!(mermaid.contains("x#95;y#95;#95;"));
    let dot = draw::dot(&journey);
    for line in dot.lines().filter(|line| line.contains("label=")) {
        assert_eq!(line.matches('"').count() % 2, 0, "{line}");
    }
    let picture = Picture::read(&draw::svg(&journey));
    assert_eq!(picture.ways(), ways(journey.spec()));
}

#[test]
fn what_nobody_could_read_says_so() {
    let stages: Vec<String> = (0..120).map(|at| format!("s{at}")).collect();
    let chain = stages.windows(2).map(|pair| (pair[0].clone(), pair[1].clone()));
    let back = (0..119).map(|at| (stages[119].clone(), stages[at].clone()));
    let rules = chain
        .chain(back)
        .enumerate()
        .map(|(at, (from, to))| json!({"name": format!("r{at}"), "on": "like", "from": [from], "to": to}));
    let spec = json!({"placet": 1, "name": "j", "controller": "c",
        "catalogue": {"purposes": [], "channels": []},
        "stages": stages.iter().map(|name| json!({"name": name})).collect::<Vec<_>>(),
        "signals": [{"kind": "like"}], "rules": rules.collect::<Vec<_>>()});
    let journey = Journey::from_json(&spec.to_string()).unwrap();
    let drawn = draw::svg(&journey);
    assert!(drawn.contains(">121 stages and 238 cards are too many for one picture</text>"), "{drawn}");
    read::elements(&drawn);
    assert!(draw::mermaid(&journey).lines().count() > 700, "text has room for it");
}

/// What a journey says, as a picture shows it: from where, by what, to where.
fn ways(spec: &JourneySpec) -> BTreeSet<Way> {
    let name = |stage: &placet::Stage| match stage.as_str() {
        "none" => "no stage".to_owned(),
        name => name.to_owned(),
    };
    let mut ways = BTreeSet::new();
    for (rule, number) in spec.rules.iter().zip(1_u32..) {
        let from =
            rule.from.as_ref().map_or(vec!["any stage".to_owned()], |from| from.iter().map(name).collect());
        for from in from {
            ways.insert(Way { from, by: number.to_string(), to: rule.to.as_ref().map(name) });
        }
    }
    for stage in &spec.stages {
        for sustain in &stage.sustain {
            for need in &sustain.needs {
                let by = format!("without {need}");
                ways.insert(Way { from: name(&stage.name), by, to: Some(name(&sustain.otherwise)) });
            }
        }
    }
    ways
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Nothing overlaps, nothing sticks out, no line runs through a box, and the journey can be read off the picture.
    #[test]
    fn any_journey_can_be_read_off_its_picture(plan in any_journey()) {
        let journey = journey(&plan);
        let drawn = draw::svg(&journey);
        let picture = Picture::read(&drawn);
        picture.nothing_overlaps();
        picture.nothing_sticks_out();
        picture.lines_run_between_boxes();
        prop_assert_eq!(picture.ways(), ways(journey.spec()));
        prop_assert_eq!(draw::svg(&Journey::compile(journey.spec().clone()).unwrap()), drawn);
    }

    #[test]
    fn rules_lead_down_where_there_is_no_circle(plan in any_journey()) {
        let picture = Picture::read(&draw::svg(&journey(&plan.without_circles())));
        let rules = picture.ways().into_iter().filter(|way| !way.by.starts_with("without"));
        for Way { from, by, to } in rules {
            let to = to.unwrap();
            prop_assert!(picture.top(&from) + 40.0 < picture.top(&to), "rule {by} from {from} to {to}");
        }
    }
}
