//! A need by `social/*` is asked of the network of the identity at hand: a refusal, its remedy and its entry say which.

use placet::{Contact, Identity, Journey, entry::Body};

use crate::support::{at, name};

const TWO_NETWORKS: &str = r#"{"placet":1,"name":"j","controller":"acme",
  "catalogue":{"purposes":["social-linking","care"],"channels":[{"name":"social/facebook"},{"name":"social/twitter"}]},
  "stages":[],
  "signals":[{"kind":"like","admission":[{"purpose":"social-linking","channel":"social/*"}]},{"kind":"mention"}],
  "rules":[{"name":"answer","on":"mention","effects":[{"name":"reply","purpose":"care","channel":"social/*"}]}]}"#;

#[test]
fn the_network_named_is_the_one_asked_about() {
    let journey = Journey::from_json(TWO_NETWORKS).unwrap();
    let twitter = Identity::parse("account/twitter:ada").unwrap();
    let mut ada = Contact::open(name("ada"), twitter.clone(), journey.vocabulary());
    let now = at("10:00:00");
    let signal = |kind| crate::support::signal(&journey, kind, kind, twitter.clone(), now);

    let like = signal("like");
    let decision = journey.decide(&ada, &like, now).unwrap();
    let refused = decision.unadmitted().unwrap();
    assert_eq!(refused.scope().channel().as_str(), "social/twitter");
    let cure = refused.remedy(&ada).to_string();
    assert_eq!(cure, "a grant of social-linking by social/twitter by the person");

    let mention = signal("mention");
    let decision = journey.decide(&ada, &mention, now).unwrap();
    let (_, refused) = decision.refusals().next().unwrap();
    assert_eq!(refused.scope().channel().as_str(), "social/twitter");
    assert_eq!(refused.remedy(&ada).to_string(), "a grant of care by social/twitter by the person");
    let entries = decision.parts(&ada).unwrap().entries;
    let scopes = entries.iter().filter_map(|entry| match entry.body() {
        Body::EffectRefused(refused) => Some(refused.scope().channel().to_string()),
        _ => None,
    });
    assert_eq!(scopes.collect::<Vec<_>>(), ["social/twitter"]);
    decision.commit(&mut ada).unwrap();
}
