//! x
use placet::{*};
use std::time::Instant as T;
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let at: Instant = "2013-05-01T10:00:00Z".parse()?;
    for n in [500usize, 1000, 2000] {
        let mut book = Book::new(Journey::reference()?);
        let t = T::now();
        for i in 0..n { book.open(ContactId::new(&format!("c-{i}"))?, Identity::email(&format!("a{i}@example.org"))?)?;
            let _ = book.stop(&ContactId::new(&format!("c-{i}"))?, Stop::withdraw(format!("a-{i}").parse()?, Reach::everything(), at, at))?; }
        let opened = t.elapsed(); let t = T::now();
        for i in 1..n { book.merge(&ContactId::new(&format!("c-{i}"))?, &"c-0".parse()?)?; }
        println!("{n}: open+stop {opened:?} merge {:?}", t.elapsed());
    }
    for n in [10_000usize, 100_000] {
        let mut book = Book::new(Journey::reference()?);
        let t = T::now();
        for i in 0..n { book.open(ContactId::new(&format!("c-{i}"))?, Identity::email("shared@example.org")?)?; }
        let opened = t.elapsed(); let t = T::now();
        let _ = book.stop(&"c-7".parse()?, Stop::withdraw("a".parse()?, Reach::everything(), at, at))?;
        let stopped = t.elapsed(); let t = T::now();
        for i in 0..n { if i % 10 == 0 { let _ = book.stop(&ContactId::new(&format!("c-{i}"))?, Stop::withdraw(format!("b-{i}").parse()?, Reach::everything(), at, at))?; } }
        println!("{n} sharers: open {opened:?}, one stop {stopped:?}, every tenth stops {:?}", t.elapsed());
    }
    Ok(())
}
