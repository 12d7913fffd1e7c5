//! The big work of `benches/work.rs`, small: everybody who does it comes to the same, whatever the seed, the order
//! and the split; and it has the shape that it claims.

use placet_benches::contest::{Contestant, Floor, MapAndMatch, Placet, PlacetChecking, Statig, all};
use placet_benches::shape::{What, Work};
use placet_benches::tally::Tally;

#[test]
fn all_who_do_the_work_come_to_the_same() {
    for seed in [1, 2, 2013] {
        let replay = Work::new(200, seed);
        let (floor, _) = all::<Floor>(&replay);
        for work in [replay.by_time(), replay] {
            for (name, (tally, _)) in [
                ("floor", all::<Floor>(&work)),
                ("map and match", all::<MapAndMatch>(&work)),
                ("statig", all::<Statig>(&work)),
                ("placet", all::<Placet>(&work)),
                ("placet, signals checked in it", all::<PlacetChecking>(&work)),
            ] {
                assert_eq!(tally, floor, "{name}, seed {seed}");
            }
        }
    }
}

#[test]
fn a_split_by_contact_changes_nothing() {
    let work = Work::new(200, 7);
    let (whole, _) = all::<Placet>(&work);
    for pieces in [2, 3] {
        let mut together = Tally::default();
        for piece in work.split(pieces) {
            let mut tally = Tally::default();
            let mut placet = Placet::open(work.contacts);
            placet.run(&piece, &mut tally);
            let named = |contact: &u32| piece.iter().any(|step| step.contact == *contact);
            (0..work.contacts).filter(named).for_each(|place| tally.holds(&placet.contacts[place as usize]));
            together = together.and(&tally);
        }
        assert_eq!(together, whole);
    }
}

#[test]
fn the_work_has_the_shape_that_it_claims() {
    let work = Work::new(10_000, 2013);
    let (tally, _) = all::<Floor>(&work);
    let mut signals = vec![0_usize; 10_000];
    let mut acts = 0;
    for step in &work.steps {
        match step.what {
            What::Signal(_) => signals[step.contact as usize] += 1,
            _ => acts += 1,
        }
    }
    signals.sort_unstable();
    let all: usize = signals.iter().sum();
    let (median, busiest) = (signals[5_000], signals[9_999]);
    assert!((490_000..510_000).contains(&all), "fifty a contact: {all}");
    assert!((1_850..1_950).contains(&busiest) && (10..20).contains(&median), "{busiest}, {median}");
    assert!((84_000..86_000).contains(&acts), "8.5 acts a contact: {acts}");

    let permitted: u64 = tally.emitted.iter().sum();
    let asked = permitted + tally.refused.iter().sum::<u64>();
    let percent = |part: u64, whole: u64| part * 100 / whole;
    assert_eq!(percent(asked, all as u64), 31);
    assert!((31..35).contains(&percent(permitted, asked)), "a third is permitted: {permitted} of {asked}");
    assert!(tally.emitted.iter().all(|emitted| *emitted > 0), "{:?}", tally.emitted);
    // Restricted, objected, pending, unconfirmed, withdrawn, expired, never granted.
    assert_eq!(tally.refused.iter().filter(|refused| **refused > 0).count(), 7, "{:?}", tally.refused);
}
