//! Credits and tallies held against a model in plain words, over random histories: laws 5 and 7, and faults that they catch.
//!
//! The model knows no weights and no remainders. It gives whole units round and round: of n units and m takers, the taker in
//! place i gets one more as long as any is left after i.

use std::collections::{BTreeMap, BTreeSet};

use placet_insight::{Credit, CreditShare, Crowd, InsightError, Label, Minutes, Model};

use crate::campaign::{NOW, Plain, crowd, hour, insight, people, turned};

const WINDOW: u64 = 5 * 24;
const WITHIN: u64 = 7 * 24;

/// A mistake that the comparison must see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Slip {
    None,
    /// A touch as old as the window counts.
    OldTouch,
    /// A touch of the same instant as the outcome does not.
    SameInstant,
    /// More than 64 touches count.
    LongPath,
    /// What a person who said no did is looked at.
    LooksAtAll,
    /// Who was erased never bought.
    ErasedNeverBought,
    /// What is left over is lost.
    LosesUnits,
    /// The latest assignment counts.
    LatestAssignment,
    /// A holdout of one is a holdout of that one alone.
    HoldoutOfOne,
    /// Winners count before the time of the others has passed.
    EarlyWinners,
    /// Whoever said no is counted.
    CountsNoes,
}

const SLIPS: [Slip; 10] = [
    Slip::OldTouch,
    Slip::SameInstant,
    Slip::LongPath,
    Slip::LooksAtAll,
    Slip::ErasedNeverBought,
    Slip::LosesUnits,
    Slip::LatestAssignment,
    Slip::HoldoutOfOne,
    Slip::EarlyWinners,
    Slip::CountsNoes,
];

/// Channel: people, millionths, cents.
type Channels = BTreeMap<String, (u64, i64, i64)>;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Answer {
    channels: Channels,
    untouched: (i64, i64),
    unlinked: (i64, i64),
    all: (i64, i64),
}

fn plus(sum: &mut (i64, i64), outcomes: i64, cents: i64) {
    *sum = (sum.0 + outcomes * 1_000_000, sum.1 + cents);
}

/// What each of so many takers gets of a number of units, handed out in turn.
fn in_turn(units: i64, takers: usize, slip: Slip) -> Vec<i64> {
    let (m, size) = (i64::try_from(takers).unwrap(), units.abs());
    let spare = if slip == Slip::LosesUnits { 0 } else { m - 1 };
    (0..m).map(|i| ((size - i + spare).max(0) / m) * units.signum()).collect()
}

/// Who of a path takes part under a model, by place.
fn takers(model: Model, path: &[&str]) -> Vec<usize> {
    match model {
        Model::First => vec![0],
        Model::Last => vec![path.len() - 1],
        Model::Linear => (0..path.len()).collect(),
        Model::Shared => (0..path.len()).filter(|at| !path[..*at].contains(&path[*at])).collect(),
    }
}

fn credit(people: &[Vec<Plain>], model: Model, slip: Slip) -> Answer {
    let mut answer = Answer::default();
    for person in people {
        let erased = person.iter().any(|contact| contact.erased);
        let open = |contact: &Plain| !erased && (contact.looked_at || slip == Slip::LooksAtAll);
        let mut seen: Vec<(u64, usize, &str)> = person
            .iter()
            .filter(|contact| open(contact))
            .flat_map(|contact| contact.touches.clone())
            .collect();
        seen.sort_unstable();
        let mut reached = BTreeSet::new();
        for contact in person {
            for (when, _, cents) in &contact.bought {
                if erased && slip == Slip::ErasedNeverBought {
                    continue;
                }
                plus(&mut answer.all, 1, *cents);
                if !open(contact) {
                    plus(&mut answer.unlinked, 1, *cents);
                    continue;
                }
                let since = when.saturating_sub(WINDOW);
                let recent = |touched: u64| {
                    *when < WINDOW || touched > since || slip == Slip::OldTouch && touched == since
                };
                let before = |touched: u64| touched < *when || touched == *when && slip != Slip::SameInstant;
                let mut path: Vec<&str> = Vec::new();
                for (touched, _, channel) in &seen {
                    if recent(*touched) && before(*touched) {
                        path.push(channel);
                    }
                }
                if slip != Slip::LongPath && path.len() > 64 {
                    path = path.split_off(path.len() - 64);
                }
                if path.is_empty() {
                    plus(&mut answer.untouched, 1, *cents);
                    continue;
                }
                let takers = takers(model, &path);
                let outcomes = in_turn(1_000_000, takers.len(), slip);
                for ((at, part), cents) in
                    takers.iter().zip(outcomes).zip(in_turn(*cents, takers.len(), slip))
                {
                    let cell = answer.channels.entry(path[*at].to_owned()).or_default();
                    (cell.1, cell.2) = (cell.1 + part, cell.2 + cents);
                }
                reached.extend(path);
            }
        }
        for channel in reached {
            answer.channels.entry(channel.to_owned()).or_default().0 += 1;
        }
    }
    answer
}

