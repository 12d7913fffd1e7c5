//! The five questions that a marketer asks of the base, on the Complete Journey data: how many possible buyers are outside
//! it, who stands at which step, what to offer, who may leave, who brings others. Of each figure it says on whose permission
//! it rests.
//!
//! The data hold no act of consent. So nobody can be looked at alone, and the tables still speak of enough people. Then
//! consent is **simulated** for two households in three, and labelled as such.
//!
//! `cargo run -p placet-insight --example five_questions`
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its reader")]

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use placet::{
    Actor, Book, ContactId, Evidence, Grant, Identity, Instant, Journey, Method, Notice, SignalSpec,
    book::Journaled, channel::POST, desk::Terms, purpose::PROFILING,
};
use placet_insight::{Crowd, Histories, Insight, Known, Minutes, outside};

type Done<T> = Result<T, Box<dyn Error>>;

/// One basket: the household, when, and what it cost in cents.
type Basket = (u32, Instant, i64);

fn main() -> ExitCode {
    match five_questions() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("five_questions: {error}");
            ExitCode::FAILURE
        }
    }
}

fn five_questions() -> Done<()> {
    let journey = Journey::from_json(include_str!("journey.json"))?;
    let insight = Insight::from_json(include_str!("insight.json"), &journey)?;
    let baskets = baskets()?;
    let now: Instant = "2018-01-01T00:00:00Z".parse()?;

    println!("# The data as they are: no consent at all\n");
    let kept = history(&journey, &baskets, |_| false)?;
    let (crowd, refused, seen) = asked(&journey, &insight, &kept, now)?;
    println!("Households that may be looked at alone: {seen}; refused: {refused}.");
    println!(
        "Own dealings are counted all the same, of those who said no to nothing, in cells of at least 10:\n"
    );
    println!("{}", crowd.table("steps")?);

    println!("\n# With consent to be looked at, simulated for two households in three\n");
    let kept = history(&journey, &baskets, |household| household % 9 != 0)?;
    let (crowd, refused, seen) = asked(&journey, &insight, &kept, now)?;

    println!("## 1. How many possible buyers are not in our base?\n");
    println!("Rests on nobody's permission: three counts, no person.");
    let until = |from: &str, to: &str| -> Done<BTreeSet<u32>> {
        let (from, to): (Instant, Instant) = (from.parse()?, to.parse()?);
        Ok(baskets.iter().filter(|(_, at, _)| from <= *at && *at < to).map(|(who, ..)| *who).collect())
    };
    let base = until("2017-01-01T00:00:00Z", "2017-03-01T00:00:00Z")?;
    let sample = until("2017-11-01T00:00:00Z", "2017-12-01T00:00:00Z")?;
    let everybody = baskets.iter().map(|(who, ..)| *who).collect::<BTreeSet<_>>().len();
    let both = base.intersection(&sample).count();
    let estimate = outside(u64::try_from(base.len())?, u64::try_from(sample.len())?, u64::try_from(both)?);
    println!(
        "In the base by March: {}. Asked in November: {}, of whom {both} were in it.",
        base.len(),
        sample.len()
    );
    println!("Estimated outside: {estimate}. In truth: {}.\n", everybody.saturating_sub(base.len()));

    println!("## 2. Who stands at which step?\n");
    println!("Rests on own dealings of those who said no to nothing.\n{}\n", crowd.table("steps")?);
    for stage in ["customer", "regular"] {
        let stage = stage.parse()?;
        let looked_at: Vec<String> =
            insight.indicators(Some(&stage)).iter().map(ToString::to_string).collect();
        println!("While somebody is a {stage}, look at: {}.", looked_at.join(", "));
    }

    println!("\n## 3. What to offer, and when?\n");
    println!(
        "Rests on the same. How much more of each weekday the regulars have, 100 for as much as everybody:\n"
    );
    println!("{}", crowd.table("weekdays-of-regulars")?.likeness(&crowd.table("weekdays")?)?);

    println!("\n## 4. Who may leave?\n");
    println!(
        "Rests on the consent of each who is ranked: {seen} permit it, {refused} do not and are in no list."
    );
    leaving(&journey, &insight, &crowd, &kept, now)?;

    println!("\n## 5. Who brings others?\n");
    println!("These data do not say it: nobody handed a code on. The question is `Profile::advocacy`.");
    Ok(())
}

