//! `placet draw`: a journey as a picture.

use placet_lab::draw;

use crate::answer::{Answer, Problem};
use crate::arguments::Request;
use crate::files;

pub(crate) fn run(request: &Request) -> Result<Answer, Problem> {
    let [file] = request.files.as_slice() else {
        return Err(request.fault("name one journey: a file, or `reference`"));
    };
    let form = form(request)?;
    let journey = files::journey(file)?;
    let drawn = form(&journey);
    let Some(out) = &request.out else { return Ok(Answer::fine(drawn)) };
    files::write(out, &drawn)?;
    Ok(Answer::fine(format!("{}: written\n", out.display())))
}

type Form = fn(&placet::Journey) -> String;

/// The language: as asked for, else after the name of the file that is written, else SVG.
fn form(request: &Request) -> Result<Form, Problem> {
    let ending = request.out.as_ref().and_then(|out| out.extension()?.to_str());
    match (request.form.as_deref(), ending) {
        (Some("svg"), _) => Ok(draw::svg),
        (Some("mermaid"), _) | (None, Some("mmd" | "mermaid")) => Ok(draw::mermaid),
        (Some("dot"), _) | (None, Some("dot" | "gv")) => Ok(draw::dot),
        (Some(other), _) => {
            Err(request.fault(format!("`--as {other}` is no form: write svg, mermaid or dot")))
        }
        (None, None | Some("svg")) => Ok(draw::svg),
        (None, Some(other)) => Err(request.fault(format!(
            "a picture is not written as `.{other}`: name the file .svg, .mmd or .dot, or say what it is with `--as svg`"
        ))),
    }
}
