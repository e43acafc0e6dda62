//! Messages made from a seed: the same seed gives the same mail, byte for byte.

/// Words that make subjects and texts; a few with letters beyond ASCII.
const WORDS: [&str; 32] = [
    "budget",
    "meeting",
    "invoice",
    "harbour",
    "window",
    "Größe",
    "report",
    "copper",
    "morning",
    "ticket",
    "market",
    "garden",
    "letter",
    "summer",
    "engine",
    "forest",
    "signal",
    "paper",
    "river",
    "table",
    "naïve",
    "orange",
    "silver",
    "planet",
    "bridge",
    "winter",
    "camera",
    "museum",
    "butter",
    "Ελλάδα",
    "日本",
    "anchor",
];

/// An endless, repeatable row of messages.
pub struct Messages {
    state: u64,
    number: u64,
}

impl Messages {
    /// The row of that seed.
    pub fn seeded(seed: u64) -> Messages {
        Messages { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, number: 0 }
    }

    /// xorshift64*: good enough to choose words, and the same everywhere.
    fn next_number(&mut self, below: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below
    }

    fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| WORDS[self.next_number(WORDS.len())]).collect::<Vec<_>>().join(" ")
    }

    /// The next message, about `bytes` long, with CRLF line ends.
    pub fn next_of(&mut self, bytes: usize) -> Vec<u8> {
        self.number += 1;
        let (number, subject) = (self.number, self.words(4));
        let mut text = format!(
            "From: Sender {number} <sender{number}@far.example>\r\nTo: someone@contoso.com\r\nSubject: {subject}\r\n\
             Message-ID: <{number}.{:x}@far.example>\r\nDate: Sat, 21 Nov 2026 {:02}:{:02}:00 +0000\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
            self.state,
            number / 60 % 24,
            number % 60,
        );
        while text.len() < bytes {
            let line = self.words(9);
            text.push_str(&line);
            text.push_str("\r\n");
        }
        text.into_bytes()
    }
}

/// A small message with a subject and one line of text.
pub fn message_of(subject: &str, text: &str) -> Vec<u8> {
    format!("From: Far <far@far.example>\r\nTo: near@contoso.com\r\nSubject: {subject}\r\n\r\n{text}\r\n")
        .into_bytes()
}