/// The three who are likeliest to leave, with one score told term by term.
fn leaving(journey: &Journey, insight: &Insight, crowd: &Crowd, kept: &str, now: Instant) -> Done<()> {
    let (terms, life) = (Terms::new(journey.clone()), crowd.life("baskets")?);
    let (histories, mut book) = (Histories::read(kept, &terms)?, Book::replay(journey.clone(), kept)?.book);
    let ids: Vec<ContactId> = book.ids().cloned().collect();
    let mut leaving = Vec::new();
    for id in ids {
        let entries = histories.about(&id);
        let Some(contact) = book.contact(&id) else { continue };
        if let Ok(profile) = insight.view("buying")?.profile(&Known::new(contact, entries), now) {
            let told = profile.leaving(&life)?;
            let warm = profile.score("warm")?.to_string();
            leaving.extend(told.map(|told| (told.share(), id.to_string(), told.to_string(), warm)));
        }
    }
    leaving.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
    for (_, id, told, _) in leaving.iter().take(3) {
        println!("- {id}: {told}");
    }
    if let Some((_, id, _, warm)) = leaving.last() {
        println!("\nThe one who is least likely to leave, {id}, and why:\n{warm}");
    }
    Ok(())
}

/// What a crowd says, and how many may not and may be looked at alone.
fn asked(journey: &Journey, insight: &Insight, kept: &str, now: Instant) -> Done<(Crowd, usize, usize)> {
    let histories = Histories::read(kept, &Terms::new(journey.clone()))?;
    let mut crowd: Option<Crowd> = None;
    for part in histories.parts(2) {
        let part = insight.crowd(part, now, Minutes(0));
        crowd = Some(match crowd {
            Some(before) => before.and(part)?,
            None => part,
        });
    }
    let mut book = Book::replay(journey.clone(), kept)?.book;
    let ids: Vec<ContactId> = book.ids().cloned().collect();
    let mut seen = 0_usize;
    for id in &ids {
        let Some(contact) = book.contact(id) else { continue };
        let known = Known::new(contact, histories.about(id));
        seen = seen.saturating_add(usize::from(insight.view("buying")?.profile(&known, now).is_ok()));
    }
    Ok((crowd.ok_or("nobody")?, ids.len().saturating_sub(seen), seen))
}

/// The journal of a book in which every basket was handled on its day.
fn history(journey: &Journey, baskets: &[Basket], permits: impl Fn(u32) -> bool) -> Done<String> {
    let mut kept = Journaled::new(Book::new(journey.clone()), String::new());
    let mut known = BTreeSet::new();
    for (place, (household, at, cents)) in baskets.iter().enumerate() {
        let (contact, card) =
            (household.to_string().parse::<ContactId>()?, Identity::of_kind("card", &household.to_string())?);
        if known.insert(*household) {
            kept.open(contact.clone(), card.clone())?;
            if permits(*household) {
                let shown = Notice::new("card-form".parse()?, "2017-01".parse()?);
                let evidence = Evidence::new(Actor::Person, Method::Paper).shown(shown);
                let scope = PROFILING.by(POST);
                let grant =
                    Grant::new(format!("g-{household}").parse()?, scope, card.clone(), evidence, *at, *at)?;
                let _ = kept.append(&contact, grant)?;
            }
        }
        let signal = format!(
            r#"{{"id":"b-{place}","contact":"{contact}","identity":"card:{household}","kind":"purchase","at":"{at}",
                "attributes":[{{"name":"cents","value":{{"integer":{cents}}}}}]}}"#
        );
        let signal = journey.signal(SignalSpec::from_json(&signal)?)?;
        kept.observe(&signal, *at)?;
    }
    Ok(kept.journal().clone())
}

/// The baskets of the excerpt beside the examples of `placet`, by time.
fn baskets() -> Done<Vec<Basket>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data/journey_baskets.csv");
    let text = std::fs::read_to_string(&file)
        .map_err(|error| format!("examples/data/journey_baskets.csv: {error}"))?;
    let mut baskets = Vec::new();
    for row in text.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        let [household, _, at, sales] = fields[..] else { return Err("a row has not four fields".into()) };
        let (whole, part) = sales.split_once('.').unwrap_or((sales, "0"));
        let cents: i64 = format!("{part:0<2}").parse()?;
        let cents = whole.parse::<i64>()?.saturating_mul(100).saturating_add(cents);
        baskets.push((household.parse()?, format!("{at}Z").parse()?, cents));
    }
    baskets.sort_by_key(|(_, at, _)| *at);
    Ok(baskets)
}
