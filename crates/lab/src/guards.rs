//! The parts of a guard, with their paths, in the order in which an explanation tells them: the whole first.

use placet::journey::Guard;
use placet::journey::guard::Test;

/// A guard and all guards inside it.
pub(super) fn parts(path: String, guard: &Guard) -> Vec<(String, &Guard)> {
    let inside = match guard.test() {
        Test::All(guards) => below(&path, "all", guards),
        Test::Any(guards) => below(&path, "any", guards),
        Test::Not(guard) => parts(format!("{path}.not"), guard),
        _ => Vec::new(),
    };
    let mut all = vec![(path, guard)];
    all.extend(inside);
    all
}

fn below<'g>(path: &str, list: &str, guards: &'g [Guard]) -> Vec<(String, &'g Guard)> {
    let guards = guards.iter().enumerate();
    guards.flat_map(|(at, guard)| parts(format!("{path}.{list}[{at}]"), guard)).collect()
}
