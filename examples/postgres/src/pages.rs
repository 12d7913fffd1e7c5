//! Pages in plain HTML: no script, no style, nothing from elsewhere.

use std::fmt::Write;

use placet::{Channel, Purpose};

fn whole(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title></head>\n<body><h1>{title}</h1>\n{body}\n</body></html>\n"
    )
}

fn safe(text: impl ToString) -> String {
    text.to_string().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// To unsubscribe, with one button. To look at it changes nothing: mail scanners look at every link.
pub(crate) fn unsubscribe(purpose: &Purpose, channel: &Channel) -> String {
    let (purpose, channel) = (safe(purpose), safe(channel));
    whole(
        "Unsubscribe",
        &format!(
            "<p>No more <b>{purpose}</b> by {channel}?</p>\n<form method=\"post\">\
             <input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\">\
             <button>Unsubscribe</button></form>"
        ),
    )
}

/// To confirm, with one button.
pub(crate) fn confirm() -> String {
    whole("Please confirm", "<form method=\"post\"><button>Yes, this is my address</button></form>")
}

/// All that was ever granted, and whether it still is.
pub(crate) fn preferences(rows: &[(Purpose, Channel, bool)], version: u32) -> String {
    let mut body = String::new();
    for (purpose, channel, given) in rows {
        let (purpose, channel) = (safe(purpose), safe(channel));
        let state = if *given { "you get it" } else { "you do not get it" };
        let _ = write!(
            body,
            "<p><b>{purpose}</b> by {channel}: {state}.</p>\n{}",
            form(
                "stop",
                version,
                &format!(
                    "<input type=\"hidden\" name=\"purpose\" value=\"{purpose}\">\
             <input type=\"hidden\" name=\"channel\" value=\"{channel}\">"
                ),
                "Stop this"
            )
        );
    }
    body.push_str(&form("pause", version, "", "Nothing for 30 days"));
    body.push_str(&form("stop", version, "", "Stop everything"));
    whole("What we may send you", &body)
}

fn form(what: &str, version: u32, more: &str, words: &str) -> String {
    format!(
        "<form method=\"post\"><input type=\"hidden\" name=\"do\" value=\"{what}\">\
         <input type=\"hidden\" name=\"version\" value=\"{version}\">{more}<button>{words}</button></form>\n"
    )
}

/// That it is done.
pub(crate) fn done(words: &str) -> String {
    whole(words, "<p>You can close this page.</p>")
}
