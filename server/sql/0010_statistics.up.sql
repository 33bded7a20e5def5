-- What grows with every message is looked through when it has grown by half, and cleaned up when it has doubled, not by every tenth and
-- fifth more: with the settings as they come, a store of 200,000 receipts spent as much time on that as on the messages. Nobody searches
-- by what is never a condition, so no statistics are made of it: sorting long texts was most of that time.
alter table statement set (autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 1);
alter table version set (autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 1);
alter table payload set (autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 1);
alter table receipt set (autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 1);
alter table ledger_leaf set (autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 1);
alter table plan_record set (autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 1);
alter table resource set (autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 0.5);
alter table receipt_state set (autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 0.5);
alter table search_reference set (autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 0.5);
alter table search_date set (autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 0.5);
alter table search_text set (autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 0.5);
alter table search_string set (autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 0.5);
alter table statement alter column text set statistics 0, alter column said set statistics 0, alter column origins set statistics 0;
alter table version alter column text set statistics 0;
alter table payload alter column bytes set statistics 0;
alter table resource alter column view set statistics 0, alter column digest set statistics 0;
alter table receipt_state alter column outcome set statistics 0, alter column reasons set statistics 0;
alter table plan_record alter column reasons set statistics 0, alter column founded set statistics 0, alter column merges set statistics 0;
