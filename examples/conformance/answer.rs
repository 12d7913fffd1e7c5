//! Bytes in, bytes out: a history is cut into lines, and each line that asks is answered by one of its own.

use std::io::{BufRead, Read, Write};

use super::read::{LONGEST_LINE, Why};
use super::run::Runner;

/// Answers a whole history; the reason where a line was rejected.
pub(crate) fn answer(
    mut input: impl BufRead,
    mut output: impl Write,
    bare: bool,
) -> Result<Option<Why>, Box<dyn std::error::Error>> {
    let mut runner = Runner::new(bare)?;
    let mut line = Vec::new();
    // One byte more than a line may have, and its newline.
    let limit = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX).saturating_add(2);
    loop {
        line.clear();
        if input.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
            output.flush()?;
            return Ok(None);
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let answered = runner.line(text);
        if let Some(answer) = &answered.answer {
            serde_json::to_writer(&mut output, answer)?;
            output.write_all(b"\n")?;
        }
        if answered.rejected.is_some() {
            output.flush()?;
            return Ok(answered.rejected);
        }
    }
}
