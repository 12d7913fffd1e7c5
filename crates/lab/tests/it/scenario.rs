//! Scenarios: what they say, what they catch, and what is said of those that cannot be read.

mod messages;
mod round_trip;

use placet::{
    Book, Identity, Journey, Reach, Reason, SignalSpec, Stage,
    channel::{EMAIL, SMS},
    name::{NO_STAGE, Name},
    purpose::OFFERS,
    signal::{Source, Value},
};
use placet_lab::scenario::*;
use placet_lab::scenario::{Report, Step};

/// The scenes of the reference journey, as they are shipped.
pub const REFERENCE: &str = include_str!("../../examples/reference.scenarios");

pub fn reference() -> Journey {
    Journey::reference().unwrap()
}

/// One scenario of these lines, under the reference journey, with an address and an account.
fn told(lines: &str) -> Result<Report, CheckError> {
    check(&reference(), &file(lines))
}

fn file(lines: &str) -> String {
    format!(
        "placet scenarios 1\nday 1 is 2013-05-01\nscenario s\nidentity mail email:ada@example.org\nidentity facebook account/facebook:ada.l\n{lines}"
    )
}

#[track_caller]
fn fine(lines: &str) {
    if let Err(error) = told(lines) {
        panic!("{error}");
    }
}

/// The rows that differ, expected | got, of the one scenario that fails.
#[track_caller]
fn fails(lines: &str) -> Vec<String> {
    let Err(CheckError::Failed(report)) = told(lines) else { panic!("this must fail: {lines}") };
    let [failure] = report.failed() else { panic!("one scenario") };
    let rows = failure.rows.iter().filter(|row| !row.same);
    rows.map(|row| format!("{} | {}", row.expected, row.got)).collect()
}

#[test]
fn the_story_of_the_article_is_told_by_its_scenes() {
    let report = check(&reference(), REFERENCE).unwrap();
    assert_eq!(report.to_string(), "19 of 19 scenarios of reference-2013 end as they say");
    assert_eq!((report.is_fine(), report.passed()), (true, 19));
}

#[test]
fn what_is_not_said_must_not_happen() {
    let sign_up = "given day 1 10:00 grants newsletter by email for mail\nwhen day 1 10:00 signal newsletter-signup on mail\n";
    assert_eq!(
        fails(&format!("{sign_up}then moves to subscriber")),
        [" | queues welcome-mail to mail"],
        "a mail"
    );
    assert_eq!(fails(&format!("{sign_up}then queues welcome-mail")), [" | moves to subscriber"], "a move");
    assert_eq!(
        fails(&format!("{sign_up}then nothing")),
        [" | moves to subscriber", " | queues welcome-mail to mail"],
        "both"
    );
    assert_eq!(
        fails("when day 1 10:00 signal purchase on mail\nthen moves to customer"),
        [" | refuses onboarding because no_grant for offers by email"],
        "a refusal"
    );
    assert_eq!(
        fails(&format!(
            "{sign_up}then moves to subscriber\nthen queues welcome-mail\nwhen day 1 11:00 releases\nthen nothing"
        )),
        [" | sends welcome-mail to mail"],
        "a mail that leaves"
    );
    fine(&format!("{sign_up}then queues welcome-mail\nthen moves to subscriber"));
}

#[test]
fn what_is_said_must_happen() {
    let sign_up = "given day 1 10:00 grants newsletter by email for mail\nwhen day 1 10:00 signal newsletter-signup on mail\nthen moves to subscriber\n";
    let got = |saying: &str| fails(&format!("{sign_up}{saying}"));
    assert_eq!(got("then queues welcome-mail\nthen queues onboarding"), ["queues onboarding | "]);
    assert_eq!(
        got("then queues welcome-mail to facebook"),
        ["queues welcome-mail to facebook | queues welcome-mail to mail"]
    );
    assert_eq!(
        got("then refuses welcome-mail because no_grant"),
        ["refuses welcome-mail because no_grant | queues welcome-mail to mail"]
    );
    assert_eq!(got("then queues welcome-mail\nthen stands at fan"), ["stands at fan | stands at subscriber"]);
    let refused =
        "when day 1 10:00 signal purchase on mail\nthen moves to customer\nthen refuses onboarding because";
    assert_eq!(
        fails(&format!("{refused} withdrawn")),
        ["refuses onboarding because withdrawn | refuses onboarding because no_grant for offers by email"]
    );
    assert_eq!(
        fails(&format!("{refused} no_grant for newsletter by email")),
        [
            "refuses onboarding because no_grant for newsletter by email | refuses onboarding because no_grant for offers by email"
        ]
    );
    fine(&format!("{refused} no_grant for offers by email"));
    let like = "when day 1 10:00 signal like on facebook\nthen not admitted because";
    assert_eq!(
        fails(&format!("{like} expired")),
        [
            "not admitted because expired | not admitted because no_grant for social-linking by social/facebook"
        ]
    );
    fine(&format!("{like} no_grant\nthen stands at none"));
}

