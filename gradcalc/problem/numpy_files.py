"""Read what `numpy.save` and `numpy.savez` write: never unpickled, and bounded before anything is made."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from functools import partial
from math import prod
from typing import Any, Final

import numpy as np

from gradcalc.formula.shapes import counted
from gradcalc.problem.matrices import MOST_AXES
from gradcalc.problem.reading import MAX_BYTES
from gradcalc.problem.stored import MOST_ENTRIES, NotStored, Stored, inside, names_listed, no_such
from gradcalc.program.problem import Path
from gradcalc.words import shorten

MOST_DIRECTORY: Final = 100_000
"""Bytes for the names of an archive's arrays: a thousand and more of them."""
_MAGIC: Final = b"\x93NUMPY"
_LONGEST_HEADER: Final = 10_000
_HEADER: Final = re.compile(
    r"\{'descr': '([<>|=]?)([A-Za-z])(\d{0,9})', 'fortran_order': (True|False), 'shape': \(([\d, ]{0,100})\),? ?\}\s*"
)
_SIZES: Final = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8)}
_OTHERS: Final = {"O": "Python objects, which would run as a program when they are read", "c": "complex numbers"}
_END_OF_ARCHIVE: Final = struct.Struct("<4s4H2LH")
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, NotImplementedError, RuntimeError, OSError, ValueError, LookupError),
)
"""What `zipfile` raises of archives that are none."""


def npy(content: bytes, name: str | None) -> Stored:
    """The array of a `.npy` file. Raises NotStored."""
    if name is not None:
        raise NotStored("is a .npy file, which holds one array: leave 'name' out", of_name=True)
    return _of_array(_array(content))


def _array(content: bytes) -> np.ndarray[Any, Any]:
    """The array of a `.npy` file, by the format's description in `numpy.lib.format`. Raises NotStored."""
    start, length = (12, 4) if content[6:7] in (b"\2", b"\3") else (10, 2)
    if content[:6] != _MAGIC or len(content) < start:
        raise NotStored("is no array as numpy.save writes it")
    end = start + int.from_bytes(content[start - length : start], "little")
    header = content[start : min(end, start + _LONGEST_HEADER)].decode("latin-1")
    found = _HEADER.fullmatch(header)
    if found is None:
        raise NotStored("has a header that numpy.save doesn't write for an array of numbers")
    order, kind, size, by_columns, axes = found.groups()
    if int(size or 0) not in _SIZES.get(kind, ()):
        raise NotStored(f"holds {_OTHERS.get(kind, f'what NumPy calls {kind}{size}')}: numbers are needed")
    shape = tuple(int(axis) for axis in axes.replace(",", " ").split())
    _refuse_shape(shape)
    if prod(shape) * int(size) != len(content) - end:
        raise NotStored(f"is broken: its header speaks of {counted(prod(shape), 'number')}, and others follow")
    flat = np.frombuffer(content, np.dtype(f"{order}{kind}{size}"), offset=end)
    return flat.reshape(shape, order="F" if by_columns == "True" else "C")


def _refuse_shape(shape: tuple[int, ...]) -> None:
    if len(shape) > MOST_AXES:
        raise NotStored(f"holds an array with {len(shape)} axes: a value has at most {MOST_AXES}, N×C×H×W")
    if prod(shape) > MOST_ENTRIES:
        raise NotStored(f"holds {prod(shape):,} numbers: a problem takes at most {MOST_ENTRIES:,} from files")
    if prod(shape) == 0:
        raise NotStored("holds an array without numbers")


def _of_array(array: np.ndarray[Any, Any]) -> Stored:
    if not np.isfinite(array).all():
        wrong = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        at = "".join(f"[{i + 1}]" for i in wrong)
        raise NotStored(f"holds {array[wrong]}{at and f' at {at}'}, and finite numbers are needed")
    numbers = array.astype(np.int64) if array.dtype == np.bool_ else array
    data = numbers.tolist()
    return Stored(data, partial(_written, data, _digits(numbers.dtype)))


def _written(data: Any, digits: int, path: Path) -> str:
    number = inside(data, path)
    return f"{number:.{digits - 1}e}" if digits else repr(number)


def _digits(kind: np.dtype[Any]) -> int:
    """All of float64's digits, or those that a smaller float has for certain; 0 for whole numbers."""
    if kind.kind != "f":
        return 0
    return 17 if kind.itemsize == 8 else int(np.finfo(kind).precision)


def npz(content: bytes, name: str | None) -> Stored:
    """The array of that name in a `.npz` file, or the only one. Raises NotStored."""
    _refuse_archive(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _of_array(_array(_member(archive, name)))
    except _BROKEN as error:
        raise NotStored(f"is no archive as numpy.savez writes it ({shorten(str(error))})") from None


def _refuse_archive(content: bytes) -> None:
    """Refuse an archive that lists too much, before the list is read."""
    end = content.rfind(b"PK\5\6", max(0, len(content) - 65_557))
    if end < 0 or len(content) - end < _END_OF_ARCHIVE.size:
        raise NotStored("is no archive as numpy.savez writes it")
    directory = _END_OF_ARCHIVE.unpack_from(content, end)[5]
    if directory > MOST_DIRECTORY or content[max(0, end - 20) : end - 16] == b"PK\6\7":
        raise NotStored("is an archive of too many arrays")


def _member(archive: zipfile.ZipFile, name: str | None) -> bytes:
    """The content of an array's file in an archive: no more of it than the archive says that there is."""
    members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    if name is None and len(members) != 1:
        which = f": say which with 'name', one of {names_listed(members)}" if members else ""
        raise NotStored(f"holds {counted(len(members), 'array')}{which}")
    found = next(iter(members.values())) if name is None else members.get(name)
    if found is None:
        raise no_such("array", str(name), members)
    if found.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotStored("is packed in another way than numpy.savez and numpy.savez_compressed pack")
    if found.file_size > MAX_BYTES:
        raise NotStored(f"unpacks to more than {MAX_BYTES >> 20} MB")
    with archive.open(found) as file:
        return file.read(MAX_BYTES + 1)
