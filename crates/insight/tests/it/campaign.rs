//! A campaign of a brand: its journey, its questions, and people who are touched, assigned and buy, told twice: as a history
//! and in plain words.

use placet::consent::Stop;
use placet::entry::Body;
use placet::name::TimeDelta;
use placet::signal::Value;
use placet::{Instant, Journey, Reach};
use placet_insight::{Crowd, Histories, Insight, Minutes};
use placet_tests::support::name;

use crate::tables::Dice;
use crate::world::{World, at, scope, text};

pub(crate) const QUESTIONS: &str = include_str!("campaign_questions.json");

pub(crate) fn journey() -> Journey {
    Journey::from_json(include_str!("campaign.json")).unwrap_or_else(|error| panic!("{error}"))
}

/// One insight for all crowds that are to be added up.
pub(crate) fn insight() -> Insight {
    thread_local! {
        static INSIGHT: Insight = Insight::from_json(QUESTIONS, &journey()).unwrap_or_else(|error| panic!("{error}"));
    }
    INSIGHT.with(Clone::clone)
}

/// The hour 0 of the campaign, and so many hours later.
pub(crate) fn hour(hours: u64) -> Instant {
    at("03-01").checked_add(TimeDelta::hours(i64::try_from(hours).unwrap())).unwrap()
}

/// The hour at which everybody looks.
pub(crate) const NOW: u64 = 800;

pub(crate) fn crowd(world: &World) -> Crowd {
    insight().crowd(&world.histories(), hour(NOW), Minutes(0))
}

