//! Instructions a row: exact, and held within 3 % of what is recorded here, so that no change makes `placet` slower
//! unseen. Says that it skips where valgrind is not installed.
//!
//! A faster engine fails, too: record its count. So does another compiler; then the floor has moved as well.

use placet_benches::callgrind::instructions;

/// What `rows` does, how many rows or steps these are, and the instructions of each.
const RECORDED: [(&[&str], u32, f64); 4] = [
    (&["replay", "20000", "--who", "floor"], 20_000, 66.5),
    (&["replay", "20000"], 20_000, 1_515.0),
    (&["stream", "20000"], 20_000, 1_536.0),
    (&["replay", "20000", "--short"], 20_000, 1_533.0),
];

fn main() {
    let mut failed = false;
    for (arguments, rows, recorded) in RECORDED {
        let Some(count) = instructions(env!("CARGO_BIN_EXE_rows"), arguments) else {
            println!("valgrind is not installed here: instructions are not counted");
            return;
        };
        let (each, name) = (count as f64 / f64::from(rows), arguments.join(" "));
        let holds = (each / recorded - 1.0).abs() < 0.03;
        println!("{name:32}{each:>8.0} instructions a row, {recorded:.0} recorded");
        failed |= !holds;
    }
    assert!(
        !failed,
        "more than 3 % away: a regression, or a record to renew in benches/benches/instructions.rs"
    );
}
