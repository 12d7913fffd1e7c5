//! The web service: what comes in becomes operations of the desk.
//!
//! The service does not ask who calls it: put it behind what knows your systems. Only the paths with a signed link are for persons.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use placet::consent::{ActKind, Appended, Provenance, RoundTrip};
use placet::desk::{
    Append, DeskError, DriveError, Halt, Link as LinkTo, Merge, Observe, Observed, Open, OptingIn, Said,
    ToAccess, Unmerge,
};
use placet::{
    Act, ActId, Actor, Ask, Channel, Confirm, ContactId, Evidence, Grant, Identity, Instant, Method, Notice,
    Outcome, Person, Purpose, Reach, SignalSpec, Stop,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::pages;
use crate::wire::{Letterhead, Wire};
use crate::{Link, Postgres, StoreError, now};

/// How long somebody has to confirm.
const TO_CONFIRM: Duration = Duration::from_secs(2 * 24 * 60 * 60);
/// How long "not for a while" is.
const A_WHILE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How much a body may hold.
const MOST: usize = 64 * 1024;

/// All that the service works with.
#[derive(Clone)]
pub struct App {
    /// The store.
    pub store: Postgres,
    /// The gateway.
    pub wire: Arc<dyn Wire>,
    /// What letters need.
    pub head: Arc<Letterhead>,
    /// The text that forms show.
    pub notice: Notice,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("store", &self.store).finish_non_exhaustive()
    }
}

/// What is answered where something is not done. No message holds an address.
#[derive(Debug)]
pub(crate) enum Declined {
    Desk(DeskError),
    Invalid(String),
    NotOurs,
    Later,
}

type Answer<T = Response> = Result<T, Declined>;

impl From<DriveError<StoreError>> for Declined {
    fn from(error: DriveError<StoreError>) -> Declined {
        match error {
            DriveError::Declined(no) => Declined::Desk(no),
            DriveError::Store(error) => {
                note(&error);
                Declined::Later
            }
            _ => Declined::Later,
        }
    }
}

/// What the store says is for whoever runs it. To whoever asks it is one: do it again, with the same ids.
#[allow(
    clippy::print_stderr,
    reason = "a service tells what goes wrong; here is the place for a log of your own"
)]
pub(crate) fn note(error: &StoreError) {
    eprintln!("{error}");
}

impl From<DeskError> for Declined {
    fn from(no: DeskError) -> Declined {
        Declined::Desk(no)
    }
}

fn invalid(error: &impl std::fmt::Display) -> Declined {
    Declined::Invalid(error.to_string())
}

impl IntoResponse for Declined {
    fn into_response(self) -> Response {
        use placet::consent::AppendError;
        let (status, why) = match self {
            Declined::Desk(no) => {
                let status = match &no {
                    DeskError::UnknownContact => StatusCode::NOT_FOUND,
                    DeskError::OpenedAgain
                    | DeskError::SignalIdReused
                    | DeskError::Append(AppendError::IdReused) => StatusCode::CONFLICT,
                    _ => StatusCode::UNPROCESSABLE_ENTITY,
                };
                (status, no.to_string())
            }
            Declined::Invalid(why) => (StatusCode::BAD_REQUEST, why),
            Declined::NotOurs => (StatusCode::NOT_FOUND, "this link is not ours".to_owned()),
            Declined::Later => {
                let why = "it is not known whether this was done: do it again, with the same ids";
                (StatusCode::SERVICE_UNAVAILABLE, why.to_owned())
            }
        };
        (status, axum::Json(json!({ "error": why }))).into_response()
    }
}

/// The routes.
pub fn routes(app: App) -> Router {
    Router::new()
        .route("/health", get(|| async { "well" }))
        .route("/openapi.json", get(openapi))
        .route("/contacts", post(open))
        .route("/contacts/{id}/acts", post(acts))
        .route("/contacts/{id}/identities", post(link))
        .route("/contacts/{id}/merge", post(merge))
        .route("/contacts/{id}/unmerge", post(unmerge))
        .route("/contacts/{id}/withdraw", post(withdraw))
        .route("/contacts/{id}/erase", post(erase))
        .route("/contacts/{id}/access", get(access))
        .route("/contacts/{id}/explain", get(explain))
        .route("/signals", post(signals))
        .route("/unsubscribe/{token}", get(unsubscribe_page).post(unsubscribe))
        .route("/confirm/{token}", get(confirm_page).post(confirm))
        .route("/preferences/{token}", get(preferences_page).post(preferences))
        .layer(DefaultBodyLimit::max(MOST))
        .with_state(app)
}

