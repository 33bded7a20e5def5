-- What scored matching compares: one record for each source subject, made from what its source says, and hashes of the keys by which it is
-- found. Derived: can be dropped and made again from the statements. Records are written behind the commits, by the matcher alone.
create table linkage_record (
  home bigint not null,
  subject text not null primary key,
  keys bigint[] not null,
  record text not null
);
create index linkage_record_keys on linkage_record using gin (keys);

-- Statements below this ledger index are taken into account.
create table linkage_head (
  one boolean primary key default true check (one),
  index bigint not null
);
insert into linkage_head (index) values (0);

grant select, insert, update, delete on linkage_record to vouch_server;
grant select, update on linkage_head to vouch_server;
