//! An explanation as a person reads it at a terminal.

use std::fmt::{self, Write as _};

use pointsman_bandit::{Kind, Posterior};
use pointsman_flow::{ColumnCount, NearMiss, Why as Rule};

use super::{
    BanditExplanation, Candidate, CandidateOutcome, ChoiceExplanation, Explanation,
    StepExplanation, Turn, words,
};
use crate::Mismatch;

impl Explanation {
    /// The whole story, in sentences.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing to a text does not fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> fmt::Result {
        match &self.decision_id {
            Some(id) => writeln!(text, "Decision {id} of flow `{}`.", self.flow)?,
            None => writeln!(text, "A what-if lead of flow `{}`.", self.flow)?,
        }
        let Self {
            version_hash,
            catalog_hash,
            epoch,
            unit_key,
            ..
        } = self;
        writeln!(text, "  version {version_hash}")?;
        writeln!(text, "  catalog {catalog_hash}")?;
        // A source and a key are told apart by a control character.
        let unit_key = unit_key.replace('\u{1f}', " / ");
        writeln!(text, "  weights of epoch {epoch}; drawn by `{unit_key}`")?;
        let seen: Vec<String> = self.seen.iter().map(words::seen).collect();
        if !seen.is_empty() {
            writeln!(text, "  {}", seen.join(", "))?;
        }
        for step in &self.steps {
            write_step(text, step)?;
        }
        self.write_other_rules(text)?;
        if !self.bandits.is_empty() {
            writeln!(text, "\nBandits")?;
        }
        for bandit in &self.bandits {
            write_bandit(text, bandit)?;
        }
        writeln!(text)?;
        match &self.end {
            None => writeln!(text, "The walk is not over.")?,
            Some(end) => {
                let reason = end.reason.as_deref();
                let reason = reason.map_or(String::new(), |reason| format!(": {reason}"));
                writeln!(text, "The lead is {}{reason}.", end.state)?;
            }
        }
        for mismatch in &self.mismatches {
            let Mismatch {
                decision_id: _,
                step,
                what,
                stored,
                computed,
            } = mismatch;
            writeln!(
                text,
                "Step {step} is not as stored: {what} was {stored} and is now {computed}."
            )?;
        }
        Ok(())
    }
}

impl Explanation {
    /// The rules that the lead did not come to, since nothing behind them could be had.
    fn write_other_rules(&self, text: &mut String) -> fmt::Result {
        let passed = |rule: &ChoiceExplanation| {
            let mut choices = self.steps.iter().flat_map(|step| &step.choices);
            choices.any(|choice| choice.node == rule.node)
        };
        let mut others = self.rules.iter().filter(|rule| !passed(rule)).peekable();
        if others.peek().is_some() {
            writeln!(text, "\nRules on the ways that were not taken")?;
        }
        others.try_for_each(|rule| write_choice(text, rule))
    }
}

fn write_step(text: &mut String, step: &StepExplanation) -> fmt::Result {
    let mut candidates = step.candidates.iter();
    let what = match step.kind {
        Turn::Ping => "destinations are asked for a bid".to_owned(),
        Turn::Done => "the walk ends".to_owned(),
        Turn::Offer => {
            let offered =
                candidates.find(|candidate| candidate.outcome == CandidateOutcome::Offered);
            let name = offered.map_or("nobody", |candidate| &candidate.destination);
            format!("the lead is offered to `{name}`")
        }
    };
    let StepExplanation {
        n, at, propensity, ..
    } = step;
    writeln!(
        text,
        "\nStep {n} at {at}: {what}, with probability {propensity:.6}"
    )?;
    for choice in &step.choices {
        write_choice(text, choice)?;
    }
    for rotation in &step.rotations {
        let arms = rotation.arms.iter();
        let arms = arms.map(|arm| format!("`{}` ({})", arm.arm, arm.detail));
        let arms: Vec<String> = arms.collect();
        writeln!(
            text,
            "  the order of `{}`: {}",
            rotation.node,
            arms.join(", ")
        )?;
    }
    for bid in &step.bids {
        writeln!(text, "  the bid of `{}`: {}", bid.destination, bid.detail)?;
    }
    let widths = step
        .candidates
        .iter()
        .map(|it| it.destination.chars().count());
    let width = widths.max().unwrap_or_default();
    for candidate in &step.candidates {
        let Candidate {
            destination,
            detail,
            ..
        } = candidate;
        writeln!(text, "    {destination:width$}  {detail}")?;
    }
    Ok(())
}

fn write_choice(text: &mut String, choice: &ChoiceExplanation) -> fmt::Result {
    let ChoiceExplanation {
        node, kind, detail, ..
    } = choice;
    writeln!(text, "  {kind} `{node}`: {detail}")?;
    let Some(Rule::Table { columns, near, .. }) = &choice.rule else {
        return Ok(());
    };
    for ColumnCount {
        column,
        matching,
        left,
    } in columns
    {
        let seen = words::seen(column);
        writeln!(text, "      {seen}: {matching} rows match, {left} left")?;
    }
    for NearMiss { row, to, failed } in near {
        let failed = words::failing(failed);
        writeln!(text, "      nearly row {}, to `{to}`: {failed}", row + 1)?;
    }
    Ok(())
}

/// What was believed of an arm, such as `after 200 trials believed worth 12.10 (from 10.80 to 13.40), of it 3.20 later`.
fn believed(posterior: &Posterior) -> String {
    let unit = if posterior.is_count { 1.0 } else { 1e6 };
    let [low, _, high] = posterior.quantiles.map(|worth| worth / unit);
    let (trials, worth) = (posterior.trials, posterior.mean_value / unit);
    let later = posterior
        .streams
        .iter()
        .filter(|stream| stream.kind != Kind::AtOnce);
    let later = later.map(|stream| stream.mean_value / unit).sum::<f64>();
    let of_it = if later.abs() >= 0.005 {
        format!(", of it {later:.2} later")
    } else {
        String::new()
    };
    format!("after {trials} trials believed worth {worth:.2} ({low:.2} to {high:.2}){of_it}")
}

fn write_bandit(text: &mut String, bandit: &BanditExplanation) -> fmt::Result {
    let BanditExplanation {
        node,
        segment,
        epoch: _,
        weights,
        limits,
        learning,
        posteriors,
    } = bandit;
    match segment.as_str() {
        "" => writeln!(text, "  `{node}`")?,
        segment => writeln!(text, "  `{node}` for {segment}")?,
    }
    for (name, value) in learning.said() {
        writeln!(text, "    {name}: {value}")?;
    }
    for (arm, weight) in weights {
        write!(text, "    `{arm}`: weight {}", words::ppm(*weight))?;
        if let Some((_, floor, ceiling)) = limits.iter().find(|(name, _, _)| name == arm) {
            let (floor, ceiling) = (words::ppm(*floor), words::ppm(*ceiling));
            write!(text, ", held between {floor} and {ceiling}")?;
        }
        match posteriors.get(arm) {
            Some(posterior) => writeln!(text, "; {}", believed(posterior))?,
            None => writeln!(text, "; nothing was known of it")?,
        }
    }
    Ok(())
}
