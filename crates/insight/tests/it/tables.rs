//! Tables against a plain count: cells, bounds of one person, times, parts, and what is published. Laws 6, 7 and 11.

use std::collections::{BTreeMap, BTreeSet};

use placet::entry::Body;
use placet::signal::Value;
use placet::{Entry, Reach};
use placet_insight::{Crowd, Insight, InsightError, Label, Minutes, NoiseKey, Scored, Term};
use placet_tests::support::name;
use serde_json::json;

use crate::world::{World, at, insight, journey, text};

/// Numbers that look like chance and are the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// What one person did, in plain words: the table is counted from it again.
#[derive(Default)]
struct Plain {
    likes: Vec<(u64, &'static str, i64)>,
    sales: Vec<(u64, i64)>,
    drives: Option<&'static str>,
    no: bool,
}

const BRANDS: [&str; 4] = ["vw", "renault", "fiat", "skoda"];

/// People who like, say and buy; some say no.
fn people(seed: u64, count: u64) -> (World, BTreeMap<String, Plain>) {
    let (mut world, mut plain, mut dice) = (World::new(), BTreeMap::new(), Dice::new(seed));
    for number in 0..count {
        let (who, facebook, mail) = (
            format!("p-{number}"),
            format!("account/facebook:u{number}"),
            format!("email:u{number}@example.org"),
        );
        let mut person = Plain::default();
        world.open(&who, &mail);
        world.link(&who, &facebook);
        world.grant(&who, &facebook, "social-linking/social/facebook", at("01-01"));
        if dice.below(3) > 0 {
            world.grant(&who, &mail, "profiling/email", at("01-01"));
        }
        for _ in 0..dice.below(6) {
            let (day, hour, brand) = (dice.below(28) + 1, dice.below(24), BRANDS[dice.below(4) as usize]);
            let when = at(&format!("02-{day:02} {hour:02}:00"));
            world.signal(&who, &facebook, "like", when, &[("brand", text(brand))]);
            person.likes.push((day * 24 + hour, brand, hour as i64));
        }
        for _ in 0..dice.below(4) {
            let (month, cents) = (dice.below(3) + 3, dice.below(9_000) as i64 - 500);
            world.signal(
                &who,
                &mail,
                "purchase",
                at(&format!("{month:02}-10")),
                &[("amount", Value::Integer(cents))],
            );
            person.sales.push((month, cents));
        }
        if dice.below(2) == 0 {
            let drives = BRANDS[dice.below(4) as usize];
            world.signal(&who, &mail, "statement", at("02-01"), &[("drives", text(drives))]);
            person.drives = Some(drives);
        }
        if dice.below(5) == 0 {
            world.withdraw(&who, Reach::everything(), at("06-01"));
            person.no = true;
        }
        plain.insert(who, person);
    }
    (world, plain)
}

fn crowd_of(entries: &[Entry], world: &World) -> Crowd {
    let histories = placet_insight::Histories::of(entries.iter().cloned(), &world.terms());
    crowd_insight().crowd(&histories, at("07-01"), Minutes(0))
}

/// One insight for all crowds that are to be added up.
fn crowd_insight() -> Insight {
    thread_local! {
        static INSIGHT: Insight = insight();
    }
    INSIGHT.with(Clone::clone)
}

/// A table as a map from its keys to people, facts and amount.
fn shown(crowd: &Crowd, table: &str) -> BTreeMap<String, (u64, u64, i64)> {
    let rows = crowd.table(table).unwrap();
    let row = |row: placet_insight::Row<'_>| {
        let key: Vec<String> = row.key().iter().map(ToString::to_string).collect();
        (key.join("/"), (row.people(), row.facts(), row.amount()))
    };
    rows.rows().map(row).collect()
}

