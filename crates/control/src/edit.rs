//! Edits of a flow: the small changes that people make to a draft, all or none.

use pointsman_flow::{
    BanditNode, Document, LearningSettings, Literal, Node, Objective, OfKind as _, Row,
    ScorecardNode, WhenNode,
};
use pointsman_lead::{Problem, closest};

mod arms;
mod find;

use arms::{add_arm, remove_arm, set_key, set_limits, set_salt, set_targets, set_weights};
use find::{at, cases, find, of_kind, rows, scores, unknown_node, wrong_kind};

/// One change of a document. Rows and points count from 0.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Puts a node in place of the one of its name, or adds it.
    PutNode {
        /// Its name.
        name: String,
        /// The node.
        node: Box<Node>,
    },
    /// Takes a node away.
    RemoveNode {
        /// Its name.
        name: String,
    },
    /// Says where leads start.
    SetRoot {
        /// The node.
        to: String,
    },
    /// Sets the weights of some arms of a split; arms that are not named share the rest as before.
    SetWeights {
        /// The split.
        node: String,
        /// Arm and parts per million.
        weights: Vec<(String, u32)>,
    },
    /// Adds an arm to a split, bandit or rotation.
    AddArm {
        /// The split, bandit or rotation.
        node: String,
        /// Name of the arm; `None`: its destination's or node's.
        name: Option<String>,
        /// Where it leads.
        to: String,
        /// Its weight in a split, parts per million, taken from the others pro rata; `None`: an equal share.
        weight_ppm: Option<u32>,
    },
    /// Takes an arm away; in a split the others get its weight pro rata.
    RemoveArm {
        /// The split, bandit or rotation.
        node: String,
        /// Name of the arm.
        arm: String,
    },
    /// Sets what keeps the draws of a split or bandit apart from those of other nodes.
    SetSalt {
        /// The split or bandit.
        node: String,
        /// The salt; `None`: the names of flow and node.
        salt: Option<String>,
    },
    /// Sets what draws know an arm by.
    SetKey {
        /// The split or bandit.
        node: String,
        /// Name of the arm.
        arm: String,
        /// The key; `None`: its name.
        key: Option<String>,
    },
    /// Sets the targets of an arm of a rotation.
    SetTargets {
        /// The rotation.
        node: String,
        /// Name of the arm.
        arm: String,
        /// Leads a day; `None`: no such target.
        daily: Option<u32>,
        /// Leads a month; `None`: no such target.
        monthly: Option<u32>,
    },
    /// Sets the floor and the ceiling of an arm of a bandit.
    SetLimits {
        /// The bandit.
        node: String,
        /// Name of the arm.
        arm: String,
        /// Least part of the leads, parts per million; `None`: its part of the exploration.
        floor_ppm: Option<u32>,
        /// Largest part of the leads, parts per million; `None`: all.
        ceiling_ppm: Option<u32>,
    },
    /// Sets how a bandit learns.
    SetLearning {
        /// The bandit.
        node: String,
        /// All of its settings: what is left out is as usual from then on.
        learning: LearningSettings,
    },
    /// Puts a row of a table in place of one that is there.
    SetTableRow {
        /// The table.
        node: String,
        /// Position of the row.
        row: usize,
        /// The row that shall be there.
        new: Row,
    },
    /// Adds a row to a table.
    InsertRow {
        /// The table.
        node: String,
        /// Position that the row shall have; `None`: the last.
        row: Option<usize>,
        /// The row.
        new: Row,
    },
    /// Takes a row of a table away.
    RemoveRow {
        /// The table.
        node: String,
        /// Position of the row.
        row: usize,
    },
    /// Sets what a `when`, or one entry of a scorecard, asks.
    SetPredicate {
        /// The node.
        node: String,
        /// Position in a scorecard; `None` for a `when`.
        entry: Option<usize>,
        /// The predicate, as CEL text.
        cel: String,
    },
    /// Sets the points of one entry of a scorecard.
    SetPoints {
        /// The scorecard.
        node: String,
        /// Position of the entry.
        entry: usize,
        /// Its points.
        points: i64,
    },
    /// Sets the values of one case of a switch.
    SetCase {
        /// The switch.
        node: String,
        /// Position of the case.
        case: usize,
        /// Its values.
        values: Vec<Literal>,
    },
    /// Leads a port to another node.
    SetPort {
        /// The node.
        node: String,
        /// The port, such as `then`, `arms[0].to` or `to[2]`.
        port: String,
        /// Where it leads.
        to: String,
    },
    /// Sets how much of a bandit's traffic is spread evenly.
    SetExplore {
        /// The bandit.
        node: String,
        /// In all, parts per million.
        explore_ppm: u32,
    },
    /// Sets what a bandit raises.
    SetObjective {
        /// The bandit.
        node: String,
        /// What.
        maximize: Objective,
    },
    /// Sets how many destinations one lead may be sold to.
    SetMaxSold {
        /// 1 to 16.
        max_sold: u8,
    },
}

