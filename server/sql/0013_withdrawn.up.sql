-- What was ever served as entered in error: few among very many, and asked about whenever anything is said of a person. Without this the
-- whole record of everybody who is spoken of would be read to find that nothing in it was withdrawn.
create index version_withdrawn on version (type, id, version) where text like '%"entered-in-error"%';
