//! A journey with a guard of every kind, for coverage and mutation.

use placet::Journey;

/// Two rules, every kind of guard.
pub fn journey() -> Journey {
    Journey::from_json(
        r#"{
  "placet": 1, "name": "guarded", "controller": "acme",
  "catalogue": { "purposes": ["offers"], "channels": [{ "name": "email" }], "recipients": ["partner"] },
  "stages": [{ "name": "customer" }],
  "signals": [
    { "kind": "like" },
    { "kind": "purchase", "attributes": [{ "name": "amount", "type": "integer" }, { "name": "first", "type": "bool" }] }
  ],
  "rules": [
    {
      "name": "second-like", "on": "like",
      "when": { "all": [
        { "count": { "kind": "like", "at_least": 2, "within": "30d" } },
        { "not": { "stage": "customer" } }
      ] },
      "effects": [{ "name": "mailing", "purpose": "offers", "channel": "email" }]
    },
    {
      "name": "big-purchase", "on": "purchase",
      "when": { "any": [
        { "attribute": { "name": "amount", "is": "at_least", "value": { "integer": 100 } } },
        { "attribute": { "name": "first", "is": "equal", "value": { "bool": true } } },
        { "recency": { "kind": "like", "within": "1w" } },
        { "consent": { "purpose": "offers", "channel": "email" } }
      ] },
      "to": "customer"
    }
  ]
}"#,
    )
    .unwrap()
}

/// Two likes within the month.
pub const ONE_PURCHASE: &str = "placet scenarios 1
scenario two-likes
identity mail email:ada@example.org
when 2013-05-01 10:00 signal like
then nothing
when 2013-05-20 10:00 signal like
then refuses mailing because no_grant
";

/// Every edge of both rules.
pub const EDGES: &str = "placet scenarios 1
day 1 is 2013-05-01

scenario a-second-like-within-the-month
  identity  mail  email:ada@example.org
  given     day 1 10:00  grants offers by email
  when      day 1 10:00  signal like
  then      nothing
  when      day 30 11:00  signal like
  then      queues mailing

scenario a-second-like-after-the-month
  identity  mail  email:ada@example.org
  when      day 1 10:00  signal like
  then      nothing
  when      day 31 10:00  signal like
  then      nothing

scenario a-customer-who-likes-twice
  identity  mail  email:ada@example.org
  given     day 1 10:00  signal like
  given     day 1 11:00  signal purchase with first=true
  when      day 2 10:00  signal like
  then      nothing

scenario a-purchase-of-a-hundred
  identity  mail  email:ada@example.org
  when      day 1 10:00  signal purchase with amount=99 first=false
  then      nothing
  when      day 1 11:00  signal purchase with amount=100
  then      moves to customer

scenario a-purchase-after-a-like
  identity  mail  email:ada@example.org
  given     day 1 10:00  signal like
  when      day 8 09:59  signal purchase
  then      moves to customer

scenario a-purchase-a-week-after-a-like
  identity  mail  email:ada@example.org
  given     day 1 10:00  signal like
  when      day 8 10:00  signal purchase
  then      nothing

scenario a-purchase-of-one-who-wants-offers
  identity  mail  email:ada@example.org
  given     day 1 10:00  grants offers by email
  when      day 1 10:00  signal purchase
  then      moves to customer

scenario a-first-purchase
  identity  mail  email:ada@example.org
  when      day 1 10:00  signal purchase with first=true
  then      moves to customer
";
