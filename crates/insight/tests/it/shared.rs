//! Answers that others worked out, read from beside the project where they are there: see `../shared/insight`. No row of a
//! data file is repeated here. On data where nobody gave consent, consents are simulated, and labelled so.

use std::collections::BTreeMap;
use std::path::PathBuf;

use placet::entry::{Admitted, Body, Opened};
use placet::name::TimeDelta;
use placet::signal::{Attribute, Value};
use placet::{Entry, Identity, Instant, Journey, Reach, SignalSpec, desk::Terms};
use placet_insight::{Crowd, Histories, Insight, Minutes};
use placet_tests::support::name;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::runner;
use crate::world::World;

/// A file beside the project: where `PLACET_SHARED` says, or in `../shared`. `None`, with a message, where it is absent.
fn beside(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PLACET_SHARED").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| placet_tests::project().join("../shared"));
    let path = folder.join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not beside the project", path.display());
    None
}

pub(crate) fn read(path: &str) -> Option<String> {
    Some(std::fs::read_to_string(beside(path)?).unwrap())
}

pub(crate) fn answers<T: for<'de> Deserialize<'de>>(file: &str) -> Option<T> {
    read(&format!("insight/{file}")).map(|text| serde_json::from_str(&text).unwrap())
}

#[test]
fn the_histories_of_facts_are_answered() {
    let Some(text) = read("insight/facts.jsonl") else { return };
    let (mut asked, mut wrong) = (0, Vec::new());
    for line in text.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let history =
            case["history"].as_array().unwrap().iter().map(|line| format!("{line}\n")).collect::<String>();
        let right = case["answers"].as_array().unwrap();
        let ours = runner::asked(&history, right);
        asked += right.len();
        let mistaken = ours.iter().zip(right).filter(|(ours, right)| ours != right);
        wrong.extend(mistaken.map(|(ours, right)| format!("{}: {ours}, right {right}", case["case"])));
    }
    eprintln!("{asked} answers about facts, {} wrong", wrong.len());
    assert!(asked > 0 && wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A journey of one kind of signal without admission, with these attributes.
fn simple(kind: &str, attributes: Json) -> Json {
    json!({"placet": 1, "name": "simple", "controller": "the-brand",
        "catalogue": {"purposes": ["profiling"], "channels": [{"name": "post", "reaches": "any"}]},
        "stages": [], "rules": [], "signals": [{"kind": kind, "attributes": attributes}]})
}

pub(crate) fn view() -> Json {
    json!([{"name": "v", "needs": [{"purpose": "profiling", "channel": "post"}]}])
}

pub(crate) const LONG_AGO: &str = "0101-01-01T00:00:00Z";

#[test]
fn decays_are_exact() {
    let Some(vectors) = answers::<Json>("vectors.json") else { return };
    let journey = Journey::from_json(&simple("done", json!([])).to_string()).unwrap();
    let now: Instant = "9000-01-01T00:00:00Z".parse().unwrap();
    let decays = vectors["decay"].as_array().unwrap();
    for vector in decays {
        let spec = json!({"placet": 1, "name": "d", "views": view(), "scores": [{"name": "s", "view": "v", "terms": [
            {"name": "t", "each": {"kind": "done"}, "points": vector["points"],
             "half_life": format!("{}s", vector["half_life_s"])}]}]});
        let insight = Insight::from_json(&spec.to_string(), &journey).unwrap();
        let mut world = World::of(journey.clone());
        world.open("c-1", "card:7-1");
        world.grant("c-1", "card:7-1", "profiling/post", LONG_AGO.parse().unwrap());
        for age in vector["ages_s"].as_array().unwrap() {
            let at = now.checked_sub(TimeDelta::seconds(age.as_i64().unwrap())).unwrap();
            world.signal("c-1", "card:7-1", "done", at, &[]);
        }
        let scored = world
            .ask("c-1", |known| insight.view("v").unwrap().profile(known, now).unwrap().score("s").unwrap());
        assert_eq!(scored.points(), vector["value"].as_i64().unwrap(), "{vector}");
    }
    assert!(decays.len() >= 40);
}

#[test]
fn unomis_own_test_gives_the_same_totals_and_order() {
    let Some(unomi) = answers::<Json>("unomi.json") else { return };
    // What somebody is interested in, and how much, is stated; what a content is about adds the points of each interest.
    let interests = unomi["interests"].as_object().unwrap();
    let attributes = json!([{"name": "interest", "type": "text"}]);
    let journey = Journey::from_json(&simple("interest", attributes).to_string()).unwrap();
    let mut world = World::of(journey.clone());
    world.open("c-1", "card:7-1");
    world.grant("c-1", "card:7-1", "profiling/post", LONG_AGO.parse().unwrap());
    for interest in interests.keys() {
        world.signal(
            "c-1",
            "card:7-1",
            "interest",
            crate::world::at("01-01"),
            &[("interest", crate::world::text(interest))],
        );
    }
    let term = |name: &str, points: i64, about: Option<&str>| {
        let about: Vec<Json> = about
            .iter()
            .map(|about| json!({"name": "interest", "is": "equal", "value": {"text": about}}))
            .collect();
        json!({"name": name, "when": {"count": {"kind": "interest", "at_least": 1, "where": about}}, "points": points})
    };
    let rows = unomi["rows"].as_array().unwrap();
    let threshold = unomi["threshold"].as_i64().unwrap();
    let mut ranked = Vec::new();
    for row in rows {
        let content = row["content"].as_str().unwrap();
        let about: Vec<&str> = content.split('-').filter(|word| interests.contains_key(*word)).collect();
        let mut terms: Vec<Json> =
            about.iter().map(|about| term(about, interests[*about].as_i64().unwrap(), Some(about))).collect();
        let sum: i64 = about.iter().map(|about| interests[*about].as_i64().unwrap()).sum();
        // Besides the interests, their test gives a content points of its own: what is left of the total.
        let own = row["total"].as_i64().unwrap() - sum;
        if own != 0 {
            assert!([1, 100].contains(&own) || content.contains("not-"), "{content}: {own}");
            terms.push(term("own", own, None));
        }
        let spec = json!({"placet": 1, "name": "u", "views": view(),
            "scores": [{"name": "s", "view": "v", "terms": terms}],
            "segments": [{"name": "kept", "view": "v", "when": {"score": {"name": "s", "at_least": threshold}}}]});
        let insight = Insight::from_json(&spec.to_string(), &journey).unwrap();
        let (points, kept) = world.ask("c-1", |known| {
            let profile = insight.view("v").unwrap().profile(known, crate::world::at("06-01")).unwrap();
            (profile.score("s").unwrap().points(), profile.is_in("kept").unwrap())
        });
        assert_eq!(
            (points, kept),
            (row["total"].as_i64().unwrap(), row["kept"].as_bool().unwrap()),
            "{content}"
        );
        if kept {
            ranked.push((std::cmp::Reverse(points), content.to_owned()));
        }
    }
    ranked.sort();
    let order: Vec<&str> = ranked.iter().map(|(_, content)| content.as_str()).collect();
    let right: Vec<&str> = unomi["order_asserted_by_their_test"]
        .as_array()
        .unwrap()
        .iter()
        .map(|content| content.as_str().unwrap())
        .collect();
    assert_eq!(order, right);
}

#[test]
fn intervals_and_those_outside() {
    let Some(vectors) = answers::<Json>("vectors.json") else { return };
    let number = |vector: &Json, name: &str| u32::try_from(vector[name].as_u64().unwrap()).unwrap();
    for vector in vectors["interval"].as_array().unwrap() {
        let (low, high) =
            placet_insight::interval(number(vector, "won"), number(vector, "shown"), number(vector, "alpha"));
        assert_eq!(json!([low, high]), vector["low_high"], "{vector}");
    }
    for vector in vectors["outside"].as_array().unwrap() {
        let count = |name: &str| vector[name].as_u64().unwrap();
        assert_eq!(placet_insight::outside(count("base"), count("sample"), count("both")), count("outside"));
    }
}

/// People who bought, with simulated consents: each permits profiling on the day before all others.
struct Buyers {
    world: World,
    insight: Insight,
    first: Instant,
}

impl Buyers {
    fn new(horizons: &[u32], first: Instant) -> Buyers {
        let amount = json!([{"name": "amount", "type": "integer"}]);
        let mut journey = simple("purchase", amount.clone());
        journey["signals"].as_array_mut().unwrap().push(json!({"kind": "refund", "attributes": amount}));
        let journey = Journey::from_json(&journey.to_string()).unwrap();
        let loyalty: Vec<Json> = horizons
            .iter()
            .map(|days| {
                json!({"name": format!("in-{days}"), "view": "v", "kind": "purchase", "amount": "amount",
                "minus": "refund", "horizon": format!("{days}d")})
            })
            .collect();
        let spec = json!({"placet": 1, "name": "loyal", "views": view(), "loyalty": loyalty});
        Buyers {
            insight: Insight::from_json(&spec.to_string(), &journey).unwrap(),
            world: World::of(journey),
            first,
        }
    }

    fn open(&mut self, who: &str) {
        let card = format!("card:{who}");
        self.world.open(who, &card);
        let before = self.first.checked_sub(TimeDelta::days(1)).unwrap();
        self.world.grant(who, &card, "profiling/post", before);
    }

    fn bought(&mut self, who: &str, kind: &str, at: Instant, cents: i64) {
        let card = format!("card:{who}");
        self.world.signal(who, &card, kind, at, &[("amount", Value::Integer(cents))]);
    }

    /// At the end of a day.
    fn crowd(&self, entries: Vec<Entry>, day: i64) -> Crowd {
        let histories = Histories::of(entries, &Terms::new(self.world.journey.clone()));
        // In parts, put together again: it must not matter.
        let parts =
            histories.parts(7).into_iter().map(|part| self.insight.crowd(part, self.end(day), Minutes(0)));
        parts.reduce(|one, other| one.and(other).unwrap()).unwrap()
    }

    fn end(&self, day: i64) -> Instant {
        self.first.checked_add(TimeDelta::days(day) + TimeDelta::seconds(86_399)).unwrap()
    }

    fn check_life(&self, crowd: &Crowd, loyalty: &str, right: &Json) {
        let life = crowd.life(loyalty).unwrap();
        let eighth = loyalty.trim_start_matches("in-").parse::<i64>().unwrap();
        let mut people = 0;
        for (class, block) in right["blocks"].as_object().unwrap() {
            let (often, silent) = class.split_once('/').unwrap();
            let days = [1, 2, 3, 5, 10][often.parse::<usize>().unwrap() - 1];
            // The first day of a silence of so many eighths of the horizon.
            let silence = (silent.parse::<i64>().unwrap() * eighth + 7) / 8;
            let (n, m) = life.block(days, silence);
            assert_eq!(json!([n, m]), *block, "{loyalty} {class}");
        }
        for cell in right["cells"].as_object().unwrap().values() {
            people += cell[0].as_u64().unwrap();
        }
        assert_eq!(life.people().0, people, "{loyalty}");
    }
}

/// A price such as `29.33` in minor units.
pub(crate) fn cents(text: &str) -> i64 {
    let (whole, part) =
        text.trim_start_matches('-').split_once('.').unwrap_or((text.trim_start_matches('-'), ""));
    let part = format!("{part:0<2}");
    whole.parse::<i64>().unwrap() * 100 + part[..2].parse::<i64>().unwrap()
}

/// One person in three withdraws: every figure is that of the rest alone.
fn without_a_third(buyers: &Buyers, day: i64, figures: impl Fn(&Crowd) -> String) {
    let is_third = |entry: &Entry| {
        let digits = entry.contact().with_text(|id| id.bytes().map(u32::from).sum::<u32>());
        digits % 3 == 0
    };
    let rest: Vec<Entry> = buyers.world.entries.iter().filter(|entry| !is_third(entry)).cloned().collect();
    let mut all = buyers.world.clone();
    let mut gone: Vec<String> = Vec::new();
    for entry in buyers.world.entries.iter().filter(|entry| is_third(entry)) {
        if matches!(entry.body(), Body::Opened(_)) {
            gone.push(entry.contact().with_text(str::to_owned));
        }
    }
    for who in &gone {
        all.withdraw(who, Reach::everything(), buyers.end(day));
    }
    assert!(!gone.is_empty() && !rest.is_empty());
    let before = figures(&buyers.crowd(buyers.world.entries.clone(), day));
    let after = figures(&buyers.crowd(all.entries, day));
    assert_eq!(after, figures(&buyers.crowd(rest, day)));
    assert_ne!(after, before, "they were counted before");
}

fn figures(crowd: &Crowd, loyalty: &str) -> String {
    let life = crowd.life(loyalty).unwrap();
    let blocks: Vec<_> = (1..=10).flat_map(|days| (0..40).map(move |eighth| (days, eighth * 12))).collect();
    let blocks: Vec<_> = blocks.into_iter().map(|(days, silence)| life.block(days, silence)).collect();
    format!("{:?} {:?} {blocks:?}", crowd.edges(loyalty).unwrap().edges(), life.people())
}

#[test]
fn cdnow_is_counted_as_lifetimes_counts_it() {
    let (Some(right), Some(text)) = (answers::<Json>("cdnow.json"), read("data/registry/cdnow_sample.csv"))
    else {
        return;
    };
    let mut buyers = Buyers::new(&[90, 136], "1997-01-01T00:00:00Z".parse().unwrap());
    let mut rows: Vec<(&str, &str, &str)> = Vec::new();
    for row in text.lines().skip(1) {
        let mut fields = row.split(',');
        rows.push((fields.next().unwrap(), fields.next().unwrap(), fields.nth(1).unwrap()));
    }
    let mut open = std::collections::BTreeSet::new();
    for (who, day, dollars) in rows {
        let who = format!("c{who}");
        if open.insert(who.clone()) {
            buyers.open(&who);
        }
        buyers.bought(&who, "purchase", format!("{day}T12:00:00Z").parse().unwrap(), cents(dollars));
    }
    assert_eq!(open.len(), 2_357);
    let day = right["life_tables"]["90"]["now_day"].as_i64().unwrap();
    let crowd = buyers.crowd(buyers.world.entries.clone(), day);
    for horizon in ["90", "136"] {
        buyers.check_life(&crowd, &format!("in-{horizon}"), &right["life_tables"][horizon]);
    }
    let edges = crowd.edges("in-90").unwrap();
    let rfm = &right["rfm"]["edges"];
    assert_eq!(
        json!(edges.edges().unwrap()),
        json!([rfm["recency_days"], rfm["frequency_days"], rfm["amount_cents"]])
    );
    let (mut cells, mut looked) = (BTreeMap::<String, u64>::new(), 0);
    let histories = Histories::of(buyers.world.entries.iter().cloned(), &buyers.world.terms());
    for who in &open {
        let entries = histories.about(&name(who));
        let contact = placet::Contact::replay(entries, buyers.world.journey.vocabulary()).unwrap();
        let known = placet_insight::Known::new(&contact, entries);
        let profile = buyers.insight.view("v").unwrap().profile(&known, buyers.end(day)).unwrap();
        let rfm_of = profile.rfm(&edges).unwrap().unwrap().to_string();
        let number = who.trim_start_matches('c');
        if let Some(sample) = right["rfm"]["sample"].get(number) {
            assert_eq!(json!(rfm_of), *sample, "{who}");
        }
        *cells.entry(rfm_of).or_default() += 1;
        for horizon in ["90", "136"] {
            let leaving = profile.leaving(&crowd.life(&format!("in-{horizon}")).unwrap()).unwrap().unwrap();
            if let Some(sample) = right["life_tables"][horizon]["sample"].get(number) {
                let (people, again) = leaving.counts();
                assert_eq!(json!([people, again, leaving.share()]), *sample, "{who}");
                looked += 1;
            }
        }
    }
    assert_eq!(json!(cells), right["rfm"]["cells"]);
    assert_eq!(looked, 16);
    without_a_third(&buyers, day, |crowd| figures(crowd, "in-90"));
}

#[test]
fn online_retail_is_counted_as_lifetimes_counts_it() {
    let (Some(right), Some(text)) =
        (answers::<Json>("online-retail.json"), read("data/fetched/online_retail_invoices.csv"))
    else {
        return;
    };
    let horizons: Vec<u32> =
        right["horizons"].as_object().unwrap().keys().map(|days| days.parse().unwrap()).collect();
    let mut buyers = Buyers::new(&horizons, "2010-12-01T00:00:00Z".parse().unwrap());
    let mut open = std::collections::BTreeSet::new();
    let mut gross = 0;
    for row in text.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        let (kind, who, at, amount) =
            (fields[1], format!("c{}", fields[2]), fields[3], *fields.last().unwrap());
        if open.insert(who.clone()) {
            buyers.open(&who);
        }
        let kind = if kind == "sale" { "purchase" } else { "refund" };
        gross += if kind == "purchase" { cents(amount) } else { 0 };
        buyers.bought(&who, kind, format!("{at}Z").parse().unwrap(), cents(amount));
    }
    assert_eq!(json!([open.len(), gross]), json!([right["customers"], right["gross_cents"]]));
    for (horizon, right) in right["horizons"].as_object().unwrap() {
        let day = right["now_day"].as_i64().unwrap();
        let crowd = buyers.crowd(buyers.world.entries.clone(), day);
        buyers.check_life(&crowd, &format!("in-{horizon}"), right);
    }
    let last = right["last_day"].as_i64().unwrap();
    let crowd = buyers.crowd(buyers.world.entries.clone(), last);
    let edges = crowd.edges(&format!("in-{}", horizons[0])).unwrap();
    let rfm = &right["rfm"]["edges"];
    assert_eq!(
        json!(edges.edges().unwrap()),
        json!([rfm["recency_days"], rfm["frequency_days"], rfm["net_cents"]])
    );
    let (mut cells, mut sold) = (BTreeMap::<String, u64>::new(), 0);
    let histories = Histories::of(buyers.world.entries.iter().cloned(), &buyers.world.terms());
    for who in &open {
        let entries = histories.about(&name(who));
        let contact = placet::Contact::replay(entries, buyers.world.journey.vocabulary()).unwrap();
        let known = placet_insight::Known::new(&contact, entries);
        let profile = buyers.insight.view("v").unwrap().profile(&known, buyers.end(last)).unwrap();
        if let Some(rfm) = profile.rfm(&edges).unwrap() {
            *cells.entry(rfm.to_string()).or_default() += 1;
            sold += 1;
        }
    }
    assert_eq!(json!(sold), right["with_a_sale"]);
    assert_eq!(json!(cells), right["rfm"]["cells"]);
    without_a_third(&buyers, last, |crowd| figures(crowd, "in-90"));
}

