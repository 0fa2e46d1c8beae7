"""Takes the text of a number, gives it as DynamoDB keeps it, or DynamoDB's error.

Numbers have up to 38 significant digits and lie between 1E-130 and 9.9E+125 (DynamoDB
Developer Guide, "Data types"). Leading and trailing zeros are trimmed, and an exponent
is written out.
"""

import re
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

from sandbox.tables.errors import TableError, validation_error

_USUAL = re.compile(r"0|-?[1-9][0-9]{0,37}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]{1,9})?")
_MAX_DIGITS = 38
_HIGHEST, _LOWEST = 125, -130


def read_number(text: str) -> str:
    """Give the number as it is kept: `1.50` and `15e-1` are `1.5`.

    Raises:
        TableError: it is no number, or one that DynamoDB cannot keep.
    """
    if _USUAL.fullmatch(text):
        return text
    if not text:
        raise validation_error("The parameter cannot be converted to a numeric value")
    if not _NUMBER.fullmatch(text):
        raise validation_error(
            f"The parameter cannot be converted to a numeric value: {text}"
        )
    # As exact as the text is long: the usual context would round.
    exact = Context(prec=len(text) + 1, Emax=MAX_EMAX, Emin=MIN_EMIN)
    number = Decimal(text).normalize(exact)
    if not number:
        return "0"
    if number.adjusted() > _HIGHEST:
        raise _out_of_range("overflow", "larger")
    if number.adjusted() < _LOWEST:
        raise _out_of_range("underflow", "smaller")
    if len(number.as_tuple().digits) > _MAX_DIGITS:
        raise validation_error(
            f"Attempting to store more than {_MAX_DIGITS} significant digits in a "
            "Number"
        )
    return format(number, "f")


def _out_of_range(what: str, how: str) -> TableError:
    return validation_error(
        f"Number {what}. Attempting to store a number with magnitude {how} than "
        "supported range"
    )
