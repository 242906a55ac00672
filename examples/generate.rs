//! N → one TOML topology of N pools, 2N SBAs and 2N user groups, whose findings are known beforehand.
//!
//! The topology is written block by block. A block is a hundred pools (the last one may be smaller) with
//! their two central sites, branch sites, SBAs, user groups, Edge pools and recovery claims. In the shape
//! `pairs` every full block holds one mistake. Blocks know nothing of each other, so memory stays small.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::process::ExitCode;

const HELP: &str = "\
Writes a topology of N pools, 2N SBAs and 2N user groups to standard output, and what has to be found in it
to standard error: a line `rule-id count` for each rule that fires, sorted, nothing where no rule does.
Rules about backup registrars, pairs, registrars of SBAs, recovery claims and unresolved names are counted.

Usage: generate N [--seed S] [--shape SHAPE]

  N              pools, 1 or more
  --seed S       another seed gives other places and other numbers of users, and the same counts [default: 1]
  --shape SHAPE  how the pools name each other [default: pairs]
                   pairs       two by two, with one mistake in each full hundred of pools (where N is odd, the last
                               pool is unpaired)
                   clean       two by two, without mistakes (where N is odd, the last pool is unpaired)
                   star        all name the first one, which names the second
                   all-to-one  all name the first one, which names none
                   chain       each names the next one
                   ring        each names the next one, the last one names the first
  -h, --help     this text
";

/// Pools in a block. One mistake a block makes 1 % of the pools go wrong.
const BLOCK_POOLS: usize = 100;

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell when standard error is closed as well.
            let _ = writeln!(io::stderr(), "generate: {}", failure.message());
            ExitCode::from(2)
        }
    }
}

fn run(args: impl Iterator<Item = String>) -> Result<(), Failure> {
    let Some(options) = parse_args(args)? else {
        return Ok(io::stdout().write_all(HELP.as_bytes())?);
    };
    let mut out = BufWriter::with_capacity(1 << 18, io::stdout().lock());
    write_topology(&mut out, &options)?;
    out.flush()?;

    let mut report = io::stderr().lock();
    for (rule, count) in expected_counts(&options) {
        writeln!(report, "{rule} {count}")?;
    }
    Ok(())
}

/// The topology and the expected counts, for tests; arguments as on the command line.
#[allow(dead_code, reason = "tests include this file")]
pub fn generated(arguments: &[&str]) -> Option<(String, BTreeMap<&'static str, usize>)> {
    let options = parse_args(arguments.iter().map(|argument| (*argument).to_owned())).ok()??;
    let mut out = Vec::new();
    write_topology(&mut out, &options).ok()?;
    Some((String::from_utf8(out).ok()?, expected_counts(&options)))
}

enum Failure {
    Usage(String),
    Io(io::Error),
}

