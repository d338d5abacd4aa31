//! Linear equations with a matrix that is symmetric and positive definite.

/// Solves `A x = b` in place: `b` becomes `x`.
///
/// * `a`: row by row, shape `(n, n)`; only its lower half is read, and it is overwritten.
///
/// A penalty on the diagonal makes `A` positive definite. Where rounding takes that away, the pivot is the smallest one that is seen as
/// positive, and the solution is that of a matrix as close.
///
/// # Source
///
/// Golub and Van Loan, *Matrix computations*, 4th edition, algorithm 4.2.2.
pub(super) fn solve(a: &mut [f64], b: &mut [f64]) {
    let n = b.len();
    let largest = (0..n).map(|i| a[i * n + i]).fold(0.0, f64::max);
    let least = (largest * 1e-14).max(f64::MIN_POSITIVE);
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| a[i * n + k] * a[j * n + k]).sum();
            let left = a[i * n + j] - dot;
            a[i * n + j] = if i == j {
                left.max(least).sqrt()
            } else {
                left / a[j * n + j]
            };
        }
    }
    for i in 0..n {
        let dot: f64 = (0..i).map(|k| a[i * n + k] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i * n + i];
    }
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|k| a[k * n + i] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i * n + i];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_solution_solves() {
        let a = [4.0, 2.0, 0.5, 2.0, 5.0, 1.0, 0.5, 1.0, 3.0];
        let mut x = [1.0, -2.0, 3.0];
        let b: Vec<f64> = a
            .chunks(3)
            .map(|row| row.iter().zip(x).map(|(a, x)| a * x).sum())
            .collect();
        let expected = x;
        x.copy_from_slice(&b);
        solve(&mut a.clone(), &mut x);
        for (found, expected) in x.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn a_singular_matrix_gives_numbers() {
        let mut x = [1.0, 1.0];
        solve(&mut [1.0, 1.0, 1.0, 1.0], &mut x);
        assert!(x.iter().all(|x| x.is_finite()), "{x:?}");
        assert!((x[0] + x[1] - 1.0).abs() < 1e-6);
    }
}
