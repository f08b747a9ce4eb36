"""The functions that an expression of a declaration may call: row-wise, deterministic, and known to every engine."""

_BY_TOPIC = {
    "Choice and types": """
        bigint boolean cast coalesce decimal double equal_null float greatest if ifnull int isnan isnotnull
        isnull least nanvl nullif nullifzero nvl nvl2 smallint string tinyint try_cast zeroifnull""",
    "Text": """
        btrim char_length character_length chr concat concat_ws contains crc32 elt endswith find_in_set
        get_json_object hex ilike initcap instr json_array_length lcase left len length levenshtein like
        locate lower lpad ltrim md5 overlay parse_url position regexp regexp_count regexp_extract
        regexp_extract_all regexp_instr regexp_like regexp_replace regexp_substr replace reverse right rlike
        rpad rtrim sha sha1 sha2 soundex split split_part startswith substr substring substring_index to_json
        translate trim ucase upper url_decode url_encode""",
    "Numbers": """
        abs cbrt ceil ceiling conv exp floor ln log10 log2 mod negative pmod positive pow power rint round
        sign signum sqrt to_number try_add try_mod try_multiply try_subtract try_to_number width_bucket""",
    "Dates and times": """
        add_months convert_timezone date date_add date_diff date_format date_from_unix_date date_part date_sub
        date_trunc dateadd datediff datepart day dayname dayofmonth dayofweek dayofyear extract from_unixtime
        from_utc_timestamp hour last_day make_date make_timestamp minute month monthname months_between
        next_day quarter second timestamp timestamp_micros timestamp_millis timestamp_seconds to_date
        to_timestamp to_unix_timestamp to_utc_timestamp trunc try_make_timestamp try_to_timestamp unix_date
        unix_micros unix_millis unix_seconds weekday weekofyear year""",
    "Lists and maps": """
        array array_append array_compact array_contains array_distinct array_except array_intersect array_join
        array_max array_min array_position array_remove array_size array_sort array_union arrays_overlap
        cardinality element_at get map map_contains_key named_struct size slice sort_array struct
        try_element_at""",
}
FUNCTIONS = {topic: tuple(names.split()) for topic, names in _BY_TOPIC.items()}
ALLOWED = frozenset(name for names in FUNCTIONS.values() for name in names)
# Words of SQL and types that may stand before a bracket.
_WORDS = """
        all and any as between case char decimal div else escape for from in interval is not numeric or some then
        varchar when"""
WORDS = frozenset(_WORDS.split())
