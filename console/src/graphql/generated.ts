// Written by `npm run generate` from graphql/schema.graphql and operations/. Do not edit.
import { operation } from './operation';
import type { FieldDocument, FlowDocument } from './flow-document';
import type { ReplayReport, ReplayScenario } from './replay-report';
import type { SourceDocument } from './source-document';

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** An arm to add. */
export type AddArmEdit = {
  /** Name of the split, bandit or rotation. */
  node: string;
  /** Name of the arm; default: the name of its destination or node. */
  name?: string | null | undefined;
  /** Name of the child node. */
  to: string;
  /** Share in a split in parts per million, taken from the others pro rata; default: an equal share. */
  weightPpm?: number | null | undefined;
};

/** Digests to add to the suppression list. */
export type AddSuppressionsInput = {
  /** Name of the list that they come from. */
  list: string;
  /** What the digests are of. */
  kind: SuppressionKind;
  /** SHA-256 of each value as 64 hex digits; 1 to 10,000. */
  digests: Array<string>;
};

/** A rollout to move to its next step. */
export type AdvanceRolloutInput = {
  /** Name of the rollout. */
  name: string;
  /** Revision that it must have; omitted: any. */
  revision?: number | null | undefined;
  /** Reason, kept with the change. */
  reason?: string | null | undefined;
};

/** Kind of an alert. */
export type AlertKind =
  /** A destination is not offered leads after failures in a row. */
  | 'BREAKER_OPEN'
  /** A cap is used up. */
  | 'CAP_REACHED'
  /** 50, 70 or 90 percent of a cap are used. */
  | 'CAP_USED'
  /** Too many of the latest offers to a destination failed. */
  | 'ERROR_RATE'
  /** A source that sent leads does not send any more. */
  | 'SOURCE_SILENT'
  /** Another kind, of a newer version. */
  | 'OTHER';

/** Weight of an arm. */
export type ArmWeightInput = {
  /** Name of the arm. */
  arm: string;
  /** Share in parts per million. */
  weightPpm: number;
};

/** Arms of a bandit to compare. */
export type BanditSubjectInput = {
  /** Name of the bandit in the live version. */
  node: string;
  /** 2 to 10 arms; the others are compared with the first. */
  arms: Array<string>;
};

/** Rank of a bid in its auction. */
export type BidRank =
  /** The highest net bid: it is offered the lead first. */
  | 'BEST'
  /** It is offered the lead if no higher bidder accepts. */
  | 'RUNNER_UP'
  /** It is below the reserve price. */
  | 'BELOW_RESERVE'
  /** There is no bid. */
  | 'NO_BID';

/** An operation with its filter. */
export type BulkActionInput =
  {   /** Releases held deliveries. */
  releaseDeliveries: ReleaseDeliveriesInput; replayPostbacks?: never; resendSourcePostbacks?: never; }
  |  { releaseDeliveries?: never;   /** Replays parked postbacks. */
  replayPostbacks: ReplayPostbacksInput; resendSourcePostbacks?: never; }
  |  { releaseDeliveries?: never; replayPostbacks?: never;   /** Sends dead postbacks to sources again. */
  resendSourcePostbacks: ResendSourcePostbacksInput; };

/** State of a bulk job. */
export type BulkJobState =
  /** Its items are being listed. */
  | 'LISTING'
  /** Items are being done. */
  | 'RUNNING'
  /** All items were done. */
  | 'DONE'
  /** It was cancelled; items that were done before stay done. */
  | 'CANCELLED';

/** Operation of a bulk job. */
export type BulkOperation =
  /** Releases held deliveries, as `releaseDelivery` does. */
  | 'RELEASE_DELIVERIES'
  /** Replays parked postbacks, as `replayPostback` does. */
  | 'REPLAY_POSTBACKS'
  /** Sends dead postbacks to sources again, as `resendSourcePostback` does. */
  | 'RESEND_SOURCE_POSTBACKS';

/** Result of an item of a bulk job. */
export type BulkResult =
  /** The operation was done. */
  | 'SUCCEEDED'
  /** There was nothing to do any more: the item has changed since it was listed. */
  | 'SKIPPED'
  /** The operation was refused. */
  | 'FAILED';

/** A bulk job to cancel. */
export type CancelBulkJobInput = {
  /** Id. */
  id: string;
};

/** A simulation to cancel. */
export type CancelSimulationInput = {
  /** Id. */
  id: string;
};

/** A version to try out beside the live one. */
export type CandidateInput = {
  /** Hash or id of the version. */
  version: string;
  /** Share of leads that it takes, 1 to 999,999 parts per million. A larger share keeps the leads of a smaller one. */
  sharePpm: number;
  /**
   * Lead field that keeps people with the version that they were given, such as an e-mail address; without it, and for leads
   * without a value, each lead is chosen by itself.
   */
  sticky?: string | null | undefined;
};

/** Why a destination was offered a lead or not. */
export type CandidateOutcome =
  /** It was offered the lead. */
  | 'OFFERED'
  /** It had been offered the lead before. */
  | 'ALREADY_OFFERED'
  /** It is inactive by its settings. */
  | 'INACTIVE'
  /** Its schedule was closed. */
  | 'SCHEDULE'
  /** A cap was used up. */
  | 'CAP'
  /** Its circuit breaker was open. */
  | 'BREAKER'
  /** The lead is a duplicate in its flow, or of a lead that the destination has. */
  | 'DUPLICATE'
  /** It was unavailable; the retained history does not tell whether by a cap or the breaker. */
  | 'CAP_OR_BREAKER'
  /** The deadline of the lead had passed. */
  | 'DEADLINE_PASSED'
  /** The lead does not meet its criteria. */
  | 'CRITERIA'
  /** The walk did not reach it. */
  | 'NOT_REACHED'
  /** Another arm was drawn. */
  | 'NOT_DRAWN'
  /** It was pinged for a bid. */
  | 'PINGED';

/** Event that a cap counts. */
export type CapKind =
  /** Offers, whatever the answer, unless nothing reached the destination (`NOT_SENT`). */
  | 'OFFERS'
  /** Accepted leads, and offers whose answer is awaited or unknown. */
  | 'ACCEPTED'
  /** Sales reported by the destination, in the window of the report. */
  | 'CONVERSIONS'
  /** Money: prices of accepted leads and of offers whose answer is awaited or unknown, and reported amounts. */
  | 'REVENUE'
  /** Offers whose answer is awaited. */
  | 'IN_FLIGHT';

/** A calendar window of a time zone. */
export type CapWindow =
  /** From full minute to full minute. */
  | 'MINUTE'
  /** From full hour to full hour. */
  | 'HOUR'
  /** From midnight to midnight. */
  | 'DAY'
  /** From Monday to Monday. */
  | 'WEEK'
  /** From the first of a month to the next. */
  | 'MONTH'
  /** All time. */
  | 'LIFETIME';

/** Filter of changes; omitted fields do not restrict. */
export type ChangeFilterInput = {
  /** Kinds of change. */
  kind?: Array<SettingsChangeKind> | null | undefined;
  /** Name of the vertical, destination, source, flow or experiment, or id of the token. */
  object?: string | null | undefined;
  /** Name of the token that made the change, or of the part of the program. */
  who?: string | null | undefined;
  /** Earliest time of the change. */
  from?: string | null | undefined;
  /** Time before which the change was made. */
  to?: string | null | undefined;
};

/** Why a comparison is made. */
export type ComparisonRole =
  /** It decides. */
  | 'PRIMARY'
  /** It limits harm. */
  | 'GUARDRAIL'
  /** It is shown and decides nothing. */
  | 'SECONDARY';

/** What a comparison says. */
export type ComparisonVerdict =
  /** The arm is better. */
  | 'BETTER'
  /** The arm is worse; for a guardrail, by more than it allows. */
  | 'WORSE'
  /** The difference is smaller than the smallest that matters; for a guardrail, no more harm than it allows. */
  | 'NO_MATTER'
  /** Not known yet. */
  | 'NOT_YET';

/** The end of an experiment. */
export type ConcludeExperimentInput = {
  /** Name or id of the experiment. */
  name: string;
  /** Decision. */
  decision: ExperimentDecisionInput;
  /** Reason, kept with the decision. */
  reason?: string | null | undefined;
  /**
   * Make the shipped arm live at once: the candidate version, or a new version in which the arm has the weight of
   * all compared arms. Not for arms of a bandit.
   */
  promote?: boolean;
  /** Revision that it must have; omitted: any. */
  revision?: number | null | undefined;
};

/** The result of recording a conversion. */
export type ConversionOutcome =
  /** It was new and was applied. */
  | 'APPLIED'
  /** It was known already; nothing changed. */
  | 'DUPLICATE'
  /** It was not applied, or is not yet; `parkedPostbacks` lists it with the reason. */
  | 'PARKED';

/** Status of a conversion. */
export type ConversionStatus =
  /** Reported, but not confirmed yet. */
  | 'PENDING'
  /** Confirmed sale. */
  | 'SALE'
  /** Repeated payment for the same customer. */
  | 'REBILL'
  /**
   * Declined, cancelled or refunded, in whole or in part; `originalStatus` has the word of the destination. As an
   * input: cancelled for good.
   */
  | 'CANCELLED'
  /** The lead was returned or charged back. As an input: its destination returns it. */
  | 'RETURNED'
  /** A return or chargeback was reversed. Not an input. */
  | 'REINSTATED';

/** An experiment to plan. */
export type CreateExperimentInput = {
  /** Name: lower-case letters, digits, `-` and `_`. */
  name: string;
  /** Name of the flow. */
  flow: string;
  /** What you expect, and why. */
  hypothesis?: string;
  /** What to compare. */
  subject: ExperimentSubjectInput;
  /** Metric that decides. */
  primary: ExperimentMetric;
  /** Smallest change of it that matters, as a share of the first arm's value, 1,000 to 1,000,000 parts per million. */
  smallestEffectPpm?: number;
  /** Limits to the harm that an arm may do. A broken one pauses the experiment. */
  guardrails?: Array<GuardrailInput>;
  /** Metrics that are shown and decide nothing. */
  secondary?: Array<ExperimentMetric>;
  /**
   * Up to 4 lead fields that differences are adjusted by (CUPED): integers, decimals or booleans that are not personal. Not
   * for arms of a bandit.
   */
  covariates?: Array<string>;
  /** Leads that are on their way for longer are slow, 1 to 86,400,000 milliseconds. */
  slowMs?: number;
  /** Part of a layer; without it units may be in other experiments too. A hold-out has one. */
  layer?: LayerInput | null | undefined;
  /** Attribution window in hours from the draw, 0 to 2,160; with 0, only prices of acceptances count. */
  windowHours?: number;
  /** Confidence of the intervals, 800,000 to 999,000 parts per million. */
  confidencePpm?: number;
};

/** A token to create. */
export type CreateTokenInput = {
  /** Display name. */
  name: string;
  /** Role of the token. */
  role: Role;
  /** The only source that the token may act for; role `SOURCE` only. */
  source?: string | null | undefined;
  /** The only destination whose conversions the token may report; role `POSTBACK` only. */
  destination?: string | null | undefined;
};

/** A return to decide about. */
export type DecideReturnInput = {
  /** Id of the return. */
  id: string;
  /** The decision. */
  decision: ReturnDecision;
  /** Note, for the destination too; at most 500 characters. */
  note?: string;
};

/** A delay that is assumed before anything is known. */
export type DelayPriorInput = {
  /** Mean of the delays in hours, 1 to 8,760. */
  meanHours: number;
  /** For how many conversions it counts, 1 to 1,000,000. */
  strength: number;
};

/** A filter for deliveries; omitted members do not restrict. */
export type DeliveryFilterInput = {
  /** Only deliveries to this destination. */
  destination?: string | null | undefined;
  /** Only deliveries of leads of this flow. */
  flow?: string | null | undefined;
  /** Only deliveries of leads of this source. */
  source?: string | null | undefined;
  /** Only deliveries in this state. */
  state?: DeliveryState | null | undefined;
  /** Only deliveries with an attempt that ended so. */
  outcome?: UnknownOutcome | null | undefined;
  /** Only deliveries offered at this time or later. */
  createdFrom?: string | null | undefined;
  /** Only deliveries offered before this time. */
  createdBefore?: string | null | undefined;
  /**
   * Whether it became known what came of it after its answer was unknown: `false` with the state `HELD` are those that
   * wait to be released.
   */
  isReleased?: boolean | null | undefined;
};

/** What became of a delivery whose answer was unknown. */
export type DeliveryReleaseAnswer =
  /** The destination took the lead. */
  | 'ACCEPTED'
  /** The destination did not want the lead. */
  | 'REJECTED'
  /** The destination never received the lead. */
  | 'NOT_SENT';

/** Source of what became known of a delivery. */
export type DeliveryReleaseOrigin =
  /** A person, by `releaseDelivery`. */
  | 'PERSON'
  /** The destination, when it was asked for the status. */
  | 'STATUS'
  /** The destination, by a conversion. */
  | 'CONVERSION';

/** State of a delivery. */
export type DeliveryState =
  /** Reserved: this version sets it on no delivery. */
  | 'PENDING'
  /** A request may be in progress. */
  | 'SENDING'
  /** The destination accepted the lead. */
  | 'ACCEPTED'
  /** The destination rejected the lead. */
  | 'REJECTED'
  /** Nothing reached the destination. */
  | 'NOT_SENT'
  /**
   * There was no readable answer: the destination may or may not have the lead. Its `onUnknown` decides whether
   * the lead is held or passed on.
   */
  | 'HELD';

/** Edits of a draft, applied atomically. */
export type EditFlowDraftInput = {
  /** Name of the flow. */
  flow: string;
  /** Edits in order; each applies to the result of those before it. */
  edits: Array<FlowEdit>;
  /** Expected current revision of the draft; omitted: any. */
  expectedRevision?: number | null | undefined;
};

/** A session to end. */
export type EndSessionInput = {
  /** Id. */
  id: string;
};

/** End state of a walk. */
export type EndState =
  /** At least one destination accepted the lead. With `maxSold` above 1, fewer than `maxSold` may have accepted it. */
  | 'SOLD'
  /** A `reject` node declined the lead. */
  | 'DECLINED'
  /** No destination accepted it. */
  | 'UNSOLD'
  /** A destination's answer is unknown and its policy is `HOLD`: nobody else is offered the lead. */
  | 'HELD';

/** Persons to erase: at least one lead or value, 1,000 at most. */
export type ErasePersonsInput = {
  /** Ids of leads. Of each, the lead is erased and all leads with one of its e-mail addresses or telephone numbers. */
  leadIds?: Array<string>;
  /** Values. All leads that have one of them are erased. */
  values?: Array<PersonValueInput>;
  /** Reason, without anything of the person; kept with the change. */
  note?: string | null | undefined;
};

/** Expected current state of a stage. */
export type ExpectedStageInput =
  {   /** The stage points to the version with this hash. */
  version: string; revision?: never; }
  |  { version?: never;   /** The stage has this revision; 0: it does not exist. */
  revision: number; };

/** What to do about an experiment. */
export type ExperimentAction =
  /** Wait for more leads. */
  | 'WAIT'
  /** Replace the first arm. */
  | 'SHIP'
  /** Keep the first arm. */
  | 'KEEP'
  /** Stop: a guardrail is broken. */
  | 'STOP'
  /** Find out why leads were not split as the weights say. */
  | 'REPAIR';

/** What was decided at the end of an experiment. */
export type ExperimentDecision =
  /** An arm replaces the first arm. */
  | 'SHIP'
  /** The first arm stays. */
  | 'KEEP'
  /** Nothing could be decided. */
  | 'INCONCLUSIVE';

/** A decision. */
export type ExperimentDecisionInput =
  {   /** This arm replaces the first one. */
  ship: string; keep?: never; inconclusive?: never; }
  |  { ship?: never;   /** The first arm stays; `true`. */
  keep: boolean; inconclusive?: never; }
  |  { ship?: never; keep?: never;   /** Nothing could be decided; `true`. */
  inconclusive: boolean; };

/** A metric of leads, within the window of an experiment. */
export type ExperimentMetric =
  /** Share of leads that a destination accepted. */
  | 'ACCEPT_RATE'
  /** Share of leads with a sale. */
  | 'CONVERSION_RATE'
  /** Share of leads with a return. */
  | 'RETURN_RATE'
  /** Revenue per lead, in units of the flow's currency. */
  | 'REVENUE'
  /** Time on the way per lead, from its first step to the end of its walk, in milliseconds. */
  | 'LATENCY'
  /** Share of leads that are on their way for longer than `slowMs`. */
  | 'SLOW_RATE';

/** An experiment whose size is asked for. */
export type ExperimentSizeInput = {
  /** Name of the flow. */
  flow: string;
  /** Metric that decides. */
  metric: ExperimentMetric;
  /** Smallest change that matters, as a share of the past mean, in parts per million. */
  smallestEffectPpm?: number;
  /** Share of leads that the first arm gets, in parts per million. */
  firstSharePpm?: number;
  /** Share of leads that the other arm gets, in parts per million. */
  otherSharePpm?: number;
  /** Attribution window in hours. */
  windowHours?: number;
  /** Confidence of the intervals, in parts per million. */
  confidencePpm?: number;
  /** Probability of finding the change where it is there, in parts per million. */
  powerPpm?: number;
  /** Days of past leads to judge by, 1 to 365. */
  days?: number;
  /**
   * Lead field that keeps people with their arm: leads of one person are alike, and more of them are needed. Without it
   * each lead counts by itself.
   */
  sticky?: string | null | undefined;
};

/** State of an experiment. */
export type ExperimentState =
  /** Planned; no lead takes part. */
  | 'DRAFT'
  /** Leads take part. */
  | 'RUNNING'
  /** No lead takes part any more; leads of before are still counted. */
  | 'PAUSED'
  /** Decided. */
  | 'CONCLUDED';

/** What to compare. */
export type ExperimentSubjectInput =
  {   /** Arms of a split of the live version. */
  split: SplitSubjectInput; bandit?: never; candidate?: never; holdOut?: never; }
  |  { split?: never;   /** Arms of a bandit of the live version, by the probabilities that each lead was drawn with. */
  bandit: BanditSubjectInput; candidate?: never; holdOut?: never; }
  |  { split?: never; bandit?: never;   /** Another version with the live one. */
  candidate: CandidateInput; holdOut?: never; }
  |  { split?: never; bandit?: never; candidate?: never;   /** The share of a layer that takes part in no other experiment of it, with all other leads of the flow. */
  holdOut: HoldOutInput; };

/** A what-if lead to explain. */
export type ExplainLeadInput = {
  /** Name of the flow. */
  flow: string;
  /** Stage of the flow version; default `live`. */
  stage?: string | null | undefined;
  /** Hash of the flow version, instead of a stage. */
  version?: string | null | undefined;
  /** Whether the draft of the flow is walked as it is now, instead of a version. */
  draft?: boolean;
  /** Lead fields by name, as the schema of the vertical declares them. */
  fields: Record<string, unknown>;
  /** Source of the lead. */
  source?: string;
  /** First sub id (placement) of the source. */
  subId1?: string | null | undefined;
  /** Second sub id of the source. */
  subId2?: string | null | undefined;
  /** Third sub id of the source. */
  subId3?: string | null | undefined;
  /** Fourth sub id of the source. */
  subId4?: string | null | undefined;
  /** Fifth sub id of the source. */
  subId5?: string | null | undefined;
  /** Whether it is a test lead. */
  isTest?: boolean;
  /** Assumed time of receipt; default: now. Schedules, calendar windows of caps and `received_at` use it. */
  at?: string | null | undefined;
  /** Idempotency key of the source; draws use it as for a real lead. */
  idempotencyKey?: string | null | undefined;
  /** Unit key for draws, such as the `unitKey` of a decision, instead of an idempotency key. */
  unitKey?: string | null | undefined;
  /** Assumed answer of every destination. */
  answer?: WhatIfAnswer;
  /**
   * Assumed bids; a destination without one does not bid. Without any bids, the explanation ends at the
   * first auction.
   */
  bids?: Array<WhatIfBidInput>;
};

/** What happens to a lead first. */
export type FirstChoiceKind =
  /** It is offered to a destination. */
  | 'OFFER'
  /** A `reject` node declines it. */
  | 'DECLINED'
  /** No destination is free for it. */
  | 'UNSOLD'
  /** Unknown: a destination would have been asked for a bid that was not asked. */
  | 'UNKNOWN_BIDS'
  /** Unknown: a field has another kind than the version expects. */
  | 'UNKNOWN_FIELDS'
  /** Unknown: the stored decision cannot be read. */
  | 'UNKNOWN_STORED'
  /** All pairs without a row of their own. */
  | 'REST';

/** Kind of change. */
export type FlowChangeKind =
  /** The part was added. */
  | 'ADDED'
  /** The part was removed. */
  | 'REMOVED'
  /** The part was changed. */
  | 'CHANGED';

/** One edit of a draft. */
export type FlowEdit =
  {   /** Adds or replaces a node. */
  putNode: PutNodeEdit; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never;   /** Removes the node with this name. */
  removeNode: string; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never;   /** Sets the root node. */
  setRoot: string; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never;   /** Sets the number of destinations that one lead may be sold to, 1 to 16. */
  setMaxSold: number; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never;   /** Sets weights of a split. */
  setWeights: SetWeightsEdit; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never;   /** Adds an arm to a split, bandit or rotation. */
  addArm: AddArmEdit; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never;   /** Removes an arm of a split, bandit or rotation. */
  removeArm: RemoveArmEdit; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never;   /** Sets the salt of a split or bandit; see `SplitNode.salt`. People may change arm. */
  setSalt: SetSaltEdit; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never;   /** Sets the key of an arm of a split or bandit; see `SplitArm.key`. People may change arm. */
  setArmKey: SetArmKeyEdit; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never;   /** Sets the targets of an arm of a rotation. */
  setTargets: SetTargetsEdit; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never;   /** Sets the floor and the ceiling of an arm of a bandit. */
  setArmLimits: SetArmLimitsEdit; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never;   /** Replaces a row of a table. */
  setTableRow: SetTableRowEdit; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never;   /** Adds a row to a table. */
  insertTableRow: InsertTableRowEdit; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never;   /** Removes a row of a table. */
  removeTableRow: RemoveTableRowEdit; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never;   /** Sets a predicate of a `when` or scorecard. */
  setPredicate: SetPredicateEdit; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never;   /** Sets the points of an entry of a scorecard. */
  setPoints: SetPointsEdit; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never;   /** Sets the values of a case of a switch. */
  setCase: SetCaseEdit; setPort?: never; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never;   /** Sets the child node of a port. */
  setPort: SetPortEdit; setExplore?: never; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never;   /** Sets the exploration share of a bandit. */
  setExplore: SetExploreEdit; setObjective?: never; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never;   /** Sets the objective of a bandit. */
  setObjective: SetObjectiveEdit; setLearning?: never; }
  |  { putNode?: never; removeNode?: never; setRoot?: never; setMaxSold?: never; setWeights?: never; addArm?: never; removeArm?: never; setSalt?: never; setArmKey?: never; setTargets?: never; setArmLimits?: never; setTableRow?: never; insertTableRow?: never; removeTableRow?: never; setPredicate?: never; setPoints?: never; setCase?: never; setPort?: never; setExplore?: never; setObjective?: never;   /** Sets how a bandit learns. */
  setLearning: SetLearningEdit; };

/** What follows from the gate of a step. */
export type GateState =
  /** The next step may begin. */
  | 'OPEN'
  /** Something is waited for. */
  | 'WAITING'
  /** Nothing can be believed at present: the rollout is paused. */
  | 'DOUBTFUL'
  /** A guardrail is broken: the version is taken back. */
  | 'BROKEN';

