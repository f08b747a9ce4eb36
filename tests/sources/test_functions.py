"""The functions that an expression may call are there, on the engine at hand as on any other."""

from __future__ import annotations

import re

from pyspark.sql import functions as F

from shoplake.lake import Engine
from shoplake.sources.expression import problem_in
from shoplake.sources.functions import ALLOWED

ROW = """
    select 'a' s, cast(1.5 as decimal(18,4)) d, cast(1.5 as double) f, 3 i, date '2024-01-01' d8,
    timestamp '2024-01-01 10:00:00' t
"""
CALLS = """
    abs(d) add_months(d8,1) array('a',s) array_append(array('a'),s) array_compact(array('a'))
    array_contains(array('a'),s) array_distinct(array('a')) array_except(array('a'),array(s))
    array_intersect(array('a'),array(s)) array_join(array('a'),',') array_max(array(1)) array_min(array(1))
    array_position(array('a'),s) array_remove(array('a'),s) array_size(array('a')) array_sort(array('a'))
    array_union(array('a'),array(s)) arrays_overlap(array('a'),array(s)) bigint('1') boolean('true') btrim(s)
    cardinality(array('a')) cast(i+as+string) cbrt(f) ceil(d) ceiling(d) char_length(s) character_length(s) chr(65)
    coalesce(s,'x') concat(s,'x') concat_ws(',',s,'x') contains(s,'x') conv('10',2,10)
    convert_timezone('UTC','Europe/Berlin',t) crc32(s) date('2024-01-01') date_add(d8,1) date_diff(d8,d8)
    date_format(t,'yyyy') date_from_unix_date(1) date_part('year',t) date_sub(d8,1) date_trunc('month',t)
    dateadd(d8,1) datediff(d8,d8) datepart('year',t) day(d8) dayname(d8) dayofmonth(d8) dayofweek(d8) dayofyear(d8)
    decimal(1) double('1') element_at(array('a'),1) elt(1,s,'b') endswith(s,'x') equal_null(s,'x') exp(f)
    extract(year+from+t) find_in_set(s,'a,b') float('1') floor(d) from_unixtime(1) from_utc_timestamp(t,'UTC')
    get(array('a'),0) get_json_object(s,'$.a') greatest(1,2) hex(s) hour(t) if(true,1,2) ifnull(s,'x') ilike(s,'x')
    initcap(s) instr(s,'x') int('1') isnan(f) isnotnull(s) isnull(s) json_array_length(s) last_day(d8) lcase(s)
    least(1,2) left(s,1) len(s) length(s) levenshtein(s,'x') like(s,'x') ln(f) locate('x',s) log10(f) log2(f)
    lower(s) lpad(s,3,'0') ltrim(s) make_date(2024,1,1) make_timestamp(2024,1,1,0,0,0) map('a',s)
    map_contains_key(map('a',s),'a') md5(s) minute(t) mod(i,2) month(d8) monthname(d8) months_between(t,t)
    named_struct('a',s) nanvl(f,f) negative(d) next_day(d8,'MON') nullif(s,'x') nullifzero(i) nvl(s,'x')
    nvl2(s,'x','y') overlay(s,'x',1) parse_url(s,'HOST') pmod(i,2) position('x',s) positive(d) pow(f,2) power(f,2)
    quarter(d8) regexp(s,'x') regexp_count(s,'x') regexp_extract(s,'(x)',1) regexp_extract_all(s,'(x)',1)
    regexp_instr(s,'x') regexp_like(s,'x') regexp_replace(s,'x','y') regexp_substr(s,'x') replace(s,'x','y')
    reverse(s) right(s,1) rint(f) rlike(s,'x') round(d,2) rpad(s,3,'0') rtrim(s) second(t) sha(s) sha1(s)
    sha2(s,256) sign(d) signum(d) size(array('a')) slice(array('a'),1,1) smallint('1') sort_array(array('a'))
    soundex(s) split(s,',') split_part(s,',',1) sqrt(f) startswith(s,'x') string(i) struct(s) substr(s,1,1)
    substring(s,1,1) substring_index(s,',',1) timestamp('2024-01-01') timestamp_micros(1) timestamp_millis(1)
    timestamp_seconds(1) tinyint('1') to_date('2024','yyyy') to_json(struct(s)) to_number('1','9')
    to_timestamp('2024-01-01') to_unix_timestamp('2024-01-01','yyyy-MM-dd') to_utc_timestamp(t,'UTC')
    translate(s,'a','b') trim(s) trunc(d8,'MM') try_add(i,1) try_cast(s+as+int) try_element_at(array('a'),1)
    try_make_timestamp(2024,1,1,0,0,0) try_mod(i,1) try_multiply(i,1) try_subtract(i,1) try_to_number('1','9')
    try_to_timestamp(s,'yyyy') ucase(s) unix_date(d8) unix_micros(t) unix_millis(t) unix_seconds(t) upper(s)
    url_decode(s) url_encode(s) weekday(d8) weekofyear(d8) width_bucket(f,0,1,2) year(d8) zeroifnull(i)
"""


def test_each_of_them_is_there(engine: Engine) -> None:
    calls = [call.replace("+", " ") for call in CALLS.split()]
    assert {re.match(r"\w+", call)[0] for call in calls} == ALLOWED  # type: ignore[index]
    assert {problem_in(call, {"s", "d", "f", "i", "d8", "t"}, {}) for call in calls} == {None}
    rows = engine.sql(ROW).unionAll(engine.sql(ROW))  # not a literal, of which an engine may work out more
    found = rows.select(*[F.expr(call).alias(f"c{number}") for number, call in enumerate(calls)]).collect()
    assert len(found) == 2
