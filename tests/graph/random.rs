//! Random topologies, right and wrong ones, as no administrator would build them.

/// Numbers that are the same everywhere: an xorshift.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }

    pub fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

const WORDS: [&str; 7] = [
    "lon",
    "W",
    "a-name-that-is-far-too-long-for-any-card",
    "東京東京",
    "i",
    "<b>&\\\"",
    "Ærøskøbing",
];

/// Tables in a random order, as TOML without its head.
pub fn tables(random: &mut Random) -> Vec<String> {
    let (sites, pools, sbas) = (1 + random.below(8), random.below(40), random.below(30));
    let mut tables = Vec::new();
    for at in 0..sites {
        let word = WORDS[random.below(WORDS.len())];
        let mut table = format!("[[site]]\nname = \"s{at} {word}\"\n");
        if random.is(50) {
            let central = random.below(sites + 1);
            let name = site(&tables, central);
            table += &format!("kind = \"branch\"\ncentral-site = \"{name}\"\n");
        }
        tables.push(table);
    }
    let names: Vec<String> = (0..=sites).map(|at| site(&tables, at)).collect();
    let fqdn = |at: usize| format!("p{at}.{}.x", WORDS[at % WORDS.len()]);
    for at in 0..pools {
        let mut table = format!("[[pool]]\nfqdn = \"{}\"\n", fqdn(at));
        table += &format!("site = \"{}\"\n", names[random.below(names.len())]);
        table += ["", "version = \"sfb-2015\"\n", "version = \"lync-2010\"\n"][random.below(3)];
        table += ["", "role = \"director\"\n", "edition = \"standard\"\n"][random.below(3)];
        let named: Vec<String> = (0..random.below(4).min(random.below(4)))
            .map(|_| format!("\"{}\"", fqdn(random.below(pools + 1))))
            .collect();
        if !named.is_empty() {
            table += &format!("backup-registrar = [{}]\n", named.join(", "));
        }
        tables.push(table);
    }
    for at in 0..sbas {
        let mut table = format!("[[sba]]\nfqdn = \"sba{at}.x\"\n");
        table += &format!("site = \"{}\"\n", names[random.below(names.len())]);
        if random.is(80) {
            table += &format!("backup-registrar = \"{}\"\n", fqdn(random.below(pools + 1)));
        }
        tables.push(table);
        if random.is(20) {
            let next_hop = fqdn(random.below(pools + 1));
            tables.push(format!("[[edge-pool]]\nfqdn = \"e{at}.x\"\nnext-hop = \"{next_hop}\"\n"));
        }
    }
    for at in 0..random.below(60) {
        let home = if random.is(50) {
            format!("sba{}.x", random.below(sbas + 1))
        } else {
            fqdn(random.below(3))
        };
        let word = WORDS[random.below(WORDS.len())];
        let users = if random.is(80) {
            format!("users = {}\n", random.below(99_999))
        } else {
            String::new()
        };
        tables.push(format!("[[user-group]]\nname = \"g{at} {word}\"\nhome = \"{home}\"\n{users}"));
    }
    tables
}

/// The name of a site by its number, once its table is there; that of none, else.
fn site(tables: &[String], at: usize) -> String {
    let name = tables.get(at).and_then(|table| table.split('\n').nth(1)?.strip_prefix("name = \""));
    name.and_then(|name| name.strip_suffix('"')).unwrap_or("nowhere").to_owned()
}

/// Tables as a topology.
pub fn topology(tables: &[String]) -> String {
    format!("schema = 1\n{}", tables.concat())
}
