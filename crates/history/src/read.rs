//! What is stored about leads, as others may read it: ids by kind, statuses, money and times as types.

mod alert;
mod allocation;
mod conversion;
mod decision;
mod delivery;
mod given;
mod handle;
mod lead;
mod lead_return;
mod live;
mod payout;
mod postback;
mod refused;
mod release;
mod restatement;
mod server;
mod source_postback;
mod step;

pub use alert::{Alert, AlertKind};
pub use allocation::{AllocationEpoch, POINTS_MAX, SegmentWeights, WeightsOverTime, WeightsPoint};
pub use conversion::{Conversion, ConversionStatus};
pub use decision::{Decision, EndState};
pub use delivery::{Attempt, Delivery, DeliveryCount, DeliveryFilter, DeliveryState};
pub use given::LeadGiven;
pub use handle::History;
pub use lead::{Lead, LeadCount, LeadFilter, LeadStatus};
pub use lead_return::{LeadReturn, ReturnFilter, ReturnKind, ReturnOrigin, ReturnState};
pub use live::{LeadMark, LeadsSince, NewLeads};
pub use payout::Payout;
pub use postback::{ParkedPostback, ParkedPostbackFilter, ParkedReason};
pub use refused::{RefusedCommand, RefusedKind};
pub use release::{DeliveryRelease, DueDelivery, OutboxKind, ReleaseOrigin};
pub use restatement::Restatement;
pub use server::Server;
pub use source_postback::{SourcePostback, SourcePostbackFilter};
pub use step::{DecisionStep, StepKind};
