//! Every message about a scenario that cannot be read or meant, with its line and column.

use super::{file, reference};
use placet_lab::scenario::*;
use placet_tests::style::says;

fn error(text: &str) -> ScenarioError {
    match Scenarios::read(text).and_then(|scenarios| scenarios.compile(&reference())) {
        Err(error) => error,
        Ok(_) => panic!("this must not be read: {text}"),
    }
}

/// What is said of a file that has one more line, the sixth, or more.
#[track_caller]
fn sixth(lines: &str, message: &str) {
    says(&error(&file(lines)), message);
}

#[test]
fn the_first_line() {
    let header = |at: &str| format!("line {at}: scenarios begin with the line `placet scenarios 1`");
    says(&error(""), &header("1, column 1"));
    says(&error("# a comment\n\nscenario one"), &header("3, column 1"));
    says(&error("placet scenario 1"), &header("1, column 8"));
    says(&error("placet scenarios one"), &header("1, column 18"));
    says(&error("placet scenarios 1 of ours"), "line 1, column 20: nothing more is due on this line");
    says(
        &error(
            "placet scenarios 2\nscenario s\nidentity mail email:a@b.c\nwhen 2013-05-01 10:00 waits\nthen stands at none",
        ),
        "line 1, column 18: version 2 of scenarios is not known; version 1 is",
    );
    says(
        &error("placet scenarios 1"),
        "scenarios: there is no scenario: a test of nothing would always pass",
    );
}

#[test]
fn lines_that_begin_wrong() {
    sixth(
        "wen day 1 10:00 waits",
        "line 6, column 1: expected `scenario`, `identity`, `given`, `when` or `then`: did you mean `when`?",
    );
    sixth(
        "  ada@example.org",
        "line 6, column 3: expected `scenario`, `identity`, `given`, `when` or `then`",
    );
    says(
        &error("placet scenarios 1\nwhen 2013-05-01 10:00 waits"),
        "line 2, column 1: this line belongs into a scenario: begin one with `scenario` and a name",
    );
    sixth(
        "then nothing",
        "line 6, column 1: a `then` says what follows from the `when` above it, and there is none",
    );
    sixth(
        "given day 1 10:00 erases\nthen nothing",
        "line 7, column 1: a `then` says what follows from the `when` above it, and there is none",
    );
    sixth(
        "when day 1 10:00 waits\nidentity card card:7",
        "line 7, column 1: identities stand before the first `given` or `when`",
    );
    sixth("day 1 is 2013-05-01", "line 6, column 1: `day 1 is` stands once, above the first scenario");
    says(
        &error("placet scenarios 1\nday 1 is 2013-05-01\nday 1 is 2013-06-01"),
        "line 3, column 1: `day 1 is` stands once, above the first scenario",
    );
}

#[test]
fn days_and_times() {
    let time = "a time is written `2013-05-01 10:00`, or `2013-05-01T10:00:00Z`, or `day 3 10:00` where the file says `day 1 is 2013-05-01`; all are UTC";
    for wrong in [
        "day 0 10:00",
        "day one 10:00",
        "day 1 10h",
        "day 1",
        "2013-05-01",
        "2013-02-29 10:00",
        "2013-05-01 25:00",
        "01.05.2013 10:00",
        "day 1 10:00Z",
        "day 99999999 10:00",
    ] {
        sixth(&format!("when {wrong} waits"), &format!("line 6, column 6: {time}"));
    }
    says(
        &error("placet scenarios 1\nscenario s\nidentity mail email:a@b.c\nwhen day 1 10:00 waits"),
        &format!("line 4, column 6: {time}"),
    );
    sixth("when", "line 6, column 5: the line ends, and an instant is due");
    sixth(
        "when day 1 10:00",
        "line 6, column 17: the line ends, and what happens: `signal` and its kind, `grants`, `withdraws` or another act, `merges`, `releases` or `waits` is due",
    );
    says(
        &error("placet scenarios 1\nday 1 is monday"),
        "line 2, column 10: a day is written 2013-05-01, and exists",
    );
    says(&error("placet scenarios 1\nday 2 is 2013-05-01"), "line 2, column 5: expected `1 is` and a date");
    says(&error("placet scenarios 1\nday 1 was 2013-05-01"), "line 2, column 7: expected `is` and a date");
    says(&error("placet scenarios 1\nday 1 is"), "line 2, column 9: the line ends, and a date is due");
    says(&"May".parse::<Day>().unwrap_err(), "a day is written 2013-05-01, and exists");
}

