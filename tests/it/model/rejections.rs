//! Every WHY of section 3, and the corners of names and instants; stories for what no shared history shows.
use super::fault::Fault;
use super::neutral::{Line, Reach, StopKind, Why};
use super::neutral_text::{instant, read_line};
use super::oracle::{
    Decision, Reason, Verdict, answer_all, answer_text, stage_held, stage_standing, verdict,
};
use super::say::{ask, confirm, erase, grant, link, merge, rule, scope, send, signal, stop, t};

fn why(line: &str) -> Why {
    read_line(line.as_bytes(), instant).expect_err(line)
}

#[test]
fn each_why() {
    let ask = |more: &str| {
        format!(
            r#"{{"type":"ask","id":"q","contact":"a","now":"2024-01-01T00:00:05Z","purpose":"news"{more}}}"#
        )
    };
    let act =
        |more: &str| format!(r#"{{"type":"act","id":"g","contact":"a","at":"2024-01-01T00:00:05Z"{more}}}"#);
    let deep = format!(r#""channel":{}{}"#, "[".repeat(300), "]".repeat(300));
    let cases = [
        ("{".to_owned(), Why::BadJson),
        ("{} {}".to_owned(), Why::BadJson),
        ("5".to_owned(), Why::Number),
        ("\"ask\"".to_owned(), Why::BadFields),
        ("{}".to_owned(), Why::BadFields),
        (r#"{"type":"sing","id":"a"}"#.to_owned(), Why::BadType),
        (r#"{"type":null,"id":"a"}"#.to_owned(), Why::BadFields),
        (ask(r#","channel":"email","channel":"email""#), Why::DuplicateKey),
        (ask(r#","channel":"email","chan\u006eel":"email""#), Why::DuplicateKey),
        (ask(r#","channel":1"#), Why::Number),
        (ask(r#","channel":true"#), Why::BadFields),
        (ask(r#","channel":["email"]"#), Why::BadFields),
        (ask(&format!(",{deep}")), Why::BadFields),
        (ask(r#","channel":"email","recipient":null"#), Why::BadFields),
        (ask(r#","channel":"""#), Why::BadName),
        (ask(r#","channel":"-email""#), Why::BadName),
        (ask(&format!(r#","channel":"{}""#, "e".repeat(65))), Why::BadName),
        (act(r#","kind":"bless""#), Why::BadKind),
        (act(r#","kind":"erase","purpose":"news""#), Why::BadFields),
        (act(r#","kind":"unobject","purpose":"news""#), Why::BadFields),
        (act(r#","kind":"withdraw","until":"2024-01-01T00:00:05Z""#), Why::BadFields),
        (r#"{"type":"admission","id":"a","on":"buy","needs":[]}"#.to_owned(), Why::RuleWithoutNeeds),
        (r#"{"type":"admission","id":"a","on":"buy","needs":{}}"#.to_owned(), Why::BadFields),
        (r#"{"type":"admission","id":"a","on":"buy","needs":["news"]}"#.to_owned(), Why::BadFields),
        (
            r#"{"type":"admission","id":"a","on":"buy","needs":[{"purpose":"news"}]}"#.to_owned(),
            Why::BadFields,
        ),
        (r#"{"type":"send","id":"a","emission":"s","now":"2024-01-01T00:00:05Z"}"#.to_owned(), Why::BadName),
        ("x".repeat(65_537), Why::LineTooLong),
    ];
    for (line, expected) in cases {
        assert_eq!(why(&line), expected, "{line}");
    }
    assert_eq!(read_line(&[0xff], instant), Err(Why::BadJson));
    assert_eq!(read_line(b" \t\r", instant), Ok(None));
    let longest = format!("{}{}", ask(r#","channel":"email""#), " ".repeat(65_536));
    assert!(matches!(read_line(&longest.as_bytes()[..65_536], instant), Ok(Some(Line::Ask { .. }))));
}

#[test]
fn instants() {
    let same = [
        "2024-01-01T00:00:05Z",
        "2024-01-01T00:00:05.000Z",
        "2024-01-01T05:45:05+05:45",
        "2023-12-31T12:00:05-12:00",
        "2024-01-01T00:00:05-00:00",
    ];
    assert!(same.iter().all(|text| instant(text) == Ok(t(5))));
    let bad = [
        "",
        "2024-01-01T00:00:05",
        "2024-01-01t00:00:05Z",
        "2024-01-01 00:00:05Z",
        "2024-01-01T00:00:05z",
        "2024-01-01T00:00:60Z",
        "2024-01-01T24:00:00Z",
        "2024-02-30T00:00:00Z",
        "2024-01-01T00:00:05.Z",
        "2024-01-01T00:00:05.0000000001Z",
        "2024-01-01T00:00:05+0100",
        "2024-01-01T00:00:05+24:00",
        "2024-01-01T00:00:05+01:60",
        "2024-01-01T00:00:05Z01:00",
        "0000-12-31T23:59:59-23:59",
        "+2024-01-01T00:00:05Z",
        "2024-01-01T00:00:05Z ",
        "2024-01-01T00:00:0\u{665}Z",
        "2024-01-01T00:00:05+01:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
    ];
    for text in bad {
        assert_eq!(instant(text), Err(Why::BadInstant), "{text}");
    }
    assert!(instant("9999-12-31T23:59:59.999999999Z").is_ok() && instant("0001-01-01T00:00:00Z").is_ok());
}

#[test]
fn answers_above_a_rejected_line_stand_and_empty_lines_count() {
    let text = "\n{\"type\":\"stage\",\"id\":\"s\",\"contact\":\"a\"}\n \nnonsense\n{\"type\":\"stage\",\"id\":\"t\",\"contact\":\"a\"}\n";
    let answers: Vec<String> =
        answer_text(text.as_bytes(), Fault::None).iter().map(ToString::to_string).collect();
    assert_eq!(answers, [r#"{"decision":"none","id":"s","line":2}"#, r#"{"line":4,"rejected":"bad_json"}"#]);
}

#[test]
fn what_only_the_lines_above_can_reject() {
    let news = scope("news", "email");
    let early = Line::Signal { id: "s".into(), contact: "a".into(), at: t(5), kind: "buy".into(), now: t(4) };
    assert_eq!(answer_all(&[early]), Err((1, Why::NowBeforeAt)));
    assert_eq!(answer_all(&[grant("g", "a", 1, &news), erase("g", "a", 1)]), Err((2, Why::IdReused)));
    let sustain = |id: &str, stage: &str, otherwise: &str| Line::Sustain {
        id: id.into(),
        stage: stage.into(),
        needs: vec![news.clone()],
        otherwise: otherwise.into(),
    };
    assert_eq!(
        answer_all(&[sustain("u", "fan", "none"), sustain("v", "none", "lost"), sustain("w", "lost", "fan")]),
        Err((3, Why::SustainCircle))
    );
}

#[test]
fn an_unadmitted_signal_frees_its_id_for_anything() {
    let news = scope("news", "email");
    let admission = Line::Admission { id: "p".into(), on: "buy".into(), needs: vec![news.clone()] };
    let lines = [
        admission,
        signal("s", "a", 2, "buy"),
        ask("q", "a", 2, &news),
        grant("s", "a", 1, &news),
        signal("s", "a", 2, "buy"),
    ];
    assert_eq!(answer_all(&lines), Err((5, Why::IdReused)));
    let answers = answer_all(&lines[..4]).expect("no line rejected");
    assert_eq!(answers[0].decision, Decision::Unadmitted(Reason::UnknownContact));
    assert_eq!(answers[1].decision, Decision::Deny(Reason::UnknownContact));
}

#[test]
fn persons() {
    let news = scope("news", "email");
    let withdraw = stop("w", "c", 9, StopKind::Withdraw, Reach::default());
    let direct = [
        link("l", "a", "k"),
        link("m", "b", "k"),
        link("n", "b", "j"),
        link("o", "c", "j"),
        grant("g", "a", 5, &news),
        withdraw,
    ];
    assert_eq!(verdict(&direct, "a", &news, t(9)), Verdict::Allow("g".into()), "sharing is direct (S13)");
    let late = [confirm("c", "a", 5, "nothing"), merge("m", "b", "b")];
    assert_eq!(
        verdict(&late, "a", &news, t(9)),
        Verdict::Deny(Reason::NoGrant),
        "an act that has no effect still names its contact (S18)"
    );
    assert_eq!(
        verdict(&late, "b", &news, t(9)),
        Verdict::Deny(Reason::NoGrant),
        "so does a merge that is nothing"
    );
}

#[test]
fn a_send_that_was_not_queued_settles_nothing() {
    let news = scope("news", "email");
    let lines = [
        rule("r", "buy", None, Some("customer"), std::slice::from_ref(&news)),
        grant("g", "a", 1, &news),
        send("x", "s", "r", 3),
        signal("s", "a", 2, "buy"),
        send("y", "s", "r", 3),
    ];
    let decisions: Vec<_> =
        answer_all(&lines).expect("no line rejected").into_iter().map(|answer| answer.decision).collect();
    assert_eq!((&decisions[0], &decisions[2]), (&Decision::Deny(Reason::NotQueued), &Decision::Sent));
    assert_eq!(stage_held(&lines, "a").as_deref(), Some("customer"));
    assert_eq!(stage_standing(&lines, "a", t(3)).as_deref(), Some("customer"));
}
