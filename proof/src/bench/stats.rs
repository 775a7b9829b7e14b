//! Medians, percentiles and how far rounds lie apart.

/// The middle value; of an even number, the mean of the two in the middle. 0 of none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        length if length % 2 == 0 => f64::midpoint(sorted[middle - 1], sorted[middle]),
        _ => sorted[middle],
    }
}

/// How far the values lie from their median at most, as a share of it.
pub fn spread(values: &[f64]) -> f64 {
    let median = median(values);
    if median == 0.0 {
        return 0.0;
    }
    let distances = values.iter().map(|value| (value - median).abs());
    distances.fold(0.0, f64::max) / median.abs()
}

/// Half of what the middle half of many samples spans, as a share of their median.
pub fn middle_spread(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let quarter = sorted.len() / 4;
    let median = median(values);
    match (sorted.get(quarter), sorted.iter().nth_back(quarter)) {
        (Some(low), Some(high)) if median != 0.0 => (high - low) / 2.0 / median.abs(),
        _ => 0.0,
    }
}

/// The value that `percent` of all do not exceed (nearest rank). `sorted` is in order; 0 of none.
pub fn percentile(sorted: &[u32], percent: usize) -> u32 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(close(median(&[]), 0.0));
        assert!(close(median(&[3.0, 1.0, 2.0]), 2.0));
        assert!(close(median(&[4.0, 1.0, 2.0, 3.0]), 2.5));
    }

    #[test]
    fn the_spread_is_the_farthest_round() {
        assert!((spread(&[100.0, 90.0, 130.0]) - 0.3).abs() < 1e-9);
        assert!(spread(&[]).abs() < 1e-9);
    }

    #[test]
    fn one_stray_sample_does_not_widen_the_middle() {
        let samples = [9.0, 10.0, 10.0, 10.0, 10.0, 10.0, 11.0, 500.0];
        assert!(middle_spread(&samples) < 0.06);
        assert!(middle_spread(&[]).abs() < 1e-9);
    }

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let hundred: Vec<u32> = (1..=100).collect();
        assert_eq!(percentile(&hundred, 50), 50);
        assert_eq!(percentile(&hundred, 99), 99);
        assert_eq!(percentile(&hundred, 100), 100);
        assert_eq!(percentile(&[7], 99), 7);
        assert_eq!(percentile(&[], 50), 0);
        assert_eq!(percentile(&[1, 2, 3], 50), 2);
    }
}
