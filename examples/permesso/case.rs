//! The case and its numbers: what the article says, what is assumed where it says nothing, and how to ask for others.

use std::error::Error;

/// What is simulated. The defaults are the article's own size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Case {
    /// So many subscribers get the first mailing.
    pub(crate) mailed: u32,
    /// So many more stand in the base without a consent in force, and must get nothing.
    pub(crate) without: u32,
    /// Of 100 who were mailed, so many come in the first week and see the dialogue.
    pub(crate) come: u32,
    /// Of 100 who see the dialogue, so many authorise the application.
    pub(crate) authorise: u32,
    /// Of 100 who authorise it, so many allow that mailings are chosen by their likes, too.
    pub(crate) profiling: u32,
    /// So many likes a fan, on average.
    pub(crate) likes: u32,
    /// Of 10,000 who are to be mailed, so many withdraw between the decision and the sending.
    pub(crate) leave: u32,
    /// Of 100 who authorised, so many revoke it in the second week.
    pub(crate) revoke: u32,
    /// Where the chances begin.
    pub(crate) seed: u64,
}

/// The article's numbers; the last five are assumed.
pub(crate) const ARTICLE: Case = Case {
    mailed: 400_000,
    without: 40_000,
    come: 15,
    authorise: 50,
    profiling: 90,
    likes: 35,
    leave: 5,
    revoke: 3,
    seed: 2013,
};

pub(crate) const HELP: &str = "\
cargo run --release --example permesso -- [OPTION NUMBER]...
  --mailed 400000    subscribers who get the first mailing
  --without 40000    more in the base without a consent in force: they get nothing
  --come 15          of 100 mailed, so many come in the first week
  --authorise 50     of 100 who see the dialogue, so many authorise the application
  --profiling 90     of 100 who authorise, so many allow to choose mailings by their likes
  --likes 35         likes a fan, on average
  --leave 5          of 10,000 to be mailed, so many withdraw before it is sent
  --revoke 3         of 100 who authorised, so many revoke it in the second week
  --seed 2013        where the chances begin";

pub(crate) const ABOUT: &str = "\
PERMESSO: A SIMULATION of the case in the 2013 article on social CRM, at its own size. Nobody in it exists.

The article: a promotion platform mailed its base; 60,000 came in the first week; 30,000 authorised its
application; more than a million liked pages came in; likes became criteria for mailings.
It disagrees with itself twice. The platform has 15,000 fans, and \"400,000 fans\" were mailed: here 400,000
are mailed, as subscribers of a newsletter. 60 % of those who see the dialogue authorise, and 30,000 of 60,000
are 50 %: here 50 %, and `--authorise 60` tries the other.

What is assumed, for the article does not say: everybody who is mailed had signed up for the newsletter by an
unticked box, with its notice shown, before the campaign. Being a fan of a page permits no mailing. Others in
the base never said yes, withdrew, objected, let a double opt-in lapse, or gave a consent that has ended. They
are asked for all the same, and get nothing. Whoever comes sees a dialogue with two questions: may the profile
be linked, and may mailings be chosen by likes. Whoever says no is asked no more, and their likes leave no trace.
";

impl Case {
    /// Reads `--name number` pairs; `None` where help is asked for.
    pub(crate) fn of(mut arguments: impl Iterator<Item = String>) -> Result<Option<Case>, Box<dyn Error>> {
        let mut case = ARTICLE;
        while let Some(option) = arguments.next() {
            if option == "--help" || option == "-h" {
                return Ok(None);
            }
            let mut number = || -> Result<u64, Box<dyn Error>> {
                let text = arguments.next().ok_or_else(|| format!("{option} needs a number after it"))?;
                text.parse().map_err(|_| format!("{option} needs a whole number after it").into())
            };
            if option == "--seed" {
                case.seed = number()?;
                continue;
            }
            let (place, most) = match option.as_str() {
                "--mailed" => (&mut case.mailed, 5_000_000),
                "--without" => (&mut case.without, 5_000_000),
                "--come" => (&mut case.come, 100),
                "--authorise" => (&mut case.authorise, 100),
                "--profiling" => (&mut case.profiling, 100),
                "--likes" => (&mut case.likes, 1_000),
                "--leave" => (&mut case.leave, 10_000),
                "--revoke" => (&mut case.revoke, 100),
                _ => return Err(format!("an option is not known\n{HELP}").into()),
            };
            *place = u32::try_from(number()?)
                .ok()
                .filter(|number| *number <= most)
                .ok_or_else(|| format!("{option} is at most {most}"))?;
        }
        Ok(Some(case))
    }
}