#[test]
fn words_in_a_line() {
    sixth(
        "when day 1 10:00 signl like on facebook",
        "line 6, column 18: expected what happens: `signal` and its kind, `grants`, `withdraws` or another act, `merges`, `releases` or `waits`: did you mean `signal`?",
    );
    sixth("when day 1 10:00 signal", "line 6, column 24: the line ends, and a kind of signal is due");
    sixth("when day 1 10:00 signal Like", "line 6, column 25: a name begins with a letter a-z or a digit");
    sixth(
        "when day 1 10:00 signal like in facebook",
        "line 6, column 30: nothing more is due on this line: did you mean `on`?",
    );
    sixth(
        "when day 1 10:00 signal like from shp",
        "line 6, column 35: expected `network`, `shop`, `web`, `mail` or `phone`: did you mean `shop`?",
    );
    sixth(
        "when day 1 10:00 signal like with",
        "line 6, column 34: the line ends, and an attribute, written name=value is due",
    );
    sixth(
        "when day 1 10:00 signal like with page",
        "line 6, column 35: expected an attribute, written name=value",
    );
    sixth(
        "when day 1 10:00 signal like with page=ada@example.org",
        "line 6, column 35: character 4 of a name is not one of a-z 0-9 + . _ : / -",
    );
    sixth(
        "given day 1 10:00 grants newsletter",
        "line 6, column 36: the line ends, and `by` and one channel is due",
    );
    sixth(
        "given day 1 10:00 grants newsletter via email",
        "line 6, column 37: expected `by` and one channel",
    );
    sixth(
        "given day 1 10:00 grants social-linking by social/*",
        "line 6, column 44: character 8 of a name is not one of a-z 0-9 + . _ : / -",
    );
    sixth(
        "given day 1 10:00 grants newsletter by email unti day 3 10:00",
        "line 6, column 46: nothing more is due on this line: did you mean `until`?",
    );
    sixth(
        "given day 1 10:00 grants newsletter by email confirm day 3 10:00",
        "line 6, column 54: expected `by` and an instant",
    );
    sixth(
        "given day 1 10:00 withdraws",
        "line 6, column 28: the line ends, and `everything`, or a purpose is due",
    );
    sixth("given day 1 10:00 withdraws all mail", "line 6, column 33: nothing more is due on this line");
    sixth(
        "given day 1 10:00 unobjects newsletter by email on mail",
        "line 6, column 49: nothing more is due on this line",
    );
    sixth("given day 1 10:00 confirms", "line 6, column 27: the line ends, and the name of a grant is due");
    sixth(
        "given day 1 10:00 merges fan",
        "line 6, column 26: expected `with` and the stage that the other contact holds",
    );
    sixth(
        "given day 1 10:00 pauses everything",
        "line 6, column 36: the line ends, and `until` and an instant: a pause ends by itself is due",
    );
    sixth(
        "given day 1 10:00 pauses everything by email to day 3 10:00 until day 4 10:00",
        "line 6, column 53: expected `until` and an instant: a pause ends by itself",
    );
    sixth(
        "given day 1 10:00 withdraws everything onyl mail",
        "line 6, column 40: nothing more is due on this line: did you mean `only`?",
    );
    sixth(
        "given day 1 10:00 withdraws everything only",
        "line 6, column 44: the line ends, and a name is due",
    );
    sixth(
        "given day 1 10:00 voids",
        "line 6, column 24: the line ends, and the name of a grant, a confirm or a lift is due",
    );
    sixth(
        "given day 1 10:00 grants newsletter by email begin day 3 10:00",
        "line 6, column 46: nothing more is due on this line: did you mean `begins`?",
    );
    sixth("given day 1 10:00 erases everything", "line 6, column 26: nothing more is due on this line");
}

