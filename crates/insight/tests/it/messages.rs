//! Every message of the crate, word for word: what is wrong with a spec, and with a question.

use placet_insight::{Histories, Insight, Minutes};
use placet_tests::sources::sources;
use placet_tests::style::says;
use serde_json::{Value, json};

use crate::world::{QUESTIONS, World, at, insight, journey};

/// The questions with something put in a place, and what is said about it.
fn said(pointer: &str, value: Value) -> String {
    let mut spec: Value = serde_json::from_str(QUESTIONS).unwrap();
    put(&mut spec, pointer, value);
    Insight::from_json(&spec.to_string(), &journey())
        .err()
        .map_or("nothing".to_owned(), |error| error.to_string())
}

/// Puts a value in a place; the last part of the path may be new.
fn put(spec: &mut Value, pointer: &str, value: Value) {
    let (inside, last) = pointer.rsplit_once('/').unwrap();
    let place = spec.pointer_mut(inside).unwrap_or_else(|| panic!("there is no {inside}"));
    match place {
        Value::Array(list) => match last.parse::<usize>() {
            Ok(at) if at < list.len() => list[at] = value,
            _ => list.push(value),
        },
        place => place[last] = value,
    }
}

#[test]
fn all_faults_of_a_spec_are_told_at_once_with_their_places() {
    let mut spec: Value = serde_json::from_str(QUESTIONS).unwrap();
    put(&mut spec, "/views/0/needs/0/purpose", json!("profling"));
    put(&mut spec, "/scores/0/terms/1/each/kind", json!("likes"));
    put(&mut spec, "/tables/0/k", json!(5));
    let error = Insight::from_json(&spec.to_string(), &journey()).unwrap_err();
    says(
        &error,
        "views[0].needs[0].purpose: no purpose `profling` is declared: did you mean `profiling`?\n\
         scores[0].terms[1].each.kind: no kind of signal `likes` is declared: did you mean `like`?\n\
         segments[0].signal: the admission of `hot-prospect` does not name the need of the view: what may not be concluded must not be kept\n\
         tables[0].k: a cell is of at least 10 people: name a `k` of 10 or more",
    );
}

