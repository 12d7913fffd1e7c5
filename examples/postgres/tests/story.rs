//! One person, over HTTP: sign-up, double opt-in, welcome, unsubscribe, preferences, erasure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

mod house;

use std::time::Duration;

use house::{Server, Service, Sink, path};
use serde_json::Value;

fn json(body: &str) -> Value {
    serde_json::from_str(body).unwrap()
}

/// The first answer to "may the newsletter go out by e-mail", and why not.
async fn newsletter(service: &Service, contact: &str) -> String {
    let (status, body) =
        service.get(&format!("/contacts/{contact}/explain?purpose=newsletter&channel=email")).await;
    assert_eq!(status, 200, "{body}");
    let answer = &json(&body)["answers"][0]["answer"];
    answer["refused"]["reason"].as_str().unwrap_or("permitted").to_owned()
}

async fn signs_up(service: &Service, sink: &Sink, contact: &str, address: &str) -> String {
    let opened = format!(r#"{{"id":"{contact}","identity":"email:{address}"}}"#);
    assert_eq!(service.post("/contacts", &opened).await.0, 201);
    assert_eq!(service.post("/contacts", &opened).await.0, 409);
    let form = format!(
        r#"{{"say":"grant","id":"g-1","purpose":"newsletter","channel":"email","identity":"email:{address}"}}"#
    );
    for _ in 0..2 {
        // Delivered again it asks once.
        let (status, body) = service.post(&format!("/contacts/{contact}/acts"), &form).await;
        assert_eq!((status, &json(&body)["asked"]), (200, &Value::Bool(true)), "{body}");
    }
    let asked = sink.wait(contact, "please-confirm").await;
    assert_eq!(sink.of(contact).len(), 1);
    path(&asked, "confirm")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_from_sign_up_to_erasure() {
    let Some(server) = Server::start("a_story_from_sign_up_to_erasure") else { return };
    let sink = Sink::open().await;
    let mut service = Service::start(&server.config("public"), &sink, None);

    let confirm = signs_up(&service, &sink, "c-1", "ada@example.org").await;
    // To look at the link changes nothing.
    let (status, page) = service.get(&confirm).await;
    assert!(status == 200 && page.contains("<button>"), "{page}");
    assert_eq!(newsletter(&service, "c-1").await, "pending");
    for _ in 0..2 {
        let (status, page) = service.post(&confirm, "").await;
        assert!(status == 200 && page.contains("on the list"), "{page}");
    }
    assert_eq!(newsletter(&service, "c-1").await, "permitted");
    let welcome = sink.wait("c-1", "welcome-mail").await;
    assert_eq!(welcome["to"], "email:ada@example.org");

    let unsubscribe = path(&welcome, "list_unsubscribe");
    assert!(!unsubscribe.contains('@') && unsubscribe.starts_with("/unsubscribe/"));
    let (status, page) = service.get(&unsubscribe).await;
    assert!(status == 200 && page.contains("<button>Unsubscribe"), "{page}");
    assert_eq!(newsletter(&service, "c-1").await, "permitted");
    assert_eq!(service.post(&format!("{unsubscribe}x"), "List-Unsubscribe=One-Click").await.0, 404);
    assert_eq!(newsletter(&service, "c-1").await, "permitted");
    // Whatever else the body holds.
    for body in ["List-Unsubscribe=One-Click", "x=1&List-Unsubscribe=One-Click&&%%", "{not json"] {
        let (status, page) = service.post(&unsubscribe, body).await;
        assert!(status == 200 && page.contains("unsubscribed"), "{status} {page}");
        assert_eq!(newsletter(&service, "c-1").await, "withdrawn");
    }
    assert_eq!(server.psql("SELECT count(*) FROM entries WHERE line LIKE '%unsubscribe-%'").unwrap(), "1");

    // Nothing leaves any more, nor for whoever shares the address.
    let signal = r#"{"id":"s-1","contact":"c-1","identity":"email:ada@example.org","kind":"newsletter-signup","at":"2013-05-01T10:00:00Z"}"#;
    let (status, body) = service.post("/signals", signal).await;
    assert_eq!((status, json(&body)["queued"].as_array().map(Vec::len)), (200, Some(0)), "{body}");
    let confirm = signs_up(&service, &sink, "c-2", "Ada@Example.org").await;
    assert_eq!(newsletter(&service, "c-2").await, "pending");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!((sink.of("c-1").len(), sink.of("c-2").len()), (2, 1));

    // A later yes is a yes; the button of the old mail is a no again.
    assert_eq!(service.post(&confirm, "").await.0, 200);
    let welcome = sink.wait("c-2", "welcome-mail").await;
    assert_eq!(service.post(&path(&welcome, "list_unsubscribe"), "List-Unsubscribe=One-Click").await.0, 200);
    assert_eq!(newsletter(&service, "c-2").await, "withdrawn");

    // The page on which everything can be changed.
    let preferences = path(&welcome, "preferences");
    let (status, page) = service.get(&preferences).await;
    assert!(status == 200 && page.contains("newsletter") && !page.contains("example.org"), "{page}");
    for button in
        ["do=pause&version=1", "do=stop&version=1&purpose=newsletter&channel=email", "do=stop&version=2"]
    {
        let (status, page) = service.post(&preferences, button).await;
        assert_eq!(status, 200, "{page}");
    }
    assert_eq!(service.post(&preferences, "do=grant&version=1").await.0, 422);

    // Rights.
    let (status, body) = service.get("/contacts/c-2/access").await;
    assert!(status == 200 && body.contains("Ada@example.org") && body.contains("g-1"), "{body}");
    assert_eq!(service.post("/contacts/c-2/withdraw", r#"{"id":"w-1"}"#).await.0, 200);
    assert_eq!(service.post("/contacts/c-2/erase", r#"{"id":"e-1"}"#).await.0, 200);
    assert_eq!(newsletter(&service, "c-2").await, "erased");
    assert_eq!(
        server
            .psql("SELECT count(*) FROM entries WHERE line ILIKE '%Ada@example.org%' AND contact <> 'c-1'")
            .unwrap(),
        "0"
    );
    assert_eq!(service.post("/contacts/c-9/withdraw", r#"{"id":"w-1"}"#).await.0, 404);
    let (status, body) = service.post("/contacts", r#"{"id":"c-3","identity":"ada@example.org"}"#).await;
    assert!(status == 400 && !body.contains("ada"), "{body}");
    assert_eq!(service.get("/openapi.json").await.0, 200);

    assert!(service.end(), "it ends well when it is told to");
    assert!(!server.log().to_lowercase().contains("example.org"), "{}", server.log());
}
