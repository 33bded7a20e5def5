-- Takes the spine away, with everything in it. Only for tests and for giving up an installation.
drop table case_file, version, resource, person_truth, subject_lookup, subject, pipeline_head, ordering_block, receipt_state, ledger_moment, ledger_tile,
  erasure, ruling, link, statement, payload, receipt, policy_version, source_version, checkpoint, ledger_leaf, ledger_head, installation;
drop function append_inputs(bigint, json, json, json, json, json, smallint[], bytea, timestamptz);
drop function append_receipts(json, bytea, smallint[], bytea);
drop function take_indexes(bigint);
drop function append_leaves(bigint, smallint[], bytea);
drop function erase_receipt(bigint, text, text);
drop function refuse_payload_change();
drop function refuse_change();
