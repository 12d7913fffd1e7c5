//! What can happen to a book, and which commands make sense after those before.

use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use proptest_state_machine::ReferenceStateMachine;

use super::journey::{ADDRESSES, KINDS};
use super::model::Model;

/// Contacts, addresses, purposes and instants are small numbers; acts and signals have the id of their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Open {
        who: usize,
        address: usize,
    },
    Link {
        who: usize,
        address: usize,
    },
    Unlink {
        who: usize,
        address: usize,
    },
    Grant {
        id: usize,
        who: usize,
        address: usize,
        scope: usize,
        at: i64,
        until: Option<i64>,
        confirm_by: Option<i64>,
    },
    Confirm {
        id: usize,
        who: usize,
        address: usize,
        at: i64,
        grant: usize,
    },
    Stop {
        id: usize,
        who: usize,
        kind: Kind,
        reach: Option<usize>,
        at: i64,
    },
    Lift {
        id: usize,
        who: usize,
        address: usize,
        scope: usize,
        at: i64,
        restriction: bool,
    },
    Merge {
        from: usize,
        into: usize,
    },
    Unmerge {
        who: usize,
    },
    Observe {
        id: usize,
        who: usize,
        address: usize,
        kind: &'static str,
        at: i64,
        now: i64,
    },
    /// A go is told of, as a signal.
    Tell {
        who: usize,
        act: usize,
        now: i64,
    },
    /// One of those that were ever queued, by number.
    Dispatch {
        which: usize,
        now: i64,
    },
    Ask {
        who: usize,
        address: usize,
        scope: usize,
        now: i64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Withdraw,
    Refuse,
    Object,
    Restrict,
    Erase,
}