#[test]
fn the_posts_of_a_page_by_every_key() {
    let (Some(right), Some(text)) =
        (answers::<Json>("facebook-kpi.json"), read("data/fetched/facebook_brand_posts.csv"))
    else {
        return;
    };
    // A row is a post. Each is put down as if it were somebody's, so that tables count them; of the smaller cells, which
    // tables hide, only the figures are compared.
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let numbers = [
        "category",
        "month",
        "weekday",
        "hour",
        "paid",
        "likes",
        "comments",
        "shares",
        "interactions",
        "engaged_users",
    ];
    let mut attributes: Vec<Json> =
        numbers.iter().map(|name| json!({"name": name.replace('_', "-"), "type": "integer"})).collect();
    attributes.push(json!({"name": "type", "type": "text"}));
    let journey = Journey::from_json(&simple("post", json!(attributes)).to_string()).unwrap();
    let keys = [
        ("by_type", "type"),
        ("by_category", "category"),
        ("by_weekday", "weekday"),
        ("by_hour", "hour"),
        ("by_month", "month"),
        ("paid", "paid"),
    ];
    let table = |(name, key): &(&str, &str), amount: &str| {
        json!({"name": format!("{}-{amount}", name.replace('_', "-")), "view": "v", "count": {"kind": "post"},
            "by": [{"attribute": key}], "k": 10, "amount": amount, "clamp": 1_000_000_000})
    };
    let tables: Vec<Json> = keys
        .iter()
        .flat_map(|key| ["likes", "interactions", "engaged-users"].map(|amount| table(key, amount)))
        .collect();
    let spec = json!({"placet": 1, "name": "page", "views": view(), "tables": tables});
    let insight = Insight::from_json(&spec.to_string(), &journey).unwrap();
    let mut entries = Vec::new();
    let mut posts: Vec<BTreeMap<&str, i64>> = Vec::new();
    for (number, row) in text.lines().skip(1).enumerate() {
        let (who, card) = (format!("p-{number}"), Identity::parse(&format!("card:{number}")).unwrap());
        entries.push(Entry::new(name(&who), Body::Opened(Opened::from(card.clone()))));
        let fields: BTreeMap<&str, &str> = header.iter().copied().zip(row.split(',')).collect();
        let whole = |name: &str| fields.get(name)?.split('.').next()?.parse::<i64>().ok();
        let post: BTreeMap<&str, i64> =
            numbers.iter().filter_map(|name| Some((*name, whole(name)?))).collect();
        let mut carried: Vec<Attribute> = post
            .iter()
            .map(|(of, number)| Attribute {
                name: name(&of.replace('_', "-")),
                value: Value::Integer(*number),
            })
            .collect();
        let kind = fields["type"].to_lowercase();
        carried.push(Attribute { name: name("type"), value: Value::Text(name(&kind)) });
        posts.push(post);
        let at = crate::world::at("01-01");
        let signal = SignalSpec {
            id: name("s"),
            contact: name(&who),
            identity: card,
            kind: name("post"),
            source: None,
            at,
            attributes: carried,
        };
        entries.push(Entry::new(name(&who), Body::Signal(Admitted::new(signal, at))));
    }
    let histories = Histories::of(entries, &Terms::new(journey));
    let crowd = insight.crowd(&histories, crate::world::at("12-31"), Minutes(0));
    let mut compared = 0;
    for (group, _) in keys {
        let cells = right[group].as_object().unwrap();
        for amount in ["likes", "interactions", "engaged-users"] {
            let table = crowd.table(&format!("{}-{amount}", group.replace('_', "-"))).unwrap();
            let shown = cells.values().filter(|cell| cell["posts"].as_u64().unwrap() >= 10).count();
            assert_eq!((table.rows().count(), table.hidden()), (shown, cells.len() - shown), "{group}");
            for row in table.rows() {
                let cell =
                    &cells.iter().find(|(key, _)| key.to_lowercase() == row.key()[0].to_string()).unwrap().1;
                assert_eq!(
                    json!([row.people(), row.facts(), row.amount()]),
                    json!([cell["posts"], cell["posts"], cell[amount.replace('-', "_")]])
                );
                compared += 1;
            }
        }
        for cell in cells.values() {
            let (all, posts) = (cell["interactions"].as_u64().unwrap(), cell["posts"].as_u64().unwrap());
            // A rate is told in millionths, their figure in thousandths, both rounded half up.
            let millionths = placet_insight::rate(all, posts).unwrap();
            assert_eq!(json!((millionths + 500) / 1000), cell["interactions_per_post_milli"], "{group}");
        }
        let value = |post: &BTreeMap<&str, i64>| post.get(group.trim_start_matches("by_")).copied();
        for (key, cell) in cells.iter().filter(|_| group != "by_type") {
            let of =
                posts.iter().filter(|post| value(post) == key.parse().ok()).map(|post| post["interactions"]);
            assert_eq!(json!(placet_insight::median(of)), cell["median_interactions"], "{group} {key}");
        }
    }
    let months = |month: u32| right["by_month"][month.to_string()]["interactions"].as_u64().unwrap();
    for (month, grown) in right["growth_per_mille_of_interactions_by_month"].as_object().unwrap() {
        let month = month.parse::<u32>().unwrap();
        assert_eq!(json!(placet_insight::growth(months(month - 1), months(month))), *grown);
    }
    let mut likes = [0_u64; 24];
    for (hour, cell) in right["by_hour"].as_object().unwrap() {
        likes[hour.parse::<usize>().unwrap() % 24] = cell["likes"].as_u64().unwrap();
    }
    let awake = placet_insight::awake(&likes);
    let hours: Vec<usize> = (0..24).filter(|hour| awake[*hour]).collect();
    assert_eq!(json!(hours), right["awake_hours_I24"]);
    assert!(compared > 100, "{compared} cells");
}