#[test]
fn each_fault_of_meaning() {
    let unknown = "is declared: did you mean";
    let cases: Vec<(&str, Value, String)> = vec![
        ("/placet", json!(2), "placet: version 2 of an insight is not known; version 1 is".into()),
        ("/scores/0/view", json!("intrest"), format!("scores[0].view: no view `intrest` {unknown} `interest`?")),
        ("/segments/2/name", json!("hot"), "segments[2].name: the segment `hot` is declared twice".into()),
        ("/views/0/needs", json!([]), "views[0].needs: an empty list says nothing here: name at least one, or leave it out where that is allowed".into()),
        ("/segments/0/when/all/0/count/where/0/value", json!({"integer": 3}),
            "segments[0].when.all[0].count.where[0].value: the attribute `brand` is declared as text, and integer is needed or named here".into()),
        ("/segments/0/when/all/2/latest", json!({"kind": "statement", "name": "sure", "is": "less", "value": {"bool": true}}),
            "segments[0].when.all[2].latest.is: a bool is equal or not_equal, nothing else".into()),
        ("/segments/0/when/all/0/count/at_least", json!(0),
            "segments[0].when.all[0].count.at_least: a count of at least 0 always holds: name at least 1".into()),
        ("/scores/0/terms/0/when", json!({"score": {"name": "heat", "at_least": 1}}),
            "scores[0].terms[0].when.score: a score cannot ask for a score: ask for both in a segment".into()),
        ("/segments/1/view", json!("both"),
            "segments[1].when.any[0].score.name: the score `heat` belongs to another view: name one of the same view".into()),
        ("/scores/0/terms/0/points", json!(0), "scores[0].terms[0].points: points are from -1000000 to 1000000, and not 0".into()),
        ("/scores/0/terms/0/each", json!({"kind": "like"}),
            "scores[0].terms[0]: a term has either `when`, for what is stated, or `each`, for what is done".into()),
        ("/scores/0/terms/0/half_life", json!("1d"),
            "scores[0].terms[0].half_life: a `half_life` belongs to `each`: what is stated holds or does not".into()),
        ("/scores/0/terms/0/most", json!(0), "scores[0].terms[0].most: this is a size: name at least 1".into()),
        ("/scores/0/least", json!(91), "scores[0].least: `least` is above `most`: no score lies between".into()),
        ("/segments/1/signal", json!("purchase"),
            "segments[1].signal: the kind `purchase` is not `derived` in the journey: a conclusion of ours must not pass for a message of theirs".into()),
        ("/views/0/needs/0/purpose", json!("offers"),
            "segments[0].signal: the admission of `hot-prospect` does not name the need of the view: what may not be concluded must not be kept".into()),
        ("/views/0/needs/1", json!({"purpose": "offers", "channel": "email"}),
            "segments[0].signal: a view of several needs has no identity that answers for all: name a signal only where the view has one need".into()),
        ("/segments/3/score", json!("heat"),
            "segments[3].score: a score fills the attribute `score` of a signal, an integer: name a signal whose kind declares it".into()),
        ("/tables/5/count/kind", json!("like"), "tables[5].count: a table counts one of `kind`, `sent`, `moved`, `people` and `said`".into()),
        ("/tables/7/view", json!("interest"),
            "tables[7].view: a table names a `view`, but one of acts (`said`), which names neither `view`, `segment` nor `stages`".into()),
        ("/tables/7/count/said/kind", json!("erase"),
            "tables[7].count.said.kind: only grants, lifts, withdrawals, refusals, objections, restrictions and pauses are for a purpose".into()),
        ("/tables/5/by/0", json!("hour"), "tables[5].by[0]: this does not belong to what the table counts".into()),
        ("/tables/0/by", json!(["hour", "day", "month"]), "tables[0].by: a list holds at most 2 here".into()),
        ("/tables/0/most", json!(0), "tables[0].most: `most` is from 1 to 1048576".into()),
        ("/tables/0/clamp", json!(5),
            "tables[0].amount: an `amount` needs a `clamp`, so that one person cannot carry a cell, and a `clamp` an `amount`".into()),
        ("/tables/4/until/moved", json!("fan"), "tables[4].until: `until` names one of `by` and `moved`; `same` belongs to `by`".into()),
        ("/loyalty/0/horizon", json!("36h"), "loyalty[0].horizon: a horizon is a whole number of days, such as 90d".into()),
        ("/loyalty/0/amount", json!("model"), "loyalty[0].amount: the attribute `model` is declared as text, and integer is needed or named here\nloyalty[0].minus: no attribute `model` is declared".into()),
        ("/phases/0/tables/0", json!("hour"), format!("phases[0].tables[0]: no table `hour` {unknown} `hours`?")),
        ("/phases/0/stage", json!("fans"), format!("phases[0].stage: no stage `fans` {unknown} `fan`?")),
        ("/advocacy/0/arrives/name", json!("coed"), format!("advocacy[0].arrives.name: no attribute `coed` {unknown} `code`?")),
    ];
    let wrong = cases.iter().filter_map(|(pointer, value, message)| {
        let told = said(pointer, value.clone());
        (told != *message).then(|| format!("{pointer}: {told}"))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
    cases.iter().for_each(|(_, _, message)| says(message, message));
    // A channel that answers where a question came from has nobody to ask here.
    let mut cars: Value = serde_json::from_str(crate::world::CARS).unwrap();
    cars["catalogue"]["channels"][0]["reaches"] = json!("arrival");
    let journey = placet::Journey::from_json(&cars.to_string()).unwrap();
    let error = Insight::from_json(QUESTIONS, &journey).unwrap_err().to_string();
    says(
        &error.lines().next().unwrap(),
        "views[0].needs[0].channel: this channel answers where a question came from, and nobody asked: name a channel that reaches an address",
    );
}

#[test]
fn faults_of_shape_name_the_first_place() {
    says(&Insight::from_json("[]", &journey()).unwrap_err(), ".: expected an object (line 1, column 0)");
    let shape = |pointer: &str, value: Value| said(pointer, value);
    assert!(
        shape("/scores/0/terms/0/when", json!({"attribute": {}})).starts_with("scores[0].terms[0].when: ")
    );
    assert!(
        shape("/scores/0/terms/0/when", json!({"all": []}))
            .contains("`all` and `any` need at least one guard inside")
    );
    assert!(shape("/scores/0/most", json!(null)).starts_with("scores[0].most: "));
    assert!(shape("/credits", json!([{}])).starts_with("credits[0]"));
    assert!(
        shape("/tables/0/county", json!(1)).starts_with("tables[0].county: ")
            || shape("/tables/0/county", json!(1)).starts_with("tables[0]: ")
    );
    let deep = (0..17).fold(json!({"stage": "fan"}), |guard, _| json!({"not": guard}));
    assert!(shape("/segments/0/when", deep).contains("guards nest at most 16 deep"));
}

#[test]
fn questions_that_cannot_be_asked() {
    let (insight, mut world) = (insight(), World::new());
    world.open("ada", "email:ada@example.org");
    world.grant("ada", "email:ada@example.org", "profiling/email", at("01-01"));
    says(
        &insight.view("intrest").unwrap_err(),
        "no view of this name is in the insight: did you mean `interest`?",
    );
    let crowd = insight.crowd(&world.histories(), at("06-01"), Minutes(0));
    says(&crowd.table("ours").unwrap_err(), "no table of this name is in the insight: did you mean `hours`?");
    says(&crowd.life("x").unwrap_err(), "no loyalty of this name is in the insight");
    says(&crowd.table("hours").unwrap().median().unwrap_err(), "this table has no such figure");
    let late = insight.crowd(&world.histories(), at("06-02"), Minutes(0));
    says(
        &crowd.and(late).unwrap_err(),
        "these were asked by another insight, at another instant or of another shape: they do not belong together",
    );
    world.ask("ada", |known| {
        let profile = insight.view("interest").unwrap().profile(known, at("06-01")).unwrap();
        says(
            &profile.score("heart").unwrap_err(),
            "no score of this name is in the insight: did you mean `heat`?",
        );
        says(
            &profile.signal("hot", placet_tests::support::name("s-1")).unwrap_err(),
            "this segment names no signal",
        );
        let mut spec: Value = serde_json::from_str(QUESTIONS).unwrap();
        spec["segments"] = json!([]);
        spec["tables"] = json!([]);
        spec["scores"][0]["view"] = json!("both");
        spec["phases"] = json!([]);
        let both = Insight::from_json(&spec.to_string(), &journey()).unwrap();
        let profile = both.view("interest").unwrap().profile(known, at("06-01")).unwrap();
        says(
            &profile.score("heat").unwrap_err(),
            "the score belongs to another view than this profile: ask under that one",
        );
    });
    let terms = world.terms();
    let error = Histories::read("\n{}", &terms).err().unwrap();
    says(&error, "line 2 of the history: the field `v` is missing (at `.`, line 1, column 2)");
    assert_eq!(error.line(), 2);
}

/// Whoever adds a message adds a line to these tests.
#[test]
fn no_message_is_left_out() {
    let count: usize = sources("crates/insight/src")
        .into_iter()
        .map(|file| {
            file.text.matches("#[error(").count() - file.text.matches("#[error(transparent)]").count()
        })
        .sum();
    assert_eq!(count, 44, "messages of insight; assert the new one");
}