impl Failure {
    fn message(&self) -> String {
        match self {
            Self::Usage(problem) => format!("{problem}\nTry `--help`."),
            Self::Io(error) => format!("cannot write: {error}"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

struct Options {
    pools: usize,
    seed: u64,
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Pairs,
    Clean,
    Star,
    AllToOne,
    Chain,
    Ring,
}

const SHAPES: &[(&str, Shape)] = &[
    ("pairs", Shape::Pairs),
    ("clean", Shape::Clean),
    ("star", Shape::Star),
    ("all-to-one", Shape::AllToOne),
    ("chain", Shape::Chain),
    ("ring", Shape::Ring),
];

/// `None` where the help was asked for.
fn parse_args(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, Failure> {
    let mut pools = None;
    let (mut seed, mut shape) = (1, Shape::Pairs);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-h" | "--help" => return Ok(None),
            "--seed" => seed = parse_number("--seed", &value_of("--seed", args.next())?)?,
            "--shape" => shape = parse_shape(&value_of("--shape", args.next())?)?,
            option if option.starts_with('-') => {
                return usage(format!("unknown option `{option}`"));
            }
            _ if pools.is_some() => return usage(format!("unexpected argument `{arg}`")),
            _ => pools = Some(parse_number("N", &arg)?),
        }
    }
    match pools {
        None => usage("N, the number of pools, is missing"),
        Some(0) => usage("N has to be 1 or more"),
        Some(pools) => Ok(Some(Options { pools, seed, shape })),
    }
}

fn value_of(option: &str, value: Option<String>) -> Result<String, Failure> {
    value.map_or_else(|| usage(format!("`{option}` needs a value")), Ok)
}

fn parse_number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, Failure> {
    text.parse().or_else(|_| usage(format!("{name} has to be a whole number, not `{text}`")))
}

fn parse_shape(text: &str) -> Result<Shape, Failure> {
    match SHAPES.iter().find(|(name, _)| *name == text) {
        Some((_, shape)) => Ok(*shape),
        None => usage(format!("unknown shape `{text}`; known are {}", shape_names())),
    }
}

fn shape_names() -> String {
    let names: Vec<_> = SHAPES.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

fn usage<T>(problem: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Usage(problem.into()))
}

/// Each is planted at an even pool `p` whose pair would be `p`, `p + 1`, and touches nothing that another
/// mistake touches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mistake {
    /// `p` names `p + 1`, which names none.
    OneWay,
    /// `p + 2` names `p` of the sound pair `p`, `p + 1`; `p + 3` is left alone.
    ThirdPool,
    /// An SBA of `p` has no backup registrar.
    NoRegistrar,
    /// A claim of full service covers the group on an SBA of `p`.
    BranchClaimed,
    /// `p` names a pool that is gone; `p + 1` names none.
    GoneBackup,
    /// An SBA of `p` names a pool that is gone.
    GoneRegistrar,
    /// The office group of `p` is homed on a pool that is gone.
    GoneHome,
    /// An SBA of `p` stands in a site that is gone.
    GoneSite,
    /// A claim covers a group that is gone.
    GoneGroup,
}

const MAIN_MISTAKES: [Mistake; 4] =
    [Mistake::OneWay, Mistake::ThirdPool, Mistake::NoRegistrar, Mistake::BranchClaimed];

const GONE_MISTAKES: [Mistake; 5] = [
    Mistake::GoneBackup,
    Mistake::GoneRegistrar,
    Mistake::GoneHome,
    Mistake::GoneSite,
    Mistake::GoneGroup,
];

impl Mistake {
    /// The four main mistakes in turn, then one of the unresolved names, those in turn as well.
    fn of_block(block: usize) -> Self {
        let (round, place) = (block / 5, block % 5);
        MAIN_MISTAKES.get(place).copied().unwrap_or(GONE_MISTAKES[round % GONE_MISTAKES.len()])
    }

    /// The rules that fire, once each.
    fn findings(self) -> &'static [&'static str] {
        match self {
            Self::OneWay => &["asymmetric-backup"],
            // `p` is tied to two pools; `p + 2` is not named back. `p + 1` and `p + 2` have one partner each.
            // `p` and `p + 2` stand at one site, and `p + 3` is left without a partner.
            Self::ThirdPool => {
                &["asymmetric-backup", "multiple-partners", "same-site-pair", "unpaired-pool"]
            }
            Self::NoRegistrar => &["sba-without-registrar"],
            Self::BranchClaimed => &["dr-claimed-for-sba-users"],
            // Nobody names `p + 1`.
            Self::GoneBackup => &["unknown-backup", "unpaired-pool"],
            Self::GoneRegistrar => &["sba-unknown-registrar"],
            Self::GoneHome => &["unknown-home"],
            Self::GoneSite => &["unknown-site"],
            Self::GoneGroup => &["unknown-group-in-claim"],
        }
    }
}

/// What has to be found, by rule.
fn expected_counts(options: &Options) -> BTreeMap<&'static str, usize> {
    let n = options.pools;
    let mut counts = BTreeMap::new();
    let mut add = |rule: &'static str, count| *counts.entry(rule).or_default() += count;
    // The first pool holds the Central Management store.
    add("unpaired-central-management", usize::from(n == 1));
    match options.shape {
        // The last one of an odd number has no partner.
        Shape::Clean => add("unpaired-pool", n % 2),
        Shape::Pairs => {
            add("unpaired-pool", n % 2);
            let full_blocks = n / BLOCK_POOLS;
            let findings = (0..full_blocks).flat_map(|block| Mistake::of_block(block).findings());
            findings.for_each(|rule| add(rule, 1));
        }
        // N - 1 spokes name the hub, which names one of them back. A spoke's one partner is the hub; the hub
        // has as many partners as there are spokes.
        Shape::Star => {
            add("asymmetric-backup", n.saturating_sub(2));
            add("multiple-partners", usize::from(n >= 3));
            add("same-site-pair", spokes_at_hub(n));
            add("unpaired-pool", usize::from(n == 1));
        }
        // As above, but nobody is named back.
        Shape::AllToOne => {
            add("asymmetric-backup", n - 1);
            add("multiple-partners", usize::from(n >= 3));
            add("same-site-pair", spokes_at_hub(n));
            add("unpaired-pool", usize::from(n == 1));
        }
        // All but the last name a pool that names another one or none. All but the two ends have two partners.
        Shape::Chain => {
            add("asymmetric-backup", n - 1);
            add("multiple-partners", n.saturating_sub(2));
            add("unpaired-pool", usize::from(n == 1));
        }
        // A ring of two is a pair, a ring of one names nobody (see `backup_in_shape`).
        Shape::Ring if n < 3 => add("unpaired-pool", n % 2),
        Shape::Ring => {
            add("asymmetric-backup", n);
            add("multiple-partners", n);
            // The last pool names the first one; in an odd ring of one block both stand at one site.
            add("same-site-pair", usize::from(n % 2 == 1 && n <= BLOCK_POOLS));
        }
    }
    counts.retain(|_, count| *count > 0);
    counts
}

