"""Why a row is in quarantine."""

from enum import StrEnum


class Reason(StrEnum):
    """A reason; written as `reason:column` beside the row, so that it can be counted and found."""

    RAGGED_ROW = "ragged_row"
    BAD_QUOTES = "unbalanced_quotes"
    NOT_JSON = "not_a_json_object"
    OUTSIDE_TABLE = "outside_the_table"  # declared so, and therefore counted, not quarantined
    NOT_A_NUMBER = "not_a_number"
    NUMBER_TOO_LARGE = "number_too_large_or_precise"
    NOT_A_DATE = "not_a_date"
    NO_SUCH_TIME = "no_such_local_time"
    AMBIGUOUS_TIME = "local_time_occurs_twice"
    NOT_A_BOOLEAN = "not_a_boolean"
    WRONG_TYPE = "wrong_type"
    REQUIRED = "required_value_missing"
    NOT_ALLOWED = "value_not_allowed"
    OUT_OF_RANGE = "out_of_range"
    CHECK_FAILED = "check_failed"
    NOT_UNIQUE = "not_unique"
    NEW_COLUMN = "new_column"
    MISSING_COLUMN = "missing_column"
    RENAMED_COLUMN = "renamed_column"
    TYPE_CHANGE = "type_change"
    REORDERED_HEADER = "reordered_header"

    def of(self, subject: str) -> str:
        """The reason as it stands beside a row.

        >>> Reason.NOT_A_NUMBER.of("quantity")
        'not_a_number:quantity'
        """
        return f"{self.value}:{subject}" if subject else self.value