impl Command {
    /// The id of an act.
    pub fn act(&self) -> Option<usize> {
        match self {
            Command::Grant { id, .. }
            | Command::Confirm { id, .. }
            | Command::Stop { id, .. }
            | Command::Lift { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// Whom it is about.
    pub fn who(&self) -> Vec<usize> {
        match self {
            Command::Merge { from, into } => vec![*from, *into],
            Command::Open { who, .. }
            | Command::Link { who, .. }
            | Command::Unlink { who, .. }
            | Command::Grant { who, .. }
            | Command::Confirm { who, .. }
            | Command::Stop { who, .. }
            | Command::Lift { who, .. }
            | Command::Unmerge { who }
            | Command::Observe { who, .. }
            | Command::Tell { who, .. }
            | Command::Ask { who, .. } => vec![*who],
            Command::Dispatch { .. } => vec![],
        }
    }
}

/// How many contacts there are at most.
const CROWD: usize = 4;

/// Commands made one after the other, by what the model knows so far.
pub struct Commands;

impl ReferenceStateMachine for Commands {
    type State = Model;
    type Transition = Command;

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::default()).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Command> {
        let opened = model.opened();
        if opened.len() < 2 {
            return open(opened.len());
        }
        let id = model.next_id();
        let mut all = vec![(60, act(model, id)), (40, person(&opened)), (30, observe(model, id))];
        all.push((8, ask(model)));
        let goes: Vec<Command> = model.facts.iter().filter(|fact| gave_at(fact).is_some()).cloned().collect();
        if !goes.is_empty() {
            all.push((12, tell(goes)));
        }
        if opened.len() < CROWD {
            all.push((40, open(opened.len())));
        }
        if !model.queue.is_empty() {
            let (all_queued, waiting) = (model.queue.len(), model.waiting());
            let which = if waiting.is_empty() { (0..all_queued).boxed() } else { select(waiting).boxed() };
            let which = prop_oneof![5 => which, 1 => 0..all_queued];
            all.push((
                14,
                (which, 10..30_i64).prop_map(|(which, now)| Command::Dispatch { which, now }).boxed(),
            ));
        }
        let past: Vec<Command> = model.facts.iter().filter(|fact| comes_again(fact)).cloned().collect();
        if !past.is_empty() {
            all.push((3, select(past).boxed()));
        }
        proptest::strategy::Union::new_weighted(all).boxed()
    }

    fn apply(mut model: Model, command: &Command) -> Model {
        model.apply(command);
        model
    }

    /// All that it names is there.
    fn preconditions(model: &Model, command: &Command) -> bool {
        let opened = model.opened();
        match command {
            Command::Open { who, .. } => !opened.contains(who),
            Command::Dispatch { which, .. } => *which < model.queue.len(),
            _ => command.who().iter().all(|who| opened.contains(who)),
        }
    }
}

fn comes_again(command: &Command) -> bool {
    command.act().is_some() || matches!(command, Command::Observe { .. } | Command::Tell { .. })
}

/// The instant of a go that may be told of.
fn gave_at(command: &Command) -> Option<i64> {
    match command {
        Command::Grant { at, .. } | Command::Confirm { at, .. } => Some(*at),
        _ => None,
    }
}

fn tell(goes: Vec<Command>) -> BoxedStrategy<Command> {
    let tell = |(go, late): (Command, i64)| {
        let (who, act) = (go.who()[0], go.act().unwrap());
        Command::Tell { who, act, now: gave_at(&go).unwrap() + late }
    };
    (select(goes), 0..6_i64).prop_map(tell).boxed()
}

fn at() -> std::ops::Range<i64> {
    0..16
}

fn now() -> std::ops::Range<i64> {
    6..24
}

fn address() -> std::ops::Range<usize> {
    0..ADDRESSES.len()
}

fn open(who: usize) -> BoxedStrategy<Command> {
    address().prop_map(move |address| Command::Open { who, address }).boxed()
}

/// A contact, and an address that is mostly its own.
fn seat(model: &Model) -> BoxedStrategy<(usize, usize)> {
    let own: Vec<_> = model.seats();
    let any = (select(model.opened()), address());
    if own.is_empty() { any.boxed() } else { prop_oneof![12 => select(own), 1 => any].boxed() }
}

fn act(model: &Model, id: usize) -> BoxedStrategy<Command> {
    let after = |chance| weighted(chance, 1..12_i64);
    let grant = (seat(model), 0..2_usize, at(), after(0.25), after(0.15)).prop_map(
        move |((who, address), scope, at, until, confirm_by)| Command::Grant {
            id,
            who,
            address,
            scope,
            at,
            until: until.map(|after| at + after),
            confirm_by: confirm_by.map(|after| at + after),
        },
    );
    let waiting: Vec<Command> = model
        .facts
        .iter()
        .filter(|fact| matches!(fact, Command::Grant { confirm_by: Some(_), .. }))
        .cloned()
        .collect();
    let some_grant = if waiting.is_empty() {
        seat(model).prop_map(|(who, address)| (who, address, 0)).boxed()
    } else {
        select(waiting)
            .prop_map(|grant| match grant {
                Command::Grant { id, who, address, .. } => (who, address, id),
                _ => panic!("grants"),
            })
            .boxed()
    };
    let confirm = (some_grant, at()).prop_map(move |((who, address, grant), at)| Command::Confirm {
        id,
        who,
        address,
        at,
        grant,
    });
    let lift = (seat(model), 0..2_usize, at(), any::<bool>()).prop_map(
        move |((who, address), scope, at, restriction)| Command::Lift {
            id,
            who,
            address,
            scope,
            at,
            restriction,
        },
    );
    prop_oneof![30 => grant, 6 => confirm, 6 => stop(model, id), 6 => lift].boxed()
}

/// Now and then under the id of another act.
fn stop(model: &Model, id: usize) -> BoxedStrategy<Command> {
    use Kind::{Erase, Object, Refuse, Restrict, Withdraw};
    let kind = prop_oneof![
        16 => Just(Withdraw), 8 => Just(Refuse), 8 => Just(Object), 8 => Just(Restrict), 1 => Just(Erase)
    ];
    let taken: Vec<(usize, usize)> =
        model.facts.iter().filter_map(|fact| Some((fact.who()[0], fact.act()?))).collect();
    let under = select(model.opened()).prop_map(move |who| (who, id));
    let under =
        if taken.is_empty() { under.boxed() } else { prop_oneof![9 => under, 1 => select(taken)].boxed() };
    (under, kind, weighted(0.8, 0..2_usize), 0..10_i64)
        .prop_map(|((who, id), kind, reach, at)| {
            let reach = reach.filter(|_| kind != Erase);
            Command::Stop { id, who, kind, reach, at }
        })
        .boxed()
}

fn person(opened: &[usize]) -> BoxedStrategy<Command> {
    let who = || select(opened.to_vec());
    prop_oneof![
        5 => (who(), address()).prop_map(|(who, address)| Command::Link { who, address }),
        2 => (who(), address()).prop_map(|(who, address)| Command::Unlink { who, address }),
        8 => (who(), who()).prop_map(|(from, into)| Command::Merge { from, into }),
        4 => who().prop_map(|who| Command::Unmerge { who }),
    ]
    .boxed()
}

fn observe(model: &Model, id: usize) -> BoxedStrategy<Command> {
    let ids = prop_oneof![12 => Just(id), 1 => 0..id.max(1)];
    (ids, seat(model), select(KINDS.to_vec()), 8..20_i64, 0..4_i64)
        .prop_map(|(id, (who, address), kind, at, late)| Command::Observe {
            id,
            who,
            address,
            kind,
            at,
            now: at + late,
        })
        .boxed()
}

fn ask(model: &Model) -> BoxedStrategy<Command> {
    (seat(model), 0..2_usize, now())
        .prop_map(|((who, address), scope, now)| Command::Ask { who, address, scope, now })
        .boxed()
}

/// Many contacts with few addresses among them, and little else than merges, unmerges and links.
pub fn storm() -> impl Strategy<Value = Vec<Command>> {
    const MANY: usize = 10;
    let (who, scope) = (|| 0..MANY, || 0..2_usize);
    let kind = select(vec![Kind::Withdraw, Kind::Refuse, Kind::Object, Kind::Restrict]);
    let step = prop_oneof![
        12 => (who(), who()).prop_map(|(from, into)| Command::Merge { from, into }),
        6 => who().prop_map(|who| Command::Unmerge { who }),
        4 => (who(), address()).prop_map(|(who, address)| Command::Link { who, address }),
        2 => (who(), address()).prop_map(|(who, address)| Command::Unlink { who, address }),
        8 => (who(), scope(), at()).prop_map(|(who, scope, at)| {
            let address = who % ADDRESSES.len();
            Command::Grant { id: 0, who, address, scope, at, until: None, confirm_by: None }
        }),
        5 => (who(), kind, weighted(0.7, scope()), 0..10_i64)
            .prop_map(|(who, kind, reach, at)| Command::Stop { id: 0, who, kind, reach, at }),
        1 => (who(), at())
            .prop_map(|(who, at)| Command::Stop { id: 0, who, kind: Kind::Erase, reach: None, at }),
        5 => (who(), select(KINDS.to_vec()), 8..20_i64).prop_map(|(who, kind, at)| {
            Command::Observe { id: 0, who, address: who % ADDRESSES.len(), kind, at, now: at }
        }),
    ];
    prop::collection::vec(step, 30..60).prop_map(|mut steps| {
        for (step, number) in steps.iter_mut().zip(0..) {
            if let Command::Grant { id, .. } | Command::Stop { id, .. } | Command::Observe { id, .. } = step {
                *id = number;
            }
        }
        let opened = (0..MANY).map(|who| Command::Open { who, address: who % ADDRESSES.len() });
        opened.chain(steps).collect()
    })
}
