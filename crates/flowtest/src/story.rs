//! What becomes of a lead: its walk, told line by line.

use pointsman_bandit::Allocation;
use pointsman_flow::{Mask, NodeIdx, Program};
use pointsman_lead::{ALWAYS, Envelope, Fields, Problem, Schema, Stage, Timestamp};
use pointsman_ledger::{Ledger, LedgerEvent, RotationArm};
use pointsman_router::{
    Answer, Bid, Choice, Context, Done, End, Event, HashKey, Offer, Ping, Step, Subject, Unit, Walk,
};
use serde_json::{Map, Value as Json};

use crate::case::{Given, word};

/// When a lead comes in that does not say: Monday, 5 January 2026, at noon UTC.
const NOON: Timestamp = Timestamp(1_767_614_400_000_000);

/// Who sent a lead that does not say.
const SOURCE: &str = "example";

/// The lines that tell what becomes of a lead.
///
/// * `ledger`: what the leads before it have used up of caps, and whose turn it is; this one is added.
///
/// # Errors
///
/// What is given with the lead and has no meaning in this flow, in the author's words.
pub(crate) fn told(
    program: &Program,
    allocation: &Allocation,
    ledger: &mut Ledger,
    given: &Given,
) -> Result<Vec<String>, String> {
    let (fields, now) = match fields(program.schema(), &given.fields)? {
        Ok(lead) => lead,
        Err(problems) => {
            let lines = problems.iter().map(|problem| format!("refused: {problem}"));
            return Ok(lines.collect());
        }
    };
    let source = given.fields.get("source").and_then(Json::as_str);
    let source = source.unwrap_or(SOURCE);
    let free = free(program, given.free.as_deref())?;
    let subject = Subject::new(
        program,
        allocation,
        &fields,
        // A page has no database: sticky nodes draw by a key of zeros, for ever.
        Unit::new(&given.key, HashKey::default()),
    );
    let context = Context {
        program,
        subject: &subject,
    };
    let mut walk = Walk::new(context);
    let mut answers = given.answers.iter().copied();
    let (mut lines, mut event) = (Vec::new(), Event::Start);
    loop {
        let mut conditions = ledger.conditions(program, source, now);
        conditions.free = conditions.free.and(&free);
        match walk.next(context, &conditions, event) {
            Step::Ping(ping) => {
                let bids = bids(program, &ping, given);
                lines.push(asked(program, &ping, &bids));
                event = Event::Bids(bids);
            }
            Step::Offer(offer) => {
                let answer = answers.next().unwrap_or(Answer::Accepted);
                lines.push(offered(program, &offer, answer));
                charge(program, ledger, (&offer, answer), source, now);
                event = Event::Answer(answer);
            }
            Step::Done(done) => {
                lines.push(ended(program, &done));
                break;
            }
        }
    }
    match answers.count() {
        0 => Ok(lines),
        n_left => Err(format!(
            "the walk is over before the last {n_left} of {} answers",
            given.answers.len()
        )),
    }
}

/// The typed fields of a lead and when it came in, or what the schema says against it.
pub(crate) fn fields(
    schema: &Schema,
    members: &Map<String, Json>,
) -> Result<Result<(Fields, Timestamp), Vec<Problem>>, String> {
    let text = |name: &str| match members.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("`{name}` is a text")),
    };
    let [_, sub_1, sub_2, sub_3, sub_4, sub_5, ..] = ALWAYS;
    let received_at = match text("received_at")? {
        None => NOON,
        Some(time) => time.parse().map_err(|_| {
            format!("`received_at` is a time like 2026-01-31T09:30:00Z, not `{time}`")
        })?,
    };
    let is_test = match members.get("is_test") {
        None | Some(Json::Null) => false,
        Some(Json::Bool(is_test)) => *is_test,
        Some(_) => return Err("`is_test` is true or false".to_owned()),
    };
    let source = text("source")?.unwrap_or_else(|| SOURCE.to_owned());
    let envelope = Envelope {
        source: &source,
        sub_ids: [
            text(sub_1)?,
            text(sub_2)?,
            text(sub_3)?,
            text(sub_4)?,
            text(sub_5)?,
        ],
        received_at,
        is_test,
        stage: Stage::Post,
    };
    let mut declared = members.clone();
    declared.retain(|name, _| !ALWAYS.contains(&name.as_str()));
    let fields = schema.parse(&declared, &envelope);
    Ok(fields.map(|fields| (fields, received_at)))
}

