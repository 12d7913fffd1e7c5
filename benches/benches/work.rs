//! The big work: `placet` beside what people write by hand, as a table of ratios to the floor.
//!
//! `cargo bench -p placet-benches --bench work` does a fifth of it; `cargo bench -p placet-benches --bench work -- --full` all of it: 100,000 contacts
//! and 5,000,000 signals. Rounds are interleaved, and each ratio is made inside one round, of processor time; the
//! table has their medians. All must come to the same tally, or there is no table.

use std::time::Duration;

use placet::{Act, Signal};
use placet_benches::contest::{self, Contestant, Floor, MapAndMatch, Placet, PlacetChecking, Statig};
use placet_benches::shape::{Step, Work};
use placet_benches::tally::Tally;

const SEED: u64 = 2013;

/// Does the whole work, and says how long it took.
type Race = fn(&Work) -> (Tally, Duration);

/// The floor first.
const RACES: [(&str, Race); 5] = [
    ("floor: flat struct and match", contest::all::<Floor>),
    ("HashMap a contact and match", contest::all::<MapAndMatch>),
    ("statig and HashMap", contest::all::<Statig>),
    ("placet", contest::all::<Placet>),
    ("placet, signals checked in it", contest::all::<PlacetChecking>),
];

fn main() {
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    let (contacts, rounds) = match (asked("--full"), asked("--bench") && !asked("--test")) {
        (_, false) => (500, 1), // `cargo test --benches`, and `cargo bench -- --test`
        (false, true) => (20_000, 7),
        (true, true) => (100_000, 5),
    };
    let replay = Work::new(contacts, SEED);
    println!("{contacts} contacts, {} signals, {rounds} rounds, seed {SEED}", replay.signals());
    let stream = replay.by_time();
    let (of_replay, told) = race("replay", &replay, rounds);
    let (of_stream, same) = race("stream", &stream, rounds);
    assert_eq!(told, same, "the order of the contacts changes nothing");
    println!("\n{:31}{:>18}{:>18}", "", "replay", "stream");
    println!("{:31}{:>9}{:>9}{:>9}{:>9}", "", "ns", "/ floor", "ns", "/ floor");
    for (place, (name, _)) in RACES.iter().enumerate() {
        let [one, other] = [&of_replay, &of_stream].map(|times| medians(times, place));
        let signals = replay.signals() as f64;
        println!("{name:31}{:>9.1}{:>9.2}{:>9.1}{:>9.2}", one.0 / signals, one.1, other.0 / signals, other.1);
    }
    let emitted: u64 = told.emitted.iter().sum();
    let asks = emitted + told.refused.iter().sum::<u64>();
    let work = Work::new(contacts.min(20_000), SEED);
    println!("\none thread / two, contacts split, on an idle machine: {:.2}", two_threads(&work, rounds));
    println!(
        "{asks} asks, {emitted} permitted; every (contact, effect, time) in one hash: {:016x}",
        told.hash
    );
}

/// One thread does both halves of the contacts, and then two threads do one each, on the clock of the wall. What
/// they worked on is freed when the time is taken: the allocator gives memory back to the thread that asked for it.
fn two_threads(work: &Work, rounds: usize) -> f64 {
    let halves = work.split(2);
    let ratio = |_| {
        let [one, two] = [false, true].map(|apart| {
            let mut ready: Vec<_> = halves.iter().map(|half| Half::of(half, work.contacts)).collect();
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
    signals: Vec<Option<Signal>>,
    acts: Vec<Act>,
}

impl<'w> Half<'w> {
    fn of(steps: &'w [Step], contacts: u32) -> Half<'w> {
        let placet = Placet::open(contacts);
        let (signals, acts) = placet.arriving(steps);
        Half { placet, steps, signals, acts }
    }

    fn does(&mut self) {
        let acts = std::mem::take(&mut self.acts);
        self.placet.take(self.steps, &self.signals, acts, &mut Tally::default());
    }
}

/// Times by round and by contestant, and what all of them came to.
fn race(order: &str, work: &Work, rounds: usize) -> (Vec<Vec<Duration>>, Tally) {
    let mut agreed = None;
    let mut times = Vec::new();
    for round in 1..=rounds {
        eprintln!("{order}, round {round} of {rounds}");
        let run = |(name, race): &(&str, Race)| {
            let (tally, time) = race(work);
            assert_eq!(*agreed.get_or_insert_with(|| tally.clone()), tally, "{name} disagrees");
            time
        };
        times.push(RACES.iter().map(run).collect());
    }
    (times, agreed.unwrap())
}

/// Of one contestant: the time in nanoseconds, and its ratio to the floor of the same round.
fn medians(times: &[Vec<Duration>], place: usize) -> (f64, f64) {
    let nanos = |time: Duration| time.as_nanos() as f64;
    let one = times.iter().map(|round| nanos(round[place]));
    let ratio = times.iter().map(|round| nanos(round[place]) / nanos(round[0]));
    (median(one), median(ratio))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
