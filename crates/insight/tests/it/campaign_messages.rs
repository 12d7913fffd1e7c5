//! Every message about credits and trials, word for word; and the satire, which tries both.

use placet::{Book, ContactId, Identity, Reason};
use placet_insight::{Assigned, Insight, Minutes, Seed};
use placet_tests::style::says;
use placet_tests::support::name;
use serde_json::{Value, json};

use crate::campaign::{QUESTIONS, crowd, hour, insight, journey};
use crate::world::{World, at, text};

/// The questions with something put in a place, and what is said about it.
fn said(pointer: &str, value: Value) -> String {
    let mut spec: Value = serde_json::from_str(QUESTIONS).unwrap();
    let (inside, last) = pointer.rsplit_once('/').unwrap();
    let place = spec.pointer_mut(inside).unwrap_or_else(|| panic!("there is no {inside}"));
    match last.parse::<usize>() {
        Ok(at) => place[at] = value,
        Err(_) if value.is_null() => drop(place.as_object_mut().unwrap().remove(last)),
        Err(_) => place[last] = value,
    }
    Insight::from_json(&spec.to_string(), &journey())
        .err()
        .map_or("nothing".to_owned(), |error| error.to_string())
}

#[test]
fn each_fault_of_a_credit_or_a_trial() {
    let arms = |number: usize| (0..number).map(|at| json!({"name": format!("arm-{at}")})).collect::<Value>();
    let cases: Vec<(&str, Value, &str)> = vec![
        (
            "/credits/0/touches/1",
            json!({"kind": "like", "sent": "*", "by": "network"}),
            "credits[0].touches[1]: a touch is one of `kind` and `sent`",
        ),
        (
            "/credits/0/touches/1",
            json!({"by": "network"}),
            "credits[0].touches[1]: a touch is one of `kind` and `sent`",
        ),
        (
            "/credits/0/touches/1",
            json!({"kind": "like"}),
            "credits[0].touches[1]: a touch names its channel by one of `channel` and `by`",
        ),
        (
            "/credits/0/touches/1/channel",
            json!("social"),
            "credits[0].touches[1]: a touch names its channel by one of `channel` and `by`",
        ),
        (
            "/credits/0/touches/1/by",
            json!("effect"),
            "credits[0].touches[1]: `where` and `attribute` belong to a touch of a `kind`, and `effect` to what was `sent`",
        ),
        (
            "/credits/0/touches/0/by",
            json!({"attribute": "brand"}),
            "credits[0].touches[0]: `where` and `attribute` belong to a touch of a `kind`, and `effect` to what was `sent`",
        ),
        (
            "/credits/0/touches/0/sent",
            json!("mail-c"),
            "credits[0].touches[0].sent: no effect `mail-c` is declared: did you mean `mail-a`?",
        ),
        (
            "/credits/0/touches/1/kind",
            json!("likes"),
            "credits[0].touches[1].kind: no kind of signal `likes` is declared: did you mean `like`?",
        ),
        (
            "/credits/0/touches/2/by/attribute",
            json!("form"),
            "credits[0].touches[2].by.attribute: no attribute `form` is declared: did you mean `from`?",
        ),
        (
            "/credits/0/touches",
            json!([]),
            "credits[0].touches: an empty list says nothing here: name at least one, or leave it out where that is allowed",
        ),
        (
            "/credits/0/touches",
            Value::Array(vec![json!({"sent": "*", "channel": "mail"}); 65]),
            "credits[0].touches: a list holds at most 64 here",
        ),
        (
            "/credits/0/outcome/amount",
            json!("model"),
            "credits[0].outcome.amount: the attribute `model` is declared as text, and integer is needed or named here",
        ),
        (
            "/credits/0/outcome/kind",
            json!("purchased"),
            "credits[0].outcome.kind: no kind of signal `purchased` is declared: did you mean `purchase`?",
        ),
        (
            "/credits/0/view",
            json!("interests"),
            "credits[0].view: no view `interests` is declared: did you mean `interest`?",
        ),
        ("/credits/0/k", json!(9), "credits[0].k: a cell is of at least 10 people: name a `k` of 10 or more"),
        ("/trials/0/name", json!("offer"), "trials[1].name: the trial `offer` is declared twice"),
        (
            "/trials/0/view",
            json!("interests"),
            "trials[0].view: no view `interests` is declared: did you mean `interest`?",
        ),
        (
            "/trials/0/kind",
            json!("purchase"),
            "trials[0].kind: no attribute `trial` is declared\ntrials[0].kind: no attribute `arm` is declared",
        ),
        (
            "/trials/0/arms",
            json!([]),
            "trials[0].arms: an empty list says nothing here: name at least one, or leave it out where that is allowed",
        ),
        ("/trials/0/arms", arms(17), "trials[0].arms: a list holds at most 16 here"),
        ("/trials/0/arms", arms(16), "nothing"),
        ("/trials/0/arms/1/name", json!("a"), "trials[0].arms[1].name: the arm `a` is declared twice"),
        (
            "/trials/0/arms/1/name",
            json!("holdout"),
            "trials[0].arms[1].name: no arm is called `holdout`: those are called so who get none",
        ),
        (
            "/trials/1/arms/0/when/latest/name",
            json!("drive"),
            "trials[1].arms[0].when.latest.name: no attribute `drive` is declared: did you mean `drives`?",
        ),
        (
            "/trials/0/holdout",
            json!(1000),
            "trials[0].holdout: `holdout` is of a thousand people: name at most 999, so that somebody gets an arm",
        ),
        (
            "/trials/0/least",
            json!(501),
            "trials[0].least: `least` is of a thousand people for each arm: `least` times the arms is at most 1000",
        ),
        ("/trials/0/least", json!(500), "nothing"),
        (
            "/trials/0/alpha",
            json!(0),
            "trials[0].alpha: `alpha` is of a million verdicts those that may be wrong: name 1 to 500000",
        ),
        (
            "/trials/0/alpha",
            json!(500_001),
            "trials[0].alpha: `alpha` is of a million verdicts those that may be wrong: name 1 to 500000",
        ),
        ("/trials/0/closed", json!("c"), "trials[0].closed: no arm `c` is declared: did you mean `a`?"),
        (
            "/trials/0/win/kind",
            json!("purchased"),
            "trials[0].win.kind: no kind of signal `purchased` is declared: did you mean `purchase`?",
        ),
        (
            "/trials/1/segments/0",
            json!("reach"),
            "trials[1].segments[0]: no segment `reach` is declared: did you mean `reached`?",
        ),
        (
            "/trials/1/segments/0",
            json!("reached"),
            "trials[1].segments[1]: the segment `reached` is declared twice",
        ),
        (
            "/trials/1/view",
            json!("linked"),
            "trials[1].segments[0]: the segment `drives-a-rival` belongs to another view: name one of the same view\ntrials[1].segments[1]: the segment `reached` belongs to another view: name one of the same view",
        ),
        ("/credits", Value::Array(vec![]), "nothing"),
    ];
    let wrong = cases.iter().filter_map(|(pointer, value, message)| {
        let told = said(pointer, value.clone());
        (told != *message).then(|| format!("{pointer}: {told}"))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
    cases.iter().for_each(|(_, _, message)| says(message, message));
    // All at once.
    let mut spec: Value = serde_json::from_str(QUESTIONS).unwrap();
    spec["credits"][0]["k"] = json!(1);
    spec["trials"][0]["holdout"] = json!(5000);
    let error = Insight::from_json(&spec.to_string(), &journey()).unwrap_err().to_string();
    assert_eq!(error.lines().count(), 2, "{error}");
    // Lists are bounded, and what is missing or unknown is a fault of shape.
    spec = serde_json::from_str(QUESTIONS).unwrap();
    let many: Vec<Value> = (0..65)
        .map(|at| {
            let mut trial = spec["trials"][0].clone();
            trial["name"] = json!(format!("t-{at}"));
            trial
        })
        .collect();
    spec["trials"] = json!(many);
    says(
        &Insight::from_json(&spec.to_string(), &journey()).unwrap_err(),
        "trials: a list holds at most 64 here",
    );
    assert!(said("/trials/0/within", Value::Null).starts_with("trials[0]"));
    assert!(said("/credits/0/model", json!("best")).starts_with("credits[0].model: "));
    assert!(said("/trials/0/within", json!("0d")).starts_with("trials[0].within: "));
    assert!(said("/trials/0/winner", json!(1)).starts_with("trials[0]"));
}

#[test]
fn questions_about_campaigns_that_cannot_be_asked() {
    let (insight, mut world) = (insight(), World::of(journey()));
    world.open("ada", "email:ada@example.org");
    world.link("ada", "account/facebook:ada");
    world.grant("ada", "account/facebook:ada", "social-linking/social/facebook", at("01-01"));
    let crowd = insight.crowd(&world.histories(), hour(0), Minutes(0));
    says(
        &crowd.credit("springs", None).unwrap_err(),
        "no credit of this name is in the insight: did you mean `spring`?",
    );
    says(
        &crowd.tallies("offers").unwrap_err(),
        "no trial of this name is in the insight: did you mean `offer`?",
    );
    let (subject, offer) = (crowd.tallies("subject-line").unwrap(), crowd.tallies("offer").unwrap());
    says(
        &offer.within("reach").unwrap_err(),
        "no segment of this name is in the insight: did you mean `reached`?",
    );
    says(&subject.lift("c").unwrap_err(), "no arm of this name is in the insight: did you mean `a`?");
    let (seed, ada) = (Seed::new([1; 16]), name::<ContactId>("ada"));
    says(
        &insight.assign("subjects", &seed, &ada, &subject).unwrap_err(),
        "no trial of this name is in the insight",
    );
    let unlike = "these were asked by another insight, at another instant or of another shape: they do not belong together";
    says(&insight.assign("subject-line", &seed, &ada, &offer).unwrap_err(), unlike);
    let other = Insight::from_json(QUESTIONS, &journey()).unwrap();
    says(&other.assign("subject-line", &seed, &ada, &subject).unwrap_err(), unlike);
    let mail = Identity::parse("email:ada@example.org").unwrap();
    let wrong = Assigned::Arm("c".parse().unwrap());
    let made = insight.assignment("subject-line", &wrong, name("s-1"), (&ada, &mail), hour(0));
    says(&made.unwrap_err(), "no arm of this name is in the insight: did you mean `a`?");
    world.ask("ada", |known| {
        let profile = insight.view("linked").unwrap().profile(known, hour(0)).unwrap();
        says(
            &profile.assign("subject-line", &seed, &subject).unwrap_err(),
            "the trial belongs to another view than this profile: ask under that one",
        );
    });
    // Nothing that is shown to whoever debugs tells a seed, a person or a figure.
    let credit = crowd.credit("spring", None).unwrap();
    let shown = format!("{seed:?} {subject:?} {credit:?}");
    assert_eq!(
        shown,
        r#"Seed Tallies { trial: "subject-line", .. } Credit { name: "spring", model: Shared, shown: 0, .. }"#
    );
}

/// The agency of the satire bought data of sixty people, who never said anything to us: it tries a trial and a credit.
#[test]
fn the_satire_tries_a_trial_and_a_credit() {
    let (insight, mut world) = (insight(), World::of(journey()));
    for number in 0..60 {
        let (who, facebook) = (format!("m-{number}"), format!("account/facebook:m{number}"));
        world.open(&who, &facebook);
        world.link(&who, &format!("email:m{number}@example.org"));
        world.signal(&who, &facebook, "like", hour(2), &[("brand", text("furniture"))]);
        world.signal(
            &who,
            &facebook,
            "purchase",
            hour(5),
            &[("amount", placet::signal::Value::Integer(100))],
        );
    }
    // What touched them is nobody's business: no channel, not even a hidden one, is credited.
    let crowd = crowd(&world);
    let credit = crowd.credit("spring", None).unwrap();
    assert_eq!((credit.rows().count(), credit.hidden()), (0, 0));
    assert_eq!(
        (credit.credited().amount(), credit.untouched().amount(), credit.unlinked().amount()),
        (0, 0, 6_000)
    );
    // An offer made for what they like: nobody has a profile, so no such arm is left.
    let tallies = crowd.tallies("offer").unwrap();
    let offered = |number: u32| {
        let who = name::<ContactId>(&format!("m-{number}"));
        insight.assign("offer", &Seed::new([3; 16]), &who, &tallies).unwrap()
    };
    assert!((0..60).all(|number| matches!(offered(number), Assigned::NoArm | Assigned::Holdout)));
    // An arm for everybody is assigned, and its mail is refused all the same.
    let subject = crowd.tallies("subject-line").unwrap();
    let (seed, everybody) = (Seed::new([4; 16]), (0..60).map(|number| format!("m-{number}")));
    let drawn = everybody.map(|who| {
        let who = name::<ContactId>(&who);
        (insight.assign("subject-line", &seed, &who, &subject).unwrap(), who)
    });
    let (assigned, who) = drawn.into_iter().find(|(drawn, _)| matches!(drawn, Assigned::Arm(_))).unwrap();
    let mail = Identity::parse("email:bought@example.org").unwrap();
    let signal =
        insight.assignment("subject-line", &assigned, name("s-1"), (&who, &mail), hour(9)).unwrap().unwrap();
    let mut book = Book::new(journey());
    let _ = book.open(who.clone(), mail);
    let observed = book.observe(&journey().signal(signal).unwrap(), hour(9)).unwrap();
    let decision = observed.decision().unwrap();
    assert_eq!(decision.queued().count(), 0);
    let reasons: Vec<Reason> = decision.refusals().map(|(_, no)| no.reason()).collect();
    assert_eq!(reasons, [Reason::NoGrant]);
}
