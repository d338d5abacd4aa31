//! What destinations report later, some of it twice.

use pointsman_lead::Micros;
use serde::Serialize;

use super::{
    Conversion, GeneratedLead, World,
    chance::{Purpose, below, stream, unit},
};

/// One postback of a destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Postback {
    /// Microseconds from the moment the destination took the lead to this call.
    pub after: i64,
    /// What we gave it with the lead.
    pub click_id: String,
    /// Its own id of the sale: the same in a doubled call, and in the cancellation.
    pub txid: String,
    /// `sale`, or `rejected` for one that is taken back.
    pub status: &'static str,
    /// What it pays, or paid.
    pub payout: Micros,
}

impl Postback {
    /// The call as parameters of a query, each part safe as it is.
    pub fn query(&self) -> String {
        let Self {
            after: _,
            click_id,
            txid,
            status,
            payout,
        } = self;
        format!("click_id={click_id}&txid={txid}&status={status}&payout={payout}&currency=USD")
    }
}

const SECOND: u64 = 1_000_000;
/// One call of four comes twice, within an hour.
const DOUBLED: f64 = 0.25;

impl World {
    /// All calls that the destination makes about this lead once it has taken it, in order; none if
    /// it would not take it. A repeated call is equal but for its time.
    pub fn postbacks(
        &self,
        lead: &GeneratedLead,
        destination: &str,
        click_id: &str,
    ) -> Vec<Postback> {
        let Some(conversion) = self.conversion(lead, destination) else {
            return Vec::new();
        };
        let Conversion {
            after,
            revenue,
            cancelled_after,
        } = conversion;
        let call = |after, status| Postback {
            after,
            click_id: click_id.to_owned(),
            txid: format!("{destination}-{}", lead.key),
            status,
            payout: revenue,
        };
        let calls = std::iter::once(call(after, "sale"))
            .chain(cancelled_after.map(|after| call(after, "rejected")));
        let mut rng = stream(self.seed, Purpose::Double, lead.number, part(destination));
        let mut all = Vec::new();
        for call in calls {
            if unit(&mut rng) < DOUBLED {
                let later = SECOND + below(&mut rng, 3_600 * SECOND);
                let mut again = call.clone();
                again.after += i64::try_from(later).unwrap_or(0);
                all.push(again);
            }
            all.push(call);
        }
        all.sort_by_key(|call| call.after);
        all
    }
}

fn part(destination: &str) -> u64 {
    super::terms::Terms::find(destination).map_or(u64::MAX, |(position, _)| position)
}
