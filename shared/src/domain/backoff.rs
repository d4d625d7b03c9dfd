//! How long what failed waits before it is tried again.

use chrono::TimeDelta;

/// The wait after the first failure.
const FIRST: TimeDelta = TimeDelta::seconds(30);

/// No wait is longer.
const LONGEST: TimeDelta = TimeDelta::hours(4);

/// The wait after the n-th failure in a row: doubled each time, up to four hours, and shortened by up
/// to a half so that what failed together does not come again together. `jitter` is from 0 to 1.
pub fn delay(failures: u32, jitter: f64) -> TimeDelta {
    let doubled = FIRST * 2_i32.pow(failures.saturating_sub(1).min(12));
    let longest = doubled.min(LONGEST);
    let half = (longest.num_milliseconds() / 2) as f64;
    longest - TimeDelta::milliseconds((half * jitter.clamp(0.0, 1.0)) as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn without_jitter_it_doubles_up_to_four_hours() {
        let minutes: Vec<_> = (0..=11).map(|n| delay(n, 0.0).num_seconds()).collect();
        assert_eq!(minutes, [30, 30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 14_400, 14_400]);
    }

    proptest! {
        #[test]
        fn jitter_shortens_by_at_most_a_half(failures in 0..u32::MAX, jitter in 0.0..1.0_f64) {
            let (longest, jittered) = (delay(failures, 0.0), delay(failures, jitter));
            prop_assert!(longest / 2 <= jittered && jittered <= longest);
        }
    }
}
