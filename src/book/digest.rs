//! Digests of signals: they tell a signal delivered again from another one under its id. They live in memory only.

use std::hash::{Hash, Hasher};

use crate::signal::SignalSpec;
use siphasher::sip::SipHasher13;

/// A number for all of a signal. Two signals hardly ever have the same one. No adversary is kept out by it, and none
/// gains by it: a signal that is taken for another delivery of the first has no effect, as a refused one has none.
pub(super) fn digest(signal: &SignalSpec) -> u64 {
    let mut print = SipHasher13::new();
    signal.hash(&mut print);
    print.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    /// Whatever is changed in a signal changes its digest, and nothing else does.
    #[test]
    fn of_all_of_a_signal() {
        let text = r#"{"id":"s-1","contact":"c-1","identity":"email:ada@example.org","kind":"purchase","source":"shop",
            "at":"2013-05-01T10:00:00Z","attributes":[{"name":"total","value":{"integer":1}},{"name":"gift","value":{"bool":true}}]}"#;
        let read = |text: &str| SignalSpec::from_json(text).map(|signal| digest(&signal));
        assert_eq!(read(text), read(&text.replace("10:00:00Z", "12:00:00+02:00")));
        let mut digests = vec![read(text)];
        for (from, to) in [
            ("s-1", "s-2"),
            ("c-1", "c-11"),
            ("email:", "email:a"),
            ("purchase", "return"),
            (r#""source":"shop","#, ""),
            ("shop", "web"),
            ("10:00:00Z", "10:00:00.1Z"),
            ("total", "sum"),
            (":1}", ":-1}"),
            (":1}", ":257}"),
            ("true", "false"),
            (r#"{"integer":1}"#, r#"{"text":"1"}"#),
            (r#",{"name":"gift","value":{"bool":true}}"#, ""),
        ] {
            digests.push(read(&text.replace(from, to)));
        }
        digests.iter().for_each(|digest| assert!(digest.is_ok(), "{digest:?}"));
        let all = digests.len();
        digests.sort_by_key(|digest| digest.as_ref().ok().copied());
        digests.dedup();
        assert_eq!(digests.len(), all);
        assert_ne!(digest_of_names(["a", "bc"]), digest_of_names(["ab", "c"]));
    }

    fn digest_of_names(names: [&'static str; 2]) -> u64 {
        let mut print = SipHasher13::new();
        names.map(Name::known).hash(&mut print);
        print.finish()
    }
}