/// How many of `pools` name the first one and stand at its site: the even ones of its block.
fn spokes_at_hub(pools: usize) -> usize {
    (pools.min(BLOCK_POOLS) - 1) / 2
}

/// The pool that `pool` of `pools` names where nothing is wrong with the shape, counted from 0.
fn backup_in_shape(shape: Shape, pool: usize, pools: usize) -> Option<usize> {
    let named = match shape {
        Shape::Pairs | Shape::Clean => pool ^ 1,
        Shape::Star => usize::from(pool == 0),
        Shape::AllToOne => 0,
        Shape::Chain => pool + 1,
        Shape::Ring => (pool + 1) % pools,
    };
    (named < pools && named != pool).then_some(named)
}

struct Block<'a> {
    options: &'a Options,
    number: usize,
    pools: Range<usize>,
    /// The mistake and the pool `p` of its description.
    planted: Option<(Mistake, usize)>,
}

impl<'a> Block<'a> {
    fn plan(options: &'a Options, number: usize, random: &mut SplitMix64) -> Self {
        let first = number * BLOCK_POOLS;
        let pools = first..options.pools.min(first + BLOCK_POOLS);
        let is_planted = options.shape == Shape::Pairs && pools.len() == BLOCK_POOLS;
        // The first pair stays sound, since the Central Management store is on one of them. The last pair
        // has no neighbour that could be the third pool.
        let pair = random.between(1, BLOCK_POOLS / 2 - 2);
        let planted = is_planted.then(|| (Mistake::of_block(number), first + 2 * pair));
        Self { options, number, pools, planted }
    }

    /// `mistake` is planted at this very pool.
    fn has(&self, mistake: Mistake, pool: usize) -> bool {
        self.planted == Some((mistake, pool))
    }

    /// No mistake of any kind comes near this pool.
    fn is_sound(&self, pool: usize) -> bool {
        self.planted.is_none_or(|(_, p)| !(p..p + 4).contains(&pool))
    }