#[test]
fn cells_are_what_a_plain_count_gives() {
    for seed in 0..20 {
        let (world, plain) = people(seed, 60);
        let crowd = crowd_of(&world.entries, &world);
        let counted: Vec<&Plain> = plain.values().filter(|person| !person.no).collect();
        let enough = |cells: BTreeMap<String, (u64, u64, i64)>| -> BTreeMap<_, _> {
            cells.into_iter().filter(|(_, (people, ..))| *people >= 10).collect()
        };
        // Likes by brand: one fact a person, whoever likes a brand ten times.
        let mut likes: BTreeMap<String, (u64, u64, i64)> = BTreeMap::new();
        for person in &counted {
            let brands: BTreeSet<&str> = person.likes.iter().map(|(_, brand, _)| *brand).collect();
            for brand in brands {
                let cell = likes.entry(brand.to_owned()).or_default();
                *cell = (cell.0 + 1, cell.1 + 1, 0);
            }
        }
        let hidden = likes.len() - enough(likes.clone()).len();
        assert_eq!(shown(&crowd, "likes"), enough(likes), "{seed}");
        assert_eq!(crowd.table("likes").unwrap().hidden(), hidden);
        // Sales by month: at most four of a person, each from 0 to 5000.
        let mut sales: BTreeMap<String, (u64, u64, i64)> = BTreeMap::new();
        for person in &counted {
            let mut months: BTreeMap<u64, Vec<i64>> = BTreeMap::new();
            person.sales.iter().for_each(|(month, cents)| months.entry(*month).or_default().push(*cents));
            for (month, cents) in months {
                let given: Vec<i64> =
                    cents.iter().rev().take(4).map(|cents| (*cents).clamp(0, 5000)).collect();
                let cell = sales.entry(format!("2013-{month:02}")).or_default();
                *cell = (cell.0 + 1, cell.1 + given.len() as u64, cell.2 + given.iter().sum::<i64>());
            }
        }
        assert_eq!(shown(&crowd, "sales"), enough(sales), "{seed}");
        // Where the rival's drivers stand: only of people who have a profile; the others lack the key.
        let said: u64 = shown(&crowd, "rivals").values().map(|(people, ..)| people).sum();
        assert!(said <= counted.iter().filter(|person| person.drives.is_some()).count() as u64);
    }
}

#[test]
fn law_07_parts_in_any_grouping_add_up_and_the_order_of_people_changes_nothing() {
    let (world, _) = people(7, 80);
    let key = NoiseKey::new(*b"sixteen secret b");
    let written = |crowd: &Crowd| -> Vec<String> {
        let tables = crowd.tables().map(|(_, table)| (table.to_string(), table.published(&key)));
        tables
            .map(|(told, published)| format!("{told}{}", serde_json::to_string(&published).unwrap()))
            .collect()
    };
    let histories = world.histories();
    let insight = crowd_insight();
    let whole = written(&insight.crowd(&histories, at("07-01"), Minutes(0)));
    for most in [1, 2, 3, 7, 80, 1_000] {
        let crowds =
            histories.parts(most).into_iter().map(|part| insight.crowd(part, at("07-01"), Minutes(0)));
        let sum = crowds.reduce(|one, other| other.and(one).unwrap()).unwrap();
        assert_eq!(written(&sum), whole, "{most} parts");
    }
    // A part left out is seen: that the sums agree says something.
    let parts = histories.parts(4);
    let some = parts.iter().skip(1).map(|part| insight.crowd(*part, at("07-01"), Minutes(0)));
    assert_ne!(written(&some.reduce(|one, other| one.and(other).unwrap()).unwrap()), whole);
    // On threads, too.
    let sum = std::thread::scope(|scope| {
        let look = |part| {
            let insight = &insight;
            scope.spawn(move || insight.crowd(part, at("07-01"), Minutes(0)))
        };
        let threads: Vec<_> = parts.iter().copied().map(look).collect();
        let crowds = threads.into_iter().map(|thread| thread.join().unwrap());
        crowds.reduce(|one, other| one.and(other).unwrap()).unwrap()
    });
    assert_eq!(written(&sum), whole);
    // People in another order: all entries of the last first.
    let mut ids: Vec<_> = world.entries.iter().map(Entry::contact).collect();
    ids.dedup();
    let turned: Vec<Entry> = ids
        .iter()
        .rev()
        .flat_map(|id| world.entries.iter().filter(move |entry| entry.contact() == *id).cloned())
        .collect();
    assert_eq!(written(&crowd_of(&turned, &world)), whole);
    // Crowds of other questions are not added.
    let other = crowd_of(&world.entries, &world);
    let late = insight.crowd(&histories, at("07-02"), Minutes(0));
    assert_eq!(other.and(late).err(), Some(InsightError::NotAlike));
}

