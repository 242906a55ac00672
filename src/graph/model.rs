//! What a picture shows, before anybody has decided where.

use crate::source::Severity;

/// A topology as a picture shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// What the deployment is called; empty where nobody says.
    pub name: String,
    /// By name; what has no site stands last, in a site of the kind [`SiteKind::Nowhere`].
    pub sites: Vec<Site>,
    /// By name.
    pub nodes: Vec<Node>,
    /// By the nodes at their ends.
    pub links: Vec<Link>,
    /// What happens in the picture; None: nothing is down.
    pub failure: Option<Failure>,
    /// Findings about what the picture does not show, such as recovery claims.
    pub elsewhere: Marks,
    /// How many pools there are, where sites stand for them.
    pub folded: Option<usize>,
}

/// A site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: SiteKind,
    /// The central site of a branch site: an index into the sites.
    pub central: Option<usize>,
    /// What is wrong with it.
    pub marks: Marks,
}

/// What a site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteKind {
    /// A central site.
    Central,
    /// A branch site.
    Branch,
    /// No site: what stands here names none that there is.
    Nowhere,
}

/// A pool, an SBA, an Edge pool, or a site that stands for all that it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name: an FQDN, or that of a site.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// Where it stands: an index into the sites.
    pub site: usize,
    /// What is known of it: edition, version, what it holds.
    pub facts: Vec<String>,
    /// Who is homed there, by name.
    pub groups: Vec<Group>,
    /// Partners that it names in lines, since no line of their own leads to them.
    pub partners: Vec<String>,
    /// What is wrong with it.
    pub marks: Marks,
    /// Whether it is down.
    pub is_down: bool,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeKind {
    /// A Front End pool.
    FrontEnd,
    /// A Director pool.
    Director,
    /// An Edge pool.
    Edge,
    /// A Survivable Branch Appliance.
    Appliance,
    /// A Survivable Branch Server.
    Server,
    /// The user groups whose home is no pool and no SBA.
    Homeless,
    /// A site with all that it holds.
    Site,
}

impl NodeKind {
    /// What one of its kind is called.
    pub fn noun(self) -> &'static str {
        match self {
            NodeKind::FrontEnd => "Front End pool",
            NodeKind::Director => "Director pool",
            NodeKind::Edge => "Edge pool",
            NodeKind::Appliance => "SBA",
            NodeKind::Server => "Survivable Branch Server",
            NodeKind::Homeless => "users without a home",
            NodeKind::Site => "site",
        }
    }

    /// Whether it is a survivable branch, which hangs on its registrar pool.
    pub fn is_branch(self) -> bool {
        matches!(self, NodeKind::Appliance | NodeKind::Server)
    }
}

/// Users that are homed together, or, where sites stand for pools, in one mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// How many they are, where that is known.
    pub users: Option<i64>,
    /// Whether there are more, of unknown number.
    pub at_least: bool,
    /// Their mode where something is down: an index into the modes of the failure; None: unknown.
    pub mode: Option<usize>,
    /// What is wrong with it.
    pub marks: Marks,
}

/// A relation of two nodes, which are indices into the nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What the relation is.
    pub kind: LinkKind,
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// How many relations it stands for.
    pub count: usize,
    /// The first of the relations with which it is drawn as one line: an index into the links.
    pub bundle: Option<usize>,
    /// What is wrong with it.
    pub marks: Marks,
}

/// What a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// Two pools name each other as backup registrars.
    Pair,
    /// A pool names another one as its backup registrar, which does not name it back.
    OneWay,
    /// An SBA names its registrar pool.
    Registrar,
    /// An Edge pool names its next hop.
    NextHop,
}

/// Findings, each as severity and text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The gravest first, then by text.
    pub findings: Vec<(Severity, String)>,
}

impl Marks {
    /// How grave the gravest one is.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|(severity, _)| *severity).max()
    }

    /// How many are of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|(found, _)| *found == severity).count()
    }

    /// Takes those of `other` too.
    pub fn extend(&mut self, other: &Marks) {
        self.findings.extend(other.findings.iter().cloned());
    }
}

/// What happens in a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// What is down, as it was asked for.
    pub down: Vec<String>,
    /// What modes are called, best first.
    pub modes: Vec<String>,
}

/// How a mode is told without colour, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// Its letter.
    pub letter: char,
    /// What it is called.
    pub name: &'static str,
}

/// The modes that have a letter.
const MODES: [Mode; 5] = [
    Mode { letter: 'N', name: "normal" },
    Mode { letter: 'F', name: "failed-over" },
    Mode { letter: 'B', name: "on-backup-registrar" },
    Mode { letter: 'R', name: "resiliency" },
    Mode { letter: 'O', name: "offline" },
];

/// The mode of users whose home the topology does not know.
pub const UNKNOWN: Mode = Mode { letter: '?', name: "unknown" };

impl Failure {
    /// The mode of a group.
    pub fn mode(&self, group: &Group) -> Mode {
        let name = group.mode.and_then(|mode| self.modes.get(mode));
        let known = |name: &String| MODES.into_iter().find(|mode| mode.name == name);
        name.and_then(known).unwrap_or(UNKNOWN)
    }

    /// All modes that a picture may show, best first.
    pub fn all() -> impl Iterator<Item = Mode> {
        MODES.into_iter().chain([UNKNOWN])
    }
}

impl Node {
    /// A node of which nothing else is known.
    pub fn new(name: &str, kind: NodeKind, site: usize) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            site,
            facts: Vec::new(),
            groups: Vec::new(),
            partners: Vec::new(),
            marks: Marks::default(),
            is_down: false,
        }
    }

    /// The users who are homed there, and whether there may be more.
    pub fn users(&self) -> (i64, bool) {
        users(&self.groups)
    }
}

/// The users of these groups, and whether there may be more.
pub fn users<'g>(groups: impl IntoIterator<Item = &'g Group>) -> (i64, bool) {
    groups.into_iter().fold((0, false), |(sum, more), group| {
        let sum = group.users.map_or(sum, |users| i64::saturating_add(sum, users));
        (sum, more || group.users.is_none() || group.at_least)
    })
}

impl Graph {
    /// All marks: those of sites, nodes, groups and relations, and those of nothing in the picture. A finding
    /// that marks several things counts once.
    pub fn count(&self, severity: Severity) -> usize {
        let nodes = self.nodes.iter().flat_map(|node| {
            let groups = node.groups.iter().map(|group| &group.marks);
            std::iter::once(&node.marks).chain(groups)
        });
        let sites = self.sites.iter().map(|site| &site.marks);
        nodes.chain(sites).chain([&self.elsewhere]).map(|marks| marks.count(severity)).sum()
    }

    /// How many Front End and Director pools there are.
    pub fn pools(&self) -> usize {
        let is_pool = |node: &&Node| matches!(node.kind, NodeKind::FrontEnd | NodeKind::Director);
        self.folded.unwrap_or_else(|| self.nodes.iter().filter(is_pool).count())
    }
}