/// Applies edits in order, each to what those before it made.
///
/// # Errors
///
/// All edits that do not fit; a path is like `edits[2].node`. The document is then half edited:
/// throw it away.
pub(crate) fn apply(document: &mut Document, edits: &[Edit]) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    for (idx, edit) in edits.iter().enumerate() {
        if let Err(problem) = one(document, edit) {
            let path = format!("edits[{idx}].{}", problem.path);
            problems.push(Problem { path, ..problem });
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

fn one(document: &mut Document, edit: &Edit) -> Result<(), Problem> {
    match edit {
        Edit::PutNode { name, node } => {
            document.nodes.insert(name.clone(), (**node).clone());
            Ok(())
        }
        Edit::RemoveNode { name } => remove_node(document, name),
        Edit::SetRoot { to } => {
            document.root.clone_from(to);
            Ok(())
        }
        Edit::SetMaxSold { max_sold } => {
            document.max_sold = *max_sold;
            Ok(())
        }
        Edit::SetWeights { node, weights } => set_weights(document, node, weights),
        Edit::AddArm {
            node,
            name,
            to,
            weight_ppm,
        } => add_arm(document, node, name.as_ref(), to, *weight_ppm),
        Edit::RemoveArm { node, arm } => remove_arm(document, node, arm),
        Edit::SetSalt { node, salt } => set_salt(document, node, salt.as_deref()),
        Edit::SetKey { node, arm, key } => set_key(document, node, arm, key.as_deref()),
        Edit::SetTargets {
            node,
            arm,
            daily,
            monthly,
        } => set_targets(document, node, arm, *daily, *monthly),
        Edit::SetLimits {
            node,
            arm,
            floor_ppm,
            ceiling_ppm,
        } => set_limits(document, node, arm, *floor_ppm, *ceiling_ppm),
        Edit::SetLearning { node, learning } => {
            bandit(document, node, |it| it.learning = *learning)
        }
        Edit::SetTableRow { node, row, new } => {
            at(rows(document, node)?, "row", *row)?.clone_from(new);
            Ok(())
        }
        Edit::InsertRow { node, row, new } => insert_row(document, node, *row, new.clone()),
        Edit::RemoveRow { node, row } => remove_row(document, node, *row),
        Edit::SetPredicate { node, entry, cel } => set_predicate(document, node, *entry, cel),
        Edit::SetPoints {
            node,
            entry,
            points,
        } => {
            at(scores(document, node)?, "entry", *entry)?.points = *points;
            Ok(())
        }
        Edit::SetCase { node, case, values } => {
            at(cases(document, node)?, "case", *case)?
                .values
                .clone_from(values);
            Ok(())
        }
        Edit::SetPort { node, port, to } => set_port(document, node, port, to),
        Edit::SetExplore { node, explore_ppm } => {
            bandit(document, node, |it| it.explore_ppm = *explore_ppm)
        }
        Edit::SetObjective { node, maximize } => {
            bandit(document, node, |it| it.maximize = *maximize)
        }
    }
}

fn remove_node(document: &mut Document, name: &str) -> Result<(), Problem> {
    match document.nodes.remove(name) {
        Some(_) => Ok(()),
        None => Err(unknown_node(document, "name", name)),
    }
}

/// Changes a bandit.
fn bandit(
    document: &mut Document,
    node: &str,
    change: impl FnOnce(&mut BanditNode),
) -> Result<(), Problem> {
    change(of_kind::<BanditNode>(document, node)?);
    Ok(())
}

fn remove_row(document: &mut Document, node: &str, row: usize) -> Result<(), Problem> {
    let rows = rows(document, node)?;
    at(rows, "row", row)?;
    rows.remove(row);
    Ok(())
}

fn insert_row(
    document: &mut Document,
    node: &str,
    row: Option<usize>,
    inserted: Row,
) -> Result<(), Problem> {
    let rows = rows(document, node)?;
    let position = row.unwrap_or(rows.len());
    if position > rows.len() {
        let message = format!("there is no position {position}");
        return Err(Problem::new("no_such_position", "row", message)
            .hint(format!("at most {}", rows.len())));
    }
    rows.insert(position, inserted);
    Ok(())
}

fn set_predicate(
    document: &mut Document,
    node: &str,
    entry: Option<usize>,
    cel: &str,
) -> Result<(), Problem> {
    let found = find(document, node)?;
    let is_scorecard = ScorecardNode::of(found).is_some();
    let condition = match (is_scorecard, entry) {
        (true, None) => {
            let message = "a scorecard has several predicates";
            let problem = Problem::new("missing_member", "entry", message);
            return Err(problem.hint("say which entry, from 0"));
        }
        (true, Some(entry)) => &mut at(scores(document, node)?, "entry", entry)?.condition,
        (false, None) if WhenNode::of(found).is_some() => {
            &mut of_kind::<WhenNode>(document, node)?.condition
        }
        (false, _) => return Err(wrong_kind(node, found, "when or scorecard")),
    };
    cel.clone_into(condition);
    Ok(())
}

fn set_port(document: &mut Document, node: &str, port: &str, to: &str) -> Result<(), Problem> {
    let found = find(document, node)?;
    let ports: Vec<String> = found.ports().into_iter().map(|(port, _)| port).collect();
    let Some(position) = ports.iter().position(|name| name == port) else {
        let problem = Problem::new(
            "unknown_port",
            "port",
            format!("node `{node}` has no port `{port}`"),
        );
        return Err(match closest(port, ports.iter().map(String::as_str)) {
            Some(close) => problem.hint(format!("did you mean `{close}`?")),
            None => problem,
        });
    };
    if let Some(slot) = found.ports_mut().into_iter().nth(position) {
        to.clone_into(slot);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
