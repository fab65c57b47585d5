//! A table whose entries are forgotten after a while.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Entries by key, each with the same lifetime, and at most so many.
///
/// The queue is in order of age, so that forgetting looks only at what is over. Where the clock was
/// set back, an entry may stay until the older ones in front of it are over; it is never found
/// after its time all the same.
#[derive(Debug)]
pub(crate) struct Expiring<V> {
    lifetime: Duration,
    capacity: usize,
    entries: HashMap<Arc<str>, (SystemTime, V)>,
    queue: VecDeque<(SystemTime, Arc<str>)>,
}

impl<V> Expiring<V> {
    pub(super) fn new(lifetime: Duration, capacity: usize) -> Self {
        Self {
            lifetime,
            capacity,
            entries: HashMap::new(),
            queue: VecDeque::new(),
        }
    }

    /// Remembers an entry from now on; when there are too many, the oldest goes.
    pub(crate) fn insert(&mut self, key: &str, value: V, now: SystemTime) {
        while self.queue.len() >= self.capacity {
            self.forget_oldest();
        }
        let over = now + self.lifetime;
        let key = Arc::<str>::from(key);
        self.queue.push_back((over, Arc::clone(&key)));
        self.entries.insert(key, (over, value));
    }

    pub(crate) fn find(&self, key: &str, now: SystemTime) -> Option<&V> {
        let (over, value) = self.entries.get(key)?;
        (now < *over).then_some(value)
    }

    pub(crate) fn find_mut(&mut self, key: &str, now: SystemTime) -> Option<&mut V> {
        let (over, value) = self.entries.get_mut(key)?;
        (now < *over).then_some(value)
    }

    /// Takes an entry out: nobody finds it again.
    pub(crate) fn take(&mut self, key: &str, now: SystemTime) -> Option<V> {
        let (over, value) = self.entries.remove(key)?;
        (now < over).then_some(value)
    }

    /// Takes out every entry of this kind that is not over, with its key.
    pub(crate) fn take_where(
        &mut self,
        is_meant: impl Fn(&V) -> bool,
        now: SystemTime,
    ) -> Vec<(Arc<str>, V)> {
        let is_meant =
            |_: &Arc<str>, (over, value): &mut (SystemTime, V)| now < *over && is_meant(value);
        let taken = self.entries.extract_if(is_meant);
        taken.map(|(key, (_, value))| (key, value)).collect()
    }

    /// Those that are not over, with their keys.
    pub(crate) fn iter(&self, now: SystemTime) -> impl Iterator<Item = (&str, &V)> {
        let entries = self.entries.iter();
        entries.filter_map(move |(key, (over, value))| (now < *over).then_some((&**key, value)))
    }

    pub(super) fn sweep(&mut self, now: SystemTime) {
        while self.queue.front().is_some_and(|(over, _)| *over <= now) {
            self.forget_oldest();
        }
        self.release();
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.queue.clear();
        self.release();
    }

    fn forget_oldest(&mut self) {
        if let Some((over, key)) = self.queue.pop_front() {
            let is_that_one = self.entries.get(&key).is_some_and(|it| it.0 == over);
            if is_that_one {
                self.entries.remove(&key);
            }
        }
    }

    /// Gives memory back after a rush.
    fn release(&mut self) {
        const KEPT: usize = 64;
        if self.queue.capacity() > KEPT && self.queue.len() < self.queue.capacity() / 4 {
            self.queue.shrink_to(self.queue.len() * 2);
            self.entries.shrink_to(self.entries.len() * 2);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len().max(self.queue.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn table(capacity: usize) -> Expiring<u32> {
        Expiring::new(Duration::from_secs(10), capacity)
    }

    #[test]
    fn an_entry_is_there_for_its_lifetime_and_not_a_moment_longer() {
        let mut table = table(100);
        table.insert("a", 1, at(0));
        assert_eq!(table.find("a", at(9)), Some(&1));
        assert_eq!(table.find("a", at(10)), None);
        assert_eq!(table.find_mut("a", at(10)), None);
        assert_eq!(table.take("a", at(10)), None);
    }

    #[test]
    fn what_was_taken_is_gone() {
        let mut table = table(100);
        table.insert("a", 1, at(0));
        assert_eq!(table.take("a", at(1)), Some(1));
        assert_eq!(table.take("a", at(1)), None);
    }

    #[test]
    fn a_sweep_leaves_nothing_of_what_is_over() {
        let mut table = table(100_000);
        for number in 0..10_000 {
            table.insert(&format!("{number}"), number, at(0));
        }
        table.insert("young", 1, at(5));
        table.sweep(at(10));
        assert_eq!(table.len(), 1);
        assert_eq!(table.find("young", at(10)), Some(&1));
        assert!(table.queue.capacity() <= 64 && table.entries.capacity() <= 64);
    }

    #[test]
    fn a_key_that_was_set_again_outlives_its_first_entry() {
        let mut table = table(100);
        table.insert("a", 1, at(0));
        table.insert("a", 2, at(5));
        table.sweep(at(12));
        assert_eq!(table.find("a", at(12)), Some(&2));
    }

    #[test]
    fn what_is_over_is_neither_taken_nor_seen() {
        let mut table = table(100);
        table.insert("old", 1, at(0));
        table.insert("young", 1, at(5));
        table.insert("other", 2, at(5));
        let seen: Vec<_> = table.iter(at(10)).map(|(key, _)| key).collect();
        assert_eq!(seen.len(), 2);
        assert!(!seen.contains(&"old"));
        let taken = table.take_where(|value| *value == 1, at(10));
        assert_eq!(taken, [("young".into(), 1)]);
        assert_eq!(table.find("young", at(10)), None);
        assert_eq!(table.find("other", at(10)), Some(&2));
    }

    #[test]
    fn the_oldest_goes_when_there_are_too_many() {
        let mut table = table(2);
        for key in ["a", "b", "c"] {
            table.insert(key, 0, at(0));
        }
        assert!(table.find("a", at(0)).is_none() && table.find("c", at(0)).is_some());
    }
}
