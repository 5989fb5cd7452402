//! The field's fixed vocabularies: ICD 203, the Admiralty code, levels and trends, actors and their relations.

use serde::{Deserialize, Serialize};

use crate::base::codes;
use crate::base::shape::Check;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $word:literal)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// As written, in order.
            pub const NAMES: &'static [&'static str] = &[$($word),*];

            /// Reads the word.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }

            /// The word.
            pub fn word(self) -> &'static str {
                Self::NAMES[self as usize]
            }
        }
    };
}

words! {
    /// How sure the authors are of a judgement's ground (ICD 203).
    Confidence { /// Low.
        Low "low" /// Moderate.
        Moderate "moderate" /// High.
        High "high" }
}
words! {
    /// A threat level.
    Level { /// 1.
        Low "low" /// 2.
        Moderate "moderate" /// 3.
        Substantial "substantial" /// 4.
        Severe "severe" /// 5.
        Critical "critical" }
}
words! {
    /// Where a level is heading.
    Trend { /// Down.
        Falling "falling" /// Neither.
        Steady "steady" /// Up.
        Rising "rising" }
}
words! {
    /// How a judgement ended.
    Outcome { /// It came true.
        Occurred "occurred" /// It did not.
        DidNotOccur "did-not-occur" /// Nobody can say.
        Undetermined "undetermined" }
}
words! {
    /// Which side a statement takes.
    Stance { /// Says so.
        Affirms "affirms" /// Says not.
        Denies "denies" /// Both.
        Mixed "mixed" }
}
words! {
    /// A dated change's kind.
    UpdateKind { /// More is known.
        Update "update" /// Something was wrong.
        Correction "correction" /// Something was unclear.
        Clarification "clarification" }
}

impl Level {
    /// 1 (low) to 5 (critical).
    pub fn rank(self) -> u8 {
        self as u8 + 1
    }
}

/// How likely, as a range of per cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Likelihood {
    /// Lower end.
    pub low: u8,
    /// Upper end.
    pub high: u8,
}

/// ICD 203's terms, either row, with their ranges.
const LIKELIHOODS: &[(&str, &str, u8, u8)] = &[
    ("almost no chance", "remote", 1, 5),
    ("very unlikely", "highly improbable", 5, 20),
    ("unlikely", "improbable", 20, 45),
    ("roughly even chance", "roughly even odds", 45, 55),
    ("likely", "probable", 55, 80),
    ("very likely", "highly probable", 80, 95),
    ("almost certain", "nearly certain", 95, 99),
];

impl Likelihood {
    /// What a likelihood may be.
    pub const CHECK: &'static Check = &Check {
        name: "a likelihood",
        accepts: |text| Self::parse(text).map(drop).ok_or_else(String::new),
        code: &codes::BAD_LIKELIHOOD,
        help: "almost no chance, very unlikely, unlikely, roughly even chance, likely, very likely, almost certain, or a range such as 55-80",
    };

    /// Reads a term of ICD 203, a range `55-80` or a single percentage.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase().replace(['-', '–', '_'], " ");
        let term = text.replace("certainly", "certain");
        if let Some(&(_, _, low, high)) = LIKELIHOODS.iter().find(|(a, b, ..)| *a == term || *b == term) {
            return Some(Self { low, high });
        }
        let mut ends = text.split_whitespace().map(|end| end.trim_end_matches('%').parse::<u8>().ok());
        let low = ends.next()??;
        let high = ends.next().unwrap_or(Some(low))?;
        (ends.next().is_none() && low <= high && high <= 100).then_some(Self { low, high })
    }

    /// The nearest term.
    pub fn term(self) -> &'static str {
        let middle = (u16::from(self.low) + u16::from(self.high)) / 2;
        LIKELIHOODS
            .iter()
            .find(|(.., high)| middle <= u16::from(*high))
            .map_or("almost certain", |(term, ..)| term)
    }
}

words! {
    /// How reliable a source is (Admiralty code).
    Reliability { /// Completely reliable.
        Complete "A" /// Usually reliable.
        Usual "B" /// Fairly reliable.
        Fair "C" /// Not usually reliable.
        Unusual "D" /// Unreliable.
        Unreliable "E" /// It cannot be judged.
        Unknown "F" }
}
words! {
    /// How credible a piece of information is (Admiralty code).
    Credibility { /// Confirmed by other sources.
        Confirmed "1" /// Probably true.
        Probable "2" /// Possibly true.
        Possible "3" /// Doubtfully true.
        Doubtful "4" /// Improbable.
        Improbable "5" /// It cannot be judged.
        Unknown "6" }
}