async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], include_str!("openapi.json"))
}

/// Carries something out to its end, even where whoever asked hangs up: a stop must not stay half done.
async fn to_the_end<T: Send + 'static>(work: impl Future<Output = Answer<T>> + Send + 'static) -> Answer<T> {
    tokio::spawn(work).await.unwrap_or(Err(Declined::Later))
}

/// The body. What is wrong with it is told by its place: the words of it may be an address.
fn read<T: DeserializeOwned>(body: &[u8]) -> Answer<T> {
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Declined::Invalid(format!("the body is not what is taken here: see line {line}, column {column}"))
    })
}

fn id<T: DeserializeOwned>(text: &str) -> Answer<T> {
    serde_json::from_value(Value::String(text.to_owned()))
        .map_err(|_| Declined::Invalid("this is no id".to_owned()))
}

fn after(time: Duration) -> Instant {
    // INVARIANT: days from now is a time.
    SystemTime::now().checked_add(time).map_or_else(now, Instant::from)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    id: ContactId,
    identity: Identity,
}

async fn open(State(app): State<App>, body: Bytes) -> Answer {
    let Opening { id, identity } = read(&body)?;
    let operation = Open::new(app.store.terms().clone(), id, identity);
    app.store.drive(operation).await??;
    Ok(StatusCode::CREATED.into_response())
}