#[test]
fn a_history_that_is_not_admitted_is_not_the_one_that_was_meant() {
    let rows =
        fails("given day 1 10:00 signal like on facebook\nwhen day 1 10:00 waits\nthen stands at none");
    assert_eq!(
        rows,
        [
            "admitted, as all that is given | not admitted because no_grant for social-linking by social/facebook"
        ]
    );
}

/// Each act does what the ledger says it does, with evidence that proves it.
#[test]
fn acts_of_every_kind() {
    let welcome = |acts: &str, then: &str| {
        fine(&format!(
            "{acts}\nwhen day 9 10:00 signal newsletter-signup on mail\nthen moves to subscriber\nthen {then}"
        ));
    };
    let grant = "given day 1 10:00 grants newsletter by email for mail";
    welcome(grant, "queues welcome-mail");
    welcome(&format!("{grant} until day 9 10:00"), "refuses welcome-mail because expired");
    welcome(&format!("{grant} until day 9 10:00:00.000000001"), "queues welcome-mail");
    welcome(&format!("{grant} confirm by day 20 10:00"), "refuses welcome-mail because pending");
    welcome(&format!("{grant} confirm by day 9 10:00"), "refuses welcome-mail because unconfirmed");
    welcome(
        &format!("{grant} confirm by day 3 10:00 as form\ngiven day 2 10:00 confirms form"),
        "queues welcome-mail",
    );
    welcome(&format!("{grant}\ngiven day 2 10:00 confirms step-1"), "queues welcome-mail");
    for (stop, reason) in [("withdraws", "withdrawn"), ("refuses", "refused"), ("objects", "objected")] {
        for reach in [
            "newsletter by email to self",
            "newsletter",
            "everything by email",
            "everything to self",
            "everything",
        ] {
            welcome(
                &format!("{grant}\ngiven day 2 10:00 {stop} {reach}"),
                &format!("refuses welcome-mail because {reason}"),
            );
        }
        welcome(&format!("{grant}\ngiven day 2 10:00 {stop} offers"), "queues welcome-mail");
    }
    let again = "given day 4 10:00 grants newsletter by email for mail";
    let objected = format!("{grant}\ngiven day 2 10:00 objects everything\n");
    welcome(&format!("{objected}{again}"), "refuses welcome-mail because objected");
    welcome(
        &format!("{objected}given day 3 10:00 unobjects newsletter by email for mail\n{again}"),
        "queues welcome-mail",
    );
    let restricted = format!("{grant}\ngiven day 2 10:00 restricts newsletter\n");
    welcome(
        &format!("{restricted}given day 3 10:00 unrestricts newsletter by email for mail"),
        "queues welcome-mail",
    );
    fine(&format!(
        "{restricted}when day 9 10:00 signal newsletter-signup on mail\nthen stays\nthen refuses welcome-mail because restricted"
    ));
    fine(&format!(
        "{grant}\ngiven day 2 10:00 erases\nwhen day 9 10:00 signal newsletter-signup on mail\nthen stays\nthen refuses welcome-mail because erased"
    ));
}