/** A limit to the harm that an arm may do. */
export type GuardrailInput = {
  /** Metric that must not be harmed. */
  metric: ExperimentMetric;
  /** Largest harm allowed, as a share of the first arm's value, 0 to 1,000,000 parts per million. */
  worstPpm: number;
};

/** The share of a layer that takes part in no other experiment of it. */
export type HoldOutInput = {
  /**
   * Lead field by which people are known, such as an e-mail address; without it, and for leads without a value, each lead is
   * held out by itself.
   */
  sticky?: string | null | undefined;
};

/** A row to add. */
export type InsertTableRowEdit = {
  /** Name of the table. */
  node: string;
  /** Position of the new row, from 0; omitted: at the end. */
  row?: number | null | undefined;
  /** One cell for each column. */
  cells: Array<unknown>;
  /** An additional predicate of the row, as CEL text; omitted: none. */
  if?: string | null | undefined;
  /** Name of the child node. */
  to: string;
};

/** A part of a layer: experiments of one layer, on whatever flow, exclude each other. */
export type LayerInput = {
  /** Name of the layer: lower-case letters, digits, `-` and `_`. */
  name: string;
  /** Share of the layer's units that the experiment gets when it starts, 1 to 1,000,000 parts per million. */
  sharePpm: number;
};

/** A filter for leads; omitted members do not restrict. */
export type LeadFilterInput = {
  /** Only leads of this flow. */
  flow?: string | null | undefined;
  /** Only leads with this status. */
  status?: LeadStatus | null | undefined;
  /** Only leads of this source. */
  source?: string | null | undefined;
  /** Only leads that were offered to this destination, whatever came of it. */
  destination?: string | null | undefined;
  /** Only leads with this idempotency key. */
  idempotencyKey?: string | null | undefined;
  /** Only test leads, or only others. */
  isTest?: boolean | null | undefined;
  /** Only leads received at this time or later. */
  receivedFrom?: string | null | undefined;
  /** Only leads received before this time. */
  receivedBefore?: string | null | undefined;
};

/** When a submission answers. */
export type LeadMode =
  /**
   * When the walk of the lead has ended. An offer that is not answered by the deadline ends it; if the end is not
   * stored half a second later, the answer is `queued`.
   */
  | 'SYNC'
  /** As soon as the lead is stored. */
  | 'ASYNC';

/** Status of a lead. */
export type LeadStatus =
  /** Reserved: this version sets it on no lead. */
  | 'RECEIVED'
  /** It is stored, and its walk goes on. */
  | 'QUEUED'
  /**
   * A destination's answer is unknown, and nobody else is offered the lead. The status stays, also if the
   * destination reports a sale later; the revenue counts.
   */
  | 'HELD'
  /** The flow declined it. */
  | 'DECLINED'
  /** No destination accepted it. */
  | 'UNSOLD'
  /** A destination accepted it. */
  | 'SOLD'
  /** A destination accepted it and returned it later. */
  | 'RETURNED'
  /** The same person came before, and was sold or may still be. It was offered to nobody. */
  | 'DUPLICATE'
  /** Reserved: this version sets it on no lead. There are no suppression lists. */
  | 'SUPPRESSED';

/** How a bandit learns; see `LearningSettings`. What is omitted is as usual. */
export type LearningSettingsInput = {
  /** Hours after which a trial counts half, 1 to 87,600. */
  halfLifeHours?: number | null | undefined;
  /** Only the trials of the last so many hours count, 1 to 87,600. */
  windowHours?: number | null | undefined;
  /** Money that comes later than this many hours after its trial does not count, 1 to 8,760. */
  attributionHours?: number | null | undefined;
  /** What is assumed of how many leads an arm takes. */
  acceptPrior?: RatePriorInput | null | undefined;
  /** What is assumed of how often each kind of later money comes. */
  conversionPrior?: RatePriorInput | null | undefined;
  /** What is assumed of how late it comes. */
  delayPrior?: DelayPriorInput | null | undefined;
  /** Percent of the power by which weights follow the chances of the arms to be best, 0 to 1,000. */
  focusPercent?: number | null | undefined;
};

/** Persons to take off the suppression list. */
export type LiftSuppressionsInput = {
  /** Values, 1 to 1,000. */
  values: Array<PersonValueInput>;
  /** Reason, without anything of the person; kept with the change. */
  note?: string | null | undefined;
};

/** What the values of a list are. A field of this kind may be asked whether its value is in the list. */
export type ListKind =
  /** Texts of one line, for fields of kind text and enum. */
  | 'TEXT'
  /** Countries: ISO 3166-1 alpha-2. */
  | 'COUNTRY'
  /** States and provinces: ISO 3166-2 without the country. */
  | 'REGION'
  /** Postal codes. */
  | 'POSTAL_CODE'
  /** Telephone numbers in E.164. */
  | 'PHONE'
  /** E-mail addresses. */
  | 'EMAIL'
  /** IP addresses. */
  | 'IP'
  /** http and https addresses. */
  | 'URL';

/** Time covered by a point. */
export type MetricsBucket =
  /** One hour. */
  | 'HOUR'
  /** One day of the zone. */
  | 'DAY'
  /** The whole range. */
  | 'TOTAL';

/** What metrics are grouped by. */
export type MetricsDimension =
  /** Flow. */
  | 'FLOW'
  /** Version of the flow that decided, by its hash. */
  | 'VERSION'
  /** Source. */
  | 'SOURCE'
  /** Destination that was offered the lead. A lead counts once for each destination. */
  | 'DESTINATION'
  /**
   * Split, bandit, rotation or auction that drew. A lead counts once for each node, by the node's first draw, with
   * the offers from that draw on.
   */
  | 'NODE'
  /** Arm of the node; requires `NODE` here or `node` in the filter. */
  | 'ARM'
  /** Segment of the bandit; requires `NODE` here or `node` in the filter. */
  | 'SEGMENT'
  /** Status of the lead. */
  | 'STATUS';

/** Filter of metrics; omitted fields do not restrict. Test leads never count. */
export type MetricsFilterInput = {
  /** Flow. */
  flow?: string | null | undefined;
  /** Hash of the version that decided. */
  version?: string | null | undefined;
  /** Source. */
  source?: string | null | undefined;
  /** Destination that was offered the lead. */
  destination?: string | null | undefined;
  /** Node that drew. */
  node?: string | null | undefined;
  /** Arm of the node; requires a node. */
  arm?: string | null | undefined;
  /** Segment of the bandit; requires a node. */
  segment?: string | null | undefined;
  /** Status of the lead. */
  status?: LeadStatus | null | undefined;
  /** Earliest receipt of the leads, rounded down to the bucket; default: 7 days before `to` for hours, else 30 days. */
  from?: string | null | undefined;
  /** Time before which the leads were received, rounded up to the bucket; default: now. */
  to?: string | null | undefined;
};

/** A stage and the version that it is to point to. */
export type MoveStageInput = {
  /** Name of the flow. */
  flow: string;
  /** Name of the stage; `live` routes leads. */
  stage: string;
  /** Hash or id of the version. */
  version: string;
  /** Expected current state of the stage; omitted: any. */
  expected?: ExpectedStageInput | null | undefined;
};

/** Objective of a bandit. */
export type Objective =
  /** Revenue after returns. */
  | 'NET_REVENUE'
  /** Leads that convert. */
  | 'CONVERSIONS'
  /** Leads that are accepted. */
  | 'ACCEPTED';

/** What to do with a lead if a destination's answer was lost or could not be read. */
export type OnUnknown =
  /** Hold the lead, so that it is never sold twice. */
  | 'HOLD'
  /** Offer the lead to the next destination. */
  | 'PASS_ON';

/** A filter for parked postbacks; omitted members do not restrict. */
export type ParkedPostbackFilterInput = {
  /** Only those with a token of this destination. */
  destination?: string | null | undefined;
  /** Only those that were not applied for this reason. */
  reason?: ParkedReason | null | undefined;
  /** Only those first received at this time or later. */
  receivedFrom?: string | null | undefined;
  /** Only those first received before this time. */
  receivedBefore?: string | null | undefined;
};

/** Why a postback was not applied. */
export type ParkedReason =
  /** The answer to its offer is awaited. It is applied once the offer is accepted or its answer counts as unknown. */
  | 'AWAITING_ANSWER'
  /** Its click id is unknown. */
  | 'UNKNOWN_CLICK'
  /** Its token belongs to another destination than its click. */
  | 'OTHER_DESTINATION'
  /** The destination did not accept the lead. */
  | 'NOT_ACCEPTED'
  /** It could not be read, or it contradicts stored data. */
  | 'REFUSED';

/** An experiment to pause. */
export type PauseExperimentInput = {
  /** Name or id of the experiment. */
  name: string;
  /** Revision that it must have; omitted: any. */
  revision?: number | null | undefined;
  /** Reason, kept with the change. */
  note?: string | null | undefined;
};

/** A rollout to pause. */
export type PauseRolloutInput = {
  /** Name of the rollout. */
  name: string;
  /** Revision that it must have; omitted: any. */
  revision?: number | null | undefined;
  /** Reason, kept with the change. */
  reason?: string | null | undefined;
};

/** What a source is paid for. */
export type PayoutKind =
  /** The lead, whatever became of it. */
  | 'LEAD'
  /** Its sale to a destination. */
  | 'SOLD'
  /** A sale that a destination reported. */
  | 'SALE'
  /** A share of what it earned. */
  | 'SHARE';

/** Event that a destination pays for. */
export type Pays =
  /** Each accepted lead. */
  | 'ACCEPT'
  /** Each conversion, reported later. */
  | 'CONVERSION';

/** A value by which persons are found. */
export type PersonValueInput = {
  /** Name of a field that is declared as personal, such as `email`. */
  field: string;
  /** Value of the field, in any spelling. */
  value: unknown;
};

/** A draft to publish. */
export type PublishFlowInput = {
  /** Name of the flow. */
  flow: string;
  /** Message that describes the change. */
  message?: string;
  /** Expected current revision of the draft; omitted: any. */
  expectedRevision?: number | null | undefined;
  /** Whether to point the stage `live` to the version if the flow has no live version yet. */
  setLiveIfFirst?: boolean;
};

/** A destination to create or replace. */
export type PutDestinationInput = {
  /** Name of the destination in flows. */
  name: string;
  /** Target: how leads are sent. */
  target: Record<string, unknown>;
  /** Routing settings. */
  settings: unknown;
  /**
   * Vertical whose fields the target may use, in addition to those of the live flows that use the
   * destination.
   */
  vertical?: string | null | undefined;
  /** Expected current revision; 0: it must not exist; omitted: any. */
  expectedRevision?: number | null | undefined;
};

/** The lead schema of a vertical. */
export type PutLeadSchemaInput = {
  /** The vertical. */
  vertical: string;
  /** Declared fields. */
  fields: FieldDocument[];
  /** Expected hash of the current schema; empty: there must be none; omitted: any. */
  expectedHash?: string | null | undefined;
};

/** A node to add or replace. */
export type PutNodeEdit = {
  /** Name. */
  name: string;
  /** The node document. */
  node: unknown;
};

/** A source to create or replace. */
export type PutSourceInput = {
  /** Name of the source in leads and tokens. */
  name: string;
  /** Document that reads its payloads. */
  document: SourceDocument;
  /** Expected current revision; 0: it must not exist; omitted: any. */
  expectedRevision?: number | null | undefined;
};

/** A rate that is assumed before anything is known: a Beta with this mean and size. */
export type RatePriorInput = {
  /** The rate in parts per million, 1 to 999,999. */
  ratePpm: number;
  /** For how many trials it counts, 1 to 1,000,000. */
  strength: number;
};

/** Kind of a refused command. */
export type RefusedCommandKind =
  /** A lead. */
  | 'LEAD'
  /** The answer of a destination to an offer; the answer is treated as unknown. */
  | 'ANSWER'
  /** The bids of an auction, which continued without bids. */
  | 'BIDS'
  /** A postback. */
  | 'POSTBACK'
  /** Another command. */
  | 'OTHER';

/** Which held deliveries to release: named by their ids, or found by the other members. At least one is given. */
export type ReleaseDeliveriesFilterInput = {
  /** These deliveries, at most 1,000. */
  ids?: Array<string> | null | undefined;
  /** Those to this destination. */
  destination?: string | null | undefined;
  /** Those of leads of this flow. */
  flow?: string | null | undefined;
  /** Those of leads of this source. */
  source?: string | null | undefined;
  /** Those with an attempt that ended so. */
  outcome?: UnknownOutcome | null | undefined;
  /** Those offered at this time or later. */
  createdFrom?: string | null | undefined;
  /** Those offered before this time. */
  createdBefore?: string | null | undefined;
};

/** Held deliveries to release, all with the same answer. */
export type ReleaseDeliveriesInput = {
  /** Which. */
  filter: ReleaseDeliveriesFilterInput;
  /** What became of them. */
  answer: DeliveryReleaseAnswer;
  /** Price that the destination pays for each, for `ACCEPTED`; default: its fixed price, unless it pays on conversion. */
  price?: string | null | undefined;
  /** How this is known, for the list of changes. */
  reason: string;
};

/** A held delivery to release. */
export type ReleaseDeliveryInput = {
  /** Id of the delivery. */
  id: string;
  /** What became of it. */
  answer: DeliveryReleaseAnswer;
  /** Price that the destination pays, for `ACCEPTED`; default: its fixed price, unless it pays on conversion. */
  price?: string | null | undefined;
  /** How this is known, for the list of changes. */
  reason: string;
};

/** An arm to remove. */
export type RemoveArmEdit = {
  /** Name of the split, bandit or rotation. */
  node: string;
  /** Name of the arm. */
  arm: string;
};

/** A row to remove. */
export type RemoveTableRowEdit = {
  /** Name of the table. */
  node: string;
  /** Position of the row, from 0. */
  row: number;
};

/** A parked postback to replay; given values replace its own. */
export type ReplayPostbackInput = {
  /** Id of the parked postback, from `parkedPostbacks`. */
  id: string;
  /** Click id of the delivery. */
  clickId?: string | null | undefined;
  /** Transaction id of the destination. */
  txid?: string | null | undefined;
  /**
   * Status: `pending`, `sale`, `rebill`, `declined`, `rejected`, `refunded`, or
   * another known word.
   */
  status?: string | null | undefined;
  /** Our revenue, or the refunded amount. */
  revenue?: string | null | undefined;
};

/** Which parked postbacks to replay: named by their ids, or found by the other members. At least one is given. */
export type ReplayPostbacksFilterInput = {
  /** These postbacks, at most 1,000. */
  ids?: Array<string> | null | undefined;
  /** Those with a token of this destination. */
  destination?: string | null | undefined;
  /** Those that were not applied for this reason. */
  reason?: ParkedReason | null | undefined;
  /** Those first received at this time or later. */
  receivedFrom?: string | null | undefined;
  /** Those first received before this time. */
  receivedBefore?: string | null | undefined;
};

/** Parked postbacks to replay; given values replace their own. */
export type ReplayPostbacksInput = {
  /** Which. */
  filter: ReplayPostbacksFilterInput;
  /** Status: `pending`, `sale`, `rebill`, `declined`, `rejected`, `refunded`, or another known word. */
  status?: string | null | undefined;
  /** Our revenue from each, or the refunded amount. */
  revenue?: string | null | undefined;
};

/** Which dead postbacks to sources to send again: named by their ids, or found by the other members. At least one is given. */
export type ResendSourcePostbacksFilterInput = {
  /** These postbacks, at most 1,000. */
  ids?: Array<string> | null | undefined;
  /** Those of this source. */
  source?: string | null | undefined;
  /** Those that tell of this event. */
  event?: SourcePostbackEvent | null | undefined;
  /** Those of an event at this time or later. */
  from?: string | null | undefined;
  /** Those of an event before this time. */
  before?: string | null | undefined;
};

/** Dead postbacks to sources to send again. */
export type ResendSourcePostbacksInput = {
  /** Which. */
  filter: ResendSourcePostbacksFilterInput;
  /** Reason, kept with the change of each. */
  note?: string | null | undefined;
};

/** A rollout to resume. */
export type ResumeRolloutInput = {
  /** Name of the rollout. */
  name: string;
  /** Revision that it must have; omitted: any. */
  revision?: number | null | undefined;
  /** Reason, kept with the change. */
  reason?: string | null | undefined;
};

/** What is decided about a return. */
export type ReturnDecision =
  /** The money goes back. */
  | 'ACCEPT'
  /** The money does not go back. */
  | 'DENY'
  /** The money of an accepted return counts again. */
  | 'REVERSE';

/** A filter for returns; omitted members do not restrict. */
export type ReturnFilterInput = {
  /** Only returns of this destination. */
  destination?: string | null | undefined;
  /** Only returns in this state. */
  state?: ReturnState | null | undefined;
};

/** Kind of a return. */
export type ReturnKind =
  /** Within the terms on which the lead was sold. */
  | 'RETURN'
  /** Money taken back without asking, also after the window. */
  | 'CHARGEBACK';

/** A lead to give back. */
export type ReturnLeadInput = {
  /** Click id of the delivery, as the destination received it; this or `deliveryId`. */
  clickId?: string | null | undefined;
  /** Id of the delivery. */
  deliveryId?: string | null | undefined;
  /** Reason: one of the settings of the destination, if these list any. */
  reason: string;
  /** Idempotency key: requests with the same key are one return. */
  idempotencyKey: string;
  /** Kind; a chargeback needs the right to operate. */
  kind?: ReturnKind;
};

/** The way on which a return came. */
export type ReturnOrigin =
  /** `returnLead` with the token of the destination. */
  | 'TOKEN'
  /** A postback. */
  | 'POSTBACK'
  /** `returnLead` with a token of no destination in particular. */
  | 'OPERATOR';

/** State of a return. */
export type ReturnState =
  /** It awaits a decision. */
  | 'REQUESTED'
  /** The money went back. */
  | 'ACCEPTED'
  /** The money did not go back. */
  | 'DENIED'
  /** The money went back, and counts again. */
  | 'REVERSED';

/** A lead whose personal data is to be shown. */
export type RevealLeadInput = {
  /** Id of the lead. */
  id: string;
};

/** A token to revoke. */
export type RevokeTokenInput = {
  /** Id. */
  id: string;
};

/** What a token may do. */
export type Right =
  /** Submit leads, and read its own. */
  | 'SEND_LEADS'
  /** Report conversions. */
  | 'REPORT'
  /** Read everything but personal data, and run what-if explanations and simulations. */
  | 'READ'
  /** Read the personal data of leads. */
  | 'READ_PERSONAL'
  /**
   * Pause and resume destinations, stop flows and sources, release held deliveries, pause experiments, and apply parked
   * postbacks.
   */
  | 'OPERATE'
  /** Change schemas, destinations and flows. */
  | 'EDIT'
  /** Create and revoke tokens, erase persons, and say how long personal data is kept. */
  | 'ADMINISTER';

/** Permissions of a token. */
export type Role =
  /** All permissions, including tokens. */
  | 'ADMIN'
  /** Reads everything and changes schemas, destinations and flows. */
  | 'EDITOR'
  /** Reads everything but personal data, pauses destinations and experiments, and applies parked postbacks. */
  | 'OPERATOR'
  /** Reads everything and runs what-if explanations and simulations. */
  | 'ANALYST'
  /** Submits leads and reads its own. */
  | 'SOURCE'
  /** Reports conversions by postback. */
  | 'POSTBACK';

/** A rollout to take back. */
export type RollBackRolloutInput = {
  /** Name of the rollout. */
  name: string;
  /** Revision that it must have; omitted: any. */
  revision?: number | null | undefined;
  /** Reason, kept with the change. */
  reason?: string | null | undefined;
};

/** A stage to roll back. */
export type RollBackStageInput = {
  /** Name of the flow. */
  flow: string;
  /** Name of the stage. */
  stage: string;
  /** Expected current state of the stage; omitted: any. */
  expected?: ExpectedStageInput | null | undefined;
};

/** How a version takes part at a step. */
export type RolloutExposureInput =
  {   /** It decides leads without sending anything; `true`. */
  shadow: boolean; sharePpm?: never; }
  |  { shadow?: never;   /** It takes this share of leads, 1 to 999,999 parts per million. Each step takes a larger one. */
  sharePpm: number; };

/** Condition for the next step. */
export type RolloutGateInput = {
  /** Leads of the version that have to count since the step began. */
  minLeads?: number;
  /** Hours that the step has to last, 0 to 2,160. */
  minHours?: number;
  /** Require that the readout advises to ship the version. */
  requiresShip?: boolean;
  /** Name of another experiment that has to be concluded with another arm than its first one. */
  requiresExperiment?: string | null | undefined;
};

/** State of a rollout. */
export type RolloutState =
  /** Its steps go on. */
  | 'RUNNING'
  /** All leads go to the live version; the rollout stays at its step. */
  | 'PAUSED'
  /** Its version is live. */
  | 'LIVE'
  /** Its version was taken back. */
  | 'ROLLED_BACK';

/** A step of a rollout. */
export type RolloutStepInput = {
  /** How the version takes part. */
  exposure: RolloutExposureInput;
  /** Condition for the next step; of the last one, for making the version live. */
  gate: RolloutGateInput;
};

/** A draft to save. */
export type SaveFlowDraftInput = {
  /** The flow document; it contains the name of the flow. */
  document: FlowDocument;
  /** Expected current revision; 0: there must be no draft; omitted: any. */
  expectedRevision?: number | null | undefined;
};

/** A test lead for one destination. */
export type SendTestLeadInput = {
  /** Name or id of the destination. */
  destination: string;
  /** Name of the live flow whose schema and currency the lead has. */
  flow: string;
  /** Lead fields by name, as the schema of the vertical declares them. */
  fields: Record<string, unknown>;
  /** Source of the lead. */
  source?: string;
  /** First sub id (placement) of the source. */
  subId1?: string | null | undefined;
  /** Target to try instead of the stored one. Nothing of it is stored. */
  target?: Record<string, unknown> | null | undefined;
};

/** A key of an arm to set. */
export type SetArmKeyEdit = {
  /** Name of the split or bandit. */
  node: string;
  /** Name of the arm. */
  arm: string;
  /** The key, 1 to 64 bytes; omitted: the name of the arm. */
  key?: string | null | undefined;
};

/** Floor and ceiling of an arm of a bandit to set; both are replaced. */
export type SetArmLimitsEdit = {
  /** Name of the bandit node. */
  node: string;
  /** Name of the arm. */
  arm: string;
  /** Least part of the leads that it draws, in parts per million; omitted: its part of the exploration. */
  floorPpm?: number | null | undefined;
  /** Largest part of the leads that it draws, in parts per million; omitted: all. */
  ceilingPpm?: number | null | undefined;
};

/** Values of one case of a switch to set; they replace the old ones. */
export type SetCaseEdit = {
  /** Name of the switch. */
  node: string;
  /** Position of the case, from 0. */
  case: number;
  /** Its values. */
  values: Array<string | number | boolean>;
};

/** A destination to pause or to resume. */
export type SetDestinationActiveInput = {
  /** Name or id of the destination. */
  name: string;
  /** Whether it may receive leads. */
  isActive: boolean;
  /** Expected current revision; omitted: any. */
  expectedRevision?: number | null | undefined;
  /** Why, at most 2,000 characters; it is kept with the change. */
  reason?: string | null | undefined;
};

