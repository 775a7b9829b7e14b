//! A text that is made once, and filled in again and again.

/// Stand where a word belongs while the text is made: characters that are nobody's.
const FIRST_MARK: char = '\u{F0000}';
const LAST_MARK: char = '\u{F00FF}';

/// What stands in a text for each of so many words.
pub fn marks<const WORDS: usize>() -> [char; WORDS] {
    let mut marks = FIRST_MARK..=LAST_MARK;
    [(); WORDS].map(|()| marks.next().expect("BUG: more words than marks"))
}

/// A text, cut up where the words belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pieces {
    words: Vec<Place>,
    rest: Box<str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    before: Box<str>,
    word: usize,
    is_all: bool,
}

impl Pieces {
    /// Of a text with `count` [`marks`] in it.
    pub fn cut(text: &str, count: usize) -> Self {
        let mut words = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(|mark| (FIRST_MARK..=LAST_MARK).contains(&mark)) {
            let (before, from) = rest.split_at(at);
            let mut from = from.chars();
            let word = from.next().map_or(0, u32::from) - u32::from(FIRST_MARK);
            let word = word as usize;
            assert!(word < count, "BUG: a text has a mark of its own");
            rest = from.as_str();
            words.push(Place {
                before: before.into(),
                word,
                is_all: before.ends_with('>') && rest.starts_with('<'),
            });
        }
        Self {
            words,
            rest: rest.into(),
        }
    }

    /// Writes the text; `write` is told which word comes, and whether it is all that stands between two tags.
    pub fn fill(&self, page: &mut String, mut write: impl FnMut(&mut String, usize, bool)) {
        for place in &self.words {
            page.push_str(&place.before);
            write(page, place.word, place.is_all);
        }
        page.push_str(&self.rest);
    }

    /// How long the text is without its words.
    pub fn length(&self) -> usize {
        let before = self.words.iter().map(|place| place.before.len());
        before.sum::<usize>() + self.rest.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_where_their_marks_were_and_as_often() {
        let [name, size] = marks();
        let pieces = Pieces::cut(
            &format!("<p title=\"{name}!\">{name}</p><b>{size} of {name}</b>"),
            2,
        );
        let mut text = "> ".to_owned();
        let mut alone = Vec::new();
        pieces.fill(&mut text, |text, word, is_all| {
            text.push_str(["Äda", ""][word]);
            alone.push(is_all);
        });
        assert_eq!(text, "> <p title=\"Äda!\">Äda</p><b> of Äda</b>");
        assert_eq!(alone, [false, true, false, false]);
        assert_eq!(pieces.length(), text.len() - 2 - 3 * "Äda".len());
    }

    #[test]
    fn a_text_without_marks_is_itself() {
        let mut text = String::new();
        Pieces::cut("<br>", 0).fill(&mut text, |_, _, _| panic!("there are no words"));
        assert_eq!(text, "<br>");
    }
}
