//! A number of rows of the work and nothing else, for a profiler: what is to be counted is inside of
//! `contest::collected`, and what makes the rows is outside.
//!
//! ```sh
//! cargo run --release -p placet-benches --bin rows -- replay 20000          # or stream; --short for short ids
//! cargo run --release -p placet-benches --bin rows -- replay 20000 --who kept
//! cargo run --release -p placet-benches --bin rows -- aged 10000 1000       # past acts, and steps after them
//! valgrind --tool=callgrind --collect-atstart=no --toggle-collect='*contest*collected*' target/release/rows ...
//! ```

use placet_benches::contest::{
    self, Contestant, Floor, Kept, Ledger, MapAndMatch, Placet, PlacetBook, Statig,
};
use placet_benches::scenes;
use placet_benches::shape::{Ids, Work};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |option| arguments.iter().skip_while(|argument| **argument != option).nth(1);
    match after("--who").map_or("placet", String::as_str) {
        "floor" => run::<Floor>(&arguments),
        "ledger" => run::<Ledger>(&arguments),
        "map" => run::<MapAndMatch>(&arguments),
        "statig" => run::<Statig>(&arguments),
        "kept" => run::<Kept<false>>(&arguments),
        "kept-book" => run::<Kept<true>>(&arguments),
        "placet" => run::<Placet>(&arguments),
        "book" => run::<PlacetBook>(&arguments),
        other => {
            panic!("`{other}` does no work: floor, ledger, map, statig, kept, kept-book, placet or book")
        }
    }
}

fn run<C: Contestant>(arguments: &[String]) {
    let number = |place: usize| arguments.get(place).and_then(|number| number.parse().ok());
    let order = arguments.first().map(String::as_str);
    if let (Some("aged"), Some(acts), Some(steps)) = (order, number(1), number(2)) {
        let (cost, told) = scenes::aged::<C>(acts, steps);
        println!("{steps} steps after {acts} acts: {:?}, {:016x}", cost.time, told.hash);
        return;
    }
    let (Some(order @ ("replay" | "stream")), Some(rows)) = (order, number(1)) else {
        panic!("replay or stream and how many rows, or aged, how many acts and how many steps");
    };
    let ids = if arguments.iter().any(|argument| argument == "--short") { Ids::Short } else { Ids::Uuid };
    let mut work = Work::new(rows / 50, 2013).with(ids);
    if order == "stream" {
        work = work.by_time();
    }
    let (tally, cost) = contest::all::<C>(&work);
    println!("{} rows: {:?}, {:016x}", work.steps.len(), cost.time, tally.hash);
}