async fn link(State(app): State<App>, Path(contact): Path<String>, body: Bytes) -> Answer {
    let (contact, identity) = (id(&contact)?, read(&body)?);
    to_the_end(async move {
        let linked = app.store.drive(LinkTo::new(app.store.terms().clone(), contact, identity)).await??;
        Ok(axum::Json(json!({ "linked": linked })).into_response())
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Into {
    into: ContactId,
}

async fn merge(State(app): State<App>, Path(contact): Path<String>, body: Bytes) -> Answer {
    let (contact, Into { into }) = (id(&contact)?, read(&body)?);
    to_the_end(async move {
        let merged = app.store.drive(Merge::new(app.store.terms().clone(), contact, into)).await??;
        Ok(axum::Json(json!({ "merged": merged })).into_response())
    })
    .await
}

async fn unmerge(State(app): State<App>, Path(contact): Path<String>) -> Answer {
    let parted = app.store.drive(Unmerge::new(app.store.terms().clone(), id(&contact)?)).await??;
    Ok(axum::Json(json!({ "unmerged": parted })).into_response())
}

/// What is told of an act.
fn told(outcome: &Outcome) -> Value {
    json!({
        "changed": outcome.changed(),
        "refused": outcome.refused().map(placet::Reason::as_str),
        "outlived": outcome.outlived(),
    })
}

async fn acts(State(app): State<App>, Path(contact): Path<String>, body: Bytes) -> Answer {
    let (contact, said): (ContactId, Said) = (id(&contact)?, read(&body)?);
    to_the_end(app.said(contact, said)).await.map(|told| axum::Json(told).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    id: ActId,
}

async fn withdraw(State(app): State<App>, Path(contact): Path<String>, body: Bytes) -> Answer {
    let (contact, Named { id: act }) = (id(&contact)?, read(&body)?);
    let now = now();
    let stop = Stop::withdraw(act, Reach::everything(), now, now);
    to_the_end(app.stop(contact, stop)).await.map(|outcome| axum::Json(told(&outcome)).into_response())
}

async fn erase(State(app): State<App>, Path(contact): Path<String>, body: Bytes) -> Answer {
    let (contact, Named { id: act }) = (id(&contact)?, read(&body)?);
    let now = now();
    to_the_end(app.stop(contact, Stop::erase(act, now, now)))
        .await
        .map(|outcome| axum::Json(told(&outcome)).into_response())
}

async fn signals(State(app): State<App>, body: Bytes) -> Answer {
    let text = std::str::from_utf8(&body).map_err(|error| invalid(&error))?;
    let spec = SignalSpec::from_json(text).map_err(|error| invalid(&error))?;
    let signal = app.store.terms().journey.signal(spec).map_err(|error| invalid(&error))?;
    let observed = app.store.drive(Observe::new(app.store.terms().clone(), &signal, now())).await??;
    Ok(axum::Json(seen(&observed)).into_response())
}

fn seen(observed: &Observed) -> Value {
    match observed.decision() {
        None => json!({ "again": true }),
        Some(decision) => {
            let queued: Vec<String> = decision.queued().map(ToString::to_string).collect();
            let refused: Vec<Value> = decision
                .refusals()
                .map(|(effect, no)| json!({ "effect": effect.to_string(), "reason": no.reason().as_str() }))
                .collect();
            let unadmitted = decision.unadmitted().map(|no| no.reason().as_str());
            json!({ "queued": queued, "refused": refused, "unadmitted": unadmitted })
        }
    }
}

/// The right of access: all that is on file of the person. It holds addresses.
async fn access(State(app): State<App>, Path(contact): Path<String>) -> Answer {
    let access = ToAccess::new(app.store.terms().clone(), id(&contact)?, now());
    Ok(axum::Json(app.store.drive(access).await??).into_response())
}

#[derive(Deserialize)]
struct Asked {
    purpose: Purpose,
    channel: Channel,
}

/// Why something may be sent or not, for each address in turn: an address in a query would end in a log.
async fn explain(
    State(app): State<App>,
    Path(contact): Path<String>,
    axum::extract::Query(Asked { purpose, channel }): axum::extract::Query<Asked>,
) -> Answer {
    let scope = purpose.by(channel);
    let journey = app.store.terms().journey.clone();
    let look = |person: Option<Person<'_>>| {
        let (person, now) = (person?, now());
        let answers: Vec<Value> = person
            .ledger()
            .identities()
            .map(|identity| {
                let answered = person.ledger().explain(&Ask::new(scope.clone(), identity.clone()), now);
                json!({ "identity": identity.kind().to_string(), "answer": answered, "words": answered.to_string() })
            })
            .collect();
        let stage = journey.stands_at(person, now).map(ToString::to_string);
        Some(json!({ "stage": stage, "answers": answers }))
    };
    let found = app.store.person(&id(&contact)?, look).await?;
    Ok(axum::Json(found.ok_or(DeskError::UnknownContact)?).into_response())
}

impl App {
    /// Takes in what somebody says. Delivered again under its id it changes nothing, and is answered alike.
    async fn said(self, contact: ContactId, said: Said) -> Answer<Value> {
        let now = now();
        let form = Evidence::new(Actor::Person, Method::UntickedBox).shown(self.notice.clone());
        if let Said::Grant { id, purpose, channel, recipient, identity } = said {
            let scope = purpose.by(channel).to(recipient);
            return self.asks_to_confirm(contact, id, scope, identity).await;
        }
        let act = said.act(form, now).map_err(|error| invalid(&error))?;
        match act {
            Act::Stop(stop) => {
                let (id, answers) = (stop.id().clone(), stop.kind());
                let outcome = self.clone().stop(contact.clone(), stop).await?;
                if matches!(answers, ActKind::Withdraw | ActKind::Refuse | ActKind::Object) {
                    // "We heard you" is a courtesy: the stop is done, whether it goes out or not.
                    let _ = self.store.reply(&contact, &id, None, &*self.wire, &self.head).await;
                }
                Ok(told(&outcome))
            }
            go => {
                let go = self.on_file(&contact, &go).await?.unwrap_or(go);
                let append = Append::new(self.store.terms().clone(), contact, go);
                Ok(told(&self.store.drive(append).await??))
            }
        }
    }

    /// The act of this id that is on file already, if it says the same.
    async fn on_file(&self, contact: &ContactId, act: &Act) -> Answer<Option<Act>> {
        let look = |person: Option<Person<'_>>| person.and_then(|person| person.ledger().act(act.id()));
        let there = self.store.person(contact, look).await?;
        // What was heard of others may have the same id, and is none of theirs.
        let same = |there: &Act| {
            there.provenance() == Provenance::Own
                && (there.kind(), there.reach(), there.identity())
                    == (act.kind(), act.reach(), act.identity())
        };
        Ok(there.filter(same))
    }

    /// A grant from a form waits until the address has confirmed it.
    async fn asks_to_confirm(
        self,
        contact: ContactId,
        id: ActId,
        scope: placet::Scope,
        identity: Identity,
    ) -> Answer<Value> {
        let (now, secret) = (now(), self.head.key.secret(&format!("{contact} {id}")));
        let evidence = Evidence::new(Actor::Person, Method::DoubleOptIn).shown(self.notice.clone());
        let by = after(TO_CONFIRM);
        let grant = Grant::double_opt_in(id.clone(), scope, identity, evidence, now, now, &secret, by)
            .map_err(|error| invalid(&error))?;
        let grant = Act::from(grant);
        let grant = self.on_file(&contact, &grant).await?.unwrap_or(grant);
        let outcome =
            self.store.drive(Append::new(self.store.terms().clone(), contact.clone(), grant)).await??;
        let asked = self.store.reply(&contact, &id, Some(secret), &*self.wire, &self.head).await;
        let mut told = told(&outcome);
        if let Some(told) = told.as_object_mut() {
            // Where the gateway was not there, the form is to be sent again: it asks again then.
            told.insert("asked".to_owned(), json!(asked.is_ok()));
        }
        Ok(told)
    }

    /// A stop: acknowledged once it lies under all keys. Delivered again under its id it is the one on file.
    async fn stop(self, contact: ContactId, stop: Stop) -> Answer<Outcome> {
        // A person who cannot be read can be stopped all the same.
        let stop = match self.on_file(&contact, &Act::from(stop.clone())).await {
            Ok(Some(Act::Stop(there))) => there,
            _ => stop,
        };
        Ok(self.store.drive(Halt::new(self.store.terms().clone(), contact, stop)).await??)
    }

    /// The button of the confirm page: the confirm, and the signal that tells of it.
    async fn confirmed(self, contact: ContactId, grant: ActId, secret: [u8; 16]) -> Answer<Outcome> {
        let look = |person: Option<Person<'_>>| {
            person.and_then(|person| person.ledger().act(&grant)?.identity().cloned())
        };
        let identity = self.store.person(&contact, look).await?.ok_or(DeskError::UnknownIdentity)?;
        let back = RoundTrip::of(&secret, &grant, &identity);
        let evidence = Evidence::new(Actor::Person, Method::DoubleOptIn).bound_by(back);
        let act: ActId = id(&format!("confirm-{grant}"))?;
        let now = now();
        let confirm = Confirm::new(act.clone(), grant, identity, evidence, now, now)
            .map_err(|error| invalid(&error))?;
        let confirm = Act::from(confirm);
        let confirm = self.on_file(&contact, &confirm).await?.unwrap_or(confirm);
        let lift = id(&format!("unobject-{act}"))?;
        let opting = OptingIn::new(self.store.terms().clone(), contact.clone(), confirm, lift);
        let outcome = self.store.drive(opting).await??.outcome;
        let journey = self.store.terms().journey.clone();
        let look = |person: Option<Person<'_>>| person.and_then(|person| journey.signal_of(person, &act));
        if let Some(signal) = self.store.person(&contact, look).await? {
            let _ =
                self.store.drive(Observe::new(self.store.terms().clone(), &signal, crate::now())).await??;
        }
        Ok(outcome)
    }

    /// A stop by a link or a button that can be pressed again at any time: the same stop, unless there is a later yes that it
    /// has not reached. It is acknowledged once nothing outlives it.
    async fn withdrawn(self, contact: ContactId, reach: Reach, name: String) -> Answer<()> {
        for again in 0_u32..16 {
            let (act, now) = (id(&format!("{name}-{again}"))?, now());
            let evidence = Evidence::new(Actor::Person, Method::AccountSetting);
            let stop = Stop::withdraw(act, reach.clone(), now, now).with_evidence(evidence);
            let outcome = self.clone().stop(contact.clone(), stop).await?;
            if outcome.outlived().is_empty() {
                return Ok(());
            }
            if outcome.appended() == Appended::New {
                // The yes is of a clock that is ahead of this one.
                break;
            }
        }
        Err(Declined::Later)
    }
}

fn page(body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'self'; frame-ancestors 'none'"),
    ];
    (headers, body).into_response()
}

async fn unsubscribe_page(State(app): State<App>, Path(token): Path<String>) -> Answer {
    match app.head.key.read(&token) {
        Some(Link::Unsubscribe { purpose, channel, .. }) => Ok(page(pages::unsubscribe(&purpose, &channel))),
        _ => Err(Declined::NotOurs),
    }
}

/// RFC 8058: a POST is enough. The body should be `List-Unsubscribe=One-Click`; whatever else it holds, the link tells all.
async fn unsubscribe(State(app): State<App>, Path(token): Path<String>) -> Answer {
    let Some(Link::Unsubscribe { contact, purpose, channel, mail }) = app.head.key.read(&token) else {
        return Err(Declined::NotOurs);
    };
    let reach = Reach::everything().purpose(purpose).by(channel);
    to_the_end(app.withdrawn(contact, reach, format!("unsubscribe-{mail}"))).await?;
    Ok(page(pages::done("You are unsubscribed.")))
}

async fn confirm_page(State(app): State<App>, Path(token): Path<String>) -> Answer {
    match app.head.key.read(&token) {
        Some(Link::Confirm { .. }) => Ok(page(pages::confirm())),
        _ => Err(Declined::NotOurs),
    }
}

async fn confirm(State(app): State<App>, Path(token): Path<String>) -> Answer {
    let Some(Link::Confirm { contact, grant, secret }) = app.head.key.read(&token) else {
        return Err(Declined::NotOurs);
    };
    let outcome = to_the_end(app.confirmed(contact, grant, secret)).await?;
    let words =
        if outcome.refused().is_none() { "Thank you. You are on the list." } else { "This came too late." };
    Ok(page(pages::done(words)))
}

fn of_preferences(app: &App, token: &str) -> Answer<ContactId> {
    match app.head.key.read(token) {
        Some(Link::Preferences { contact }) => Ok(contact),
        _ => Err(Declined::NotOurs),
    }
}

async fn preferences_page(State(app): State<App>, Path(token): Path<String>) -> Answer {
    let contact = of_preferences(&app, &token)?;
    let look = |person: Option<Person<'_>>| {
        let (person, now) = (person?, now());
        let mut rows: Vec<(Purpose, Channel, bool)> = Vec::new();
        let grants = person.ledger().acts().filter(|act| act.kind() == ActKind::Grant);
        for (scope, identity) in
            grants.filter_map(|act| Some((act.reach()?.narrow()?, act.identity().cloned()?)))
        {
            let given = person.ledger().refuses(&Ask::new(scope.clone(), identity), now).is_none();
            let same =
                |row: &&mut (Purpose, Channel, bool)| (&row.0, &row.1) == (scope.purpose(), scope.channel());
            match rows.iter_mut().find(same) {
                Some(row) => row.2 |= given,
                None => rows.push((scope.purpose().clone(), scope.channel().clone(), given)),
            }
        }
        Some((rows, person.ledger().version()))
    };
    let found = app.store.person(&contact, look).await?;
    let (rows, version) = found.ok_or(DeskError::UnknownContact)?;
    Ok(page(pages::preferences(&rows, version)))
}

