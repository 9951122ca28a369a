"""The lines that driver.go speaks with a client in Python: values, their escapes and a parameter in Python's words."""
import datetime
import decimal
import re
import uuid

ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
PLAIN = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


def say(*fields):
    print("\t".join("\\N" if f is None else "".join(ESCAPES.get(c, c) for c in str(f)) for f in fields), flush=True)


def plain(field):
    return None if field == "\\N" else re.sub(r"\\(.)", lambda m: PLAIN[m.group(1)], field)


def text(value):
    """The one form of a value that Answer in script.go describes."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (float, decimal.Decimal)):
        number = format(value, "f") if isinstance(value, decimal.Decimal) else repr(value)
        return number.rstrip("0").rstrip(".") if "." in number else number
    if isinstance(value, bytes):
        return "0x" + value.hex().upper()
    if isinstance(value, (datetime.datetime, datetime.time)):
        return re.sub(r"(\.\d*?)0+$", r"\1", str(value)).rstrip(".")
    return str(value).upper() if isinstance(value, uuid.UUID) else value


def typed(kind, value):
    """A parameter in Python's words."""
    if value is None:
        return None
    convert = {
        "int": int, "bigint": int, "bit": lambda v: v == "1", "float": float, "decimal": decimal.Decimal,
        "varbinary": lambda v: bytes.fromhex(v[2:]), "datetime": datetime.datetime.fromisoformat,
        "date": datetime.date.fromisoformat, "uniqueidentifier": uuid.UUID,
    }
    return convert.get(kind, str)(value)
