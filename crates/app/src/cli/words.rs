//! What may be said of cases, measures, exporters and the ledger on the command line.

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use terms::{IpNet, PortRange, SizeRange, TcpFlags, Traits};

use super::{At, YesNo};

/// What of cases.
#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    /// All cases.
    List,
    /// One case. Looking at what is sealed is an act: it is asked for and booked.
    Show {
        /// Its number.
        case: u64,
    },
    /// Open a case by hand.
    Open {
        /// The own address or prefix it is about.
        #[arg(value_parser = address_or_prefix)]
        target: IpNet,
        /// Traits to stop, when whoever asks already knows them.
        #[command(flatten)]
        traits: TraitWords,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Answer a question of a case.
    Answer {
        /// Its number.
        case: u64,
        /// The fact, such as `own-equipment-impaired`.
        fact: String,
        /// So or not so.
        so: YesNo,
    },
    /// Vouch for the doubtful exporter a case rests on.
    Vouch {
        /// Its number.
        case: u64,
    },
    /// Sign the plan of a case.
    Sign {
        /// Its number.
        case: u64,
    },
    /// Refuse the plan of a case.
    Refuse {
        /// Its number.
        case: u64,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Record the line's consent given to the desk, or make a one-time link for it.
    Consent {
        /// Its number.
        case: u64,
        /// The line, by the operator's name for it.
        line: String,
        /// Until when, in minutes from now.
        #[arg(long)]
        minutes: u32,
        /// Make a link by which the subscriber answers, instead of recording a consent.
        #[arg(long)]
        link: bool,
    },
    /// The line was told.
    Told {
        /// Its number.
        case: u64,
    },
    /// Close a case.
    Close {
        /// Its number.
        case: u64,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

/// Traits of traffic, as written.
#[derive(Debug, Args)]
pub(crate) struct TraitWords {
    /// IP protocol: tcp, udp, icmp, icmpv6 or a number.
    #[arg(long)]
    protocol: Option<String>,
    /// Source port; may be given more than once.
    #[arg(long)]
    src_port: Vec<u16>,
    /// Destination port; may be given more than once.
    #[arg(long)]
    dst_port: Vec<u16>,
    /// The address or prefix it comes from.
    #[arg(long, value_parser = address_or_prefix)]
    from: Option<IpNet>,
    /// Least packet length in bytes.
    #[arg(long)]
    at_least: Option<u16>,
    /// Most packet length in bytes.
    #[arg(long)]
    at_most: Option<u16>,
    /// Only TCP SYN without ACK.
    #[arg(long)]
    syn: bool,
    /// Only fragments that are not the first.
    #[arg(long)]
    fragments: bool,
}

impl TraitWords {
    /// The traits these words mean; none when none was given.
    pub(crate) fn mean(self) -> anyhow::Result<Vec<Traits>> {
        let ports =
            |ports: Vec<u16>| ports.into_iter().map(|p| PortRange { first: p, last: p }).collect();
        let protocol = self.protocol.map(|word| match word.as_str() {
            "icmp" => Ok(1),
            "tcp" => Ok(6),
            "udp" => Ok(17),
            "icmpv6" => Ok(58),
            number => number.parse().with_context(|| format!("there is no protocol {number}")),
        });
        let sized = self.at_least.is_some() || self.at_most.is_some();
        let size =
            SizeRange { least: self.at_least.unwrap_or(0), most: self.at_most.unwrap_or(u16::MAX) };
        let traits = Traits {
            source: self.from,
            protocol: protocol.transpose()?,
            src_ports: ports(self.src_port),
            dst_ports: ports(self.dst_port),
            size: sized.then_some(size),
            tcp_flags: self.syn.then_some(TcpFlags { set: 0x02, unset: 0x10 }),
            fragments: self.fragments,
        };
        Ok(if traits == Traits::default() { Vec::new() } else { vec![traits] })
    }
}

/// What of measures.
#[derive(Debug, Subcommand)]
pub(crate) enum MeasureCommand {
    /// Every measure and what it lacks.
    List,
    /// Print the whole book on one page (TABLE.txt).
    Table,
    /// Sign a standing measure.
    Sign {
        /// Its name.
        measure: String,
    },
    /// Propose to switch a measure; another person approves.
    Switch {
        /// Its name.
        measure: String,
        /// off, observe, propose or automatic.
        mode: String,
        /// Why; for observe, the question it answers.
        #[arg(long)]
        reason: String,
    },
    /// Propose to accept an inferred measure; another person approves.
    Accept {
        /// Its name.
        measure: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Propose to set a number; another person approves.
    Number {
        /// Its name.
        number: String,
        /// Its value, in its unit.
        value: f64,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Establish or countersign a standing fact.
    Fact {
        /// The fact.
        fact: String,
        /// So or not so.
        so: YesNo,
    },
    /// Ask whether kept statistics may be opened for a purpose. The answer is booked.
    OpenStatistics {
        /// The purpose.
        purpose: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

/// What of exporters.
#[derive(Debug, Subcommand)]
pub(crate) enum ExporterCommand {
    /// Every exporter.
    List,
    /// Propose the whole allow-list; another person approves.
    Allow {
        /// Name and address of each, as `NAME=ADDRESS`.
        #[arg(required = true, value_parser = named_address)]
        exporters: Vec<(String, IpAddr)>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Propose to trust a doubtful exporter again; another person approves.
    Trust {
        /// Its name.
        exporter: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

/// What of the ledger.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// How the ledger of a running sekisho stands.
    Status {
        /// Where and how.
        #[command(flatten)]
        at: At,
    },
    /// Check every byte of a ledger folder. Needs nothing that runs.
    Verify {
        /// The ledger folder, or the data folder that holds it.
        dir: PathBuf,
        /// The key to check under (signed-note verifier key); without it, the folder's own.
        #[arg(long)]
        key: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

fn address_or_prefix(text: &str) -> Result<IpNet, String> {
    let alone = || text.parse::<IpAddr>().map(IpNet::from);
    let net = text.parse::<IpNet>().or_else(|_| alone());
    net.map_err(|_| {
        "write an address such as 192.0.2.1 or a prefix such as 192.0.2.0/24".to_owned()
    })
}

fn named_address(text: &str) -> Result<(String, IpAddr), String> {
    let (name, address) = text.split_once('=').ok_or("write NAME=ADDRESS")?;
    let address = address.parse().map_err(|e| format!("{address}: {e}"))?;
    Ok((name.to_owned(), address))
}