/** Another share of leads for the candidate of an experiment. */
export type SetExperimentShareInput = {
  /** Name or id of the experiment. */
  name: string;
  /** Share of leads, 1 to 999,999 parts per million. */
  sharePpm: number;
  /** Revision that it must have; omitted: any. */
  revision?: number | null | undefined;
  /** Reason, kept with the change. */
  note?: string | null | undefined;
};

/** An exploration share of a bandit to set. */
export type SetExploreEdit = {
  /** Name of the bandit node. */
  node: string;
  /** Exploration share of all draws together, in parts per million. */
  explorePpm: number;
};

/** A flow to stop or to start again. */
export type SetFlowStoppedInput = {
  /** Name of the flow. */
  flow: string;
  /** Whether it is to take no leads. */
  isStopped: boolean;
  /** Why, at most 2,000 characters; it is kept with the change. */
  reason?: string | null | undefined;
};

/** Settings of the learning of a bandit; all of them are replaced. */
export type SetLearningEdit = {
  /** Name of the bandit node. */
  node: string;
  /** The settings; what is omitted is as usual from then on. */
  learning: LearningSettingsInput;
};

/** An objective of a bandit to set. */
export type SetObjectiveEdit = {
  /** Name of the bandit node. */
  node: string;
  /** The objective. */
  maximize: Objective;
};

/** Points of one entry of a scorecard to set. */
export type SetPointsEdit = {
  /** Name of the scorecard. */
  node: string;
  /** Position of the entry, from 0. */
  entry: number;
  /** Its points. */
  points: number;
};

/** A child node of a port to set. */
export type SetPortEdit = {
  /** Name of the node. */
  node: string;
  /** The port, such as `then`, `otherwise`, `arms[0].to`, `rows[3].to` or `to[2]`. */
  port: string;
  /** Name of the child node. */
  to: string;
};

/** A predicate to set. */
export type SetPredicateEdit = {
  /** Name of the `when` or scorecard. */
  node: string;
  /** Position of the entry in a scorecard, from 0; omitted for a `when`. */
  entry?: number | null | undefined;
  /** The predicate, as CEL text. */
  cel: string;
};

/** A rule of retention. */
export type SetRetentionInput = {
  /** Name of the vertical. */
  vertical: string;
  /** Days after which personal values of a lead are removed, 1 to 3650; omitted: they are kept as long as the lead. */
  days?: number | null | undefined;
};

/** A salt to set. */
export type SetSaltEdit = {
  /** Name of the split or bandit. */
  node: string;
  /** The salt, 1 to 200 bytes; omitted: the names of the flow and the node, as in `auto-insurance/premium`. */
  salt?: string | null | undefined;
};

/** Whether a source may send leads. */
export type SetSourceActiveInput = {
  /** Name or id of a source that has a document. */
  name: string;
  /** Whether its leads are taken. */
  isActive: boolean;
  /** Expected current revision; omitted: any. */
  expectedRevision?: number | null | undefined;
  /** Why, at most 2,000 characters; it is kept with the change. */
  reason?: string | null | undefined;
};

/** A row to replace. */
export type SetTableRowEdit = {
  /** Name of the table. */
  node: string;
  /** Position of the row, from 0. */
  row: number;
  /** One cell for each column. */
  cells: Array<unknown>;
  /** An additional predicate of the row, as CEL text; omitted: none. */
  if?: string | null | undefined;
  /** Name of the child node. */
  to: string;
};

/** Targets of an arm of a rotation to set; both are replaced. */
export type SetTargetsEdit = {
  /** Name of the rotation. */
  node: string;
  /** Name of the arm. */
  arm: string;
  /** Target of leads a day; omitted: none. */
  daily?: number | null | undefined;
  /** Target of leads a month; omitted: none. */
  monthly?: number | null | undefined;
};

/** Weights of arms of a split to set. */
export type SetWeightsEdit = {
  /** Name of the split. */
  node: string;
  /** New weights; the other arms share the rest in proportion to their weights. */
  weights: Array<ArmWeightInput>;
};

/** Kind of a change of settings. */
export type SettingsChangeKind =
  /** A lead schema was created or replaced. */
  | 'LEAD_SCHEMA_PUT'
  /** A destination was created or replaced. */
  | 'DESTINATION_PUT'
  /** The document of a source was created or replaced. */
  | 'SOURCE_PUT'
  /** A version of a named list was put. */
  | 'LIST_PUT'
  /** The draft of a flow was saved or edited. */
  | 'FLOW_DRAFT_SAVED'
  /** A version of a flow was published. The first one may have become live with it. */
  | 'FLOW_VERSION_PUBLISHED'
  /** A stage was pointed to another version. */
  | 'STAGE_MOVED'
  /** A flow was stopped, or takes leads again. */
  | 'FLOW_STOPPED'
  /** An experiment was created. */
  | 'EXPERIMENT_CREATED'
  /** An experiment was started or paused, or its share was set. */
  | 'EXPERIMENT_MOVED'
  /** An experiment was concluded. Its version may have become live with it. */
  | 'EXPERIMENT_CONCLUDED'
  /** A version was set to decide leads without sending anything. */
  | 'SHADOW_SET'
  /** The shadow of a flow was cleared. */
  | 'SHADOW_CLEARED'
  /** The rollout of a version was started. Its version may take leads with it. */
  | 'ROLLOUT_STARTED'
  /** A rollout went on, was paused or resumed, or was rolled back. Its version may have become live with it. */
  | 'ROLLOUT_MOVED'
  /** Persons were to be erased. */
  | 'PERSON_ERASED'
  /** The suppression list was changed. */
  | 'SUPPRESSION_CHANGED'
  /** The retention of a vertical was set. */
  | 'RETENTION_SET'
  /** A delivery whose answer was unknown was released. The object is the id of the delivery. */
  | 'DELIVERY_RELEASED'
  /** A postback to the tracker of a source was sent again. The object is the id of the postback. */
  | 'SOURCE_POSTBACK_RESENT'
  /** An operation on many deliveries or postbacks was started. The object is the id of the job. */
  | 'BULK_JOB_STARTED'
  /** An operation on many deliveries or postbacks was cancelled. The object is the id of the job. */
  | 'BULK_JOB_CANCELLED'
  /** A token was created. */
  | 'TOKEN_CREATED'
  /** A token was revoked. */
  | 'TOKEN_REVOKED'
  /** The session of a browser was ended. The object is the id of the session. */
  | 'SESSION_ENDED';

/** Severity of a finding. */
export type Severity =
  /** The flow cannot run. */
  | 'ERROR'
  /** The flow can run, but probably not as intended. */
  | 'WARNING';

/** State of a simulation. */
export type SimulationState =
  /** Queued. */
  | 'PENDING'
  /** Running. */
  | 'RUNNING'
  /** Finished with a report. */
  | 'DONE'
  /** Failed with an error. */
  | 'FAILED'
  /** Cancelled by a user. */
  | 'CANCELLED';

/** Which number of the candidate takes which values, evenly spaced. */
export type SimulationSweepInput = {
  /**
   * Node and number in it: `graded.if`, `both.if#2` for the second number of a predicate, `market.reserve`,
   * `either.arms[0].weight_ppm`, `grid.rows[2].cells[0].from`.
   */
  parameter: string;
  /** Smallest value, as it would stand in the flow: plain digits such as `40` or `12.50`. */
  from: string;
  /** Largest value. */
  to: string;
  /** Number of values, 2 to 101; each costs as much as a replay. Values that round to the same number count once. */
  points?: number;
};

/** Event that a postback to a source tells of. */
export type SourcePostbackEvent =
  /** The lead was sold. */
  | 'SOLD'
  /** Its walk ended without a sale. */
  | 'REJECTED'
  /** A destination reported a sale. */
  | 'SALE'
  /** A reported sale was taken back. */
  | 'SALE_CANCELLED'
  /** Everything that it had earned was taken back. */
  | 'RETURNED'
  /** The payout of its source for it changed. */
  | 'PAYOUT';

/** Arms of a split to compare. */
export type SplitSubjectInput = {
  /** Name of the split in the live version. */
  node: string;
  /** 2 to 10 arms; the others are compared with the first. */
  arms: Array<string>;
};

/** A bulk job to start, or to look at before. */
export type StartBulkJobInput = {
  /** The operation, with the items that it is done to. Items that come later are not among them. */
  action: BulkActionInput;
  /** Whether to answer with the number of items and some of them, and to do nothing. */
  dryRun?: boolean;
  /** Most items, 1 to 100,000: the newest of those that the filter finds. */
  maxCount?: number;
  /** Items that are begun in a second, 1 to 1,000, at most. An item waits for the one before it, so that it may be fewer. */
  rate?: number;
};

/** An experiment to start or to resume. */
export type StartExperimentInput = {
  /** Name or id of the experiment. */
  name: string;
  /** Revision that it must have; omitted: any. */
  revision?: number | null | undefined;
  /** Reason, kept with the change. */
  note?: string | null | undefined;
};

/** A version to roll out. */
export type StartRolloutInput = {
  /** Name; also that of the experiment that watches the version. */
  name: string;
  /** Name of the flow. */
  flow: string;
  /** Hash or id of the version. */
  version: string;
  /** 1 to 12 steps in their order. Only the first one may be a shadow. */
  steps: Array<RolloutStepInput>;
  /** Whether it goes on by itself where a gate is open. It is always taken back by itself. */
  isAutomatic?: boolean;
  /** What you expect, and why. */
  hypothesis?: string;
  /** Metric that decides. */
  primary: ExperimentMetric;
  /** Smallest change of it that matters, as a share of the live version's value, 1,000 to 1,000,000 parts per million. */
  smallestEffectPpm?: number;
  /** Limits to the harm that the version may do, at least one. A broken one takes the version back. */
  guardrails: Array<GuardrailInput>;
  /** Metrics that are shown and decide nothing. */
  secondary?: Array<ExperimentMetric>;
  /** Up to 4 lead fields that differences are adjusted by (CUPED): integers, decimals or booleans that are not personal. */
  covariates?: Array<string>;
  /** Leads that are on their way for longer are slow, 1 to 86,400,000 milliseconds. */
  slowMs?: number;
  /**
   * Lead field that keeps people with the version that they were given, such as an e-mail address; without it, and for leads
   * without a value, each lead is chosen by itself.
   */
  sticky?: string | null | undefined;
  /** Attribution window in hours, 0 to 2,160; with 0, only prices of acceptances count. */
  windowHours?: number;
  /** Confidence of the intervals, 800,000 to 999,000 parts per million. */
  confidencePpm?: number;
  /** Reason, kept with the start. */
  reason?: string | null | undefined;
};

/** A simulation to start. */
export type StartSimulationInput = {
  /** The scenario. */
  scenario: ReplayScenario;
  /** One number of the candidate, and the values that it takes one after the other. Errors in it are at `sweep`. */
  sweep?: SimulationSweepInput | null | undefined;
};

/** Whose accounts statements are of. */
export type StatementParty =
  /** Destinations: what they owe us. */
  | 'DESTINATION'
  /** Sources: what their leads brought. */
  | 'SOURCE';

/** Kind of step of a walk. */
export type StepKind =
  /** Destinations are pinged for bids. */
  | 'PING'
  /** The lead is offered to a destination. */
  | 'OFFER'
  /** The walk ends. */
  | 'DONE';

/** How money of a stream comes. */
export type StreamKind =
  /** With the answer. */
  | 'AT_ONCE'
  /** With the first conversion. */
  | 'SALE'
  /** With a further conversion of a lead that is sold already. */
  | 'REBILL'
  /** Taken back. */
  | 'RETURN';

/** Where money of a stream comes from. */
export type StreamPlace =
  /** The arm's own destinations. */
  | 'OWN'
  /** Offers after the arm's own had refused the lead. */
  | 'REFUSED'
  /** Offers after one of the arm's own had taken the lead, which was sold again. */
  | 'SHARED';

/** A lead to submit. */
export type SubmitLeadInput = {
  /** Name of the flow that routes the lead. */
  flow: string;
  /** Lead fields by name, as the schema of the vertical declares them. */
  fields: Record<string, unknown>;
  /** Source of the lead; required unless the token is bound to a source. */
  source?: string | null | undefined;
  /** First sub id (placement) of the source. */
  subId1?: string | null | undefined;
  /** Second sub id of the source. */
  subId2?: string | null | undefined;
  /** Third sub id of the source. */
  subId3?: string | null | undefined;
  /** Fourth sub id of the source. */
  subId4?: string | null | undefined;
  /** Fifth sub id of the source. */
  subId5?: string | null | undefined;
  /** Idempotency key of the request: requests with the same key are one lead. */
  idempotencyKey?: string | null | undefined;
  /** Whether it is a test lead: routed like any other, but not learned from. */
  isTest?: boolean;
  /** When the mutation answers. */
  mode?: LeadMode;
  /** Time limit for all offers together in milliseconds, 100 to 60000; default 30000. */
  deadlineMs?: number | null | undefined;
};

/** What the digests of a list are of. */
export type SuppressionKind =
  /** E-mail addresses, trimmed and in lower case. */
  | 'EMAIL'
  /** Telephone numbers in E.164, with the plus. */
  | 'PHONE';

/** A payload to try. */
export type TryPayloadInput = {
  /** Name or id of the source. */
  source: string;
  /** Document to read it by; omitted: the document that is in force. */
  document?: SourceDocument | null | undefined;
  /** The payload, exactly as the source sends it. */
  payload: string;
  /** Content type of the payload; a form in an address is `application/x-www-form-urlencoded`. */
  contentType?: string;
};

/** Outcome of an attempt without a readable answer. */
export type UnknownOutcome =
  /** An answer came that could not be read, or the connection broke. */
  | 'UNKNOWN'
  /** The deadline of the lead passed before the answer. */
  | 'CUT_OFF'
  /** The server stopped before the answer. */
  | 'INTERRUPTED';

/** A day of the week. */
export type Weekday =
  /** Monday. */
  | 'MON'
  /** Tuesday. */
  | 'TUE'
  /** Wednesday. */
  | 'WED'
  /** Thursday. */
  | 'THU'
  /** Friday. */
  | 'FRI'
  /** Saturday. */
  | 'SAT'
  /** Sunday. */
  | 'SUN';

/** The answer that every destination gives to a what-if lead. */
export type WhatIfAnswer =
  /** Every destination accepts. */
  | 'ACCEPTED'
  /** Every destination rejects, so all eligible destinations are tried. */
  | 'REJECTED';

/** The assumed bid of a destination. */
export type WhatIfBidInput = {
  /** Name of the destination. */
  destination: string;
  /** Amount of the bid. */
  bid: string;
};

export type BanditsQueryVariables = Exact<{
  flow: string;
}>;


export type BanditsQuery = { flow: { name: string, stage: { version: { hash: string, number: number, document: FlowDocument } | null } | null } | null, banditWeights: Array<{ node: string, segment: string, finding: string | null }> };

export type AllocationOverTimeQueryVariables = Exact<{
  flow: string;
  node: string;
  segment?: string | null | undefined;
  from: string;
}>;


export type AllocationOverTimeQuery = { allocationOverTime: { from: string, until: string, currency: string | null, isThinned: boolean, times: Array<string>, asOf: Array<string>, epochs: Array<string>, isOwn: Array<boolean>, explorationCost: Array<number | null>, arms: Array<{ name: string, weightPpm: Array<number | null>, trials: Array<number | null>, meanValue: Array<number | null>, p5: Array<number | null>, p50: Array<number | null>, p95: Array<number | null>, bestProbability: Array<number | null>, waitingShare: Array<number | null>, streams: Array<{ place: StreamPlace, kind: StreamKind, events: Array<number | null>, meanValue: Array<number | null>, p5: Array<number | null>, p50: Array<number | null>, p95: Array<number | null>, delayDays: Array<number | null>, waitingShare: Array<number | null> }> }> } };

export type AllocationPublishedSubscriptionVariables = Exact<{
  flow: string;
  node: string;
  segment?: string | null | undefined;
}>;


export type AllocationPublishedSubscription = { allocationPublished: { epoch: string, at: string } };

export type StartBulkJobMutationVariables = Exact<{
  input: StartBulkJobInput;
}>;