    fn backup_registrar(&self, pool: usize) -> Option<String> {
        if self.has(Mistake::GoneBackup, pool) {
            return Some(gone_fqdn(pool));
        }
        let named = match self.planted {
            Some((Mistake::OneWay | Mistake::GoneBackup, p)) if pool == p + 1 => None,
            Some((Mistake::ThirdPool, p)) if pool == p + 2 => Some(p),
            Some((Mistake::ThirdPool, p)) if pool == p + 3 => None,
            _ => backup_in_shape(self.options.shape, pool, self.options.pools),
        };
        named.map(pool_fqdn)
    }

    /// Every tenth pool's groups are covered by claims.
    fn claimed_pools(&self) -> impl Iterator<Item = usize> {
        self.pools.clone().step_by(10).filter(|pool| self.is_sound(*pool))
    }

    /// Offices are promised full service where their pool has a partner that it can be failed over to.
    fn full_service_groups(&self) -> Vec<String> {
        let is_paired = |pool: &usize| {
            let shape = self.options.shape;
            matches!(shape, Shape::Pairs | Shape::Clean)
                && backup_in_shape(shape, *pool, self.options.pools).is_some()
        };
        let mut groups: Vec<_> = self.claimed_pools().filter(is_paired).map(office_group).collect();
        match self.planted {
            Some((Mistake::BranchClaimed, pool)) => groups.push(branch_group(pool)),
            Some((Mistake::GoneGroup, pool)) => groups.push(format!("gone-{pool:06}")),
            _ => {}
        }
        groups
    }

    fn voice_groups(&self) -> Vec<String> {
        self.claimed_pools().map(branch_group).collect()
    }

    /// Pools alternate between the two central sites, so that the partners of a pair stand in different ones.
    fn central_site(&self, pool: usize) -> String {
        format!("central-{:04}-{}", self.number, if pool.is_multiple_of(2) { 'a' } else { 'b' })
    }
}

fn pool_fqdn(pool: usize) -> String {
    format!("fe-{pool:06}.contoso.com")
}

fn gone_fqdn(pool: usize) -> String {
    format!("gone-{pool:06}.contoso.com")
}

fn sba_fqdn(pool: usize, letter: char) -> String {
    format!("sba-{pool:06}-{letter}.contoso.com")
}

fn office_group(pool: usize) -> String {
    format!("office-{pool:06}")
}

fn branch_group(pool: usize) -> String {
    format!("branch-{pool:06}")
}

fn write_topology(out: &mut impl Write, options: &Options) -> io::Result<()> {
    write_head(out, options)?;
    for number in 0..options.pools.div_ceil(BLOCK_POOLS) {
        // Each block has numbers of its own, so that a larger N only adds blocks.
        let mut random = SplitMix64::new(options.seed, number);
        let block = Block::plan(options, number, &mut random);
        write_block(out, &block, &mut random)?;
    }
    Ok(())
}

fn write_head(out: &mut impl Write, options: &Options) -> io::Result<()> {
    let shape =
        SHAPES.iter().find(|(_, shape)| *shape == options.shape).map_or("", |(name, _)| name);
    let Options { pools, seed, shape: _ } = options;
    writeln!(out, "# Generated: {pools} pools, seed {seed}, shape {shape}.")?;
    writeln!(out, "schema = 1\n")?;
    writeln!(out, "[deployment]\nname = \"Generated\"\ndefault-version = \"sfb-2015\"\n")?;
    writeln!(out, "[central-management]\nactive = \"{}\"", pool_fqdn(0))?;
    if let Some(standby) = backup_in_shape(options.shape, 0, *pools) {
        writeln!(out, "standby = \"{}\"", pool_fqdn(standby))?;
    }
    Ok(())
}

fn write_block(out: &mut impl Write, block: &Block, random: &mut SplitMix64) -> io::Result<()> {
    // The first two pools of a block stand in its two central sites. In the last block, one may be alone.
    for pool in block.pools.clone().take(2) {
        write_central_site(out, block, pool)?;
    }
    for pool in block.pools.clone() {
        write_branch_site(out, block, pool)?;
        write_pool(out, block, pool)?;
        write_sba(out, block, pool, 'a')?;
        write_sba(out, block, pool, 'b')?;
        write_groups(out, block, pool, random)?;
    }
    write_claim(out, block, "full", &block.full_service_groups())?;
    write_claim(out, block, "voice", &block.voice_groups())
}

