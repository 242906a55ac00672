"""The four rules by dictionaries: TOML files -> a line `rule TAB name [TAB name]` for each finding."""

import sys
import tomllib


def canonical(fqdn):
    fqdn = fqdn.strip()
    return (fqdn[:-1] if fqdn.endswith(".") else fqdn).lower()


def named(table):
    """The names of backup registrars: one, or an array of them."""
    names = table.get("backup-registrar", ())
    return [canonical(name) for name in ([names] if isinstance(names, str) else names)]


def read(paths):
    topology = {}
    for path in paths:
        with open(path, "rb") as file:
            for name, tables in tomllib.load(file).items():
                if isinstance(tables, list):
                    topology.setdefault(name, []).extend(tables)
                else:
                    topology[name] = tables
    return topology


def pairs(topology, found):
    default = topology.get("deployment", {}).get("default-version")
    front_ends = {
        canonical(pool["fqdn"]): pool
        for pool in topology.get("pool", ())
        if pool.get("role", "front-end") == "front-end"
    }
    is_2013 = {
        p: pool.get("version", default) not in (None, "lync-2010")
        for p, pool in front_ends.items()
    }
    names = {p: named(pool) for p, pool in front_ends.items()}
    backups = {p: {q for q in names[p] if q in front_ends and q != p} for p in front_ends}
    misnamed = {p for p in front_ends if any(q not in backups[p] for q in names[p])}
    partners = {p: set() for p in front_ends}
    for p, qs in backups.items():
        for q in qs:
            if not (is_2013[p] or is_2013[q]):
                continue
            partners[p].add(q)
            partners[q].add(p)
            if p not in backups[q] and q not in misnamed:
                found.append(f"asymmetric-backup\t{p}\t{q}")
    found.extend(f"multiple-partners\t{p}" for p, qs in partners.items() if len(qs) >= 2)


def branches(topology, found):
    sbas = {canonical(sba["fqdn"]) for sba in topology.get("sba", ())}
    for sba in topology.get("sba", ()):
        if not named(sba):
            found.append(f"sba-without-registrar\t{canonical(sba['fqdn'])}")
    groups = topology.get("user-group", ())
    on_sba = {group["name"].strip() for group in groups if canonical(group.get("home", "")) in sbas}
    for claim in topology.get("disaster-recovery", ()):
        if claim.get("service-level") != "full":
            continue
        for group in claim.get("covers", ()):
            if group.strip() in on_sba:
                found.append(f"dr-claimed-for-sba-users\t{claim['name'].strip()}\t{group.strip()}")


def main():
    topology = read(sys.argv[1:])
    found = []
    pairs(topology, found)
    branches(topology, found)
    sys.stdout.write("".join(line + "\n" for line in found))


main()
