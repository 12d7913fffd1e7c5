//! The big work: `placet` beside what people write by hand, and the figures of the table of speed with their gates.
//!
//! `cargo bench -p placet-benches --bench work` does a fifth of it; with `-- --full` all of it: 100,000 contacts and
//! 5,000,000 rows. Rounds are interleaved, and each ratio is made inside one round, of processor time; the tables have
//! their medians. All must come to the same tally, or there is no table.

use std::time::Duration;

use placet_benches::callgrind::instructions;
use placet_benches::contest::{
    self, Arriving, Contestant, Cost, Floor, Kept, Ledger, MapAndMatch, Placet, PlacetBook, Statig,
};
use placet_benches::counting::Counting;
use placet_benches::shape::{Ids, Step, Work};
use placet_benches::subject::Hard;
use placet_benches::tally::Tally;
use placet_benches::{ratios, scenes, subject};

#[global_allocator]
static COUNTING: Counting = Counting;

const SEED: u64 = 2013;
const ROWS: &str = env!("CARGO_BIN_EXE_rows");

/// Does the whole work, and says what it cost.
type Race = fn(&Work) -> (Tally, Cost);

/// The floor first. Beside each the name under which `rows` does its work.
const RACES: [(&str, &str, Race); 8] = [
    ("floor: flat struct and match", "floor", contest::all::<Floor>),
    ("append-only ledger, proofs", "ledger", contest::all::<Ledger>),
    ("HashMap and match", "map", contest::all::<MapAndMatch>),
    ("statig and HashMap", "statig", contest::all::<Statig>),
    ("HashMap that keeps the same", "kept", contest::all::<Kept<false>>),
    ("  and signal ids, outbox", "kept-book", contest::all::<Kept<true>>),
    ("placet", "placet", contest::all::<Placet>),
    ("  and signal ids, outbox: a book", "book", contest::all::<PlacetBook>),
];
const FLOOR: usize = 0;
const KEPT: usize = 4;
const KEPT_BOOK: usize = 5;
const PLACET: usize = 6;
const BOOK: usize = 7;
fn main() {
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    let test = !asked("--bench") || asked("--test");
    let (contacts, rounds) = match (asked("--full"), test) {
        (_, true) => (500, 1), // `cargo test --benches`, and `cargo bench -- --test`
        (false, false) => (20_000, 5),
        (true, false) => (100_000, 3),
    };
    // So many rows are enough for instructions: they are exact.
    let some: u32 = if test { 1_000 } else { 20_000 };
    let replay = Work::new(contacts, SEED);
    let rows = replay.steps.len() as f64;
    println!("{contacts} contacts, {rows} rows, {} signals, {rounds} rounds, seed {SEED}", replay.signals());
    let stream = replay.by_time();
    let (of_replay, told) = race("replay", &replay, rounds);
    let (of_stream, same) = race("stream", &stream, rounds);
    assert_eq!(told, same, "the order of the contacts changes nothing");
    println!("\n{:33}{:>18}{:>18}{:>12}{:>9}{:>9}", "", "replay", "stream", "heap", "alloc.", "instr.");
    print!("{:33}{:>9}{:>9}{:>9}{:>9}", "", "ns", "/ floor", "ns", "/ floor");
    println!("{:>12}{:>9}{:>9}", "a contact", "a row", "a row");
    for (place, (name, who, _)) in RACES.iter().enumerate() {
        let [one, other] =
            [&of_replay, &of_stream].map(|times| (nanos(times, place), ratio(times, place, FLOOR)));
        let cost = of_replay[0][place];
        let count = counted(&["replay", &some.to_string(), "--who", who]);
        let count = count.map_or("-".to_owned(), |count| format!("{:.0}", count as f64 / f64::from(some)));
        print!("{name:33}{:>9.1}{:>9.2}{:>9.1}{:>9.2}", one.0 / rows, one.1, other.0 / rows, other.1);
        println!(
            "{:>12.0}{:>9.3}{count:>9}",
            cost.bytes as f64 / f64::from(contacts),
            cost.allocations as f64 / rows
        );
    }
    let emitted: u64 = told.emitted.iter().sum();
    let asks = emitted + told.refused.iter().sum::<u64>();
    println!("{asks} asks, {emitted} queued; every (contact, effect, time) in one hash: {:016x}", told.hash);

    println!("\n{:72}{:>10}{:>8}{:>8}", "", "", "gate", "goal");
    let cost = of_replay[0][PLACET];
    if let Some(count) = counted(&["replay", &some.to_string()]) {
        figure("instructions a row, replay", count as f64 / f64::from(some), 450.0, 300.0);
    }
    figure("replay / floor", ratio(&of_replay, PLACET, FLOOR), 8.0, 5.0);
    figure("stream / floor", ratio(&of_stream, PLACET, FLOOR), 10.0, 7.0);
    figure("replay / HashMap that keeps the same", ratio(&of_replay, PLACET, KEPT), 1.0, 0.7);
    figure("stream / HashMap that keeps the same", ratio(&of_stream, PLACET, KEPT), 1.0, 0.7);
    figure("a book / HashMap that keeps the same, replay", ratio(&of_replay, BOOK, KEPT_BOOK), 1.0, 0.7);
    figure("a book / decide and commit alone, replay", ratio(&of_replay, BOOK, PLACET), 1.5, 1.5);
    figure("allocations a row", cost.allocations as f64 / rows, 0.06, 0.04);
    figure("heap a contact, bytes", cost.bytes as f64 / f64::from(contacts), 700.0, 520.0);
    figure("UUID ids / short ids, replay", uuids(contacts, rounds), 1.05, 1.0);
    let some = some.to_string();
    if let (Some(uuid), Some(short)) = (counted(&["replay", &some]), counted(&["replay", &some, "--short"])) {
        figure("  instructions", uuid as f64 / short as f64, 1.05, 1.0);
    }
    aged(rounds, if test { 100 } else { 1_000 });
    figure("two threads, contacts split / one (idle machine)", two_threads(&replay, rounds), 1.6, 1.85);
    let (merging, ask) = subject::merged(if test { 50 } else { 2_000 });
    figure("2,000 merged one by one, a key and a stop each: s", merging.as_secs_f64(), 0.2, 0.2);
    figure("  the ask of a key, of a decision that asks each: ns", ask.as_nanos() as f64, 50.0, 50.0);
    hard(test);
    several(test, asked("--full"));
    println!();
    ratios::table(
        test,
        &[
            "10,000 rules / among",
            "explain a permitted effect",
            "replay a book",
            "another journey of a back-test",
        ],
    );
}