impl Reliability {
    /// What the grade of a source alone may be.
    pub const CHECK: &'static Check = &Check {
        name: "a reliability",
        accepts: |text| Self::read(text).map(drop).ok_or_else(String::new),
        code: &codes::BAD_GRADE,
        help: "a letter from A (completely reliable) to E (unreliable), or F (cannot be judged)",
    };

    /// Reads the letter, be it a small one.
    pub fn read(text: &str) -> Option<Self> {
        Self::parse(&text.to_ascii_uppercase())
    }

    /// What the letter means.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Complete => "completely reliable",
            Self::Usual => "usually reliable",
            Self::Fair => "fairly reliable",
            Self::Unusual => "not usually reliable",
            Self::Unreliable => "unreliable",
            Self::Unknown => "reliability cannot be judged",
        }
    }
}

impl Credibility {
    /// What the digit means.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed by other sources",
            Self::Probable => "probably true",
            Self::Possible => "possibly true",
            Self::Doubtful => "doubtfully true",
            Self::Improbable => "improbable",
            Self::Unknown => "truth cannot be judged",
        }
    }
}

/// An Admiralty grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grade {
    /// Of the source.
    pub reliability: Reliability,
    /// Of the information; absent when only the source is graded.
    pub credibility: Option<Credibility>,
}

impl From<Reliability> for Grade {
    fn from(reliability: Reliability) -> Self {
        Self { reliability, credibility: None }
    }
}

impl Grade {
    /// What a grade may be.
    pub const CHECK: &'static Check = &Check {
        name: "an Admiralty grade",
        accepts: |text| Self::parse(text).map(drop).ok_or_else(String::new),
        code: &codes::BAD_GRADE,
        help: "a letter A to F, then a digit 1 to 6, such as B2",
    };

    /// Reads `B2` or `B`.
    pub fn parse(text: &str) -> Option<Self> {
        let (letter, digit) = text.split_at_checked(1)?;
        let credibility = if digit.is_empty() { None } else { Some(Credibility::parse(digit)?) };
        Some(Self { reliability: Reliability::read(letter)?, credibility })
    }

    /// `B2`
    pub fn code(self) -> String {
        format!("{}{}", self.reliability.word(), self.credibility.map_or("", Credibility::word))
    }
}

words! {
    /// What an actor is.
    ActorType { /// A group.
        Group "group" /// An organisation.
        Organization "organization" /// A state.
        State "state" /// A network.
        Network "network" /// A part of another.
        Unit "unit" }
}
words! {
    /// How one actor is related to another.
    RelationKind { /// It follows the other's lead.
        AffiliateOf "affiliate-of" /// It is within the other.
        PartOf "part-of" /// It has left the other.
        SplinterOf "splinter-of" /// It has taken the other's place.
        SuccessorOf "successor-of" /// They are allies.
        AllyOf "ally-of" /// They are rivals.
        RivalOf "rival-of" /// It fights the other.
        Fights "fights" /// It pays for the other.
        Sponsors "sponsors" /// It commands the other.
        Controls "controls" }
}

impl RelationKind {
    /// From the side that says it: `affiliate of`.
    pub fn words(self) -> &'static str {
        match self {
            Self::AffiliateOf => "affiliate of",
            Self::PartOf => "part of",
            Self::SplinterOf => "splinter of",
            Self::SuccessorOf => "successor of",
            Self::AllyOf => "ally of",
            Self::RivalOf => "rival of",
            Self::Fights => "fights",
            Self::Sponsors => "sponsors",
            Self::Controls => "controls",
        }
    }

    /// From the other side: `has affiliate`.
    pub fn reverse_words(self) -> &'static str {
        match self {
            Self::AffiliateOf => "has affiliate",
            Self::PartOf => "includes",
            Self::SplinterOf => "split into",
            Self::SuccessorOf => "succeeded by",
            Self::AllyOf => "ally of",
            Self::RivalOf => "rival of",
            Self::Fights => "fought by",
            Self::Sponsors => "sponsored by",
            Self::Controls => "controlled by",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likelihoods_are_icd_203() {
        assert_eq!(Likelihood::parse("very likely"), Some(Likelihood { low: 80, high: 95 }));
        assert_eq!(Likelihood::parse("Highly probable"), Likelihood::parse("very likely"));
        assert_eq!(Likelihood::parse("55-80").map(Likelihood::term), Some("likely"));
        assert_eq!(Likelihood::parse("60–70%").map(|l| (l.low, l.high)), Some((60, 70)));
        for bad in ["maybe", "80-55", "101", "1-2-3", ""] {
            assert_eq!(Likelihood::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn grades_are_admiralty() {
        assert_eq!(Grade::parse("c3").map(Grade::code).as_deref(), Some("C3"));
        for bad in ["G1", "A7", "A0", "", "A12", "Ä1"] {
            assert!(Grade::parse(bad).is_none(), "{bad}");
        }
    }
}
