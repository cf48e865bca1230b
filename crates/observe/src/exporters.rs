//! The exporters on the allow-list, their accounts, and the strangers that are not on it.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ahash::AHashMap;
use arc_swap::ArcSwap;
use terms::{ExporterId, Moment};

use crate::doubt::{DoubtReason, Standing};
use crate::flow::Format;
use crate::health::Account;
use crate::{Exporter, Health, InterfaceCounters};

/// Most strangers that are counted one by one.
const MOST_STRANGERS: usize = 1_024;
/// Most interfaces of one exporter whose counters are held.
const MOST_INTERFACES: usize = 4_096;

/// Why a list of exporters cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportersError {
    /// Two exporters have the same name.
    #[error("two exporters are called `{0}`: give each a name of its own")]
    Name(String),
    /// Two exporters have the same address.
    #[error("exporters `{0}` and `{1}` both have the address {2}: list each address once")]
    Address(String, String, IpAddr),
}

/// The allow-list and everything known about who is on it. Shared between shards.
#[derive(Debug)]
pub struct Exporters {
    list: ArcSwap<List>,
    /// Every exporter ever listed; its place is its number.
    known: Mutex<Vec<Arc<Entry>>>,
    strangers: AtomicU64,
    sources: Mutex<AHashMap<IpAddr, u64>>,
}

/// The allow-list as decoders use it.
pub(crate) type List = AHashMap<IpAddr, Listed>;

/// An exporter as it is listed now.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) entry: Arc<Entry>,
    /// The operator's sampling rate; 0 when not set.
    pub(crate) sampling: u32,
}

/// An exporter, for as long as the program runs.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: ExporterId,
    name: String,
    account: Account,
    /// Source port in use, by format, + 1; 0 before the first datagram.
    ports: [AtomicU32; Format::ALL.len()],
    standing: Mutex<Standing>,
    /// How often the operator said that it is to be trusted.
    trusted: AtomicU64,
    counters: Mutex<BTreeMap<u32, InterfaceCounters>>,
}

impl Exporters {
    /// The exporters on this list.
    ///
    /// # Errors
    /// When two have the same name or address.
    pub fn of(exporters: &[Exporter]) -> Result<Self, ExportersError> {
        let all = Self {
            list: ArcSwap::default(),
            known: Mutex::default(),
            strangers: AtomicU64::new(0),
            sources: Mutex::default(),
        };
        all.allow(exporters)?;
        Ok(all)
    }

    /// Puts this list in the place of the one before. An exporter keeps its number and its account
    /// by its name.
    ///
    /// # Errors
    /// When two have the same name or address; the list before stays.
    pub fn allow(&self, exporters: &[Exporter]) -> Result<(), ExportersError> {
        for (i, e) in exporters.iter().enumerate() {
            let before = exporters.get(..i).unwrap_or_default();
            if before.iter().any(|b| b.name == e.name) {
                return Err(ExportersError::Name(e.name.clone()));
            }
            let address = e.address.to_canonical();
            if let Some(b) = before.iter().find(|b| b.address.to_canonical() == address) {
                return Err(ExportersError::Address(b.name.clone(), e.name.clone(), address));
            }
        }
        let mut known = lock(&self.known);
        let list = exporters
            .iter()
            .map(|e| {
                let found = known.iter().find(|k| k.name == e.name).map(Arc::clone);
                let entry = found.unwrap_or_else(|| {
                    let id = ExporterId(u32::try_from(known.len()).unwrap_or(u32::MAX));
                    let entry = Arc::new(Entry::new(id, &e.name));
                    known.push(Arc::clone(&entry));
                    entry
                });
                let sampling = e.sampling.unwrap_or(0);
                (e.address.to_canonical(), Listed { entry, sampling })
            })
            .collect();
        self.list.store(Arc::new(list));
        Ok(())
    }

    /// Clears the doubt about the exporter with this name: the ports it was heard from are its own,
    /// its sequence starts here. `false` when there is no such exporter.
    pub fn trust(&self, name: &str) -> bool {
        let known = lock(&self.known);
        let Some(entry) = known.iter().find(|e| e.name == name) else { return false };
        // First: a datagram heard in between would be held against the sequence that is forgotten here.
        entry.trusted.fetch_add(1, Relaxed);
        lock(&entry.standing).trust();
        true
    }

    /// How each exporter on the list is doing, in the order of their numbers.
    #[must_use]
    pub fn health(&self) -> Vec<Health> {
        let list = self.list.load();
        let mut all: Vec<Health> = list.iter().map(|(&ip, l)| l.entry.health(ip)).collect();
        all.sort_by_key(|h| h.exporter);
        all
    }

    /// Datagrams from addresses not on the list.
    #[must_use]
    pub fn strangers(&self) -> u64 {
        self.strangers.load(Relaxed)
    }

    /// The first strangers' addresses, and how many datagrams each sent; most first.
    #[must_use]
    pub fn stranger_addresses(&self) -> Vec<(IpAddr, u64)> {
        let mut all: Vec<_> = lock(&self.sources).iter().map(|(&ip, &n)| (ip, n)).collect();
        all.sort_by_key(|&(ip, n)| (core::cmp::Reverse(n), ip));
        all
    }