/// A central site and the Edge pool there.
fn write_central_site(out: &mut impl Write, block: &Block, pool: usize) -> io::Result<()> {
    let site = block.central_site(pool);
    // A claim of full service never covers the groups of the block's last pool, so that no Edge pool is in the
    // way of a failover: claims are for even pools, and an even pool that comes last has no partner.
    let next_hop = block.pools.end - 1;
    writeln!(out, "\n[[site]]\nname = \"{site}\"\nkind = \"central\"")?;
    writeln!(out, "\n[[edge-pool]]\nfqdn = \"edge-{pool:06}.contoso.com\"\nsite = \"{site}\"")?;
    writeln!(out, "next-hop = \"{}\"", pool_fqdn(next_hop))
}

fn write_branch_site(out: &mut impl Write, block: &Block, pool: usize) -> io::Result<()> {
    let central_site = block.central_site(pool);
    writeln!(
        out,
        "\n[[site]]\nname = \"site-{pool:06}\"\nkind = \"branch\"\ncentral-site = \"{central_site}\""
    )
}

fn write_pool(out: &mut impl Write, block: &Block, pool: usize) -> io::Result<()> {
    writeln!(
        out,
        "\n[[pool]]\nfqdn = \"{}\"\nsite = \"{}\"",
        pool_fqdn(pool),
        block.central_site(pool)
    )?;
    if let Some(backup) = block.backup_registrar(pool) {
        writeln!(out, "backup-registrar = \"{backup}\"")?;
    }
    writeln!(out, "front-end-servers = 3")
}

/// SBA `a` homes the group of the branch. Mistakes are on SBA `b`, so that they have no other consequences.
fn write_sba(out: &mut impl Write, block: &Block, pool: usize, letter: char) -> io::Result<()> {
    let has = |mistake| letter == 'b' && block.has(mistake, pool);
    let site = if has(Mistake::GoneSite) { "gone" } else { "site" };
    writeln!(out, "\n[[sba]]\nfqdn = \"{}\"\nsite = \"{site}-{pool:06}\"", sba_fqdn(pool, letter))?;
    if has(Mistake::NoRegistrar) {
        return Ok(());
    }
    let registrar = if has(Mistake::GoneRegistrar) { gone_fqdn(pool) } else { pool_fqdn(pool) };
    writeln!(out, "backup-registrar = \"{registrar}\"")
}

fn write_groups(
    out: &mut impl Write,
    block: &Block,
    pool: usize,
    random: &mut SplitMix64,
) -> io::Result<()> {
    let home = if block.has(Mistake::GoneHome, pool) { gone_fqdn(pool) } else { pool_fqdn(pool) };
    write_group(out, &office_group(pool), &home, random.between(1_000, 5_000))?;
    write_group(out, &branch_group(pool), &sba_fqdn(pool, 'a'), random.between(100, 999))
}

fn write_group(out: &mut impl Write, name: &str, home: &str, users: usize) -> io::Result<()> {
    writeln!(out, "\n[[user-group]]\nname = \"{name}\"\nhome = \"{home}\"\nusers = {users}")
}

fn write_claim(
    out: &mut impl Write,
    block: &Block,
    level: &str,
    groups: &[String],
) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n[[disaster-recovery]]\nname = \"{level}-{:04}\"\nservice-level = \"{level}\"",
        block.number
    )?;
    writeln!(out, "covers = [")?;
    for group in groups {
        writeln!(out, "    \"{group}\",")?;
    }
    writeln!(out, "]")
}

/// Sebastiano Vigna's `SplitMix64`: a few lines, and the same numbers on every machine.
struct SplitMix64(u64);

impl SplitMix64 {
    fn new(seed: u64, block: usize) -> Self {
        let mut start = Self(seed);
        Self(start.next() ^ block as u64)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    fn between(&mut self, low: usize, high: usize) -> usize {
        let width = (high - low + 1) as u64;
        low + usize::try_from(self.next() % width).expect("the remainder is below a usize")
    }
}
