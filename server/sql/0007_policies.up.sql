-- What becomes of a policy before it is in force: who proposed it and why, and who approved it. In force it is from its row in policy_version on.
create table policy_step (
  id bigint generated always as identity primary key,
  name text not null,
  step text not null check (step in ('proposed', 'approved')),
  -- The whole text with its parts; null for an approval.
  body text,
  done_by text not null,
  reason text not null,
  at timestamptz not null
);
create unique index policy_step_proposed on policy_step (name) where step = 'proposed';
create trigger append_only before update or delete or truncate on policy_step for each statement execute function refuse_change();
grant select, insert on policy_step to vouch_server;

-- Who put it in force, and why; null for what a first start did.
alter table policy_version add column activated_by text, add column reason text;