fn figure(name: &str, value: f64, gate: f64, goal: f64) {
    let over = if value > gate && !name.starts_with("two threads") { "  over" } else { "" };
    println!("{name:72}{value:>10.3}{gate:>8.2}{goal:>8.2}{over}");
}

/// What is hard on accumulators: an append of the last, and an ask after it.
fn hard(test: bool) {
    let many = if test { 1_000 } else { 10_000 };
    for (name, hard) in [
        ("10,000 grants voided one by one, an append: us", Hard::Voids),
        ("10,000 nested pauses, an append: us", Hard::NestedPauses),
        ("10,000 grants that each begin later, an append: us", Hard::LaterGrants),
    ] {
        let (append, ask) = subject::hard(hard, many);
        figure(name, append.as_secs_f64() * 1e6, 2.0, 2.0);
        figure("  an ask after it: us", ask.as_secs_f64() * 1e6, 25.0, 25.0);
    }
}

/// What several contacts cost who share an address or are one person.
fn several(test: bool, full: bool) {
    let many = if test { 1_000 } else { 100_000 };
    let stop = subject::shared(many).as_secs_f64() * 1e6;
    figure("a stop that reaches 100,000 sharers of an address: us", stop, 10.0, 10.0);
    let many = if test {
        1_000
    } else if full {
        500_000
    } else {
        50_000
    };
    let (one, two) = (subject::replayed(many), subject::replayed(many * 2));
    figure(
        "twice as many contacts, 2 % merged, 5 shared addresses, replayed: time",
        two.as_secs_f64() / one.as_secs_f64(),
        2.3,
        2.0,
    );
}

