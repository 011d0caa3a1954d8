from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

import pytest
import yaml
from clock import within
from hypothesis import given
from hypothesis import strategies as st
from slow import mostly_slow

from gradcalc.errors import InputError, Span, UsageError
from gradcalc.problem import builder, source
from gradcalc.problem.document import Document, Places, Spellings, describe
from gradcalc.problem.reading import MAX_BYTES, decode
from gradcalc.problem.source import read, read_text


def faults(text: str) -> list[str]:
    """All faults of a text, whether it could be read to its end or not."""
    try:
        found = read_text(text, "f").faults
    except InputError as error:
        found = list(error.faults)
    return [str(fault) for fault in found]


# The core schema of YAML 1.2 (yaml.org/spec/1.2.2, section 10.3.2), where 1.1 parsers differ.
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        ("12e03", 12000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-0.0", 0.0),
        ("+12.3", 12.3),
        ("0.2880", 0.288),
        ("0o14", 12),
        ("0xC", 12),
        ("0", 0),
        ("-19", -19),
        ("010", 10),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2001-01-01", "2001-01-01"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ('"true"', "true"),
        ("nan", "nan"),
        (".", "."),
        ("1e", "1e"),
        ("W1.T @ x + b1", "W1.T @ x + b1"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(written: str, value: object) -> None:
    data = read_text(f"a: {{x: {written} }}\nb: {written}").data
    assert data == {"a": {"x": value}, "b": value}
    assert type(data["b"]) is type(value)


def test_every_value_has_its_place_and_spelling() -> None:
    document = read_text("# a comment\na:\n  b: [1, 0.2880]\n  'c': \"x y\"\nd:\n", "f")
    places, spellings = Places(document), Spellings(document)
    assert dict(places) == {
        (): Span("f", 2, 1),
        ("a",): Span("f", 3, 3),
        ("a", "b"): Span("f", 3, 6),
        ("a", "b", 0): Span("f", 3, 7),
        ("a", "b", 1): Span("f", 3, 10),
        ("a", "c"): Span("f", 4, 8),
        ("d",): Span("f", 5, 1),
    }
    assert dict(spellings) == {
        ("a", "b", 0): "1",
        ("a", "b", 1): "0.2880",
        ("a", "c"): '"x y"',
        ("d",): "",
    }
    assert (len(places), len(spellings)) == (7, 4)
    assert document.key_span("a", "c") == Span("f", 4, 3)
    assert document.key_span("a", "b", 1) == Span("f", 3, 10)
    assert document.span("a", "nothing", 3) == document.span("a")
    with pytest.raises(KeyError):
        places["a", "b", 2]
    with pytest.raises(KeyError):
        spellings["a",]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_do_not_move_places(newline: str, mark: str) -> None:
    document = read_text(mark + f"é: '😀'{newline}b: [1,{newline}  2]", "f")
    assert document.data == {"é": "😀", "b": [1, 2]}
    assert document.span("é") == Span("f", 1, 4)
    assert document.span("b", 1) == Span("f", 3, 3)
    assert document.written("b", 1) == "2"


@pytest.mark.parametrize(
    ("text", "column"),
    [("f: x + yy", 8), ("f: 'x + yy'", 9), ('f: "x + yy"', 9), ('f: "x + \\x79y"', 9), ("f: 'it''s'", 10)],
)
def test_a_place_inside_a_text_counts_its_quotes(text: str, column: int) -> None:
    document: Document = read_text(text, "f")
    assert document.inside(4, "f").column == column


@pytest.mark.parametrize(
    "text", [">\n  x +\n   yy", "|  # said\n  x +\n   yy", "\n  x +\n   yy", "'\n  x +\n   yy'", '"\n  x +\\\n   yy"']
)
def test_a_place_inside_a_text_of_many_lines(text: str) -> None:
    document = read_text(f"a: 1\nf: {text}", "f")
    value = document.data["f"]
    assert value.split() in (["x", "+", "yy"], ["x", "+yy"])
    assert document.inside(value.index("yy"), "f") == Span("f", 4, 4)
    assert document.inside(value.index("yy") + 1, "f") == Span("f", 4, 5)
    assert document.inside(0, "f") == Span("f", 3, 3)
    assert document.inside(len(value), "f") == Span("f", 4, 6)


@given(
    st.text("ab+'\"\\é😀:# \n", min_size=1, max_size=40),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.integers(5, 30),
)
def test_each_character_of_a_text_is_found_in_the_file(value: str, style: str | None, width: int) -> None:
    text = yaml.dump({"f": value}, default_style=style, width=width, allow_unicode=True)
    document = read_text(text, "f")
    assert document.data["f"] == value
    for offset, char in enumerate(value):
        if char not in " \n":
            place = document.inside(offset, "f")
            found = text.split("\n")[place.line - 1][place.column - 1 :]
            assert found[0] == char or (found[0] == "\\" and char in '"\\😀é')


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: &x 1", "f:1:4: anchor &x: anchors are not used here"),
        ("b: *x", "f:1:4: alias *x: aliases are not used here"),
        ("b: [1, *x]", "f:1:8: alias *x"),
        ("a: !!float 1", "f:1:4: tag !!float: tags are not used here"),
        ("a: !python/object:os.system x", "f:1:4: tag !python/object:os.system"),
        ("a: &x [1]", "f:1:4: anchor &x"),
        ("a: ! {b: 1}", "f:1:4: tag !: tags"),
        ("a: 1\nb: 2\na: 3", "f:3:1: repeated key 'a': it stands in line 1 already"),
        ("a: {b: 1, b: 2}", "f:1:11: repeated key 'b'"),
        ("<<: {a: 1}", "f:1:1: merge keys (<<) are not used here"),
        ("1: x", "f:1:1: a key must be a name, and 1 is none: put it into quotes"),
        ("a: {1: x}", "f:1:5: a key must be a name, and 1 is none: put it into quotes"),
        ("vertices: {1.5: x}", "f:1:12: a key must be a name, and 1.5 is none"),
        ("vertices: {1: x, 1: y}", "f:1:18: repeated key '1'"),
        ("true: x", "f:1:1: a key must be a name, and true is none"),
        ("~: x", "f:1:1: a key must be a name, and an empty key is none"),
        ("[a]: x", "f:1:1: a key must be a name, not a list"),
        ("? {a: 1}\n: x", "f:1:3: a key must be a name, not a list or a mapping"),
        ("a: .nan", "f:1:4: .nan is not a number to calculate with"),
        ("a: [1, -.inf]", "f:1:8: -.inf is not a number to calculate with"),
        ("a: 1e999", "f:1:4: 1e999 is too large"),
        ("a: " + "9" * 5000, "f:1:4: 99999999999999999999… is too large"),
        ("a: 1\n---\nb: 2", "f:2:1: a second document starts here"),
        ("", "f:1:1: the file is empty"),
        ("# nothing\n", "f:1:1: the file is empty"),
        ("---\n...\n", "f:1:1: the file is empty"),
        ("a: x\x00y", "f:1:5: control character U+0000"),
        ("a: 1\nb: \x1b[2J", "f:2:4: control character U+001B"),
        ('a: "\\e[2J"', "f:1:4: an escape in this text stands for a control character"),
        ("a: [1, 2\nb: 3\n", "not valid YAML: a list in [ ] is not closed"),
        ("a: {b: 1\n", "not valid YAML: a mapping in { } is not closed"),
        ("a: 'x\n", "f:1:4: not valid YAML: a quote is opened and never closed"),
        ("a: b: c", "f:1:5: not valid YAML: a ':' is out of place"),
        ("a:\n\tb: 1", "f:2:1: not valid YAML: indent with spaces, not with a tab"),
        ("a: @x", "f:1:4: not valid YAML: a value can't start with '@': put it into quotes"),
        ('a: "\\q"', "not valid YAML: this backslash sequence is unknown"),
        ("{a: 1} b", "f:1:8: not valid YAML: more follows where the problem has ended"),
    ],
)
def test_what_could_mislead_is_refused_at_its_place(text: str, fault: str) -> None:
    found = faults(text)
    assert len(found) == 1
    assert fault in found[0]


