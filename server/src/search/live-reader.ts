// Which rows of `resource`, as `r`, searches can find: not what was deleted, nor a patient who became another.

/** A person that merged into another stays as a signpost, with nothing that finds it. */
export const LIVE_SQL = `not r.deleted and not (r.type = 'Patient' and exists (select 1 from subject ls where ls.id = r.id and ls.person <> r.id))`;