#[test]
fn identities_and_names() {
    sixth(
        "identity twitter",
        "line 6, column 17: the line ends, and an address or account, written kind:address is due",
    );
    sixth(
        "identity other ada@example.org",
        "line 6, column 16: an identity is written kind:address, such as email:…, phone:… or account/network:…",
    );
    sixth("scenario A Story", "line 6, column 10: a name begins with a letter a-z or a digit");
    sixth("scenario", "line 6, column 9: the line ends, and the name of the scenario is due");
}

#[test]
fn what_follows() {
    let after = |saying: &str, message: &str| {
        sixth(&format!("when day 1 10:00 signal purchase on mail\nthen {saying}"), message);
    };
    let what = "what follows: `nothing`, `moves to`, `stays`, `queues`, `refuses`, `not admitted`, `sends`, `drops` or `stands at`";
    after("", &format!("line 7, column 5: the line ends, and {what} is due"));
    after("queue onboarding", &format!("line 7, column 6: expected {what}: did you mean `queues`?"));
    after("moves customer", "line 7, column 12: expected `to` and a stage");
    after("stands in customer", "line 7, column 13: expected `at` and a stage");
    after("not kept", "line 7, column 10: expected `admitted because` and a reason");
    after("refuses onboarding", "line 7, column 24: the line ends, and `because` and a reason is due");
    after(
        "refuses onboarding because no_grand",
        "line 7, column 33: expected a reason, such as no_grant, withdrawn or too_late: did you mean `no_grant`?",
    );
    after(
        "refuses onboarding because of her",
        "line 7, column 33: expected a reason, such as no_grant, withdrawn or too_late",
    );
    let contradicts = "line 8, column 6: this is said already, or contradicts a `then` above it";
    for (one, other) in [
        ("nothing", "nothing"),
        ("nothing", "moves to customer"),
        ("nothing", "queues onboarding"),
        ("queues onboarding", "nothing"),
        ("stays", "moves to customer"),
        ("moves to customer", "stays"),
        ("moves to customer", "moves to fan"),
        ("moves to customer", "not admitted because erased"),
        ("stands at fan", "stands at customer"),
    ] {
        after(&format!("{one}\nthen {other}"), contradicts);
    }
}

#[test]
fn names_that_nothing_declares() {
    sixth(
        "given day 1 10:00 grants newsleter by email for mail
when day 1 10:00 signal newsletter-signup on mial
then moves to subscribr
then queues welcom-mail to post
then refuses onboarding because no_grant for offers by emial to acme
given day 1 10:00 withdraws ofers by fax to someone
given day 1 10:00 merges with nobody
given day 2 10:00 confirms step-7
when day 1 10:00 signal newsleter-signup on mail
then nothing",
        "line 6, column 26: no purpose `newsleter` is declared: did you mean `newsletter`?
line 7, column 46: no identity `mial` is declared: did you mean `mail`?
line 8, column 15: no stage `subscribr` is declared: did you mean `subscriber`?
line 9, column 13: no effect `welcom-mail` is declared: did you mean `welcome-mail`?
line 9, column 28: no identity `post` is declared
line 10, column 56: no channel `emial` is declared: did you mean `email`?
line 10, column 65: no recipient `acme` is declared
line 11, column 29: no purpose `ofers` is declared: did you mean `offers`?
line 11, column 38: no channel `fax` is declared
line 11, column 45: no recipient `someone` is declared
line 12, column 31: no stage `nobody` is declared
line 13, column 28: no grant `step-7` is declared: did you mean `step-1`?
line 14, column 25: no kind of signal of this name is declared: did you mean `newsletter-signup`?",
    );
}