def test_the_opening_bracket_is_named_where_a_list_is_not_closed() -> None:
    assert "opened in line 2, column 4" in faults("x: 1\na: [1, 2\nb: 3\n")[0]


def test_all_faults_are_found_at_once_and_the_rest_is_read() -> None:
    text = "a: &x 1\nb: *x\na: 2\n<<: {c: 1}\n1: 2\nd: .nan\ne: !!str 4\ng: [1, 2]\nh: '\n"
    assert [fault.split(":")[1] for fault in faults(text)] == ["1", "2", "3", "4", "5", "6", "7", "9"]
    assert read_text("a: 1\na: 2\nb: 3").data == {"a": 1, "b": 3}


def test_there_is_an_end_to_the_faults_that_are_listed() -> None:
    assert len(faults("a: [" + "*x, " * 5000 + "1]")) == builder.MAX_FAULTS


ALIAS_BOMB = "a: &a [x]\n" + "".join(
    f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    ["[" * 30_000, "{a: " * 30_000, "- " * 30_000, "? " * 30_000, "[" * 30_000 + "]" * 30_000, ALIAS_BOMB],
)
def test_bombs_are_refused_at_once(text: str) -> None:
    assert within(1, lambda: faults(text))


def test_fifty_levels_are_allowed_and_no_more() -> None:
    assert faults("[" * 50 + "]" * 50) == []
    assert faults("[" * 51 + "]" * 51) == ["f:1:51: more than 50 levels of nesting: write this flatter"]