/// Whether the terms are what the sum is, and the bounds what the points are.
fn adds_up(terms: &[Term], sum: i64, points: i64, bounds: (i64, i64)) -> bool {
    terms.iter().map(Term::points).sum::<i64>() == sum && points == sum.clamp(bounds.0, bounds.1)
}

#[test]
fn law_06_a_score_is_the_sum_of_what_it_explains() {
    let mut seen = 0;
    for seed in 0..6 {
        let (world, plain) = people(seed, 12);
        for who in plain.keys() {
            let scored: Option<Scored> = world.ask(who, |known| {
                let profile = crowd_insight().view("interest").unwrap().profile(known, at("04-01")).ok()?;
                Some(profile.score("heat").unwrap())
            });
            let Some(scored) = scored else { continue };
            assert!(
                adds_up(scored.terms(), scored.sum(), scored.points(), (-100, 90)),
                "{}",
                scored.explain()
            );
            for term in scored.terms() {
                assert!(
                    term.points().abs() <= term.decayed().abs()
                        && term.decayed().abs() <= term.before().abs()
                );
            }
            // Were a point left out of the explanation, it would be seen.
            if scored.sum() != 0 {
                let fewer: Vec<Term> =
                    scored.terms().iter().filter(|term| term.points() == 0).cloned().collect();
                assert!(!adds_up(&fewer, scored.sum(), scored.points(), (-100, 90)));
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen} scores were not 0");
}

#[test]
fn law_11_no_published_byte_tells_who_somebody_is() {
    let (mut world, _) = people(3, 60);
    // Tokens in every place where somebody's name could stand.
    let tokens = ["planted-contact", "planted.mail", "planted-handle", "planted-act"];
    world.open("planted-contact", "email:planted.mail@example.org");
    world.link("planted-contact", "account/facebook:planted-handle");
    world.grant("planted-contact", "email:planted.mail@example.org", "profiling/email", at("01-01"));
    world.grant(
        "planted-contact",
        "account/facebook:planted-handle",
        "social-linking/social/facebook",
        at("01-01"),
    );
    world.signal(
        "planted-contact",
        "account/facebook:planted-handle",
        "like",
        at("02-01"),
        &[("brand", text("vw"))],
    );
    world.act(
        "planted-contact",
        placet::Stop::withdraw(
            name("planted-act"),
            crate::world::scope("offers/email").into(),
            at("03-01"),
            at("03-01"),
        ),
    );
    let crowd = crowd_of(&world.entries, &world);
    let key = NoiseKey::new(*b"planted-key-1234");
    let likeness =
        crowd.table("likes-of-our-fans").unwrap().likeness(&crowd.table("likes").unwrap()).unwrap();
    let mut bytes = String::new();
    for (_, table) in crowd.tables() {
        let published = table.published(&key);
        bytes += &format!(
            "{} {published} {published:?} {table} {table:?}",
            serde_json::to_string(&published).unwrap()
        );
    }
    let alike = likeness.published(&key);
    bytes += &format!(
        "{} {alike} {alike:?} {likeness} {likeness:?} {key:?} {crowd:?}",
        serde_json::to_string(&alike).unwrap()
    );
    let finds =
        |bytes: &str| tokens.iter().chain(&["planted-key", "p-1", "u1@"]).any(|token| bytes.contains(token));
    assert!(bytes.contains("vw") && !finds(&bytes), "{bytes}");
    assert!(finds(&format!("{bytes} planted-handle")), "the search finds a token where there is one");
}

#[test]
fn likeness_tells_what_a_segment_has_more_of() {
    let mut world = World::new();
    // Thirty of us like vw; twenty of them like skoda too. Of thirty others who like renault ten like skoda.
    for number in 0..60 {
        let (who, facebook, mail) = (
            format!("p-{number}"),
            format!("account/facebook:u{number}"),
            format!("email:u{number}@example.org"),
        );
        world.open(&who, &mail);
        world.link(&who, &facebook);
        world.grant(&who, &facebook, "social-linking/social/facebook", at("01-01"));
        world.grant(&who, &mail, "profiling/email", at("01-01"));
        let brand = if number < 30 { "vw" } else { "renault" };
        world.signal(&who, &facebook, "like", at("02-01"), &[("brand", text(brand))]);
        if number < 20 || (30..40).contains(&number) {
            world.signal(&who, &facebook, "like", at("02-02"), &[("brand", text("skoda"))]);
        }
    }
    let crowd = crowd_of(&world.entries, &world);
    let (fans, all) = (crowd.table("likes-of-our-fans").unwrap(), crowd.table("likes").unwrap());
    let likeness = fans.likeness(&all).unwrap();
    let rows = likeness.rows();
    let told: Vec<_> =
        rows.iter().map(|alike| (alike.key()[0].to_string(), alike.people(), alike.index())).collect();
    // Of the fans all like vw, of everybody half: 200. Skoda: 20 of 30 against 30 of 60: 133.
    assert_eq!(told, [("vw".to_owned(), 30, 200), ("skoda".to_owned(), 20, 133)]);
    assert_eq!(
        all.top(2).iter().map(|row| row.key()[0].to_string()).collect::<Vec<_>>(),
        ["renault", "skoda"]
    );
    let hours = crowd.table("hours").unwrap();
    assert_eq!(fans.likeness(&hours).err(), Some(InsightError::NotAlike));
    let vw = all.row(&[Label::Value(text("vw"))]).unwrap();
    assert_eq!(vw.rate(&all.total().unwrap()), Some(500_000));
}

#[test]
fn times_run_to_the_first_answer_of_the_same_ticket() {
    let mut world = World::new();
    for number in 0..12 {
        let (who, mail) = (format!("p-{number}"), format!("email:u{number}@example.org"));
        world.open(&who, &mail);
        let ticket = format!("t{number}");
        world.signal(&who, &mail, "complaint", at("02-01 10:00"), &[("ticket", text(&ticket))]);
        world.signal(&who, &mail, "answer", at("02-01 10:01"), &[("ticket", text("another"))]);
        if number > 0 {
            world.signal(
                &who,
                &mail,
                "answer",
                at(&format!("02-01 11:{number:02}")),
                &[("ticket", text(&ticket))],
            );
            world.signal(&who, &mail, "answer", at("02-01 12:00"), &[("ticket", text(&ticket))]);
        }
    }
    let crowd = crowd_of(&world.entries, &world);
    let table = crowd.table("answer-time").unwrap();
    assert_eq!(table.median().unwrap().rows().count(), 0, "without keys there is the total alone");
    let (median, open) = table.total().unwrap().median();
    assert_eq!((median, open), (Some(3600 + 6 * 60), 1), "eleven were answered, after 61 to 71 minutes");
    assert_eq!(crowd.table("likes").unwrap().median().err(), Some(InsightError::NoFigure));
    assert_eq!(crowd.table("likes").unwrap().hours().err(), Some(InsightError::NoFigure));
}

/// Moves and sent events are facts, too: by the stage that was held, by effect, and until a move.
#[test]
fn what_followed_is_counted_as_well() {
    let mut entries = Vec::new();
    let line = |text: String| Entry::from_json(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    for number in 0..12 {
        let (who, mail) = (format!("p-{number}"), format!("email:u{number}@example.org"));
        let mut book = placet::Book::new(journey());
        let mut world = World::new();
        world.open(&who, &mail);
        world.grant(&who, &mail, "profiling/email", at("01-01"));
        world.grant(&who, &mail, "offers/email", at("01-01"));
        world.signal(&who, &mail, "statement", at("01-31"), &[("drives", text("vw"))]);
        entries.extend(world.entries.iter().cloned());
        let moved = json!({"v": 1, "type": "transition", "contact": who, "signal": "s-1", "rule": "buys", "from": "none", "to": "customer",
            "at": format!("2013-02-{:02}T00:00:00Z", number + 1)});
        entries.push(line(moved.to_string()));
        let mut later = World::new();
        later.next = 100;
        later.signal(&who, &mail, "purchase", at("03-01"), &[("amount", Value::Integer(10))]);
        entries.extend(later.entries);
        // A test drive was offered, and left.
        let _ = book.open(name(&who), placet::Identity::parse(&mail).unwrap());
        for entry in &world.entries {
            if let Body::Act(act) = entry.body() {
                let _ = book.append(&name(&who), act.clone()).unwrap();
            }
        }
        let hot = json!({"id": "s-9", "contact": who, "identity": mail, "kind": "hot-prospect", "at": "2013-03-02T00:00:00Z"});
        let checked = journey().signal(placet::SignalSpec::from_json(&hot.to_string()).unwrap()).unwrap();
        let _ = book.observe(&checked, at("03-02")).unwrap();
        let queued = book.outbox().queued().next().unwrap().clone();
        entries.push(Entry::new(name(&who), Body::Queued(queued.clone())));
        entries.push(Entry::new(name(&who), Body::Sent { key: queued.key(), at: at("03-03") }));
    }
    let spec = json!({"placet": 1, "name": "followed", "views": [{"name": "v", "needs": [{"purpose": "profiling", "channel": "email"}]}],
    "tables": [
        {"name": "moves", "view": "v", "count": {"moved": "customer"}, "by": ["held"], "k": 10},
        {"name": "held", "view": "v", "count": {"kind": "purchase"}, "by": ["held"], "k": 10},
        {"name": "as-customers", "view": "v", "count": {"kind": "purchase"}, "stages": ["customer"], "k": 10},
        {"name": "before", "view": "v", "count": {"kind": "purchase"}, "stages": ["none"], "k": 10},
        {"name": "sent", "view": "v", "count": {"sent": "*"}, "by": ["effect", "month"], "k": 10},
        {"name": "to-customer", "view": "v", "count": {"kind": "statement"}, "k": 10, "until": {"moved": "customer"}},
        {"name": "now", "view": "v", "count": {"people": true}, "by": ["stage"], "k": 10},
        {"name": "grants", "count": {"said": {"kind": "grant", "purpose": "profiling"}}, "by": ["month"], "k": 10}
    ]});
    let insight = Insight::from_json(&spec.to_string(), &journey()).unwrap_or_else(|error| panic!("{error}"));
    let histories = placet_insight::Histories::of(entries, &World::new().terms());
    let crowd = insight.crowd(&histories, at("07-01"), Minutes(0));
    let of = |table: &str| shown(&crowd, table).into_iter().collect::<Vec<_>>();
    assert_eq!(of("moves"), [("none".to_owned(), (12, 12, 0))]);
    assert_eq!(of("held"), [("customer".to_owned(), (12, 12, 0))]);
    assert_eq!(crowd.table("as-customers").unwrap().total().unwrap().facts(), 12);
    assert!(crowd.table("before").unwrap().total().is_none());
    assert_eq!(of("sent"), [("test-drive/2013-03".to_owned(), (12, 12, 0))]);
    assert_eq!(crowd.table("to-customer").unwrap().total().unwrap().median(), (Some(6 * 86_400), 0));
    assert_eq!(of("now"), [("customer".to_owned(), (12, 12, 0))]);
    assert_eq!(of("grants"), [("2013-01".to_owned(), (12, 12, 0))]);
}

#[test]
fn growth_is_over_the_month_before() {
    let mut world = World::new();
    for number in 0..20 {
        let (who, mail) = (format!("p-{number}"), format!("email:u{number}@example.org"));
        world.open(&who, &mail);
        let months = [("03", 10), ("04", 15), ("06", 20)];
        for (month, _) in months.iter().filter(|(_, people)| number < *people) {
            world.signal(
                &who,
                &mail,
                "purchase",
                at(&format!("{month}-01")),
                &[("amount", Value::Integer(1))],
            );
        }
    }
    let crowd = crowd_of(&world.entries, &world);
    let growth = crowd.table("sales").unwrap().growth();
    let told: Vec<_> = growth.iter().map(|(row, grown)| (row.key()[0].to_string(), *grown)).collect();
    let month = |text: &str| text.to_owned();
    assert_eq!(told, [(month("2013-03"), None), (month("2013-04"), Some(500)), (month("2013-06"), None)]);
}
