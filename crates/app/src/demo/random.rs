//! Pseudo-random numbers for made-up traffic: the same from the same seed, and for nothing else.

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Not for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The numbers that follow from `seed`.
    pub(crate) fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `most`; 0 when there is none.
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        // The upper half of a 128-bit product: no number of these small ranges is favoured visibly.
        u64::try_from((u128::from(self.draw()) * u128::from(most)) >> 64).unwrap_or(0)
    }

    /// A number from `least` to `most`, both included.
    pub(crate) fn within(&mut self, least: u16, most: u16) -> u16 {
        let above = self.below(u64::from(most.saturating_sub(least)) + 1);
        least.saturating_add(u16::try_from(above).unwrap_or(0))
    }

    /// A number from 0 up to, not including, 1.
    pub(crate) fn share(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exactly what an f64 holds")]
        let n = (self.draw() >> 11) as f64;
        n / 9_007_199_254_740_992.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_published_algorithm_and_stay_in_range() {
        // First outputs for seed 1234567, as other implementations of SplitMix64 give them.
        let mut random = Random::of(1_234_567);
        assert_eq!(random.draw(), 6_457_827_717_110_365_317);
        assert_eq!(random.draw(), 3_203_168_211_198_807_973);
        let mut sum = 0.0;
        for _ in 0..10_000 {
            assert!(random.below(7) < 7);
            assert!((3..=9).contains(&random.within(3, 9)));
            sum += random.share();
        }
        assert_eq!(random.below(0), 0);
        assert!((4_800.0..5_200.0).contains(&sum));
    }
}