def test_a_megabyte_of_numbers_is_read_in_linear_time() -> None:
    numbers = [f"{i * 0.37:.6f}" for i in range(100_000)]
    document = within(5, lambda: read_text("a: [" + ", ".join(numbers) + "]"))
    assert document.data["a"] == [float(n) for n in numbers]
    assert document.written("a", 99_999) == numbers[-1]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: [" + "1, " * builder.MAX_VALUES + "1]", "more than 300,000 values"),
        ("a:\n" + "- *x\n" * builder.MAX_VALUES, "more than 300,000 values"),
        ("".join(f"x{i}: 1\n" for i in range(builder.MAX_KEYS + 1)), "75001:1: more than 75,000 keys"),
    ],
)
@pytest.mark.parametrize("lenient", mostly_slow([False, True], False))
def test_there_is_an_end_to_the_values_and_keys_of_a_file(text: str, fault: str, lenient: bool) -> None:
    with pytest.raises(InputError) as caught:
        read_text(text, "f", lenient=lenient)
    assert len(caught.value.faults) <= builder.MAX_FAULTS + 1
    assert fault in str(caught.value.faults[-1]) or "*x" in str(caught.value.faults[-1])


def test_json_loads_as_it_is() -> None:
    text = '{"inputs": [1, -2.5e3],\n "title": "a \\u00e9 \\" b", "t": true, "n": null}'
    assert read_text(text).data == {"inputs": [1, -2500.0], "title": 'a é " b', "t": True, "n": None}


def test_paths_are_described_with_lists_counted_from_one() -> None:
    assert describe(("layers", 1, "weights", 0, 2)) == "layers[2].weights[1][3]"
    assert describe(()) == "the file"


def test_bytes_that_are_not_utf8_have_a_place() -> None:
    with pytest.raises(InputError, match=r"f:2:4: byte 0xe9 is not UTF-8 text"):
        decode("a: 1\nb: é".encode("latin-1"), "f")
    with pytest.raises(InputError, match="UTF-16"):
        decode("a: 1".encode("utf-16"), "f")


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    big = tmp_path / "big.yaml"
    big.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(InputError, match="larger than 16 MB"):
        read(str(big))


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "homework.yaml").write_text("a: 1")
    with pytest.raises(UsageError, match=r"there is no file '.*homewrk.yaml'; did you mean '.*homework.yaml'\?"):
        read(str(tmp_path / "homewrk.yaml"))
    with pytest.raises(UsageError, match="there is no folder"):
        read(str(tmp_path / "nowhere" / "homework.yaml"))


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "is a folder: name a file in it"), ("a\x00b", "can't be read"), ("x" * 5000, "can't be read")],
)
def test_what_is_not_a_file_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(f"{tmp_path}/{name}")


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfa: 1\r\na: 2")))
    document = read("-")
    assert document.data == {"a": 1}
    assert str(document.faults[0]).startswith("<stdin>:2:1: repeated key")


PIECES = st.sampled_from([*"[]{}:,-?&*!|>'\"%@` \n\t#~.01ae\\", "<<: ", "---\n", "...\n", ": ", "- ", "\\u12", "é"])


@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=40).map("".join).map(str.encode)))
def test_no_bytes_make_anything_but_a_document_or_an_input_error(content: bytes) -> None:
    with contextlib.suppress(InputError):
        assert list(Places(read_text(decode(content, "f"), "f")))


@given(st.lists(PIECES, max_size=40).map("".join))
def test_without_libyaml_faults_are_as_quiet(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "LOADER", yaml.SafeLoader)
        faults(text)


def test_a_key_that_was_dropped_is_told_apart_from_a_value() -> None:
    """Its value is gone with it, so that an answer sheet has to say so itself."""
    document = read_text("a: 1\na: 2\n3: x\n[b]: 1\n<<: {c: 1}\nd: &x 1\ne: .inf\nf: *x\n", lenient=True)
    assert [(fault.span.line, fault.of_key) for fault in document.faults] == [
        (2, True),
        (3, True),
        (4, True),
        (5, True),
        (6, False),
        (7, False),
        (8, False),
    ]


@pytest.mark.parametrize("above", ["vertices", "steps", "inputs", "targets", "weights", "forward", "deltas", "losses"])
def test_whole_numbers_may_name_steps_samples_and_vertices(above: str) -> None:
    document = read_text(f"a: 0\n{above}:\n  4: x\n  05: y\n", "f")
    assert document.data[above] == {"4": "x", "5": "y"}
    assert (document.span(above, "4").column, document.key_span(above, "4").line) == (6, 3)
    assert document.written(above, "4") == "x"