export type StartBulkJobMutation = { startBulkJob: { bulkJob: { id: string } | null, preview: { count: number, isMore: boolean, wouldDo: number, sample: Array<
        | { __typename: 'Delivery', id: string, destination: string, createdAt: string }
        | { __typename: 'ParkedPostback', id: string, clickId: string | null, receivedAt: string }
        | { __typename: 'SourcePostback', id: string, source: string, event: SourcePostbackEvent, at: string }
      > } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type CancelBulkJobMutationVariables = Exact<{
  input: CancelBulkJobInput;
}>;


export type CancelBulkJobMutation = { cancelBulkJob: { bulkJob: { id: string, state: BulkJobState } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type BulkJobRowFragment = { id: string, operation: BulkOperation, state: BulkJobState, by: string, total: number, done: number, succeeded: number, skipped: number, failed: number, createdAt: string, finishedAt: string | null };

export type BulkJobsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type BulkJobsQuery = { bulkJobs: { nodes: Array<{ id: string, operation: BulkOperation, state: BulkJobState, by: string, total: number, done: number, succeeded: number, skipped: number, failed: number, createdAt: string, finishedAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } }, sources: { nodes: Array<{ name: string }> } };

export type BulkJobQueryVariables = Exact<{
  id: string;
}>;


export type BulkJobQuery = { bulkJob: { rate: number, maxCount: number, action: unknown, updatedAt: string, id: string, operation: BulkOperation, state: BulkJobState, by: string, total: number, done: number, succeeded: number, skipped: number, failed: number, createdAt: string, finishedAt: string | null, outcomes: Array<{ result: BulkResult, code: string, message: string, count: number, items: Array<
        | { __typename: 'Delivery', id: string, lead: { id: string } | null }
        | { __typename: 'ParkedPostback', id: string }
        | { __typename: 'SourcePostback', id: string, lead: { id: string } | null }
      > }> } | null };

export type CapsQueryVariables = Exact<{ [key: string]: never; }>;


export type CapsQuery = { destinations: { nodes: Array<{ name: string, isActive: boolean, availability: { isAvailable: boolean, unavailable: Array<
          | { __typename: 'InactiveDestination' }
          | { __typename: 'ClosedSchedule', zone: string, opensAt: string | null }
          | { __typename: 'OpenBreaker', failures: number, isProbing: boolean, breakerUntil: string }
          | { __typename: 'FullCap', name: string | null, kind: CapKind, max: number, used: number, window: CapWindow, zone: string, capUntil: string | null }
        >, caps: Array<{ name: string | null, kind: CapKind, max: number, allowed: number, used: number, maxRevenue: string | null, usedRevenue: string | null, beyond: number, reachedPercent: number | null, window: CapWindow, zone: string, until: string | null, group: string | null, sources: Array<string>, source: string | null, isSoft: boolean }> } }>, pageInfo: { hasNextPage: boolean } } };

export type DestinationCapsQueryVariables = Exact<{
  name: string;
}>;


export type DestinationCapsQuery = { destination: { name: string, isActive: boolean, revision: number, updatedAt: string, settings: unknown, target: Record<string, unknown>, availability: { isAvailable: boolean, unavailable: Array<
        | { __typename: 'InactiveDestination' }
        | { __typename: 'ClosedSchedule', zone: string, opensAt: string | null }
        | { __typename: 'OpenBreaker', failures: number, isProbing: boolean, breakerUntil: string }
        | { __typename: 'FullCap', name: string | null, kind: CapKind, max: number, used: number, window: CapWindow, zone: string, capUntil: string | null }
      >, caps: Array<{ name: string | null, kind: CapKind, max: number, allowed: number, used: number, maxRevenue: string | null, usedRevenue: string | null, beyond: number, reachedPercent: number | null, window: CapWindow, zone: string, until: string | null, group: string | null, sources: Array<string>, source: string | null, isSoft: boolean }> } } | null };

export type PutCapsMutationVariables = Exact<{
  input: PutDestinationInput;
}>;


export type PutCapsMutation = { putDestination: { destination: { revision: number, settings: unknown } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type CapCostQueryVariables = Exact<{
  filter: LeadFilterInput;
  first: number;
  after?: string | null | undefined;
}>;


export type CapCostQuery = { leads: { nodes: Array<{ id: string, status: LeadStatus, revenue: string, flow: string, deliveries: Array<{ destination: string, state: DeliveryState }>, decision: { explanation: { steps: Array<{ candidates: Array<{ destination: string, outcome: CandidateOutcome }> }> } | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ChangesQueryVariables = Exact<{
  filter: ChangeFilterInput;
  first: number;
  after?: string | null | undefined;
}>;


export type ChangesQuery = { changes: { nodes: Array<{ number: string, at: string, by: string, kind: SettingsChangeKind, object: string, note: string | null, differences: Array<{ path: string, message: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ChangeSettingsQueryVariables = Exact<{
  filter: ChangeFilterInput;
}>;


export type ChangeSettingsQuery = { changes: { nodes: Array<{ number: string, before: unknown, after: unknown }> } };

export type DestinationSettingsQueryVariables = Exact<{
  name: string;
}>;


export type DestinationSettingsQuery = { destination: { name: string, isActive: boolean, revision: number, updatedAt: string, settings: unknown, target: Record<string, unknown> } | null };

export type PutDestinationMutationVariables = Exact<{
  input: PutDestinationInput;
}>;


export type PutDestinationMutation = { putDestination: { destination: { name: string, revision: number, settings: unknown, target: Record<string, unknown> } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type NewDestinationQueryVariables = Exact<{ [key: string]: never; }>;


export type NewDestinationQuery = { leadSchemas: { nodes: Array<{ vertical: string }> } };

export type DestinationsQueryVariables = Exact<{
  offers: DeliveryFilterInput;
}>;


export type DestinationsQuery = { destinations: { nodes: Array<{ name: string, isActive: boolean, price: string | null, pays: Pays, availability: { isAvailable: boolean, unavailable: Array<
          | { __typename: 'InactiveDestination' }
          | { __typename: 'ClosedSchedule', zone: string, opensAt: string | null }
          | { __typename: 'OpenBreaker', failures: number, isProbing: boolean, breakerUntil: string }
          | { __typename: 'FullCap', name: string | null, kind: CapKind, max: number, used: number, window: CapWindow, zone: string, capUntil: string | null }
        >, caps: Array<{ name: string | null, kind: CapKind, max: number, allowed: number, used: number, maxRevenue: string | null, usedRevenue: string | null, beyond: number, reachedPercent: number | null, window: CapWindow, zone: string, until: string | null, group: string | null, sources: Array<string>, source: string | null, isSoft: boolean }> } }>, pageInfo: { hasNextPage: boolean } }, deliveryCounts: Array<{ destination: string, state: DeliveryState, deliveries: number, price: string }> };

export type DestinationQueryVariables = Exact<{
  name: string;
  offers: DeliveryFilterInput;
}>;


export type DestinationQuery = { destination: { name: string, isActive: boolean, price: string | null, pays: Pays, criteria: string | null, onUnknown: OnUnknown, revision: number, createdAt: string, updatedAt: string, target: Record<string, unknown>, schedule: { zone: string, holidays: Array<string>, open: Array<{ days: Array<Weekday>, from: string, to: string }> } | null, availability: { isAvailable: boolean, unavailable: Array<
        | { __typename: 'InactiveDestination' }
        | { __typename: 'ClosedSchedule', zone: string, opensAt: string | null }
        | { __typename: 'OpenBreaker', failures: number, isProbing: boolean, breakerUntil: string }
        | { __typename: 'FullCap', name: string | null, kind: CapKind, max: number, used: number, window: CapWindow, zone: string, capUntil: string | null }
      >, caps: Array<{ name: string | null, kind: CapKind, max: number, allowed: number, used: number, maxRevenue: string | null, usedRevenue: string | null, beyond: number, reachedPercent: number | null, window: CapWindow, zone: string, until: string | null, group: string | null, sources: Array<string>, source: string | null, isSoft: boolean }> } } | null, deliveryCounts: Array<{ destination: string, state: DeliveryState, deliveries: number, price: string }>, deliveries: { nodes: Array<{ id: string, destination: string, state: DeliveryState, price: string | null, reason: string | null, finding: string | null, createdAt: string, settledAt: string | null, lead: { id: string, flow: string, isTest: boolean } | null }> } };

export type DeliveriesQueryVariables = Exact<{
  filter: DeliveryFilterInput;
  first: number;
  after?: string | null | undefined;
}>;


export type DeliveriesQuery = { deliveries: { nodes: Array<{ id: string, destination: string, state: DeliveryState, price: string | null, reason: string | null, finding: string | null, createdAt: string, settledAt: string | null, lead: { id: string, flow: string, isTest: boolean } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type DeliveryRowFragment = { id: string, destination: string, state: DeliveryState, price: string | null, reason: string | null, finding: string | null, createdAt: string, settledAt: string | null, lead: { id: string, flow: string, isTest: boolean } | null };

export type AvailabilityFragment = { isAvailable: boolean, unavailable: Array<
    | { __typename: 'InactiveDestination' }
    | { __typename: 'ClosedSchedule', zone: string, opensAt: string | null }
    | { __typename: 'OpenBreaker', failures: number, isProbing: boolean, breakerUntil: string }
    | { __typename: 'FullCap', name: string | null, kind: CapKind, max: number, used: number, window: CapWindow, zone: string, capUntil: string | null }
  >, caps: Array<{ name: string | null, kind: CapKind, max: number, allowed: number, used: number, maxRevenue: string | null, usedRevenue: string | null, beyond: number, reachedPercent: number | null, window: CapWindow, zone: string, until: string | null, group: string | null, sources: Array<string>, source: string | null, isSoft: boolean }> };

export type SetDestinationActiveMutationVariables = Exact<{
  input: SetDestinationActiveInput;
}>;


export type SetDestinationActiveMutation = { setDestinationActive: { destination: { name: string, isActive: boolean } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type DestinationStatesQueryVariables = Exact<{ [key: string]: never; }>;


export type DestinationStatesQuery = { destinations: { nodes: Array<{ name: string, isActive: boolean, availability: { isAvailable: boolean } }> } };

export type EffectFragment = { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null };

export type ExperimentsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ExperimentsQuery = { experiments: { nodes: Array<{ name: string, flow: string, state: ExperimentState, node: string | null, arms: Array<string>, sharePpm: number, primary: ExperimentMetric, smallestEffectPpm: number, createdAt: string, startedAt: string | null, concludedAt: string | null, candidate: { number: number } | null, conclusion: { decision: ExperimentDecision, arm: string | null } | null, readout: { advice: { action: ExperimentAction, arm: string | null, sentence: string }, arms: Array<{ name: string, leads: number, waiting: number, measures: Array<{ metric: ExperimentMetric, value: number | null }> }>, comparisons: Array<{ arm: string, metric: ExperimentMetric, role: ComparisonRole, verdict: ComparisonVerdict, whyNot: string | null, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } | null }> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ReadoutFragment = { asOf: string, notes: Array<string>, advice: { action: ExperimentAction, arm: string | null, sentence: string, daysMore: number | null }, split: { pValue: number | null, isBroken: boolean, nWeights: number }, arms: Array<{ name: string, leads: number, units: number, waiting: number, notComparable: number, crossed: number, measures: Array<{ metric: ExperimentMetric, value: number | null, standardError: number | null }> }>, comparisons: Array<{ arm: string, metric: ExperimentMetric, role: ComparisonRole, verdict: ComparisonVerdict, whyNot: string | null, whyNotAdjusted: string | null, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } | null, adjusted: { varianceRemoved: number, covariates: Array<string>, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } } | null }> };

export type OneExperimentFragment = { name: string, flow: string, revision: number, state: ExperimentState, hypothesis: string, node: string | null, arms: Array<string>, sharePpm: number, primary: ExperimentMetric, smallestEffectPpm: number, secondary: Array<ExperimentMetric>, covariates: Array<string>, sticky: string | null, windowHours: number, confidencePpm: number, createdAt: string, createdBy: string, startedAt: string | null, concludedAt: string | null, candidate: { hash: string, number: number, message: string } | null, guardrails: Array<{ metric: ExperimentMetric, worstPpm: number }>, layer: { name: string, sharePpm: number } | null, readout: { asOf: string, notes: Array<string>, advice: { action: ExperimentAction, arm: string | null, sentence: string, daysMore: number | null }, split: { pValue: number | null, isBroken: boolean, nWeights: number }, arms: Array<{ name: string, leads: number, units: number, waiting: number, notComparable: number, crossed: number, measures: Array<{ metric: ExperimentMetric, value: number | null, standardError: number | null }> }>, comparisons: Array<{ arm: string, metric: ExperimentMetric, role: ComparisonRole, verdict: ComparisonVerdict, whyNot: string | null, whyNotAdjusted: string | null, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } | null, adjusted: { varianceRemoved: number, covariates: Array<string>, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } } | null }> }, changes: Array<{ at: string, by: string, state: ExperimentState, sharePpm: number, note: string | null }>, conclusion: { decision: ExperimentDecision, arm: string | null, reason: string, by: string, at: string, promotedVersionHash: string | null } | null };

export type ExperimentQueryVariables = Exact<{
  name: string;
}>;


export type ExperimentQuery = { experiment: { name: string, flow: string, revision: number, state: ExperimentState, hypothesis: string, node: string | null, arms: Array<string>, sharePpm: number, primary: ExperimentMetric, smallestEffectPpm: number, secondary: Array<ExperimentMetric>, covariates: Array<string>, sticky: string | null, windowHours: number, confidencePpm: number, createdAt: string, createdBy: string, startedAt: string | null, concludedAt: string | null, candidate: { hash: string, number: number, message: string } | null, guardrails: Array<{ metric: ExperimentMetric, worstPpm: number }>, layer: { name: string, sharePpm: number } | null, readout: { asOf: string, notes: Array<string>, advice: { action: ExperimentAction, arm: string | null, sentence: string, daysMore: number | null }, split: { pValue: number | null, isBroken: boolean, nWeights: number }, arms: Array<{ name: string, leads: number, units: number, waiting: number, notComparable: number, crossed: number, measures: Array<{ metric: ExperimentMetric, value: number | null, standardError: number | null }> }>, comparisons: Array<{ arm: string, metric: ExperimentMetric, role: ComparisonRole, verdict: ComparisonVerdict, whyNot: string | null, whyNotAdjusted: string | null, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } | null, adjusted: { varianceRemoved: number, covariates: Array<string>, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } } | null }> }, changes: Array<{ at: string, by: string, state: ExperimentState, sharePpm: number, note: string | null }>, conclusion: { decision: ExperimentDecision, arm: string | null, reason: string, by: string, at: string, promotedVersionHash: string | null } | null } | null };

export type ExperimentFlowQueryVariables = Exact<{
  flow: string;
}>;


export type ExperimentFlowQuery = { flow: { name: string, stage: { version: { hash: string, number: number, document: FlowDocument } | null } | null } | null };

export type PromotedChangesQueryVariables = Exact<{
  from: string;
  to: string;
}>;


export type PromotedChangesQuery = { flowDiff: Array<{ node: string | null, part: string | null, kind: FlowChangeKind, message: string }> };

export type FlowVersionsFragment = { name: string, stage: { versionHash: string } | null, versions: { nodes: Array<{ hash: string, number: number, message: string }> } };

export type ComparisonFormQueryVariables = Exact<{ [key: string]: never; }>;


export type ComparisonFormQuery = { flows: { nodes: Array<{ isLive: boolean, name: string, stage: { versionHash: string, version: { number: number, currency: string, document: FlowDocument } | null } | null, versions: { nodes: Array<{ hash: string, number: number, message: string }> } }> } };

export type ExperimentSizeQueryVariables = Exact<{
  input: ExperimentSizeInput;
}>;


export type ExperimentSizeQuery = { experimentSize: { size: { mean: number, difference: number, leads: number, days: number, leadsForOneLook: number, daysForOneLook: number } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type CreateExperimentMutationVariables = Exact<{
  input: CreateExperimentInput;
}>;


export type CreateExperimentMutation = { createExperiment: { experiment: { name: string } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type ChangedExperimentFragment = { experiment: { name: string, flow: string, revision: number, state: ExperimentState, hypothesis: string, node: string | null, arms: Array<string>, sharePpm: number, primary: ExperimentMetric, smallestEffectPpm: number, secondary: Array<ExperimentMetric>, covariates: Array<string>, sticky: string | null, windowHours: number, confidencePpm: number, createdAt: string, createdBy: string, startedAt: string | null, concludedAt: string | null, candidate: { hash: string, number: number, message: string } | null, guardrails: Array<{ metric: ExperimentMetric, worstPpm: number }>, layer: { name: string, sharePpm: number } | null, readout: { asOf: string, notes: Array<string>, advice: { action: ExperimentAction, arm: string | null, sentence: string, daysMore: number | null }, split: { pValue: number | null, isBroken: boolean, nWeights: number }, arms: Array<{ name: string, leads: number, units: number, waiting: number, notComparable: number, crossed: number, measures: Array<{ metric: ExperimentMetric, value: number | null, standardError: number | null }> }>, comparisons: Array<{ arm: string, metric: ExperimentMetric, role: ComparisonRole, verdict: ComparisonVerdict, whyNot: string | null, whyNotAdjusted: string | null, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } | null, adjusted: { varianceRemoved: number, covariates: Array<string>, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } } | null }> }, changes: Array<{ at: string, by: string, state: ExperimentState, sharePpm: number, note: string | null }>, conclusion: { decision: ExperimentDecision, arm: string | null, reason: string, by: string, at: string, promotedVersionHash: string | null } | null } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> };

export type StartExperimentMutationVariables = Exact<{
  input: StartExperimentInput;
}>;


export type StartExperimentMutation = { startExperiment: { experiment: { name: string, flow: string, revision: number, state: ExperimentState, hypothesis: string, node: string | null, arms: Array<string>, sharePpm: number, primary: ExperimentMetric, smallestEffectPpm: number, secondary: Array<ExperimentMetric>, covariates: Array<string>, sticky: string | null, windowHours: number, confidencePpm: number, createdAt: string, createdBy: string, startedAt: string | null, concludedAt: string | null, candidate: { hash: string, number: number, message: string } | null, guardrails: Array<{ metric: ExperimentMetric, worstPpm: number }>, layer: { name: string, sharePpm: number } | null, readout: { asOf: string, notes: Array<string>, advice: { action: ExperimentAction, arm: string | null, sentence: string, daysMore: number | null }, split: { pValue: number | null, isBroken: boolean, nWeights: number }, arms: Array<{ name: string, leads: number, units: number, waiting: number, notComparable: number, crossed: number, measures: Array<{ metric: ExperimentMetric, value: number | null, standardError: number | null }> }>, comparisons: Array<{ arm: string, metric: ExperimentMetric, role: ComparisonRole, verdict: ComparisonVerdict, whyNot: string | null, whyNotAdjusted: string | null, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } | null, adjusted: { varianceRemoved: number, covariates: Array<string>, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } } | null }> }, changes: Array<{ at: string, by: string, state: ExperimentState, sharePpm: number, note: string | null }>, conclusion: { decision: ExperimentDecision, arm: string | null, reason: string, by: string, at: string, promotedVersionHash: string | null } | null } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type PauseExperimentMutationVariables = Exact<{
  input: PauseExperimentInput;
}>;


export type PauseExperimentMutation = { pauseExperiment: { experiment: { name: string, flow: string, revision: number, state: ExperimentState, hypothesis: string, node: string | null, arms: Array<string>, sharePpm: number, primary: ExperimentMetric, smallestEffectPpm: number, secondary: Array<ExperimentMetric>, covariates: Array<string>, sticky: string | null, windowHours: number, confidencePpm: number, createdAt: string, createdBy: string, startedAt: string | null, concludedAt: string | null, candidate: { hash: string, number: number, message: string } | null, guardrails: Array<{ metric: ExperimentMetric, worstPpm: number }>, layer: { name: string, sharePpm: number } | null, readout: { asOf: string, notes: Array<string>, advice: { action: ExperimentAction, arm: string | null, sentence: string, daysMore: number | null }, split: { pValue: number | null, isBroken: boolean, nWeights: number }, arms: Array<{ name: string, leads: number, units: number, waiting: number, notComparable: number, crossed: number, measures: Array<{ metric: ExperimentMetric, value: number | null, standardError: number | null }> }>, comparisons: Array<{ arm: string, metric: ExperimentMetric, role: ComparisonRole, verdict: ComparisonVerdict, whyNot: string | null, whyNotAdjusted: string | null, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } | null, adjusted: { varianceRemoved: number, covariates: Array<string>, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } } | null }> }, changes: Array<{ at: string, by: string, state: ExperimentState, sharePpm: number, note: string | null }>, conclusion: { decision: ExperimentDecision, arm: string | null, reason: string, by: string, at: string, promotedVersionHash: string | null } | null } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type SetExperimentShareMutationVariables = Exact<{
  input: SetExperimentShareInput;
}>;


export type SetExperimentShareMutation = { setExperimentShare: { experiment: { name: string, flow: string, revision: number, state: ExperimentState, hypothesis: string, node: string | null, arms: Array<string>, sharePpm: number, primary: ExperimentMetric, smallestEffectPpm: number, secondary: Array<ExperimentMetric>, covariates: Array<string>, sticky: string | null, windowHours: number, confidencePpm: number, createdAt: string, createdBy: string, startedAt: string | null, concludedAt: string | null, candidate: { hash: string, number: number, message: string } | null, guardrails: Array<{ metric: ExperimentMetric, worstPpm: number }>, layer: { name: string, sharePpm: number } | null, readout: { asOf: string, notes: Array<string>, advice: { action: ExperimentAction, arm: string | null, sentence: string, daysMore: number | null }, split: { pValue: number | null, isBroken: boolean, nWeights: number }, arms: Array<{ name: string, leads: number, units: number, waiting: number, notComparable: number, crossed: number, measures: Array<{ metric: ExperimentMetric, value: number | null, standardError: number | null }> }>, comparisons: Array<{ arm: string, metric: ExperimentMetric, role: ComparisonRole, verdict: ComparisonVerdict, whyNot: string | null, whyNotAdjusted: string | null, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } | null, adjusted: { varianceRemoved: number, covariates: Array<string>, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } } | null }> }, changes: Array<{ at: string, by: string, state: ExperimentState, sharePpm: number, note: string | null }>, conclusion: { decision: ExperimentDecision, arm: string | null, reason: string, by: string, at: string, promotedVersionHash: string | null } | null } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type ConcludeExperimentMutationVariables = Exact<{
  input: ConcludeExperimentInput;
}>;


export type ConcludeExperimentMutation = { concludeExperiment: { experiment: { name: string, flow: string, revision: number, state: ExperimentState, hypothesis: string, node: string | null, arms: Array<string>, sharePpm: number, primary: ExperimentMetric, smallestEffectPpm: number, secondary: Array<ExperimentMetric>, covariates: Array<string>, sticky: string | null, windowHours: number, confidencePpm: number, createdAt: string, createdBy: string, startedAt: string | null, concludedAt: string | null, candidate: { hash: string, number: number, message: string } | null, guardrails: Array<{ metric: ExperimentMetric, worstPpm: number }>, layer: { name: string, sharePpm: number } | null, readout: { asOf: string, notes: Array<string>, advice: { action: ExperimentAction, arm: string | null, sentence: string, daysMore: number | null }, split: { pValue: number | null, isBroken: boolean, nWeights: number }, arms: Array<{ name: string, leads: number, units: number, waiting: number, notComparable: number, crossed: number, measures: Array<{ metric: ExperimentMetric, value: number | null, standardError: number | null }> }>, comparisons: Array<{ arm: string, metric: ExperimentMetric, role: ComparisonRole, verdict: ComparisonVerdict, whyNot: string | null, whyNotAdjusted: string | null, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } | null, adjusted: { varianceRemoved: number, covariates: Array<string>, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } } | null }> }, changes: Array<{ at: string, by: string, state: ExperimentState, sharePpm: number, note: string | null }>, conclusion: { decision: ExperimentDecision, arm: string | null, reason: string, by: string, at: string, promotedVersionHash: string | null } | null } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type FlowsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type FlowsQuery = { flows: { nodes: Array<{ name: string, vertical: string, isLive: boolean, isStopped: boolean, createdAt: string, stages: Array<{ name: string, movedAt: string, movedBy: string, version: { hash: string, number: number, message: string, currency: string } | null }>, draft: { revision: number, updatedAt: string, diagnostics: Array<{ severity: Severity }> } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type FlowQueryVariables = Exact<{
  name: string;
}>;


export type FlowQuery = { flow: { name: string, vertical: string, isLive: boolean, isStopped: boolean, stages: Array<{ name: string, versionHash: string, movedAt: string, movedBy: string }>, draft: { revision: number, updatedAt: string, document: FlowDocument, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }> } | null, leadSchema: { declaredFields: FieldDocument[] } | null, versions: { nodes: Array<{ hash: string, number: number, message: string, author: string, createdAt: string }> } } | null };

export type FlowVersionQueryVariables = Exact<{
  hash: string;
}>;


export type FlowVersionQuery = { flowVersion: { hash: string, number: number, message: string, author: string, createdAt: string, currency: string, maxSold: number, document: FlowDocument } | null };

export type DraftToEditQueryVariables = Exact<{
  name: string;
}>;


export type DraftToEditQuery = { flow: { name: string, leadSchema: { fields: Array<{ name: string, kind: string, labels: Array<string> | null }> } | null, draft: { document: FlowDocument, revision: number, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }> } | null, stage: { version: { number: number, document: FlowDocument } | null } | null, versions: { nodes: Array<{ number: number, document: FlowDocument }> } } | null };

export type DraftRevisionQueryVariables = Exact<{
  name: string;
}>;


export type DraftRevisionQuery = { flow: { draft: { revision: number } | null } | null };

export type DraftChangedSubscriptionVariables = Exact<{
  flow: string;
}>;


export type DraftChangedSubscription = { draftChanged: { revision: number } };

export type EditDraftMutationVariables = Exact<{
  input: EditFlowDraftInput;
}>;


export type EditDraftMutation = { editFlowDraft: { draft: { revision: number } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type ReviewQueryVariables = Exact<{
  name: string;
}>;


export type ReviewQuery = { flow: { name: string, draft: { document: FlowDocument, revision: number, updatedAt: string, changes: Array<{ node: string | null, part: string | null, kind: FlowChangeKind, message: string }> | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }> } | null, stage: { revision: number, versionHash: string, movedAt: string, movedBy: string, version: { hash: string, number: number, message: string, document: FlowDocument } | null } | null, versions: { nodes: Array<{ hash: string, number: number, message: string, document: FlowDocument }> } } | null };

export type PublishFlowMutationVariables = Exact<{
  input: PublishFlowInput;
}>;


export type PublishFlowMutation = { publishFlow: { isNew: boolean | null, flowVersion: { hash: string, number: number } | null, live: { revision: number, versionHash: string } | null, moves: { nodes: Array<{ node: string, sharePpm: number, message: string }> } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type MovedStageFragment = { stage: { revision: number, versionHash: string, version: { number: number } | null } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> };

export type MoveStageMutationVariables = Exact<{
  input: MoveStageInput;
}>;


export type MoveStageMutation = { moveStage: { stage: { revision: number, versionHash: string, version: { number: number } | null } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type RollBackStageMutationVariables = Exact<{
  input: RollBackStageInput;
}>;


export type RollBackStageMutation = { rollBackStage: { stage: { revision: number, versionHash: string, version: { number: number } | null } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type FlowHistoryQueryVariables = Exact<{
  name: string;
}>;


export type FlowHistoryQuery = { flow: { name: string, stage: { revision: number, versionHash: string, moves: { nodes: Array<{ fromHash: string | null, toHash: string, movedAt: string, movedBy: string }> } } | null, versions: { nodes: Array<{ hash: string, number: number, message: string, author: string, createdAt: string }> } } | null };

export type CompareVersionsQueryVariables = Exact<{
  from: string;
  to: string;
}>;


export type CompareVersionsQuery = { flowDiff: Array<{ node: string | null, part: string | null, kind: FlowChangeKind, message: string }>, flowMoves: { nodes: Array<{ node: string, message: string }> } };

export type DivertedQueryVariables = Exact<{
  filter: LeadFilterInput;
  first: number;
  after?: string | null | undefined;
}>;


export type DivertedQuery = { leads: { nodes: Array<{ id: string, decision: { versionHash: string, explanation: { steps: Array<{ candidates: Array<{ destination: string, outcome: CandidateOutcome, divertedBy: Array<{ node: string, to: string | null }> }> }> } | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type SetFlowStoppedMutationVariables = Exact<{
  input: SetFlowStoppedInput;
}>;


export type SetFlowStoppedMutation = { setFlowStopped: { flow: { name: string, isStopped: boolean } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type DestinationNamesQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type DestinationNamesQuery = { destinations: { nodes: Array<{ name: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type FlowNamesQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type FlowNamesQuery = { flows: { nodes: Array<{ name: string, vertical: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type VerticalsQueryVariables = Exact<{ [key: string]: never; }>;


export type VerticalsQuery = { leadSchemas: { nodes: Array<{ vertical: string, fields: Array<{ name: string, kind: string, labels: Array<string> | null }> }> } };

export type SaveDraftMutationVariables = Exact<{
  input: SaveFlowDraftInput;
}>;


export type SaveDraftMutation = { saveFlowDraft: { draft: { revision: number } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type HeldDeliveriesQueryVariables = Exact<{
  filter: DeliveryFilterInput;
  first: number;
  after?: string | null | undefined;
}>;


export type HeldDeliveriesQuery = { deliveries: { nodes: Array<{ id: string, destination: string, state: DeliveryState, reason: string | null, finding: string | null, reference: string | null, price: string | null, createdAt: string, settledAt: string | null, dueAt: string | null, attempts: Array<{ outcome: string | null, status: number | null, latencyMs: number | null }>, lead: { id: string, flow: string, status: LeadStatus, revenue: string, isTest: boolean } | null, release: { at: string, answer: DeliveryState, origin: DeliveryReleaseOrigin, by: string | null, reason: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type HeldAtQueryVariables = Exact<{ [key: string]: never; }>;


export type HeldAtQuery = { deliveryCounts: Array<{ destination: string, deliveries: number }>, destinations: { nodes: Array<{ name: string, price: string | null, pays: Pays, onUnknown: OnUnknown, target: Record<string, unknown> }> } };

export type HeldRowFragment = { id: string, destination: string, state: DeliveryState, reason: string | null, finding: string | null, reference: string | null, price: string | null, createdAt: string, settledAt: string | null, dueAt: string | null, attempts: Array<{ outcome: string | null, status: number | null, latencyMs: number | null }>, lead: { id: string, flow: string, status: LeadStatus, revenue: string, isTest: boolean } | null, release: { at: string, answer: DeliveryState, origin: DeliveryReleaseOrigin, by: string | null, reason: string | null } | null };

export type ReleaseDeliveryMutationVariables = Exact<{
  input: ReleaseDeliveryInput;
}>;


export type ReleaseDeliveryMutation = { releaseDelivery: { delivery: { id: string, destination: string, state: DeliveryState, reason: string | null, finding: string | null, reference: string | null, price: string | null, createdAt: string, settledAt: string | null, dueAt: string | null, attempts: Array<{ outcome: string | null, status: number | null, latencyMs: number | null }>, lead: { id: string, flow: string, status: LeadStatus, revenue: string, isTest: boolean } | null, release: { at: string, answer: DeliveryState, origin: DeliveryReleaseOrigin, by: string | null, reason: string | null } | null } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type ReleasedDeliveryQueryVariables = Exact<{
  id: string;
}>;


export type ReleasedDeliveryQuery = { delivery: { id: string, destination: string, state: DeliveryState, reason: string | null, finding: string | null, reference: string | null, price: string | null, createdAt: string, settledAt: string | null, dueAt: string | null, lead: { id: string, flow: string, status: LeadStatus, revenue: string, isTest: boolean, deliveries: Array<{ id: string, destination: string, state: DeliveryState }> } | null, attempts: Array<{ outcome: string | null, status: number | null, latencyMs: number | null }>, release: { at: string, answer: DeliveryState, origin: DeliveryReleaseOrigin, by: string | null, reason: string | null } | null } | null };

export type LeadHeadFragment = { id: string, flow: string, source: string, idempotencyKey: string | null, isTest: boolean, status: LeadStatus, receivedAt: string, settledAt: string | null };

export type LeadsQueryVariables = Exact<{
  filter: LeadFilterInput;
  first: number;
  after?: string | null | undefined;
}>;


export type LeadsQuery = { leads: { position: string, nodes: Array<{ revenue: string, duplicateOf: string | null, id: string, flow: string, source: string, idempotencyKey: string | null, isTest: boolean, status: LeadStatus, receivedAt: string, settledAt: string | null, deliveries: Array<{ destination: string, state: DeliveryState }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type NewLeadsSubscriptionVariables = Exact<{
  filter: LeadFilterInput;
  since: string;
}>;


export type NewLeadsSubscription = { newLeads: { count: number, isMore: boolean, position: string } };

export type LeadChangedSubscriptionVariables = Exact<{
  id: string;
}>;


export type LeadChangedSubscription = { leadChanged: { status: LeadStatus } };

export type LeadCountsQueryVariables = Exact<{
  filter: LeadFilterInput;
}>;


export type LeadCountsQuery = { leadCounts: Array<{ status: LeadStatus, leads: number, revenue: string }> };

export type LeadFiltersQueryVariables = Exact<{ [key: string]: never; }>;


export type LeadFiltersQuery = { flows: { nodes: Array<{ name: string }> }, destinations: { nodes: Array<{ name: string }> } };

export type OwnLeadsQueryVariables = Exact<{
  filter: LeadFilterInput;
  first: number;
  after?: string | null | undefined;
}>;


export type OwnLeadsQuery = { leads: { nodes: Array<{ id: string, flow: string, source: string, idempotencyKey: string | null, isTest: boolean, status: LeadStatus, receivedAt: string, settledAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type OwnLeadQueryVariables = Exact<{
  id: string;
}>;


export type OwnLeadQuery = { lead: { vertical: string, fields: Record<string, unknown>, personalFields: Array<string>, id: string, flow: string, source: string, idempotencyKey: string | null, isTest: boolean, status: LeadStatus, receivedAt: string, settledAt: string | null } | null };

export type LeadQueryVariables = Exact<{
  id: string;
}>;


export type LeadQuery = { lead: { vertical: string, revenue: string, duplicateOf: string | null, fields: Record<string, unknown>, personalFields: Array<string>, id: string, flow: string, source: string, idempotencyKey: string | null, isTest: boolean, status: LeadStatus, receivedAt: string, settledAt: string | null, payouts: Array<{ kind: PayoutKind, at: string, amount: string, currency: string }>, personalReads: Array<{ at: string, by: string }> | null, deliveries: Array<{ id: string, destination: string, step: number, clickId: string, state: DeliveryState, price: string | null, redirectUrl: string | null, reason: string | null, finding: string | null, createdAt: string, deadlineAt: string, settledAt: string | null, attempts: Array<{ number: number, startedAt: string, finishedAt: string | null, outcome: string | null, status: number | null, latencyMs: number | null, responseExcerpt: string | null }>, conversions: Array<{ id: string, status: ConversionStatus, originalStatus: string, revenue: string, currency: string, txid: string | null, occurredAt: string, receivedAt: string }>, returns: Array<{ id: string, destination: string, kind: ReturnKind, state: ReturnState, reason: string | null, origin: ReturnOrigin, requestedBy: string | null, requestedAt: string, decidedBy: string | null, decidedAt: string | null, note: string | null, reversedBy: string | null, reversedAt: string | null, revenue: string, currency: string }> }>, decision: { id: string, flow: string, versionHash: string, semantics: number, epoch: string, unitKey: string, endState: EndState | null, endReason: string | null, version: { number: number, currency: string } | null, explanation: { isReproduced: boolean, end: { state: string, reason: string | null } | null, inputs: Array<{ name: string, value: string | null }>, steps: Array<{ number: number, at: string, kind: StepKind, propensity: number, choices: Array<{ node: string, kind: string, to: string | null, detail: string }>, candidates: Array<{ destination: string, outcome: CandidateOutcome, probability: number, detail: string, criteria: Array<{ text: string, value: boolean | null, inputs: Array<{ name: string, value: string | null }> }>, divertedBy: Array<{ node: string, to: string | null, detail: string }> }>, bids: Array<{ destination: string, bid: string | null, net: string | null, rank: BidRank, detail: string }> }> } | null } | null } | null };

export type WalkStepFragment = { number: number, at: string, kind: StepKind, propensity: number, choices: Array<{ node: string, kind: string, to: string | null, detail: string }>, candidates: Array<{ destination: string, outcome: CandidateOutcome, probability: number, detail: string, criteria: Array<{ text: string, value: boolean | null, inputs: Array<{ name: string, value: string | null }> }>, divertedBy: Array<{ node: string, to: string | null, detail: string }> }>, bids: Array<{ destination: string, bid: string | null, net: string | null, rank: BidRank, detail: string }> };

export type RevealLeadMutationVariables = Exact<{
  input: RevealLeadInput;
}>;


export type RevealLeadMutation = { revealLead: { fields: Record<string, unknown> | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type NamedListHeadFragment = { name: string, kind: ListKind, valueCount: number, revision: number, updatedAt: string, flows: Array<string> };

export type NamedListsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type NamedListsQuery = { lists: { nodes: Array<{ name: string, kind: ListKind, valueCount: number, revision: number, updatedAt: string, flows: Array<string> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type NamedListQueryVariables = Exact<{
  name: string;
}>;


export type NamedListQuery = { list: { hash: string, createdAt: string, name: string, kind: ListKind, valueCount: number, revision: number, updatedAt: string, flows: Array<string>, versions: Array<{ revision: number, hash: string, valueCount: number, createdAt: string }> } | null };

export type NamedListChangesQueryVariables = Exact<{
  name: string;
  from: number;
  to: number;
}>;


export type NamedListChangesQuery = { list: { difference: { addedCount: number, removedCount: number, added: Array<string>, removed: Array<string> } | null } | null };

export type MetricsSumsFragment = { from: string, to: string, flow: string | null, version: string | null, source: string | null, destination: string | null, node: string | null, arm: string | null, status: string | null, isRest: boolean, currency: string, leads: number, sold: number, converted: number, returned: number, offers: number, accepted: number, rejected: number, notSent: number, unknown: number, sales: number, revenue: string, takenBack: string, revenuePerLead: string | null, acceptRate: number | null, conversionRate: number | null, returnRate: number | null };

export type MetricsOverTimeQueryVariables = Exact<{
  filter: MetricsFilterInput;
  by: Array<MetricsDimension> | MetricsDimension;
  bucket: MetricsBucket;
  zone: string;
  groups: number;
}>;


export type MetricsOverTimeQuery = { series: { metrics: { asOf: string | null, step: number, points: Array<{ from: string, to: string, flow: string | null, version: string | null, source: string | null, destination: string | null, node: string | null, arm: string | null, status: string | null, isRest: boolean, currency: string, leads: number, sold: number, converted: number, returned: number, offers: number, accepted: number, rejected: number, notSent: number, unknown: number, sales: number, revenue: string, takenBack: string, revenuePerLead: string | null, acceptRate: number | null, conversionRate: number | null, returnRate: number | null }> } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> }, all: { metrics: { points: Array<{ from: string, to: string, flow: string | null, version: string | null, source: string | null, destination: string | null, node: string | null, arm: string | null, status: string | null, isRest: boolean, currency: string, leads: number, sold: number, converted: number, returned: number, offers: number, accepted: number, rejected: number, notSent: number, unknown: number, sales: number, revenue: string, takenBack: string, revenuePerLead: string | null, acceptRate: number | null, conversionRate: number | null, returnRate: number | null }> } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> }, totals: { metrics: { points: Array<{ from: string, to: string, flow: string | null, version: string | null, source: string | null, destination: string | null, node: string | null, arm: string | null, status: string | null, isRest: boolean, currency: string, leads: number, sold: number, converted: number, returned: number, offers: number, accepted: number, rejected: number, notSent: number, unknown: number, sales: number, revenue: string, takenBack: string, revenuePerLead: string | null, acceptRate: number | null, conversionRate: number | null, returnRate: number | null }> } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type MetricsFiltersQueryVariables = Exact<{ [key: string]: never; }>;


export type MetricsFiltersQuery = { flows: { nodes: Array<{ name: string }> }, destinations: { nodes: Array<{ name: string }> } };

export type VersionNumbersQueryVariables = Exact<{
  flow: string;
}>;


export type VersionNumbersQuery = { flow: { versions: { nodes: Array<{ hash: string, number: number }> } } | null };

export type FlowTrafficQueryVariables = Exact<{
  filter: MetricsFilterInput;
}>;


export type FlowTrafficQuery = { all: { metrics: { asOf: string | null, points: Array<{ leads: number, currency: string }> } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> }, arms: { metrics: { points: Array<{ node: string | null, arm: string | null, currency: string, leads: number, sold: number, revenue: string, revenuePerLead: string | null }> } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type MoneyFlowQueryVariables = Exact<{
  filter: MetricsFilterInput;
  bucket: MetricsBucket;
  zone: string;
}>;


export type MoneyFlowQuery = { flows: { metrics: { points: Array<{ source: string | null, destination: string | null, isRest: boolean, currency: string, leads: number, revenue: string }> } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> }, series: { metrics: { asOf: string | null, points: Array<{ from: string, to: string, flow: string | null, version: string | null, source: string | null, destination: string | null, node: string | null, arm: string | null, status: string | null, isRest: boolean, currency: string, leads: number, sold: number, converted: number, returned: number, offers: number, accepted: number, rejected: number, notSent: number, unknown: number, sales: number, revenue: string, takenBack: string, revenuePerLead: string | null, acceptRate: number | null, conversionRate: number | null, returnRate: number | null }> } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> }, totals: { metrics: { points: Array<{ from: string, to: string, flow: string | null, version: string | null, source: string | null, destination: string | null, node: string | null, arm: string | null, status: string | null, isRest: boolean, currency: string, leads: number, sold: number, converted: number, returned: number, offers: number, accepted: number, rejected: number, notSent: number, unknown: number, sales: number, revenue: string, takenBack: string, revenuePerLead: string | null, acceptRate: number | null, conversionRate: number | null, returnRate: number | null }> } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type MistakeFragment = { path: Array<string>, code: string, message: string, hint: string | null };

export type FindingFragment = { code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null };

export type ConversionsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ConversionsQuery = { conversions: { nodes: Array<{ id: string, clickId: string, txid: string | null, status: ConversionStatus, originalStatus: string, revenue: string, currency: string, occurredAt: string, receivedAt: string, delivery: { destination: string, lead: { id: string } | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ParkedPostbacksQueryVariables = Exact<{
  filter?: ParkedPostbackFilterInput | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type ParkedPostbacksQuery = { parkedPostbacks: { nodes: Array<{ id: string, reason: ParkedReason, clickId: string | null, destination: string | null, receivedAt: string, times: number, problems: Array<{ code: string, message: string, hint: string | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ReplayPostbackMutationVariables = Exact<{
  input: ReplayPostbackInput;
}>;


export type ReplayPostbackMutation = { replayPostback: { outcome: ConversionOutcome | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type ReturnsQueryVariables = Exact<{
  filter: ReturnFilterInput;
  first: number;
  after?: string | null | undefined;
}>;


export type ReturnsQuery = { returns: { nodes: Array<{ id: string, destination: string, kind: ReturnKind, state: ReturnState, reason: string | null, origin: ReturnOrigin, requestedBy: string | null, requestedAt: string, decidedBy: string | null, decidedAt: string | null, note: string | null, reversedBy: string | null, reversedAt: string | null, revenue: string, currency: string, delivery: { lead: { id: string, status: LeadStatus } | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ReturnRowFragment = { id: string, destination: string, kind: ReturnKind, state: ReturnState, reason: string | null, origin: ReturnOrigin, requestedBy: string | null, requestedAt: string, decidedBy: string | null, decidedAt: string | null, note: string | null, reversedBy: string | null, reversedAt: string | null, revenue: string, currency: string };

export type ReturnTermsQueryVariables = Exact<{
  name: string;
}>;


export type ReturnTermsQuery = { destination: { settings: unknown } | null };

export type ReturnLeadMutationVariables = Exact<{
  input: ReturnLeadInput;
}>;


export type ReturnLeadMutation = { returnLead: { leadReturn: { id: string, destination: string, kind: ReturnKind, state: ReturnState, reason: string | null, origin: ReturnOrigin, requestedBy: string | null, requestedAt: string, decidedBy: string | null, decidedAt: string | null, note: string | null, reversedBy: string | null, reversedAt: string | null, revenue: string, currency: string } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type DecideReturnMutationVariables = Exact<{
  input: DecideReturnInput;
}>;


export type DecideReturnMutation = { decideReturn: { leadReturn: { id: string, destination: string, kind: ReturnKind, state: ReturnState, reason: string | null, origin: ReturnOrigin, requestedBy: string | null, requestedAt: string, decidedBy: string | null, decidedAt: string | null, note: string | null, reversedBy: string | null, reversedAt: string | null, revenue: string, currency: string } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type StatementQueryVariables = Exact<{
  by: StatementParty;
  account?: string | null | undefined;
  from: string;
  until: string;
  zone: string;
  first: number;
  after?: string | null | undefined;
}>;


export type StatementQuery = { statement: { statement: { sums: Array<{ account: string | null, currency: string, opening: string, leads: number, sold: number, sales: string, conversions: string, refunds: string, returns: string, chargebacks: string, net: string, closing: string, payouts: string, payable: string }>, lines: { nodes: Array<{ day: string, account: string, currency: string, opening: string, leads: number, sold: number, sales: string, conversions: string, refunds: string, returns: string, chargebacks: string, net: string, closing: string, payouts: string, payable: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type StatementCsvQueryVariables = Exact<{
  by: StatementParty;
  account?: string | null | undefined;
  from: string;
  until: string;
  zone: string;
}>;


export type StatementCsvQuery = { statement: { statement: { csv: string } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type AccountsQueryVariables = Exact<{ [key: string]: never; }>;


export type AccountsQuery = { destinations: { nodes: Array<{ name: string }> }, sources: { nodes: Array<{ name: string }> } };

export type OperationsQueryVariables = Exact<{ [key: string]: never; }>;


export type OperationsQuery = { servers: Array<{ name: string, lease: string, program: string, beganAt: string, renewedAt: string, expiresAt: string, duties: Array<string> }>, alerts: { nodes: Array<{ id: string, kind: AlertKind, subject: string, message: string, beganAt: string, endedAt: string | null, toldAt: string | null, endToldAt: string | null }> }, alertSettings: { isWatching: boolean, webhook: string | null, silenceMinutes: number, failuresPercent: number }, refusedCommands: { nodes: Array<{ findingId: string, kind: RefusedCommandKind, subject: string, sender: string | null, reason: string, refusedAt: string }> } };

export type PastAlertsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type PastAlertsQuery = { alerts: { nodes: Array<{ id: string, kind: AlertKind, subject: string, message: string, beganAt: string, endedAt: string | null, toldAt: string | null, endToldAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type AlertRowFragment = { id: string, kind: AlertKind, subject: string, message: string, beganAt: string, endedAt: string | null, toldAt: string | null, endToldAt: string | null };

export type OverviewQueryVariables = Exact<{
  now: LeadFilterInput;
  before: LeadFilterInput;
  offers: DeliveryFilterInput;
}>;


export type OverviewQuery = { now: Array<{ status: LeadStatus, leads: number, revenue: string }>, before: Array<{ status: LeadStatus, leads: number, revenue: string }>, offers: Array<{ destination: string, state: DeliveryState, deliveries: number }>, destinations: { nodes: Array<{ name: string, isActive: boolean, availability: { isAvailable: boolean, unavailable: Array<
          | { __typename: 'InactiveDestination' }
          | { __typename: 'ClosedSchedule', zone: string, opensAt: string | null }
          | { __typename: 'OpenBreaker', failures: number, isProbing: boolean, breakerUntil: string }
          | { __typename: 'FullCap', name: string | null, kind: CapKind, max: number, used: number, window: CapWindow, zone: string, capUntil: string | null }
        >, caps: Array<{ name: string | null, kind: CapKind, max: number, allowed: number, used: number, maxRevenue: string | null, usedRevenue: string | null, beyond: number, reachedPercent: number | null, window: CapWindow, zone: string, until: string | null, group: string | null, sources: Array<string>, source: string | null, isSoft: boolean }> } }> }, parkedPostbacks: { nodes: Array<{ id: string, receivedAt: string }> }, refusedCommands: { nodes: Array<{ findingId: string, refusedAt: string }> }, returns: { nodes: Array<{ destination: string, requestedAt: string }> }, alerts: { nodes: Array<{ id: string, kind: AlertKind, subject: string, message: string }> }, flows: { nodes: Array<{ name: string, isLive: boolean, isStopped: boolean, draft: { updatedAt: string, diagnostics: Array<{ severity: Severity }> } | null }> } };

type Closed_InactiveDestination_Fragment = { __typename: 'InactiveDestination' };

type Closed_ClosedSchedule_Fragment = { __typename: 'ClosedSchedule', zone: string, opensAt: string | null };

type Closed_OpenBreaker_Fragment = { __typename: 'OpenBreaker', failures: number, isProbing: boolean, breakerUntil: string };

type Closed_FullCap_Fragment = { __typename: 'FullCap', name: string | null, kind: CapKind, max: number, used: number, window: CapWindow, zone: string, capUntil: string | null };

export type ClosedFragment =
  | Closed_InactiveDestination_Fragment
  | Closed_ClosedSchedule_Fragment
  | Closed_OpenBreaker_Fragment
  | Closed_FullCap_Fragment
;

export type PeopleQueryVariables = Exact<{ [key: string]: never; }>;


export type PeopleQuery = { leadSchemas: { nodes: Array<{ vertical: string, fields: Array<{ name: string, kind: string, pii: boolean }> }> }, suppressions: Array<{ origin: string, values: number }>, retentions: Array<{ vertical: string, days: number, keptFrom: string | null, updatedAt: string }>, roles: Array<{ role: Role, can: Array<Right> }> };

export type ErasuresQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ErasuresQuery = { erasures: { nodes: Array<{ id: string, isRetention: boolean, isDone: boolean, by: string, requestedAt: string, finishedAt: string | null, fields: Array<string>, leads: number }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ErasureQueryVariables = Exact<{
  id: string;
}>;


export type ErasureQuery = { erasure: { id: string, isRetention: boolean, isDone: boolean, by: string, requestedAt: string, finishedAt: string | null, fields: Array<string>, leads: number, rows: Array<{ table: string, rows: string }> } | null };

export type ErasureHeadFragment = { id: string, isRetention: boolean, isDone: boolean, by: string, requestedAt: string, finishedAt: string | null, fields: Array<string>, leads: number };

export type ErasurePreviewQueryVariables = Exact<{
  input: ErasePersonsInput;
  after?: string | null | undefined;
}>;


export type ErasurePreviewQuery = { erasurePreview: { preview: { leads: number, openLeads: number, lookedThrough: number, next: string | null, destinations: Array<{ destination: string, offers: number }> } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type ErasePersonsMutationVariables = Exact<{
  input: ErasePersonsInput;
}>;


export type ErasePersonsMutation = { erasePersons: { erasure: { id: string } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type AddSuppressionsMutationVariables = Exact<{
  input: AddSuppressionsInput;
}>;


export type AddSuppressionsMutation = { addSuppressions: { added: number | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type LiftSuppressionsMutationVariables = Exact<{
  input: LiftSuppressionsInput;
}>;


export type LiftSuppressionsMutation = { liftSuppressions: { lifted: number | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type SetRetentionMutationVariables = Exact<{
  input: SetRetentionInput;
}>;


export type SetRetentionMutation = { setRetention: { vertical: string | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type PredicateWhileTypedQueryVariables = Exact<{
  flow: string;
  cel: string;
  withExamples: boolean;
}>;


export type PredicateWhileTypedQuery = { predicate: { reads: Array<string>, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, history: { leads: number, from: string | null, unreadable: number, matched: number, matchedRevenue: string, currency: string, missing: Array<{ field: string, leads: number }>, examples?: Array<{ id: string }> } | null } | null };

export type ReplaysQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ReplaysQuery = { simulations: { nodes: Array<{ id: string, state: SimulationState, progress: number, scenario: ReplayScenario, report: ReplayReport | null, error: string | null, createdAt: string, updatedAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ReplayQueryVariables = Exact<{
  id: string;
}>;


export type ReplayQuery = { simulation: { id: string, state: SimulationState, progress: number, scenario: ReplayScenario, report: ReplayReport | null, error: string | null, attempts: number, createdAt: string, updatedAt: string } | null };

export type SweepReplayQueryVariables = Exact<{
  id: string;
}>;


export type SweepReplayQuery = { simulation: { id: string, state: SimulationState, progress: number, scenario: ReplayScenario, report: ReplayReport | null, error: string | null, sweep: { parameter: string, present: string, unit: string, band: string, findings: Array<string>, points: Array<{ value: string, isSupported: boolean, reason: string | null, perLead: number | null, difference: number | null, perLeadInterval: { low: number, high: number } | null, differenceBand: { low: number, high: number } | null }> } | null } | null };

export type CurveFragment = { parameter: string, present: string, unit: string, band: string, findings: Array<string>, points: Array<{ value: string, isSupported: boolean, reason: string | null, perLead: number | null, difference: number | null, perLeadInterval: { low: number, high: number } | null, differenceBand: { low: number, high: number } | null }> };

export type ReplayProgressSubscriptionVariables = Exact<{
  id: string;
}>;


export type ReplayProgressSubscription = { simulationProgress: { id: string, state: SimulationState, progress: number } };

export type StartReplayMutationVariables = Exact<{
  input: StartSimulationInput;
}>;


export type StartReplayMutation = { startSimulation: { simulation: { id: string } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type CancelReplayMutationVariables = Exact<{
  input: CancelSimulationInput;
}>;


export type CancelReplayMutation = { cancelSimulation: { simulation: { id: string, state: SimulationState } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type ReplayFormQueryVariables = Exact<{ [key: string]: never; }>;


export type ReplayFormQuery = { flows: { nodes: Array<{ name: string, stage: { versionHash: string } | null, versions: { nodes: Array<{ hash: string, number: number, message: string }> } }> } };

export type RolloutEvidenceOfFragment = { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null };

export type RolloutsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type RolloutsQuery = { rollouts: { nodes: Array<{ name: string, flow: string, state: RolloutState, step: number, isAutomatic: boolean, createdAt: string, endedAt: string | null, steps: Array<{ sharePpm: number | null }>, version: { hash: string, number: number, message: string } | null, gate: { state: GateState, reasons: Array<string> } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type OneRolloutFragment = { name: string, flow: string, versionHash: string, revision: number, state: RolloutState, step: number, isAutomatic: boolean, stepSince: string, createdAt: string, createdBy: string, endedAt: string | null, version: { hash: string, number: number, message: string } | null, steps: Array<{ sharePpm: number | null, gate: { minLeads: number, minHours: number, requiresShip: boolean, requiresExperiment: string | null } }>, gate: { state: GateState, reasons: Array<string>, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } } | null, changes: Array<{ at: string, by: string, reason: string, before: { state: RolloutState, step: number } | null, after: { state: RolloutState, step: number }, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } | null }> };

export type RolloutQueryVariables = Exact<{
  name: string;
}>;


export type RolloutQuery = { rollout: { name: string, flow: string, versionHash: string, revision: number, state: RolloutState, step: number, isAutomatic: boolean, stepSince: string, createdAt: string, createdBy: string, endedAt: string | null, experiment: { name: string, flow: string, node: string | null, arms: Array<string>, primary: ExperimentMetric, state: ExperimentState, readout: { advice: { action: ExperimentAction, sentence: string }, arms: Array<{ measures: Array<{ metric: ExperimentMetric, value: number | null }> }>, comparisons: Array<{ arm: string, metric: ExperimentMetric, role: ComparisonRole, verdict: ComparisonVerdict, whyNot: string | null, effect: { difference: number, standardError: number, pValue: number, fixedPValue: number, relative: number | null, chanceToWin: number, expectedLoss: number, expectedLossOfFirst: number, units: number, interval: { low: number, high: number }, fixedInterval: { low: number, high: number }, relativeInterval: { low: number, high: number } | null } | null }> } } | null, version: { hash: string, number: number, message: string } | null, steps: Array<{ sharePpm: number | null, gate: { minLeads: number, minHours: number, requiresShip: boolean, requiresExperiment: string | null } }>, gate: { state: GateState, reasons: Array<string>, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } } | null, changes: Array<{ at: string, by: string, reason: string, before: { state: RolloutState, step: number } | null, after: { state: RolloutState, step: number }, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } | null }> } | null };

export type ShadowOfQueryVariables = Exact<{
  flow: string;
}>;


export type ShadowOfQuery = { shadow: { number: number, versionHash: string, sharePpm: number, leads: number, moved: number, undecided: number, behind: number, version: { number: number } | null, since: { at: string, by: string, note: string | null }, until: { at: string, by: string, note: string | null } | null, cells: Array<{ leads: number, expectedLeads: number, assumed: number, accepted: number, revenue: string, live: { kind: FirstChoiceKind, destination: string | null }, candidate: { kind: FirstChoiceKind, destination: string | null } }>, movedLeads: Array<{ leadId: string, probability: number, isAssumed: boolean, live: { kind: FirstChoiceKind, destination: string | null }, candidate: { kind: FirstChoiceKind, destination: string | null } }> } | null };

export type ChangedRolloutFragment = { rollout: { name: string, flow: string, versionHash: string, revision: number, state: RolloutState, step: number, isAutomatic: boolean, stepSince: string, createdAt: string, createdBy: string, endedAt: string | null, version: { hash: string, number: number, message: string } | null, steps: Array<{ sharePpm: number | null, gate: { minLeads: number, minHours: number, requiresShip: boolean, requiresExperiment: string | null } }>, gate: { state: GateState, reasons: Array<string>, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } } | null, changes: Array<{ at: string, by: string, reason: string, before: { state: RolloutState, step: number } | null, after: { state: RolloutState, step: number }, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } | null }> } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> };

export type StartRolloutMutationVariables = Exact<{
  input: StartRolloutInput;
}>;


export type StartRolloutMutation = { startRollout: { rollout: { name: string, flow: string, versionHash: string, revision: number, state: RolloutState, step: number, isAutomatic: boolean, stepSince: string, createdAt: string, createdBy: string, endedAt: string | null, version: { hash: string, number: number, message: string } | null, steps: Array<{ sharePpm: number | null, gate: { minLeads: number, minHours: number, requiresShip: boolean, requiresExperiment: string | null } }>, gate: { state: GateState, reasons: Array<string>, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } } | null, changes: Array<{ at: string, by: string, reason: string, before: { state: RolloutState, step: number } | null, after: { state: RolloutState, step: number }, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } | null }> } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type AdvanceRolloutMutationVariables = Exact<{
  input: AdvanceRolloutInput;
}>;


export type AdvanceRolloutMutation = { advanceRollout: { rollout: { name: string, flow: string, versionHash: string, revision: number, state: RolloutState, step: number, isAutomatic: boolean, stepSince: string, createdAt: string, createdBy: string, endedAt: string | null, version: { hash: string, number: number, message: string } | null, steps: Array<{ sharePpm: number | null, gate: { minLeads: number, minHours: number, requiresShip: boolean, requiresExperiment: string | null } }>, gate: { state: GateState, reasons: Array<string>, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } } | null, changes: Array<{ at: string, by: string, reason: string, before: { state: RolloutState, step: number } | null, after: { state: RolloutState, step: number }, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } | null }> } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type PauseRolloutMutationVariables = Exact<{
  input: PauseRolloutInput;
}>;


export type PauseRolloutMutation = { pauseRollout: { rollout: { name: string, flow: string, versionHash: string, revision: number, state: RolloutState, step: number, isAutomatic: boolean, stepSince: string, createdAt: string, createdBy: string, endedAt: string | null, version: { hash: string, number: number, message: string } | null, steps: Array<{ sharePpm: number | null, gate: { minLeads: number, minHours: number, requiresShip: boolean, requiresExperiment: string | null } }>, gate: { state: GateState, reasons: Array<string>, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } } | null, changes: Array<{ at: string, by: string, reason: string, before: { state: RolloutState, step: number } | null, after: { state: RolloutState, step: number }, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } | null }> } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type ResumeRolloutMutationVariables = Exact<{
  input: ResumeRolloutInput;
}>;


export type ResumeRolloutMutation = { resumeRollout: { rollout: { name: string, flow: string, versionHash: string, revision: number, state: RolloutState, step: number, isAutomatic: boolean, stepSince: string, createdAt: string, createdBy: string, endedAt: string | null, version: { hash: string, number: number, message: string } | null, steps: Array<{ sharePpm: number | null, gate: { minLeads: number, minHours: number, requiresShip: boolean, requiresExperiment: string | null } }>, gate: { state: GateState, reasons: Array<string>, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } } | null, changes: Array<{ at: string, by: string, reason: string, before: { state: RolloutState, step: number } | null, after: { state: RolloutState, step: number }, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } | null }> } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type RollBackRolloutMutationVariables = Exact<{
  input: RollBackRolloutInput;
}>;


export type RollBackRolloutMutation = { rollBackRollout: { rollout: { name: string, flow: string, versionHash: string, revision: number, state: RolloutState, step: number, isAutomatic: boolean, stepSince: string, createdAt: string, createdBy: string, endedAt: string | null, version: { hash: string, number: number, message: string } | null, steps: Array<{ sharePpm: number | null, gate: { minLeads: number, minHours: number, requiresShip: boolean, requiresExperiment: string | null } }>, gate: { state: GateState, reasons: Array<string>, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } } | null, changes: Array<{ at: string, by: string, reason: string, before: { state: RolloutState, step: number } | null, after: { state: RolloutState, step: number }, evidence: { leads: number, hours: number, shadowLeads: number | null, shadowMoved: number | null, shadowUndecided: number | null } | null }> } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type LeadSchemasQueryVariables = Exact<{ [key: string]: never; }>;


export type LeadSchemasQuery = { leadSchemas: { nodes: Array<{ vertical: string, updatedAt: string, declaredFields: FieldDocument[] }>, pageInfo: { hasNextPage: boolean } }, flows: { nodes: Array<{ name: string, vertical: string, isLive: boolean }> } };

export type LeadSchemaQueryVariables = Exact<{
  vertical: string;
}>;


export type LeadSchemaQuery = { leadSchema: { vertical: string, hash: string, updatedAt: string, declaredFields: FieldDocument[] } | null, flows: { nodes: Array<{ name: string, vertical: string, isLive: boolean }> } };

export type PutLeadSchemaMutationVariables = Exact<{
  input: PutLeadSchemaInput;
}>;


export type PutLeadSchemaMutation = { putLeadSchema: { leadSchema: { vertical: string, hash: string, declaredFields: FieldDocument[] } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type TokensQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type TokensQuery = { tokens: { nodes: Array<{ id: string, name: string, role: Role, source: string | null, destination: string | null, createdAt: string, revokedAt: string | null, lastUsedAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CreateTokenMutationVariables = Exact<{
  input: CreateTokenInput;
}>;


export type CreateTokenMutation = { createToken: { secret: string | null, token: { id: string, name: string } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type RevokeTokenMutationVariables = Exact<{
  input: RevokeTokenInput;
}>;


export type RevokeTokenMutation = { revokeToken: { token: { id: string } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type SessionsQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionsQuery = { sessions: { nodes: Array<{ id: string, tokenName: string, role: Role, agent: string, createdAt: string, lastSeenAt: string | null, expiresAt: string, isOwn: boolean }>, pageInfo: { hasNextPage: boolean } } };

export type EndSessionMutationVariables = Exact<{
  input: EndSessionInput;
}>;


export type EndSessionMutation = { endSession: { session: { id: string } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type SetupQueryVariables = Exact<{ [key: string]: never; }>;


export type SetupQuery = { leadSchemas: { nodes: Array<{ vertical: string, declaredFields: FieldDocument[] }> }, destinations: { nodes: Array<{ name: string }> }, flows: { nodes: Array<{ name: string, vertical: string, isLive: boolean }> } };

export type PutFirstSchemaMutationVariables = Exact<{
  input: PutLeadSchemaInput;
}>;


export type PutFirstSchemaMutation = { putLeadSchema: { leadSchema: { vertical: string } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type PutFirstDestinationMutationVariables = Exact<{
  input: PutDestinationInput;
}>;


export type PutFirstDestinationMutation = { putDestination: { destination: { name: string } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type SaveFirstFlowMutationVariables = Exact<{
  input: SaveFlowDraftInput;
}>;


export type SaveFirstFlowMutation = { saveFlowDraft: { draft: { revision: number } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type PublishFirstFlowMutationVariables = Exact<{
  input: PublishFlowInput;
}>;


export type PublishFirstFlowMutation = { publishFlow: { flowVersion: { number: number } | null, diagnostics: Array<{ code: string, severity: Severity, node: string | null, destination: string | null, part: string | null, message: string, hint: string | null, example: Record<string, unknown> | null, span: { from: number, to: number } | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type SubmitFirstLeadMutationVariables = Exact<{
  input: SubmitLeadInput;
}>;


export type SubmitFirstLeadMutation = { submitLead: { outcome: { leadId: string, status: string, destination: string | null, price: string | null, currency: string, reason: string | null } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type ShellQueryVariables = Exact<{ [key: string]: never; }>;


export type ShellQuery = { viewer: { name: string, role: Role, source: string | null, can: Array<Right> }, about: { version: string, consoleHash: string, isOpen: boolean, now: string } };

export type CurrenciesQueryVariables = Exact<{ [key: string]: never; }>;


export type CurrenciesQuery = { flows: { nodes: Array<{ name: string, stage: { version: { currency: string } | null } | null }> } };

export type SourceHeadFragment = { id: string, name: string, flow: string, preset: string, isActive: boolean, path: string, revision: number, updatedAt: string };

export type SourcesQueryVariables = Exact<{
  filter: MetricsFilterInput;
}>;


export type SourcesQuery = { sources: { nodes: Array<{ id: string, name: string, flow: string, preset: string, isActive: boolean, path: string, revision: number, updatedAt: string }>, pageInfo: { hasNextPage: boolean } }, metrics: { metrics: { points: Array<{ source: string | null, isRest: boolean, currency: string, leads: number, sold: number, revenue: string }> } | null } };

export type SourceQueryVariables = Exact<{
  name: string;
}>;


export type SourceQuery = { source: { document: SourceDocument, id: string, name: string, flow: string, preset: string, isActive: boolean, path: string, revision: number, updatedAt: string } | null };

export type SourceFormQueryVariables = Exact<{ [key: string]: never; }>;


export type SourceFormQuery = { flows: { nodes: Array<{ name: string, isLive: boolean, leadSchema: { declaredFields: FieldDocument[] } | null }> }, sourcePresets: Array<{ name: string, description: string, secrets: Array<string>, signatureHeader: string | null }> };

export type TryPayloadQueryVariables = Exact<{
  input: TryPayloadInput;
}>;


export type TryPayloadQuery = { tryPayload: { isAccepted: boolean, isTest: boolean, idempotencyKey: string | null, fields: Array<{ field: string, from: string | null, given: unknown, read: unknown }>, unknown: Array<{ key: string, value: unknown }>, problems: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type PutSourceMutationVariables = Exact<{
  input: PutSourceInput;
}>;


export type PutSourceMutation = { putSource: { source: { document: SourceDocument, id: string, name: string, flow: string, preset: string, isActive: boolean, path: string, revision: number, updatedAt: string } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type SetSourceActiveMutationVariables = Exact<{
  input: SetSourceActiveInput;
}>;


export type SetSourceActiveMutation = { setSourceActive: { source: { name: string, isActive: boolean, revision: number } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type TestLeadFormQueryVariables = Exact<{
  name: string;
}>;


export type TestLeadFormQuery = { destination: { name: string, price: string | null, pays: Pays } | null, flows: { nodes: Array<{ name: string, isLive: boolean, stage: { version: { currency: string, document: FlowDocument } | null } | null, leadSchema: { fields: Array<{ name: string, kind: string, required: string, pii: boolean, labels: Array<string> | null, min: number | null, max: number | null }> } | null }> } };

export type SendTestLeadMutationVariables = Exact<{
  input: SendTestLeadInput;
}>;


export type SendTestLeadMutation = { sendTestLead: { exchange: { status: number | null, latencyMs: number, responseExcerpt: string | null, outcome: string, price: string | null, redirectUrl: string | null, reason: string | null, reference: string | null, finding: string | null, request: { method: string, url: string, body: string | null, headers: Array<{ name: string, value: string }> } | null } | null, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export type TourQueryVariables = Exact<{ [key: string]: never; }>;


export type TourQuery = { flows: { nodes: Array<{ name: string, stage: { versionHash: string, version: { document: FlowDocument } | null } | null, versions: { nodes: Array<{ hash: string, number: number }> } }> }, leads: { nodes: Array<{ id: string, deliveries: Array<{ id: string }> }> }, experiments: { nodes: Array<{ name: string }> }, destinations: { nodes: Array<{ name: string, caps: Array<{ max: number }> }> } };

export type TryFormQueryVariables = Exact<{
  flow: string;
}>;


export type TryFormQuery = { flow: { name: string, stage: { versionHash: string } | null, draft: { document: FlowDocument } | null, versions: { nodes: Array<{ hash: string, number: number, message: string, currency: string, document: FlowDocument }> }, leadSchema: { fields: Array<{ name: string, kind: string, required: string, pii: boolean, labels: Array<string> | null, min: number | null, max: number | null }> } | null } | null };

export type TryLeadQueryVariables = Exact<{
  input: ExplainLeadInput;
}>;


export type TryLeadQuery = { explainLead: { explanation: { isReproduced: boolean, end: { state: string, reason: string | null } | null, steps: Array<{ number: number, at: string, kind: StepKind, propensity: number, choices: Array<{ node: string, kind: string, to: string | null, detail: string }>, candidates: Array<{ destination: string, outcome: CandidateOutcome, probability: number, detail: string, criteria: Array<{ text: string, value: boolean | null, inputs: Array<{ name: string, value: string | null }> }>, divertedBy: Array<{ node: string, to: string | null, detail: string }> }>, bids: Array<{ destination: string, bid: string | null, net: string | null, rank: BidRank, detail: string }> }> } | null, diagnostics: Array<{ code: string, message: string, node: string | null }>, userErrors: Array<{ path: Array<string>, code: string, message: string, hint: string | null }> } };

export const Bandits = operation<BanditsQuery, BanditsQueryVariables>('Bandits', 'query Bandits($flow:String!){flow(name:$flow){name stage{version{hash number document}}}banditWeights(flow:$flow){node segment finding}}');
export const AllocationOverTime = operation<AllocationOverTimeQuery, AllocationOverTimeQueryVariables>('AllocationOverTime', 'query AllocationOverTime($flow:String!$node:String!$segment:String$from:Timestamp!){allocationOverTime(flow:$flow node:$node segment:$segment from:$from points:200){from until currency isThinned times asOf epochs isOwn explorationCost arms{name weightPpm trials meanValue p5 p50 p95 bestProbability waitingShare streams{place kind events meanValue p5 p50 p95 delayDays waitingShare}}}}');
export const AllocationPublished = operation<AllocationPublishedSubscription, AllocationPublishedSubscriptionVariables>('AllocationPublished', 'subscription AllocationPublished($flow:String!$node:String!$segment:String){allocationPublished(flow:$flow node:$node segment:$segment){epoch at}}');
export const StartBulkJob = operation<StartBulkJobMutation, StartBulkJobMutationVariables>('StartBulkJob', 'mutation StartBulkJob($input:StartBulkJobInput!){startBulkJob(input:$input){bulkJob{id}preview{count isMore wouldDo sample{__typename ...on Delivery{id destination createdAt}...on ParkedPostback{id clickId receivedAt}...on SourcePostback{id source event at}}}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const CancelBulkJob = operation<CancelBulkJobMutation, CancelBulkJobMutationVariables>('CancelBulkJob', 'mutation CancelBulkJob($input:CancelBulkJobInput!){cancelBulkJob(input:$input){bulkJob{id state}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const BulkJobs = operation<BulkJobsQuery, BulkJobsQueryVariables>('BulkJobs', 'query BulkJobs($first:Int!$after:String){bulkJobs(first:$first after:$after){nodes{...BulkJobRow}pageInfo{hasNextPage endCursor}}sources(first:100){nodes{name}}}fragment BulkJobRow on BulkJob{id operation state by total done succeeded skipped failed createdAt finishedAt}');
export const BulkJob = operation<BulkJobQuery, BulkJobQueryVariables>('BulkJob', 'query BulkJob($id:ID!){bulkJob(id:$id){...BulkJobRow rate maxCount action updatedAt outcomes{result code message count items{__typename ...on Delivery{id lead{id}}...on ParkedPostback{id}...on SourcePostback{id lead{id}}}}}}fragment BulkJobRow on BulkJob{id operation state by total done succeeded skipped failed createdAt finishedAt}');
export const Caps = operation<CapsQuery, CapsQueryVariables>('Caps', 'query Caps{destinations(first:100){nodes{name isActive availability{...Availability}}pageInfo{hasNextPage}}}fragment Availability on DestinationAvailability{isAvailable unavailable{...Closed}caps{name kind max allowed used maxRevenue usedRevenue beyond reachedPercent window zone until group sources source isSoft}}fragment Closed on Unavailability{__typename ...on ClosedSchedule{zone opensAt}...on OpenBreaker{failures breakerUntil:until isProbing}...on FullCap{name kind max used window zone capUntil:until}}');
export const DestinationCaps = operation<DestinationCapsQuery, DestinationCapsQueryVariables>('DestinationCaps', 'query DestinationCaps($name:String!){destination(name:$name){name isActive revision updatedAt settings target availability{...Availability}}}fragment Availability on DestinationAvailability{isAvailable unavailable{...Closed}caps{name kind max allowed used maxRevenue usedRevenue beyond reachedPercent window zone until group sources source isSoft}}fragment Closed on Unavailability{__typename ...on ClosedSchedule{zone opensAt}...on OpenBreaker{failures breakerUntil:until isProbing}...on FullCap{name kind max used window zone capUntil:until}}');
export const PutCaps = operation<PutCapsMutation, PutCapsMutationVariables>('PutCaps', 'mutation PutCaps($input:PutDestinationInput!){putDestination(input:$input){destination{revision settings}diagnostics{...Finding}userErrors{...Mistake}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const CapCost = operation<CapCostQuery, CapCostQueryVariables>('CapCost', 'query CapCost($filter:LeadFilterInput!$first:Int!$after:String){leads(filter:$filter first:$first after:$after){nodes{id status revenue flow deliveries{destination state}decision{explanation{steps{candidates{destination outcome}}}}}pageInfo{hasNextPage endCursor}}}');
export const Changes = operation<ChangesQuery, ChangesQueryVariables>('Changes', 'query Changes($filter:ChangeFilterInput!$first:Int!$after:String){changes(filter:$filter first:$first after:$after){nodes{number at by kind object note differences{path message}}pageInfo{hasNextPage endCursor}}}');
export const ChangeSettings = operation<ChangeSettingsQuery, ChangeSettingsQueryVariables>('ChangeSettings', 'query ChangeSettings($filter:ChangeFilterInput!){changes(filter:$filter first:20){nodes{number before after}}}');
export const DestinationSettings = operation<DestinationSettingsQuery, DestinationSettingsQueryVariables>('DestinationSettings', 'query DestinationSettings($name:String!){destination(name:$name){name isActive revision updatedAt settings target}}');
export const PutDestination = operation<PutDestinationMutation, PutDestinationMutationVariables>('PutDestination', 'mutation PutDestination($input:PutDestinationInput!){putDestination(input:$input){destination{name revision settings target}diagnostics{...Finding}userErrors{...Mistake}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const NewDestination = operation<NewDestinationQuery, NewDestinationQueryVariables>('NewDestination', 'query NewDestination{leadSchemas(first:100){nodes{vertical}}}');
export const Destinations = operation<DestinationsQuery, DestinationsQueryVariables>('Destinations', 'query Destinations($offers:DeliveryFilterInput!){destinations(first:100){nodes{name isActive price pays availability{...Availability}}pageInfo{hasNextPage}}deliveryCounts(filter:$offers){destination state deliveries price}}fragment Availability on DestinationAvailability{isAvailable unavailable{...Closed}caps{name kind max allowed used maxRevenue usedRevenue beyond reachedPercent window zone until group sources source isSoft}}fragment Closed on Unavailability{__typename ...on ClosedSchedule{zone opensAt}...on OpenBreaker{failures breakerUntil:until isProbing}...on FullCap{name kind max used window zone capUntil:until}}');
export const Destination = operation<DestinationQuery, DestinationQueryVariables>('Destination', 'query Destination($name:String!$offers:DeliveryFilterInput!){destination(name:$name){name isActive price pays criteria onUnknown revision createdAt updatedAt target schedule{zone open{days from to}holidays}availability{...Availability}}deliveryCounts(filter:$offers){destination state deliveries price}deliveries(filter:$offers first:20){nodes{...DeliveryRow}}}fragment Availability on DestinationAvailability{isAvailable unavailable{...Closed}caps{name kind max allowed used maxRevenue usedRevenue beyond reachedPercent window zone until group sources source isSoft}}fragment Closed on Unavailability{__typename ...on ClosedSchedule{zone opensAt}...on OpenBreaker{failures breakerUntil:until isProbing}...on FullCap{name kind max used window zone capUntil:until}}fragment DeliveryRow on Delivery{id destination state price reason finding createdAt settledAt lead{id flow isTest}}');
export const Deliveries = operation<DeliveriesQuery, DeliveriesQueryVariables>('Deliveries', 'query Deliveries($filter:DeliveryFilterInput!$first:Int!$after:String){deliveries(filter:$filter first:$first after:$after){nodes{...DeliveryRow}pageInfo{hasNextPage endCursor}}}fragment DeliveryRow on Delivery{id destination state price reason finding createdAt settledAt lead{id flow isTest}}');
export const SetDestinationActive = operation<SetDestinationActiveMutation, SetDestinationActiveMutationVariables>('SetDestinationActive', 'mutation SetDestinationActive($input:SetDestinationActiveInput!){setDestinationActive(input:$input){destination{name isActive}diagnostics{...Finding}userErrors{...Mistake}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const DestinationStates = operation<DestinationStatesQuery, DestinationStatesQueryVariables>('DestinationStates', 'query DestinationStates{destinations(first:100){nodes{name isActive availability{isAvailable}}}}');
export const Experiments = operation<ExperimentsQuery, ExperimentsQueryVariables>('Experiments', 'query Experiments($first:Int!$after:String){experiments(first:$first after:$after){nodes{name flow state node arms candidate{number}sharePpm primary smallestEffectPpm createdAt startedAt concludedAt conclusion{decision arm}readout{advice{action arm sentence}arms{name leads waiting measures{metric value}}comparisons{arm metric role verdict whyNot effect{...Effect}}}}pageInfo{hasNextPage endCursor}}}fragment Effect on ExperimentEffect{difference standardError interval{low high}pValue fixedInterval{low high}fixedPValue relative relativeInterval{low high}chanceToWin expectedLoss expectedLossOfFirst units}');
export const Experiment = operation<ExperimentQuery, ExperimentQueryVariables>('Experiment', 'query Experiment($name:String!){experiment(name:$name){...OneExperiment}}fragment OneExperiment on Experiment{name flow revision state hypothesis node arms candidate{hash number message}sharePpm primary smallestEffectPpm guardrails{metric worstPpm}secondary covariates sticky layer{name sharePpm}windowHours confidencePpm createdAt createdBy startedAt concludedAt readout{...Readout}changes{at by state sharePpm note}conclusion{decision arm reason by at promotedVersionHash}}fragment Readout on ExperimentReadout{asOf notes advice{action arm sentence daysMore}split{pValue isBroken nWeights}arms{name leads units waiting notComparable crossed measures{metric value standardError}}comparisons{arm metric role verdict whyNot effect{...Effect}adjusted{effect{...Effect}varianceRemoved covariates}whyNotAdjusted}}fragment Effect on ExperimentEffect{difference standardError interval{low high}pValue fixedInterval{low high}fixedPValue relative relativeInterval{low high}chanceToWin expectedLoss expectedLossOfFirst units}');
export const ExperimentFlow = operation<ExperimentFlowQuery, ExperimentFlowQueryVariables>('ExperimentFlow', 'query ExperimentFlow($flow:String!){flow(name:$flow){name stage{version{hash number document}}}}');
export const PromotedChanges = operation<PromotedChangesQuery, PromotedChangesQueryVariables>('PromotedChanges', 'query PromotedChanges($from:String!$to:String!){flowDiff(from:$from to:$to){node part kind message}}');
export const ComparisonForm = operation<ComparisonFormQuery, ComparisonFormQueryVariables>('ComparisonForm', 'query ComparisonForm{flows(first:100){nodes{...FlowVersions isLive stage{version{number currency document}}}}}fragment FlowVersions on Flow{name stage{versionHash}versions(first:20){nodes{hash number message}}}');
export const ExperimentSize = operation<ExperimentSizeQuery, ExperimentSizeQueryVariables>('ExperimentSize', 'query ExperimentSize($input:ExperimentSizeInput!){experimentSize(input:$input){size{mean difference leads days leadsForOneLook daysForOneLook}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const CreateExperiment = operation<CreateExperimentMutation, CreateExperimentMutationVariables>('CreateExperiment', 'mutation CreateExperiment($input:CreateExperimentInput!){createExperiment(input:$input){experiment{name}diagnostics{...Finding}userErrors{...Mistake}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const StartExperiment = operation<StartExperimentMutation, StartExperimentMutationVariables>('StartExperiment', 'mutation StartExperiment($input:StartExperimentInput!){startExperiment(input:$input){...ChangedExperiment}}fragment ChangedExperiment on ExperimentPayload{experiment{...OneExperiment}diagnostics{...Finding}userErrors{...Mistake}}fragment OneExperiment on Experiment{name flow revision state hypothesis node arms candidate{hash number message}sharePpm primary smallestEffectPpm guardrails{metric worstPpm}secondary covariates sticky layer{name sharePpm}windowHours confidencePpm createdAt createdBy startedAt concludedAt readout{...Readout}changes{at by state sharePpm note}conclusion{decision arm reason by at promotedVersionHash}}fragment Readout on ExperimentReadout{asOf notes advice{action arm sentence daysMore}split{pValue isBroken nWeights}arms{name leads units waiting notComparable crossed measures{metric value standardError}}comparisons{arm metric role verdict whyNot effect{...Effect}adjusted{effect{...Effect}varianceRemoved covariates}whyNotAdjusted}}fragment Effect on ExperimentEffect{difference standardError interval{low high}pValue fixedInterval{low high}fixedPValue relative relativeInterval{low high}chanceToWin expectedLoss expectedLossOfFirst units}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const PauseExperiment = operation<PauseExperimentMutation, PauseExperimentMutationVariables>('PauseExperiment', 'mutation PauseExperiment($input:PauseExperimentInput!){pauseExperiment(input:$input){...ChangedExperiment}}fragment ChangedExperiment on ExperimentPayload{experiment{...OneExperiment}diagnostics{...Finding}userErrors{...Mistake}}fragment OneExperiment on Experiment{name flow revision state hypothesis node arms candidate{hash number message}sharePpm primary smallestEffectPpm guardrails{metric worstPpm}secondary covariates sticky layer{name sharePpm}windowHours confidencePpm createdAt createdBy startedAt concludedAt readout{...Readout}changes{at by state sharePpm note}conclusion{decision arm reason by at promotedVersionHash}}fragment Readout on ExperimentReadout{asOf notes advice{action arm sentence daysMore}split{pValue isBroken nWeights}arms{name leads units waiting notComparable crossed measures{metric value standardError}}comparisons{arm metric role verdict whyNot effect{...Effect}adjusted{effect{...Effect}varianceRemoved covariates}whyNotAdjusted}}fragment Effect on ExperimentEffect{difference standardError interval{low high}pValue fixedInterval{low high}fixedPValue relative relativeInterval{low high}chanceToWin expectedLoss expectedLossOfFirst units}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const SetExperimentShare = operation<SetExperimentShareMutation, SetExperimentShareMutationVariables>('SetExperimentShare', 'mutation SetExperimentShare($input:SetExperimentShareInput!){setExperimentShare(input:$input){...ChangedExperiment}}fragment ChangedExperiment on ExperimentPayload{experiment{...OneExperiment}diagnostics{...Finding}userErrors{...Mistake}}fragment OneExperiment on Experiment{name flow revision state hypothesis node arms candidate{hash number message}sharePpm primary smallestEffectPpm guardrails{metric worstPpm}secondary covariates sticky layer{name sharePpm}windowHours confidencePpm createdAt createdBy startedAt concludedAt readout{...Readout}changes{at by state sharePpm note}conclusion{decision arm reason by at promotedVersionHash}}fragment Readout on ExperimentReadout{asOf notes advice{action arm sentence daysMore}split{pValue isBroken nWeights}arms{name leads units waiting notComparable crossed measures{metric value standardError}}comparisons{arm metric role verdict whyNot effect{...Effect}adjusted{effect{...Effect}varianceRemoved covariates}whyNotAdjusted}}fragment Effect on ExperimentEffect{difference standardError interval{low high}pValue fixedInterval{low high}fixedPValue relative relativeInterval{low high}chanceToWin expectedLoss expectedLossOfFirst units}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const ConcludeExperiment = operation<ConcludeExperimentMutation, ConcludeExperimentMutationVariables>('ConcludeExperiment', 'mutation ConcludeExperiment($input:ConcludeExperimentInput!){concludeExperiment(input:$input){...ChangedExperiment}}fragment ChangedExperiment on ExperimentPayload{experiment{...OneExperiment}diagnostics{...Finding}userErrors{...Mistake}}fragment OneExperiment on Experiment{name flow revision state hypothesis node arms candidate{hash number message}sharePpm primary smallestEffectPpm guardrails{metric worstPpm}secondary covariates sticky layer{name sharePpm}windowHours confidencePpm createdAt createdBy startedAt concludedAt readout{...Readout}changes{at by state sharePpm note}conclusion{decision arm reason by at promotedVersionHash}}fragment Readout on ExperimentReadout{asOf notes advice{action arm sentence daysMore}split{pValue isBroken nWeights}arms{name leads units waiting notComparable crossed measures{metric value standardError}}comparisons{arm metric role verdict whyNot effect{...Effect}adjusted{effect{...Effect}varianceRemoved covariates}whyNotAdjusted}}fragment Effect on ExperimentEffect{difference standardError interval{low high}pValue fixedInterval{low high}fixedPValue relative relativeInterval{low high}chanceToWin expectedLoss expectedLossOfFirst units}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const Flows = operation<FlowsQuery, FlowsQueryVariables>('Flows', 'query Flows($first:Int!$after:String){flows(first:$first after:$after){nodes{name vertical isLive isStopped createdAt stages{name movedAt movedBy version{hash number message currency}}draft{revision updatedAt diagnostics{severity}}}pageInfo{hasNextPage endCursor}}}');
export const Flow = operation<FlowQuery, FlowQueryVariables>('Flow', 'query Flow($name:String!){flow(name:$name){name vertical isLive isStopped stages{name versionHash movedAt movedBy}draft{revision updatedAt document diagnostics{...Finding}}leadSchema{declaredFields}versions(first:20){nodes{hash number message author createdAt}}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}');
export const FlowVersion = operation<FlowVersionQuery, FlowVersionQueryVariables>('FlowVersion', 'query FlowVersion($hash:String!){flowVersion(hash:$hash){hash number message author createdAt currency maxSold document}}');
export const DraftToEdit = operation<DraftToEditQuery, DraftToEditQueryVariables>('DraftToEdit', 'query DraftToEdit($name:String!){flow(name:$name){name leadSchema{fields{name kind labels}}draft{document revision diagnostics{...Finding}}stage{version{number document}}versions(first:1){nodes{number document}}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}');
export const DraftRevision = operation<DraftRevisionQuery, DraftRevisionQueryVariables>('DraftRevision', 'query DraftRevision($name:String!){flow(name:$name){draft{revision}}}');
export const DraftChanged = operation<DraftChangedSubscription, DraftChangedSubscriptionVariables>('DraftChanged', 'subscription DraftChanged($flow:String!){draftChanged(flow:$flow){revision}}');
export const EditDraft = operation<EditDraftMutation, EditDraftMutationVariables>('EditDraft', 'mutation EditDraft($input:EditFlowDraftInput!){editFlowDraft(input:$input){draft{revision}diagnostics{...Finding}userErrors{...Mistake}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const Review = operation<ReviewQuery, ReviewQueryVariables>('Review', 'query Review($name:String!){flow(name:$name){name draft{document revision updatedAt changes{node part kind message}diagnostics{...Finding}}stage{revision versionHash movedAt movedBy version{hash number message document}}versions(first:1){nodes{hash number message document}}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}');
export const PublishFlow = operation<PublishFlowMutation, PublishFlowMutationVariables>('PublishFlow', 'mutation PublishFlow($input:PublishFlowInput!){publishFlow(input:$input){flowVersion{hash number}isNew live{revision versionHash}moves{nodes{node sharePpm message}}diagnostics{...Finding}userErrors{...Mistake}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const MoveStage = operation<MoveStageMutation, MoveStageMutationVariables>('MoveStage', 'mutation MoveStage($input:MoveStageInput!){moveStage(input:$input){...MovedStage}}fragment MovedStage on StagePayload{stage{revision versionHash version{number}}diagnostics{...Finding}userErrors{...Mistake}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const RollBackStage = operation<RollBackStageMutation, RollBackStageMutationVariables>('RollBackStage', 'mutation RollBackStage($input:RollBackStageInput!){rollBackStage(input:$input){...MovedStage}}fragment MovedStage on StagePayload{stage{revision versionHash version{number}}diagnostics{...Finding}userErrors{...Mistake}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const FlowHistory = operation<FlowHistoryQuery, FlowHistoryQueryVariables>('FlowHistory', 'query FlowHistory($name:String!){flow(name:$name){name stage{revision versionHash moves(first:20){nodes{fromHash toHash movedAt movedBy}}}versions(first:50){nodes{hash number message author createdAt}}}}');
export const CompareVersions = operation<CompareVersionsQuery, CompareVersionsQueryVariables>('CompareVersions', 'query CompareVersions($from:String!$to:String!){flowDiff(from:$from to:$to){node part kind message}flowMoves(from:$from to:$to){nodes{node message}}}');
export const Diverted = operation<DivertedQuery, DivertedQueryVariables>('Diverted', 'query Diverted($filter:LeadFilterInput!$first:Int!$after:String){leads(filter:$filter first:$first after:$after){nodes{id decision{versionHash explanation{steps{candidates{destination outcome divertedBy{node to}}}}}}pageInfo{hasNextPage endCursor}}}');
export const SetFlowStopped = operation<SetFlowStoppedMutation, SetFlowStoppedMutationVariables>('SetFlowStopped', 'mutation SetFlowStopped($input:SetFlowStoppedInput!){setFlowStopped(input:$input){flow{name isStopped}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const DestinationNames = operation<DestinationNamesQuery, DestinationNamesQueryVariables>('DestinationNames', 'query DestinationNames($first:Int!$after:String){destinations(first:$first after:$after){nodes{name}pageInfo{hasNextPage endCursor}}}');
export const FlowNames = operation<FlowNamesQuery, FlowNamesQueryVariables>('FlowNames', 'query FlowNames($first:Int!$after:String){flows(first:$first after:$after){nodes{name vertical}pageInfo{hasNextPage endCursor}}}');
export const Verticals = operation<VerticalsQuery, VerticalsQueryVariables>('Verticals', 'query Verticals{leadSchemas(first:100){nodes{vertical fields{name kind labels}}}}');
export const SaveDraft = operation<SaveDraftMutation, SaveDraftMutationVariables>('SaveDraft', 'mutation SaveDraft($input:SaveFlowDraftInput!){saveFlowDraft(input:$input){draft{revision}diagnostics{...Finding}userErrors{...Mistake}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const HeldDeliveries = operation<HeldDeliveriesQuery, HeldDeliveriesQueryVariables>('HeldDeliveries', 'query HeldDeliveries($filter:DeliveryFilterInput!$first:Int!$after:String){deliveries(filter:$filter first:$first after:$after){nodes{...HeldRow}pageInfo{hasNextPage endCursor}}}fragment HeldRow on Delivery{id destination state reason finding reference price createdAt settledAt dueAt attempts{outcome status latencyMs}lead{id flow status revenue isTest}release{at answer origin by reason}}');
export const HeldAt = operation<HeldAtQuery, HeldAtQueryVariables>('HeldAt', 'query HeldAt{deliveryCounts(filter:{state:HELD isReleased:false}){destination deliveries}destinations(first:100){nodes{name price pays onUnknown target}}}');
export const ReleaseDelivery = operation<ReleaseDeliveryMutation, ReleaseDeliveryMutationVariables>('ReleaseDelivery', 'mutation ReleaseDelivery($input:ReleaseDeliveryInput!){releaseDelivery(input:$input){delivery{...HeldRow}userErrors{...Mistake}}}fragment HeldRow on Delivery{id destination state reason finding reference price createdAt settledAt dueAt attempts{outcome status latencyMs}lead{id flow status revenue isTest}release{at answer origin by reason}}fragment Mistake on UserError{path code message hint}');
export const ReleasedDelivery = operation<ReleasedDeliveryQuery, ReleasedDeliveryQueryVariables>('ReleasedDelivery', 'query ReleasedDelivery($id:ID!){delivery(id:$id){...HeldRow lead{deliveries{id destination state}}}}fragment HeldRow on Delivery{id destination state reason finding reference price createdAt settledAt dueAt attempts{outcome status latencyMs}lead{id flow status revenue isTest}release{at answer origin by reason}}');
export const Leads = operation<LeadsQuery, LeadsQueryVariables>('Leads', 'query Leads($filter:LeadFilterInput!$first:Int!$after:String){leads(filter:$filter first:$first after:$after){nodes{...LeadHead revenue duplicateOf deliveries{destination state}}pageInfo{hasNextPage endCursor}position}}fragment LeadHead on Lead{id flow source idempotencyKey isTest status receivedAt settledAt}');
export const NewLeads = operation<NewLeadsSubscription, NewLeadsSubscriptionVariables>('NewLeads', 'subscription NewLeads($filter:LeadFilterInput!$since:String!){newLeads(filter:$filter since:$since){count isMore position}}');
export const LeadChanged = operation<LeadChangedSubscription, LeadChangedSubscriptionVariables>('LeadChanged', 'subscription LeadChanged($id:ID!){leadChanged(id:$id){status}}');
export const LeadCounts = operation<LeadCountsQuery, LeadCountsQueryVariables>('LeadCounts', 'query LeadCounts($filter:LeadFilterInput!){leadCounts(filter:$filter){status leads revenue}}');
export const LeadFilters = operation<LeadFiltersQuery, LeadFiltersQueryVariables>('LeadFilters', 'query LeadFilters{flows(first:100){nodes{name}}destinations(first:100){nodes{name}}}');
export const OwnLeads = operation<OwnLeadsQuery, OwnLeadsQueryVariables>('OwnLeads', 'query OwnLeads($filter:LeadFilterInput!$first:Int!$after:String){leads(filter:$filter first:$first after:$after){nodes{...LeadHead}pageInfo{hasNextPage endCursor}}}fragment LeadHead on Lead{id flow source idempotencyKey isTest status receivedAt settledAt}');
export const OwnLead = operation<OwnLeadQuery, OwnLeadQueryVariables>('OwnLead', 'query OwnLead($id:ID!){lead(id:$id){...LeadHead vertical fields personalFields}}fragment LeadHead on Lead{id flow source idempotencyKey isTest status receivedAt settledAt}');
export const Lead = operation<LeadQuery, LeadQueryVariables>('Lead', 'query Lead($id:ID!){lead(id:$id){...LeadHead vertical revenue payouts{kind at amount currency}duplicateOf fields personalFields personalReads{at by}deliveries{id destination step clickId state price redirectUrl reason finding createdAt deadlineAt settledAt attempts{number startedAt finishedAt outcome status latencyMs responseExcerpt}conversions{id status originalStatus revenue currency txid occurredAt receivedAt}returns{...ReturnRow}}decision{id flow versionHash version{number currency}semantics epoch unitKey endState endReason explanation{isReproduced end{state reason}inputs{name value}steps{...WalkStep}}}}}fragment LeadHead on Lead{id flow source idempotencyKey isTest status receivedAt settledAt}fragment ReturnRow on LeadReturn{id destination kind state reason origin requestedBy requestedAt decidedBy decidedAt note reversedBy reversedAt revenue currency}fragment WalkStep on ExplainedStep{number at kind propensity choices{node kind to detail}candidates{destination outcome probability detail criteria{text value inputs{name value}}divertedBy{node to detail}}bids{destination bid net rank detail}}');
export const RevealLead = operation<RevealLeadMutation, RevealLeadMutationVariables>('RevealLead', 'mutation RevealLead($input:RevealLeadInput!){revealLead(input:$input){fields userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const NamedLists = operation<NamedListsQuery, NamedListsQueryVariables>('NamedLists', 'query NamedLists($first:Int!$after:String){lists(first:$first after:$after){nodes{...NamedListHead}pageInfo{hasNextPage endCursor}}}fragment NamedListHead on NamedList{name kind valueCount revision updatedAt flows}');
export const NamedList = operation<NamedListQuery, NamedListQueryVariables>('NamedList', 'query NamedList($name:String!){list(name:$name){...NamedListHead hash createdAt versions{revision hash valueCount createdAt}}}fragment NamedListHead on NamedList{name kind valueCount revision updatedAt flows}');
export const NamedListChanges = operation<NamedListChangesQuery, NamedListChangesQueryVariables>('NamedListChanges', 'query NamedListChanges($name:String!$from:Int!$to:Int!){list(name:$name){difference(from:$from to:$to){addedCount removedCount added removed}}}');
export const MetricsOverTime = operation<MetricsOverTimeQuery, MetricsOverTimeQueryVariables>('MetricsOverTime', 'query MetricsOverTime($filter:MetricsFilterInput!$by:[MetricsDimension!]!$bucket:MetricsBucket!$zone:String!$groups:Int!){series:metrics(filter:$filter by:$by bucket:$bucket zone:$zone groups:$groups){metrics{asOf step points{...MetricsSums}}userErrors{...Mistake}}all:metrics(filter:$filter by:[]bucket:TOTAL zone:$zone){metrics{points{...MetricsSums}}userErrors{...Mistake}}totals:metrics(filter:$filter by:$by bucket:TOTAL zone:$zone groups:$groups){metrics{points{...MetricsSums}}userErrors{...Mistake}}}fragment MetricsSums on MetricsPoint{from to flow version source destination node arm status isRest currency leads sold converted returned offers accepted rejected notSent unknown sales revenue takenBack revenuePerLead acceptRate conversionRate returnRate}fragment Mistake on UserError{path code message hint}');
export const MetricsFilters = operation<MetricsFiltersQuery, MetricsFiltersQueryVariables>('MetricsFilters', 'query MetricsFilters{flows(first:100){nodes{name}}destinations(first:100){nodes{name}}}');
export const VersionNumbers = operation<VersionNumbersQuery, VersionNumbersQueryVariables>('VersionNumbers', 'query VersionNumbers($flow:String!){flow(name:$flow){versions(first:100){nodes{hash number}}}}');
export const FlowTraffic = operation<FlowTrafficQuery, FlowTrafficQueryVariables>('FlowTraffic', 'query FlowTraffic($filter:MetricsFilterInput!){all:metrics(filter:$filter by:[]bucket:TOTAL){metrics{asOf points{leads currency}}userErrors{...Mistake}}arms:metrics(filter:$filter by:[NODE ARM]bucket:TOTAL groups:1000){metrics{points{node arm currency leads sold revenue revenuePerLead}}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const MoneyFlow = operation<MoneyFlowQuery, MoneyFlowQueryVariables>('MoneyFlow', 'query MoneyFlow($filter:MetricsFilterInput!$bucket:MetricsBucket!$zone:String!){flows:metrics(filter:$filter by:[SOURCE DESTINATION]bucket:TOTAL groups:200){metrics{points{source destination isRest currency leads revenue}}userErrors{...Mistake}}series:metrics(filter:$filter by:[DESTINATION]bucket:$bucket zone:$zone groups:9){metrics{asOf points{...MetricsSums}}userErrors{...Mistake}}totals:metrics(filter:$filter by:[DESTINATION]bucket:TOTAL groups:9){metrics{points{...MetricsSums}}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}fragment MetricsSums on MetricsPoint{from to flow version source destination node arm status isRest currency leads sold converted returned offers accepted rejected notSent unknown sales revenue takenBack revenuePerLead acceptRate conversionRate returnRate}');
export const Conversions = operation<ConversionsQuery, ConversionsQueryVariables>('Conversions', 'query Conversions($first:Int!$after:String){conversions(first:$first after:$after){nodes{id clickId txid status originalStatus revenue currency occurredAt receivedAt delivery{destination lead{id}}}pageInfo{hasNextPage endCursor}}}');
export const ParkedPostbacks = operation<ParkedPostbacksQuery, ParkedPostbacksQueryVariables>('ParkedPostbacks', 'query ParkedPostbacks($filter:ParkedPostbackFilterInput$first:Int!$after:String){parkedPostbacks(filter:$filter first:$first after:$after){nodes{id reason problems{code message hint}clickId destination receivedAt times}pageInfo{hasNextPage endCursor}}}');
export const ReplayPostback = operation<ReplayPostbackMutation, ReplayPostbackMutationVariables>('ReplayPostback', 'mutation ReplayPostback($input:ReplayPostbackInput!){replayPostback(input:$input){outcome userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const Returns = operation<ReturnsQuery, ReturnsQueryVariables>('Returns', 'query Returns($filter:ReturnFilterInput!$first:Int!$after:String){returns(filter:$filter first:$first after:$after){nodes{...ReturnRow delivery{lead{id status}}}pageInfo{hasNextPage endCursor}}}fragment ReturnRow on LeadReturn{id destination kind state reason origin requestedBy requestedAt decidedBy decidedAt note reversedBy reversedAt revenue currency}');
export const ReturnTerms = operation<ReturnTermsQuery, ReturnTermsQueryVariables>('ReturnTerms', 'query ReturnTerms($name:String!){destination(name:$name){settings}}');
export const ReturnLead = operation<ReturnLeadMutation, ReturnLeadMutationVariables>('ReturnLead', 'mutation ReturnLead($input:ReturnLeadInput!){returnLead(input:$input){leadReturn{...ReturnRow}userErrors{...Mistake}}}fragment ReturnRow on LeadReturn{id destination kind state reason origin requestedBy requestedAt decidedBy decidedAt note reversedBy reversedAt revenue currency}fragment Mistake on UserError{path code message hint}');
export const DecideReturn = operation<DecideReturnMutation, DecideReturnMutationVariables>('DecideReturn', 'mutation DecideReturn($input:DecideReturnInput!){decideReturn(input:$input){leadReturn{...ReturnRow}userErrors{...Mistake}}}fragment ReturnRow on LeadReturn{id destination kind state reason origin requestedBy requestedAt decidedBy decidedAt note reversedBy reversedAt revenue currency}fragment Mistake on UserError{path code message hint}');
export const Statement = operation<StatementQuery, StatementQueryVariables>('Statement', 'query Statement($by:StatementParty!$account:String$from:String!$until:String!$zone:String!$first:Int!$after:String){statement(by:$by account:$account from:$from until:$until zone:$zone){statement{sums{account currency opening leads sold sales conversions refunds returns chargebacks net closing payouts payable}lines(first:$first after:$after){nodes{day account currency opening leads sold sales conversions refunds returns chargebacks net closing payouts payable}pageInfo{hasNextPage endCursor}}}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const StatementCsv = operation<StatementCsvQuery, StatementCsvQueryVariables>('StatementCsv', 'query StatementCsv($by:StatementParty!$account:String$from:String!$until:String!$zone:String!){statement(by:$by account:$account from:$from until:$until zone:$zone){statement{csv}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const Accounts = operation<AccountsQuery, AccountsQueryVariables>('Accounts', 'query Accounts{destinations(first:100){nodes{name}}sources(first:100){nodes{name}}}');
export const Operations = operation<OperationsQuery, OperationsQueryVariables>('Operations', 'query Operations{servers{name lease program beganAt renewedAt expiresAt duties}alerts(isLasting:true first:100){nodes{...AlertRow}}alertSettings{isWatching webhook silenceMinutes failuresPercent}refusedCommands(first:20){nodes{findingId kind subject sender reason refusedAt}}}fragment AlertRow on Alert{id kind subject message beganAt endedAt toldAt endToldAt}');
export const PastAlerts = operation<PastAlertsQuery, PastAlertsQueryVariables>('PastAlerts', 'query PastAlerts($first:Int!$after:String){alerts(isLasting:false first:$first after:$after){nodes{...AlertRow}pageInfo{hasNextPage endCursor}}}fragment AlertRow on Alert{id kind subject message beganAt endedAt toldAt endToldAt}');
export const Overview = operation<OverviewQuery, OverviewQueryVariables>('Overview', 'query Overview($now:LeadFilterInput!$before:LeadFilterInput!$offers:DeliveryFilterInput!){now:leadCounts(filter:$now){status leads revenue}before:leadCounts(filter:$before){status leads revenue}offers:deliveryCounts(filter:$offers){destination state deliveries}destinations(first:50){nodes{name isActive availability{...Availability}}}parkedPostbacks(first:1){nodes{id receivedAt}}refusedCommands(first:1){nodes{findingId refusedAt}}returns(filter:{state:REQUESTED}first:1){nodes{destination requestedAt}}alerts(isLasting:true first:20){nodes{id kind subject message}}flows(first:20){nodes{name isLive isStopped draft{updatedAt diagnostics{severity}}}}}fragment Availability on DestinationAvailability{isAvailable unavailable{...Closed}caps{name kind max allowed used maxRevenue usedRevenue beyond reachedPercent window zone until group sources source isSoft}}fragment Closed on Unavailability{__typename ...on ClosedSchedule{zone opensAt}...on OpenBreaker{failures breakerUntil:until isProbing}...on FullCap{name kind max used window zone capUntil:until}}');
export const People = operation<PeopleQuery, PeopleQueryVariables>('People', 'query People{leadSchemas(first:100){nodes{vertical fields{name kind pii}}}suppressions{origin values}retentions{vertical days keptFrom updatedAt}roles{role can}}');
export const Erasures = operation<ErasuresQuery, ErasuresQueryVariables>('Erasures', 'query Erasures($first:Int!$after:String){erasures(first:$first after:$after){nodes{...ErasureHead}pageInfo{hasNextPage endCursor}}}fragment ErasureHead on Erasure{id isRetention isDone by requestedAt finishedAt fields leads}');
export const Erasure = operation<ErasureQuery, ErasureQueryVariables>('Erasure', 'query Erasure($id:ID!){erasure(id:$id){...ErasureHead rows{table rows}}}fragment ErasureHead on Erasure{id isRetention isDone by requestedAt finishedAt fields leads}');
export const ErasurePreview = operation<ErasurePreviewQuery, ErasurePreviewQueryVariables>('ErasurePreview', 'query ErasurePreview($input:ErasePersonsInput!$after:String){erasurePreview(input:$input after:$after){preview{leads openLeads lookedThrough next destinations{destination offers}}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const ErasePersons = operation<ErasePersonsMutation, ErasePersonsMutationVariables>('ErasePersons', 'mutation ErasePersons($input:ErasePersonsInput!){erasePersons(input:$input){erasure{id}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const AddSuppressions = operation<AddSuppressionsMutation, AddSuppressionsMutationVariables>('AddSuppressions', 'mutation AddSuppressions($input:AddSuppressionsInput!){addSuppressions(input:$input){added userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const LiftSuppressions = operation<LiftSuppressionsMutation, LiftSuppressionsMutationVariables>('LiftSuppressions', 'mutation LiftSuppressions($input:LiftSuppressionsInput!){liftSuppressions(input:$input){lifted userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const SetRetention = operation<SetRetentionMutation, SetRetentionMutationVariables>('SetRetention', 'mutation SetRetention($input:SetRetentionInput!){setRetention(input:$input){vertical userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const PredicateWhileTyped = operation<PredicateWhileTypedQuery, PredicateWhileTypedQueryVariables>('PredicateWhileTyped', 'query PredicateWhileTyped($flow:String!$cel:String!$withExamples:Boolean!){predicate(flow:$flow cel:$cel){diagnostics{...Finding}reads history{leads from unreadable matched matchedRevenue currency missing{field leads}examples@include(if:$withExamples){id}}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}');
export const Replays = operation<ReplaysQuery, ReplaysQueryVariables>('Replays', 'query Replays($first:Int!$after:String){simulations(first:$first after:$after){nodes{id state progress scenario report error createdAt updatedAt}pageInfo{hasNextPage endCursor}}}');
export const Replay = operation<ReplayQuery, ReplayQueryVariables>('Replay', 'query Replay($id:ID!){simulation(id:$id){id state progress scenario report error attempts createdAt updatedAt}}');
export const SweepReplay = operation<SweepReplayQuery, SweepReplayQueryVariables>('SweepReplay', 'query SweepReplay($id:ID!){simulation(id:$id){id state progress scenario report error sweep{...Curve}}}fragment Curve on SimulationSweep{parameter present unit band findings points{value isSupported reason perLead perLeadInterval{low high}difference differenceBand{low high}}}');
export const ReplayProgress = operation<ReplayProgressSubscription, ReplayProgressSubscriptionVariables>('ReplayProgress', 'subscription ReplayProgress($id:ID!){simulationProgress(id:$id){id state progress}}');
export const StartReplay = operation<StartReplayMutation, StartReplayMutationVariables>('StartReplay', 'mutation StartReplay($input:StartSimulationInput!){startSimulation(input:$input){simulation{id}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const CancelReplay = operation<CancelReplayMutation, CancelReplayMutationVariables>('CancelReplay', 'mutation CancelReplay($input:CancelSimulationInput!){cancelSimulation(input:$input){simulation{id state}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const ReplayForm = operation<ReplayFormQuery, ReplayFormQueryVariables>('ReplayForm', 'query ReplayForm{flows(first:100){nodes{...FlowVersions}}}fragment FlowVersions on Flow{name stage{versionHash}versions(first:20){nodes{hash number message}}}');
export const Rollouts = operation<RolloutsQuery, RolloutsQueryVariables>('Rollouts', 'query Rollouts($first:Int!$after:String){rollouts(first:$first after:$after){nodes{name flow state step steps{sharePpm}version{hash number message}isAutomatic createdAt endedAt gate{state reasons}}pageInfo{hasNextPage endCursor}}}');
export const Rollout = operation<RolloutQuery, RolloutQueryVariables>('Rollout', 'query Rollout($name:String!){rollout(name:$name){...OneRollout experiment{name flow node arms primary state readout{advice{action sentence}arms{measures{metric value}}comparisons{arm metric role verdict whyNot effect{...Effect}}}}}}fragment OneRollout on Rollout{name flow versionHash version{hash number message}revision state step steps{sharePpm gate{minLeads minHours requiresShip requiresExperiment}}isAutomatic stepSince gate{state reasons evidence{...RolloutEvidenceOf}}changes{at by before{state step}after{state step}reason evidence{...RolloutEvidenceOf}}createdAt createdBy endedAt}fragment RolloutEvidenceOf on RolloutEvidence{leads hours shadowLeads shadowMoved shadowUndecided}fragment Effect on ExperimentEffect{difference standardError interval{low high}pValue fixedInterval{low high}fixedPValue relative relativeInterval{low high}chanceToWin expectedLoss expectedLossOfFirst units}');
export const ShadowOf = operation<ShadowOfQuery, ShadowOfQueryVariables>('ShadowOf', 'query ShadowOf($flow:String!){shadow(flow:$flow){number versionHash version{number}sharePpm since{at by note}until{at by note}leads moved undecided behind cells(first:30){live{kind destination}candidate{kind destination}leads expectedLeads assumed accepted revenue}movedLeads(first:10){leadId live{kind destination}candidate{kind destination}probability isAssumed}}}');
export const StartRollout = operation<StartRolloutMutation, StartRolloutMutationVariables>('StartRollout', 'mutation StartRollout($input:StartRolloutInput!){startRollout(input:$input){...ChangedRollout}}fragment ChangedRollout on RolloutPayload{rollout{...OneRollout}diagnostics{...Finding}userErrors{...Mistake}}fragment OneRollout on Rollout{name flow versionHash version{hash number message}revision state step steps{sharePpm gate{minLeads minHours requiresShip requiresExperiment}}isAutomatic stepSince gate{state reasons evidence{...RolloutEvidenceOf}}changes{at by before{state step}after{state step}reason evidence{...RolloutEvidenceOf}}createdAt createdBy endedAt}fragment RolloutEvidenceOf on RolloutEvidence{leads hours shadowLeads shadowMoved shadowUndecided}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const AdvanceRollout = operation<AdvanceRolloutMutation, AdvanceRolloutMutationVariables>('AdvanceRollout', 'mutation AdvanceRollout($input:AdvanceRolloutInput!){advanceRollout(input:$input){...ChangedRollout}}fragment ChangedRollout on RolloutPayload{rollout{...OneRollout}diagnostics{...Finding}userErrors{...Mistake}}fragment OneRollout on Rollout{name flow versionHash version{hash number message}revision state step steps{sharePpm gate{minLeads minHours requiresShip requiresExperiment}}isAutomatic stepSince gate{state reasons evidence{...RolloutEvidenceOf}}changes{at by before{state step}after{state step}reason evidence{...RolloutEvidenceOf}}createdAt createdBy endedAt}fragment RolloutEvidenceOf on RolloutEvidence{leads hours shadowLeads shadowMoved shadowUndecided}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const PauseRollout = operation<PauseRolloutMutation, PauseRolloutMutationVariables>('PauseRollout', 'mutation PauseRollout($input:PauseRolloutInput!){pauseRollout(input:$input){...ChangedRollout}}fragment ChangedRollout on RolloutPayload{rollout{...OneRollout}diagnostics{...Finding}userErrors{...Mistake}}fragment OneRollout on Rollout{name flow versionHash version{hash number message}revision state step steps{sharePpm gate{minLeads minHours requiresShip requiresExperiment}}isAutomatic stepSince gate{state reasons evidence{...RolloutEvidenceOf}}changes{at by before{state step}after{state step}reason evidence{...RolloutEvidenceOf}}createdAt createdBy endedAt}fragment RolloutEvidenceOf on RolloutEvidence{leads hours shadowLeads shadowMoved shadowUndecided}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const ResumeRollout = operation<ResumeRolloutMutation, ResumeRolloutMutationVariables>('ResumeRollout', 'mutation ResumeRollout($input:ResumeRolloutInput!){resumeRollout(input:$input){...ChangedRollout}}fragment ChangedRollout on RolloutPayload{rollout{...OneRollout}diagnostics{...Finding}userErrors{...Mistake}}fragment OneRollout on Rollout{name flow versionHash version{hash number message}revision state step steps{sharePpm gate{minLeads minHours requiresShip requiresExperiment}}isAutomatic stepSince gate{state reasons evidence{...RolloutEvidenceOf}}changes{at by before{state step}after{state step}reason evidence{...RolloutEvidenceOf}}createdAt createdBy endedAt}fragment RolloutEvidenceOf on RolloutEvidence{leads hours shadowLeads shadowMoved shadowUndecided}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const RollBackRollout = operation<RollBackRolloutMutation, RollBackRolloutMutationVariables>('RollBackRollout', 'mutation RollBackRollout($input:RollBackRolloutInput!){rollBackRollout(input:$input){...ChangedRollout}}fragment ChangedRollout on RolloutPayload{rollout{...OneRollout}diagnostics{...Finding}userErrors{...Mistake}}fragment OneRollout on Rollout{name flow versionHash version{hash number message}revision state step steps{sharePpm gate{minLeads minHours requiresShip requiresExperiment}}isAutomatic stepSince gate{state reasons evidence{...RolloutEvidenceOf}}changes{at by before{state step}after{state step}reason evidence{...RolloutEvidenceOf}}createdAt createdBy endedAt}fragment RolloutEvidenceOf on RolloutEvidence{leads hours shadowLeads shadowMoved shadowUndecided}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const LeadSchemas = operation<LeadSchemasQuery, LeadSchemasQueryVariables>('LeadSchemas', 'query LeadSchemas{leadSchemas(first:100){nodes{vertical updatedAt declaredFields}pageInfo{hasNextPage}}flows(first:100){nodes{name vertical isLive}}}');
export const LeadSchema = operation<LeadSchemaQuery, LeadSchemaQueryVariables>('LeadSchema', 'query LeadSchema($vertical:String!){leadSchema(vertical:$vertical){vertical hash updatedAt declaredFields}flows(first:100){nodes{name vertical isLive}}}');
export const PutLeadSchema = operation<PutLeadSchemaMutation, PutLeadSchemaMutationVariables>('PutLeadSchema', 'mutation PutLeadSchema($input:PutLeadSchemaInput!){putLeadSchema(input:$input){leadSchema{vertical hash declaredFields}diagnostics{...Finding}userErrors{...Mistake}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const Tokens = operation<TokensQuery, TokensQueryVariables>('Tokens', 'query Tokens($after:String){tokens(first:100 after:$after){nodes{id name role source destination createdAt revokedAt lastUsedAt}pageInfo{hasNextPage endCursor}}}');
export const CreateToken = operation<CreateTokenMutation, CreateTokenMutationVariables>('CreateToken', 'mutation CreateToken($input:CreateTokenInput!){createToken(input:$input){secret token{id name}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const RevokeToken = operation<RevokeTokenMutation, RevokeTokenMutationVariables>('RevokeToken', 'mutation RevokeToken($input:RevokeTokenInput!){revokeToken(input:$input){token{id}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const Sessions = operation<SessionsQuery, SessionsQueryVariables>('Sessions', 'query Sessions{sessions(first:100){nodes{id tokenName role agent createdAt lastSeenAt expiresAt isOwn}pageInfo{hasNextPage}}}');
export const EndSession = operation<EndSessionMutation, EndSessionMutationVariables>('EndSession', 'mutation EndSession($input:EndSessionInput!){endSession(input:$input){session{id}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const Setup = operation<SetupQuery, SetupQueryVariables>('Setup', 'query Setup{leadSchemas(first:20){nodes{vertical declaredFields}}destinations(first:20){nodes{name}}flows(first:20){nodes{name vertical isLive}}}');
export const PutFirstSchema = operation<PutFirstSchemaMutation, PutFirstSchemaMutationVariables>('PutFirstSchema', 'mutation PutFirstSchema($input:PutLeadSchemaInput!){putLeadSchema(input:$input){leadSchema{vertical}diagnostics{...Finding}userErrors{...Mistake}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const PutFirstDestination = operation<PutFirstDestinationMutation, PutFirstDestinationMutationVariables>('PutFirstDestination', 'mutation PutFirstDestination($input:PutDestinationInput!){putDestination(input:$input){destination{name}diagnostics{...Finding}userErrors{...Mistake}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const SaveFirstFlow = operation<SaveFirstFlowMutation, SaveFirstFlowMutationVariables>('SaveFirstFlow', 'mutation SaveFirstFlow($input:SaveFlowDraftInput!){saveFlowDraft(input:$input){draft{revision}diagnostics{...Finding}userErrors{...Mistake}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const PublishFirstFlow = operation<PublishFirstFlowMutation, PublishFirstFlowMutationVariables>('PublishFirstFlow', 'mutation PublishFirstFlow($input:PublishFlowInput!){publishFlow(input:$input){flowVersion{number}diagnostics{...Finding}userErrors{...Mistake}}}fragment Finding on Diagnostic{code severity node destination part span{from to}message hint example}fragment Mistake on UserError{path code message hint}');
export const SubmitFirstLead = operation<SubmitFirstLeadMutation, SubmitFirstLeadMutationVariables>('SubmitFirstLead', 'mutation SubmitFirstLead($input:SubmitLeadInput!){submitLead(input:$input){outcome{leadId status destination price currency reason}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const Shell = operation<ShellQuery, ShellQueryVariables>('Shell', 'query Shell{viewer{name role source can}about{version consoleHash isOpen now}}');
export const Currencies = operation<CurrenciesQuery, CurrenciesQueryVariables>('Currencies', 'query Currencies{flows(first:100){nodes{name stage{version{currency}}}}}');
export const Sources = operation<SourcesQuery, SourcesQueryVariables>('Sources', 'query Sources($filter:MetricsFilterInput!){sources(first:100){nodes{...SourceHead}pageInfo{hasNextPage}}metrics(filter:$filter by:[SOURCE]bucket:TOTAL groups:200){metrics{points{source isRest currency leads sold revenue}}}}fragment SourceHead on Source{id name flow preset isActive path revision updatedAt}');
export const Source = operation<SourceQuery, SourceQueryVariables>('Source', 'query Source($name:String!){source(name:$name){...SourceHead document}}fragment SourceHead on Source{id name flow preset isActive path revision updatedAt}');
export const SourceForm = operation<SourceFormQuery, SourceFormQueryVariables>('SourceForm', 'query SourceForm{flows(first:100){nodes{name isLive leadSchema{declaredFields}}}sourcePresets{name description secrets signatureHeader}}');
export const TryPayload = operation<TryPayloadQuery, TryPayloadQueryVariables>('TryPayload', 'query TryPayload($input:TryPayloadInput!){tryPayload(input:$input){isAccepted isTest idempotencyKey fields{field from given read}unknown{key value}problems{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const PutSource = operation<PutSourceMutation, PutSourceMutationVariables>('PutSource', 'mutation PutSource($input:PutSourceInput!){putSource(input:$input){source{...SourceHead document}userErrors{...Mistake}}}fragment SourceHead on Source{id name flow preset isActive path revision updatedAt}fragment Mistake on UserError{path code message hint}');
export const SetSourceActive = operation<SetSourceActiveMutation, SetSourceActiveMutationVariables>('SetSourceActive', 'mutation SetSourceActive($input:SetSourceActiveInput!){setSourceActive(input:$input){source{name isActive revision}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const TestLeadForm = operation<TestLeadFormQuery, TestLeadFormQueryVariables>('TestLeadForm', 'query TestLeadForm($name:String!){destination(name:$name){name price pays}flows(first:100){nodes{name isLive stage{version{currency document}}leadSchema{fields{name kind required pii labels min max}}}}}');
export const SendTestLead = operation<SendTestLeadMutation, SendTestLeadMutationVariables>('SendTestLead', 'mutation SendTestLead($input:SendTestLeadInput!){sendTestLead(input:$input){exchange{request{method url headers{name value}body}status latencyMs responseExcerpt outcome price redirectUrl reason reference finding}userErrors{...Mistake}}}fragment Mistake on UserError{path code message hint}');
export const Tour = operation<TourQuery, TourQueryVariables>('Tour', 'query Tour{flows(first:10){nodes{name stage{versionHash version{document}}versions(first:10){nodes{hash number}}}}leads(filter:{status:SOLD}first:20){nodes{id deliveries{id}}}experiments(first:1){nodes{name}}destinations(first:50){nodes{name caps{max}}}}');
export const TryForm = operation<TryFormQuery, TryFormQueryVariables>('TryForm', 'query TryForm($flow:String!){flow(name:$flow){name stage{versionHash}draft{document}versions(first:20){nodes{hash number message currency document}}leadSchema{fields{name kind required pii labels min max}}}}');
export const TryLead = operation<TryLeadQuery, TryLeadQueryVariables>('TryLead', 'query TryLead($input:ExplainLeadInput!){explainLead(input:$input){explanation{isReproduced end{state reason}steps{...WalkStep}}diagnostics{code message node}userErrors{path code message hint}}}fragment WalkStep on ExplainedStep{number at kind propensity choices{node kind to detail}candidates{destination outcome probability detail criteria{text value inputs{name value}}divertedBy{node to detail}}bids{destination bid net rank detail}}');