#[test]
fn what_cannot_be_meant() {
    let waits = "\nwhen day 9 10:00 waits\nthen stands at none";
    let given = |what: &str, message: &str| sixth(&format!("given day 1 10:00 {what}{waits}"), message);
    given(
        "grants newsletter by email",
        "line 6, column 19: the contact has several identities: say which one is meant",
    );
    given("signal purchase", "line 6, column 19: the contact has several identities: say which one is meant");
    given(
        "grants newsletter by email for mail until day 1 10:00",
        "line 6, column 61: `until` must be after the instant of the act and after `begins`: a grant is in force while acted, begins <= now < until",
    );
    given(
        "grants newsletter by email for mail confirm by day 1 09:00",
        "line 6, column 66: `confirm_by` must be after the instant of the act: a confirm counts while acted <= confirm < confirm_by",
    );
    given(
        "signal purchase on mail handled day 1 09:00",
        "line 6, column 51: a signal cannot be handled before it happened",
    );
    given(
        "signal purchase on mail with amount=100 amuont=1",
        "line 6, column 59: no attribute of this name is declared: did you mean `amount`?",
    );
    given(
        "signal purchase on mail with amount=many",
        "line 6, column 48: the attribute `amount` is declared as integer, its value is of type text",
    );
    given(
        "signal purchase on mail with amount=1 amount=1",
        "line 6, column 57: the attribute `amount` is there twice",
    );
    given(
        "grants newsletter by email for mail as one\ngiven day 1 10:00 grants offers by email for mail as one",
        "line 7, column 54: the act `one` is there twice",
    );
    given(
        "grants newsletter by email for mail begins day 1 09:00",
        "line 6, column 62: `begins` must not be before the instant of the act: leave it out for a grant that begins at once",
    );
    given(
        "pauses everything until day 1 10:00",
        "line 6, column 43: `until` must be after the instant of the act and after `begins`: a grant is in force while acted, begins <= now < until",
    );
    given("withdraws everything only post", "line 6, column 45: no identity `post` is declared");
    given(
        "grants newsletter by email for mail as form\ngiven day 2 10:00 voids from",
        "line 7, column 25: no act `from` is declared: did you mean `form`?",
    );
    given(
        "withdraws everything\ngiven day 2 10:00 voids step-1",
        "line 7, column 25: a stop cannot be made void: let the person take it back, with `unobjects` or a new grant, or end it with `unrestricts`",
    );
    for reason in placet::Reason::ALL.into_iter().filter(|reason| reason.is_of_release()) {
        given(
            &format!(
                "grants newsletter by email for mail\nwhen day 2 10:00 signal newsletter-signup on mail\nthen refuses welcome-mail because {reason}"
            ),
            &format!(
                "line 8, column 35: `{reason}` is never the answer to a signal: only to `releases`, with `drops`"
            ),
        );
        given(
            &format!("waits\nwhen day 2 10:00 signal like on facebook\nthen not admitted because {reason}"),
            &format!(
                "line 8, column 27: `{reason}` is never the answer to a signal: only to `releases`, with `drops`"
            ),
        );
    }
    given(
        "waits\nwhen day 2 10:00 releases\nthen drops welcome-mail because passed for newsletter by email",
        "line 8, column 44: `passed` is about the event and not about a scope: leave `for` out",
    );
    sixth(
        "given day 1 10:00 erases",
        "line 3, column 1: a scenario without a `when` tries nothing: say what arrives, and what follows then",
    );
    let when = |lines: &str, message: &str| sixth(&format!("when day 1 10:00 {lines}"), message);
    when(
        "erases",
        "line 6, column 1: nothing follows from this by itself: say where the contact `stands at` then",
    );
    when(
        "waits\nthen nothing",
        "line 7, column 6: nothing follows from this by itself: say where the contact `stands at` then",
    );
    when(
        "waits\nthen queues onboarding",
        "line 7, column 6: only a signal is admitted or not, moves the stage, and has effects queued or refused",
    );
    when(
        "releases\nthen moves to fan",
        "line 7, column 6: only a signal is admitted or not, moves the stage, and has effects queued or refused",
    );
    when("erases\nthen sends onboarding", "line 7, column 6: only `releases` sends and drops");
    when(
        "signal purchase on mail\nthen drops onboarding because erased",
        "line 7, column 6: only `releases` sends and drops",
    );
    when(
        "signal like on facebook\nthen not admitted because erased\nthen queues onboarding",
        "line 7, column 6: a signal that is not admitted leaves no trace: nothing else follows from it",
    );
    let head = "placet scenarios 1\nscenario s\n";
    let body = "when 2013-05-01 10:00 waits\nthen stands at none\n";
    says(
        &error(&format!("{head}{body}")),
        "line 2, column 1: a scenario names at least one identity of its contact",
    );
    let mail = "identity mail email:ada@example.org\n";
    says(
        &error(&format!("{head}{mail}identity mail card:7\n{body}")),
        "line 4, column 10: the identity `mail` is there twice",
    );
    says(
        &error(&format!("{head}{mail}identity post email:ada@example.org\n{body}")),
        "line 4, column 15: the identity `post` is there twice",
    );
    says(
        &error(&format!("{head}{mail}{body}scenario s\n{mail}{body}")),
        "line 6, column 10: the scenario `s` is there twice",
    );
}

