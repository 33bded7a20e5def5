-- Takes the steps before a policy is in force away; what was in force when stays.
alter table policy_version drop column activated_by, drop column reason;
drop table policy_step;