fn pair(share: CreditShare) -> (i64, i64) {
    (share.millionths(), share.amount())
}

fn ours(credit: &Credit<'_>) -> Answer {
    let row = |row: placet_insight::CreditRow<'_>| {
        let (millionths, cents) = pair(row.share());
        (row.channel().to_string(), (row.people(), millionths, cents))
    };
    Answer {
        channels: credit.rows().map(row).collect(),
        untouched: pair(credit.untouched()),
        unlinked: pair(credit.unlinked()),
        all: pair(credit.all()),
    }
}

/// Shown and won of a, b and the holdout.
type Won = [(u32, u32); 3];

fn tallied(people: &[Vec<Plain>], slip: Slip) -> Won {
    let mut won = [(0, 0); 3];
    for person in people {
        if person.iter().any(|contact| contact.erased || contact.no && slip != Slip::CountsNoes) {
            continue;
        }
        let mut all: Vec<(u64, usize, &str)> =
            person.iter().flat_map(|contact| contact.assigned.clone()).collect();
        all.sort_unstable();
        if slip == Slip::LatestAssignment {
            all.reverse();
        }
        let held = all.iter().find(|(.., arm)| *arm == "holdout").filter(|_| slip != Slip::HoldoutOfOne);
        let Some((when, _, arm)) = held.or(all.first()) else { continue };
        let bought = || person.iter().flat_map(|contact| &contact.bought).map(|(bought, ..)| *bought);
        let in_time = bought().any(|bought| bought > *when && bought <= when + WITHIN);
        let ripe = when + WITHIN <= NOW || slip == Slip::EarlyWinners && in_time;
        let Some(place) = ["a", "b", "holdout"].iter().position(|name| name == arm) else { continue };
        if ripe {
            won[place] = (won[place].0 + 1, won[place].1 + u32::from(in_time));
        }
    }
    won
}

fn our_tallies(crowd: &Crowd) -> Won {
    let tallies = crowd.tallies("subject-line").unwrap();
    let mut won = [(0, 0); 3];
    for ((_, tally), place) in tallies.arms().zip(0..) {
        won[place] = (tally.shown(), tally.won());
    }
    won[2] = (tallies.holdout().shown(), tallies.holdout().won());
    won
}

#[test]
fn credits_and_tallies_are_as_the_model_says() {
    let mut caught = BTreeSet::new();
    let (mut figures, mut sums) = (0, [(0, 0); 3]);
    for seed in 1..=12 {
        let told = people(seed, 150);
        let crowd = crowd(&told.world);
        for model in Model::ALL {
            let right = credit(&told.plain, model, Slip::None);
            let credit_of = crowd.credit("spring", model).unwrap();
            // What fewer than ten people have in a path is hidden, and counted.
            let (shown, few) = right.channels.clone().into_iter().partition(|(_, cell)| cell.0 >= 10);
            let few: Channels = few;
            assert_eq!(
                ours(&credit_of),
                Answer { channels: shown, ..right.clone() },
                "seed {seed}, {model:?}"
            );
            assert_eq!(credit_of.hidden(), few.len());
            figures += right.channels.len();
            for slip in SLIPS {
                if credit(&told.plain, model, slip) != right {
                    caught.insert(format!("{slip:?}"));
                }
            }
        }
        let right = tallied(&told.plain, Slip::None);
        assert_eq!(our_tallies(&crowd), right, "seed {seed}");
        for slip in SLIPS {
            if tallied(&told.plain, slip) != right {
                caught.insert(format!("{slip:?}"));
            }
        }
        sums.iter_mut().zip(right).for_each(|(sum, one)| *sum = (sum.0 + one.0, sum.1 + one.1));
    }
    assert!(figures > 100);
    assert!(sums.iter().all(|(shown, won)| *won > 10 && *shown > 2 * *won), "{sums:?} tells little");
    let all: BTreeSet<String> = SLIPS.iter().map(|slip| format!("{slip:?}")).collect();
    assert_eq!(caught, all, "each fault is caught by one history at least");
}

fn conserved(credited: (i64, i64), answer: &Answer) -> bool {
    let sum = |of: fn(&(i64, i64)) -> i64| of(&credited) + of(&answer.untouched) + of(&answer.unlinked);
    (sum(|pair| pair.0), sum(|pair| pair.1)) == answer.all
}