/// In JSON the same faults have the path to the place.
#[test]
fn faults_in_json() {
    let json = |steps: &str| {
        format!(
            r#"{{"placet":1,"scenarios":[{{"name":"s","identities":[{{"name":"card","identity":"card:7"}}],"steps":[{steps}]}}]}}"#
        )
    };
    let at = r#""at":"2013-05-01T10:00:00Z""#;
    says(
        &error(&json(&format!(r#"{{"when":{{{at},"what":{{"signal":{{"kind":"purchas"}}}},"then":{{"moves_to":"customr"}}}}}}"#))),
        "scenarios[0].steps[0].when.what.signal.kind: no kind of signal of this name is declared: did you mean `purchase`?
scenarios[0].steps[0].when.then.moves_to: no stage `customr` is declared: did you mean `customer`?",
    );
    let shape = |steps: &str, what: &str, path: &str| {
        let error = error(&json(steps)).to_string();
        assert!(error.starts_with(&format!("{what} (at `scenarios[0].steps[0]{path}`")), "{error}");
    };
    shape(&format!(r#"{{"when":{{{at},"what":{{"wait":{{}}}}}}}}"#), "the field `then` is missing", ".when");
    shape(
        &format!(r#"{{"when":{{{at},"what":{{"wait":null}},"then":{{}}}}}}"#),
        "expected an object",
        ".when.what.wait",
    );
    shape(
        &format!(r#"{{"given":{{{at},"what":{{"wait":{{"for":1}}}}}}}}"#),
        "a field that is not known, expected no fields",
        ".given.what.wait",
    );
    shape(
        &format!(r#"{{"given":{{{at},"what":{{"grant":{{"scope":["offers","email"]}}}}}}}}"#),
        "expected an object",
        ".given.what.grant.scope",
    );
    shape(
        &format!(r#"{{"given":{{{at},"what":{{"withdraw":{{"reach":{{"purpos":"offers"}}}}}}}}}}"#),
        "a field that is not known: did you mean `purpose`?",
        ".given.what.withdraw.reach",
    );
    shape(
        &format!(r#"{{"given":{{{at},"what":{{"signal":{{"kind":"like","handled":null}}}}}}}}"#),
        "expected an RFC 3339 instant",
        ".given.what.signal.handled",
    );
    says(
        &error(r#"{"placet":1,"day_1":"May","scenarios":[]}"#),
        "a day is written 2013-05-01, and exists (at `day_1`, line 1, column 25)",
    );
    says(
        &error(r#"{"placet":3,"scenarios":[]}"#),
        "placet: version 3 of scenarios is not known; version 1 is\nscenarios: there is no scenario: a test of nothing would always pass",
    );
}

/// Whatever stands in the place of anything, no message repeats an address.
#[test]
fn no_message_repeats_an_address() {
    let text = super::REFERENCE;
    let mut messages = 0;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#')) {
        for at in 0..line.split_whitespace().count() {
            let mut words: Vec<&str> = line.split_whitespace().collect();
            words[at] = "ada.lovelace@example.org";
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines[number] = words.join(" ");
            if let Err(error) = check(&reference(), &lines.join("\n")) {
                messages += 1;
                let said = format!("{error} {error:?}");
                assert!(!said.contains("lovelace"), "line {}: {said}", number + 1);
            }
        }
    }
    assert!(messages > 500, "{messages}");
}

#[test]
fn a_check_says_the_same() {
    let text = file("wen");
    says(&check(&reference(), &text).unwrap_err(), &error(&text).to_string());
}