/// One button of the page.
#[derive(Debug, Serialize, Deserialize)]
struct Button {
    r#do: What,
    /// The version of the record that the page showed: a button that is pressed twice does one thing.
    version: u32,
    purpose: Option<Purpose>,
    channel: Option<Channel>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Stop,
    Pause,
}

async fn preferences(
    State(app): State<App>,
    Path(token): Path<String>,
    axum::Form(button): axum::Form<Button>,
) -> Answer {
    let contact = of_preferences(&app, &token)?;
    let Button { r#do, version, purpose, channel } = button;
    let reach =
        purpose.clone().map_or_else(Reach::everything, |purpose| Reach::everything().purpose(purpose));
    let reach = channel.into_iter().fold(reach, Reach::by);
    let of = purpose.map_or_else(|| "all".to_owned(), |purpose| purpose.to_string());
    match r#do {
        What::Stop => to_the_end(app.withdrawn(contact, reach, format!("stop-{of}-{version}"))).await?,
        What::Pause => {
            let (act, now) = (id(&format!("pause-{of}-{version}"))?, now());
            let pause = Stop::pause(act, reach, after(A_WHILE), now, now).map_err(|error| invalid(&error))?;
            let evidence = Evidence::new(Actor::Person, Method::AccountSetting);
            let _ = to_the_end(app.stop(contact, pause.with_evidence(evidence))).await?;
        }
    }
    Ok(page(pages::done("It is done.")))
}