/// What the second edition of the SPEC added: pause (S30), void (S31), `begins` (S6), a stop `only` about an address (S4).
#[test]
fn pauses_voids_beginnings_and_one_address() {
    let welcome = |acts: &str, then: &str| {
        fine(&format!(
            "{acts}\nwhen day 9 10:00 signal newsletter-signup on mail\nthen moves to subscriber\nthen {then}"
        ));
    };
    let grant = "given day 1 10:00 grants newsletter by email for mail";
    let paused = |until: &str| format!("{grant}\ngiven day 2 10:00 pauses everything until {until}");
    welcome(&paused("day 9 10:00:01"), "refuses welcome-mail because paused for newsletter by email");
    welcome(&paused("day 9 10:00"), "queues welcome-mail");
    welcome(
        &format!("{grant}\ngiven day 2 10:00 pauses offers by email to self until day 20 10:00"),
        "queues welcome-mail",
    );
    let again = "given day 4 10:00 grants newsletter by email for mail";
    welcome(&format!("{}\n{again}", paused("day 20 10:00")), "queues welcome-mail");
    let only = |name: &str| {
        format!("{grant}\ngiven day 2 10:00 pauses newsletter by email only {name} until day 20 10:00")
    };
    welcome(&only("mail"), "refuses welcome-mail because paused");
    welcome(&only("facebook"), "queues welcome-mail");
    for (stop, reason) in [("withdraws", "withdrawn"), ("refuses", "refused"), ("objects", "objected")] {
        let only = |name: &str| format!("{grant}\ngiven day 2 10:00 {stop} everything only {name}");
        welcome(&only("mail"), &format!("refuses welcome-mail because {reason}"));
        welcome(&only("facebook"), "queues welcome-mail");
    }
    welcome(&format!("{grant} begins day 9 10:00 until day 10 10:00"), "queues welcome-mail");
    welcome(&format!("{grant} begins day 9 10:00:01"), "refuses welcome-mail because no_grant");
    let voids = |act: &str| format!("{grant} as form\n{again}\ngiven day 5 10:00 voids {act}");
    welcome(&voids("form"), "queues welcome-mail");
    welcome(&voids("step-2"), "refuses welcome-mail because void");
    let confirmed = format!("{grant} confirm by day 3 10:00 as form\ngiven day 2 10:00 confirms form");
    welcome(&format!("{confirmed}\ngiven day 5 10:00 voids step-2"), "refuses welcome-mail because void");
}

/// The reference journey whose welcome mail has an occasion.
pub fn with_an_occasion(more: &str) -> Journey {
    let plain = r#""effects": [{ "name": "welcome-mail", "purpose": "newsletter", "channel": "email" }]"#;
    assert!(Journey::REFERENCE_JSON.contains(plain));
    let text = Journey::REFERENCE_JSON.replace(plain, &format!("{}, {more} }}]", &plain[..plain.len() - 3]));
    Journey::from_json(&text).unwrap()
}

