//! Makes inputs from good ones: cut, doubled, mixed, with bytes and words in them that have broken others before.

use fastrand::Rng;

/// What parsers stumble over.
const WORDS: [&[u8]; 48] = [
    b"\0",
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    "\u{feff}".as_bytes(),
    "\u{202e}".as_bytes(),
    "e\u{301}\u{301}\u{301}".as_bytes(),
    "\u{1f468}\u{200d}\u{1f469}".as_bytes(),
    "\u{2028}".as_bytes(),
    "ß".as_bytes(),
    "İ".as_bytes(),
    b"%",
    b"%00",
    b"%ff",
    b"%c3%28",
    b"%u0041",
    b"+",
    b"&",
    b"=",
    b";",
    b",",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\\udfff\\ud800",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b"[[[[[[[[",
    b"-0",
    b"1e309",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"18446744073709551616",
    b"0.1",
    b"9999-12-31",
    b"0000-00-00",
    b"-2026-01-01",
    b"2026-02-30",
    b"2026-12-24T23:59:60Z",
    b"2026-12-24T00:00:00+24:00",
    b"+262142-01-01",
    b"..",
    b"//",
    b"\r\n",
    b"$argon2id$",
];
const LONGEST: usize = 4096;

#[derive(Debug)]
pub struct Mutator {
    rng: Rng,
    corpus: Vec<Vec<u8>>,
}

impl Mutator {
    pub fn new(rng: Rng, corpus: Vec<Vec<u8>>) -> Mutator {
        Mutator { rng, corpus }
    }

    pub fn next(&mut self) -> Vec<u8> {
        let mut input = self.pick();
        // Most of them nearly right: what is all wrong is refused at the first look.
        let count = match self.rng.u8(..16) {
            0 => 0,
            1..10 => 1,
            10..15 => self.rng.usize(2..5),
            _ => self.rng.usize(5..40),
        };
        for _ in 0..count {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn pick(&mut self) -> Vec<u8> {
        self.rng.choice(&self.corpus).cloned().unwrap_or_default()
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let place = self.rng.usize(..=input.len());
        let length = self.rng.usize(..=(input.len() - place).min(24));
        match self.rng.u8(..11) {
            0 if place < input.len() => input[place] ^= 1 << self.rng.u8(..8),
            1 if place < input.len() => input[place] = self.rng.u8(..),
            2 => {
                input.drain(place..place + length);
            }
            3 => {
                let again = input[place..place + length].to_vec();
                let at = self.rng.usize(..=input.len());
                input.splice(at..at, again);
            }
            4 | 5 => {
                let word = self.rng.choice(WORDS).unwrap_or_default().to_vec();
                input.splice(place..place + length, word);
            }
            6 => {
                let word = self.rng.choice(WORDS).unwrap_or_default().to_vec();
                input.splice(place..place, word);
            }
            7 => input.truncate(place),
            8 => {
                let other = self.pick();
                let from = self.rng.usize(..=other.len());
                input.truncate(place);
                input.extend_from_slice(&other[from..]);
            }
            9 => {
                let byte = self.rng.u8(..);
                let count = 1 << self.rng.u8(..11);
                input.splice(place..place, std::iter::repeat_n(byte, count));
            }
            _ => {
                let number = self.rng.i64(..) >> self.rng.u8(..64);
                input.splice(place..place + length, number.to_string().into_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_inputs() {
        let inputs = || {
            let corpus = vec![b"{\"title\": \"a\"}".to_vec(), b"q=1&limit=2".to_vec()];
            let mut mutator = Mutator::new(Rng::with_seed(7), corpus);
            (0..500).map(|_| mutator.next()).collect::<Vec<_>>()
        };
        assert_eq!(inputs(), inputs());
        assert!(
            inputs()
                .iter()
                .any(|input| input.starts_with(b"{\"title\""))
        );
    }
}
