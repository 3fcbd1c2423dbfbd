import type { Field } from "../../tables/field";

/** SQL for our value of a column of a staged row `s`; null where there is none, or where it cannot be converted. */
export function valueOf({ from, kind, target }: Field, isPast: boolean): string {
  const x = `s."${from}"`;
  const number = `import_staging.number_of(${x})`;
  switch (kind) {
    case "text":
      return x;
    case "order":
      return `nullif(${x}, '')`;
    case "uuid":
    case "instant":
    case "flag":
    case "duration":
      return `import_staging.${kind}_of(${x})`;
    case "action":
      return `coalesce(nullif(upper(${x}), ''), 'OTHER')`;
    case "policyMode":
      return `case when ${x} in ('verified', 'professional') then ${x} end`;
    case "user":
      return isPast ? number : `(select id from user_account where id = ${number})`;
    case "site":
      return `(select id from site where id = ${number})`;
    case "link": {
      const mapped = `r_${from}.id`;
      return isPast
        ? `coalesce(${mapped}, import_staging.id_of('${target}', ${number}))`
        : `(select id from ${target} where id = ${mapped})`;
    }
    case "kept":
      throw new Error(`${from} has no column of ours`);
  }
}

/** SQL for why a converted row `c` cannot be stored because of a column; null where it can. */
export function faultOf(field: Field, isPast: boolean): string {
  const { from, kind, isRequired, atMost } = field;
  const [x, value] = [`c."${from}"`, `c.c_${field.to}`];
  const cases: string[] = [];
  const isReference = kind === "link" || kind === "user" || kind === "site";
  if (isRequired && !(isPast && isReference)) cases.push(`when ${x} is null then '${from} is missing'`);
  if (kind === "instant" && !isRequired)
    cases.push(`when ${value} is null and ${x} not like '0000-00-00%' then '${from} is not an instant'`);
  else if (isReference) {
    if (!isPast && !isOptionalUser(field))
      cases.push(`when ${value} is null and ${x} is not null then '${from} ' || ${x} || ' was not imported'`);
  } else if (["instant", "uuid", "flag", "duration"].includes(kind))
    cases.push(`when ${value} is null and ${x} is not null then '${from} is no ${NOUNS[kind]!}'`);
  if (atMost !== null)
    cases.push(`when length(${value}) > ${atMost} then '${from} is longer than ${atMost}'`);
  return cases.length === 0 ? "null" : `case ${cases.join(" ")} end`;
}

const NOUNS: Record<string, string> = {
  instant: "instant of the years 1 to 9999",
  uuid: "UUID",
  flag: "truth value",
  duration: "number of microseconds",
};

/** A support user may be gone, and then is none; a learner may not. */
function isOptionalUser({ kind, isRequired }: Field): boolean {
  return kind === "user" && !isRequired;
}

/** SQL for what was altered of a column of a converted row `c`, in words; null where nothing was. */
export function noteOf(field: Field, isPast: boolean): string {
  const { from, kind } = field;
  const x = `c."${from}"`;
  const notes: Partial<Record<Field["kind"], string>> = {
    instant: `when c.c_${field.to} is null and ${x} is not null then '${from}: the zero date is none'`,
    order: `when ${x} = '' then '${from}: an empty one is none'`,
    action: `when ${x} = '' then '${from}: an empty one is OTHER'
      when ${x} <> upper(${x}) then '${from}: in capitals'`,
    policyMode: `when ${x} is distinct from c.c_${field.to}
      then '${from}: no policy has the mode ' || ${x} || ' here'`,
  };
  if (!isPast && isOptionalUser(field))
    return `case when c.c_${field.to} is null and ${x} is not null then '${from}: no account has the id ' || ${x} end`;
  return notes[kind] ? `case ${notes[kind]} end` : "null";
}

/** SQL for the text of a column where it does not follow from our value exactly; null where it does. */
export function originalOf({ from, to, kind }: Field): string {
  const [x, value] = [`c."${from}"`, `c.c_${to}`];
  switch (kind) {
    case "kept":
      return `nullif(${x}, '')`;
    case "text":
      return "null";
    case "instant":
      return `case when ${value} is null or ${x} not like '____-__-__ __:__:__.___000' then ${x} end`;
    case "uuid":
      return `case when replace(${value}::text, '-', '') is distinct from ${x} then ${x} end`;
    case "flag":
      return `case when ${value}::integer::text is distinct from ${x} then ${x} end`;
    case "duration":
      return `case when (extract(epoch from ${value}) * 1000000)::bigint::text is distinct from ${x} then ${x} end`;
    case "link":
      return x;
    case "action":
    case "order":
    case "policyMode":
    case "site":
    case "user":
      return `case when ${value}::text is distinct from ${x} then ${x} end`;
  }
}