/// Law 5: credit + untouched + unlinked = outcomes, for every model, to the unit; and a withdrawal changes no sum.
#[test]
fn law_05_what_is_given_out_is_all_there_was() {
    let mut lost = 0;
    for seed in 21..=40 {
        let mut told = people(seed, 60);
        let before = crowd(&told.world);
        for (number, who) in (0..60).step_by(3).map(|number| (number, format!("p-{number}"))) {
            if !told.plain[number].iter().any(|contact| contact.erased) {
                told.world.withdraw(&who, placet::Reach::everything(), hour(750));
            }
        }
        let after = crowd(&told.world);
        for model in Model::ALL {
            let (before, after) =
                (before.credit("spring", model).unwrap(), after.credit("spring", model).unwrap());
            for credit in [before, after] {
                assert!(conserved(pair(credit.credited()), &ours(&credit)), "seed {seed}, {model:?}");
                // Channels that are shown, and those that are not, are all that is credited.
                let shown: i64 = credit.rows().map(|row| row.share().amount()).sum();
                assert!(credit.hidden() > 0 || shown == credit.credited().amount());
            }
            assert_eq!(pair(before.all()), pair(after.all()));
            assert!(after.unlinked().millionths() > before.unlinked().millionths(), "they moved to unlinked");
            assert!(after.credited().millionths() <= before.credited().millionths());
            // A seeded fault: whoever forgets what is left over does not come to the sum.
            let right = credit(&told.plain, model, Slip::None);
            let faulty = credit(&told.plain, model, Slip::LosesUnits);
            let sum = |answer: &Answer| {
                answer.channels.values().fold((0, 0), |sum, cell| (sum.0 + cell.1, sum.1 + cell.2))
            };
            assert!(conserved(sum(&right), &right));
            lost += u32::from(!conserved(sum(&faulty), &faulty));
        }
    }
    assert!(lost > 30, "{lost}");
}

fn written(crowd: &Crowd) -> String {
    let credits = Model::ALL.map(|model| crowd.credit("spring", model).unwrap().to_string());
    let offer = crowd.tallies("offer").unwrap();
    let within = ["drives-a-rival", "reached"].map(|segment| offer.within(segment).unwrap().to_string());
    format!("{credits:?}{}{offer}{within:?}", crowd.tallies("subject-line").unwrap())
}

/// Law 7 for credits and tallies: parts add up in any grouping, and the order of people changes nothing.
#[test]
fn law_07_parts_of_credits_and_tallies_add_up_in_any_order() {
    let told = people(50, 90);
    let (insight, histories) = (insight(), told.world.histories());
    let look = |part| insight.crowd(part, hour(NOW), Minutes(0));
    let whole = written(&crowd(&told.world));
    for most in [2, 3, 7, 1_000] {
        let crowds = histories.parts(most).into_iter().map(look);
        assert_eq!(written(&crowds.reduce(|one, other| other.and(one).unwrap()).unwrap()), whole);
    }
    let some = histories.parts(4).into_iter().skip(1).map(look);
    assert_ne!(
        written(&some.reduce(|one, other| one.and(other).unwrap()).unwrap()),
        whole,
        "a part is missed"
    );
    assert_eq!(written(&insight.crowd(&turned(&told.world), hour(NOW), Minutes(0))), whole);
    // On threads, too.
    let parts = histories.parts(4);
    let threaded = std::thread::scope(|scope| {
        let threads: Vec<_> = parts
            .iter()
            .map(|part| {
                let insight = &insight;
                scope.spawn(move || insight.crowd(*part, hour(NOW), Minutes(0)))
            })
            .collect();
        let crowds = threads.into_iter().map(|thread| thread.join().unwrap());
        crowds.reduce(|one, other| one.and(other).unwrap()).unwrap()
    });
    assert_eq!(written(&threaded), whole);
    let late = insight.crowd(&histories, hour(NOW + 1), Minutes(0));
    assert_eq!(crowd(&told.world).and(late).err(), Some(InsightError::NotAlike));
}

/// A channel of fewer than k people is hidden, and counts as credited.
#[test]
fn a_channel_of_few_is_hidden_and_told() {
    let told = people(3, 8);
    let crowd = crowd(&told.world);
    let credit = crowd.credit("spring", None).unwrap();
    assert_eq!((credit.model(), credit.k(), credit.rows().count()), (Model::Shared, 10, 0));
    assert!(credit.hidden() > 0 && credit.credited().millionths() > 0);
    assert!(credit.row(&Label::Name("facebook".parse().unwrap())).is_none());
    assert!(
        credit.to_string().contains("channels of fewer than 10 people are hidden, and count as credited")
    );
}
