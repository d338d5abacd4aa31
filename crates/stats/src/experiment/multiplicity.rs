//! p-values of several questions at once, adjusted so that their number counts.

use super::{Error, count};

/// Against what p-values are adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// One false alarm among all, whatever depends on what: the most cautious.
    Bonferroni,
    /// As [`Self::Bonferroni`], and never worse.
    Holm,
    /// One false alarm among all, for independent or positively dependent questions.
    Hochberg,
    /// The share of false alarms among the alarms, for independent or positively dependent questions.
    BenjaminiHochberg,
    /// As [`Self::BenjaminiHochberg`], whatever depends on what.
    BenjaminiYekutieli,
}

/// Adjusted p-values, in the order of the given ones: compare each with α as it is.
///
/// * `p`: in [0, 1].
///
/// # Errors
///
/// [`Error::Argument`] for one outside its range or not a number.
///
/// # Source
///
/// Holm, *A simple sequentially rejective multiple test procedure*, 1979; Hochberg, *A sharper Bonferroni procedure*, 1988; Benjamini
/// and Hochberg, *Controlling the false discovery rate*, 1995; Benjamini and Yekutieli, *… under dependency*, 2001.
pub fn adjust(p: &[f64], method: Method) -> Result<Vec<f64>, Error> {
    for value in p {
        if !(0.0..=1.0).contains(value) {
            return Err(Error::Argument {
                name: "a p-value",
                value: *value,
                rule: "in [0, 1]",
            });
        }
    }
    let m = count(p.len() as u64);
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let ranks = (1..=p.len()).map(|rank| count(rank as u64));
    let harmonic: f64 = ranks.clone().map(f64::recip).sum();
    let mut scaled: Vec<f64> = order
        .iter()
        .zip(ranks)
        .map(|(position, rank)| {
            p[*position]
                * match method {
                    Method::Bonferroni => m,
                    Method::Holm | Method::Hochberg => m - rank + 1.0,
                    Method::BenjaminiHochberg => m / rank,
                    Method::BenjaminiYekutieli => m / rank * harmonic,
                }
        })
        .collect();
    match method {
        Method::Bonferroni => {}
        // Down from the smallest: none is below one before it.
        Method::Holm => {
            scaled.iter_mut().fold(0.0, |most: f64, it| {
                *it = it.max(most);
                *it
            });
        }
        // Up from the largest: none is above one after it.
        Method::Hochberg | Method::BenjaminiHochberg | Method::BenjaminiYekutieli => {
            scaled.iter_mut().rev().fold(1.0, |least: f64, it| {
                *it = it.min(least);
                *it
            });
        }
    }
    let mut adjusted = vec![0.0; p.len()];
    for (position, value) in order.into_iter().zip(scaled) {
        adjusted[position] = value.min(1.0);
    }
    Ok(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Method; 5] = [
        Method::Bonferroni,
        Method::Holm,
        Method::Hochberg,
        Method::BenjaminiHochberg,
        Method::BenjaminiYekutieli,
    ];

    #[test]
    fn one_question_is_not_adjusted_and_none_gives_none() {
        for method in ALL {
            assert_eq!(adjust(&[0.03], method).unwrap(), vec![0.03]);
            assert_eq!(adjust(&[], method).unwrap(), Vec::<f64>::new());
        }
    }

    #[test]
    fn order_does_not_count() {
        let (p, turned) = ([0.01, 0.2, 0.03, 0.03], [0.03, 0.03, 0.2, 0.01]);
        for method in ALL {
            let mut found = adjust(&turned, method).unwrap();
            found.reverse();
            assert_eq!(adjust(&p, method).unwrap(), found);
        }
    }

    #[test]
    fn what_is_no_p_value_is_refused() {
        for bad in [f64::NAN, -0.1, 1.1] {
            assert!(adjust(&[0.5, bad], Method::Holm).is_err());
        }
    }
}
