/**
 * What converts the text of the original. Each returns null for text that it cannot convert, because one bad row must
 * not stop the others. `instant_of` cuts to whole milliseconds. They are called millions of times, so PostgreSQL
 * has to inline them: none is declared less volatile than what it calls, such as the stable cast to a timestamp.
 */
export const FUNCTIONS = String.raw`
create function import_staging.rare_instant_of(x text) returns timestamptz stable language plpgsql as $$
begin
  if x !~ '^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?Z?$' then return null; end if;
  return date_trunc('milliseconds', x::timestamp at time zone 'UTC');
exception when data_exception then return null;
end $$;

create function import_staging.instant_of(x text) returns timestamptz stable language sql return
  case when x is null then null
    when x like '____-__-__ __:__:__.______' and translate(x, '0123456789', '') = '-- ::.'
      and x collate "C" between '1' and '3' and substr(x, 6, 2) collate "C" between '01' and '12'
      and substr(x, 9, 2) collate "C" between '01' and '28' and substr(x, 12, 2) collate "C" <= '23'
      and substr(x, 15, 2) collate "C" <= '59' and substr(x, 18, 2) collate "C" <= '59'
      then left(x, 23)::timestamp at time zone 'UTC'
    else import_staging.rare_instant_of(x) end;

create function import_staging.uuid_of(x text) returns uuid immutable language sql return
  case when length(x) = 32 and x !~ '[^0-9a-fA-F]' then x::uuid
    when x ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then x::uuid end;

create function import_staging.number_of(x text) returns bigint immutable language sql return
  case when length(x) <= 18 and x <> '' and translate(x, '0123456789', '') = '' then x::bigint
    when x ~ '^-\d{1,18}$' then x::bigint end;

create function import_staging.flag_of(x text) returns boolean immutable language sql return
  case when x in ('0', 'f', 'false') then false when x in ('1', 't', 'true') or x ~ '^[2-9]$' then true end;

-- A whole number of microseconds. What is below a millisecond is cut.
create function import_staging.duration_of(x text) returns interval immutable language sql return
  case when x ~ '^\d{1,17}$' then make_interval(
    days => (x::bigint / 86400000000)::integer,
    secs => (x::bigint % 86400000000 / 1000)::double precision / 1000) end;

-- A UUID of version 8 for what has an id, but no UUID of its own: the same one at each import.
create function import_staging.id_of(of_table text, source_id bigint) returns uuid immutable strict language plpgsql as $$
declare digest bytea := substr(sha256(convert_to('course-entitlements:' || of_table || ':' || source_id, 'UTF8')), 1, 16);
begin
  return encode(set_byte(set_byte(digest, 6, get_byte(digest, 6) & 15 | 128), 8, get_byte(digest, 8) & 63 | 128), 'hex')::uuid;
end $$;
`;
