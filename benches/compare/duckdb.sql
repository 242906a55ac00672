-- CSV files → the tables of four.sql. The columns are told, so that none has to be guessed.

SET threads = 2;
CREATE TEMP TABLE pool AS
    FROM read_csv('pool.csv', header = false, columns = {fqdn: 'TEXT', role: 'TEXT', version: 'TEXT'});
CREATE TEMP TABLE sba AS
    FROM read_csv('sba.csv', header = false, columns = {fqdn: 'TEXT'});
CREATE TEMP TABLE backup AS
    FROM read_csv('backup.csv', header = false, columns = {owner: 'TEXT', name: 'TEXT'});
CREATE TEMP TABLE user_group AS
    FROM read_csv('group.csv', header = false, columns = {name: 'TEXT', home: 'TEXT'});
CREATE TEMP TABLE claim AS
    FROM read_csv('claim.csv', header = false, columns = {name: 'TEXT', level: 'TEXT'});
CREATE TEMP TABLE covers AS
    FROM read_csv('covers.csv', header = false, columns = {claim: 'TEXT', user_group: 'TEXT'});