/// One contact in plain words.
#[derive(Clone, Default)]
pub(crate) struct Plain {
    /// Whether what they did may be looked at now.
    pub(crate) looked_at: bool,
    /// Whether they said no, to this or to everything.
    pub(crate) no: bool,
    /// Whether they took back that their likes may be kept.
    likes_taken_back: bool,
    pub(crate) erased: bool,
    /// Hour, place in the history, channel.
    pub(crate) touches: Vec<(u64, usize, &'static str)>,
    /// Hour, place in the history, cents.
    pub(crate) bought: Vec<(u64, usize, i64)>,
    /// Hour, place in the history, what of the trial `subject-line`.
    pub(crate) assigned: Vec<(u64, usize, &'static str)>,
}

/// People of one contact or two, each told twice.
pub(crate) struct People {
    pub(crate) world: World,
    pub(crate) plain: Vec<Vec<Plain>>,
}

/// What happens to a permission in the end.
fn ending(world: &mut World, dice: &mut Dice, who: &str, plain: &mut Plain) {
    match dice.below(10) {
        0 => {
            world.withdraw(who, Reach::everything(), hour(700));
            (plain.no, plain.likes_taken_back) = (true, true);
        }
        1 => {
            world.withdraw(who, scope("profiling/email").into(), hour(700));
            plain.no = true;
        }
        2 => {
            world.withdraw(who, scope("social-linking/social/facebook").into(), hour(700));
            plain.likes_taken_back = true;
        }
        3 if dice.below(2) == 0 => {
            world.erase(who, hour(701));
            *plain = Plain { erased: true, bought: std::mem::take(&mut plain.bought), ..Plain::default() };
        }
        4 => {
            let id = format!("objected-{who}");
            world.act(who, Stop::object(name(&id), Reach::everything(), hour(702), hour(702)));
            (plain.no, plain.likes_taken_back) = (true, true);
        }
        _ => {}
    }
}

fn contact(world: &mut World, dice: &mut Dice, who: &str) -> Plain {
    let (mail, facebook) = (format!("email:{who}@example.org"), format!("account/facebook:{who}"));
    let mut plain = Plain { looked_at: dice.below(4) > 0, ..Plain::default() };
    world.open(who, &mail);
    world.link(who, &facebook);
    world.grant(who, &facebook, "social-linking/social/facebook", at("01-01"));
    if plain.looked_at {
        // A yes of some runs out before anybody asks: that is no yes, and no no.
        let ends = dice.below(8) == 0;
        world.grant_until(who, &mail, "profiling/email", at("01-01"), ends.then(|| hour(650)));
        plain.looked_at = !ends;
    }
    for _ in 0..if dice.below(20) == 0 { 600 } else { dice.below(9) } {
        let (when, place) = (dice.below(120) * 4, world.entries.len());
        let channel = match dice.below(4) {
            0 => {
                world.signal(who, &facebook, "like", hour(when), &[("brand", text("vw"))]);
                "facebook"
            }
            1 => {
                world.signal(who, &mail, "statement", hour(when), &[("drives", text("renault"))]);
                "shop"
            }
            2 => {
                let (from, pages) = (["search", "shop"][dice.below(2) as usize], Value::Integer(2));
                world.signal(who, &mail, "visit", hour(when), &[("from", text(from)), ("pages", pages)]);
                from
            }
            _ => {
                // One page is no touch, and so is a visit from nowhere.
                let carried: &[(&str, Value)] = if dice.below(2) == 0 {
                    &[("from", text("search")), ("pages", Value::Integer(1))]
                } else {
                    &[("pages", Value::Integer(5))]
                };
                world.signal(who, &mail, "visit", hour(when), carried);
                continue;
            }
        };
        plain.touches.push((when, place, channel));
    }
    for _ in 0..dice.below(4) {
        let (when, place) = (dice.below(180) * 4, world.entries.len());
        let cents = i64::try_from(dice.below(10_000)).unwrap() - 2_000;
        let carried: &[(&str, Value)] =
            if dice.below(6) == 0 { &[] } else { &[("amount", Value::Integer(cents))] };
        world.signal(who, &mail, "purchase", hour(when), carried);
        plain.bought.push((when, place, if carried.is_empty() { 0 } else { cents }));
    }
    for _ in 0..dice.below(3) {
        let (when, place) = (dice.below(180) * 4, world.entries.len());
        let arm = ["a", "b", "holdout", "retired"][dice.below(4) as usize];
        let other = dice.below(6) == 0;
        let trial = if other { "offer" } else { "subject-line" };
        world.signal(who, &mail, "assigned", hour(when), &[("trial", text(trial)), ("arm", text(arm))]);
        if !other {
            plain.assigned.push((when, place, arm));
        }
    }
    ending(world, dice, who, &mut plain);
    plain
}

/// A no of one is a no of all whom they were found to be; a yes is the yes of one.
fn settle(person: &mut [Plain]) {
    let no = person.iter().any(|contact| contact.no);
    let taken_back = person.iter().any(|contact| contact.likes_taken_back);
    for contact in person {
        contact.looked_at &= !no;
        contact.touches.retain(|(.., channel)| !(taken_back && *channel == "facebook"));
    }
}

/// So many people, one in five of two contacts that were found to be one.
pub(crate) fn people(seed: u64, count: u64) -> People {
    let (mut world, mut plain, mut dice) = (World::of(journey()), Vec::new(), Dice::new(seed));
    for number in 0..count {
        let first = contact(&mut world, &mut dice, &format!("p-{number}"));
        let mut person = vec![first];
        if dice.below(5) == 0 && !person[0].erased {
            let second = contact(&mut world, &mut dice, &format!("q-{number}"));
            world.note(
                &format!("q-{number}"),
                Body::Merged { into: name(&format!("p-{number}")), held: None },
            );
            person.push(second);
        }
        settle(&mut person);
        plain.push(person);
    }
    People { world, plain }
}

/// The histories of a world in another order of people.
pub(crate) fn turned(world: &World) -> Histories {
    let number =
        |id: &placet::ContactId| id.with_text(|id| id.trim_start_matches(['p', 'q', '-']).to_owned());
    let mut entries = world.entries.clone();
    entries.sort_by_key(|entry| std::cmp::Reverse(number(entry.contact())));
    Histories::of(entries, &world.terms())
}
