//! The big work of `benches/`: everybody who does it comes to the same, whatever the seed, the order and the split.

use std::collections::BTreeMap;

use crate::body::contest::{Contestant, Floor, MapAndMatch, Placet, PlacetChecking, Statig, all};
use crate::body::shape::{What, Work};
use crate::body::tally::Tally;

const SEEDS: [u64; 3] = [1, 2, 2013];

#[test]
fn all_who_do_the_work_come_to_the_same() {
    for seed in SEEDS {
        let work = Work::new(300, seed);
        let (floor, _) = all::<Floor>(&work);
        assert!(floor.refused.iter().filter(|refused| **refused > 0).count() >= 6, "{floor:?}");
        for work in [work.by_time(), work] {
            for (name, tally) in [
                ("map and match", all::<MapAndMatch>(&work).0),
                ("statig", all::<Statig>(&work).0),
                ("placet", all::<Placet>(&work).0),
                ("placet, checking", all::<PlacetChecking>(&work).0),
                ("floor", all::<Floor>(&work).0),
            ] {
                assert_eq!(tally, floor, "{name}, seed {seed}");
            }
        }
    }
}
