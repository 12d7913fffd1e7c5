//! Somebody lets a stop fail: it returns no `Result`, so there is no error to pass on.

use placet::{Contact, Stop, consent::AppendError};

fn attack(ada: &mut Contact, stop: Stop) -> Result<(), AppendError> {
    ada.stop(stop)?;
    Ok(())
}

fn main() {}
