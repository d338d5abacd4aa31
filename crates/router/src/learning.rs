//! What walks teach: the draws of bandits by name, the trials and rewards that follow from them, and what weights depend on
//! beside these. Live service, rebuild and stateful replay learn by the same functions.

mod attribution;
mod specs;
mod trace_record;

pub use attribution::RewardAttribution;
pub use specs::bandit_specs;
pub use trace_record::{BanditRecord, OriginRecord, TraceRecord, trace};
