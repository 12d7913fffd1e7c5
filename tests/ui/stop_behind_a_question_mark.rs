//! Somebody lets a stop fail: it returns no `Result`, so there is no error to pass on.

use placet::{AppendError, Contact, Stop};

fn attack(ada: &mut Contact, stop: Stop) -> Result<(), AppendError> {
    ada.stop(stop)?;
    Ok(())
}

fn main() {}