fn free(program: &Program, names: Option<&[String]>) -> Result<Mask, String> {
    let n_destinations = u16::try_from(program.destinations().len()).unwrap_or(u16::MAX);
    let Some(names) = names else {
        return Ok(Mask::full(n_destinations));
    };
    let mut free = Mask::with_len(n_destinations);
    for name in names {
        let destination = program
            .destination_idx(name)
            .ok_or_else(|| format!("no lead of this flow can reach a destination `{name}`"))?;
        free.set(destination);
    }
    Ok(free)
}

/// Id of an offer: no two are open at once.
const OFFER: &str = "offer";

/// Charges an offer to the caps of its destination and the rotations above it, and settles it at once.
fn charge(
    program: &Program,
    ledger: &mut Ledger,
    (offer, answer): (&Offer, Answer),
    source: &str,
    now: Timestamp,
) {
    let destination = &program.destinations()[usize::from(offer.destination.0)];
    let arms = offer.turns.iter().copied();
    let turns: Vec<RotationArm> = arms
        .filter_map(|choice| RotationArm::at(program, choice.0, choice.1))
        .collect();
    let charged = (destination.name.as_str(), &destination.settings);
    let paid = destination
        .settings
        .known_price()
        .filter(|_| answer == Answer::Accepted);
    let settled = LedgerEvent::settled(OFFER, answer, false, paid);
    let reserved = LedgerEvent::reserved(OFFER, charged, source, turns);
    ledger.apply(&reserved, now);
    ledger.apply(&settled, now);
}

/// The bids of those that are asked and do bid.
fn bids(program: &Program, ping: &Ping, given: &Given) -> Vec<Bid> {
    let bids = ping.destinations.iter().filter_map(|destination| {
        let name = &program.destinations()[usize::from(destination.0)].name;
        let amount = *given.bids.get(name)?;
        Some(Bid {
            destination,
            amount,
        })
    });
    bids.collect()
}

/// `order → market: acme bids 12.50, zenith does not bid`.
fn asked(program: &Program, ping: &Ping, bids: &[Bid]) -> String {
    let said = ping.destinations.iter().map(|destination| {
        let name = &program.destinations()[usize::from(destination.0)].name;
        match bids.iter().find(|bid| bid.destination == destination) {
            Some(bid) => format!("{name} bids {}", bid.amount),
            None => format!("{name} does not bid"),
        }
    });
    let said: Vec<String> = said.collect();
    let nodes = ping.trace.iter().map(|choice| choice.0).chain([ping.node]);
    let way = way(program, nodes);
    format!("{way}{}: {}", chance(ping.propensity), said.join(", "))
}

/// `by-state → graded → acme (p = 0.4): rejected`.
fn offered(program: &Program, offer: &Offer, answer: Answer) -> String {
    let destination = &program.destinations()[usize::from(offer.destination.0)].name;
    let last = offer.trace.last();
    let leaf = last.map_or(program.root(), |&Choice(node, choice)| {
        program.node(node).children()[usize::from(choice)]
    });
    let mut way = way(
        program,
        offer.trace.iter().map(|choice| choice.0).chain([leaf]),
    );
    if program.origin(leaf).node != destination {
        way = format!("{way} [{destination}]");
    }
    format!("{way}{}: {}", chance(offer.propensity), word(answer))
}

/// `by-state → nobody: declined, no buyer wants it`; without choices, the end alone.
fn ended(program: &Program, done: &Done) -> String {
    let end = match &done.end {
        End::Declined { reason } => format!("declined, {reason}"),
        end => end.word().to_owned(),
    };
    let chance = chance(done.propensity);
    if done.trace.is_empty() {
        return format!("{end}{chance}");
    }
    let way = way(program, done.trace.iter().map(|choice| choice.0));
    format!("{way}{chance}: {end}")
}

fn way(program: &Program, nodes: impl Iterator<Item = NodeIdx>) -> String {
    let names: Vec<&str> = nodes.map(|node| program.node_name(node)).collect();
    names.join(" → ")
}

/// How likely it was, where it was not certain.
fn chance(propensity: f64) -> String {
    let digits = format!("{propensity:.6}");
    match digits.trim_end_matches('0').trim_end_matches('.') {
        "1" => String::new(),
        digits => format!(" (p = {digits})"),
    }
}
