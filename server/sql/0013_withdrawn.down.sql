drop index version_withdrawn;
