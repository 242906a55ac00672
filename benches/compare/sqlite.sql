-- CSV files → the tables of four.sql, indexed by what its joins look for.

CREATE TABLE pool(fqdn TEXT PRIMARY KEY, role TEXT, version TEXT) WITHOUT ROWID;
CREATE TABLE sba(fqdn TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE backup(owner TEXT, name TEXT, PRIMARY KEY (owner, name)) WITHOUT ROWID;
CREATE TABLE user_group(name TEXT PRIMARY KEY, home TEXT) WITHOUT ROWID;
CREATE TABLE claim(name TEXT PRIMARY KEY, level TEXT) WITHOUT ROWID;
CREATE TABLE covers(claim TEXT, user_group TEXT, PRIMARY KEY (claim, user_group)) WITHOUT ROWID;
.import --csv pool.csv pool
.import --csv sba.csv sba
.import --csv backup.csv backup
.import --csv group.csv user_group
.import --csv claim.csv claim
.import --csv covers.csv covers
ANALYZE;
