-- As it comes.
alter table statement reset (autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor);
alter table version reset (autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor);
alter table payload reset (autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor);
alter table receipt reset (autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor);
alter table ledger_leaf reset (autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor);
alter table plan_record reset (autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor);
alter table resource reset (autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor);
alter table receipt_state reset (autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor);
alter table search_reference reset (autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor);
alter table search_date reset (autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor);
alter table search_text reset (autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor);
alter table search_string reset (autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor);
alter table statement alter column text set statistics -1, alter column said set statistics -1, alter column origins set statistics -1;
alter table version alter column text set statistics -1;
alter table payload alter column bytes set statistics -1;
alter table resource alter column view set statistics -1, alter column digest set statistics -1;
alter table receipt_state alter column outcome set statistics -1, alter column reasons set statistics -1;
alter table plan_record alter column reasons set statistics -1, alter column founded set statistics -1, alter column merges set statistics -1;