#[derive(Deserialize)]
struct LedgerRow {
    at: Instant,
    contact: String,
    kind: String,
    project: Option<String>,
    #[serde(default)]
    reviewers: Vec<String>,
}

#[test]
fn who_brought_others_to_a_project() {
    let (Some(right), Some(text)) =
        (answers::<Json>("influence.json"), read("data/fetched/project_ledger.jsonl"))
    else {
        return;
    };
    let rows: Vec<LedgerRow> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let until = rows.last().unwrap().at;
    let merged: Vec<&LedgerRow> = rows
        .iter()
        .filter(|row| row.kind == "pr_merged" && row.project.as_deref() == Some("clippy"))
        .collect();
    // A reviewer's code is their own name; whoever they reviewed first came with it. Consents are simulated.
    let code = json!([{"name": "code", "type": "text"}]);
    let mut journey = simple("merged", json!([]));
    // Of all projects of the ledger, for the months.
    journey["signals"].as_array_mut().unwrap().push(json!({"kind": "landed"}));
    for kind in ["handed", "came"] {
        journey["signals"].as_array_mut().unwrap().push(json!({"kind": kind, "attributes": code}));
    }
    let journey = Journey::from_json(&journey.to_string()).unwrap();
    let spec = json!({"placet": 1, "name": "project", "views": view(),
        "tables": [{"name": "hours", "view": "v", "count": {"kind": "merged"}, "by": ["hour"], "k": 10},
            {"name": "months", "view": "v", "count": {"kind": "landed"}, "by": ["month"], "k": 10, "most": 1_048_576}],
        "advocacy": [{"name": "reviews", "view": "v", "given": {"kind": "handed", "name": "code"},
            "arrives": {"kind": "came", "name": "code"}, "then": "merged", "within": "90d"}]});
    let insight = Insight::from_json(&spec.to_string(), &journey).unwrap();
    let mut world = World::of(journey);
    let long_ago: Instant = LONG_AGO.parse().unwrap();
    let (mut open, mut came) = (std::collections::BTreeSet::new(), 0);
    let reviewers: std::collections::BTreeSet<&String> =
        merged.iter().flat_map(|row| &row.reviewers).collect();
    for who in merged.iter().map(|row| &row.contact).chain(reviewers.iter().copied()) {
        if open.insert(who.clone()) {
            world.open(who, &format!("card:{who}"));
            world.grant(who, &format!("card:{who}"), "profiling/post", long_ago);
        }
    }
    for who in &reviewers {
        world.signal(who, &format!("card:{who}"), "handed", long_ago, &[("code", crate::world::text(who))]);
    }
    let mut new = std::collections::BTreeSet::new();
    for row in &merged {
        let card = format!("card:{}", row.contact);
        if new.insert(row.contact.clone()) {
            came += 1;
            if let Some(reviewer) = row.reviewers.first() {
                world.signal(&row.contact, &card, "came", row.at, &[("code", crate::world::text(reviewer))]);
            }
        }
        world.signal(&row.contact, &card, "merged", row.at, &[]);
    }
    for row in rows.iter().filter(|row| row.kind == "pr_merged") {
        let card = format!("card:{}", row.contact);
        if open.insert(row.contact.clone()) {
            world.open(&row.contact, &card);
        }
        world.signal(&row.contact, &card, "landed", row.at, &[]);
    }
    assert_eq!(json!(came), right["newcomers_by_people"]);
    let histories = world.histories();
    let crowd = insight.crowd(&histories, until, Minutes(0));
    let mut ranked = Vec::new();
    for who in &reviewers {
        let entries = histories.about(&name(who));
        let contact = placet::Contact::replay(entries, world.journey.vocabulary()).unwrap();
        let known = placet_insight::Known::new(&contact, entries);
        let profile = insight.view("v").unwrap().profile(&known, until).unwrap();
        let advocacy = profile.advocacy("reviews", &crowd).unwrap();
        // Whoever reached nobody is in no ranking of theirs.
        ranked.extend((advocacy.reached() > 0).then(|| (advocacy, who.to_string())));
    }
    assert_eq!(right["rank"].as_array().unwrap().len(), ranked.len());
    ranked.sort_by(|(one, of_one), (other, of_other)| one.rank(other).then_with(|| of_one.cmp(of_other)));
    for (right, (ours, who)) in right["rank"].as_array().unwrap().iter().zip(&ranked) {
        let (low, high) = ours.interval();
        let ours = json!({"who": who, "reached": ours.reached(), "followed": ours.followed(), "low": low, "high": high});
        assert_eq!(ours, *right);
    }
    let hours: Vec<u16> = crowd.table("hours").unwrap().hours().unwrap().hours().collect();
    assert_eq!(json!(hours), right["awake_hours_I24"]);
    let months = crowd.table("months").unwrap();
    let mut compared = 0;
    for row in months.rows() {
        assert_eq!(
            json!(row.facts()),
            right["merges_by_month"][row.key()[0].to_string()],
            "{}",
            row.key()[0]
        );
        compared += 1;
    }
    assert!(compared > 20, "{compared} months are shown");
}
