//! Where in a schema a flaw is, in the words of the request: `schema.properties.age.anyOf[1]`.

use crate::gateway::fields::Flaw;

/// A name longer than this is cut: the sentence is for people.
const MAX_NAME_CHARS: usize = 64;

/// A path that grows and shrinks with a walk.
#[derive(Debug)]
pub struct Path {
    text: String,
    root: usize,
}

impl Path {
    /// The path of the schema itself.
    pub fn at(root: &str) -> Self {
        Self { text: root.to_owned(), root: root.len() }
    }

    /// Steps to a key, and says where it came from, for [`Path::back`].
    pub fn key(&mut self, name: &str) -> usize {
        let mark = self.text.len();
        self.text.push('.');
        self.text.extend(name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS));
        mark
    }

    /// Steps to an item of a list, likewise.
    pub fn index(&mut self, index: usize) -> usize {
        let mark = self.text.len();
        self.text.push_str(&format!("[{index}]"));
        mark
    }

    /// Steps back.
    pub fn back(&mut self, mark: usize) {
        self.text.truncate(mark);
    }

    /// A flaw of what stands here: `problem` completes the sentence.
    pub fn flaw(&self, problem: impl Into<String>) -> Flaw {
        Flaw::new(&self.text, problem)
    }

    /// A flaw of the schema as a whole, likewise.
    pub fn flaw_of_all(&self, problem: impl Into<String>) -> Flaw {
        Flaw::new(&self.text[..self.root], problem)
    }
}
