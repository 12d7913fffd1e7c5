//! The big work of `benches/work.rs`, small: everybody who does it comes to the same, whatever the seed, the order
//! and the split; and it has the shape that it claims.

use placet_benches::contest::{
    Contestant, Floor, Kept, Ledger, MapAndMatch, Placet, PlacetBook, Statig, all,
};
use placet_benches::scenes;
use placet_benches::shape::{Ids, What, Work};
use placet_benches::tally::Tally;

#[test]
fn all_who_do_the_work_come_to_the_same() {
    for (seed, ids) in [(1, Ids::Uuid), (2, Ids::Short), (2013, Ids::Uuid)] {
        let replay = Work::new(200, seed).with(ids);
        let (floor, _) = all::<Floor>(&replay);
        for work in [replay.by_time(), replay] {
            for (name, (tally, _)) in [
                ("floor", all::<Floor>(&work)),
                ("ledger", all::<Ledger>(&work)),
                ("map and match", all::<MapAndMatch>(&work)),
                ("statig", all::<Statig>(&work)),
                ("kept", all::<Kept<false>>(&work)),
                ("kept, with signal ids and outbox", all::<Kept<true>>(&work)),
                ("placet", all::<Placet>(&work)),
                ("placet, a book", all::<PlacetBook>(&work)),
            ] {
                assert_eq!(tally, floor, "{name}, seed {seed}");
            }
        }
    }
}

#[test]
fn all_come_to_the_same_about_one_who_said_much() {
    for acts in [10, 1_000] {
        let (_, floor) = scenes::aged::<Floor>(acts, 500);
        assert_eq!(scenes::aged::<Kept<true>>(acts, 500).1, floor);
        assert_eq!(scenes::aged::<Placet>(acts, 500).1, floor);
        assert!(floor.emitted.iter().sum::<u64>() >= 390, "{floor:?}");
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
            let mut placet = Placet::open(&work);
            placet.run(&piece, &mut tally);
            let named = |contact: &u32| piece.iter().any(|step| step.contact == *contact);
            (0..work.contacts).filter(named).for_each(|contact| tally.holds(placet.stage(contact)));
            together = together.and(&tally);
        }
        assert_eq!(together, whole);
    }
}

#[test]
fn the_work_has_the_shape_that_it_claims() {
    let work = Work::new(20_000, 2013);
    let (tally, _) = all::<Floor>(&work);
    let mut rows = vec![(0_usize, 0_usize); 20_000];
    for step in &work.steps {
        let (signals, acts) = &mut rows[step.contact as usize];
        match step.what {
            What::Signal(_) => *signals += 1,
            _ => *acts += 1,
        }
    }
    rows.sort_unstable_by_key(|(signals, acts)| signals + acts);
    let signals: usize = rows.iter().map(|(signals, _)| signals).sum();
    let (median, busiest) = (rows[10_000], rows[19_999]);
    let percent = |part: u64, whole: usize| part as f64 * 100.0 / whole as f64;
    let emitted: u64 = tally.emitted.iter().sum();
    let asked = emitted + tally.refused.iter().sum::<u64>();
    let (all, of_asked, of_emitted) = (work.steps.len(), percent(asked, signals), percent(emitted, signals));
    eprintln!("{all} rows, {signals} signals, of which {of_asked:.1} % ask and {of_emitted:.1} % queue");
    eprintln!(
        "median {median:?}, busiest {busiest:?}; {:?} {:?} {:?}",
        tally.emitted, tally.refused, tally.stages
    );
    assert!((990_000..=1_000_000).contains(&all), "fifty a contact: {all}");
    assert!((82.5..83.5).contains(&percent(signals as u64, all)), "{signals} of {all}");
    assert!(busiest.1 > 4_000 && (10..14).contains(&(median.0 + median.1)), "{busiest:?}, {median:?}");
    assert!(
        (30.0..32.0).contains(&of_asked) && (9.0..11.0).contains(&of_emitted),
        "{of_asked}, {of_emitted}"
    );
    assert!(tally.emitted.iter().all(|emitted| *emitted > 0), "{:?}", tally.emitted);
    assert!(tally.refused.iter().all(|refused| *refused > 0), "{:?}", tally.refused);
}