/// Instructions that `rows` executes in the measured part.
fn counted(arguments: &[&str]) -> Option<u64> {
    instructions(ROWS, arguments)
}

/// Compares the work with ids of 36 characters to the work with short ids.
fn uuids(contacts: u32, rounds: usize) -> f64 {
    let time = |work: &Work| contest::all::<Placet>(work).1.time.as_secs_f64();
    let uuid = Work::new(contacts.min(20_000), SEED);
    let short = Work::new(contacts.min(20_000), SEED).with(Ids::Short);
    median((0..rounds).map(|_| time(&uuid) / time(&short)))
}

/// A step after 10,000 acts, many of them with an end, and after ten; acts are appended between the signals.
fn aged(rounds: usize, steps: u32) {
    let time = |acts| scenes::aged::<Placet>(acts, steps).0.time.as_secs_f64();
    let ratio = median((0..rounds).map(|_| time(10_000) / time(10)));
    figure("10,000 past acts with ends / 10, live appends: time", ratio, 1.5, 1.2);
    let count = |acts: &str| {
        let [some, none] = [&steps.to_string()[..], "0"].map(|steps| counted(&["aged", acts, steps]));
        Some((some? - none?) as f64)
    };
    if let (Some(many), Some(ten)) = (count("10000"), count("10")) {
        figure("  instructions", many / ten, 1.1, 1.1);
    }
}

/// One thread does both halves of the contacts, and then two threads do one each, on the clock of the wall. What
/// they worked on is freed when the time is taken: the allocator gives memory back to the thread that asked for it.
fn two_threads(work: &Work, rounds: usize) -> f64 {
    let halves = work.split(2);
    let ratio = |_| {
        let [one, two] = [false, true].map(|apart| {
            let mut ready: Vec<_> = halves.iter().map(|half| Half::of(half, work)).collect();
            let begin = std::time::Instant::now();
            std::thread::scope(|scope| {
                for half in &mut ready {
                    let thread = scope.spawn(|| half.does());
                    if !apart {
                        thread.join().unwrap();
                    }
                }
            });
            begin.elapsed().as_secs_f64()
        });
        one / two
    };
    median((0..rounds).map(ratio))
}

/// Half of the contacts, with all that they say and do.
struct Half<'w> {
    placet: Placet,
    steps: &'w [Step],
    arriving: Arriving,
}

impl<'w> Half<'w> {
    fn of(steps: &'w [Step], work: &Work) -> Half<'w> {
        let placet = Placet::open(work);
        let arriving = placet.arriving(steps);
        Half { placet, steps, arriving }
    }

    fn does(&mut self) {
        self.placet.take(self.steps, &mut self.arriving, &mut Tally::default());
    }
}

/// Costs by round and by contestant, and what all of them came to.
fn race(order: &str, work: &Work, rounds: usize) -> (Vec<Vec<Cost>>, Tally) {
    let mut agreed = None;
    let mut costs = Vec::new();
    for round in 1..=rounds {
        eprintln!("{order}, round {round} of {rounds}");
        let run = |(name, _, race): &(&str, &str, Race)| {
            let (tally, cost) = race(work);
            assert_eq!(*agreed.get_or_insert_with(|| tally.clone()), tally, "{name} disagrees");
            cost
        };
        costs.push(RACES.iter().map(run).collect());
    }
    (costs, agreed.unwrap())
}

/// The time of one contestant.
fn nanos(costs: &[Vec<Cost>], place: usize) -> f64 {
    median(costs.iter().map(|round| round[place].time.as_nanos() as f64))
}

/// The time of one contestant by that of another in the same round.
fn ratio(costs: &[Vec<Cost>], place: usize, other: usize) -> f64 {
    let nanos = |time: Duration| time.as_nanos() as f64;
    median(costs.iter().map(|round| nanos(round[place].time) / nanos(round[other].time)))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