    /// The latest counters of each interface of each exporter on the list.
    #[must_use]
    pub fn counters(&self) -> Vec<InterfaceCounters> {
        let list = self.list.load();
        let mut all: Vec<_> = list
            .values()
            .flat_map(|l| lock(&l.entry.counters).values().copied().collect::<Vec<_>>())
            .collect();
        all.sort_by_key(|c| (c.exporter, c.interface));
        all
    }

    /// The list as it is now.
    pub(crate) fn list(&self) -> Arc<List> {
        self.list.load_full()
    }
    /// Is `list` still the one in force?
    pub(crate) fn is_current(&self, list: &Arc<List>) -> bool {
        Arc::ptr_eq(&self.list.load(), list)
    }
    /// Counts a datagram of a stranger.
    pub(crate) fn stranger(&self, address: IpAddr) {
        self.strangers.fetch_add(1, Relaxed);
        let mut sources = lock(&self.sources);
        if let Some(n) = sources.get_mut(&address) {
            *n += 1;
        } else if sources.len() < MOST_STRANGERS {
            sources.insert(address, 1);
        }
    }
}

impl Entry {
    fn new(id: ExporterId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            account: Account::default(),
            ports: Default::default(),
            standing: Mutex::default(),
            trusted: AtomicU64::new(0),
            counters: Mutex::default(),
        }
    }
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }
    pub(crate) fn trusted(&self) -> u64 {
        self.trusted.load(Relaxed)
    }

    /// Takes up the source port of a datagram. While it stays the same this is one comparison.
    pub(crate) fn port(&self, format: Format, number: u16, at: Moment) {
        let current = &self.ports[format as usize];
        let this = u32::from(number) + 1;
        if current.load(Relaxed) == this {
            return;
        }
        let (in_use, doubtful) = lock(&self.standing).port(format, number, at);
        if in_use {
            current.store(this, Relaxed);
        }
        if let Some(reason) = doubtful {
            self.doubt(reason, at);
        }
    }

    /// Notes that the exporter is not to be believed; the first reason stands.
    pub(crate) fn doubt(&self, reason: DoubtReason, at: Moment) {
        if lock(&self.standing).doubt(reason, at) {
            tracing::warn!(
                exporter = self.name,
                reason = reason.word(),
                "somebody else may be sending flow export under this exporter's address"
            );
        }
    }

    /// Takes up interface counters: the latest of each interface.
    pub(crate) fn counters(&self, counters: &[InterfaceCounters]) {
        let mut held = lock(&self.counters);
        for c in counters {
            if held.len() < MOST_INTERFACES || held.contains_key(&c.interface) {
                held.insert(c.interface, *c);
            }
        }
    }

    fn health(&self, address: IpAddr) -> Health {
        let account = self.account.health(self.id, &self.name, address);
        let standing = lock(&self.standing);
        Health { ports: standing.ports(), doubtful: standing.doubtful(), ..account }
    }
}

/// A thread that panicked holding one of these locks left counters, not invariants, behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exporter(name: &str, address: &str) -> Exporter {
        Exporter { name: name.to_owned(), address: address.parse().unwrap(), sampling: None }
    }

    #[test]
    fn a_number_stays_with_the_name_and_is_never_given_again() {
        let all = Exporters::of(&[exporter("a", "192.0.2.1"), exporter("b", "192.0.2.2")]).unwrap();
        all.allow(&[exporter("c", "192.0.2.1"), exporter("b", "2001:db8::2")]).unwrap();
        let named: Vec<_> = all.health().into_iter().map(|h| (h.exporter.0, h.name)).collect();
        assert_eq!(named, [(1, "b".to_owned()), (2, "c".to_owned())]);
        all.allow(&[exporter("a", "192.0.2.9")]).unwrap();
        assert_eq!(all.health()[0].exporter, ExporterId(0));
    }

    #[test]
    fn a_list_with_one_address_twice_is_refused_and_changes_nothing() {
        let all = Exporters::of(&[exporter("a", "192.0.2.1")]).unwrap();
        let twice = [exporter("b", "192.0.2.2"), exporter("c", "::ffff:192.0.2.2")];
        assert!(matches!(all.allow(&twice), Err(ExportersError::Address(..))));
        let named = [exporter("b", "192.0.2.2"), exporter("b", "192.0.2.3")];
        assert_eq!(all.allow(&named), Err(ExportersError::Name("b".to_owned())));
        assert_eq!(all.health()[0].name, "a");
    }

    #[test]
    fn only_so_many_strangers_are_counted_one_by_one_but_all_together() {
        let all = Exporters::of(&[]).unwrap();
        for i in 0..5_000_u32 {
            all.stranger(std::net::Ipv4Addr::from(i).into());
        }
        assert_eq!((all.strangers(), all.stranger_addresses().len()), (5_000, MOST_STRANGERS));
    }
}
