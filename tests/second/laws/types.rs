//! Law 9: no value that is read from a text is a permit, an event or a reply. The compiler keeps it, and `tests/ui` shows
//! how; here the types of the crate are asked, and doubles that break the law are seen through.

use std::marker::PhantomData;

use placet::{Event, Permit, QueuedEvent, consent::Reply};
use serde::Deserialize;

/// Which traits a type has that would let somebody make a value of it from something else.
type Doors = Vec<&'static str>;

/// `true` where the type meets the bound: an associated constant of the type itself is found before one of a trait.
macro_rules! has {
    ($type:ty: $($bound:tt)+) => {{
        struct Probe<T>(PhantomData<T>);
        #[allow(dead_code, reason = "found where the type does not meet the bound")]
        trait Otherwise {
            const HAS: bool = false;
        }
        impl<T> Otherwise for Probe<T> {}
        #[allow(dead_code, reason = "found where the type meets the bound")]
        impl<T: $($bound)+> Probe<T> {
            const HAS: bool = true;
        }
        Probe::<$type>::HAS
    }};
}

macro_rules! doors {
    ($type:ty) => {{
        let all = [
            ("Deserialize", has!($type: Deserialize<'static>)),
            ("From<QueuedEvent>", has!($type: From<QueuedEvent>)),
            ("TryFrom<QueuedEvent>", has!($type: TryFrom<QueuedEvent>)),
            ("FromStr", has!($type: std::str::FromStr)),
            ("Default", has!($type: Default)),
            ("Clone", has!($type: Clone)),
        ];
        all.into_iter().filter(|(_, has)| *has).map(|(door, _)| door).collect::<Doors>()
    }};
}

/// What the law says of a type.
fn is_closed(doors: &[&str]) -> Result<(), String> {
    if doors.is_empty() { Ok(()) } else { Err(format!("it can be made by {}", doors.join(", "))) }
}

#[test]
fn law_09_nothing_that_is_read_is_a_permit_an_event_or_a_reply() {
    for (name, doors) in [
        ("Permit", doors!(Permit<'static>)),
        ("Event", doors!(Event<'static>)),
        ("Reply", doors!(Reply<'static>)),
    ] {
        is_closed(&doors).unwrap_or_else(|broken| panic!("{name}: {broken}"));
    }
}

/// A permit that can be read, one that can be copied, and an event made of its account.
#[test]
fn law_09_sees_its_seeded_faults() {
    #[derive(Deserialize)]
    struct ReadPermit;
    #[derive(Clone, Default)]
    struct CopiedPermit;
    struct UncheckedEvent;
    impl From<QueuedEvent> for UncheckedEvent {
        fn from(_: QueuedEvent) -> UncheckedEvent {
            UncheckedEvent
        }
    }
    struct TypedPermit;
    impl std::str::FromStr for TypedPermit {
        type Err = ();
        fn from_str(_: &str) -> Result<TypedPermit, ()> {
            Ok(TypedPermit)
        }
    }
    let faults = [
        (doors!(ReadPermit), "Deserialize"),
        (doors!(CopiedPermit), "Default, Clone"),
        (doors!(UncheckedEvent), "From<QueuedEvent>, TryFrom<QueuedEvent>"),
        (doors!(TypedPermit), "FromStr"),
    ];
    for (doors, seen) in faults {
        assert_eq!(is_closed(&doors), Err(format!("it can be made by {seen}")));
    }
}
