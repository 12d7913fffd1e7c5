//! Keys of addresses: every spelling of one mailbox and of one number meets in one key, whatever program wrote it; and
//! what cannot be read for certain is refused, with a message that says what to write (FAULTS A9, A10).

use placet::{
    Ask, Book, Identity, Journey, Reach, Reason, Stop, channel::EMAIL, identity::IdentityError,
    name::Network, purpose::NEWSLETTER,
};
use proptest::prelude::*;

use crate::support::{at, grant, name};

fn mail(text: &str) -> Identity {
    Identity::email(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[track_caller]
fn one_key(spellings: &[&str]) {
    let keys: Vec<_> = spellings.iter().map(|text| Identity::parse(text).unwrap().wide_key()).collect();
    let first = &keys[0];
    for (key, spelling) in keys.iter().zip(spellings) {
        assert_eq!(key.as_str(), first.as_str(), "{spelling}");
    }
}

/// FAULTS A9: her mail program composes the `ü`, the list of the shop does not.
#[test]
fn an_objection_finds_the_mailbox_in_whatever_way_its_letters_are_composed() {
    let (composed, decomposed) = (mail("j\u{fc}rgen@example.org"), mail("ju\u{308}rgen@example.org"));
    assert_eq!(composed, decomposed, "the exact key is one, too");
    let mut book = Book::new(Journey::reference().unwrap());
    book.open(name("shop-1"), decomposed.clone()).unwrap();
    let _ = book
        .append(&name("shop-1"), grant("a-1", NEWSLETTER.by(EMAIL), decomposed.clone(), at("09:00:00")))
        .unwrap();
    book.open(name("crm-1"), composed).unwrap();
    let no = Stop::object(name("no-1"), Reach::everything(), at("10:00:00"), at("10:00:00"));
    let _ = book.stop(&name("crm-1"), no).unwrap();
    let ledger = book.contact(&name("shop-1")).unwrap().ledger();
    let asked = ledger.refuses(&Ask::new(NEWSLETTER.by(EMAIL), decomposed), at("11:00:00"));
    assert_eq!(asked, Some(Reason::Withdrawn));
}

/// Siblings of A9: what is one letter to the eye of a mail server, and what is one domain.
#[test]
fn case_width_ligatures_and_domains_are_folded_in_the_wide_key() {
    one_key(&[
        "email:ada@example.org",
        "email:ADA@EXAMPLE.org",
        "email:\u{ff21}\u{ff44}\u{ff41}@example.org",
    ]);
    one_key(&[
        "email:strasse@example.org",
        "email:stra\u{df}e@example.org",
        "email:STRA\u{1e9e}E@example.org",
    ]);
    one_key(&["email:\u{fb01}ona@example.org", "email:Fiona@example.org"]);
    one_key(&[
        "card:\u{3bf}\u{3b4}\u{3bf}\u{3c2}",
        "card:\u{39f}\u{394}\u{39f}\u{3a3}",
        "card:\u{3bf}\u{3b4}\u{3bf}\u{3c3}",
    ]);
    one_key(&["card:\u{212b}ngstr\u{f6}m", "card:\u{e5}ngstro\u{308}m", "card:A\u{30a}NGSTR\u{d6}M"]);
    one_key(&["account/facebook:@ada", "account/facebook:\u{ff20}Ada"]);
    one_key(&[
        "email:a@b\u{fc}cher.example",
        "email:a@bu\u{308}cher.example",
        "email:a@B\u{dc}CHER.example",
        "email:a@xn--bcher-kva.example",
        "email:a@XN--BCHER-KVA.EXAMPLE",
        "email:a@b\u{fc}cher\u{3002}example",
        "email:a@b\u{fc}cher\u{ff0e}example",
    ]);
    one_key(&["email:a@xn--fsqu00a.xn--0zwm56d", "email:a@\u{4f8b}\u{5b50}.\u{6d4b}\u{8bd5}"]);
    assert_eq!(
        mail("a@stra\u{df}e.example").address(),
        "a@xn--strae-oqa.example",
        "not the domain strasse.example"
    );
    // Small and large letters of a mailbox are two exact keys, as before: a yes for one is none for the other.
    assert_ne!(mail("J\u{fc}rgen@example.org"), mail("j\u{fc}rgen@example.org"));
    for bad in [
        "a@b\u{fc}cher_.example",
        "a@\u{301}b.example",
        "a@b\u{fc}cher..example",
        "a@-b\u{fc}.example",
        "a@\u{2122}/.example",
    ] {
        assert_eq!(Identity::email(bad), Err(IdentityError::EmailDomain), "{bad}");
    }
    let long = format!("a@{}.example", "\u{fc}".repeat(60));
    assert_eq!(Identity::email(&long), Err(IdentityError::EmailDomain), "over 63 characters in ASCII");
    // What composing makes of a character counts: the Greek question mark is a semicolon.
    assert_eq!(Identity::email("a\u{37e}b@example.org"), Err(IdentityError::EmailForm));
}

const UNSEEN: [char; 27] = [
    '\u{ad}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{2060}',
    '\u{feff}',
    '\u{200e}',
    '\u{200f}',
    '\u{202a}',
    '\u{202e}',
    '\u{2066}',
    '\u{2069}',
    '\u{61c}',
    '\u{fe0f}',
    '\u{e0100}',
    '\u{e0001}',
    '\u{e0061}',
    '\u{34f}',
    '\u{3164}',
    '\u{115f}',
    '\u{180e}',
    '\u{2063}',
    '\u{fff9}',
    '\u{0}',
    '\u{1b}',
    '\u{7f}',
    '\u{9f}',
];

#[test]
fn what_nobody_sees_is_refused_wherever_it_stands() {
    let facebook: Network = "facebook".parse().unwrap();
    for unseen in UNSEEN {
        for (begin, end) in [
            ("", "ada@example.org"),
            ("ad", "a@example.org"),
            ("ada@exa", "mple.org"),
            ("ada@example.org", ""),
        ] {
            let text = format!("{begin}{unseen}{end}");
            assert_eq!(Identity::email(&text), Err(IdentityError::Invisible), "{text:?}");
        }
        let text = format!("ad{unseen}a");
        assert_eq!(Identity::account(facebook.clone(), &text), Err(IdentityError::Invisible), "{text:?}");
        assert_eq!(Identity::of_kind("card", &text), Err(IdentityError::Invisible), "{text:?}");
        let number = format!("{unseen}+442079460958");
        assert_eq!(Identity::phone(&number), Err(IdentityError::Invisible), "{number:?}");
    }
}

/// FAULTS A10, and its siblings: a number is read rightly or refused; it never becomes another one.
#[test]
fn numbers_are_read_rightly_or_not_at_all() {
    for right in [
        "+442079460958",
        "+44 20 7946 0958",
        "+44 (20) 7946 0958",
        "+44-20-7946-0958",
        "+44.20.7946.0958",
        "+44 20/7946 0958",
        "00442079460958",
        "0044 20 7946 0958",
        "0044 (20) 7946-0958",
        "+(44) 20 7946 0958",
        "+ 44 20 7946 0958",
    ] {
        assert_eq!(Identity::phone(right).unwrap().address(), "+442079460958", "{right}");
    }
    for (kept, number) in [
        ("+39 06 6982", "+39066982"), // Rome: the 0 belongs to the number.
        ("+378 0549 882914", "+3780549882914"),
        ("+225 01 02 03 04 05", "+2250102030405"),
        ("+1 (202) 555-0100", "+12025550100"),
        ("+683 4002", "+6834002"),
        ("+999 123 456 789 012", "+999123456789012"),
    ] {
        assert_eq!(Identity::phone(kept).unwrap().address(), number, "{kept}");
    }
    let trunk = [
        "+44 (0)20 7946 0958",
        "+44(0)2079460958",
        "+44 ( 0) 20 7946 0958",
        "+49 (0) 30 123456",
        "+49 (030) 123456",
        "+44 (020) 7946 0958",
        "+44 020 7946 0958",
        "+4402079460958",
        "0044 (0)20 7946 0958",
        "0049 030 123456",
        "+33 01 23 45 67 89",
        "+1 0202 555 0100",
        "+353 01 234 5678",
        "+420 0123 456 789",
        "+(0)44 20 7946 0958",
    ];
    let national = [
        "020 7946 0958",
        "(020) 7946 0958",
        "2079460958",
        "011 44 20 7946 0958",
        "011442079460958",
        "",
        " ",
        "0 0442079460958",
        "110",
    ];
    let other = [
        "++442079460958",
        "+ +442079460958",
        "+00442079460958",
        "00+442079460958",
        "+011 44 20 7946 0958",
        "0011442079460958",
        "tel:+442079460958",
        "tel:+44-20-7946-0958;ext=5",
        "+442079460958;ext=5",
        "+44 20 7946 0958 ext. 5",
        "+44 20 7946 0958x5",
        "+44 20 7946 0958 #5",
        "+44207946095812345",
        "+123456",
        "+1",
        "+",
        "+0442079460958",
        "+1-800-FLOWERS",
        "+44 20 7946 095O",
        "\u{ff0b}442079460958",
        "+\u{ff14}\u{ff14}2079460958",
        "+\u{664}\u{664}2079460958",
        "+44 20 7946 0958, +44 20 7946 0959",
        "+44 (20 7946 0958",
        "+44 20) 7946 0958",
        "+44 () 20 7946 0958",
        "+44 ((20)) 7946 0958",
        "+44\u{a0}20 7946 0958",
        "+44\t20 7946 0958",
        "+44*20 7946 0958",
        "p:+442079460958",
    ];
    for (texts, expected) in [
        (&trunk[..], IdentityError::PhoneTrunkZero),
        (&national[..], IdentityError::PhoneNational),
        (&other[..], IdentityError::Phone),
    ] {
        for text in texts {
            assert_eq!(Identity::phone(text), Err(expected), "{text:?}");
            let told = Identity::phone(text).unwrap_err().to_string();
            assert!(told.contains("writ"), "it says what to write: {told}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// However a mailbox is spelled, its stop finds it: composed, decomposed, in either case.
    #[test]
    fn spellings_of_one_mailbox_have_one_wide_key(local in "[\\p{Latin}\\p{Greek}\\p{Cyrillic}0-9]{1,12}\\p{Mn}{0,2}") {
        use unicode_normalization::UnicodeNormalization;
        let key = |local: &str| Identity::of_kind("card", local).map(|identity| identity.wide_key());
        let Ok(expected) = key(&local) else { return Ok(()) };
        // Case is told of composed texts: an iota below in the wrong place among other marks becomes a letter in between.
        let composed: String = local.nfc().collect();
        let spellings: [String; 6] = [
            local.nfc().collect(), local.nfd().collect(), local.nfkc().collect(), local.nfkd().collect(),
            composed.to_lowercase(), composed.to_uppercase(),
        ];
        for spelling in spellings.iter().filter(|spelling| spelling.len() <= 255) {
            // A compatibility form can hold a blank, and is no address then.
            prop_assert!(key(spelling).is_ok_and(|key| key == expected) || spelling.contains(' '), "{:?}", spelling);
        }
        // Equal exact keys for what is canonically the same, and no other.
        let exact = |text: &str| Identity::of_kind("card", text).map(|identity| identity.exact_key());
        prop_assert_eq!(exact(&spellings[0]), exact(&spellings[1]));
    }

    /// A number that is read has the digits of its text, in their order, and no others.
    #[test]
    fn no_number_becomes_another(text in "(\\+|00|\\+\\+|0|tel:|)[0-9 ()./x;-]{0,22}") {
        if let Ok(number) = Identity::phone(&text) {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let digits = if text.starts_with('+') { &digits[..] } else { digits.strip_prefix("00").unwrap() };
            prop_assert_eq!(number.address(), format!("+{digits}"));
            prop_assert!(!text.contains("(0"));
        }
    }
}