/// What becomes of a released event: sent, too late, passed, paused, void; and of an effect whose guard does not hold.
#[test]
fn the_occasion_of_an_event() {
    let queued = "given day 1 10:00 grants newsletter by email for mail as form\ngiven day 1 10:00 signal newsletter-signup on mail\n";
    let journey = with_an_occasion(r#""within": "24h", "still": ["subscriber"]"#);
    let released = |between: &str, at: &str, then: &str| {
        let text = format!("{queued}{between}when {at} releases\nthen {then}");
        check(&journey, &file(&text)).unwrap_or_else(|error| panic!("{error}"));
    };
    released("", "day 2 09:59", "sends welcome-mail");
    released("", "day 2 10:00", "drops welcome-mail because too_late");
    let buys = "given day 1 11:00 signal purchase on mail\n";
    released(buys, "day 1 12:00", "drops welcome-mail because passed");
    released(buys, "day 2 10:00", "drops welcome-mail because too_late");
    released(
        "given day 1 11:00 pauses newsletter until day 3 10:00\n",
        "day 1 12:00",
        "drops welcome-mail because paused for newsletter by email",
    );
    released("given day 1 11:00 voids form\n", "day 1 12:00", "drops welcome-mail because void");
    let Err(error) =
        check(&journey, &file(&format!("{queued}when day 3 10:00 releases\nthen sends welcome-mail")))
    else {
        panic!("it waited too long");
    };
    assert!(
        error.to_string().contains("! sends welcome-mail   drops welcome-mail because too_late"),
        "{error}"
    );

    let guarded =
        with_an_occasion(r#""when": { "not": { "recency": { "kind": "purchase", "within": "7d" } } }"#);
    let signs_up = "given day 1 10:00 grants newsletter by email for mail\nwhen day 1 10:00 signal newsletter-signup on mail\nthen moves to subscriber\n";
    check(&guarded, &file(&format!("{signs_up}then queues welcome-mail"))).unwrap();
    let never = with_an_occasion(r#""when": { "count": { "kind": "purchase", "at_least": 1 } }"#);
    check(&never, &file(signs_up)).unwrap();
    let error = check(&never, &file(&format!("{signs_up}then queues welcome-mail"))).unwrap_err().to_string();
    assert!(error.contains("effect welcome-mail is not asked for, by its own guard"), "{error}");
}

#[test]
fn a_signal_is_handled_with_the_consent_of_that_instant() {
    let grant = "given day 2 10:00 grants newsletter by email for mail\n";
    let signal = "when day 1 10:00 signal newsletter-signup on mail";
    fine(&format!("{grant}{signal}\nthen moves to subscriber\nthen refuses welcome-mail because no_grant"));
    fine(&format!(
        "{grant}{signal} handled day 2 10:00\nthen moves to subscriber\nthen queues welcome-mail\nthen stands at subscriber"
    ));
}

#[test]
fn a_merge_keeps_the_stage_furthest_along() {
    let customer = "given day 1 10:00 signal purchase on mail\nwhen day 2 10:00 merges with";
    fine(&format!("{customer} fan\nthen stands at customer"));
    fine(&format!("{customer} none\nthen stands at customer"));
    fine(&format!("{customer} ambassador\nthen stands at ambassador"));
    assert_eq!(fails(&format!("{customer} fan\nthen stands at fan")), ["stands at fan | stands at customer"]);
}

/// What one rule asks of one network by name says nothing of what another asks of any network: a contact keeps ready
/// what it is asked by name.
#[test]
fn a_need_of_any_network_is_not_that_of_the_first() {
    let by_name = r#"{ "name": "r", "on": "refund", "effects": [{ "name": "e", "purpose": "social-linking", "channel": "social/facebook" }] }"#;
    let text = Journey::REFERENCE_JSON.replacen(r#""rules": ["#, &format!(r#""rules": [{by_name},"#), 1);
    let journey = Journey::from_json(&text).unwrap();
    let twitter = "placet scenarios 1
scenario s
identity twitter account/twitter:ada
given 2013-05-01 10:00 grants social-linking by social/twitter
when 2013-05-01 10:00 signal like
then moves to fan
then stands at fan
when 2013-05-01 11:00 signal refund
then refuses e because no_grant for social-linking by social/facebook
";
    check(&journey, twitter).unwrap();
}

/// A stage that no rule moves to ranks with no stage (S23): of two that rank alike, that of the other contact is held.
#[test]
fn a_merge_with_a_stage_that_no_rule_moves_to() {
    let text = Journey::REFERENCE_JSON
        .replace(r#"{ "name": "customer" }"#, r#"{ "name": "customer" }, { "name": "friend" }"#);
    let journey = Journey::from_json(&text).unwrap();
    let merged = |first: &str, then: &str| {
        check(&journey, &file(&format!("{first}when day 2 10:00 merges with friend\nthen stands at {then}")))
            .unwrap();
    };
    merged("", "friend");
    merged("given day 1 10:00 signal purchase on mail\n", "customer");
}

/// The joint person of a book holds the same stage after a merge as the one contact of a scenario.
#[test]
fn a_merge_is_that_of_the_book() {
    let stages = [("none", ""), ("fan", "like"), ("customer", "purchase")];
    for (_, first) in stages {
        for (other, second) in stages {
            let journey = reference();
            let mut book = Book::new(journey.clone());
            let at = crate::support::at("10:00:00");
            for (id, kind) in [("ada", first), ("other", second)] {
                let account = Identity::parse(&format!("account/facebook:{id}")).unwrap();
                book.open(id.parse().unwrap(), account.clone()).unwrap();
                let grant = crate::support::grant("a", crate::support::on_facebook(), account.clone(), at);
                let _ = book.append(&id.parse().unwrap(), grant).unwrap();
                if !kind.is_empty() {
                    let spec = SignalSpec {
                        id: "s".parse().unwrap(),
                        contact: id.parse().unwrap(),
                        identity: account,
                        kind: kind.parse().unwrap(),
                        source: None,
                        at,
                        attributes: vec![],
                    };
                    book.observe(&journey.signal(spec).unwrap(), at).unwrap();
                }
            }
            book.merge(&"other".parse().unwrap(), &"ada".parse().unwrap()).unwrap();
            let held = book.stands_at(&"ada".parse().unwrap(), None, at);
            let held = held.as_ref().map_or("none", Stage::as_str);
            let given = if first.is_empty() {
                String::new()
            } else {
                format!("given day 1 10:00 signal {first} on facebook\n")
            };
            fine(&format!(
                "given day 1 10:00 grants social-linking by social/facebook for facebook\n{given}when day 1 10:00 merges with {other}\nthen stands at {held}"
            ));
        }
    }
}

#[test]
fn a_release_asks_again_and_every_event_once() {
    let queued = "given day 1 10:00 grants newsletter by email for mail\ngiven day 1 10:00 signal newsletter-signup on mail\n";
    fine(&format!(
        "{queued}when day 2 10:00 releases\nthen sends welcome-mail to mail\nwhen day 2 11:00 releases\nthen nothing"
    ));
    let stopped = format!(
        "{queued}given day 1 11:00 withdraws everything\nwhen day 2 10:00 releases\nthen drops welcome-mail because"
    );
    fine(&format!("{stopped} withdrawn for newsletter by email"));
    assert_eq!(
        fails(&format!("{stopped} objected")),
        [
            "drops welcome-mail because objected | drops welcome-mail because withdrawn for newsletter by email"
        ]
    );
}

/// Every saying of the shipped scenes is one that a wrong journey would contradict: changed, its scene fails.
#[test]
fn no_saying_of_the_shipped_scenes_is_idle() {
    let scenarios = Scenarios::from_text(REFERENCE).unwrap();
    let fan: Stage = "fan".parse().unwrap();
    let mut tried = 0;
    for (at, scenario) in scenarios.scenarios.iter().enumerate() {
        for (step, then) in scenario.steps.iter().enumerate().filter_map(|(at, step)| match step {
            Step::When(when) => Some((at, &when.then)),
            Step::Given(_) => None,
        }) {
            let mut seeded = Vec::new();
            let mut seed = |edit: &dyn Fn(&mut Then)| {
                let mut then = then.clone();
                edit(&mut then);
                seeded.push(then);
            };
            if then.moves_to.is_some() {
                seed(&|then| then.moves_to = None);
            }
            if then.not_admitted.is_some() {
                seed(&|then| then.not_admitted = None);
            }
            if let Some(stage) = &then.stands_at {
                let other = if *stage == fan { NO_STAGE } else { fan.clone() };
                seed(&|then| then.stands_at = Some(other.clone()));
            }
            (0..then.queues.len()).for_each(|at| seed(&|then| drop(then.queues.remove(at))));
            (0..then.refuses.len()).for_each(|at| seed(&|then| drop(then.refuses.remove(at))));
            (0..then.refuses.len())
                .for_each(|at| seed(&|then| then.refuses[at].because = Reason::Unconfirmed));
            (0..then.sends.len()).for_each(|at| seed(&|then| drop(then.sends.remove(at))));
            (0..then.drops.len()).for_each(|at| seed(&|then| drop(then.drops.remove(at))));
            for then in seeded {
                let mut wrong = scenario.clone();
                let Step::When(when) = &mut wrong.steps[step] else { unreachable!() };
                when.then = then;
                let report = Scenarios::of(vec![wrong]).compile(&reference()).unwrap().run();
                assert!(
                    !report.is_fine(),
                    "scenario {at}, step {step}: {then:?}",
                    then = scenario.steps[step]
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 80, "{tried}");
}

/// Expected beside got, and why, word for word.
#[test]
fn what_a_failure_shows() {
    let text = "placet scenarios 1
day 1 is 2013-05-01
scenario a-fan-who-signs-up
  identity  mail      email:ada@example.org
  identity  facebook  account/facebook:ada.l
  given     day 1 09:00  grants social-linking by social/facebook for facebook
  given     day 1 09:05  signal like on facebook
  given     day 2 10:00  grants newsletter by email for mail
  when      day 2 10:00  signal newsletter-signup on mail
  then      moves to subscriber+fan
  then      queues best-prospect-mailing
  then      stands at subscriber
scenario a-customer
  identity  card  card:7-0042
  when      day 2 10:00  signal purchase
  then      moves to customer
  then      refuses onboarding because no_grant
scenario a-lapsed-subscriber
  identity  mail      email:ada@example.org
  given     day 1 09:00  grants newsletter by email until day 31 00:00
  given     day 1 09:00  signal newsletter-signup
  when      day 31 00:00  waits
  then      stands at subscriber
scenario a-like-that-was-not-kept
  identity  facebook  account/facebook:ada.l
  given     day 1 09:05  signal like
  when      day 2 10:00  releases
  then      nothing
";
    let golden = include_str!("golden/scenarios.txt");
    let error = check(&reference(), text).unwrap_err();
    assert_eq!(error.to_string().trim_end(), golden.trim_end());
    let CheckError::Failed(report) = error else { panic!("it was read") };
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["passed"], 1);
    assert_eq!(json["failed"][0]["line"], 9);
    assert_eq!(json["failed"][0]["rows"][0]["same"], true);
    assert_eq!(
        json["failed"][0]["rows"][1]["got"],
        "refuses best-prospect-mailing because no_grant for offers by email"
    );
    assert!(!golden.contains('@'), "a report names identities as the scenario does");
}

/// The same scenario as code and in both written forms.
#[test]
fn three_ways_to_write_one_scenario() {
    let at = |text: &str| text.parse::<placet::Instant>().unwrap();
    let name = |text: &str| text.parse::<Name>().unwrap();
    let in_code = Scenarios::of(vec![
        Scenario::named(name("late"))
            .identity(name("mail"), Identity::email("ada@example.org").unwrap())
            .given(
                at("2013-05-01T10:00:00Z"),
                Grants::new(OFFERS.by(EMAIL)).until(at("2013-06-01T00:00:00Z")).named("a".parse().unwrap()),
            )
            .given(at("2013-05-02T10:00:00Z"), What::withdraw(Reach::everything().by(SMS)))
            .when(
                at("2013-05-03T10:00:30Z"),
                Arrives::new("purchase".parse().unwrap())
                    .on(name("mail"))
                    .from(Source::Shop)
                    .with(name("amount"), Value::Integer(100))
                    .handled(at("2013-05-04T10:00:00Z")),
                Then::nothing()
                    .moves_to("customer".parse().unwrap())
                    .queues("onboarding".parse().unwrap())
                    .stands_at("customer".parse().unwrap()),
            )
            .when(
                at("2013-05-05T10:00:00Z"),
                What::release(),
                Then::nothing().sends("onboarding".parse().unwrap()),
            )
            .when(
                at("2013-05-06T10:00:00Z"),
                What::wait(),
                Then::nothing().stands_at("customer".parse().unwrap()),
            ),
    ]);
    let in_text = "placet scenarios 1

scenario late
  identity  mail  email:ada@example.org
  given     2013-05-01 10:00  grants offers by email until 2013-06-01 00:00 as a
  given     2013-05-02 10:00  withdraws everything by sms
  when      2013-05-03 10:00:30  signal purchase on mail from shop with amount=100 handled 2013-05-04 10:00
  then      moves to customer
  then      queues onboarding
  then      stands at customer
  when      2013-05-05 10:00  releases
  then      sends onboarding
  when      2013-05-06 10:00  waits
  then      stands at customer
";
    let in_json = r#"{"placet":1,"scenarios":[{"name":"late","identities":[{"name":"mail","identity":"email:ada@example.org"}],"steps":[
        {"given":{"at":"2013-05-01T10:00:00Z","what":{"grant":{"scope":{"purpose":"offers","channel":"email"},"until":"2013-06-01T00:00:00Z","id":"a"}}}},
        {"given":{"at":"2013-05-02T10:00:00Z","what":{"withdraw":{"reach":{"channel":"sms"}}}}},
        {"when":{"at":"2013-05-03T10:00:30Z","what":{"signal":{"kind":"purchase","identity":"mail","source":"shop","attributes":[{"name":"amount","value":{"integer":100}}],"handled":"2013-05-04T10:00:00Z"}},"then":{"moves_to":"customer","queues":[{"effect":"onboarding"}],"stands_at":"customer"}}},
        {"when":{"at":"2013-05-05T10:00:00Z","what":{"release":{}},"then":{"sends":[{"effect":"onboarding"}]}}},
        {"when":{"at":"2013-05-06T10:00:00Z","what":{"wait":{}},"then":{"stands_at":"customer"}}}]}]}"#;
    assert_eq!(in_code.to_string(), in_text);
    assert_eq!(Scenarios::read(in_text).unwrap(), in_code);
    assert_eq!(Scenarios::read(in_json).unwrap(), in_code);
    let json: serde_json::Value = serde_json::from_str(in_json).unwrap();
    assert_eq!(serde_json::to_value(&in_code).unwrap(), json);
}
